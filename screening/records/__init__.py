"""The only writer. Each function is one thing that happens in a clinic; each leaves an event in the same transaction.

Call them inside `with writing():`, which commits once, and only if everything succeeded.
"""

from screening.audit import Actor
from screening.records.answers import (
    assessed_now,
    changed_by_protocol,
    draft_of,
    flags_of,
    latest_submission,
    record_reading,
    save_draft,
    submissions_of,
    submit,
)
from screening.records.appointments import (
    add_another_appointment,
    add_appointment,
    cancel_appointment,
    change_appointment,
    links_of,
)
from screening.records.calls import ask_for_call, close_call, open_call
from screening.records.corrections import (
    can_be_corrected,
    end_draft,
    given_when,
    record_phone_call,
    refuse_birth_date,
    still_holds,
)
from screening.records.links import confirm_birth_date, find_link, issue_link, link_problem
from screening.records.problems import Conflict, Incomplete
from screening.records.publishing import keep_version, load_version, publications, publish
from screening.records.respondents import PHONE, THE_PATIENT, Respondent
from screening.records.review import (
    NEW_ANSWERS,
    facts_of,
    last_signed,
    sign_off,
    sign_offs_of,
    signing_digest,
    valid_sign_off,
)
from screening.records.sessions import confirm_on_arrival, hold_session, needs_arrival_check
from screening.records.writing import writing

__all__ = [
    "NEW_ANSWERS",
    "PHONE",
    "THE_PATIENT",
    "Actor",
    "Conflict",
    "Incomplete",
    "Respondent",
    "add_another_appointment",
    "add_appointment",
    "ask_for_call",
    "assessed_now",
    "can_be_corrected",
    "cancel_appointment",
    "change_appointment",
    "changed_by_protocol",
    "close_call",
    "confirm_birth_date",
    "confirm_on_arrival",
    "draft_of",
    "end_draft",
    "facts_of",
    "find_link",
    "flags_of",
    "given_when",
    "hold_session",
    "issue_link",
    "keep_version",
    "last_signed",
    "latest_submission",
    "link_problem",
    "links_of",
    "load_version",
    "needs_arrival_check",
    "open_call",
    "publications",
    "publish",
    "record_phone_call",
    "record_reading",
    "refuse_birth_date",
    "save_draft",
    "sign_off",
    "sign_offs_of",
    "signing_digest",
    "still_holds",
    "submissions_of",
    "submit",
    "valid_sign_off",
    "writing",
]
