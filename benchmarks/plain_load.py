#!/usr/bin/env python3
"""plain_load.py LIST.csv OUT.sqlite - what a list costs to load plainly: the measure `load.py` holds the program to.

csv.reader and sqlite3.executemany in one transaction into four tables, dates turned to ISO by slicing, nothing looked
at, then four indexes and a full-text index of names.  The list is one of those that `load.py`'s maker makes.
"""

import csv
import re
import resource
import sqlite3
import sys
import time
from itertools import islice
from pathlib import Path

SCHEMA = """
CREATE TABLE person (id INTEGER PRIMARY KEY, record_id TEXT, sex TEXT, birth TEXT, birth_year INT, ethnicity TEXT,
  birth_place TEXT, occupation TEXT, residence TEXT);
CREATE TABLE name (id INTEGER PRIMARY KEY, person_id INT NOT NULL, surname TEXT NOT NULL, given TEXT, patronymic TEXT);
CREATE TABLE repression (id INTEGER PRIMARY KEY, person_id INT NOT NULL, arrested TEXT, charge TEXT, body TEXT,
  sentenced TEXT, sentence TEXT, executed TEXT, burial_place TEXT, rehabilitated TEXT, rehabilitated_by TEXT);
CREATE TABLE citation (id INTEGER PRIMARY KEY, person_id INT NOT NULL, book TEXT, page TEXT, row_no INT);
"""
AFTERWARDS = """
CREATE INDEX name_surname ON name (surname, given);
CREATE INDEX name_person ON name (person_id);
CREATE INDEX repression_person ON repression (person_id);
CREATE INDEX citation_person ON citation (person_id);
CREATE VIRTUAL TABLE name_fts USING fts5 (surname, given, patronymic, content = 'name', content_rowid = 'id',
  tokenize = 'unicode61 remove_diacritics 2');
INSERT INTO name_fts (name_fts) VALUES ('rebuild');
"""
WIDTHS = {"person": 9, "name": 5, "repression": 11, "citation": 5}
BATCH = 20_000


def day(text):
    """Turn dd.mm.yyyy round; leave all else."""
    return f"{text[6:]}-{text[3:5]}-{text[:2]}" if len(text) == 10 else text


def parts(n, row):
    """Part a row among the tables."""
    year = re.search("[0-9]{4}", row[5])
    return (
        (n, row[0], row[4], row[5], year and int(year[0]), row[7], row[6], row[8], row[9]),
        (n, n, *row[1:4]),
        (n, n, day(row[10]), row[11], row[12], day(row[13]), row[14], day(row[15]), row[16], day(row[17]), row[18]),
        (n, n, row[19], row[20], n),
    )


def load(source, target):
    """Load a list into a new file."""
    database = sqlite3.connect(target, isolation_level=None)
    database.executescript(SCHEMA)
    inserts = [f"INSERT INTO {table} VALUES ({', '.join('?' * width)})" for table, width in WIDTHS.items()]
    with Path(source).open(newline="", encoding="utf-8-sig") as file:
        rows = csv.reader(file)
        next(rows)
        numbered = enumerate(rows, 1)
        database.execute("BEGIN")
        while batch := [parts(n, row) for n, row in islice(numbered, BATCH)]:
            for insert, some in zip(inserts, zip(*batch, strict=True), strict=True):
                database.executemany(insert, some)
        database.execute("COMMIT")
    database.executescript(f"BEGIN; {AFTERWARDS} COMMIT;")
    database.close()


if __name__ == "__main__":
    began = time.perf_counter()
    load(*sys.argv[1:3])
    used = resource.getrusage(resource.RUSAGE_SELF)
    wall = time.perf_counter() - began
    print(f"cpu {used.ru_utime + used.ru_stime:.2f} s  wall {wall:.2f} s  peak {used.ru_maxrss / 1024:.0f} MiB")
