"""What is true of each endpoint: who may use it, and how. What is not in this table is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from screening.records.actors import ADMIN, DESK, LEAD, PROVIDER, ROLES

ANYONE = frozenset({"anyone"})
"""Also people without an account; a patient's pages ask for the link themselves."""
ANY_STAFF = frozenset(ROLES)
ALWAYS = ""
"""No field has to be filled in: this endpoint asks again each time."""
AGAIN_FIELDS = frozenset({"proof-password", "proof-credential"})
"""In which the answer to that question comes."""
_EVERYWHERE = frozenset({"csrf_token", "next"})


@dataclass(frozen=True)
class Access:
    """Who may use an endpoint and by which methods, and what else is true of what is sent to it."""

    roles: frozenset[str]
    methods: frozenset[str]
    asks_again: str | None = None
    """Asks once more who is there: always, or where the field of this name is filled in."""
    opens_fresh: bool = False
    """Asks before the page opens: what is made on it would not survive being asked later."""
    file: str = ""
    """The field in which it takes a file."""
    carries: frozenset[str] = frozenset()
    """What its page carries along unseen, and its buttons: of two values none may win."""

    @property
    def is_open(self) -> bool:
        return self.roles == ANYONE

    @property
    def once(self) -> frozenset[str]:
        """The fields that may come once only. Fields to fill in look after themselves, with a word to the reader."""
        return self.carries | _EVERYWHERE | (AGAIN_FIELDS if self.asks_again is not None else frozenset())


_READ, _SENT = frozenset({"GET", "HEAD"}), frozenset({"POST"})


def _page(*roles: str) -> Access:
    """Is only read."""
    return Access(frozenset(roles), _READ)


def _form(*roles: str, carries: str = "", **more: Any) -> Access:
    """Is read, filled in and sent back."""
    return Access(frozenset(roles), _READ | _SENT, carries=frozenset(carries.split()), **more)


def _act(*roles: str, carries: str = "", **more: Any) -> Access:
    """Is only sent: a button on another page."""
    return Access(frozenset(roles), _SENT, carries=frozenset(carries.split()), **more)


_ANSWERING = "visit page draft seen over step tablet"

ENDPOINTS: dict[str, Access] = {
    "static": _page(*ANYONE),
    "home": _page(*ANYONE),
    "reports": _act(*ANYONE),
    "live": _page(*ANYONE),
    "ready": _page(*ANYONE),
    "article.read": _page(*ANYONE),
    "intake.start": _form(*ANYONE),
    "intake.tablet": _form(*ANYONE),
    "intake.give_back": _act(*ANYONE, carries="visit"),
    "intake.birth_date": _form(*ANYONE, carries="visit tablet"),
    "intake.questions": _form(*ANYONE, carries=_ANSWERING),
    "intake.more": _form(*ANYONE, carries=_ANSWERING),
    "intake.check": _form(*ANYONE, carries=_ANSWERING),
    "intake.sent": _page(*ANYONE),
    "intake.change": _act(*ANYONE, carries="visit"),
    "intake.keep": _act(*ANYONE, carries=_ANSWERING),
    "account.login": _form(*ANYONE, carries="email password"),
    "account.passkey": _act(*ANYONE, carries="credential"),
    # The pages between the password and the second step ask for that password themselves.
    "account.second_step": _form(*ANYONE),
    "account.recovery": _act(*ANYONE),
    "account.set_up": _page(*ANYONE),
    "account.app": _form(*ANYONE, asks_again=ALWAYS, opens_fresh=True),
    "account.qr": _page(*ANYONE),
    "account.add_passkey": _form(*ANYONE, carries="credential", asks_again=ALWAYS, opens_fresh=True),
    # These ask for a link.
    "account.open_invitation": _form(*ANYONE),
    "account.welcome": _form(*ANYONE, carries="password"),
    "account.logout": _act(*ANY_STAFF),
    "account.confirm": _form(*ANY_STAFF, carries=" ".join(AGAIN_FIELDS)),
    "account.own": _page(*ANY_STAFF),
    "account.change_password": _form(*ANY_STAFF, carries="password"),
    "account.remove_key": _act(*ANY_STAFF, carries="passkey", asks_again=ALWAYS),
    "account.remove_code_app": _act(*ANY_STAFF, asks_again=ALWAYS),
    "account.read_notices": _act(*ANY_STAFF),
    "account.recovery_codes": _act(*ANY_STAFF, asks_again=ALWAYS),
    "account.end_one": _act(*ANY_STAFF, carries="session", asks_again=ALWAYS),
    "account.end_all": _act(*ANY_STAFF),
    "people.everybody": _page(ADMIN),
    "people.add": _form(ADMIN, carries="email", asks_again=ALWAYS),
    "people.person": _page(ADMIN),
    "people.roles": _act(ADMIN, asks_again=ALWAYS),
    "people.close": _act(ADMIN, asks_again=ALWAYS),
    "people.reopen": _act(ADMIN, asks_again=ALWAYS),
    "people.sign_out": _act(ADMIN, asks_again=ALWAYS),
    "people.password_link": _act(ADMIN, asks_again=ALWAYS),
    "people.second_step_link": _act(ADMIN, asks_again=ALWAYS),
    "staff.home": _page(*ANY_STAFF),
    "staff.audit": _page(LEAD, ADMIN),
    "staff.here": _page(*ANY_STAFF),
    # Read only and for a short time: see screening/emergency.
    "emergency.begin": _form(DESK, LEAD, ADMIN),
    "emergency.day": _page(DESK, LEAD, ADMIN),
    "emergency.appointment": _page(DESK, LEAD, ADMIN),
    "emergency.end": _act(DESK, LEAD, ADMIN),
    "desk.queue": _page(DESK, ADMIN),
    "desk.day_sheet": _page(DESK, ADMIN),
    "desk.add": _form(DESK, ADMIN),
    "desk.add_another": _form(DESK, ADMIN),
    "desk.appointment": _page(DESK, ADMIN),
    "desk.change": _form(DESK, ADMIN, carries="seen"),
    "desk.cancel": _form(DESK, ADMIN, carries="seen"),
    "desk.issue": _act(DESK, ADMIN),
    "desk.tablet": _act(DESK, ADMIN),
    "desk.answers": _act(DESK),
    "desk.phone": _form(DESK),
    "desk.phone_questions": _form(DESK, carries=_ANSWERING),
    "desk.phone_more": _form(DESK, carries=_ANSWERING),
    "desk.phone_check": _form(DESK, carries=_ANSWERING),
    "desk.phone_keep": _act(DESK, carries=_ANSWERING),
    "desk.phone_sent": _page(DESK),
    "desk.ask_for_call": _act(DESK, carries="seen"),
    "desk.note_call": _act(DESK, carries="call"),
    "desk.confirm_on_arrival": _act(DESK, carries="submission"),
    "provider.my_day": _page(PROVIDER),
    "provider.appointment": _page(PROVIDER),
    "provider.sign": _act(PROVIDER, carries="digest submission seen", asks_again=ALWAYS),
    "provider.ask_for_call": _act(PROVIDER, carries="seen"),
    "provider.start": _act(PROVIDER, carries="mark", asks_again="reason"),
    "provider.hold": _act(PROVIDER, carries="mark", asks_again="reason"),
    "provider.verify": _form(PROVIDER, carries="submission question"),
    "lead.home": _page(LEAD),
    "lead.protocol": _page(LEAD, PROVIDER),
    "lead.version_protocol": _page(LEAD, PROVIDER),
    "lead.version_file": _page(LEAD),
    "lead.simulator": _form(LEAD, carries="devices step"),
    "lead.version_simulator": _form(LEAD, carries="devices step"),
    "lead.versions": _page(LEAD),
    "lead.load": _act(LEAD, file="file"),
    "lead.version": _page(LEAD),
    "lead.sign": _act(LEAD, carries="in_use", asks_again=ALWAYS),
    "lead.overrides": _page(LEAD),
    "lead.emergencies": _page(LEAD),
}


def rules_of(endpoint: str | None) -> Access:
    """Of an endpoint that is not listed: nobody's, and nothing is taken."""
    return ENDPOINTS.get(endpoint or "", _NOBODYS)


_NOBODYS = Access(frozenset(), frozenset())
