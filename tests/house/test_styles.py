"""The style sheets: one meaning for each class, and no class that nothing wears."""

import re
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHEETS = {
    path.name: re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
    for path in sorted((ROOT / "static").glob("*.css"))
}
DRAWN = [*sorted((ROOT / "templates").rglob("*.html")), *sorted((ROOT / "templates").rglob("*.svg"))]
SCRIPTS = "\n".join(path.read_text() for path in (ROOT / "static").glob("*.js"))

_RULE = re.compile(r"([^{}]+)\{[^{}]*\}")
_AT_RULE = re.compile(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*\s*\}")
# A class that a rule is about, alone: `.tag`, `section.tag`; not `.list .tag`, which says how it looks in a list.
_ALONE = re.compile(r"\w*\.([\w-]+)")
_CLASS_ATTRIBUTE = re.compile(r"""class="((?:\{\{.*?\}\}|\{%.*?%\}|[^"])*)\"""")
_AUDIENCE = re.compile(r"\{% block audience %\}(\w+)\{%")
# The body of a page says whose page it is; patients' pages are what the sheet is written for.
BARE = {"patient"}


def defined(sheet: str) -> list[str]:
    """What a sheet gives a meaning, as often as it does so: `.tag`, `section.tag`; not what holds on paper only."""
    plain = _AT_RULE.sub("", sheet)
    selectors = [selector.strip() for rule in _RULE.findall(plain) for selector in rule.split(",")]
    return [selector for selector in selectors if _ALONE.fullmatch(selector)]


def worn() -> set[str]:
    """Each class in a template, whole or, where a value ends it (`tone-{{ .. }}`), its beginning."""
    classes = set()
    for path in DRAWN:
        text = path.read_text()
        classes |= set(_AUDIENCE.findall(text))
        for value in _CLASS_ATTRIBUTE.findall(text):
            chosen = " ".join(re.findall(r"\{\{ '([^']*)' if", value))
            always = re.sub(r"-\{\{.*?\}\}", "-", re.sub(r"\{\{ '.*?\}\}|\{%.*?%\}", " ", value))
            classes |= set(f"{always} {chosen}".split())
    return classes


def styled() -> set[str]:
    return {
        name for sheet in SHEETS.values() for name in re.findall(r"\.([a-zA-Z][\w-]*)(?=[^{}]*\{)", sheet)
    }


def test_a_class_has_one_meaning() -> None:
    sheets = defaultdict(set)
    for name, sheet in SHEETS.items():
        found = defined(sheet)
        assert len(found) == len(set(found)), (name, [each for each in found if found.count(each) > 1])
        for each in found:
            sheets[each.split(".")[1]].add(name)
    assert {each: names for each, names in sheets.items() if len(names) > 1} == {}


def test_what_is_read_here_is_what_stands_in_the_sheets() -> None:
    sheet = "/**/.a, b.c { x: y } .a .d { x: y }\n@media print { .a { x: y }\n .e { x: y } } .a { x: y }"
    assert defined(sheet.removeprefix("/**/")) == [".a", "b.c", ".a"]
    assert {"tablet-code", "tone-", "button-danger", "bone"} <= worn()
    assert "has-error" in worn()


def test_each_class_of_the_sheets_is_worn() -> None:
    classes = worn()
    endings = tuple(each for each in classes if each.endswith("-"))
    unworn = {
        each
        for each in styled()
        if each not in classes and not each.startswith(endings) and f".{each}" not in SCRIPTS
    }
    assert unworn == set()


def test_each_class_of_a_template_means_something() -> None:
    known = styled()
    bare = {
        each
        for each in worn() - known - BARE
        if not (each.endswith("-") and any(name.startswith(each) for name in known))
    }
    assert bare == set()
