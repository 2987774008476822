"""The command, run as a person runs it."""

import json
import os
import re
import sqlite3
import stat
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from screening.commands.main import COMMANDS
from tests.support.acupuncture import EXAMPLE
from tests.support.commands import ADDRESS, CLINIC, ROOT, Ran, run, run_here
from tests.support.small_protocol import SMALL


def init(cwd: Path, *more: str) -> None:
    assert run_here("init", *CLINIC, *ADDRESS, *more, cwd=cwd).returncode == 0


def add_user(cwd: Path, role: str = "provider", email: str = "pat@clinic.example") -> Ran:
    return run_here(*adding(role, email), cwd=cwd)


def adding(role: str = "provider", email: str = "pat@clinic.example") -> tuple[str, ...]:
    return ("user", "add", email, "--name", "Pat", "--role", role)


def test_answers_in_a_file_become_flags(tmp_path: Path) -> None:
    file = tmp_path / "answers.json"
    file.write_text(json.dumps(EXAMPLE))
    answer = run("assess", str(file))
    assert answer.returncode == 0
    assessment = json.loads(answer.stdout)
    assert {flag["rule"] for flag in assessment["flags"]} == {"I1", "I2", "B8", "C2", "O8"}
    assert assessment["severity"] == "stop"
    (clash,) = assessment["clashes"]
    assert clash["modality"] == "EA"
    assert set(clash["rules"]) == {"I1", "I2", "C2"}
    assert assessment["unresolved"] == ["imp.depend"]


def test_answers_come_from_the_standard_input_too() -> None:
    assert json.loads(run_here("assess", "-", given=json.dumps(EXAMPLE)).stdout)["version"] == "1"


@pytest.mark.drill
def test_a_mark_that_some_editors_write_first_does_no_harm() -> None:
    assert run("assess", "-", given="\ufeff" + json.dumps(EXAMPLE)).returncode == 0


@pytest.mark.drill
def test_json_is_printed_as_utf_8_on_every_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    assert "B\u00e4umler" in run("protocol").stdout


@pytest.mark.parametrize(
    "given",
    [
        "",
        "not json",
        "[]",
        '{"on": "2026-11-23", "answers": {"preg.colour": "no"}}',
        '{"on": "2026-11-23", "answers": {"preg.status": "perhaps"}}',
        '{"on": "2026-02-30", "answers": {}}',
        '{"on": "2026-11-23", "answers": {}, "planned": ["XX"]}',
    ],
)
def test_what_is_not_known_gives_one_line_and_status_two(given: str) -> None:
    answer = run_here("assess", "-", given=given)
    assert answer.returncode == 2
    assert answer.stdout == ""
    assert len(answer.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("file", ["no-such-file.json", ".", "latin.json"])
def test_a_file_that_cannot_be_read_gives_one_line_and_status_two(tmp_path: Path, file: str) -> None:
    (tmp_path / "latin.json").write_bytes(b'{"on": "\xe9"}')
    answer = run_here("assess", file, cwd=tmp_path)
    assert answer.returncode == 2
    assert len(answer.stderr.strip().splitlines()) == 1


def test_the_protocol_is_printed_with_its_questions_and_rules() -> None:
    plain = json.loads(run_here("protocol").stdout)
    assert {question["id"] for question in plain["questions"]} >= {"preg.status", "imp.kind", "also"}
    assert {rule["id"] for rule in plain["rules"]} >= {"B9", "I3", "O7"}


@pytest.mark.drill
def test_the_shipped_protocol_is_verified_in_full() -> None:
    answer = run("verify")
    assert answer.returncode == 0, answer.stdout
    assert "Proven:" in answer.stdout
    assert "68 rules, each over the whole space of its own questions" in answer.stdout
    assert answer.stderr == ""


def test_the_report_is_there_for_programs_too() -> None:
    report = json.loads(run_here("verify", "--json").stdout)
    assert report["passed"] is True
    assert report["findings"] == []
    assert {part["name"] for part in report["topics"]} == {"pregnancy", "bleeding", "implants", "other"}
    assert any(text["name"] == "article safety-bleeding" for text in report["reading_ages"])
    assert any(text["name"] == "page intake/start.html" for text in report["reading_ages"])


@pytest.mark.drill
def test_a_protocol_with_a_fault_is_named_with_status_one(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(SMALL.replace(", {question: imp.depend, unresolved: true}", ""))
    for answer in (run("verify", str(file)), run_here("verify", "--quick", str(file))):
        assert answer.returncode == 1
        assert "“Does your heart always need it?” answered with “Not sure”" in answer.stdout
    assert json.loads(run_here("verify", "--json", str(file)).stdout)["passed"] is False


def test_the_quick_form_says_that_it_is_quick() -> None:
    answer = run_here("verify", "--quick")
    assert answer.returncode == 0
    assert "quick form" in answer.stdout


@pytest.mark.parametrize("content", [b"", b"protocol: x\n", b"\xff"])
def test_a_file_that_is_no_protocol_is_refused_with_status_two(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "mine.yaml"
    file.write_bytes(content)
    answer = run_here("verify", str(file))
    assert answer.returncode == 2
    assert answer.stdout == ""
    assert len(answer.stderr.strip().splitlines()) == 1


@pytest.mark.drill
def test_a_terminal_sees_how_far_the_proof_is() -> None:
    """The bar goes to the terminal and never into the report."""
    theirs, ours = os.openpty()
    command = [str(Path(sys.executable).parent / "screening"), "verify", "--quick"]
    answer = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=ours,
        check=True,
    )
    os.close(ours)
    assert b"Verifying" in os.read(theirs, 10_000)
    os.close(theirs)
    assert b"Verifying" not in answer.stdout


@pytest.mark.drill
def test_flask_knows_the_same_commands(tmp_path: Path) -> None:
    init(tmp_path)
    answer = run("--app", "screening", "db", "upgrade", cwd=tmp_path, command="flask")
    assert answer.returncode == 0, answer.stderr


@pytest.mark.drill
def test_a_clinic_is_set_up_step_by_step(tmp_path: Path) -> None:
    assert run("init", *CLINIC, *ADDRESS, cwd=tmp_path).returncode == 0
    settings = tmp_path / ".env"
    assert stat.S_IMODE(settings.stat().st_mode) == 0o600
    assert run("db", "upgrade", cwd=tmp_path).returncode == 0
    assert run_here("db", "upgrade", cwd=tmp_path).returncode == 0
    assert stat.S_IMODE((tmp_path / "screening.db").stat().st_mode) == 0o600
    added = run(*adding(), cwd=tmp_path)
    assert added.returncode == 0
    assert re.search(r"^https://forms\.example\.org/staff/welcome/[\w-]{43}$", added.stdout, re.MULTILINE)
    again = add_user(tmp_path)
    assert again.returncode == 2
    assert "already" in again.stderr


def test_somebody_gets_a_link_back_in_from_the_command_line(tmp_path: Path) -> None:
    init(tmp_path)
    run_here("db", "upgrade", cwd=tmp_path)
    add_user(tmp_path, "admin")
    links = set()
    for purpose in ("password", "second-factor"):
        made = run_here("user", "link", "pat@clinic.example", "--for", purpose, cwd=tmp_path)
        assert made.returncode == 0, made.stderr
        links.add(made.stdout.splitlines()[-1])
    assert len(links) == 2
    nobody = run_here("user", "link", "nobody@clinic.example", "--for", "password", cwd=tmp_path)
    assert nobody.returncode == 2
    assert nobody.stderr == "Error: There is no account for nobody@clinic.example.\n"


def test_settings_with_secrets_are_never_written_over(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("SCREENING_STAFF_KEY='keep me'")
    answer = run_here("init", *CLINIC, *ADDRESS, cwd=tmp_path)
    assert answer.returncode == 2
    assert "keep me" in (tmp_path / ".env").read_text()


@pytest.mark.drill
@pytest.mark.parametrize(("runs", "command"), [(run_here, ["db", "upgrade"]), (run, ["serve"])])
def test_without_settings_nothing_starts(
    tmp_path: Path, runs: Callable[..., Any], command: list[str]
) -> None:
    answer = runs(*command, cwd=tmp_path)
    assert answer.returncode == 2
    assert "SCREENING_STAFF_KEY" in answer.stderr


def test_a_service_does_not_start_on_a_database_that_is_not_ready(tmp_path: Path) -> None:
    init(tmp_path)
    answer = run_here("serve", cwd=tmp_path)
    assert answer.returncode == 2
    assert "screening db upgrade" in answer.stderr


def test_an_account_waits_for_the_tables_and_says_so_in_one_line(tmp_path: Path) -> None:
    init(tmp_path)
    answer = add_user(tmp_path)
    assert answer.returncode == 2
    assert answer.stderr == "Error: The database is not up to date. Run: screening db upgrade\n"


@pytest.mark.parametrize("command", [("db", "upgrade"), ("serve",)])
def test_a_database_that_cannot_be_opened_says_so_in_one_line(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    init(tmp_path, "--database", f"sqlite:///{tmp_path}/missing/x.db")
    answer = run_here(*command, cwd=tmp_path)
    assert answer.returncode == 2
    assert "SCREENING_DATABASE_URL" in answer.stderr
    assert len(answer.stderr.strip().splitlines()) == 1


@pytest.mark.drill
def test_the_demo_refuses_the_settings_of_a_real_clinic(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("")
    answer = run("demo", cwd=tmp_path)
    assert answer.returncode == 2
    assert "real clinic" in answer.stderr


def test_no_command_takes_a_password_and_an_unknown_role_is_refused(tmp_path: Path) -> None:
    init(tmp_path)
    run_here("db", "upgrade", cwd=tmp_path)
    given = run_here(*adding(email="a@clinic.example"), "--password", "x", cwd=tmp_path)
    assert given.returncode == 2
    assert "--password" in given.stderr
    assert add_user(tmp_path, "owner").returncode == 2
    assert add_user(tmp_path, email="nobody").returncode == 2


@pytest.mark.drill
@pytest.mark.parametrize(
    ("command", "words"), [("screening", ["--help"]), ("flask", ["--app", "screening", "--help"])]
)
def test_help_without_settings_needs_no_traceback(tmp_path: Path, command: str, words: list[str]) -> None:
    answer = run(*words, cwd=tmp_path, command=command)
    assert answer.returncode == 0
    assert "serve" in answer.stdout
    assert "Traceback" not in answer.stdout + answer.stderr
    if command == "flask":
        assert "SCREENING_STAFF_KEY is not set" in answer.stderr


@pytest.mark.drill
def test_flask_s_own_commands_say_what_is_missing(tmp_path: Path) -> None:
    answer = run("--app", "screening", "routes", cwd=tmp_path, command="flask")
    assert answer.returncode == 2
    assert "SCREENING_STAFF_KEY is not set" in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.fixture
def clinic(tmp_path: Path) -> Path:
    init(tmp_path)
    run_here("db", "upgrade", cwd=tmp_path)
    add_user(tmp_path)
    return tmp_path


@pytest.mark.drill
def test_flask_never_runs_a_real_clinic_in_debug_mode(clinic: Path) -> None:
    answer = run("--app", "screening", "--debug", "routes", cwd=clinic, command="flask")
    assert answer.returncode != 0
    assert "FLASK_DEBUG is set" in answer.stderr


def test_a_real_clinic_never_starts_on_the_records_of_the_demo(clinic: Path) -> None:
    with sqlite3.connect(clinic / "screening.db") as connection:
        connection.execute("INSERT INTO installation (name, value) VALUES ('demo', 'yes')")
    connection.close()
    answer = run_here("serve", cwd=clinic)
    assert answer.returncode == 2
    assert "invented clinic" in answer.stderr
    assert len(answer.stderr.strip().splitlines()) == 1


@pytest.mark.drill
def test_a_backup_is_made_and_restored_step_by_step(clinic: Path) -> None:
    made = run("backup", "clinic.backup", cwd=clinic)
    assert made.returncode == 0, made.stderr
    assert stat.S_IMODE((clinic / "clinic.backup").stat().st_mode) == 0o600
    again = run_here("backup", "clinic.backup", cwd=clinic)
    assert again.returncode == 2
    assert "never writes over" in again.stderr
    full = run_here("restore", "clinic.backup", cwd=clinic)
    assert full.returncode == 2
    assert "not empty" in full.stderr
    (clinic / "screening.db").unlink()
    assert run_here("db", "upgrade", cwd=clinic).returncode == 0
    restored = run("restore", "clinic.backup", cwd=clinic)
    assert restored.returncode == 0, restored.stderr
    assert "Restored" in restored.stdout
    assert add_user(clinic).returncode == 2


def test_a_record_of_events_that_does_not_fit_together_is_said_loudly(clinic: Path) -> None:
    with sqlite3.connect(clinic / "screening.db") as connection:
        connection.execute("DROP TRIGGER event_no_update")
        connection.execute("UPDATE event SET act = 'nothing happened' WHERE number = 1")
    connection.close()
    run_here("backup", "clinic.backup", cwd=clinic)
    for left in clinic.glob("screening.db*"):
        left.unlink()
    run_here("db", "upgrade", cwd=clinic)
    answer = run_here("restore", "clinic.backup", cwd=clinic)
    assert answer.returncode == 1
    assert "from event 1 on" in answer.stderr


def test_the_demo_marks_its_records(tmp_path: Path) -> None:
    from screening.app import create_app
    from screening.demo import clinic as demo
    from screening.extensions import db
    from screening.storage import migrations
    from screening.storage.models import Installation

    app = create_app(demo.config_of(8000, tmp_path))
    with app.app_context():
        migrations.upgrade(db.engine)
        demo.populate("an invented password")
        found = db.session.get(Installation, "demo")
        assert found is not None
        assert found.value == "yes"
        db.session.rollback()
        db.engine.dispose()


def test_flask_is_told_of_every_command() -> None:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]["flask.commands"]
    assert told == {name: f"screening.commands.{place}" for name, place in COMMANDS.items()}


@pytest.mark.parametrize("words", [["assess", "-"], ["protocol"], ["verify", "--quick"]], ids=" ".join)
def test_what_reads_no_record_loads_no_web_and_no_database(words: list[str]) -> None:
    look = (
        "import sys; from screening.commands.main import main\n"
        "try: main(sys.argv[1:])\n"
        "finally: print(*{name.split('.')[0] for name in sys.modules}, file=sys.stderr)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", look, *words],
        input='{"on": "2026-11-23", "answers": {}}',
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout
    assert "screening" in ran.stderr.split()
    assert not {"flask", "wtforms", "sqlalchemy", "werkzeug"} & set(ran.stderr.split())
