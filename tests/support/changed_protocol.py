"""Changed protocol files, made from the one of the product."""

from __future__ import annotations

from screening.domain.protocol.loading import acupuncture


def changed(*replacements: tuple[str, str], version: str = "2") -> str:
    text = acupuncture().text.replace('version: "1"', f'version: "{version}"', 1)
    for before, after in replacements:
        assert before in text, before
        text = text.replace(before, after, 1)
    return text


def in_rule(rule: str, before: str, after: str, version: str = "2") -> str:
    text = changed(version=version)
    start = text.index(f"  - id: {rule}\n    topic:")
    part = text[start:]
    assert before in part, before
    return text[:start] + part.replace(before, after, 1)


ASPIRIN_STOPS = in_rule("B12", "severity: note", "severity: stop")
OTHER_WORDS = changed(("Are you pregnant, or could you be?", "Could you be pregnant now?"))
