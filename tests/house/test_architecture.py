"""The rooms of the house: what may import what, what a room loads, and how large a part may grow."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.house.imports import FILES, ROOT, Graph, graph, names, reached

WEB = ("flask", "flask_wtf", "argon2", "webauthn", "flask_babel", "wtforms", "sqlalchemy", "werkzeug")
PURE = (
    "screening.text",
    "screening.domain.protocol.loading",
    "screening.domain.assessment",
    "screening.domain.states",
    "screening.domain.decisions",
    "screening.domain.earlier_answers",
    "screening.domain.comparing.versions",
    "screening.domain.verification.checks",
    "screening.domain.assessment_json",
    "screening.account.password_rules",
)
AUDIENCES = ("intake", "desk", "provider", "lead", "emergency", "article")
# Lower floors know nothing of the ones above.
FLOORS = (
    ("text",),
    ("domain",),
    ("extensions", "logs"),
    ("clock", "dates", "storage"),
    ("records",),
    ("maintenance",),
    ("web",),
    ("questionnaire",),
    ("staff",),
    ("account",),
    AUDIENCES,
    ("app",),
    ("demo",),
    ("commands",),
)
FLOOR = {name: number for number, rooms in enumerate(FLOORS) for name in rooms}


def room(module: str) -> str:
    return module.split(".")[1]


def circles(graph: Graph) -> list[str]:
    return [module for module in graph if module in reached(graph, module)]


def runs_up(graph: Graph) -> list[tuple[str, str]]:
    return [
        (module, other)
        for module in graph
        for other in reached(graph, module)
        if FLOOR[room(other)] > FLOOR[room(module)]
    ]


def test_no_modules_import_each_other_however_long_the_way_round() -> None:
    assert circles(graph()) == []


def test_a_circle_is_seen_over_several_steps() -> None:
    a, b, c = "screening.a", "screening.b", "screening.c"
    assert circles({a: frozenset({b}), b: frozenset({c}), c: frozenset({a})}) == [a, b, c]


def test_imports_point_one_way() -> None:
    assert {room(module) for module in graph()} == set(FLOOR), "each room has its floor"
    assert runs_up(graph()) == []


def test_an_import_that_runs_up_is_seen_over_several_steps() -> None:
    records, clock, desk = "screening.records.a", "screening.clock", "screening.desk.views"
    assert (records, desk) in runs_up({records: frozenset({clock}), clock: frozenset({desk})})


def test_audiences_never_import_each_other() -> None:
    for module, others in graph().items():
        if room(module) in AUDIENCES:
            assert {room(other) for other in others} & set(AUDIENCES) <= {room(module)}, module


def test_the_core_names_no_web_and_no_database() -> None:
    for module in graph():
        if room(module) == "domain":
            assert not {name for name in names(FILES[module]) if name.split(".")[0] in WEB}, module


@pytest.mark.parametrize("module", PURE)
def test_a_pure_part_loads_no_web_and_no_database(module: str) -> None:
    """In a process of its own, since the tests have long loaded everything."""
    look = f"import sys, {module}; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", look], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert module in loaded.stdout.split()
    assert not {name.split(".")[0] for name in loaded.stdout.split()} & set(WEB)


def test_only_one_place_reads_the_environment() -> None:
    readers = {
        path.relative_to(ROOT).as_posix()
        for path in (*FILES.values(), ROOT / "config.py")
        if "os.environ" in path.read_text()
    }
    assert readers <= {"config.py", "screening/demo/clinic.py"}


def test_no_file_grows_beyond_what_one_reads_at_once() -> None:
    long = {path: len(path.read_text().splitlines()) for path in FILES.values()}
    assert {path: lines for path, lines in long.items() if lines > 300} == {}


def test_pages_carry_no_script_or_style_of_their_own() -> None:
    for template in (ROOT / "templates").rglob("*.html"):
        text = template.read_text()
        assert "|safe" not in text, template
        assert " style=" not in text, template
