"""The drill of turning keys: stopped half-way, while others write, and without the old key afterwards."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select, text, update

from config import ConfigError, DataKey, from_environment
from screening.app import create_app
from screening.clock import now
from screening.commands.main import main
from screening.commands.settings_file import new_data_key
from screening.domain.decisions import Decision
from screening.extensions import db
from screening.maintenance import key_rotation
from screening.maintenance.key_check import Opened, open_all
from screening.maintenance.key_rotation import needed_keys, rotate
from screening.records import keys
from screening.records.accounts.app_secrets import new_app_secret, rewrap_app_secrets
from screening.records.actors import SYSTEM
from screening.records.answers import save_draft
from screening.records.keys import content_keys_by_master, problem_with_keys
from screening.records.transaction import writing
from screening.storage.encryption import master_of
from screening.storage.models import Appointment, Draft, Patient, PatientKey, Submission
from tests.conftest import DATA_KEY, Clock, config_for
from tests.support.acupuncture import WARFARIN
from tests.support.events import recorded_acts, recorded_events
from tests.support.factories import answered, appointment, provider, signed
from tests.support.tampering import with_database_rights
from tests.test_config import GOOD

NEW = DataKey("next", bytes(range(100, 132)))
PATIENTS = 7


def with_keys(database_url: str, clock: Clock, *data_keys: DataKey) -> Flask:
    return create_app(replace(config_for(database_url), data_keys=data_keys), now=clock)


def let_go() -> None:
    """Another application opens the same database next: a reading that is still open would keep it waiting."""
    db.session.close()
    db.engine.dispose()


@pytest.fixture
def turned(app: Flask, database_url: str, clock: Clock) -> Iterator[Flask]:
    """The clinic's application after the new key was put first into its settings."""
    with app.app_context():
        for number in range(PATIENTS):
            visit = appointment(name=f"Robin {number}")
            answered(visit, WARFARIN)
            signed(visit, Decision.ADAPT)
        let_go()
    made = with_keys(database_url, clock, NEW, DATA_KEY)
    yield made
    with made.app_context():
        let_go()


def masters() -> Counter[str]:
    wrapped = db.session.scalars(select(PatientKey.wrapped).where(PatientKey.wrapped.is_not(None)))
    return Counter(master_of(str(each)) for each in wrapped)


def quietly(_what: str, _total: int) -> None:
    pass


def unreadable() -> list[Any]:
    db.session.rollback()
    return list(open_all(db.session, Opened()))


def test_every_key_is_wrapped_anew_and_everything_reads_without_the_old_one(
    turned: Flask, database_url: str, clock: Clock
) -> None:
    with turned.app_context():
        assert masters() == {"test": PATIENTS}
        let_go()
        answer = CliRunner().invoke(main, ["keys", "rotate"])
        assert answer.exit_code == 0, answer.output
        assert f"Wrapped {PATIENTS} anew." in answer.output
        assert "test: nothing needs it any more." in answer.output
        db.session.rollback()
        assert masters() == {"next": PATIENTS}
        let_go()
    alone = with_keys(database_url, clock, NEW)
    with alone.app_context():
        assert unreadable() == []
        assert len({each.name for each in db.session.scalars(select(Patient))}) == PATIENTS
        for submission in db.session.scalars(select(Submission)):
            assert submission.answers["bleed.medicine"] == ["warfarin"]
        assert CliRunner().invoke(main, ["keys", "check", "--full"]).exit_code == 0
        let_go()


def test_no_record_is_touched(turned: Flask) -> None:
    def stored() -> list[Any]:
        with db.engine.connect() as connection:
            tables = ("patient", "submission", "flag", "sign_off")
            return [
                connection.execute(text(f"SELECT * FROM {table} ORDER BY id")).all()  # noqa: S608
                for table in tables
            ]

    with turned.app_context():
        before = stored()
        rotate(quietly)
        assert stored() == before


def test_a_rotation_that_was_killed_half_way_goes_on_where_it_was(
    turned: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed twice: between two batches, and in the middle of one."""
    holder = key_rotation.Holder("content keys", in_batches(3), content_keys_by_master)
    monkeypatch.setattr(key_rotation, "HOLDERS", (holder,))
    with turned.app_context():
        with pytest.raises(KeyboardInterrupt):
            rotate(stopped)
        db.session.rollback()
        assert masters() == {"next": 3, "test": PATIENTS - 3}
        assert unreadable() == []
        monkeypatch.setattr(keys, "record", killed)
        with pytest.raises(KeyboardInterrupt):
            rotate(quietly)
        monkeypatch.undo()
        db.session.rollback()
        assert masters() == {"next": 3, "test": PATIENTS - 3}, "half a batch was kept"
        assert rotate(quietly) == PATIENTS - 3
        db.session.rollback()
        assert masters() == {"next": PATIENTS}
        assert unreadable() == []
        assert rotate(quietly) == 0


def in_batches(limit: int) -> Any:
    return lambda: keys.rewrap_content_keys(now(), SYSTEM, limit)


def stopped(_what: str, _total: int) -> None:
    raise KeyboardInterrupt


def killed(*_args: Any, **_on: Any) -> None:
    raise KeyboardInterrupt


def test_each_batch_is_an_event(turned: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    holder = key_rotation.Holder("content keys", in_batches(3), content_keys_by_master)
    monkeypatch.setattr(key_rotation, "HOLDERS", (holder,))
    with turned.app_context():
        rotate(quietly)
        events = recorded_events("content keys re-wrapped")
        found = [(each.on["keys"], each.on["master"]) for each in events]
        assert found == [("3", "next"), ("3", "next"), ("1", "next")]


def test_others_go_on_writing_and_no_form_is_refused(turned: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two people write while keys turn; a draft that was open before is still there and can be sent."""
    holder = key_rotation.Holder("content keys", in_batches(1), content_keys_by_master)
    monkeypatch.setattr(key_rotation, "HOLDERS", (holder,))
    with turned.app_context():
        open_form = appointment(name="Robin Open")
        with writing():
            save_draft(open_form, {"answers": {"preg.status": "no"}}, now())
        open_id = open_form.id
        before = db.session.query(PatientKey).count()
    problems: list[BaseException] = []

    def write() -> None:
        try:
            with turned.app_context():
                for _ in range(5):
                    answered(appointment(), WARFARIN)
        except BaseException as problem:
            problems.append(problem)

    writers = [threading.Thread(target=write) for _ in range(2)]
    for writer in writers:
        writer.start()
    with turned.app_context():
        rotate(quietly)
    for writer in writers:
        writer.join()
    assert problems == []
    with turned.app_context():
        assert masters() == {"next": before + 10}
        assert unreadable() == []
        stored = db.session.get_one(Draft, open_id)
        assert stored.answers == {"answers": {"preg.status": "no"}}
        assert answered(db.session.get_one(Appointment, open_id)).number == 1


def test_it_is_said_which_keys_are_still_needed(turned: Flask) -> None:
    with turned.app_context():
        words = [each.words for each in needed_keys()]
        assert words == ["next: protects 0 and all that is new.", "test: 7 still need it. Keep it."]
        rotate(quietly)
        (_, old) = needed_keys()
        assert "nothing needs it any more" in old.words


def test_secrets_of_code_apps_turn_with_the_rest(turned: Flask, app: Flask) -> None:
    with app.app_context():
        with writing():
            provider().tf_totp_secret = new_app_secret(provider())
        let_go()
    with turned.app_context():
        (old,) = [each for each in needed_keys() if each.master == "test"]
        assert old.secrets == PATIENTS + 1
        let_go()
        answer = CliRunner().invoke(main, ["keys", "rotate"])
        assert f"Wrapped {PATIENTS + 1} anew." in answer.output
        db.session.rollback()
        assert needed_keys()[1].secrets == 0
        acts = recorded_acts()
        assert acts.count("app secrets re-wrapped") == 1
        with writing():
            assert rewrap_app_secrets(now(), SYSTEM) == 0


def test_a_missing_key_is_said_in_one_line_and_nothing_starts(
    turned: Flask, database_url: str, clock: Clock
) -> None:
    alone = with_keys(database_url, clock, NEW)
    with alone.app_context():
        problem = problem_with_keys()
        assert problem == "SCREENING_DATA_KEYS lacks the key 'test', which this database needs. Put it back."
        for command in (["keys", "check"], ["audit", "verify"], ["serve"], ["retention", "run"]):
            answer = CliRunner().invoke(main, command)
            assert answer.exit_code == 2
            assert answer.output.strip() == f"Error: {problem}"
        assert content_keys_by_master()["test"] == PATIENTS
        let_go()


def test_a_wrong_key_under_the_right_name_is_said_in_one_line(
    turned: Flask, database_url: str, clock: Clock
) -> None:
    wrong = with_keys(database_url, clock, DataKey("test", NEW.secret))
    with wrong.app_context():
        answer = CliRunner().invoke(main, ["serve"])
        assert answer.exit_code == 2
        assert "'test' in SCREENING_DATA_KEYS is not the one" in answer.output
        assert len(answer.output.strip().splitlines()) == 1
        let_go()


def test_a_value_that_does_not_open_is_named_by_the_full_check(turned: Flask) -> None:
    with turned.app_context():
        with_database_rights(
            "UPDATE submission SET answers = answers_digest WHERE id = (SELECT min(cast(id AS text)) FROM submission)"
            if db.engine.dialect.name == "sqlite"
            else "UPDATE submission SET answers = answers_digest "
            "WHERE id = (SELECT s.id FROM submission s ORDER BY s.id LIMIT 1)"
        )
        assert CliRunner().invoke(main, ["keys", "check"]).exit_code == 0
        answer = CliRunner().invoke(main, ["keys", "check", "--full"])
        assert answer.exit_code == 1
        assert "1 do not open" in answer.output
        (line,) = [line for line in answer.output.splitlines() if "does not open" in line]
        assert line.startswith("submission ")
        assert "answers" in line


def test_a_key_that_belongs_to_another_patient_stops_the_rotation_in_one_line(turned: Flask) -> None:
    """Whichever it is: the master key is not blamed for it."""
    with turned.app_context():
        query = select(PatientKey.patient_id, PatientKey.wrapped).order_by(PatientKey.patient_id)
        rows = db.session.execute(query).all()
        for number, row in enumerate(rows):
            wrap_as(row.patient_id, rows[number - 1].wrapped)
            answer = CliRunner().invoke(main, ["keys", "rotate"])
            assert answer.exit_code == 2
            assert len(answer.output.strip().splitlines()) == 1
            assert "keys check --full" in answer.output
            wrap_as(row.patient_id, row.wrapped)
        assert masters() == {"test": PATIENTS}


def wrap_as(patient_id: Any, wrapped: str) -> None:
    with writing():
        statement = update(PatientKey).where(PatientKey.patient_id == patient_id)
        db.session.execute(statement.values(wrapped=wrapped))
    let_go()


def test_a_fresh_key_fits_the_settings() -> None:
    printed = CliRunner().invoke(main, ["keys", "new", "--name", "2027"]).output.strip()
    settings = {**GOOD, "SCREENING_DATA_KEYS": f"{printed} {new_data_key('first')}"}
    assert [key.id for key in from_environment(settings).data_keys] == ["2027", "first"]
    twice = settings | {"SCREENING_DATA_KEYS": f"{printed} {printed}"}
    with pytest.raises(ConfigError):
        from_environment(twice)


@pytest.mark.parametrize("name", ["Upper", "a b", "x" * 21, "a:b"])
def test_a_name_that_cannot_stand_in_the_settings_is_refused(name: str) -> None:
    answer = CliRunner().invoke(main, ["keys", "new", "--name", name])
    assert answer.exit_code == 2
    assert len(answer.output.strip().splitlines()) == 1
