"""Reads a protocol file. A broken one is refused whole, with the line, what is wrong and what to do."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from screening.domain.protocol.building import build, build_tree, content_digest
from screening.domain.protocol.checking import check_protocol
from screening.domain.protocol.completing import completed
from screening.domain.protocol.model import Protocol
from screening.domain.protocol.tree import read_tree
from screening.domain.protocol.vocabulary import ProtocolError


def parse(text: str) -> Protocol:
    protocol = build(text)
    check_protocol(protocol)
    return protocol


def parse_kept(text: str) -> Protocol:
    """A version on record: what it was kept too early to say, it takes from the file of the product."""
    tree = read_tree(text)
    complete = completed(tree, read_tree(acupuncture().text))
    protocol = replace(build_tree(complete, text), digest=content_digest(tree))
    check_protocol(protocol)
    return protocol


def load(path: Path) -> Protocol:
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as problem:
        raise ProtocolError(1, f"{path.name} is not UTF-8 text", "Save it as UTF-8") from problem
    return parse(text)


@cache
def acupuncture() -> Protocol:
    """The protocol that comes with the product."""
    return load(Path(__file__).with_name("acupuncture.yaml"))
