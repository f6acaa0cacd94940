#!/usr/bin/env python3
"""Measure the engine of names: how many spellings of one name it brings together, and how many of different people.

    python benchmarks/names.py [--misses HALF] [PAIRS ...]

First both halves of tests/values/pairs.csv; what was missed of either has been looked at since.  Then, where files or
folders PAIRS are given (a Latin and a Cyrillic token a line, a tab between, as the Wikidata list of
steveash/NETransliteration-COLING2018), the whole vocabulary of Cyrillic tokens is asked with every Latin token, and
what comes is ranked as `find` ranks it: the word itself, other spellings, the nearest first, and slips where there are
none.  The Latin tokens are halved by their hash: the tables of `values.schemes` were tuned on the first half alone.
"""

import csv
import hashlib
import sys
import time
from collections import defaultdict
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import OSA

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from terrordb.values.names import fold, latin
from terrordb.values.spelling import compare, keys, sought

OWN = Path(__file__).resolve().parent.parent / "tests" / "values" / "pairs.csv"
MANY, MOST, UNLIKE = 24, 64, 0.5  # as in `querying.names`: of more candidates only the likeliest are compared
SHORT, SLIPS = 4, 10  # letters of a key that may have one slip, not two; slips that are shown


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
                    print("     ", sought(left), keys(other))
            if row["same"] == "1":
                right, lost = right + (found is not None), lost + (found is None)
            else:
                wrong, refused = wrong + (found is not None), refused + (found is None)
        print(
            f"{half}: {right + lost} spellings of one name, found {right} (recall {right / (right + lost):.3f}); "
            f"{wrong + refused} look-alikes, taken {wrong} (precision {right / (right + wrong):.3f})"
        )


class Vocabulary:
    """Hold words as the database does: by their keys."""

    def __init__(self, found):
        self.words = sorted(found)
        self.latins = {word: latin(word) for word in self.words}
        self.index = defaultdict(list)
        began = time.process_time()
        for word in self.words:
            for key in keys(word):
                self.index[key].append(word)
        self.keyed = (time.process_time() - began) / len(self.words)

    def candidates(self, asked):
        """Give the words that are compared with an asked one, and all that share a key."""
        every = sorted({word for key in sought(asked) for word in self.index.get(key, ())})
        if len(every) <= MANY:
            return every, every
        forms = [self.latins[word] for word in every]
        scorer = OSA.normalized_distance
        near = process.extract(latin(asked), forms, scorer=scorer, score_cutoff=UNLIKE, limit=MOST)
        return [every[at] for *_, at in near], every

    def spelled(self, asked, among):
        """Give the words that are one name with an asked one, best first."""
        same = [(word, match) for word in among if (match := compare(asked, word))]
        key = latin(asked)
        same.sort(key=lambda one: (one[1].match != "exact", OSA.distance(key, self.latins[one[0]]), one[0]))
        return [word for word, _ in same]

    def slips(self, asked):
        """Give the words that differ from an asked one as by a slip of the pen, the nearest first."""
        key = latin(asked)
        if len(key) < SHORT - 1:
            return []
        far = 1 if len(key) <= SHORT else 2
        near = process.extract(key, list(self.latins.values()), scorer=OSA.distance, score_cutoff=far, limit=None)
        return [word for _, word in sorted((distance, self.words[at]) for _, distance, at in near)][:SLIPS]


def whole(path):
    """Print recall at 1 and at 10 and the precision of pairs of asking every Cyrillic token with every Latin one."""
    pairs = defaultdict(set)
    for file in [path] if path.is_file() else sorted(path.iterdir()):
        for line in file.read_text(encoding="utf-8").splitlines():
            one, other, *_ = line.split("\t")
            one, other = fold(one), fold(other.replace(" ", ""))
            if one and other:
                pairs[one].add(other)
    vocabulary = Vocabulary(set().union(*pairs.values()))
    halves = [defaultdict(int), defaultdict(int)]
    longest = []
    for one, others in pairs.items():
        count = halves[int(hashlib.sha256(one.encode()).hexdigest(), 16) % 2]
        compared, every = vocabulary.candidates(one)
        began = time.process_time()
        same = vocabulary.spelled(one, compared)
        if len(compared) == MOST:
            longest.append(time.process_time() - began)
        ranked = same or vocabulary.slips(one)
        count["asked"] += 1
        count["pairs"] += len(others)
        count["first"] += len(set(ranked[:1]) & others) > 0
        count["ten"] += len(set(ranked[:10]) & others) / len(others)
        count["spelled first"] += len(set(same[:1]) & others) > 0
        count["among"] += len(set(every) & others)
        count["candidates"] += len(every)
        count["taken"] += len(same)
        count["right"] += len(set(same) & others)
    print(f"{path.name}: {len(vocabulary.words)} Cyrillic words, keys of a word in {vocabulary.keyed * 1e6:.0f} us")
    if longest:
        print(f"  {MOST} candidates compared in {sorted(longest)[len(longest) // 2] * 1e3:.2f} ms (median)")
    every = {name: sum(half[name] for half in halves) for name in halves[0]}
    for name, count in zip(("all", "tuned half", "held half"), (every, *halves), strict=True):
        asked, total = count["asked"], count["pairs"]
        print(
            f"  {name}: {total} pairs, {asked} Latin words asked, {count['candidates'] / asked:.0f} candidates\n"
            f"    right one first {count['first'] / asked:.3f} (as exact or variant "
            f"{count['spelled first'] / asked:.3f}), among ten {count['ten'] / asked:.3f}; pairs taken for one name: "
            f"recall {count['right'] / total:.3f}, precision {count['right'] / max(count['taken'], 1):.3f}; "
            f"sharing a key {count['among'] / total:.3f}"
        )


def main():
    """Print what was asked for."""
    asked = sys.argv[1:]
    misses = []
    while "--misses" in asked:
        at = asked.index("--misses")
        misses.append(asked[at + 1])
        del asked[at : at + 2]
    own(misses)
    for path in asked:
        whole(Path(path))


if __name__ == "__main__":
    main()
