"""The words of a question."""

from __future__ import annotations

import pytest

from terrordb.errors import BadQuestion
from terrordb.querying.terms import Question, Term, parse, split


def test_only_double_quotes_hold_words_together() -> None:
    """A question in one string splits at spaces outside double quotes; an apostrophe is a letter of a name."""
    assert split('persons  fate:executed name:"Ivan Ivanov" Fed\'ko') == [
        "persons",
        "fate:executed",
        "name:Ivan Ivanov",
        "Fed'ko",
    ]
    assert split(" \t") == []
    assert split('""') == [""]


def test_an_unclosed_quote_is_told_with_its_place() -> None:
    """The error says where the quote stands that is not closed."""
    with pytest.raises(BadQuestion, match="character 14 of the question"):
        split('persons name:"Ivan')


def test_the_first_word_may_name_a_kind() -> None:
    """A kind is read as one, in the first place only; else persons are asked for."""
    assert parse(["trials", "1938"]) == Question("trials", (Term(None, "1938"),))
    assert parse(["Ivanov", "trials"]) == Question("persons", (Term(None, "Ivanov"), Term(None, "trials")))
    assert parse(["loads"]) == Question("loads", ())
    assert parse([]) == Question("persons", ())


def test_terms_are_fields_ranges_or_words() -> None:
    """A field is what stands before the first colon; a range may be open at either end, and EDTF is none."""
    assert parse(["Born:1890..1900"]).terms[0] == Term("born", "1890..1900")
    assert Term("born", "1890..1900").ends() == ("1890", "1900")
    assert Term("born", "..1900").ends() == ("", "1900")
    assert Term("born", "1890..").ends() == ("1890", "")
    assert Term("born", "1890/..").ends() is None
    assert parse(["id:list:12"]).terms[0] == Term("id", "list:12")
    assert parse(["list-7:12", "A life: the end"]).terms == (Term(None, "list-7:12"), Term(None, "A life: the end"))


@pytest.mark.parametrize("word", ["", "  ", "fate:", ":x", "born:..", 'name:""'[:5]])
def test_malformed_terms_are_refused(word: str) -> None:
    """A term without a field or a value is an error that says how terms are written."""
    with pytest.raises(BadQuestion) as error:
        parse(["persons", word])
    assert "field:value" in error.value.remedy


@pytest.mark.parametrize("word", ["AND", "OR", "NOT"])
def test_words_that_join_are_no_terms_yet(word: str) -> None:
    """A question that means to join its terms is told that it cannot, and not answered with nothing."""
    with pytest.raises(BadQuestion, match=f"{word} is no term yet"):
        parse(["persons", "fate:executed", word, "fate:killed"])
