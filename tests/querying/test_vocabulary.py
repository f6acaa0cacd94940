"""The words by which things are asked for, held against the models."""

from __future__ import annotations

import csv
from importlib.resources import files

import pytest

from terrordb import models
from terrordb.models import fields as f
from terrordb.querying import vocabulary as v
from terrordb.querying.vocabulary import Path, Step

TEXTS = [(files("terrordb") / path).read_text(encoding="utf-8") for path in ("querying/words.csv", "models/codes.csv")]
ROWS = [{"sort": "code"} | row for text in TEXTS for row in csv.DictReader(text.splitlines(), strict=True)]
SORTS = {"kind", "field", "code", "state", "part", "presence", "reach"}
FURTHER_CODES = {"category": {"1", "2"}, "named": {"true", "false"}}  # of fields without a vocabulary


def russian(word: str) -> bool:
    """Say whether a word has a Cyrillic letter."""
    return any("а" <= letter <= "я" for letter in word)


def words(sort: str, kind: str) -> list[tuple[str, str]]:
    """List the words of a sort that hold for a kind, each with one of its meanings."""
    return [
        (row["word"], meaning)
        for row in ROWS
        if row["sort"] == sort and (not row["kind"] or kind in row["kind"].split("|"))
        for meaning in row["means"].split("|")
    ]


def codes(kind: str) -> set[str]:
    """List every `field=code` of a kind."""
    fields = models.kind(kind).fields.values()
    return {f"{field.name}={code}" for field in fields for code in (*field.vocabulary, *further(field))}


def further(field: f.Field) -> set[str]:
    """List the values that a field without a vocabulary is limited to."""
    return set() if field.vocabulary else FURTHER_CODES.get(field.name, set())


def test_every_row_is_in_the_form_that_is_compared() -> None:
    """A row with ё, a capital, a space or an unknown kind would never be found."""
    for row in ROWS:
        assert None not in row
        assert None not in row.values()
        assert row["word"] == v.canonical(row["word"]), row
        assert row["sort"] in SORTS, row
        assert row["language"] == ("ru" if russian(row["word"]) else "en"), row
        assert all(kind in models.MODULES for kind in filter(None, row["kind"].split("|"))), row
        assert row["means"], row


def test_no_row_stands_twice() -> None:
    """One word of one kind and sort is one row."""
    named = [(row["sort"], kind, row["word"]) for row in ROWS for kind in row["kind"].split("|")]
    assert sorted(named) == sorted(set(named))


@pytest.mark.parametrize("kind", models.MODULES)
def test_every_kind_and_field_has_a_russian_word(kind: str) -> None:
    """Nobody has to know the English name of anything."""
    assert any(russian(word) and meaning == kind for word, meaning in words("kind", ""))
    named = {name for word, _ in words("field", kind) if russian(word) for name in v.fields_named(kind, word)}
    assert sorted(set(models.kind(kind).fields) - named) == []


@pytest.mark.parametrize("kind", models.MODULES)
def test_every_code_has_a_russian_word(kind: str) -> None:
    """Every coded value of every kind can be asked for in Russian, and gives that code back."""
    for code in sorted(codes(kind)):
        field, _, value = code.partition("=")
        known = [word for word, meaning in words("code", kind) if russian(word) and meaning == code]
        assert known, code
        assert any(v.code_named(field, word, kind) == value for word in known), code
        assert v.code_named(field, value, kind) == value


def test_every_code_that_is_meant_is_one() -> None:
    """No word stands for a code that no field of its kind has."""
    every = {kind: codes(kind) for kind in models.MODULES}
    for row in ROWS:
        kinds = list(filter(None, row["kind"].split("|"))) or list(every)
        if row["sort"] == "code":
            for meaning in row["means"].split("|"):
                assert any(meaning in every[kind] for kind in kinds), row


@pytest.mark.parametrize("kind", models.MODULES)
def test_one_word_is_one_code_of_a_field(kind: str) -> None:
    """Told the kind, no word stands for two codes of one field, nor for one when it is the name of another."""
    known = codes(kind)
    meant: dict[tuple[str, str, bool], set[str]] = {}
    own = {row["word"] for row in ROWS if row["sort"] == "code" and kind in row["kind"].split("|")}
    for word, meaning in words("code", kind):
        if meaning in known:
            field, _, value = meaning.partition("=")
            meant.setdefault((field, word, word in own), set()).add(value)
            assert f"{field}={word}" not in known or word == value, (word, meaning)
    assert {key: values for key, values in meant.items() if len(values) > 1} == {}


def test_every_word_for_a_field_means_one_or_reaches() -> None:
    """What a word means is a field, or a reach, of one of its kinds."""
    for row in ROWS:
        kinds = list(filter(None, row["kind"].split("|"))) or list(models.MODULES)
        if row["sort"] == "field":
            for name in row["means"].split("|"):
                known = (name in (*models.kind(kind).fields, "paragraph") or v.reach(kind, name) for kind in kinds)
                assert any(known), row


def pointed_to(kind: str, name: str) -> tuple[str, ...]:
    """List the kinds that a field points to."""
    field = models.kind(kind).fields[name]
    return field.kinds if field.pointers(models.kind(kind).__table__) else ()


def follow(kind: str, path: Path) -> None:
    """Walk a path from a kind; AssertionError, with the step, where it leaves the models."""
    reached: tuple[str, ...] = (kind,)
    for place, step in enumerate(path):
        last = place == len(path) - 1
        having = [k for k in reached if step.name in models.kind(k).fields and not step.through]
        if having:
            assert having == list(reached), (kind, path, step)
            assert not step.where, (kind, path, step)
            further = {k for k_from in having for k in pointed_to(k_from, step.name)}
            assert set(step.kinds) <= further, (kind, path, step)
            assert further or last, (kind, path, step)
            reached = step.kinds or tuple(sorted(further))
            continue
        assert step.name in models.MODULES, (kind, path, step)
        assert not step.kinds, (kind, path, step)
        fields = models.kind(step.name).fields
        for k in reached:
            pointing = {name for name in fields if k in pointed_to(step.name, name)}
            assert pointing, (kind, path, step)
            assert set(step.through) <= pointing, (kind, path, step)
        for field, code in step.where:
            assert code in fields[field].vocabulary, (kind, path, step)
        assert not last or "date" in fields, (kind, path, step)
        reached = (step.name,)


REACHES = [(k, row["word"]) for row in ROWS if row["sort"] == "reach" for k in row["kind"].split("|")]


@pytest.mark.parametrize(("kind", "word"), REACHES)
def test_every_path_is_of_the_models(kind: str, word: str) -> None:
    """Each step is a field of the kind reached so far, or a kind that points to it."""
    paths = v.reach(kind, word)
    assert paths
    for path in paths:
        follow(kind, path)


def test_a_reach_that_bears_a_fields_name_holds_the_field() -> None:
    """Such a name asks for more than the field, never for something else."""
    for kind, word in REACHES:
        if word in models.kind(kind).fields:
            assert (Step(word),) in v.reach(kind, word), (kind, word)


def test_backward_steps_that_two_fields_make_say_by_which() -> None:
    """Of two persons of a relation the other one is meant, and not the one asked about."""
    for kind, word in REACHES:
        for path in v.reach(kind, word):
            assert path[0].name != "relations" or path[0].through, (kind, word)


def test_the_fields_of_cases_are_reached_from_persons() -> None:
    """`arrested:1937` asks for persons who have a case in which they were arrested then."""
    lacking = [n for n in models.kind("cases").fields if n not in models.kind("persons").fields]
    for name in lacking:
        if name != "person":
            assert (Step("cases"), Step(name)) in v.reach("persons", name)


def test_kinds_are_named_in_both_languages() -> None:
    """By their own names, singulars, Russian names; what is none is None."""
    assert {kind: v.kind_named(kind) for kind in models.MODULES} == {kind: kind for kind in models.MODULES}
    assert v.kind_named("person") == v.kind_named("Персоны") == v.kind_named("лица") == "persons"
    assert v.kind_named("person name") == v.kind_named("Person-Names") == "person_names"
    assert v.kind_named("процессы") == v.kind_named("суды") == "trials"
    assert v.kind_named("лимиты") == "quotas"
    assert v.kind_named("Бухарин") is None


def test_fields_are_named_in_both_languages() -> None:
    """A word means what the kind asked about has; spaces, hyphens and ё make no difference."""
    assert v.fields_named("cases", "арест") == v.fields_named("cases", "Дата ареста") == ("arrested",)
    assert v.fields_named("cases", "дата-ареста") == v.fields_named("persons", "дата_ареста") == ("arrested",)
    assert v.fields_named("persons", "ethnicity") == v.fields_named("persons", "национальность") == ("nationality",)
    assert v.fields_named("persons", "profession") == ("occupation",)
    assert v.fields_named("sources", "автор") == ("authors",)
    assert v.fields_named("sources", "место") == ("place",)
    assert v.fields_named("trials", "расстреляно") == ("executed",)
    assert v.fields_named("persons", "абзац") == ("paragraph",)
    assert v.fields_named("persons", "nothing") == ()


def test_codes_are_named_in_both_languages() -> None:
    """A word stands for a code of one field, and where two kinds differ, of one kind."""
    assert v.code_named("sentence_kind", "ВМН") == v.code_named("sentence_kind", "расстрел") == "vmn"
    assert v.code_named("outcome", "расстрел") == v.code_named("fate", "расстреляна") == "executed"
    assert v.code_named("kind", "комиссия", "bodies") == "commission"
    assert v.code_named("kind", "комиссия", "trials") == "commission_of_inquiry"
    assert v.code_named("sentence_kind", "labour army") == "labour_army"
    assert v.code_named("sentence", "вмн") is None


def test_states_parts_and_presence() -> None:
    """The small words, in both languages."""
    assert v.state_named("спорный") == v.state_named("contested") == "contested"
    assert v.state_named("citation needed") == "citation_needed"
    assert v.state_named("без ссылки") == "uncited"
    assert (v.part_named("год"), v.part_named("month"), v.part_named("день")) == ("year", "month", "day")
    assert (v.presence_named("есть"), v.presence_named("нет"), v.presence_named("any")) == ("any", "none", "any")
    assert v.state_named("x") is v.part_named("x") is v.presence_named("x") is None


def test_reach_is_read_from_the_table() -> None:
    """Steps, what they are restricted to, and other words for the name."""
    within = (Step("roles"), Step("within", ("trials",)))
    assert v.reach("persons", "trial") == v.reach("persons", "процесс") == ((Step("cases"), Step("trial")), within)
    granted = (Step("rehabilitations", where=(("stage", "granted"),)),)
    assert v.reach("persons", "реабилитация") == v.reach("cases", "rehabilitated") == (granted,)
    spouse = (Step("relations", (), (("relation", "spouse"),), ("other",)), Step("person"))
    assert spouse in v.reach("persons", "супруга")
    assert v.reach("cases", "приговор") == ((Step("sentence"),), (Step("sentence_kind"),))
    assert v.reach("cases", "arrested") == v.reach("cases", "арест") == v.reach("cases", "nothing") == ()


def test_words_are_offered_for_a_wrong_one() -> None:
    """Fields, what is reached, and their other words, each once."""
    known = v.all_words("persons")
    assert {"born", "trial", "арест", "национальность", "ethnicity", "paragraph"} <= set(known)
    assert "isbn" not in known
    assert len(known) == len(set(known))
