"""What every form has in common: a stale page loses nothing, and each error has its place and its words."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm

from screening.web.csrf import TOKEN_FIELD


class BaseForm(FlaskForm):
    """The form of one page."""

    @property
    def is_stale(self) -> bool:
        """Whether the page was open for so long that its token no longer holds."""
        return bool(self[TOKEN_FIELD].errors)

    def problems(self) -> list[tuple[str, str]]:
        """For the error summary: where each problem is, and what to do."""
        of_page = self.problem_of_page()
        wrong = (field for field in self if field.errors and field.name != TOKEN_FIELD)
        found = [(self.place_of(field), self.words_for(field)) for field in wrong]
        return [("content", of_page), *found] if of_page else found

    def problem_of_page(self) -> str:
        """What is wrong with the page as a whole; empty where nothing is."""
        return ""

    def place_of(self, field: Any) -> str:
        """Where the error summary leads."""
        return str(field.id)

    def words_for(self, field: Any) -> str:
        return str(field.errors[0])
