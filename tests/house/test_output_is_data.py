"""How text gets onto a page: always escaped, always in quotes, and with nothing in the program that goes around it."""

from __future__ import annotations

import ast
import re
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
# The one place where HTML comes ready made: our own article, rendered without raw HTML.
TRUSTED = {"screening/article/views.py": {"Markup(opening())", "Markup(section.html)"}}
GOES_AROUND = ("Markup", "literal", "render_template_string", "from_string", "HTMLString", "autoescape")
MAIL = ("smtplib", "email", "flask_mail", "flask_mailman", "aiosmtplib", "sendgrid")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_template_goes_around_escaping(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"\|\s*(safe|tojson|xmlattr|urlize)\b|autoescape|\bMarkup\b", text)
    # Only these endings are escaped by themselves.
    assert path.suffix in (".html", ".svg")
    assert "{{" not in text or path.suffix == ".html"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_is_filled_into_an_attribute_stands_in_quotes(path: Path) -> None:
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}", "", path.read_text(), flags=re.DOTALL)
    filled = re.sub(r"\{\{.*?\}\}", "FILLED", text, flags=re.DOTALL)
    for tag in re.findall(r"<[a-zA-Z][^>]*>", filled):
        assert not re.search(r'=\s*[^"\s]*FILLED', re.sub(r'"[^"]*"', '""', tag)), tag


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_address_begins_with_what_somebody_typed(path: Path) -> None:
    """An address comes from the program's own routes, or begins with our own path; a source's is checked below."""
    ours = r"url_for|static_url|href|target|back|filters\.|change|place_of|here|sitting\.places|visit\.places"
    # What was posted goes back to the address that it was posted to.
    posted = r"request\.(?:full_)?path|address|sign_in|onward|action"
    sources = r"source\.link|source\.address|source\b"
    for value in re.findall(r'\b(?:href|action|src)="\{\{\s*([^}]*)\}\}', path.read_text()):
        assert re.match(rf"(?:{ours}|{posted}|{sources})", value), value


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_goes_around_escaping(path: Path) -> None:
    allowed = TRUSTED.get(str(path.relative_to(ROOT)), set())
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and _name(node.func) in GOES_AROUND:
            assert ast.unparse(node) in allowed


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_code_is_made_of_text_and_nothing_is_mailed(path: Path) -> None:
    """There is no mail yet, so no header of one can be extended. Protocols are data: nothing in them is evaluated."""
    for node in ast.walk(ast.parse(path.read_text())):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [each.name for each in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        assert not [name for name in names if name.split(".")[0] in (*MAIL, "pickle", "marshal", "shelve")]
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            assert called not in ("eval", "exec", "compile", "__import__", "os.system", "yaml.load")
            assert called not in ("yaml.unsafe_load", "yaml.full_load", "yaml.load_all")


def test_the_product_starts_without_a_mail_library(app: Flask) -> None:
    assert not {"mail", "mailman"} & set(app.extensions)


@pytest.mark.parametrize(
    "link", ["javascript:ran()", "data:text/html,x/.", "//other.example/x.y", '10.1/"><b>']
)
def test_the_address_of_a_source_is_always_a_web_page(link: str) -> None:
    from screening.domain.protocol.model import Source

    address = Source(key="a", citation="b", year="c", link=link, covers="d", tag="J").address
    assert address == "" or address.startswith("https://")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_markdown_of_the_article_lets_no_html_through(payload: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "_written", lambda _name: f"Some words.\n\n{payload}\n\nand {payload}")
    rendered = rendering._rendered.__wrapped__("anything")
    tags = {tag.lower() for tag in re.findall(r"<\s*/?\s*([^\s>/]+)", rendered)}
    assert tags <= {"p", "a", "em", "strong", "code", "ul", "li", "h1", "blockquote", "pre", "img", "br"}
    assert not re.search(r'(?:href|src)="\s*(?:javascript|vbscript|data|file):', rendered, re.IGNORECASE)
    assert not re.search(r'<[^>"]*(?:"[^"]*"[^>"]*)*\son\w+=', rendered)


@pytest.mark.parametrize(
    "path", sorted((ROOT / "screening/article/sections").glob("*.md")), ids=lambda path: path.stem
)
def test_the_article_leads_to_its_own_pages_only(path: Path) -> None:
    """Sources are listed from the protocol; the text itself fetches nothing and leads nowhere else."""
    rendered = rendering._rendered(path.stem)
    assert "<img" not in rendered
    assert not [
        link for link in re.findall(r'href="([^"]*)"', rendered) if not link.startswith(("#", "/", "tel:"))
    ]


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
