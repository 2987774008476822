"""The rooms of the house: what may import what, and how large a part may grow."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted(path for path in (ROOT / "screening").rglob("*.py") if "versions" not in path.parts)
PURE = (
    "protocol",
    "verify",
    "flags.py",
    "states.py",
    "outcomes.py",
    "comparing",
    "assessing.py",
    "recaps.py",
    "text.py",
    "passwords.py",
)
WEB = ("flask", "flask_wtf", "flask_security", "flask_babel", "wtforms", "sqlalchemy", "werkzeug")
AUDIENCES = ("intake", "desk", "provider", "lead", "emergency", "article")
# Lower floors know nothing of the ones above.
FLOORS = (
    ("protocol", "text", "vault", "passwords"),
    ("flags", "outcomes", "states", "assessing", "comparing", "recaps"),
    ("verify",),
    ("extensions", "clock", "logs", "models", "audit", "versions", "codes"),
    ("records", "queue", "keeping"),
    (
        "access",
        "arriving",
        "kept",
        "security",
        "sessions",
        "proxies",
        "limits",
        "errors",
        "application",
        "operations",
        "home",
        "staff",
        "questionnaire",
    ),
    ("account",),
    AUDIENCES,
)


def imports(path: Path) -> set[str]:
    """Every module that a file imports, with its names: `screening.records.submit`."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{name.name}" for name in node.names}
    return found


def room(path: Path) -> str:
    return path.relative_to(ROOT / "screening").parts[0].removesuffix(".py")


def is_pure(path: Path) -> bool:
    return path.relative_to(ROOT / "screening").parts[0] in PURE


@pytest.mark.parametrize("path", [path for path in MODULES if is_pure(path)], ids=str)
def test_the_core_knows_no_web_and_no_database(path: Path) -> None:
    assert not {name for name in imports(path) if name.split(".")[0] in WEB}


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_imports_point_one_way(path: Path) -> None:
    floor = next((number for number, rooms in enumerate(FLOORS) if room(path) in rooms), None)
    if floor is None:
        return
    above = {name for rooms in FLOORS[floor + 1 :] for name in rooms}
    used = {name.split(".")[1] for name in imports(path) if name.startswith("screening.")}
    assert not used & above


@pytest.mark.parametrize("path", [path for path in MODULES if room(path) in AUDIENCES], ids=str)
def test_audiences_never_import_each_other(path: Path) -> None:
    others = set(AUDIENCES) - {room(path)}
    assert not {
        name for name in imports(path) if name.startswith("screening.") and name.split(".")[1] in others
    }


def test_only_one_place_reads_the_environment() -> None:
    readers = {path.name for path in (*MODULES, ROOT / "config.py") if "os.environ" in path.read_text()}
    assert readers <= {"config.py", "demo.py"}


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_no_file_grows_beyond_what_one_reads_at_once(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 300


def test_pages_carry_no_script_or_style_of_their_own() -> None:
    for template in (ROOT / "templates").rglob("*.html"):
        text = template.read_text()
        assert "|safe" not in text, template
        assert " style=" not in text, template
