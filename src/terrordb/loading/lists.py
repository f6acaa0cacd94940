"""Files that are to be loaded: read strictly, as rows of our own columns, or mapped, as lists of any shape.

A file is mapped where a kind or a profile is named and its header is not wholly of our own names; else it is strict.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import permutations
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import select

from terrordb import database, models
from terrordb.errors import BadData, BadValue, nearest
from terrordb.loading import sheets
from terrordb.loading.anew import Way, lists_of, written
from terrordb.loading.cells import Words, known_in, known_words, nearest_id, nearest_known, persons_of
from terrordb.loading.complaints import Complaints
from terrordb.loading.keeping import (
    Anew,
    Outcome,
    as_list,
    marks_since,
    names_standing,
    stands,
    undisturbed,
    went_through,
)
from terrordb.loading.keeping import load as keep_sheets
from terrordb.loading.mapped import LISTED, OURS, SET_ASIDE, Mapped, map_table
from terrordb.loading.profiles import OF_PERSON, Profile, canonical, draft, fixed, opening, read_profile
from terrordb.loading.seed import user
from terrordb.loading.sheets import Sheet
from terrordb.loading.tables import open_tables
from terrordb.models.fields import ReferenceField, ReferencesField

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from terrordb.loading.keeping import Progress
    from terrordb.loading.raw import RawTable

__all__ = ["Asked", "Ready", "keep", "prepare", "prepare_anew"]


class Asked(NamedTuple):
    """How files are to be read; `headers` is the user's own file of headers, whether it is there or not."""

    kind: str | None = None
    profile: Path | None = None
    source: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    rejected: Path | None = None
    headers: Path | None = None
    whole: bool = False  # read it, even if it is the file of a load that stands
    named: Path | None = None  # the profile as it is found again: its place, or the bare name of one that is shipped


@dataclass
class Ready:
    """Sheets that can be loaded, and of mapped lists what became of their rows."""

    sheets: list[Sheet] = field(default_factory=list)
    mapped: list[Mapped] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    standing: list[str] = field(default_factory=list)  # lists that are as a load left them: nothing is read
    rejected: dict[str, str] = field(default_factory=dict)  # list → where its rows that are set aside were written
    beside: Path | None = None  # where they shall be, where that was said
    anew: Anew | None = None  # rows of loads that are read anew

    def take(
        self,
        mapped: Mapped,
        list_id: tuple[str, str],
        read_as: dict[str, Any],
        reading: tuple[str, ...] = (),
        *,
        named: bool = True,
    ) -> None:
        """Take the sheets of a mapped list, given its id and title, and how it was read."""
        for sheet in mapped.sheets:
            if sheet.kind != "terms":
                sheet.reading, sheet.read_as = reading, read_as if sheet.kind == mapped.profile.main else None
                sheet.list_id, sheet.list_title, sheet.named = *list_id, named
                sheet.mended = SET_ASIDE[1] in mapped.table.header
        self.sheets += mapped.sheets
        self.mapped.append(mapped)

    def refuse_flags(self) -> None:
        """Refuse lists of which anything is not understood, or set aside."""
        for mapped in self.mapped:
            wrong = mapped.flagged + sum(mapped.set_aside.values())
            if wrong:
                raise BadData(
                    f"rows that are not wholly understood: {mapped.flagged:,}; set aside: {wrong - mapped.flagged:,}",
                    "leave --strict away to load the others, or see them with --dry-run",
                    mapped.table.label,
                )


class _RawSheet(Sheet):
    """Rows of our own columns in a table of any format."""

    table: RawTable

    def rows(self, complaints: Complaints) -> Iterator[tuple[int, list[str]]]:
        """Read the rows; what is no row is a complaint."""

        def aside(line: int, reason: str, _cells: list[str]) -> None:
            complaints.add(self.path, line, reason, "mend the row")
            self.torn = True

        yield from self.table.rows(aside)


# ---------------------------------------------------------------- what files are


def prepare(engine: Engine, paths: Sequence[Path], asked: Asked, progress: Progress) -> Ready:
    """Open files, and read those that are mapped; BadData for what cannot be loaded."""
    if asked.kind is not None and asked.kind not in models.KINDS:
        raise BadData(f"there is no kind '{asked.kind}' to load", nearest(asked.kind, models.KINDS))
    if asked.kind is not None and asked.profile is not None:
        raise BadData("a profile says itself what rows are", "leave --as away")
    if asked.profile is not None:
        sheet, encoding = opening(profile := profile_file(asked.profile))
        named = profile.resolve() if profile == asked.profile else asked.profile
        asked = asked._replace(profile=profile, sheet=asked.sheet or sheet, encoding=asked.encoding or encoding)
        asked = asked._replace(named=named)
    ready = Ready(beside=asked.rejected)
    plain = asked.kind is None and asked.profile is None and asked.sheet is None
    for path in paths:
        if plain and (path.is_dir() or path.suffix.casefold() == ".csv"):
            for one in sheets.gather([path]):
                _strict(engine, ready, sheets.open_sheet(one, kind=None, encoding=asked.encoding), asked.source)
            continue
        tables = open_tables(path, encoding=asked.encoding, sheet=asked.sheet)
        for table in tables:
            try:
                _table(engine, ready, table, asked, progress, alone=len(paths) == len(tables) == 1)
            except BadData as error:
                if not error.lines and error.place == table.label:  # it may be so for how the file was read
                    error.remedy = "\n  ".join(filter(None, (error.remedy, *table.said)))
                raise
    return ready


def prepare_anew(engine: Engine, load: str, profile: Path | None, headers: Path | None, progress: Progress) -> Ready:
    """Read the rows of a mapped list anew, by a profile, or as they were read with what is known now."""
    ready = Ready()
    for found in lists_of(engine, load):
        way = found.way
        if profile is not None:
            way.named = profile.resolve() if profile.is_file() else profile
        if way.named is not None:
            read = read_profile(_profile_of(load, way.named, asked=profile is not None), way.header, headers)
        else:
            read = draft(str(way.kind), way.header, headers)
        _source(read, way.list_id)
        main = next(iter(found.loads.values())).main
        if read.main != main:
            said = f"its rows make {read.main}, those of the list are {main}"
            raise BadData(said, f"undo {load}, and load the file by this profile", str(way.named))
        if any(read.record_no != was.record_no for was in found.loads.values()):
            said = "rows keep the ids that another record_no gave them; loaded from the file they would be new ones"
            ready.said.append(f"{way.label}: {said}")
        with engine.connect() as connection:
            if way.named is not None:
                _refuse_lost(connection, read, profile_file(way.named), way.list_id)
            words = known_words(connection)
            if read.main in OF_PERSON and read.main != "persons":
                words.there = persons_of(connection, way.list_id)
        step = partial(progress, f"reading {found.table.label}")
        with undisturbed():
            mapped = map_table(found.table, read, way.list_id, words, progress=step)
        _compare(engine, mapped, words)
        ready.take(mapped, (way.list_id, found.title), written(way, read, found.apart))
        ready.said += [f"{way.label}: {said}" for said in found.table.said]
        loads = [*(ready.anew.loads if ready.anew else ()), *found.loads]
        ready.anew = Anew(loads, found.newest, found.table.sha256)
    return ready


def _profile_of(load: str, named: Path, *, asked: bool) -> Path:
    """Find the profile to read a list by: the one that was asked for, or that of the load."""
    reason = "there is no such profile" if asked else f"the profile that {load} was read by is gone"
    remedy = "name a file, or a shipped one by its bare name; without --profile it is that of the load"
    if not asked:
        remedy = f"put it back there, or name another: terrordb reload {load} --profile FILE.toml"
    try:
        found = profile_file(named)
    except BadData as error:
        raise error if asked else BadData(reason, remedy, str(named)) from error
    if not found.is_file():
        raise BadData(reason, remedy, str(named))
    return found


def _table(engine: Engine, ready: Ready, table: RawTable, asked: Asked, progress: Progress, *, alone: bool) -> None:
    ready.said += [f"{table.label}: {said}" for said in table.said]
    kind = asked.kind
    if asked.profile is None and (kind is None or _is_own(kind, table.header)):
        if table.format == "csv" and table.path.suffix.casefold() == ".csv":
            sheet = sheets.open_sheet(table.path, kind=kind, encoding=asked.encoding or table.encoding)
        else:
            place = table.path if table.path.name == table.label else Path(table.label)
            of, how = (kind, "") if kind else sheets.kind_of(place, table.header)
            columns = sheets.columns_of(place, of, table.header)
            sheet = _RawSheet(place, of, table.label, "", table.header, columns, table.sha256)
            sheet.table = table
            sheet.said += [how] if how else []
        _strict(engine, ready, sheet, asked.source)
        return
    if asked.profile is not None:
        profile = read_profile(asked.profile, table.header, asked.headers)
    else:
        profile = draft(str(kind), table.header, asked.headers)
        ready.said += [f"{table.label}: {column} → {path}" for column, path in profile.chosen()]
    list_id, said = _list(engine, table, profile, asked.source)
    ready.said += said
    with engine.connect() as connection:
        if asked.profile is not None:
            _refuse_lost(connection, profile, asked.profile, list_id[0])
        words = known_words(connection)
        if profile.main in OF_PERSON and profile.main != "persons":
            words.there = persons_of(connection, list_id[0])
        program = sys.modules["terrordb"].__version__  # the package imports this layer, which may not import it
        way = _digest(table.header, list_id[0], vars(profile), words.refers, words.means, program)
        reading = _digest(way, table.sha256, table.label, table.encoding)
        compared = profile.main == "persons" and not asked.whole
        if compared and (same := stands(connection, reading, list_id[0])) is not None:
            ready.standing.append(
                f"{table.label}: it is the file of {same}, read in the same way, and nothing changed since"
            )
            return
        # Several tables may be one list, and then their rows are compared with each other.
        since = marks_since(connection, way, list_id[0]) if compared and alone else None
    step = partial(progress, f"reading {table.label}")
    with undisturbed():
        mapped = map_table(table, profile, list_id[0], words, bytes.fromhex(way), since=since, progress=step)
        if since is not None and names_standing(engine, mapped.sheets, since):
            mapped = map_table(table, profile, list_id[0], words, bytes.fromhex(way), progress=step)
    _compare(engine, mapped, words)
    # Where an id stands twice, which row has which depends on all of them.
    digests = (reading,) if mapped.duplicates else (reading, way)
    header = [name for name in table.header if name not in OURS]
    read_as = written(Way(list_id[0], table.label, header, asked.kind, asked.named), profile)
    ready.take(mapped, list_id, read_as, digests, named=asked.source is not None)


def _compare(engine: Engine, mapped: Mapped, words: Words) -> None:
    """Compare the words that no reviewed term explains with those that are known."""
    with engine.connect() as connection:
        for path, counts in mapped.words.items():
            told = [word for word, _ in counts.most_common(LISTED)]
            near = mapped.nearest[path] = nearest_known(told, known_in(connection, path, words))
            spelt: dict[str, list[str]] = {}
            for word in told:
                spelt.setdefault(canonical(word), []).append(word)
            for alike in spelt.values():  # as written they stay several terms
                near.update((word, other) for word, other in permutations(alike, 2) if word not in near)


def _digest(*parts: object) -> str:
    """Digest what decides what becomes of a file, or of a row of it."""
    return hashlib.blake2b(_plainly(parts).encode(), digest_size=16).hexdigest()


def _plainly(value: object) -> str:
    """Write a value so that equal ones are written alike in every process."""
    if isinstance(value, re.Pattern):
        return repr(value.pattern)
    if isinstance(value, Mapping):
        return f"{{{', '.join(sorted(f'{_plainly(k)}: {_plainly(v)}' for k, v in value.items()))}}}"
    if isinstance(value, set | frozenset):
        return f"{{{', '.join(sorted(map(_plainly, value)))}}}"
    if isinstance(value, list | tuple):
        return f"({', '.join(map(_plainly, value))})"
    return repr(value)


def profile_file(named: Path) -> Path:
    """Find a profile: a file, or one of those that are shipped, by its bare name."""
    if named.is_file() or named.suffix or len(named.parts) > 1:
        return named
    shipped = database.shipped("data/seed").with_name("profiles")
    found = shipped / f"{named}.toml"
    if not found.is_file():
        known = [path.stem for path in shipped.glob("*.toml")]
        raise BadData(f"there is no profile '{named}'", nearest(str(named), known))
    return found


def _is_own(kind: str, header: Sequence[str]) -> bool:
    own = {one.header for one in models.kind(kind).fields.values()}
    own |= {f"{name}_id" for name, one in models.kind(kind).fields.items() if one.kinds} | {"source"}
    return all(name in own for name in header)


def _strict(engine: Engine, ready: Ready, sheet: Sheet, source: str | None) -> None:
    as_list(sheet, source, engine)
    ready.said += sheet.said
    ready.sheets.append(sheet)


def _list(engine: Engine, table: RawTable, profile: Profile, source: str | None) -> tuple[tuple[str, str], list[str]]:
    """Find the id and title of the list that a table is."""
    main = profile.main
    stub = Sheet(Path(table.label), main, table.label, "", [], [], table.sha256)
    as_list(stub, _source(profile, source), engine)
    if stub.list_id is None:  # a kind that may stand without a source
        stub.list_id = sheets.slug(Path(table.label).stem) or "list"
    return (stub.list_id, stub.list_title), stub.said


def _source(profile: Profile, named: str | None) -> str | None:
    """Take the source that a profile says a list is out of its constants; it gives way to one that was named."""
    constants = profile.constants
    told = next((s for kind in (profile.main, profile.kind) if (s := constants.get(kind, {}).get("source"))), None)
    for own in constants.values():
        if named or own.get("source") == told:
            own.pop("source", None)
    return named or told


def _refuse_lost(connection: Connection, profile: Profile, place: Path, list_id: str) -> None:
    """Refuse a profile that names records which are not there; BadData tells all of them, each once."""
    complaints = Complaints()
    for where, field_, word in fixed(profile):
        try:
            if isinstance(field_, ReferencesField):
                targets = [(field_.kinds[0], named) for named in field_.plain(field_.read(word))]
            else:
                targets = [field_.target(word)] if isinstance(field_, ReferenceField) and word else []
        except BadValue as error:
            complaints.add_error(place, None, error, where)
            continue
        for kind, named in targets:
            c = models.kind(kind).__table__.c
            to_come = named == list_id or named.startswith(f"{list_id}:")
            if not to_come and connection.scalar(select(c.key).where(c.id == named)) is None:
                remedy = nearest_id(connection, kind, named)
                complaints.add(place, None, f"'{named}' is none of the {kind}", remedy, where)
    complaints.settle()


# ---------------------------------------------------------------- loading them


def keep(
    engine: Engine,
    ready: Ready,
    *,
    label: str,
    prune: bool = False,
    dry: bool = False,
    progress: Progress = lambda _stage, _rows, _total=0: None,
) -> Outcome:
    """Load what was prepared; rows that are set aside stand in files before anything is committed, or not at all."""
    written: list[Path] = []
    begun = ""
    if not ready.sheets:
        return Outcome()

    def before(load: str) -> None:
        nonlocal begun
        begun = load
        for mapped in ready.mapped:
            if mapped.rejected is not None and not ready.anew:
                path = _free(ready.beside or _beside(mapped.table))
                written.append(path)
                _put(mapped.rejected, path)
                ready.rejected[mapped.table.label] = str(path)

    try:
        return keep_sheets(
            engine,
            ready.sheets,
            label=label,
            by=user(),
            prune=prune,
            progress=progress,
            dry=dry,
            before=before,
            anew=ready.anew,
        )
    except BaseException as error:
        stood = bool(begun) and went_through(engine, begun, ready.sheets)
        if not stood:
            for path in written:
                path.unlink(missing_ok=True)
            ready.rejected.clear()
        if stood and isinstance(error, KeyboardInterrupt):
            raise KeyboardInterrupt(f"{begun} stands, and terrordb undo {begun} takes it back") from None
        raise


def _beside(table: RawTable) -> Path:
    """Say where rows of a table go that are set aside; those of standard input into the folder one stands in."""
    of = Path("standard-input") if table.copied else table.path
    return of.with_name(f"{of.name}.rejected.csv")


def _free(path: Path) -> Path:
    """Give a path where nothing is: a file that is there is never overwritten."""
    found, number = path, 1
    while found.exists():
        number += 1
        found = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return found


def _put(rows: IO[str], path: Path) -> None:
    rows.seek(0)
    try:
        with path.open("x", newline="", encoding="utf-8") as file:
            shutil.copyfileobj(rows, file)
    except OSError as error:
        raise BadData(
            f"the rows that are set aside cannot be written: {error.strerror}",
            "name a file in a folder of yours with --rejected",
            str(path),
        ) from error
