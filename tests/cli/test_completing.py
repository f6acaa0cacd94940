"""Completion: what bash, zsh and fish are offered for a word that is being typed."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from tests.cli.conftest import PROGRAM, clean

from terrordb import models
from terrordb.cli.completing import safely
from terrordb.querying import saved

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Complete = Callable[..., list[str]] if TYPE_CHECKING else object

COMPLETED = [  # what is typed after `terrordb query`, the last word of it, and some of what is offered
    (["sentence:vm"], ["sentence:vmn"]),
    (["приговор:вм"], ["приговор:вмн"]),
    (["persons", "fate:executed,k"], ["fate:executed,killed"]),
    (["persons", "fate:=ex"], ["fate:=executed", "fate:=exiled"]),
    (["trials", "kind:sh"], ["kind:show_trial"]),
    (["id:moscow-trial-"], []),  # a trial is no person
    (["trials", "id:moscow-trial-"], ["id:moscow-trial-1", "id:moscow-trial-2", "id:moscow-trial-3"]),
    (["persons", "trial:moscow-trial-"], ["trial:moscow-trial-1", "trial:moscow-trial-2", "trial:moscow-trial-3"]),
    (["figures", "claimed_by:ellman-m"], ["claimed_by:ellman-michael"]),
    (["persons", "named:t"], ["named:true"]),
    (["persons", "fate:a"], ["fate:assassinated", "fate:any"]),
    (["persons", "arrested:"], ["arrested:any", "arrested:none"]),
    (["cases", "arrested."], ["arrested.year:", "arrested.month:", "arrested.day:"]),
    (["persons", "trial.ope"], ["trial.opened:", "trial.operation:"]),
    (["persons", "roles.role:prose"], ["roles.role:prosecutor"]),
    (["cases", "arr"], ["arrested:", "arresting_body:"]),
    (["tri"], ["trials", "trial:"]),
    (["суд"], ["суды"]),
    (["persons", "tri"], ["trial:any", "trial:none", "trial:moscow-trial-1"]),
    (["persons", "dub"], ["dubious"]),
    (["persons", "сомнительны"], ["сомнительный", "сомнительные"]),
    (["persons", "(fate:kill"], ["(fate:killed"]),
    (["cases (outcome:exec"], ["cases (outcome:executed"]),
    (["persons", "sentence_k"], ["sentence_kind:vmn", "sentence_kind:any", "sentence_kind:none"]),
    (["persons", "nosuch:"], []),
    (["persons", "trial.nosuch:x"], []),
    (["persons", "zzz"], []),
    (["@in"], ["@invented-one", "@invented-two"]),
    (["persons", "saved:invented-t"], ["saved:invented-two"]),
]
BASH = [  # the words as bash has them, and what stands in place of the last
    (["query", "sentence", ":", "vm"], ["vmn"]),
    (["query", "приговор", ":", "вм"], ["вмн"]),
    (["query", "cases", "arrested", ":"], ["any", "none"]),
    (["query", "persons", "fate", ":=", "exec"], ["executed"]),
    (["query", "persons", "fate", ":", "executed,k"], ["executed,killed"]),
    (["query", "trials", "id", ":", "moscow-trial-1"], ["moscow-trial-1"]),
    (["query", "persons", "fate", ":", "killed", "dub"], ["dubious"]),
    (["query", "@", "in"], ["@invented-one", "@invented-two"]),
    (["query", "persons", "@", "invented-t"], ["@invented-two"]),
    (["query", "'cases (outcome:exec"], ["cases (outcome:executed"]),
    (["query", "--format", "=", "cs"], ["csv"]),
    (["query", "--format", "js"], ["json", "jsonl"]),
    (["query", "trials", "--sort", "open"], ["opened"]),
    (["query", "trials", "--fields", "id,nam"], ["id,name"]),
    (["show", "trials/moscow-trial-"], ["trials/moscow-trial-1", "trials/moscow-trial-2", "trials/moscow-trial-3"]),
    (["show", "airtight-van-p"], ["airtight-van-policeman", "airtight-van-policeman-killer"]),
    (["show", "quo"], None),
    (["undo", "load-"], ["load-1"]),
    (["report", "coverage", "great-"], ["great-purge-article"]),
    (["saved", "show", "invented-o"], ["invented-one"]),
    (["saved", "remove", "@", "invented-o"], ["@invented-one"]),
    (["sql", "--for"], ["--format", "--force"]),
]


@pytest.fixture(autouse=True)
def queries(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep two saved queries in a folder of their own."""
    folder = home / "config"
    monkeypatch.setenv("TERRORDB_CONFIG", str(folder))
    saved.save("invented-one", "persons fate:executed")
    saved.save("invented-two", "trials")
    return folder


@pytest.fixture
def ask(home: Path, address: str, queries: Path) -> Callable[..., str]:
    """Run the program as a shell does that completes a word."""

    def go(shell: str, **env: str) -> str:
        mine = {"TERRORDB_URL": address, "TERRORDB_CONFIG": str(queries), "_TERRORDB_COMPLETE": f"complete_{shell}"}
        ran = subprocess.run(
            PROGRAM, env=clean(home) | mine | env, cwd=home, capture_output=True, text=True, check=False, timeout=60
        )
        assert ran.stderr == ""
        return ran.stdout

    return go


def in_bash(ask: Callable[..., str], words: list[str], **env: str) -> list[str]:
    """Complete words as bash has torn them; bash sees no empty lines."""
    torn = {"COMP_WORDS": "\n".join(["terrordb", *words]), "COMP_CWORD": str(len(words))}
    return [line for line in ask("bash", **torn, **env).split("\n") if line]


def offered(address: str, *words: str) -> list[str]:
    """Ask this process what may follow: all words but the last stand, the last is being typed."""
    return safely("terms", SimpleNamespace(params={"words": list(words[:-1]), "db": address}, args=[]), words[-1])


@pytest.mark.parametrize(("words", "some"), COMPLETED)
def test_a_question_goes_on(address: str, words: list[str], some: list[str]) -> None:
    """Kinds, fields, codes in English or Russian, ids, states and saved queries are offered; all begin as typed."""
    found = offered(address, *words)
    assert set(some) <= set(found)
    assert all(word.startswith(words[-1]) for word in found)
    assert bool(found) == bool(some)
    assert len(found) == len(set(found))


def test_a_question_begins(address: str) -> None:
    """Where nothing is typed stand the kinds, the fields of persons in English, and the states."""
    found = offered(address, "")
    assert set(models.MODULES) <= set(found)
    assert {"born:", "arrested:", "dubious"} <= set(found)
    assert all(word.isascii() for word in found)


@pytest.mark.parametrize("kind", models.MODULES)
def test_every_field_of_every_kind_is_offered(address: str, kind: str) -> None:
    """Each field is offered by its name, and after its colon at least any and none."""
    found = offered(address, kind, "")
    assert {f"{name}:" for name in models.kind(kind).fields} <= set(found)
    for name, field in models.kind(kind).fields.items():
        values = offered(address, kind, f"{name}:")
        assert {f"{name}:{value}" for value in (*field.vocabulary, "any", "none")} <= set(values)


def test_ids_are_at_most_fifty(address: str) -> None:
    """Of many ids only so many are offered."""
    found = safely("ids", SimpleNamespace(params={"db": address}), "persons/")
    assert len(found) == 50
    assert found == sorted(found)


@pytest.mark.parametrize(("words", "whole"), BASH)
def test_bash(ask: Callable[..., str], words: list[str], whole: list[str] | None) -> None:
    """Bash tears words at : and =, and replaces what stands after the last; it is given that, and nothing else."""
    found = in_bash(ask, words)
    if whole is None:  # one kind: its slash alone would end the word
        assert found
        assert all(word.startswith("quotas/") for word in found)
    else:
        assert sorted(found) == sorted(whole)


def test_bash_itself(home: Path, address: str, queries: Path, tmp_path: Path) -> None:
    """The script that is shown for bash fills in what the program offers."""
    program = tmp_path / "terrordb"
    program.write_text(f'#!/bin/sh\nexec {shlex.join(PROGRAM)} "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    script = """
eval "$(_TERRORDB_COMPLETE=source_bash terrordb)"
COMP_WORDS=(terrordb query persons sentence : vm) COMP_CWORD=5
_terrordb_completion terrordb
printf '%s\\n' "${COMPREPLY[@]}"
complete -p terrordb
"""
    env = clean(home) | {"TERRORDB_URL": address, "TERRORDB_CONFIG": str(queries)}
    env["PATH"] = f"{tmp_path}:{env['PATH']}"
    ran = subprocess.run(["bash", "-c", script], env=env, capture_output=True, text=True, check=True)
    assert ran.stdout == "vmn\ncomplete -o default -F _terrordb_completion terrordb\n"


@pytest.mark.parametrize(
    ("words", "some"), [row for row in COMPLETED if " " not in row[0][-1] and "(" not in row[0][-1]]
)
def test_zsh_and_fish(ask: Callable[..., str], words: list[str], some: list[str]) -> None:
    """Both are offered whole words; zsh has them quoted, its colons escaped."""
    line = " ".join(["terrordb", "query", *words])
    fish = ask("fish", _TYPER_COMPLETE_ARGS=line, _TYPER_COMPLETE_FISH_ACTION="get-args").splitlines()
    assert set(some) <= set(fish)
    zsh = ask("zsh", _TYPER_COMPLETE_ARGS=line)
    for word in some:
        assert '"{}"'.format(word.replace(":", r"\\:")) in zsh
    if not some:
        assert zsh == "_files\n"


@pytest.mark.parametrize(
    "url", ["/nosuch/ours.db", "broken.db", "", "nonsense://x", "postgresql://nobody@127.0.0.1:1/x"]
)
def test_nothing_is_said_where_there_is_no_database(ask: Callable[..., str], home: Path, url: str) -> None:
    """Without a database there are no ids: no error is told, and none is made."""
    (home / "broken.db").write_bytes(b"broken")
    before = sorted(home.rglob("*"))
    for words in (["show", "b"], ["query", "id", ":", "b"], ["undo", ""]):
        assert in_bash(ask, words, TERRORDB_URL=url) in ([], ["bodies/"], ["any", "none"])
    assert in_bash(ask, ["query", "sentence", ":", "vm"], TERRORDB_URL=url) == ["vmn"]
    assert sorted(home.rglob("*")) == before


def test_the_database_that_is_named_is_asked(ask: Callable[..., str], address: str) -> None:
    """--db before the word counts, torn apart by bash or not."""
    torn = ["show", "--db", *(address.replace(":", "\n:\n").replace("@", "\n@\n")).split("\n"), "trials/moscow-trial-1"]
    assert in_bash(ask, torn, TERRORDB_URL="/nosuch/ours.db") == ["trials/moscow-trial-1"]


def test_a_broken_file_of_saved_queries_is_not_told(ask: Callable[..., str], queries: Path) -> None:
    """A file that is not well formed offers nothing."""
    (queries / "queries.toml").write_text("[[[", encoding="utf-8")
    assert in_bash(ask, ["saved", "show", "inv"]) == []


def test_nothing_is_imported_where_no_shell_asks(home: Path) -> None:
    """A command that only helps imports nothing of completion."""
    code = "import json, sys; import terrordb.cli.app; print(json.dumps(sorted(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", code], env=clean(home), capture_output=True, text=True, check=True)
    modules: Any = json.loads(ran.stdout)
    assert "terrordb.cli.completing" not in modules
    assert not {"sqlalchemy", "rich", "sqlite3", "csv"} & set(modules)
