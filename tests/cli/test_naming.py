"""terrordb kinds, fields, template, and the helps: what can be asked."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest

from terrordb import models

if TYPE_CHECKING:
    from tests.cli.conftest import Say

COMMANDS = [
    (), ("query",), ("show",), ("kinds",), ("fields",), ("init",), ("load",), ("template",), ("loads",), ("undo",),
    ("db",), ("db", "where"), ("db", "status"), ("db", "check"), ("db", "upgrade"), ("db", "update"),
    ("check",), ("text",), ("text", "add"), ("text", "list"), ("text", "show"), ("text", "extract"), ("report",),
    ("report", "coverage"), ("saved",), ("saved", "show"), ("saved", "remove"),
]  # fmt: skip
EVERY_KIND = [*models.KINDS, *models.JOURNAL]


def test_kinds_lists_every_kind(said: Say) -> None:
    """`kinds` names every kind, and says in a line what it is."""
    rows = [line.split("\t") for line in said("kinds").out.splitlines()[1:]]
    assert [row[0] for row in rows] == EVERY_KIND
    assert all(row[1] and not row[1].endswith(".") for row in rows)
    assert [list(entry.values()) for entry in json.loads(said("kinds", "--format", "json").out)] == rows


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_fields_of_a_kind(said: Say, kind: str) -> None:
    """`fields KIND` lists each field with type, vocabulary and meaning, as JSON with the vocabulary's codes as keys."""
    listed = json.loads(said("fields", kind, "--format", "json").out)
    assert [set(entry) for entry in listed] == [{"name", "type", "vocabulary", "meaning"}] * len(listed)
    assert all(entry["meaning"] and entry["type"] for entry in listed)
    tsv = [line.split("\t") for line in said("fields", kind).out.splitlines()]
    assert tsv[0] == ["name", "type", "vocabulary", "meaning"]
    assert [row[0] for row in tsv[1:]] == [entry["name"] for entry in listed]
    for row, entry in zip(tsv[1:], listed, strict=True):
        assert all(code in row[2] for code in entry["vocabulary"] or ())


def test_fields_of_all_kinds(said: Say) -> None:
    """`fields` alone lists the fields of every kind that can be loaded, with the kind."""
    listed = json.loads(said("fields", "--format", "json").out)
    assert list(dict.fromkeys(entry["kind"] for entry in listed)) == list(models.KINDS)


@pytest.mark.parametrize("kind", models.KINDS)
def test_a_template_is_an_empty_csv(said: Say, kind: str) -> None:
    """`template KIND` prints one line of CSV; each of its columns is explained on the error stream."""
    answer = said("template", kind)
    (columns,) = csv.reader(io.StringIO(answer.out))
    assert columns[0] == "id"
    assert {"source_id", "locator", "anchor", "status"} <= {*columns, "source_id" if kind == "sources" else ""}
    explained = [line.split()[0] for line in answer.err.splitlines()]
    assert explained == columns
    assert said("template", kind, "--quiet").err == ""


@pytest.mark.parametrize("words", [("fields",), ("template",)])
def test_no_such_kind(said: Say, words: tuple[str, ...]) -> None:
    """A kind that is none is an error that offers the nearest."""
    answer = said(*words, "person")
    assert (answer.code, answer.out) == (2, "")
    assert "there is no kind 'person'" in answer.err
    assert "did you mean persons" in answer.err


@pytest.mark.parametrize("words", COMMANDS)
def test_help_is_whole(said: Say, words: tuple[str, ...]) -> None:
    """Every command's help is plain in a pipe, names the program, and no sentence of it is cut short."""
    answer = said(*words, "--help")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith(" ".join(["Usage: terrordb", *words, "["]))
    assert "\x1b" not in answer.out
    assert "..." not in answer.out.replace("[TERMS]...", "").replace("FOLDER...", "").replace("[ARGS]...", "").replace(
        "[CHECK]...", ""
    )
    assert said(*words, "-h").out == answer.out


@pytest.mark.parametrize("words", [(), ("query",), ("db",)])
def test_help_on_a_terminal(at_terminal: Say, words: tuple[str, ...]) -> None:
    """On a terminal help is drawn, within its width, and says the same commands."""
    seen = at_terminal(*words, "--help", width=80)
    assert seen.code == 0
    assert "\x1b[" in seen.out
    assert "terrordb" in seen.out
    plain = at_terminal(*words, "--help", width=80, TERM="dumb").out
    assert "\x1b" not in plain
    assert plain.startswith("Usage: terrordb")


def test_the_version_is_told_either_way(said: Say) -> None:
    """--version and -V print the program's version, also before other options."""
    from terrordb import __version__

    assert said("--version", "query").out == f"terrordb {__version__}\n"
