"""What an appointment asks the desk to do, state by state."""

from __future__ import annotations

import pytest

from screening.desk.todo import ToDo, to_do, what_now
from screening.domain.states import State

TASKS = ("ask for the device card", "have the INR ready")
QUESTION = "could you be pregnant?"
CLOSED = [state for state in State if state.is_closed]
OPEN = [state for state in State if not state.is_closed]
READY = [state for state in State if state.is_ready]


@pytest.mark.parametrize(
    ("state", "step"),
    [
        (State.NOT_SENT, "Give the patient a link"),
        (State.WAITING, "Remind the patient"),
        (State.CALL, "Call the patient"),
        (State.OUT_OF_DATE, "Ask the patient to answer again"),
        (State.NEEDS_REVIEW, "The provider reviews the answers"),
        (State.DO_NOT_TREAT, "Tell the patient and rebook"),
        (State.POSTPONED, "Tell the patient and rebook"),
    ],
)
def test_each_state_has_its_step(state: State, step: str) -> None:
    assert to_do(state) == ToDo((step,))


@pytest.mark.parametrize("state", READY)
def test_who_is_ready_needs_nothing_before_the_visit(state: State) -> None:
    assert to_do(state, tasks=TASKS) == ToDo(nothing="Nothing before the visit")


@pytest.mark.parametrize("state", CLOSED)
def test_what_is_over_asks_for_nothing(state: State) -> None:
    everything = to_do(state, tasks=TASKS, on_arrival=QUESTION, has_new_answers=True, is_paper=True)
    assert everything == ToDo(nothing="Nothing")


@pytest.mark.parametrize("state", OPEN)
def test_tasks_of_flags_stand_where_the_desk_can_prepare_them(state: State) -> None:
    shown = to_do(state, tasks=TASKS).tasks
    assert shown == (
        ("Ask for the device card", "Have the INR ready") if state in (State.NEEDS_REVIEW, State.CALL) else ()
    )


@pytest.mark.parametrize("state", READY)
def test_on_paper_stand_also_the_tasks_of_who_is_ready(state: State) -> None:
    assert to_do(state, tasks=TASKS, is_paper=True) == ToDo(
        tasks=("Ask for the device card", "Have the INR ready")
    )


def test_what_is_to_be_answered_again_is_named() -> None:
    again = to_do(State.OUT_OF_DATE, expired=("Are you pregnant?", "Do you take medicine?"))
    assert again.steps == ("Ask the patient to answer again: Are you pregnant? Do you take medicine?",)


@pytest.mark.parametrize("state", OPEN)
def test_L8_the_question_on_arrival_stands_where_the_patient_is_to_come(state: State) -> None:
    is_asked = f"Ask again on arrival: {QUESTION}" in to_do(state, on_arrival=QUESTION).steps
    assert is_asked == (state not in (State.OUT_OF_DATE, State.POSTPONED, State.DO_NOT_TREAT))


@pytest.mark.parametrize("state", OPEN)
def test_during_a_session_only_new_answers_that_nobody_signed_are_to_be_told(state: State) -> None:
    quiet = to_do(state, tasks=TASKS, on_arrival=QUESTION, is_in_session=True)
    assert quiet == ToDo(nothing="Nothing until the session ends")
    told = to_do(state, tasks=TASKS, is_in_session=True, has_new_answers=True)
    assert told == (quiet if state.is_ready else ToDo(("Tell the provider that new answers came in",)))
    said = what_now(state, is_in_session=True, has_new_answers=True)
    assert ("tell the provider now" in said) == (not state.is_ready)
    assert what_now(state, is_in_session=True) == "There is nothing to do until it ends."


@pytest.mark.parametrize("state", OPEN)
def test_every_open_state_says_in_a_sentence_what_to_do_now(state: State) -> None:
    said = what_now(state, has_link=True)
    assert said.endswith(".")
    assert (said == what_now(state)) == (state is not State.WAITING)


def test_who_has_no_link_is_not_reminded_of_one() -> None:
    assert what_now(State.WAITING) == "Answers were begun by phone and are not sent yet."


def test_nothing_is_said_beside_something() -> None:
    for state in State:
        for paper in (True, False):
            asked = to_do(state, tasks=TASKS, on_arrival=QUESTION, is_paper=paper)
            assert bool(asked.nothing) != bool(asked.steps or asked.tasks)
