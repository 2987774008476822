"""What a password must be: long, and not easy to guess. Nothing else."""

from __future__ import annotations

import unicodedata

import pytest

from screening.account.password_rules import LONGEST, SHORTEST, is_common, problem_with

WHO = {"clinic": "Harbour Spine Clinic", "name": "Dana Whitfield", "email": "dana.w@clinic.example"}

ACCEPTED = [
    "an invented password",
    "four grey umbrellas dripping",
    "the moon is a tin boat",
    "my cat eats 14 olives",
    "xK9#pQ2$vL7&mN4",
    "               x",
    "zażółć gęślą jaźń",
    "Ich glaube, es ist Käse",
    "密码很长而且没有人会猜到它的内容",
    "🐙🐙🐚 octopus garden 🐚",
    "\tkept\x00exactly as typed",
    "x" * 60 + "ylophone" + "z" * 60,
    "patience is rewarded in soup",
]
COMMON = [
    "passwordpassword",
    "Password1234567",
    "P@ssw0rd2024P@ssw0rd!!",
    "password password password",
    "correct horse battery staple",
    "CorrectHorseBatteryStaple!",
    "qwertyuiopasdfghjkl",
    "1q2w3e4r5t6y7u8i9o0p",
    "1qaz2wsx3edc4rfv",
    "zxcvbnmzxcvbnmzxcvbnm",
    "aaaaaaaaaaaaaaaaaaaa",
    "abcabcabcabcabcabc",
    "Xk9!Xk9!Xk9!Xk9!",
    "tYu82kSo!tYu82kSo!",
    "123456789012345",
    "987654321098765432",
    "2024-11-25 2024-11-25",
    "Summer2024Summer",
    "iloveyouforever2023",
    "I love you 4 ever baby",
    "letmeinletmein123",
    "welcome to the clinic 2024",
    "acupunctureneedles1",
    "the quick brown fox jumps over the lazy dog",
    "lorem ipsum dolor sit amet",
    "maytheforcebewithyou",
    "thisismypassword",
    "jessica michael 1987",
    "admin administrator!",
    "!!!!!!!!!!!!!!!!!!!!",
    "harbour dana 20242024",
]


@pytest.mark.parametrize("password", ACCEPTED)
def test_S2_any_characters_are_taken(password: str) -> None:
    assert problem_with(password, **WHO) == ""


@pytest.mark.parametrize("password", COMMON)
def test_S2_what_is_easy_to_guess_is_refused(password: str) -> None:
    assert "easy to guess" in problem_with(password, **WHO)


@pytest.mark.parametrize(
    "password",
    [
        "harbour spine clinic rocks",
        "H-A-R-B-O-U-R spine CLINIC olive",
        "my name is Dana Whitfield ok",
        "danawhitfield-and-olives",
        "dana.w@clinic.example olives",
        "something of danaw here",
    ],
)
def test_S2_the_clinics_and_ones_own_name_are_refused(password: str) -> None:
    assert "Leave out" in problem_with(password, **WHO)


@pytest.mark.parametrize("change", ["name", "email"])
def test_a_short_name_does_not_refuse_every_word_that_holds_it(change: str) -> None:
    who = {**WHO, "name": "Al", "email": "al@clinic.example"}
    assert problem_with("walruses always fall over", **who) == ""


def test_S2_length_is_counted_in_characters() -> None:
    almost = "xyloph ne o'ak "
    assert len(almost) == SHORTEST
    assert problem_with(almost, **WHO) == ""
    assert "15 characters; this has 14" in problem_with(almost[:-1], **WHO)
    emoji = "🐙 garden 🐚 soup"
    assert len(emoji) == SHORTEST
    assert problem_with(emoji, **WHO) == ""
    longest = ("olive tree " * 20)[:LONGEST]
    assert problem_with(longest.replace("olive", "obelisk")[:LONGEST], **WHO) == ""
    assert "128 characters; this has 129" in problem_with("q " + "z" * 127, **WHO)


def test_S2_letters_that_look_alike_are_not_made_one() -> None:
    composed = "café au lait with olives"
    assert problem_with(composed, **WHO) == problem_with(unicodedata.normalize("NFKD", composed), **WHO) == ""


def test_words_that_only_begin_like_common_ones_are_no_reason() -> None:
    assert not is_common("passwords are for walruses")
    assert is_common("passwords are for clinics") is False
    assert is_common("passwords for clinics")


def test_the_list_and_its_combinations_are_more_than_the_3000_most_common() -> None:
    """Words of the list, alone or in twos, that are long enough to be passwords at all."""
    from screening.account.password_rules import _common

    words = sorted(_common())
    pairs = sum(len(first) + len(second) >= SHORTEST for first in words for second in words)
    alone = [word for word in words if len(word) >= SHORTEST]
    assert pairs > 3_000
    assert all(is_common(word) for word in alone)
