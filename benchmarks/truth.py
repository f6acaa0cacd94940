#!/usr/bin/env python3
"""truth.py DIRTY.csv DATABASE - load a list with planted defects, and compare with its truth file, as sets of rows.

DIRTY.csv.dirty.csv, which the maker of the list writes beside it, says of each spoilt row whether it is to be set
aside (reject), flagged (flag), or stored as it is (accept).  DATABASE is empty.  Exits with 1 where they differ.
"""

import csv
import sys
import tempfile
from array import array
from bisect import bisect_left
from pathlib import Path

from sqlalchemy import select

from terrordb import database, models
from terrordb.loading.lists import Asked, keep, prepare
from terrordb.loading.mapped import SET_ASIDE


def begins(path):
    """Give the line on which each row begins."""
    found = array("q")
    with path.open(newline="", encoding="utf-8") as file:
        rows = csv.reader(file)
        next(rows)
        last = rows.line_num
        for _ in rows:
            found.append(last + 1)
            last = rows.line_num
    return found


def loaded(path, address):
    """Load a list; give the numbers of the rows that are stored, flagged and set aside."""
    engine, lines = database.writer(database.locate(address)[0]), begins(path)
    with tempfile.TemporaryDirectory() as folder:
        aside = Path(folder, "aside.csv")
        ready = prepare(engine, [path], Asked("cases", source="Made list", rejected=aside), lambda *_: None)
        keep(engine, ready, label=path.name)
        left = []
        if aside.exists():
            with aside.open(newline="", encoding="utf-8") as file:
                left = [int(row[SET_ASIDE[0]]) for row in csv.DictReader(file)]
    persons = models.kind("persons").__table__
    with engine.connect() as connection:
        stored = {int(named.lstrip("V")) for named in connection.scalars(select(persons.c.record_no))}

    def numbers(some):
        return {bisect_left(lines, line) + 1 for line in some}

    return {"accept": stored, "flag": numbers(ready.mapped[0].lines), "reject": numbers(left)}, len(lines)


def main():
    """Compare, and say it."""
    path, address = Path(sys.argv[1]), sys.argv[2]
    found, rows = loaded(path, address)
    told = {"flag": set(), "reject": set(), "accept": set(range(1, rows + 1))}
    with Path(f"{path}.dirty.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            told[row["expect"]].add(int(row["row"]))
    told["accept"] -= told["reject"]
    wrong = False
    for what, said in (("accept", "stored"), ("flag", "flagged"), ("reject", "set aside")):
        more, less = found[what] - told[what], told[what] - found[what]
        wrong |= bool(more or less)
        as_told = (
            "as the truth file tells" if not more | less else f"too many {sorted(more)[:5]}, lacking {sorted(less)[:5]}"
        )
        print(f"  {said:9} {len(found[what]):>9,} rows, {as_told}")
    sys.exit(wrong)


if __name__ == "__main__":
    main()
