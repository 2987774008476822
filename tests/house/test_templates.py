"""Templates read like code: lines of one width, and nothing that a formatter would move into the text."""

import re
from pathlib import Path

TEMPLATES = sorted((Path(__file__).parents[2] / "templates").rglob("*.html"))
WIDTH = 120


def test_no_line_of_a_template_is_longer_than_120_characters() -> None:
    assert len(TEMPLATES) > 50
    long = [
        f"{path.parent.name}/{path.name}:{number}"
        for path in TEMPLATES
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if len(line) > WIDTH
    ]
    assert long == []


def test_indenting_never_reaches_into_what_somebody_typed() -> None:
    """A text area shows every space: what is between its tags begins and ends beside them, on a line of its own."""
    for path in TEMPLATES:
        for typed in re.findall(r"<textarea.*?>\n?(.*?)</textarea>", path.read_text(), re.DOTALL):
            assert re.fullmatch(r'\s*\{\{- "\\n" ~ [\w.]+\|visible \}\}', typed), (path.name, typed)


def test_no_template_brings_in_what_it_does_not_use() -> None:
    unused = {path.as_posix(): _unused(path.read_text()) for path in TEMPLATES}
    assert {path: names for path, names in unused.items() if names} == {}


def _unused(template: str) -> list[str]:
    imports = re.findall(r'{% from "[^"]+" import ([^%]+?) %}', template)
    rest = re.sub(r"{% from [^%]+%}", "", template)
    names = [name.strip() for line in imports for name in line.split(",")]
    return [name for name in names if not re.search(rf"\b{name}\b", rest)]


def test_an_import_that_is_not_used_is_seen() -> None:
    assert _unused('{% from "ui.html" import button, csrf %}{{ button("Send") }}') == ["csrf"]


def test_each_template_brings_in_the_macros_that_it_uses() -> None:
    """One that is included would else depend on what the page around it happens to bring in."""
    macros = {name for path in TEMPLATES for name in _defined(path.read_text())}
    assert len(macros) > 30
    missing = {path.as_posix(): _missing(path.read_text(), macros) for path in TEMPLATES}
    assert {path: names for path, names in missing.items() if names} == {}


def _defined(template: str) -> list[str]:
    return re.findall(r"{%-? macro (\w+)", template)


def _missing(template: str, macros: set[str]) -> set[str]:
    imports = re.findall(r'{% from "[^"]+" import ([^%]+?) %}', template)
    known = {name.strip() for line in imports for name in line.split(",")} | set(_defined(template))
    return {name for name in macros if re.search(rf"(?<![.\w]){name}\(", template)} - known


def test_a_macro_from_nowhere_is_seen() -> None:
    assert _missing("{{ button('Send') }}{{ form.csrf() }}", {"button", "csrf"}) == {"button"}
