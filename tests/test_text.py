"""What typed text may hold: everything that people write, and nothing that breaks a page or a line of it."""

import pytest

from screening.text import has_control_character, is_blank, is_control, turns_direction, visible


@pytest.mark.parametrize(
    "text",
    [
        "\x00",
        "a\tb",
        "a\rb",
        "\x1b[31m",
        "\x7f",
        "\x85",
        "\u2028",
        "\u2029",
        "\ud800",
        "\ufffe",
        "\ufdd0",
        "\U0010ffff",
    ],
)
def test_what_no_page_can_hold_is_known(text: str) -> None:
    assert has_control_character(text)
    assert not has_control_character(visible(text))
    assert "\N{REPLACEMENT CHARACTER}" in visible(text)


@pytest.mark.parametrize(
    "text",
    [
        "Zoë O’Neill-Śmith",
        "שלום",
        "محمد\u200cعلی",
        "👩🏽‍⚕️",
        "e\u0301",
        "<b> & =1+1 {{x}}",
        "two\nlines",
        "\u200f",
        "\ue000",
    ],
)
def test_what_people_write_is_left_as_it_is(text: str) -> None:
    assert not has_control_character(text)
    assert not turns_direction(text)
    assert not is_blank(text) or text == "\u200f"
    assert visible(text) == text


@pytest.mark.parametrize("mark", "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
def test_marks_that_reorder_a_line_are_known(mark: str) -> None:
    assert turns_direction(f"Robin {mark}elpmaxE")


@pytest.mark.parametrize(
    "text", ["", " \n", "\u200b", "\ufeff\u00ad", "\u3164", "\u2800", "\u0301", "\u00a0\u2003"]
)
def test_text_of_which_nothing_can_be_seen_is_blank(text: str) -> None:
    assert is_blank(text)
    assert not is_blank(f"{text}x")


def test_what_python_calls_printable_holds_no_control_character() -> None:
    """Of that, not each letter is looked at."""
    assert [code for code in range(0x110000) if chr(code).isprintable() and is_control(chr(code))] == []
