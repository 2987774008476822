"""The figures of docs/security.md are those of the code."""

from __future__ import annotations

from datetime import timedelta

import pytest

from screening.account import login_flow, password_rules, reauthentication
from screening.desk import calling
from screening.intake import tablet as tablet_pages
from screening.records import emergencies, link_limits, tablet
from screening.records.accounts import invitations, login_throttle, password_hashes, recovery_codes
from screening.records.actors import ROLES
from screening.web import headers, rate_limits, sessions
from tests.support.documents import broken_links, named_tests, table_rows, text_of

PAPER = text_of("security.md")


def minutes(time: timedelta) -> int:
    return int(time.total_seconds()) // 60


def hours(time: timedelta) -> int:
    return minutes(time) // 60


FIGURES = {
    "wrong dates of birth for a link": str(link_limits.WRONG_BIRTH_DATES),
    "wrong dates of birth from an address in an hour": str(link_limits.WRONG_FROM_ONE_PLACE),
    "wrong codes of the tablet from an address in 15 minutes": str(tablet_pages.WRONG_CODES),
    "wrong dates of birth of a caller": str(calling.MOST_WRONG_BIRTH_DATES),
    "tries to sign in, of an account from an address in 15 minutes": str(login_throttle.FROM_AN_ADDRESS),
    "the same for an account that was tried 50 times in an hour": str(login_throttle.WHILE_GUESSED_AT),
    "the same from a device that signed in before": str(login_throttle.FROM_A_KNOWN_DEVICE),
    "the same from an address over all accounts": str(login_throttle.OVER_ALL_ACCOUNTS),
    "requests from an address in a minute": rate_limits.EVERYTHING.removesuffix(" per minute"),
    "sent forms from an address in a minute": rate_limits.SENDING.removesuffix(" per minute"),
    "a protocol file, of a clinical lead": f"{headers.LARGEST_PROTOCOL:,} bytes",
    "staff without a touch": f"{minutes(sessions.STAFF.idle)} minutes",
    "staff at most": f"{hours(sessions.STAFF.at_most)} hours",
    "patient without a touch": f"{hours(sessions.PATIENTS.idle)} hours",
    "patient at most": f"{hours(sessions.PATIENTS.at_most)} hours",
    "patient on the tablet without a touch": f"{minutes(sessions.TABLET_IDLE)} minutes without",
    "patient, at the clinic's tablet": f"within {minutes(tablet.CODE_HOLDS)} minutes",
    "staff, new or locked out": f"{hours(invitations.HOLDS_FOR)} hours",
    "staff, without the app": f"{recovery_codes.RECOVERY_CODES} codes",
    "staff in an emergency": f"for {minutes(emergencies.EMERGENCY_HOLDS)} minutes",
    "from the password to the second step": f"{minutes(login_flow.STEP_HOLDS)} minutes",
    "fresh proof (below)": f"{minutes(reauthentication.FRESH_FOR)} minutes",
    "patient, on the phone": f"for {hours(calling.CALL_HOLDS)} hours",
}


@pytest.mark.parametrize("what", FIGURES)
def test_each_figure_is_the_one_of_the_code(what: str) -> None:
    (row,) = [row for row in table_rows(PAPER, r"[^-].*") if row[0] == what]
    assert FIGURES[what] in " | ".join(row[1:])


def test_passwords_are_as_long_and_as_slow_as_the_paper_says() -> None:
    assert f"{password_rules.SHORTEST} to {password_rules.LONGEST} characters" in PAPER
    costs = f"Argon2id, {password_hashes.MEMORY // 1024} MiB, {password_hashes.ROUNDS} rounds"
    assert costs in PAPER
    assert login_throttle.GUESSED_AT == 50
    assert minutes(login_throttle.WITHIN) == 15


def test_every_role_is_in_the_paper() -> None:
    for role in ROLES:
        assert role.replace("-", " ") in PAPER


def test_what_the_paper_leads_to_is_there() -> None:
    assert broken_links(PAPER) == []
    assert not named_tests(PAPER)
