"""How tests read pages: a page of a known shape gives the same tree as one that is read anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4
from xml.etree.ElementTree import tostring

import pytest
from flask import Flask
from html5lib.html5parser import ParseError

from tests.support.databases import one_database
from tests.support.parsing import tree_of, tree_read_anew
from tests.support.payloads import PAYLOADS

PAGE = '<!doctype html><html lang="en"><head><title>A</title></head><body>{}</body></html>'


def same(html: str) -> bool:
    return tostring(tree_of(html)) == tostring(tree_read_anew(html))


def test_what_differs_only_in_its_ids_is_put_back_in_its_place() -> None:
    for _ in range(3):
        one, two = uuid4(), uuid4()
        link = f'<a href="/x/{one}?y={two}&amp;z={one}" id="a-{two}">{one} and {two}</a> then {one}<br>{two}'
        assert same(PAGE.format(link))


@pytest.mark.parametrize(
    "inside", ["<{0}>x</{0}>", "<p {0}>x</p>", "<!-- {0} --><p>{0}</p>", "<p title={0}>x</p>"]
)
def test_a_long_word_may_stand_in_a_name_or_anywhere_else(inside: str) -> None:
    for word in ("a1234567890123456789xyz", "b1234567890123456789XYZ"):
        assert same(PAGE.format(inside.format(word)))


@one_database
def test_pages_of_the_product_read_the_same(app: Flask, signed_in: Callable[[str], Any]) -> None:
    for who, path in (("desk", "/desk/new"), ("provider", "/provider/"), ("lead", "/lead/simulator")) * 2:
        assert same(signed_in(who).get(path).text)


@pytest.mark.parametrize("twice", [1, 2])
def test_nothing_is_forgiven_in_a_page_of_a_known_shape(twice: int) -> None:
    for word in range(twice):
        with pytest.raises(ParseError):
            tree_of(PAGE.format(f"<p id=x{word}1234567890123456789012></b>"))


def test_no_text_that_somebody_typed_is_lost() -> None:
    for payload in PAYLOADS:
        html = PAGE.format("<textarea>" + payload.replace("&", "&amp;").replace("<", "&lt;") + "</textarea>")
        assert same(html)
