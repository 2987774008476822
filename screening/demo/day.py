"""The invented day of the demo: who comes, when, what they answered and what was decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

_NOTHING: dict[str, Any] = {
    "preg.status": "no",
    "bleed.condition": "no",
    "bleed.medicine": ["none"],
    "imp.any": "no",
    "also": ["none"],
}


@dataclass(frozen=True)
class Planned:
    hour: int
    minute: int
    name: str
    born: str
    contact: str
    modalities: tuple[str, ...] = ("MA",)
    provider: int = 0
    """Which of the providers, counted from 0."""
    days_before: int = 0
    """How long ago the link was sent and, where there are answers, they came in."""
    is_sent: bool = True
    answers: dict[str, Any] | None = None
    decision: str = ""
    call_about: str = ""
    is_held: bool = False
    is_cancelled: bool = False
    is_to_try: bool = False
    """Whose link the demo prints, for the reader to answer."""
    earlier_answers: dict[str, Any] | None = None
    """What was answered and signed at a visit three weeks ago, of a patient who returns."""


def _device(kind: str, loc: str, **more: str) -> dict[str, Any]:
    usual = {
        "kind": kind,
        "loc": loc,
        "date": "over-1-year",
        "state": "working",
        "issue": "no",
        "card": "yes",
    }
    return usual | more


def _answers(**changes: Any) -> dict[str, Any]:
    return _NOTHING | {name.replace("__", "."): answer for name, answer in changes.items()}


def planned_day(today: date) -> tuple[Planned, ...]:
    """Appointments by time, at least one in every state."""
    last_test = (today - timedelta(days=9)).isoformat()
    return (
        Planned(
            8,
            0,
            "Ines Carvalho",
            "1991-02-14",
            "07700 900112",
            answers=_answers(),
            decision="cleared",
            is_held=True,
        ),
        Planned(8, 40, "George Whitcombe", "1958-11-02", "07700 900145", is_cancelled=True),
        Planned(
            9,
            20,
            "Noor Haddad",
            "1986-07-21",
            "noor@mail.example",
            ("MA", "CU"),
            answers=_answers(bleed__medicine=["aspirin"], bleed__why="other", also=["o5"]),
            decision="adapt",
        ),
        Planned(10, 0, "Peter Novak", "1972-05-30", "07700 900178", answers=_answers(), decision="cleared"),
        Planned(
            10,
            40,
            "Harold Finch",
            "1947-09-08",
            "020 7946 0111",
            ("MA", "EA"),
            answers=_answers(
                bleed__medicine=["warfarin"],
                bleed__inr="in-range",
                **{"bleed.inr.date": last_test},
                bleed__why="irregular-heartbeat",
                imp__any="yes",
                **{"imp.devices": [_device("pacemaker", "chest-left", depend="not-sure")]},
            ),
        ),
        Planned(
            11,
            20,
            "Lucia Moretti",
            "1993-12-19",
            "lucia@mail.example",
            ("MA",),
            days_before=2,
            answers=_answers(
                preg__status="yes",
                preg__weeks="13-27",
                preg__concerns=["none"],
                preg__carer="yes",
                **{"ask.provider": "Can I still lie on my front?"},
            ),
        ),
        Planned(
            12,
            0,
            "Samuel Adeyemi",
            "1965-04-11",
            "07700 900190",
            answers=_answers(bleed__medicine=["not-sure"]),
            call_about="Please ask which blood thinner it is: have the packet at hand.",
        ),
        Planned(
            13,
            40,
            "Birgit Lang",
            "1979-01-25",
            "birgit@mail.example",
            days_before=40,
            answers=_answers(bleed__medicine=["apixaban"], bleed__why="clot"),
        ),
        Planned(
            14,
            20,
            "Oscar Delgado",
            "1984-08-03",
            "07700 900121",
            answers=_answers(
                imp__any="yes", **{"imp.devices": [_device("metalwork", "ankle-left", date="under-6-weeks")]}
            ),
            decision="postpone",
        ),
        Planned(
            15,
            0,
            "Mary Thornton",
            "1952-10-17",
            "07700 900133",
            answers=_answers(also=["bleed-recent"], **{"bleed.recent": ["black-poo"]}),
            decision="refer",
        ),
        Planned(
            15,
            40,
            "Helen Marsh",
            "1961-04-02",
            "07700 900164",
            earlier_answers=_answers(
                bleed__medicine=["apixaban"],
                bleed__why="clot",
                imp__any="yes",
                **{"imp.devices": [_device("joint-replacement", "knee-left")]},
            ),
            is_to_try=True,
        ),
        Planned(16, 0, "Robin Ellery", "1980-03-27", "robin@mail.example", ("MA", "EA"), is_to_try=True),
        Planned(16, 40, "Kenji Watanabe", "1969-06-06", "07700 900156", provider=1),
        Planned(17, 20, "Aisha Rahman", "1990-09-29", "aisha@mail.example", provider=1, is_sent=False),
    )
