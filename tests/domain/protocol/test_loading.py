"""A broken protocol file stops the start, naming the line, what is wrong and what to do."""

import pytest

from screening.domain.protocol.loading import parse
from screening.domain.protocol.vocabulary import ProtocolError
from tests.support.small_protocol import SMALL, small


def line_of(text: str, piece: str) -> int:
    return text[: text.index(piece)].count("\n") + 1


def refused(old: str, new: str) -> ProtocolError:
    assert SMALL.count(old) >= 1, old
    with pytest.raises(ProtocolError) as caught:
        parse(SMALL.replace(old, new, 1))
    return caught.value


def test_the_small_protocol_loads() -> None:
    protocol = small()
    assert (protocol.name, protocol.version, protocol.status) == ("small", "1", "draft")
    assert [question.id for question in protocol.core_questions] == ["bleed.medicine", "imp.any", "also"]
    kinds = ["imp.kind", "imp.state", "imp.depend", "imp.card"]
    assert [question.id for question in protocol.device_questions] == kinds


def test_the_digest_follows_the_content_and_not_its_spelling() -> None:
    assert parse(f"# A comment\n{SMALL}").digest == small().digest
    assert parse(SMALL.replace('version: "1"', "version: '1'")).digest == small().digest
    assert parse(SMALL.replace("Thin needles.", "Thinner needles.")).digest != small().digest


def test_not_knowing_is_added_to_each_choice_date_and_list_of_devices() -> None:
    protocol = small()
    for name in ("bleed.medicine", "imp.any", "bleed.inr.date", "imp.devices", "imp.kind"):
        assert [option.code for option in protocol.question(name).options][-2:] == ["not-sure", "in-person"]
    assert protocol.question("bleed.inr.value").options == ()


def test_a_question_can_word_not_knowing_in_its_own_way() -> None:
    text = SMALL.replace("    asked: core\n", "    asked: core\n    unsure_label: I don't know\n", 1)
    assert parse(text).question("bleed.medicine").option("not-sure").label == "I don't know"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("protocol: small", "protocol: &name small", "anchor"),
        ("wording: Which one?", "wording: !!str Which one?", "tag"),
        ("status: draft", "status: draft\nstatus: signed", "twice"),
        ("status: draft", "status: approved", "`status` cannot be 'approved'"),
        ("status: draft", "status: draft\nextra: 1", "not a key that is known"),
        ('version: "1"', "version: 1", "not a text"),
        ("language: en\n", "", "`language` is missing"),
        ("freshness: visit", "freshness: -3", "above zero"),
        ("optional: true", "optional: maybe", "neither true nor false"),
        ("asked: listed", "asked: sometimes", "`asked` cannot be"),
        ("id: bleed.easy", "id: bleed.medicine", "used twice"),
        ("id: bleed.easy", "id: Bleed-Easy", "lower-case words"),
        ("- id: B8", "- id: B9", "used twice"),
        ("code: aspirin", "code: Daily Aspirin", "lower case with hyphens"),
        ("code: aspirin", "code: warfarin", "there twice"),
        ("code: aspirin", "code: not-sure", "there twice"),
        ("severity: stop", "severity: halt", "`severity` cannot be"),
        ("severity: stop", "severity: none", "`severity` cannot be"),
        ("EA: avoid}", "EA: forbid}", "`EA` cannot be"),
        ("kind: text", "kind: essay", "`kind` cannot be"),
        ("sources: [book-1999]", "sources: []", "list with something in it"),
        ("sources: [book-1999]", "sources: [book-1999, book-1999]", "twice"),
        ("task: ask the list", "task: ''", "not a text"),
    ],
)
def test_a_malformed_file_is_refused(old: str, new: str, says: str) -> None:
    problem = refused(old, new)
    assert says in str(problem)
    assert str(problem).startswith(f"line {problem.line}: ")
    assert problem.remedy


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("- a\n- b\n", "not a map"),
        ("a: [1, 2\n", "cannot be read"),
        ("a: 1\n---\nb: 2\n", "more than one document"),
        ("a: \x00\n", "not allowed"),
        ("? [a]\n: 1\n", "not a word"),
        ("a: " + "[" * 60 + "]" * 60, "nested too deeply"),
        ("a: *b\n", "alias"),
    ],
)
def test_what_is_not_a_plain_map_is_refused(text: str, says: str) -> None:
    with pytest.raises(ProtocolError, match=says):
        parse(text)


@pytest.mark.parametrize(
    ("old", "name"),
    [
        ("protocol: small", "protocol"),
        ('version: "1"', "version"),
        ("language: en", "language"),
        ("- id: B8", "- id"),
    ],
)
@pytest.mark.parametrize(
    "value",
    ['"a\\nb"', "'a\"b'", '"<b>a</b>"', '"a b"', '"../a"', '"a--b"', '"a\\U0001F600"', f'"{"a" * 41}"'],
)
def test_a_name_holds_nothing_that_means_something_in_an_address_or_a_header(
    old: str, name: str, value: str
) -> None:
    assert "cannot be" in str(refused(old, f"{name}: {value}"))


@pytest.mark.parametrize("escaped", ["\\0", "\\a", "\\e[31m", "\\b", "\\x7f", "\\N", "\\L", "\\P", "\\r"])
def test_a_character_that_no_page_can_show_is_refused(escaped: str) -> None:
    problem = refused("wording: Which one?", f'wording: "Which{escaped} one?"')
    assert "no page can show" in str(problem)
    assert problem.line == line_of(SMALL, "wording: Which one?")


@pytest.mark.parametrize(
    "value",
    [
        '!!python/object/apply:os.system ["id"]',
        "!!python/name:os.system",
        "!custom Which one?",
        "!!binary V2hpY2g=",
        "&a Which one?",
        "*a",
    ],
)
def test_no_value_of_a_file_makes_an_object_or_stands_for_another(value: str) -> None:
    assert any(word in str(refused("wording: Which one?", f"wording: {value}")) for word in ("tag", "alias"))


def test_keys_are_not_merged() -> None:
    assert "not a key that is known" in str(refused("status: draft", "status: draft\n<<: {language: en}"))


def test_the_message_names_the_line_of_the_fault() -> None:
    problem = refused("severity: caution\n    when: {all", "severity: grave\n    when: {all")
    assert problem.line == line_of(SMALL, "severity: caution\n    when: {all")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("language: en", "language: e\x00n"),
        ("conditions:", "---\nconditions:"),
        ("  safety-bleeding: {title", "  safety-blood: {title"),
    ],
)
def test_the_line_is_named_wherever_the_fault_is(old: str, new: str) -> None:
    assert abs(refused(old, new).line - line_of(SMALL, old)) <= 1


@pytest.mark.parametrize(
    "condition",
    [
        "{not: {question: imp.any, is: yes}}",
        "{question: imp.any}",
        "{question: imp.any, is: yes, has: no}",
        "{question: imp.any, unresolved: false}",
        "{question: bleed.medicine, at_least: 0, of: [warfarin]}",
        "{question: bleed.medicine, at_least: 2}",
        "{all: []}",
        "{any: [yes]}",
        "yes",
        "{}",
    ],
)
def test_a_condition_that_says_nothing_known_is_refused(condition: str) -> None:
    refused("when: {question: also, has: o5}", f"when: {condition}")


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "{" * 100_000, "- " * 100_000, "? " * 100_000, "[1," * 50_000]
)
def test_what_is_nested_without_end_is_refused_at_once(text: str) -> None:
    """Reading all of it first would take hours, and nobody else would be served."""
    with pytest.raises(ProtocolError, match="nested too deeply"):
        parse(text)
