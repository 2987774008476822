"""What an appointment's screening is, for every combination of what happened to it."""

from datetime import UTC, date, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from screening.domain.decisions import Outcome
from screening.domain.states import Facts, Received, Signed, State, must_be_asked_again, state_of

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
STARTS = NOW + timedelta(hours=2)
FRESH = Received(at=NOW - timedelta(hours=1), fresh_until=STARTS + timedelta(days=20))
STALE = Received(at=NOW - timedelta(days=40), fresh_until=STARTS - timedelta(days=10))
CHANGED = Received(at=NOW - timedelta(hours=1), fresh_until=None, changed_by_protocol=True)
SIGNED = {outcome: Signed(outcome) for outcome in Outcome}
LATER = Signed(Outcome.POSTPONED, date(2026, 11, 30))


def derived(**facts: object) -> State:
    return state_of(Facts(STARTS, **facts), NOW, LONDON)  # type: ignore[arg-type]


ROWS = [
    ({}, State.NOT_SENT),
    ({"was_sent": True}, State.WAITING),
    ({"was_sent": True, "call_asked_at": NOW}, State.WAITING),
    ({"call_asked_at": NOW}, State.NOT_SENT),
    ({"received": FRESH}, State.NEEDS_REVIEW),
    ({"received": FRESH, "call_asked_at": NOW}, State.CALL),
    ({"received": FRESH, "call_asked_at": FRESH.at}, State.CALL),
    ({"received": FRESH, "call_asked_at": FRESH.at - timedelta(seconds=1)}, State.NEEDS_REVIEW),
    ({"received": STALE}, State.OUT_OF_DATE),
    ({"received": STALE, "signed": SIGNED[Outcome.READY]}, State.OUT_OF_DATE),
    ({"received": CHANGED, "signed": SIGNED[Outcome.READY]}, State.OUT_OF_DATE),
    ({"received": Received(FRESH.at, STARTS)}, State.OUT_OF_DATE),
    ({"received": Received(FRESH.at, STARTS + timedelta(microseconds=1))}, State.NEEDS_REVIEW),
    ({"received": FRESH, "signed": SIGNED[Outcome.READY]}, State.READY),
    ({"received": FRESH, "signed": SIGNED[Outcome.READY_WITH_CHANGES]}, State.READY_WITH_CHANGES),
    ({"received": FRESH, "signed": SIGNED[Outcome.DO_NOT_TREAT]}, State.DO_NOT_TREAT),
    ({"received": FRESH, "signed": LATER}, State.POSTPONED),
    ({"received": FRESH, "signed": Signed(Outcome.POSTPONED, date(2026, 11, 24))}, State.POSTPONED),
    ({"received": FRESH, "signed": Signed(Outcome.POSTPONED, date(2026, 11, 23))}, State.NEEDS_REVIEW),
    ({"received": FRESH, "signed": SIGNED[Outcome.READY], "is_held": True}, State.DONE),
    ({"received": FRESH, "signed": SIGNED[Outcome.READY], "is_cancelled": True}, State.CANCELLED),
    ({"is_cancelled": True, "is_held": True}, State.CANCELLED),
    ({"is_held": True}, State.DONE),
]


@pytest.mark.parametrize(("facts", "state"), ROWS)
def test_the_first_state_of_the_table_that_holds(facts: dict[str, object], state: State) -> None:
    assert derived(**facts) == state


def test_L1_no_combination_without_a_valid_sign_off_reads_as_ready() -> None:
    combinations = product(
        (True, False),
        (True, False),
        (True, False),
        (None, NOW, NOW - timedelta(days=50)),
        (None, FRESH, STALE, CHANGED),
    )
    for cancelled, held, sent, call, received in combinations:
        state = derived(
            is_cancelled=cancelled, is_held=held, was_sent=sent, call_asked_at=call, received=received
        )
        assert not state.is_ready
        assert state.tone != "green"


def test_L8_answers_that_end_before_the_visit_are_never_ready() -> None:
    for outcome in Outcome:
        assert derived(received=STALE, signed=SIGNED[outcome]) == State.OUT_OF_DATE


def test_green_is_only_for_what_a_provider_signed_as_ready() -> None:
    assert {state for state in State if state.tone == "green"} == {State.READY, State.READY_WITH_CHANGES}


def test_every_state_has_its_own_code_and_words() -> None:
    assert len({state.code for state in State}) == len(State)
    assert len({state.label for state in State}) == len(State)
    assert all(State.from_code(state.code) is state for state in State)


@pytest.mark.parametrize(
    ("received", "starts", "again"),
    [
        # Half past eleven at night and half past midnight are two days.
        (datetime(2026, 11, 22, 23, 30, tzinfo=UTC), datetime(2026, 11, 23, 0, 30, tzinfo=UTC), True),
        (datetime(2026, 11, 23, 0, 10, tzinfo=UTC), datetime(2026, 11, 23, 9, 0, tzinfo=UTC), False),
        # In summer the clinic is an hour ahead of UTC, so this is one and the same day there.
        (datetime(2026, 6, 22, 23, 10, tzinfo=UTC), datetime(2026, 6, 23, 9, 0, tzinfo=UTC), False),
        (datetime(2026, 6, 22, 22, 50, tzinfo=UTC), datetime(2026, 6, 23, 9, 0, tzinfo=UTC), True),
        (datetime(2026, 11, 25, 9, 0, tzinfo=UTC), datetime(2026, 11, 23, 9, 0, tzinfo=UTC), False),
    ],
)
def test_L8_what_was_answered_before_the_day_itself_is_asked_again(
    received: datetime, starts: datetime, again: bool
) -> None:
    assert must_be_asked_again(received, starts, LONDON) is again
