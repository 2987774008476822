"""The patient's questions, from the first page to the one on which they are checked."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from screening.intake.blueprint import intake
from screening.intake.visit import current_visit, must_have_come_by_link
from screening.questionnaire import check_views, question_views


@intake.route("/questions", methods=["GET", "POST"])
def questions() -> ResponseReturnValue:
    must_have_come_by_link()
    return question_views.ask(current_visit, 0)


@intake.route("/more/<int:position>", methods=["GET", "POST"])
def more(position: int) -> ResponseReturnValue:
    must_have_come_by_link()
    return question_views.ask(current_visit, position)


@intake.route("/check", methods=["GET", "POST"], endpoint="check")
def check_answers() -> ResponseReturnValue:
    must_have_come_by_link()
    return check_views.check_page(current_visit)
