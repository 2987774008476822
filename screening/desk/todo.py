"""What an appointment asks the desk to do now, in words. Pure: it is told what there is, and asks nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from screening.domain.states import State
from screening.text import capitalized

_NEXT = {
    State.NOT_SENT: "Give the patient a link",
    State.WAITING: "Remind the patient",
    State.CALL: "Call the patient",
    State.OUT_OF_DATE: "Ask the patient to answer again",
    State.NEEDS_REVIEW: "The provider reviews the answers",
    State.DO_NOT_TREAT: "Tell the patient and rebook",
    State.POSTPONED: "Tell the patient and rebook",
}
_WHAT_NOW = {
    State.NOT_SENT: "Give the patient a link, so that they can answer before they come.",
    State.WAITING: "The patient has a link and has not sent answers yet. Remind them, or make a new link if theirs is "
    "lost.",
    State.CALL: "Call the patient, then note below what was said.",
    State.OUT_OF_DATE: "The answers no longer hold for this visit. Make a new link and ask the patient to answer "
    "again.",
    State.NEEDS_REVIEW: "The provider reviews the answers before the session. You can prepare the tasks below.",
    State.DO_NOT_TREAT: "The provider decided that this session does not take place. Tell the patient and rebook.",
    State.POSTPONED: "The provider postponed this session. Tell the patient and rebook.",
    State.READY: "A provider has signed. There is nothing to do before the patient comes.",
    State.READY_WITH_CHANGES: "A provider has signed, with changes to the treatment. There is nothing to do before the "
    "patient comes.",
}
_BEGUN_BY_PHONE = "Answers were begun by phone and are not sent yet."
# Here the visit is not to come as it is planned: what is asked on arrival would be asked for nothing.
_NOT_COMING = (State.OUT_OF_DATE, State.POSTPONED, State.DO_NOT_TREAT)


@dataclass(frozen=True)
class ToDo:
    """What is to be done, in its order; or why there is nothing."""

    steps: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    """What the flags ask for; a list may leave some of them out, and says so."""
    nothing: str = ""


def to_do(
    state: State,
    *,
    tasks: Sequence[str] = (),
    expired: Sequence[str] = (),
    on_arrival: str = "",
    is_in_session: bool = False,
    has_new_answers: bool = False,
    is_paper: bool = False,
) -> ToDo:
    """`on_arrival` is the question that the patient is to be asked again, where they are. On paper stand also the tasks
    of who is ready: it is what the desk has in its hand during the day.
    """
    if state.is_closed:
        return ToDo(nothing="Nothing")
    if is_in_session:
        return _during_the_session(state, has_new_answers)
    steps = _steps(state, expired, on_arrival)
    asked = _tasks(state, tasks, is_paper)
    return ToDo(steps, asked, "" if steps or asked else "Nothing before the visit")


def what_now(
    state: State, *, has_link: bool = False, is_in_session: bool = False, has_new_answers: bool = False
) -> str:
    """The same for one appointment, in whole sentences."""
    if is_in_session:
        if _must_hear(state, has_new_answers):
            return "New answers came in during the session: tell the provider now."
        return "There is nothing to do until it ends."
    if state is State.WAITING and not has_link:
        return _BEGUN_BY_PHONE
    return _WHAT_NOW[state]


def _during_the_session(state: State, has_new_answers: bool) -> ToDo:
    if _must_hear(state, has_new_answers):
        return ToDo(("Tell the provider that new answers came in",))
    return ToDo(nothing="Nothing until the session ends")


def _must_hear(state: State, has_new_answers: bool) -> bool:
    """The provider has read nothing of what came in since the session began."""
    return has_new_answers and not state.is_ready


def _steps(state: State, expired: Sequence[str], on_arrival: str) -> tuple[str, ...]:
    steps = [_NEXT[state]] if state in _NEXT else []
    if state is State.OUT_OF_DATE and expired:
        steps = [f"{_NEXT[state]}: {' '.join(expired)}"]
    if on_arrival and state not in _NOT_COMING:
        steps.append(f"Ask again on arrival: {on_arrival}")
    return tuple(steps)


def _tasks(state: State, tasks: Sequence[str], is_paper: bool) -> tuple[str, ...]:
    if state in (State.NEEDS_REVIEW, State.CALL) or (is_paper and state.is_ready):
        return tuple(capitalized(task) for task in tasks)
    return ()
