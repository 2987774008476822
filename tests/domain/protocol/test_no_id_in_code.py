"""What is clinical stands in the protocol file: the program and its pages name no part of it."""

import re
from collections.abc import Iterator
from pathlib import Path

from screening.domain.protocol.loading import acupuncture

ROOT = Path(__file__).parents[3]


def places() -> Iterator[tuple[str, str]]:
    """Everything that runs or is shown, but the invented clinic of the demo."""
    for path in (*ROOT.glob("screening/**/*.py"), *ROOT.glob("templates/**/*.html")):
        if "demo" not in path.relative_to(ROOT).parts:
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def quoted_ids() -> Iterator[str]:
    protocol = acupuncture()
    yield from (name for name in protocol.questions if "." in name)
    for part in (protocol.rules, protocol.principles, protocol.modalities):
        yield from part


def test_no_id_of_a_question_rule_principle_or_treatment_stands_in_code_or_pages() -> None:
    named = re.compile(f"[\"'](?:{'|'.join(map(re.escape, quoted_ids()))})[\"']")
    found = {(path, match[0]) for path, text in places() for match in named.finditer(text)}
    assert found == set()


def test_no_page_asks_on_its_own_or_passes_over_a_sentence() -> None:
    said = re.compile("pregnan|nothing to prepare", re.IGNORECASE)
    assert [path for path, text in places() if path.startswith("templates/") and said.search(text)] == []
