"""From cells to stored values: one function a sheet, compiled from the model's own fields.

The function is straight-line code with one bounded memo a column: a list repeats its words, and a cell that was read
once is not read again.  A row that cannot be read so is gone through field by field, and all its faults are told.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from json.encoder import encode_basestring
from typing import Any, NamedTuple

from terrordb.errors import BadValue
from terrordb.loading.complaints import Complaints
from terrordb.loading.sheets import Sheet, slug
from terrordb.models.fields import CellsField, Field, NameField, ReferenceField, ReferencesField, TextField
from terrordb.values.names import fold

MEMO = 14_000  # cells a memo holds before it starts anew, so that memory does not grow with the list
Target = tuple[str, str]  # the kind and id of the record a cell names


class Read(NamedTuple):
    """One row as read: its line, id (empty where it has none), canonical cells, stored values and references."""

    line: int
    id: str
    cells: dict[str, str]
    values: tuple[Any, ...]
    targets: tuple[Target | None, ...]


class _Memo(dict[str, tuple[str, Any]]):
    """Read a cell once: text → (canonical text, stored values or target)."""

    def __init__(self, field: Field) -> None:
        super().__init__()
        self.field = field

    def __missing__(self, text: str) -> tuple[str, Any]:
        if len(self) >= MEMO:
            self.clear()
        self[text] = answer = _read(self.field, text.strip() or self.field.default)
        return answer


def _read(field: Field, text: str) -> tuple[str, Any]:
    if not text:
        if field.required:
            raise BadValue("the cell is empty", f"every row needs its {field.name}")
        return "", None if isinstance(field, ReferenceField) else (None,) * len(field.columns)
    if isinstance(field, ReferenceField):
        return text, field.target(text)
    values = field.read(text)
    return field.canonical(text), values


class Reader:
    """Read the rows of a sheet; `columns` names the values, `refers` the fields of the targets."""

    def __init__(self, sheet: Sheet, model_fields: Sequence[Field]) -> None:
        stated = {f.name for f in sheet.fields}
        # What a sheet does not have takes its default, and is as much a cell of the row as if it stood there.
        rest = [f for f in model_fields if f.default and f.name not in stated]
        lacking = [f for f in model_fields if f.required and not f.default and f.name not in stated]
        self.lacking = [f.header for f in lacking]
        self.path, self.fields = sheet.path, [*sheet.fields, *rest]
        self.id_at = next((n for n, f in enumerate(sheet.fields) if f.name == "id"), None)
        self.added = [""] * len(rest)
        own = [f for f in self.fields if f.name != "id"]
        self.refers = [f for f in own if isinstance(f, ReferenceField)]
        plain = [f for f in own if not isinstance(f, ReferenceField)]
        self.columns = [c for f in plain for c in f.columns]
        self.lists = [f for f in plain if isinstance(f, ReferencesField)]
        self.list_id = sheet.list_id
        self._row = self._compile(plain)

    def _compile(self, plain: Sequence[Field]) -> Callable[[list[str]], tuple[Any, ...]]:
        number = {f.name: n for n, f in enumerate(self.fields)}
        names = "".join(f"a{n}, " for n in range(len(self.fields)))
        lines = ["def row(cells):", f"    {names}= cells"]
        words = [type(f) is TextField and not f.required for f in self.fields]  # are stored as they are written
        lines += [f"    c{n} = a{n}.strip()" if words[n] else f"    c{n}, v{n} = m{n}[a{n}]" for n in number.values()]
        stored = "".join(f"c{n} or None, " if words[n := number[f.name]] else f"*v{n}, " for f in plain)
        targets = "".join(f"v{number[f.name]}, " for f in self.refers)
        cells = ", ".join(f"{f.header!r}: c{number[f.name]}" for f in sorted(self.fields, key=lambda f: f.header))
        lines.append(f"    return {{{cells}}}, ({stored}), ({targets})")
        scope: dict[str, Any] = {f"m{n}": _Memo(f) for n, f in enumerate(self.fields)}
        exec("\n".join(lines), scope)  # noqa: S102  (our own text, of our own field names)
        return scope["row"]  # type: ignore[no-any-return]

    def read(self, line: int, cells: list[str], complaints: Complaints) -> Read | None:
        """Read one row; None, with complaints, where a cell cannot be read."""
        given = cells + self.added
        try:
            canonical, values, targets = self._row(given)
        except BadValue:
            for field, cell in zip(self.fields, given, strict=True):
                try:
                    _read(field, cell.strip() or field.default)
                except BadValue as error:
                    complaints.add_error(self.path, line, error, field.header)
            return None
        kept = {header: cell for header, cell in canonical.items() if cell}
        if self.list_id is not None:
            kept["source_id"] = self.list_id
        named = kept.pop("id", "")
        if named and not re.fullmatch(r"[^\s,;\"'A-Z/]{1,500}", named):
            complaints.add(
                self.path,
                line,
                f"'{named}' cannot be an id",
                "write small letters, digits and hyphens, without spaces",
                "id",
            )
            return None
        return Read(line, named, kept, values, targets)


_written = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def canonical(cells: dict[str, str]) -> bytes:
    """Write cells as canonical JSON: sorted, no empty ones, no white space between, letters unescaped."""
    return _written(cells).encode()


def digest(named: str, cells: dict[str, str]) -> bytes:
    """Digest a record for the content hash: its id, its cells as written, nothing computed; no file's own hash."""
    stands = {header: cell for header, cell in cells.items() if header != "sha256"}
    return hashlib.blake2b(canonical(stands | {"id": named}), digest_size=32).digest()


def has_number(cells: dict[str, str]) -> bool:
    """Say whether a row has a number in its list that an id can be made of."""
    return "record_no" in cells and bool(slug(cells["record_no"]))


def made_id(list_id: str, cells: dict[str, str]) -> str:
    """Make the id of a row that has none: of its list and the list's own number, else of a digest of its cells."""
    if has_number(cells):
        return f"{list_id}:{slug(cells['record_no'])}"
    return f"{list_id}:{hashlib.blake2b(canonical(cells), digest_size=8).hexdigest()}"


# ---------------------------------------------------------------- rows that were read once


class Quick:
    """Read rows whose cells are known to be good, as one line of straight code each, into tuples that can be stored.

    A cell that is not good after all, such as a constant of the profile, is a LookupError or a BadValue; who reads the
    row by `Reader` tells it with its place.  `columns` names what a tuple holds, `same` holds what every row has.  The
    digests are those of `digest`: the JSON is put together from pieces that are remembered with each cell.
    """

    def __init__(self, sheet: Sheet, model_fields: Sequence[Field], resolve: Callable[[Target], int | None]) -> None:
        stated = {f.name for f in sheet.fields}
        self.resolve, self.list_id = resolve, sheet.list_id
        self.columns = ["key", "id", "digest", "row_no"]
        self.same: dict[str, Any] = {}  # columns of which every row has the default
        self.scope: dict[str, Any] = {"blake2b": hashlib.blake2b, "quoted": encode_basestring}
        self.pieces: dict[str, str] = {"id": "',\"id\":' + quoted(named)"}
        if self.list_id is not None:
            self.pieces["source_id"] = repr(f',"source_id":{encode_basestring(self.list_id)}')
        self.values = ["key", "named", "digest", "line"]
        self.lines: list[str] = []
        self.name = -1  # where in a tuple the folded name stands
        fields = [f for f in sheet.fields if f.name != "id"]
        for n, field in enumerate(fields):
            self._field(f"a{n}", field)
        for field in model_fields:
            if field.default and field.name not in stated:
                canonical_cell, values = _read(field, field.default)
                self.pieces[field.header] = repr(
                    f",{encode_basestring(field.header)}:{encode_basestring(canonical_cell)}"
                )
                self.same |= zip(field.columns, values, strict=True)
        whole = " + ".join(self.pieces[header] for header in sorted(self.pieces))
        unpacked = "".join(f"a{n}, " for n in range(len(fields)))
        text = "\n".join(
            [
                "def row(key, named, owner, owner_key, line, cells):",
                f"    {unpacked}= cells",
                *(f"    {line}" for line in self.lines),
                f"    digest = blake2b(('{{' + ({whole})[1:] + '}}').encode(), digest_size=32).digest()",
                f"    return ({', '.join(self.values)})",
            ]
        )
        exec(text, self.scope)  # noqa: S102  (our own text, of our own field names)
        self.row: Callable[..., tuple[Any, ...]] = self.scope["row"]

    def _field(self, cell: str, field: Field) -> None:
        head = f",{encode_basestring(field.header)}:"
        if field.name == "person":
            self.pieces[field.header] = f"{head!r} + quoted(owner)"
            self.columns += field.columns
            self.values.append("owner_key")
            return
        self.columns += field.columns
        if type(field) in (TextField, CellsField) and not field.required:
            self.pieces[field.header] = f"({head!r} + quoted({cell}) if {cell} else '')"
            self.values.append(f"{cell} or None")
            return
        memo, found = f"m{cell}", f"v{cell}"
        if isinstance(field, NameField):
            if field.required:
                self.lines.append(f"if not {cell}: raise LookupError({field.header!r})")
            self.scope[memo] = _Words()
            self.lines.append(f"{found} = ' '.join(filter(None, map({memo}.__getitem__, {cell}.split())))")
            self.pieces[field.header] = f"{head!r} + quoted({cell})"
            self.name = len(self.columns) - 1
            self.values += [cell, found]
            return
        self.scope[memo] = _Pieces(field, head, self.resolve)
        self.lines.append(f"{found}, p{cell} = {memo}[{cell}]")
        self.pieces[field.header] = f"p{cell}"
        self.values.append(f"*{found}")


class _Words(dict[str, str]):
    """Fold a word once: what a name folds to is what its words do."""

    def __missing__(self, word: str) -> str:
        if len(self) >= 2 * MEMO:
            self.clear()
        self[word] = folded = fold(word)
        return folded


class _Pieces(dict[str, tuple[tuple[Any, ...], str]]):
    """Read a cell once: text → stored values, and its piece of the digest's JSON; LookupError for what is not there."""

    def __init__(self, field: Field, head: str, resolve: Callable[[Target], int | None]) -> None:
        super().__init__()
        self.field, self.head, self.resolve = field, head, resolve

    def __missing__(self, text: str) -> tuple[tuple[Any, ...], str]:
        if len(self) >= MEMO:
            self.clear()
        field = self.field
        canonical_cell, values = _read(field, text or field.default)
        if isinstance(field, ReferenceField):
            if values is None:
                values = (None,) * len(field.columns)
            elif (key := self.resolve(values)) is None:
                raise LookupError(text)
            else:
                values = field.place(values[0], key)
        piece = f"{self.head}{encode_basestring(canonical_cell)}" if canonical_cell else ""
        self[text] = found = (tuple(values), piece)
        return found
