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
    mark_of,
    must_be_as_seen,
)
from screening.records.calls import ask_for_call, close_call, must_be_the_open_call, open_call
from screening.records.corrections import (
    can_be_corrected,
    end_draft,
    given_when,
    record_phone_call,
    refuse_birth_date,
    still_holds,
)
from screening.records.engines import NotConfirmed, give_up, has_written, is_unavailable
from screening.records.freshness import expired_answers
from screening.records.links import (
    closed_links,
    confirm_birth_date,
    find_link,
    has_guessed_too_often,
    issue_link,
    link_problem,
)
from screening.records.problems import Conflict, Incomplete
from screening.records.publishing import keep_version, load_version, publications, publish
from screening.records.recaps import recap_for
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
from screening.records.sessions import (
    Gate,
    confirm_on_arrival,
    gate_of,
    hold_session,
    must_be_the_gate,
    needs_arrival_check,
    start_session,
)
from screening.records.tablet import close_tablet, issue_code, open_by_code
from screening.records.tries import count_try, forget_tries, tries
from screening.records.verifying import SOURCES, verified_of, verify_answer
from screening.records.writing import writing

__all__ = [
    "NEW_ANSWERS",
    "PHONE",
    "SOURCES",
    "THE_PATIENT",
    "Actor",
    "Conflict",
    "Gate",
    "Incomplete",
    "NotConfirmed",
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
    "close_tablet",
    "closed_links",
    "confirm_birth_date",
    "confirm_on_arrival",
    "count_try",
    "draft_of",
    "end_draft",
    "expired_answers",
    "facts_of",
    "find_link",
    "flags_of",
    "forget_tries",
    "gate_of",
    "give_up",
    "given_when",
    "has_guessed_too_often",
    "has_written",
    "hold_session",
    "is_unavailable",
    "issue_code",
    "issue_link",
    "keep_version",
    "last_signed",
    "latest_submission",
    "link_problem",
    "links_of",
    "load_version",
    "mark_of",
    "must_be_as_seen",
    "must_be_the_gate",
    "must_be_the_open_call",
    "needs_arrival_check",
    "open_by_code",
    "open_call",
    "publications",
    "publish",
    "recap_for",
    "record_phone_call",
    "record_reading",
    "refuse_birth_date",
    "save_draft",
    "sign_off",
    "sign_offs_of",
    "signing_digest",
    "start_session",
    "still_holds",
    "submissions_of",
    "submit",
    "tries",
    "valid_sign_off",
    "verified_of",
    "verify_answer",
    "writing",
]
