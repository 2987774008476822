"""How text gets onto a page: always escaped, always in quotes, and with nothing in the program that goes around it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from screening.article import rendering
from screening.extensions import db
from screening.storage.models import Appointment
from tests.support import factories
from tests.support.payloads import PAYLOADS, everything

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.*"))
MODULES = sorted([*(ROOT / "screening").rglob("*.py"), ROOT / "config.py"])
SECTIONS = sorted((ROOT / "screening/article/sections").glob("*.md"))
# The one place where HTML comes ready made: our own article, rendered without raw HTML.
TRUSTED = {"screening/article/views.py": {"Markup(opening())", "Markup(section.html)"}}
GOES_AROUND = ("Markup", "literal", "render_template_string", "from_string", "HTMLString", "autoescape")
MAIL = ("smtplib", "email", "flask_mail", "flask_mailman", "aiosmtplib", "sendgrid")
FOREIGN = (*MAIL, "pickle", "marshal", "shelve")
YAML = ("load", "unsafe_load", "full_load", "load_all")
MAKES_CODE = ("eval", "exec", "compile", "__import__", "os.system", *(f"yaml.{each}" for each in YAML))


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def names(path: Path) -> Iterator[str]:
    """What it imports."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def calls(path: Path) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            yield node


def test_no_template_goes_around_escaping() -> None:
    around = re.compile(r"\|\s*(safe|tojson|xmlattr|urlize)\b|autoescape|\bMarkup\b")
    assert [relative(path) for path in TEMPLATES if around.search(path.read_text())] == []
    # Only these endings are escaped by themselves.
    assert [relative(path) for path in TEMPLATES if path.suffix not in (".html", ".svg")] == []
    filled = [path for path in TEMPLATES if "{{" in path.read_text()]
    assert [relative(path) for path in filled if path.suffix != ".html"] == []


def test_what_is_filled_into_an_attribute_stands_in_quotes() -> None:
    found = [
        (relative(path), tag)
        for path in TEMPLATES
        for tag in _tags(path)
        if re.search(r'=\s*[^"\s]*FILLED', re.sub(r'"[^"]*"', '""', tag))
    ]
    assert found == []


def _tags(path: Path) -> list[str]:
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}", "", path.read_text(), flags=re.DOTALL)
    filled = re.sub(r"\{\{.*?\}\}", "FILLED", text, flags=re.DOTALL)
    return re.findall(r"<[a-zA-Z][^>]*>", filled)


def test_no_address_begins_with_what_somebody_typed() -> None:
    """An address comes from the program's own routes, or begins with our own path; a source's is checked below."""
    ours = r"url_for|static_url|href|target|back|filters\.|change|place_of|here|sitting\.places|visit\.places"
    # What was posted goes back to the address that it was posted to.
    posted = r"request\.(?:full_)?path|address|sign_in|onward|action"
    sources = r"source\.link|source\.address|source\b"
    found = [
        (relative(path), value)
        for path in TEMPLATES
        for value in re.findall(r'\b(?:href|action|src)="\{\{\s*([^}]*)\}\}', path.read_text())
        if not re.match(rf"(?:{ours}|{posted}|{sources})", value)
    ]
    assert found == []


def test_no_module_goes_around_escaping() -> None:
    found = [
        (relative(path), ast.unparse(call))
        for path in MODULES
        for call in calls(path)
        if _name(call.func) in GOES_AROUND and ast.unparse(call) not in TRUSTED.get(relative(path), set())
    ]
    assert found == []


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def test_no_code_is_made_of_text_and_nothing_is_mailed() -> None:
    """There is no mail yet, so no header of one can be extended. Protocols are data: nothing in them is evaluated."""
    loads = [
        (relative(path), name) for path in MODULES for name in names(path) if name.split(".")[0] in FOREIGN
    ]
    assert loads == []
    run = [(relative(path), ast.unparse(call)) for path in MODULES for call in calls(path)]
    assert [(path, call) for path, call in run if call.partition("(")[0] in MAKES_CODE] == []


def test_the_product_starts_without_a_mail_library(app: Flask) -> None:
    assert not {"mail", "mailman"} & set(app.extensions)


@pytest.mark.parametrize(
    "link", ["javascript:ran()", "data:text/html,x/.", "//other.example/x.y", '10.1/"><b>']
)
def test_the_address_of_a_source_is_always_a_web_page(link: str) -> None:
    from screening.domain.protocol.model import Source

    address = Source(key="a", citation="b", year="c", link=link, covers="d", tag="J").address
    assert address == "" or address.startswith("https://")


def test_markdown_of_the_article_lets_no_html_through(monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for payload in PAYLOADS:
        words = f"Some words.\n\n{payload}\n\nand {payload}"
        monkeypatch.setattr(rendering, "_written", lambda _name, words=words: words)
        if gets_through(rendering._rendered.__wrapped__("anything")):
            found.append(payload)
    assert found == []


def gets_through(rendered: str) -> bool:
    tags = {tag.lower() for tag in re.findall(r"<\s*/?\s*([^\s>/]+)", rendered)}
    allowed = {"p", "a", "em", "strong", "code", "ul", "li", "h1", "blockquote", "pre", "img", "br"}
    address = re.search(r'(?:href|src)="\s*(?:javascript|vbscript|data|file):', rendered, re.IGNORECASE)
    handler = re.search(r'<[^>"]*(?:"[^"]*"[^>"]*)*\son\w+=', rendered)
    return not tags <= allowed or bool(address or handler)


@pytest.mark.parametrize(
    ("harm", "gets"),
    [
        ("<script>", True),
        ('<a href="javascript:x">', True),
        ('<a href="/" onclick="x">', True),
        ("<p>", False),
    ],
)
def test_what_would_get_through_is_seen(harm: str, gets: bool) -> None:
    assert gets_through(harm) is gets


def test_the_article_leads_to_its_own_pages_only() -> None:
    """Sources are listed from the protocol; the text itself fetches nothing and leads nowhere else."""
    found = {path.stem: rendering._rendered(path.stem) for path in SECTIONS}
    assert found
    assert [name for name, rendered in found.items() if "<img" in rendered] == []
    links = [(name, link) for name, text in found.items() for link in re.findall(r'href="([^"]*)"', text)]
    assert [each for each in links if not each[1].startswith(("#", "/", "tel:"))] == []


def test_every_payload_is_stored_and_read_as_it_was_typed(app: Flask) -> None:
    """Whatever the database: what cannot be stored never gets that far."""
    with app.app_context():
        ids = [factories.appointment(name=payload).id for payload in PAYLOADS[::10]]
        visit: UUID = factories.appointment(name=everything()).id
        db.session.rollback()
        names = [db.session.get_one(Appointment, each).patient.name for each in ids]
        assert names == list(PAYLOADS[::10])
        assert db.session.get_one(Appointment, visit).patient.name == everything()


def test_no_header_can_be_extended_by_what_is_typed(app: Flask, client: Any) -> None:
    for path in ("/staff/sign-in?next=/desk/%0d%0aSet-Cookie:%20x=y", "/desk/?q=%0d%0aX-Made-Up:%20yes"):
        answer = client.get(path)
        assert "X-Made-Up" not in answer.headers
        assert "x=y" not in " ".join(answer.headers.getlist("Set-Cookie"))
        assert "\n" not in "".join(value for _, value in answer.headers)
