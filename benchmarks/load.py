#!/usr/bin/env python3
"""load.py MAKER [--rows N ...] [--rounds N] - measure loads of lists beside a plain load of the same file.

MAKER is the script that makes lists of invented victims: MAKER N OUT.csv [--seed N] [--dirty SHARE].  Each load is a
whole process; those of one round follow each other.  Printed are medians as ratios, with the bars of the issue that
asked for them; nothing here is a test.
"""

import argparse
import csv
import hashlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
TERRORDB = [sys.executable, "-c", "from terrordb.cli import main; main()"]
BARS = {"cpu": 1.8, "wall": 1.35, "file": 0.8}


def run(command):
    """Run a command: CPU and wall seconds, and its peak memory in MiB."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(map(str, command))}: {said.decode()}")
    wall = time.perf_counter() - began
    return {"cpu": used.ru_utime + used.ru_stime, "wall": wall, "peak": used.ru_maxrss / 1024}


def fresh(path):
    """Make an empty database."""
    for old in path.parent.glob(f"{path.name}*"):
        old.unlink()
    run([*TERRORDB, "init", "--empty", "--db", path, "--quiet"])
    return path


def load(source, database):
    """Load a list as one of the same name, whatever the file is called."""
    measured = run([*TERRORDB, "load", source, "--as", "cases", "--source", "Made list", "--db", database, "--quiet"])
    return measured | {"file": database.stat().st_size}


def changed(source, target, share=0.01):
    """Copy a list with some rows changed."""
    with source.open(newline="", encoding="utf-8") as old, target.open("w", newline="", encoding="utf-8") as new:
        rows, written = csv.reader(old), csv.writer(new, lineterminator="\n")
        written.writerow(next(rows))
        for n, row in enumerate(rows):
            if n % round(1 / share) == 0:
                row[8] = f"{row[8]}, changed"
            written.writerow(row)
    return target


def measure(maker, folder, rows, rounds):
    """Measure one size, and print it."""
    source, dirty = folder / "list.csv", folder / "dirty.csv"
    database, plain = folder / "list.db", folder / "plain.db"
    subprocess.run([sys.executable, maker, str(rows), source], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([sys.executable, maker, str(rows), dirty, "--dirty", "0.02"], check=True, stdout=subprocess.DEVNULL)
    found = {"plain": [], "ours": [], "dirty": []}
    for _ in range(rounds):
        plain.unlink(missing_ok=True)
        found["plain"].append(
            run([sys.executable, HERE / "plain_load.py", source, plain]) | {"file": plain.stat().st_size}
        )
        found["dirty"].append(load(dirty, fresh(database)))
        found["ours"].append(load(source, fresh(database)))
    median = {of: {k: statistics.median(m[k] for m in many) for k in many[0]} for of, many in found.items()}
    ours, beside = median["ours"], median["plain"]
    print(f"{rows:,} rows, {rounds} rounds: plain load {beside['cpu']:.1f} s CPU, {beside['file'] / 1e6:.0f} MB")
    for what, bar in BARS.items():
        print(f"  {what:28} {ours[what] / beside[what]:6.2f} x   (bar {bar})")
    print(f"  {'peak memory':28} {ours['peak']:6.0f} MiB (bar 160)")
    print(f"  {'2 % dirty, CPU':28} {median['dirty']['cpu'] / ours['cpu']:6.2f} x   (bar 1.1)")
    began = time.process_time()
    with source.open("rb") as file:
        hashlib.file_digest(file, "sha256")
    hashing = time.process_time() - began
    start = run([*TERRORDB, "loads", "--db", database])["cpu"]
    again = load(source, database)["cpu"]
    print(
        f"  {'the same file again, CPU':28} {again:6.2f} s   (start {start:.2f} s, sha256 {hashing:.2f} s; bar: twice)"
    )
    some = load(changed(source, folder / "changed.csv"), database)["cpu"]
    print(f"  {'1 % changed, CPU':28} {some / ours['cpu']:6.2f} x   (bar 0.35)")
    load(source, fresh(database))
    undone = run([*TERRORDB, "undo", "load-1", "--db", database])["cpu"]
    print(f"  {'undo, CPU':28} {undone / ours['cpu']:6.2f} x   (bar 1)", flush=True)
    return ours["peak"]


def main():
    """Measure each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("maker", type=Path)
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as named:
        peaks = [measure(asked.maker, Path(named), rows, asked.rounds) for rows in asked.rows]
    print(f"memory from the least to the greatest: {peaks[-1] / peaks[0]:.2f} x (bar 2)")


if __name__ == "__main__":
    main()
