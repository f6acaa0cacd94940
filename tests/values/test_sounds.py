"""Codes of sound: the examples published with the system, and what the table leaves out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terrordb.values.sounds import codes


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("auerbach", "097400 097500"),
        ("ohrbach", "097400 097500"),
        ("lipshitz", "874400"),
        ("lippszyc", "874400 874500"),
        ("lewinsky", "876450"),
        ("levinski", "876450"),
        ("szlamawicz", "486740"),
        ("shlamovitz", "486740"),
        ("peters", "734000 739400"),
        ("peterson", "734600 739460"),
        ("moskowitz", "645740"),
        ("moskovitz", "645740"),
        ("jackson", "145460 154600 445460 454600"),
        ("mannheim", "665600"),
        ("mintz", "664000"),
        ("topf", "370000"),
        ("kleinman", "586660"),
        ("tukhachevsky", "354745 355745"),
    ],
)
def test_the_published_examples(word: str, expected: str) -> None:
    """Each reading of a word has six digits once zeros fill it up; what is read in two ways has several."""
    assert [code.ljust(6, "0") for code in codes(word)] == expected.split()


@pytest.mark.parametrize(("word", "expected"), [("", ()), ("ежов", ()), ("00447", ()), ("a", ("0",)), ("b", ("7",))])
def test_what_has_no_sound_has_no_code(word: str, expected: tuple[str, ...]) -> None:
    """Only the letters a-z are read."""
    assert codes(word) == expected


@given(st.text(max_size=40) | st.text(alphabet="cjrzshtkx", max_size=200), st.integers(1, 12))
def test_any_text_has_few_short_codes(word: str, length: int) -> None:
    """Nothing raises, and neither the codes nor their digits are more than asked for."""
    found = codes(word, length)
    assert len(found) <= 16
    assert all(0 < len(code) <= length and code.isdigit() for code in found)
