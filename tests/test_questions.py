"""Questions with answers a human computed, from the given text and the seed's rows alone, asked on both engines.

A row of `questions.csv` is a question as it is typed after `terrordb query`, its options, and the answer:

* rows are ids in order, a maybe with `?` behind it; of `--distinct` the values, in any order;
* `--count` is what is certain, possible and missing, of how many, as far as the rules settle it; one number stands
  where no term can be in doubt, and is then all that is printed;
* `--by` is `value=count; …`, in any order; two values are parted by ` | `.

`why` says where the answer comes from (¶ is a paragraph of the text), `form` which forms of the language it proves.
"""

from __future__ import annotations

import csv
import io
import json
import os
import shlex
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from terrordb import models
from terrordb.cli import main
from terrordb.library import Database

# Of a term, as docs/questions.md lists them; and of an answer.
FORMS = """
    word prefix substring phrase text name code number date exact regex range open-range list any none id forward
    backward state-contested state-uncited state-dubious state-citation_needed not or and parentheses maybe missing
    parts reference trial body operation paragraph footnote source claimed_by ru-kind ru-field ru-code
"""
SHAPES = "by by-date by-two top sort sort-desc fields limit count number-alone distinct certain with-dubious"
BESIDE = ("answer", "match", "why")  # what an answer says of a row beside its fields


class Asked(NamedTuple):
    """A row of the table."""

    question: str
    options: str
    answer: str
    why: str
    form: str

    @property
    def kind(self) -> str:
        """Give the kind that is asked for; one named in Russian is not counted."""
        word = self.question.partition(" ")[0]
        return word if word in models.MODULES else "persons"

    def option(self, name: str) -> str | None:
        """Give the value of an option."""
        words = shlex.split(self.options)
        return words[words.index(name) + 1] if name in words else None

    def __str__(self) -> str:
        """Name the test."""
        return f"{self.question} {self.options}".strip()


with Path(__file__).with_name("questions.csv").open(newline="", encoding="utf-8") as lines:
    TABLE = [Asked(**row) for row in csv.DictReader(lines, strict=True)]

Ask = Callable[..., str]


@pytest.fixture(scope="session")
def ask(seeded: Database, tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """Give the command line's `query`, in this process, of a user with an empty home."""
    home = str(tmp_path_factory.mktemp("home"))
    address = seeded.engine.url.render_as_string(hide_password=False)

    def go(*words: str) -> str:
        out, err = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            for name in [name for name in os.environ if name.startswith(("TERRORDB_", "XDG_"))]:
                patch.delenv(name)
            patch.setenv("HOME", home)
            patch.setattr(sys, "argv", ["terrordb", "query", *words, "--db", address])
            with pytest.raises(SystemExit) as stopped:
                main()
        assert not stopped.value.code, err.getvalue()
        return out.getvalue()

    return go


def marked(rows: list[dict[str, Any]]) -> list[str]:
    """Write rows as the table does."""
    return [row["id"] + ("?" if row["answer"] == "maybe" else "") for row in rows]


def said(value: Any) -> str:
    """Write the value of a group as the table does."""
    return "missing" if value is None else str(value)


def groups(rows: list[dict[str, Any]], by: str) -> dict[str, int]:
    """Write groups as the table does; a group of none is no group."""
    named = by.split(",")
    return {" | ".join(said(row[name]) for name in named): row["count"] for row in rows if row["count"]}


def pairs(text: str) -> dict[str, int]:
    """Read `name=number` after `name=number`."""
    return {name: int(number) for name, _, number in (pair.rpartition("=") for pair in text.split("; "))}


@pytest.mark.parametrize("asked", TABLE, ids=str)
def test_answer(ask: Ask, asked: Asked) -> None:
    """Each question has the answer a human computed: the same rows, in the same order, with the same marks."""
    printed = ask(asked.question, *shlex.split(asked.options), "--format", "json")
    found = json.loads(printed)
    if "--count" in asked.options:
        alone = asked.answer.isdecimal()
        number = asked.answer
        told = f"certain={number}; possible={number}; missing=0" if alone else asked.answer.replace(" ", "; ")
        assert found | pairs(told) == found, asked.why
        if alone:
            plain = ask(asked.question, *shlex.split(asked.options))
            assert plain.split()[0] == number
    elif by := asked.option("--by"):
        assert groups(found, by) == pairs(asked.answer), asked.why
    elif "--distinct" in asked.options:
        (field,) = (asked.option("--fields") or "").split(",")
        assert sorted(row[field] for row in found) == asked.answer.split(), asked.why
    elif fields := asked.option("--fields"):
        assert [row["id"] for row in found] == asked.answer.split(), asked.why
        for row in found:
            assert [name for name in row if name not in BESIDE] == fields.split(",")
    else:
        assert marked(found) == asked.answer.split(), asked.why


@pytest.mark.parametrize("named", ["@shows", "saved:shows"])
def test_a_saved_question_has_the_answer_of_its_words(ask: Ask, named: str) -> None:
    """A saved question gives what its words gave: the three show trials (¶25, ¶26, ¶43)."""
    ask("trials kind:show_trial", "--save", "shows", "--force")
    found = json.loads(ask(named, "--format", "json"))
    assert marked(found) == ["moscow-trial-1", "moscow-trial-2", "moscow-trial-3"]


def test_a_saved_question_is_counted(ask: Ask) -> None:
    """A saved question takes the options of any other (trials of 1937: ¶26, ¶27, ¶32; undated: ¶60, ¶63, ¶97)."""
    ask("trials opened:1937", "--save", "year", "--force")
    counted = json.loads(ask("@year", "--count", "--format", "json"))
    assert counted | {"certain": 3, "possible": 3, "missing": 3, "of": 12} == counted


def test_every_form_shape_and_kind_is_proved_three_times() -> None:
    """Each form of term, each shape and each kind has at least three questions; ten have `not` or missing dates."""
    proved = Counter(form for asked in TABLE for form in asked.form.split())
    assert not {form: proved[form] for form in f"{FORMS} {SHAPES}".split() if proved[form] < 3}
    kinds = Counter(asked.kind for asked in TABLE)
    assert not {kind: kinds[kind] for kind in models.MODULES if kinds[kind] < 3}
    assert sum(bool({"not", "missing"} & set(asked.form.split())) for asked in TABLE) >= 10


def test_no_question_stands_twice() -> None:
    """A question is asked once with the same options."""
    assert [str(asked) for asked, times in Counter(TABLE).items() if times > 1] == []
    assert len({(asked.question, asked.options) for asked in TABLE}) == len(TABLE) >= 110
