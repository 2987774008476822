"""What the product is built from: few, chosen, pinned by hash, and asked about."""

import importlib.util
import json
import re
import subprocess
import sys
import zipfile
from base64 import urlsafe_b64encode
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
LISTS = ("requirements.txt", "requirements-dev.txt")
_PIN = re.compile(
    r"^([A-Za-z0-9._-]+)(?:\[[a-z,]+\])?(==\S+)((?:\s*\\\s+--hash=sha256:[0-9a-f]{64})*)$", re.MULTILINE
)
NOT_USED = {"flask-talisman", "flask-mail", "flask-user", "sqlalchemy-utils", "passlib", "libpass"}
NOT_USED |= {"flask-security-too", "flask-login", "flask-principal"}
NOT_IN_PRODUCTION = {"pytest", "hypothesis", "playwright", "mypy", "ruff", "html5lib", "pip-audit", "faker"}


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / ".ci" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def chosen() -> set[str]:
    lines = (ROOT / "requirements.in").read_text().splitlines()
    names = [re.match(r"[A-Za-z0-9._-]+", line) for line in lines if line and not line.startswith(("#", "-"))]
    return {plain(name[0]) for name in names if name}


def table_under(heading: str) -> dict[str, list[str]]:
    section = (ROOT / "docs/dependencies.md").read_text().split(f"## {heading}\n")[1].split("\n## ")[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("| ")]
    return {plain(row[0].strip()): [cell.strip() for cell in row[1:]] for row in rows[1:]}


@pytest.mark.parametrize("file", LISTS)
def test_every_library_is_pinned_to_one_version_with_its_hashes(file: str) -> None:
    text = (ROOT / file).read_text()
    found = _PIN.findall(text)
    assert len(found) > 20
    assert all(hashes for _, _, hashes in found)
    rest = [line for line in _PIN.sub("", text).splitlines() if line.strip() and not line.startswith("#")]
    assert rest == [], "only pins with hashes: no addresses, no options"


def test_the_chosen_libraries_are_those_that_the_documentation_explains() -> None:
    explained = table_under("Chosen")
    assert set(explained) == chosen()
    assert all(len(cells) == 3 and all(cells) for cells in explained.values())


def test_quiet_libraries_are_listed_as_such() -> None:
    assert set(table_under("Quiet ones below them")) == {"mdurl", "ordered-set"}


def test_production_carries_nothing_that_we_ruled_out_and_no_tool_of_tests() -> None:
    names = {plain(name) for name, _, _ in _PIN.findall((ROOT / "requirements.txt").read_text())}
    assert not names & (NOT_USED | NOT_IN_PRODUCTION)


def tiny_wheel(folder: Path) -> str:
    """A library of one line, to install without a network; gives its hash."""
    name = "tiny_library-1.0"
    files = {
        "tiny_library.py": "answer = 42\n",
        f"{name}.dist-info/METADATA": "Metadata-Version: 2.1\nName: tiny-library\nVersion: 1.0\n",
        f"{name}.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(
        f"{path},sha256={urlsafe_b64encode(sha256(text.encode()).digest()).decode().rstrip('=')},{len(text)}\n"
        for path, text in files.items()
    )
    wheel = folder / f"{name}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as packed:
        for path, text in {**files, f"{name}.dist-info/RECORD": record}.items():
            packed.writestr(path, text)
    return sha256(wheel.read_bytes()).hexdigest()


def install(folder: Path, pin: str) -> "subprocess.CompletedProcess[str]":
    (folder / "pins.txt").write_text(pin + "\n")
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--isolated",
        "--dry-run",
        "--require-hashes",
        "--no-index",
    ]
    command += [
        "--find-links",
        str(folder),
        "--target",
        str(folder / "there"),
        "-r",
        str(folder / "pins.txt"),
    ]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.drill
def test_an_altered_pin_or_hash_stops_the_installation(tmp_path: Path) -> None:
    right = tiny_wheel(tmp_path)
    assert install(tmp_path, f"tiny-library==1.0 --hash=sha256:{right}").returncode == 0
    wrong = ("0" if right[0] != "0" else "1") + right[1:]
    assert "DO NOT MATCH THE HASHES" in install(tmp_path, f"tiny-library==1.0 --hash=sha256:{wrong}").stderr
    for pin in (f"tiny-library==1.1 --hash=sha256:{right}", "tiny-library==1.0"):
        assert install(tmp_path, pin).returncode != 0


def test_the_bill_of_materials_names_every_pin_with_its_hashes() -> None:
    answer = subprocess.run(
        [sys.executable, ".ci/bom.py"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    bom = json.loads(answer.stdout)
    assert bom["bomFormat"] == "CycloneDX"
    pinned = _PIN.findall((ROOT / "requirements.txt").read_text())
    assert {(each["name"], f"=={each['version']}") for each in bom["components"]} == {
        (name, version) for name, version, _ in pinned
    }
    assert all(each["hashes"] and each["purl"].startswith("pkg:pypi/") for each in bom["components"])


WEAK = {"name": "one", "version": "1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"]}]}
CLEAN = {"name": "Two_", "version": "2.0", "vulns": []}
UNKNOWN = {"name": "two", "skip_reason": "Dependency not found"}


@pytest.mark.parametrize(
    ("report", "code", "words"),
    [
        (
            {"dependencies": [{**WEAK, "vulns": []}, {**CLEAN, "name": "two"}]},
            0,
            "No known weakness in 2 libraries",
        ),
        ({"dependencies": [WEAK, {**CLEAN, "name": "two"}]}, 1, "one 1.0: PYSEC-1, mended in 1.1"),
        ({"dependencies": [WEAK, UNKNOWN]}, 1, "NOT CHECKED"),
        ({"dependencies": [{**WEAK, "vulns": []}, UNKNOWN]}, 3, "NOT CHECKED"),
        ({"dependencies": [{**WEAK, "vulns": []}]}, 3, "1 of 2 libraries (two)"),
        ({"dependencies": [UNKNOWN, {**UNKNOWN, "name": "one"}]}, 3, "2 of 2 libraries"),
        ({}, 3, "NOT CHECKED"),
        (None, 3, "NOT CHECKED"),
    ],
)
def test_silence_is_never_taken_for_a_clean_bill(report: Any, code: int, words: str) -> None:
    found, said = script("audit").judge(report, {"one", "two"})
    assert found == code
    assert words in said


def test_the_audit_asks_about_every_pin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    names = {plain(name) for name, _, _ in _PIN.findall((ROOT / "requirements.txt").read_text())}
    assert script("audit").pins() == names
