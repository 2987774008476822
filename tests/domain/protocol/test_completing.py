"""Versions on record from before short names, roles and principles' readings stood in the file stay readable."""

import re

import pytest

from screening.domain.protocol.building import content_digest
from screening.domain.protocol.loading import acupuncture, parse, parse_kept
from screening.domain.protocol.tree import read_tree
from screening.domain.protocol.vocabulary import ProtocolError

NEWER_KEYS = (
    r"^    (short|plural|role|ordinary|reads|no_task): .*\n|^help_section: .*\n|^on_arrival:\n(  .*\n)+"
)


def earlier_form() -> str:
    return re.sub(NEWER_KEYS, "", acupuncture().text, flags=re.MULTILINE)


def test_a_version_of_the_earlier_form_reads_as_the_file_of_the_product_does() -> None:
    kept, shipped = parse_kept(earlier_form()), acupuncture()
    assert kept.questions == shipped.questions
    assert kept.rules == shipped.rules
    assert kept.principles == shipped.principles
    assert (kept.help_section, kept.on_arrival) == (shipped.help_section, shipped.on_arrival)


def test_it_keeps_its_own_digest_and_its_own_text() -> None:
    kept = parse_kept(earlier_form())
    assert kept.digest == content_digest(read_tree(earlier_form()))
    assert kept.text == earlier_form()


def test_a_question_that_no_file_of_the_product_knows_is_named_by_its_wording() -> None:
    kept = parse_kept(earlier_form().replace("preg.carer", "preg.midwife"))
    assert kept.questions["preg.midwife"].short == f"“{kept.questions['preg.midwife'].wording}”"


def test_a_task_in_other_words_stays_a_task() -> None:
    kept = parse_kept(earlier_form().replace("task: nothing to prepare\n", "task: lay out a towel\n"))
    assert not any(rule.no_task for rule in kept.rules.values())


def test_a_version_of_the_form_of_today_is_read_as_it_is() -> None:
    assert parse_kept(acupuncture().text).digest == acupuncture().digest
    with pytest.raises(ProtocolError, match="`short` is missing"):
        parse_kept(acupuncture().text.replace("    short: pregnancy\n", "", 1))


def test_a_new_file_of_the_earlier_form_is_refused() -> None:
    with pytest.raises(ProtocolError, match="`short` is missing"):
        parse(earlier_form())
