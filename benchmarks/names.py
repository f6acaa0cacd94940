#!/usr/bin/env python3
"""Measure the engine of names: how many spellings of one name it brings together, and how many of different people.

    python benchmarks/names.py [--misses HALF] [PAIRS]

First both halves of tests/values/pairs.csv, of which only the tuned one was ever looked at while tuning.  Then, where a
file or folder PAIRS is given (a Latin and a Cyrillic token a line, a tab between, as the Wikidata list of
steveash/NETransliteration-COLING2018), the whole vocabulary of Cyrillic tokens is asked with every Latin token.
"""

import csv
import sys
import time
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from terrordb.values.names import fold, latin
from terrordb.values.spelling import compare, distance, keys

OWN = Path(__file__).resolve().parent.parent / "tests" / "values" / "pairs.csv"


def own(misses):
    """Print recall and precision of each half of the table of pairs."""
    with OWN.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for half in ("tuned", "held"):
        right = wrong = lost = refused = 0
        for row in rows:
            if row["half"] != half:
                continue
            left, other = fold(row["left"]), fold(row["right"])
            found = compare(left, other)
            if half in misses and (found is None) == (row["same"] == "1"):
                print(f"  {'missed' if found is None else 'wrong'} {left} {other} {found.why if found else ''}")
                if found is None:
                    print("     ", keys(left), keys(other))
            if row["same"] == "1":
                right, lost = right + (found is not None), lost + (found is None)
            else:
                wrong, refused = wrong + (found is not None), refused + (found is None)
        print(
            f"{half}: {right + lost} spellings of one name, found {right} (recall {right / (right + lost):.3f}); "
            f"{wrong + refused} look-alikes, taken {wrong} (precision {right / (right + wrong):.3f})"
        )


def whole(path):
    """Print recall at 1 and at 10 and the precision of pairs of asking every Cyrillic token with every Latin one."""
    pairs = defaultdict(set)
    for file in [path] if path.is_file() else sorted(path.iterdir()):
        for line in file.read_text(encoding="utf-8").splitlines():
            one, other, *_ = line.split("\t")
            one, other = fold(one), fold(other.replace(" ", ""))
            if one and other:
                pairs[one].add(other)
    vocabulary = sorted(set().union(*pairs.values()))
    began = time.perf_counter()
    index = defaultdict(list)
    rows = 0
    for word in vocabulary:
        for key in keys(word):
            index[key].append(word)
            rows += 1
    keyed = time.perf_counter() - began
    first = ten = among = taken = right = compared = 0
    known = defaultdict(set)
    for one, others in pairs.items():
        known[latin(one)] |= others
    began = time.perf_counter()
    for one, others in pairs.items():
        candidates = {word for key in keys(one) for word in index.get(key, ())}
        compared += len(candidates)
        same = {word for word in candidates if compare(one, word)}
        taken += len(same)
        right += len(same & others)
        ranked = sorted(candidates, key=lambda word: (word not in same, distance(one, word), word))
        first += len(set(ranked[:1]) & others) > 0
        ten += len(set(ranked[:10]) & others) / len(others)
        among += len(candidates & others) / len(others)
    asked = time.perf_counter() - began
    total = sum(map(len, pairs.values()))
    print(
        f"{path.name}: {total} pairs, {len(pairs)} Latin words asked of {len(vocabulary)} Cyrillic ones, "
        f"{rows / len(vocabulary):.2f} keys a word at {keyed / len(vocabulary) * 1e6:.0f} us, "
        f"{compared / len(pairs):.0f} candidates, {asked / compared * 1e6:.0f} us each\n"
        f"  right one first {first / len(pairs):.3f}, among ten {ten / len(pairs):.3f}, "
        f"among all candidates {among / len(pairs):.3f}\n"
        f"  taken for one name: {right} of {total} pairs (recall {right / total:.3f}), "
        f"precision {right / max(taken, 1):.3f}"
    )


def main():
    """Print what was asked for."""
    asked = sys.argv[1:]
    misses = []
    if "--misses" in asked:
        at = asked.index("--misses")
        misses = [asked[at + 1]]
        del asked[at : at + 2]
    own(misses)
    for path in asked:
        whole(Path(path))


if __name__ == "__main__":
    main()
