"""Tables written as SQL, `INSERT INTO t (a, b) VALUES (1, 'x'), (2, NULL)`: read as text, never run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from terrordb.errors import BadData
from terrordb.loading.raw import SHOWN, TOO_LONG, Aside, RawTable, Rows, Source, counted, sound
from terrordb.loading.sheets import CELL

BLOCK = 2**18
START = re.compile(
    r"(?im)^\s*(?:INSERT|REPLACE)\b(?:\s+(?:IGNORE|LOW_PRIORITY|DELAYED|OR\s+\w+))*\s+INTO\s"
)  # a statement that may hold rows
LEXEMES = r"""
    (?P<space>\s+|--[^\n]*|\#[^\n]*|/\*.*?\*/)
  | (?P<text>[Ee]'[^'\\]*(?:(?:''|\\.)[^'\\]*)*'(?!')
           | (?:[NnXxBb](?='))?'[^'{slash}]*(?:(?:''{escape})[^'{slash}]*)*'(?!'))
  | (?P<name>"[^"]*(?:""[^"]*)*"(?!")|`[^`]*(?:``[^`]*)*`(?!`))
  | (?P<sign>[(),;.])
  | (?P<word>[^\s(),;'"`]+|['"`])
"""
INTO = {"INSERT", "REPLACE"}


@dataclass
class _Table:
    """The columns of one table, gathered from all statements that fill it."""

    columns: list[str] = field(default_factory=list)
    line: int = 0
    rows: int = 0
    nulls: int = 0


@dataclass(frozen=True)
class _Row:
    table: str
    columns: tuple[str, ...]
    line: int
    cells: list[str]
    nulls: int


Torn = Callable[[str, int, str, list[str]], None]  # the table, and what is told of a row that is set aside


def tables(source: Source, encoding: str, said: list[str], sheet: str | None = None) -> list[RawTable]:
    """Find the tables that a file of statements fills; of several those that are meant."""
    found: dict[str, _Table] = {}
    other = 0
    for row in _read(source, encoding, lambda *_: None):
        if isinstance(row, str):
            other += 1
            continue
        table = found.setdefault(row.table, _Table(line=row.line))
        columns = row.columns or tuple(f"column {n}" for n in range(1, len(row.cells) + 1))
        if not table.rows or row.columns:
            table.columns += [column for column in columns if column not in table.columns]
        table.rows += 1
        table.nulls += row.nulls
    if not found:
        remedy = "pg_dump --inserts writes such statements"
        raise BadData("the file has no INSERT … VALUES", remedy, source.label)
    if other:
        said = [*said, f"{counted(other, 'other statement')} left out; none is run"]
    if len(found) > 1 and sheet is None:
        said = [*said, f"it fills {counted(len(found), 'table')}: {', '.join(found)} (--sheet takes one of them)"]
    made = []
    for name in _meant(list(found), sheet, source.label):
        table = found[name]
        more = [f"{counted(table.nulls, 'NULL')} read as empty cells"] if table.nulls else []
        read = partial(_rows, source, encoding, name, tuple(table.columns))
        one = source.table(
            "sql",
            (table.line, table.columns),
            read,
            encoding=encoding,
            said=[*said, *more],
            part=name if len(found) > 1 else "",
        )
        made.append(one)
    return made


def _meant(names: list[str], sheet: str | None, label: str) -> list[str]:
    """Choose the table that was named, or numbered; else all."""
    if sheet is None:
        return names
    if sheet not in names and sheet.isdecimal() and 1 <= int(sheet) <= len(names):
        sheet = names[int(sheet) - 1]
    if sheet not in names:
        raise BadData(f"there is no table '{sheet}'", f"there are: {', '.join(names)}", label)
    return [sheet]


def _rows(source: Source, encoding: str, name: str, columns: tuple[str, ...], _: RawTable, aside: Aside) -> Rows:
    where: dict[tuple[str, ...], list[int | None]] = {}

    def torn(table: str, *told: Any) -> None:
        if table == name:
            aside(*told)

    for row in _read(source, encoding, torn):
        if isinstance(row, str) or row.table != name:
            continue
        cells = row.cells
        if row.columns and len(cells) != len(row.columns):
            said = f"the row has {counted(len(cells), 'value')}, its statement {counted(len(row.columns), 'column')}"
            aside(row.line, said, cells)
            continue
        if row.columns and row.columns != columns:
            if row.columns not in where:
                at = {column: n for n, column in enumerate(row.columns)}
                where[row.columns] = [at.get(column) for column in columns]
            cells = ["" if n is None else cells[n] for n in where[row.columns]]
        if sound(row.line, cells, aside):
            yield row.line, cells


class _Tokens:
    """Read a text as tokens of SQL, with the line of each, in bounded memory."""

    def __init__(self, source: Source, encoding: str) -> None:
        self.source, self.encoding, self.line = source, encoding, 1

    def __iter__(self) -> Iterator[tuple[str, str, int]]:
        with self.source.text(self.encoding) as file:
            text, at = file.read(BLOCK), 0
            # MySQL alone writes names in back quotes, and a backslash before a quote within a text.
            mysql = "`" in text or "ENGINE=" in text
            slash, escape = ("\\\\", r"|\\.") if mysql else ("", "")
            token = re.compile(LEXEMES.replace("{slash}", slash).replace("{escape}", escape), re.VERBOSE | re.DOTALL)
            self.mysql, ended = mysql, False
            while True:
                found = token.match(text, at)
                if not ended and (found is None or found.end() == len(text) or self._cut(found, text, at)):
                    if len(text) - at > 2 * CELL:
                        raise _TooLong(self.line)
                    block = file.read(BLOCK)
                    text, at, ended = text[at:] + block, 0, not block
                    continue
                if found is None:
                    return
                if found.lastgroup != "space":
                    yield str(found.lastgroup), found[0], self.line
                self.line += found[0].count("\n")
                at = found.end()

    def _cut(self, found: re.Match[str], text: str, at: int) -> bool:
        """Say whether a token may be the beginning of one whose end has not been read yet."""
        if found[0] in "'\"`":
            return True
        return found.lastgroup == "word" and text.startswith("/*", at)


class _TooLong(Exception):
    """A token is longer than a cell may be."""


def _read(source: Source, encoding: str, aside: Torn) -> Iterator[_Row | str]:
    """Read the rows of all statements that hold any; of another statement its first word."""
    tokens = _Tokens(source, encoding)
    try:
        yield from _statements(iter(tokens), tokens, aside)
    except _TooLong:
        said = f"a text is opened here and not closed within {2 * CELL:,} characters"
        raise BadData(said, "write '' for a quote within a text", f"{source.label}:{tokens.line}") from None


def _statements(tokens: Iterator[tuple[str, str, int]], at: _Tokens, aside: Torn) -> Iterator[_Row | str]:
    for kind, text, _ in tokens:
        if kind == "sign" and text == ";":
            continue
        if kind == "word" and text.upper() in INTO:
            if (head := _head(tokens)) is not None:
                yield from _values(tokens, *head, at, aside)
                continue
        else:
            for _, word, _ in tokens:
                if word == ";":
                    break
        yield text


def _head(tokens: Iterator[tuple[str, str, int]]) -> tuple[str, tuple[str, ...]] | None:
    """Read a statement down to VALUES: its table and its columns; None, at its end, where it has no VALUES."""
    names: list[str] = []
    columns: list[str] = []
    depth, into = 0, False
    for kind, text, _ in tokens:
        if text == ";":
            return None
        if text == "(":
            depth += 1
        elif text == ")":
            depth -= 1
        elif kind == "word" and text.upper() == "INTO" and not into:
            into = True
        elif kind == "word" and text.upper() in ("VALUES", "VALUE") and not depth:
            return ".".join(names[-1:]), tuple(columns)
        elif kind == "word" and text.upper() == "SELECT":
            for _, word, _ in tokens:
                if word == ";":
                    return None
            return None
        elif kind in ("name", "word") and into:
            name = text if kind == "word" else text[1:-1].replace(text[0] * 2, text[0])
            if depth:
                columns.append(name)
            else:
                names += name.split(".") if kind == "word" and not columns else []
                names += [name] if kind == "name" else []
    return None


def _values(
    tokens: Iterator[tuple[str, str, int]], table: str, columns: tuple[str, ...], at: _Tokens, aside: Torn
) -> Iterator[_Row]:
    """Read rows in brackets, to the end of the statement."""
    for kind, text, line in tokens:
        if text == ";" and kind == "sign":
            return
        if text == "(" and kind == "sign":
            cells, nulls, whole = _cells(tokens, at.mysql)
            if not whole:
                begun = f"({', '.join(cells)}"
                said = "a bracket is opened here and never closed"
                aside(table, line, said, [begun if len(begun) <= CELL else f"{begun[:SHOWN]}…"])
                return
            if any(len(cell) > CELL for cell in cells):
                aside(table, line, TOO_LONG, [cell[:SHOWN] for cell in cells] + ["(cut)"])
                continue
            yield _Row(table, columns, line, cells, nulls)
        elif kind == "word" and text.upper() in ("ON", "RETURNING"):  # ON CONFLICT, ON DUPLICATE KEY: no more rows
            for _, word, _ in tokens:
                if word == ";":
                    return


def _cells(tokens: Iterator[tuple[str, str, int]], mysql: bool) -> tuple[list[str], int, bool]:
    """Read the cells of one row, how many are NULL, and whether it ends; what is no plain value is kept as written."""
    cells: list[str] = []
    parts: list[tuple[str, str]] = []
    depth = nulls = 0

    def close() -> None:
        nonlocal nulls
        nulls += len(parts) == 1 and parts[0][0] == "word" and parts[0][1].upper() == "NULL"
        cells.append(_cell(parts, mysql))
        parts.clear()

    for kind, text, _ in tokens:
        if kind == "sign" and not depth:
            if text == ",":
                close()
                continue
            if text == ")":
                close()
                return cells, nulls, True
            if text == ";":
                break
        depth += (text == "(") - (text == ")") if kind == "sign" else 0
        parts.append((kind, text))
    if parts:
        close()
    return cells, nulls, False


ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "b": "\b", "Z": "\x1a"}


def _cell(parts: list[tuple[str, str]], mysql: bool) -> str:
    if parts and parts[0][0] == "text" and (len(parts) == 1 or parts[1][1].startswith("::")):
        text = parts[0][1]
        sign, text = text[: text.index("'")].upper(), text[text.index("'") + 1 : -1].replace("''", "'")
        if mysql or sign == "E":
            text = re.sub(r"\\(.)", lambda m: ESCAPED.get(m[1], m[1]), text, flags=re.DOTALL)
        return text if sign in ("", "E", "N") else parts[0][1]
    if len(parts) == 1 and parts[0][0] == "word":
        word = parts[0][1]
        return {"NULL": "", "TRUE": "true", "FALSE": "false"}.get(word.upper(), word)
    return re.sub(r"(?<=[(]) | (?=[(),.])|(?<=[.]) ", "", " ".join(text for _, text in parts))
