"""For each law a guard in the product, and the test that turns red when the guard is taken out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Guard:
    law: str
    file: str
    """Where the guard stands."""
    guard: str
    without: str
    """The same place with the guard taken out."""
    test: str


GUARDS = (
    Guard(
        "L1",
        "screening/domain/states.py",
        "if facts.signed is None or _postponement_is_over",
        "if facts.signed is None:\n        return State.READY\n    if _postponement_is_over",
        "tests/domain/test_states.py::test_L1_no_combination_without_a_valid_sign_off_reads_as_ready",
    ),
    Guard(
        "L1",
        "screening/domain/states.py",
        "return too_old or received.changed_by_protocol",
        "return too_old",
        "tests/records/test_records.py::test_L1_a_newer_protocol_that_changes_an_effect_takes_readiness_away",
    ),
    Guard(
        "L2",
        "screening/domain/protocol/conditions.py",
        "blank = not question.optional and is_asked(at.protocol, question, at.answers, at.device)",
        "blank = False",
        "tests/domain/test_assessment_laws.py::test_L2_no_main_question_passes_unanswered",
    ),
    Guard(
        "L2",
        "screening/questionnaire/fields.py",
        "return bool(self.typed == code)",
        "return bool(self.typed == code) or not self.typed",
        "tests/questionnaire/test_forms.py::test_L2_no_answer_is_preselected",
    ),
    Guard(
        "L3",
        "screening/domain/assessment.py",
        "severity=max((flag.severity for flag in flags), default=Severity.NONE)",
        "severity=min((flag.severity for flag in flags), default=Severity.NONE)",
        "tests/domain/test_assessment_laws.py::test_L3_monotone_across_topics",
    ),
    Guard(
        "L4",
        "screening/domain/assessment.py",
        'sections=rule.sections,\n        task="; "',
        'sections=(),\n        task="; "',
        "tests/domain/test_assessment_laws.py::test_L4_every_flag_says_why_and_where_to_read",
    ),
    Guard(
        "L5",
        "screening/questionnaire/routing.py",
        "if not asked.optional and asked.id not in given",
        "if asked.id not in given",
        "tests/intake/test_pages.py::test_L5_a_patient_with_nothing_to_report_answers_one_page",
    ),
    Guard(
        "L6",
        "screening/storage/migrations/versions/005_sealed.py",
        "    _guard((*GUARDED, *NEW_GUARDED))\n\n\ndef downgrade",
        "    _guard(NEW_GUARDED)\n\n\ndef downgrade",
        "tests/storage/test_migrations.py::test_L6_a_submission_cannot_be_changed_or_deleted_even_by_hand",
    ),
    Guard(
        "L6",
        "screening/records/transaction.py",
        "if isinstance(row, APPEND_ONLY):",
        "if isinstance(row, ()):",
        "tests/records/test_records.py::test_L6_what_is_append_only_is_not_changed_by_a_slip",
    ),
    Guard(
        "L7",
        "screening/records/answers.py",
        "    void_sign_offs(appointment.id, at, by, why_voided(submission), caused_by=submission)\n",
        "",
        "tests/provider/test_pages.py::test_L7_new_answers_void_the_sign_off_and_both_stay_on_record",
    ),
    Guard(
        "L7",
        "screening/records/locked_visit.py",
        'if lock is None or getattr(visit, "lock", None) is not lock:',
        "if lock is None:",
        "tests/records/test_visits.py::test_L7_nobody_decides_on_what_was_read_before_the_lock",
    ),
    Guard(
        "L8",
        "screening/domain/states.py",
        "return too_old or received.changed_by_protocol",
        "return received.changed_by_protocol",
        "tests/records/test_records.py::test_L8_medicine_holds_thirty_days_and_pregnancy_one_visit",
    ),
    Guard(
        "L8",
        "screening/domain/states.py",
        "return received_at.astimezone(zone).date() < starts_at.astimezone(zone).date()",
        "return False",
        "tests/provider/test_pages.py::test_L8_the_gate_waits_for_the_question_on_arrival",
    ),
    Guard(
        "L9",
        "screening/records/answers.py",
        "if sent is not None:",
        "if sent is not None and not key:",
        "tests/records/test_records.py::test_L9_the_same_key_gives_the_same_submission",
    ),
    Guard(
        "L10",
        "screening/logs.py",
        '"kind": type(error).__name__, "at"',
        '"kind": str(error), "at"',
        "tests/web/test_errors.py::test_L10_the_log_of_a_failure_holds_nothing_of_the_answers",
    ),
    Guard(
        "L10",
        "screening/questionnaire/forms.py",
        "id=anchor_of(number)",
        'id=asked.id.replace(".", "-")',
        "tests/intake/test_pages.py::test_L10_what_an_address_can_end_with_names_no_question",
    ),
    Guard(
        "L11",
        "screening/domain/assessment.py",
        "*([_fallback(protocol, unknown)] if unknown else []), ",
        "",
        "tests/domain/test_assessment_laws.py::test_L11_an_unknown_answer_stops_and_avoids_everything",
    ),
    Guard(
        "L12",
        "templates/intake/sent.html",
        "<h1>We have your answers</h1>",
        "<h1>We have your answers</h1><p>You are safe to be treated.</p>",
        "tests/intake/test_pages.py::test_L12_no_page_of_a_patient_reassures_or_advises",
    ),
)
