"""terrordb query: ask for records."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import chain, islice
from typing import Annotated, Any, Optional

import typer

from terrordb.cli.options import Db, Format, FormatOption, Output, Quiet, Raw, chosen, completed

ANSWER = "answer"  # the column that marks a maybe
FOUND = ("match", "why")  # the columns that tell how words found a row
JUDGED = {"persons": ("person", "people"), "cases": ("act", "acts")}  # what several records may be of


def query(
    words: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Argument(
            metavar="[KIND] [TERMS]...",
            help="A kind (persons where none is named), then words, field:value or field:a..b.",
            autocompletion=completed("terms"),
        ),
    ] = None,
    *,
    sort: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            metavar="FIELD",
            help="A field to sort by; FIELD:desc turns it round.",
            autocompletion=completed("fields"),
        ),
    ] = None,
    limit: Annotated[Optional[int], typer.Option(metavar="N", help="At most so many rows.")] = None,  # noqa: UP045
    fields: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="A,B", help="Only these fields.", autocompletion=completed("fields")),
    ] = None,
    count: Annotated[bool, typer.Option("--count", help="Only how many: certain, possible, missing, and of.")] = False,
    certain: Annotated[bool, typer.Option("--certain", help="Only rows that are no maybe.")] = False,
    by: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="A,B", help="Count the rows by these fields.", autocompletion=completed("by")),
    ] = None,
    top: Annotated[Optional[int], typer.Option(metavar="N", help="With --by: the N greatest.")] = None,  # noqa: UP045
    distinct: Annotated[bool, typer.Option("--distinct", help="With --fields: each combination once.")] = False,
    why: Annotated[
        bool, typer.Option("--why", help="Say of each row found by words by which rule, and both spellings.")
    ] = False,
    with_: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--with", metavar="dubious", help="Count dubious and withdrawn rows too."),
    ] = None,
    cite: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="FORM", help="A reference for the answer in place of its rows: text, csl or bibtex."),
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="In place of the answer: what is asked, in a sentence, and its SQL.")
    ] = False,
    sql: Annotated[
        bool, typer.Option("--sql", help="In place of the answer: the SQL that gives it, for terrordb sql.")
    ] = False,
    save: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="NAME", help="Keep the question under a name; @NAME asks it again."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace the saved query of that name, or the file of --output.")
    ] = False,
    format_: FormatOption = None,
    output: Output = None,
    raw: Raw = False,
    db: Db = None,
    quiet: Quiet = False,
) -> None:
    """Ask for records: terrordb query persons fate:executed.

    A question is a kind and terms, all of which must hold. Words are looked for in names and titles, in either script;
    field:value asks one field, field:a..b a range with both ends, as in query cases arrested:1937..1938. Several words
    of one value stand in quotes: query trials 'outcome:"all sentenced"'. The words and, or, not, and parentheses in one
    quoted argument, join terms: query 'fate:executed not (born:..1880 or occupation:poet)'.

    terrordb kinds and terrordb fields say what can be asked. On a terminal an answer stops at 50 rows; in a pipe it is
    whole.
    """
    from terrordb.cli.opening import opened
    from terrordb.cli.showing import into, tell

    printed = chosen(format_, output if cite is None and not sql else None)
    told = not _alone({"--cite": cite is not None, "--explain": explain, "--sql": sql}) and not quiet
    dubious = _taken_in(with_)
    with into(output, force=force, quiet=quiet), opened(db, quiet=quiet) as base:
        named = [name.strip() for name in fields.split(",")] if fields is not None else None
        groups = _grouping(by, named, top, distinct=distinct)
        answer = base.query(
            words or [],
            sort=sort,
            limit=limit,
            fields=None if groups else named,
            certain=certain,
            dubious=dubious,
            why=why,
        )
        if answer.question.reading is not None:
            tell(f"read as: {answer.question.reading}", quiet=quiet)
        tell(*forgiven(answer), quiet=quiet)
        if save is not None:
            _save(save, words or [], replace=force, quiet=quiet)
        shape = {"by": groups, "top": top, "distinct": distinct, "count": count and not groups}
        if told:
            tell(*answer.scans(**shape))
        if cite is not None:
            typer.echo(answer.cite(cite))
        elif sql:
            typer.echo(answer.sql(**shape))
        elif explain:
            _explained(answer.explain(**shape), printed)
        elif groups:
            _groups(answer, groups, top, printed, counts=not distinct, raw=raw, quiet=quiet)
        elif count:
            _count(answer, printed, raw=raw, quiet=quiet)
        else:
            _rows(answer, printed, raw=raw, quiet=quiet)
        if told:
            tell(*answer.emptied())


def forgiven(answer: Any) -> list[str]:
    """Say which words no name has, and which were taken in their place."""
    return [
        f"no name has '{word}', shown is what is nearest: {', '.join(taken)}" for word, taken in answer.slips.items()
    ]


def _save(name: str, words: list[str], *, replace: bool, quiet: bool) -> None:
    from terrordb.cli.showing import tell
    from terrordb.querying import saved
    from terrordb.querying.grammar import parse

    question = " ".join(words)
    parse(question, seen=(name,))  # a query that stands for itself is never saved
    kept = saved.save(name, question, replace)
    tell(f"saved as @{kept.name}: {kept.place}", quiet=quiet)


def _alone(asked: dict[str, bool]) -> bool:
    """Say whether something stands in place of the answer; BadQuestion where two things do."""
    from terrordb.errors import BadQuestion

    given = [option for option, is_given in asked.items() if is_given]
    if len(given) > 1:
        remedy = "leave one away" + ("; --explain shows the SQL too" if {"--explain", "--sql"} <= {*given} else "")
        raise BadQuestion(f"{' and '.join(given)} each stand in place of the answer", remedy)
    return bool(given)


def _explained(explained: Any, printed: Format | None) -> None:
    from terrordb.cli.showing import write_jsonl

    if printed in (Format.json, Format.jsonl):
        write_jsonl([explained._asdict()])
    else:
        typer.echo(str(explained))


def _taken_in(with_: str | None) -> bool:
    if with_ not in (None, "dubious"):
        from terrordb.errors import BadQuestion

        raise BadQuestion(f"--with takes no '{with_}'", "write --with dubious")
    return with_ is not None


def _grouping(by: str | None, named: list[str] | None, top: int | None, *, distinct: bool) -> list[str]:
    """Give the fields that rows are grouped by; none where they are not."""
    from terrordb.errors import BadQuestion

    if top is not None and (by is None or top < 0):
        raise BadQuestion("--top takes the greatest groups of --by", "write --by FIELD --top 10")
    if distinct and (named is None or by is not None):
        raise BadQuestion("--distinct is of fields", "write --distinct --fields A,B")
    return [name.strip() for name in by.split(",")] if by is not None else (named or []) if distinct else []


def _groups(
    answer: Any, fields: list[str], top: int | None, printed: Format | None, *, counts: bool, raw: bool, quiet: bool
) -> None:
    from terrordb.cli.showing import on_terminal, show, write_json, write_jsonl
    from terrordb.reports.table import Table

    groups = answer.by(*fields, top=top)
    columns = (*fields, *(["count"] if counts else []))
    if printed in (Format.json, Format.jsonl):
        rows = [dict(zip(columns, (*group.labels, group.rows), strict=False)) for group in groups]
        (write_json if printed is Format.json else write_jsonl)(rows)
    else:
        cells = [[label if label is not None else "missing" for label in group.labels] for group in groups]
        lines = [(*row, *([group.rows] if counts else [])) for row, group in zip(cells, groups, strict=True)]
        shown = printed or (Format.table if on_terminal() else None)
        show(Table("", columns, lines), shown, raw=raw, quiet=quiet, page=str(answer.question))
    _left_out(answer, quiet=quiet)


def _count(answer: Any, printed: Format | None, *, raw: bool, quiet: bool) -> None:
    from terrordb.cli.showing import on_terminal, show, tell, write_jsonl
    from terrordb.reports.table import Table

    counts = answer.counts
    columns = {name: getattr(counts, name) for name in ("certain", "possible", "missing", "of")}
    if printed in (Format.json, Format.jsonl):
        write_jsonl([columns])
    elif answer.sure and printed is None and not on_terminal():
        typer.echo(counts.certain)
    elif answer.sure:
        show(Table("", ("count", "of"), [(counts.certain, counts.of)]), printed, raw=raw, quiet=quiet)
    else:
        show(Table("", tuple(columns), [tuple(columns.values())]), printed, raw=raw, quiet=quiet)
    tell(*_judged(answer), quiet=quiet)
    _left_out(answer, quiet=quiet)


def _judged(answer: Any) -> list[str]:
    """Say of how many people, or acts, the counted rows are, where several are judged to be of one."""
    if answer.judged is None or answer.judged.records == answer.judged.people:
        return []
    records, people = answer.judged
    return [f"{records:,} records of {people:,} {JUDGED[answer.kind][people != 1]}, as judged"]


def _left_out(answer: Any, *, quiet: bool) -> None:
    """Say how many rows were not counted."""
    from terrordb.cli.showing import counted, tell

    if number := answer.counts.left_out:
        tell(f"{counted(number, 'dubious or withdrawn row')} left out: --with dubious counts them", quiet=quiet)


def _rows(answer: Any, printed: Format | None, *, raw: bool, quiet: bool) -> None:
    from terrordb.cli.showing import counted, on_terminal, show, tell, write_json, write_jsonl
    from terrordb.querying.records import headers
    from terrordb.reports.table import Table

    columns = [*answer.columns, *([] if answer.sure or answer.fields else [ANSWER])]
    columns = list(dict.fromkeys([*columns, *answer.marks, *(FOUND if answer.why else [])]))
    if printed in (Format.json, Format.jsonl):
        (write_json if printed is Format.json else write_jsonl)(answer.dicts())
    elif printed is Format.table or (printed is None and on_terminal()):
        _draw(answer, columns, quiet=quiet)
    elif printed is Format.csv and answer.fields is None and not answer.why:
        loaded = [column["name"] for column in headers(answer.kind)]
        rows = _begun(list(row.cells().values()) for row in answer)
        show(Table("", loaded, rows), printed, raw=raw, quiet=quiet)
    else:
        rows = _begun([_cell(row, c) for c in columns] for row in answer.reading(answer.columns))
        show(Table("", columns, rows), printed, raw=raw, quiet=quiet, page=str(answer.question))
    if answer.maybes and (answer.fields or printed is Format.csv) and ANSWER not in answer.marks:
        told = f"{counted(answer.maybes, 'row')} of these may or may not answer: --fields …,answer marks them"
        tell(f"{told}, --certain leaves them away", quiet=quiet)


def _cell(row: Any, name: str) -> str:
    """Give what a table shows of a row; the mark of an answer stands where it is a maybe."""
    if name in FOUND:
        return getattr(row, name) or ""
    if name != ANSWER:
        return str(row.said(name))
    return "maybe" if row.answer == "maybe" else ""


def _begun(rows: Iterator[list[str]]) -> Iterator[list[str]]:
    """Ask for the first row before anything is printed: what is wrong with a question shows by then."""
    return chain(list(islice(rows, 1)), rows)


def _draw(answer: Any, columns: list[str], *, quiet: bool) -> None:
    from terrordb.cli.showing import TERMINAL, on_terminal, show, tell
    from terrordb.reports.table import Table

    cut = TERMINAL if on_terminal() and answer.limit is None else None
    rows = [[_cell(row, c) for c in columns] for row in islice(answer.reading(answer.columns), cut)]
    judged = _judged(answer)
    told = [f"{answer.found:,} of {answer.of:,} {answer.kind}", *judged]
    if more := answer.found - len(rows):
        told.append(f"{more:,} more: --limit N shows more, and in a pipe the answer is whole")
    if rows:
        show(Table("", columns, rows), Format.table)
    tell(*told, quiet=quiet, to=None if on_terminal() else sys.stdout)
    if judged:
        _left_out(answer, quiet=quiet)
