"""Saved queries: questions kept under a name, as text, in a file of the user's that nothing else reads or writes.

The file is TOML, one table a query, and the user's to edit: what this program does not change stays as it is, comments
too.  A question is read anew each time it is asked, so one that no longer fits is an error and not another answer.
"""

from __future__ import annotations

import os
import re
import sys
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from terrordb.errors import BadQuestion, TerrorDBError, nearest

__all__ = ["OPTIONS", "Saved", "every", "expand", "file", "get", "names", "remove", "save", "within"]

OPTIONS = ("sort", "fields", "by")  # what may be kept beside a question, as the options of `terrordb query` are written
KEYS = ("question", "saved", "note", *OPTIONS)
LONGEST = 100  # characters of a name
INTRO = "# Saved queries of terrordb: @name in a question stands for the question of that name. Yours to edit.\n"

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_TOLD = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$")  # what tomllib ends its complaints with
_SHORT = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


@dataclass(frozen=True)
class Saved:
    """A question as it was written, with the options that were given to it; `place` is the file and line."""

    name: str
    question: str
    saved: date | None = None
    note: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    place: str = ""


def folder() -> Path:
    """Say where the user's own settings lie: TERRORDB_CONFIG names the folder, else the system."""
    from platformdirs import user_config_dir

    return Path(os.environ.get("TERRORDB_CONFIG") or user_config_dir("terrordb", appauthor=False))


def file() -> Path:
    """Say where saved queries lie, whether there are any or not."""
    return folder() / "queries.toml"


# -- asking -----------------------------------------------------------------------------------------------------------


def every() -> list[Saved]:
    """Read all saved queries, by name; BadQuestion, with the place, where the file is not well formed."""
    entries = _read(file()).entries
    return [entries[key] for key in sorted(entries)]


def names() -> list[str]:
    """Name the saved queries."""
    return [saved.name for saved in every()]


def get(name: str) -> Saved:
    """Give the saved query of a name, in capitals or small letters; BadQuestion, with the nearest, where none is."""
    return _named(_read(file()), name)


def expand(name: str, seen: tuple[str, ...] = ()) -> tuple[Saved, tuple[str, ...]]:
    """Give a saved query that stands in a question, and what `seen` is for the names in its own question.

    `seen` holds the saved queries the name stands within, the outermost first; BadQuestion names the ring where it is
    one of them.  A question that is to be saved is read with its own name as `seen`, so that no ring is ever saved.
    """
    around = [_folded(outer) for outer in seen]
    if _folded(name) in around:
        ring = " → ".join(f"@{each}" for each in (*seen[around.index(_folded(name)) :], name))
        raise BadQuestion(f"a saved query stands for itself: {ring}", "take one of these names out of its question")
    found = get(name)
    return found, (*seen, found.name)


@contextmanager
def within(saved: Saved) -> Iterator[None]:
    """Say of what is wrong with a saved question in which query, file and line it is."""
    try:
        yield
    except BadQuestion as error:
        error.place = error.place or f"@{saved.name} ({saved.place})"
        raise


# -- changing ---------------------------------------------------------------------------------------------------------


def save(
    name: str,
    question: str,
    replace: bool = False,
    *,
    note: str | None = None,
    options: Mapping[str, str] | None = None,
) -> Saved:
    """Keep a question under a name; one that is there already is kept, and BadQuestion raised, unless `replace`.

    Replacing keeps the note where none is given, and the user's comments.
    """
    _check(name)
    if not question.strip():
        raise BadQuestion("there is no question to save", "write what is asked for: persons fate:executed")
    values: dict[str, Any] = {"question": question, "saved": datetime.now().astimezone().date()}
    values |= {"note": note} if note else {}
    values |= {key: value for key, value in (options or {}).items() if key in OPTIONS and value}
    for value in values.values():
        if isinstance(value, str) and re.search(r"[\ud800-\udfff]", value):
            raise BadQuestion(f"'{value}' holds bytes that are no text", "write it in UTF-8")
    with _alone():
        now = _read(file())
        if (old := now.entries.get(_folded(name))) is None:
            _write(_added(now.text, name, values), now.data | {name: values})
        elif not replace:
            raise BadQuestion(
                f"'{old.name}' is the name of another saved query: {old.question}",
                "choose another name, or replace it with --force",
                old.place,
            )
        else:
            kept = {"note": old.note} if old.note else {}
            _write(_replaced(now, old.name, kept | values), now.data | {old.name: kept | values})
        return _named(_read(file()), name)


def remove(name: str) -> Saved:
    """Take a saved query out of the file, and give it; the comments above it stay."""
    _named(_read(file()), name)  # where there is none, no folder is made
    with _alone():
        now = _read(file())
        old = _named(now, name)
        rest = {key: value for key, value in now.data.items() if key != old.name}
        _write("".join(each.text for each in _without(now, old.name)), rest)
    return old


# -- the file ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Statement:
    """A header, a key with its value, a comment or an empty line, as written, and the query it belongs to."""

    text: str
    line: int
    content: dict[str, Any]
    query: str | None
    header: bool


@dataclass(frozen=True)
class _File:
    text: str
    data: dict[str, Any]
    statements: list[_Statement]
    entries: dict[str, Saved]  # by folded name


def _read(path: Path) -> _File:
    import tomllib

    try:
        text = path.read_bytes().decode("utf-8-sig")
        data = tomllib.loads(text)
    except FileNotFoundError:
        return _File("", {}, [], {})
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise BadQuestion("there are bytes that are no text", "save the file in UTF-8", f"{path}:{line}") from error
    except tomllib.TOMLDecodeError as error:
        at = _TOLD.search(str(error))
        line = int(at[1]) if at and at[1] else len(_LINE.findall(text))
        raise BadQuestion(
            f"the file of saved queries is no TOML: {_TOLD.sub('', str(error))}",
            """mend the line; a query is written [name] and, beneath it, question = 'persons fate:executed'""",
            f"{path}:{line}",
        ) from error
    statements = list(_statements(text))
    entries: dict[str, Saved] = {}
    for name, value in data.items():
        line = next(each.line for each in statements if each.query == name)
        entry = _entry(name, value, f"{path}:{line}")
        if (other := entries.setdefault(_folded(name), entry)) is not entry:
            raise BadQuestion(f"'{name}' and '{other.name}' are one name", "rename one of the two", entry.place)
    return _File(text, data, statements, entries)


def _statements(text: str) -> Iterator[_Statement]:
    """Split TOML that is well formed; a line that is not read by itself goes on in the next one."""
    import tomllib

    table, begun, whole = None, 1, ""
    for line, part in enumerate(_LINE.findall(text), 1):
        whole += part
        with suppress(tomllib.TOMLDecodeError):
            content = tomllib.loads(whole)
            header = whole.lstrip().startswith("[")
            if header:
                (table,) = content
            yield _Statement(whole, begun, content, table or next(iter(content), None), header)
            begun, whole = line + 1, ""


def _entry(name: str, value: Any, place: str) -> Saved:
    try:
        _check(name)
        if not isinstance(value, dict):
            raise BadQuestion(f"'{name}' is no table", f"write [{_key(name)}] and, beneath it, question = '…'")
        if strange := [key for key in value if key not in KEYS]:
            raise BadQuestion(f"a saved query has no '{strange[0]}'", nearest(strange[0], KEYS))
        for key in KEYS:
            if key != "saved" and not isinstance(value.get(key, ""), str):
                raise BadQuestion(f"{key} of '{name}' is no text", f"write {key} = '…'")
        if not value.get("question", "").strip():
            raise BadQuestion(f"'{name}' has no question", "write question = '…'")
        if not isinstance(saved := value.get("saved"), date | None):
            raise BadQuestion(f"saved of '{name}' is no date", "write it without quotes: saved = 1999-12-31")
    except BadQuestion as error:
        error.place = place
        raise
    day = saved.date() if isinstance(saved, datetime) else saved
    options = {key: value[key] for key in OPTIONS if value.get(key)}
    return Saved(name, value["question"], day, value.get("note", ""), options, place)


def _named(found: _File, name: str) -> Saved:
    if (saved := found.entries.get(_folded(name))) is not None:
        return saved
    there = [each.name for each in found.entries.values()]
    remedy = nearest(name, there) if there else "save one: terrordb query persons fate:executed --save NAME"
    raise BadQuestion(f"there is no saved query '{name}'", remedy, str(file()))


def _check(name: str) -> None:
    """Refuse what is no name: it must stand in a question, and on a command line, without quotes."""
    letters = all(sign in "-_" or unicodedata.category(sign)[0] in "LMN" for sign in name)
    if not letters or not name or unicodedata.category(name[0])[0] not in "LN" or len(name) > LONGEST:
        raise BadQuestion(
            f"'{name}' is no name of a saved query",
            f"a name is letters, digits, - and _, begins with a letter or digit, and has at most {LONGEST} signs",
        )


def _folded(name: str) -> str:
    """Fold a name for comparing: neither case nor the way an accent is stored makes another name."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


# -- writing TOML -----------------------------------------------------------------------------------------------------


def _added(text: str, name: str, values: Mapping[str, Any]) -> str:
    """Put a query at the end."""
    before = text or INTRO
    before += "" if before.endswith("\n") else "\n"
    before += "" if re.search(r"\n[ \t]*\r?\n$", before) else "\n"
    return f"{before}[{_key(name)}]\n" + "".join(f"{key} = {_value(value)}\n" for key, value in values.items())


def _replaced(now: _File, name: str, values: Mapping[str, Any]) -> str:
    """Write the new values of a query where the old ones stand."""
    own = [each for each in now.statements if each.query == name and each.content]
    if not own[0].header:  # an inline table, or dotted keys: it becomes a table like the others
        return _added("".join(each.text for each in _without(now, name)), name, values)
    written = {}
    for each in own[1:]:
        (key,) = each.content
        end = each.text[len(each.text.rstrip("\r\n")) :]
        written[each.line] = f"{key} = {_value(values[key])}{_comment(each)}{end}" if key in values else ""
    more = "".join(f"{key} = {_value(values[key])}\n" for key in values if all(key not in each.content for each in own))
    last = own[-1]
    written[last.line] = written.get(last.line, last.text)
    if more and written[last.line] and not written[last.line].endswith("\n"):
        more = f"\n{more}"
    written[last.line] += more
    return "".join(written.get(each.line, each.text) for each in now.statements)


def _without(now: _File, name: str) -> Iterator[_Statement]:
    """Leave out a query: its header, its keys, and the comments and empty lines between these."""
    own = [each.line for each in now.statements if each.query == name and each.content]
    for each in now.statements:
        between = each.query == name and own[0] < each.line < own[-1]
        if each.line not in own and not between:
            yield each


def _comment(statement: _Statement) -> str:
    """Find the comment behind a value, with the spaces before it."""
    import tomllib

    text = statement.text.rstrip("\r\n")
    for at in re.finditer("#", text):
        with suppress(tomllib.TOMLDecodeError):
            if tomllib.loads(text[: at.start()]) == statement.content:
                return text[len(text[: at.start()].rstrip()) :]
    return ""


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _value(name)


def _value(value: Any) -> str:
    """Write a text or a date; a text in single quotes where it can stand there as it is."""
    if not isinstance(value, str):
        return str(value)
    if not re.search(r"['\x00-\x1f\x7f]", value):
        return f"'{value}'"
    return '"' + re.sub(r'["\\\x00-\x1f\x7f]', lambda m: _SHORT.get(m[0], f"\\u{ord(m[0]):04x}"), value) + '"'


@contextmanager
def _alone() -> Iterator[None]:
    """Wait until no other process is changing the file; the lock ends with the process that holds it."""
    path = file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.with_name(f"{path.name}.lock").open("ab") as lock:
            if sys.platform == "win32":
                import msvcrt

                lock.seek(0)
                msvcrt.locking(lock.fileno(), msvcrt.LK_LOCK, 1)
            else:
                import fcntl

                fcntl.flock(lock, fcntl.LOCK_EX)
            yield
    except OSError as error:
        raise TerrorDBError(
            f"saved queries cannot be written: {error.strerror or error}",
            "make the folder one that you may write, or name another with TERRORDB_CONFIG",
            str(path),
        ) from error


def _write(text: str, meant: Mapping[str, Any]) -> None:
    """Replace the file as a whole, through one beside it, once it reads as what is meant."""
    import shutil
    import tomllib

    if tomllib.loads(text) != meant:
        raise BadQuestion("this change cannot be made without harm to the rest of the file", "edit it", str(file()))
    path = file().resolve()  # a link to where the user keeps such files stays one
    aside = path.with_name(f"{path.name}.new")  # only who holds the lock writes it, over what a killed process left
    try:
        with aside.open("w", encoding="utf-8", newline="") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        if path.exists():
            shutil.copymode(path, aside)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
