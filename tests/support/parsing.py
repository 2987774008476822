"""Pages as trees, by a parser that forgives nothing. It is slow, so that pages of one shape are read once.

Two pages that differ only in a token or an id have the same shape: what is long and no plain word is masked before
the page is read, and put back into a copy of the tree. It consists of letters, digits and dashes, and so does its
mask, which a parser reads alike wherever it stands.
"""

from __future__ import annotations

import copy
import re
from functools import lru_cache
from xml.etree.ElementTree import Element

import html5lib

_LONG = re.compile(r"[A-Za-z0-9_.-]{20,}")
_MASK = re.compile(r"Zq7x(\d{4})x7qZ")
_IN_A_NAME = re.compile(_MASK.pattern, re.IGNORECASE)


def masked(html: str) -> tuple[str, list[str]]:
    """The page with a mask for each different long word, and the words."""
    found: dict[str, str] = {}

    def mask(word: re.Match[str]) -> str:
        if word[0].isalpha():
            return word[0]
        return found.setdefault(word[0], f"Zq7x{len(found):04d}x7qZ")

    return _LONG.sub(mask, html), list(found)


def tree_of(html: str) -> Element:
    """To be read only."""
    page, words = masked(html)
    tree, places = shape(page)
    if not words:
        return tree
    if places is None:
        return tree_read_anew(html)
    tree = copy.deepcopy(tree)
    elements = list(tree.iter())
    for place in places:
        _fill(elements[place], words)
    return tree


@lru_cache(maxsize=256)
def shape(page: str) -> tuple[Element, list[int] | None]:
    """The tree of a masked page, and which of its elements hold a mask. None: one stands in a name."""
    tree = tree_read_anew(page)
    elements = list(tree.iter())
    if any(_IN_A_NAME.search(name) for each in elements for name in (str(each.tag), *each.attrib)):
        return tree, None
    return tree, [place for place, each in enumerate(elements) if any(map(_MASK.search, _texts(each)))]


def tree_read_anew(html: str) -> Element:
    parser = html5lib.HTMLParser(
        tree=html5lib.getTreeBuilder("etree"), strict=True, namespaceHTMLElements=False
    )
    tree: Element = parser.parse(html)
    return tree


def _texts(element: Element) -> list[str]:
    return [element.text or "", element.tail or "", *element.attrib.values()]


def _fill(element: Element, words: list[str]) -> None:
    def back(text: str) -> str:
        return _MASK.sub(lambda mask: words[int(mask[1])], text)

    element.text, element.tail = (text and back(text) for text in (element.text, element.tail))
    for name, value in element.attrib.items():
        element.set(name, back(value))
