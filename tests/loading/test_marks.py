"""Later states of a list: rows that are as they were are not read, and all comes out as if they had been.

Nobody here has ever lived.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from terrordb.errors import BadData
from terrordb.loading import lists
from terrordb.loading.marks import Marks, marker
from terrordb.loading.tallies import differing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.loading.conftest import Desk

    from terrordb.loading.keeping import Outcome

HEADER = "№;Фамилия;Имя;Дата рождения;Дата ареста;Приговор;Дата расстрела;Реабилитирован;Примечание"
SURNAMES = ("Вымыслов", "Придумкин", "Небылицын", "Несуществуев", "")
DATES = ("1937", "5.11.1937", "31.02.1938", "", "н/д")
ENDS = ("ВМН;20.12.1937;12.05.1957", "10 лет ИТЛ;;", "ссылка;;1989", ";;", "невнятно;;")


def row(number: int, chance: random.Random) -> str:
    """Make a row; one in five has no surname, and can be no record."""
    surname, note = chance.choice(SURNAMES), f"дом {chance.randrange(3)}"
    given, born = chance.choice(("Иван", "Анна")), chance.choice(("1890", "ок. 1900", ""))
    return f"{number};{surname};{given};{born};{chance.choice(DATES)};{chance.choice(ENDS)};{note}"


def later(rows: list[str], chance: random.Random, *, twice: bool) -> list[str]:
    """Make the next state of a list: rows changed, gone, new, moved, and where asked rows that stand twice."""
    made = list(rows)
    at = chance.randrange(len(made))
    made[at] = row(chance.randrange(12), chance) if twice else changed(made[at], chance)
    del made[chance.randrange(len(made))]
    made.insert(chance.randrange(len(made)), row(100 + chance.randrange(10**6), chance))
    made.insert(chance.randrange(len(made)), chance.choice(("Список второй;;;;;;;;", f"Итого;{len(made)};;;;;;;")))
    made.append(made.pop(0))
    if twice:
        made.insert(chance.randrange(len(made)), chance.choice(made))
    return made


def changed(one: str, chance: random.Random) -> str:
    """Give a row another note."""
    return one.rpartition(";")[0] + f";дом {10 + chance.randrange(90)}"


def read(desk: Desk, text: str, *, whole: bool) -> tuple[lists.Ready, Outcome]:
    """Load a list as `terrordb load` does; with `whole` every row of it is read."""
    path = desk.write("list.csv", text)
    asked = lists.Asked(kind="persons", source="Invented list", whole=whole)
    ready = lists.prepare(desk.engine, [path], asked, lambda _stage, _rows, _total=0: None)
    return ready, lists.keep(desk.engine, ready, label="list.csv")


def told(outcome: Outcome) -> dict[str, Any]:
    """Give what a load says it did."""
    kinds = {kind: {k: n for k, n in counts.items() if n} for kind, counts in outcome.kinds.items()}
    said = {name: value for name, value in vars(outcome).items() if name not in ("table", "of_tables")}
    return said | {"kinds": {kind: counts for kind, counts in kinds.items() if counts}}


def kept(desk: Desk) -> dict[str, list[tuple[Any, ...]]]:
    """Read all that the database holds but for its journal, which has times and digests of files."""
    return {name: rows for name, rows in desk.everything().items() if name != "loads"}


@pytest.mark.parametrize("numbered", [True, False], ids=["numbered", "by content"])
@pytest.mark.parametrize("twice", [False, True], ids=["each once", "some twice"])
@pytest.mark.parametrize("seed", range(4))
def test_later_states_come_out_alike(new_desk: Callable[[], Desk], seed: int, *, numbered: bool, twice: bool) -> None:
    """Five states of a list, by their marks and wholly read: the same rows, counts, words, changes and ids."""
    chance = random.Random(seed)
    quick, slow = new_desk(), new_desk()
    rows = [row(n, chance) for n in range(12)]
    passed = 0
    for _ in range(5):
        text = "\n".join([HEADER, *rows]) + "\n"
        if not numbered:
            text = "\n".join(line.partition(";")[2] for line in text.splitlines())
        (ready, one), (_, other) = (read(quick, text, whole=False), read(slow, text, whole=True))
        assert told(one) == told(other)
        assert kept(quick) == kept(slow)
        passed += sum(mapped.stood for mapped in ready.mapped)
        for mapped in ready.mapped:
            stored = one.kinds["persons"]
            counted = stored["added"] + stored["changed"] + stored["unchanged"] + sum(mapped.set_aside.values())
            assert mapped.read == counted
        rows = later(rows, chance, twice=twice)
    assert twice or passed > 0  # or nothing was compared
    with quick.engine.connect() as connection:
        assert not list(differing(connection))
    assert quick.sound()
    assert quick.hash() == quick.hash_of_cells()


def test_an_undo_puts_the_marks_back(desk: Desk) -> None:
    """After the undo of a later state the former one is known again, and the later one is read by what differs."""
    first = f"{HEADER}\n1;Вымыслов;Иван;1890;1937;;;;дом 7\n2;Придумкин;Лука;1901;1938;;;;дом 8\n"
    read(desk, first, whole=False)
    before = kept(desk)
    second = first.replace("дом 8", "дом 9")
    ready, outcome = read(desk, second, whole=False)
    assert (ready.mapped[0].stood, outcome.kinds["persons"]["changed"], outcome.unchanged) == (1, 1, 3)
    desk.undo(str(outcome.load))
    assert kept(desk) == before
    ready, outcome = read(desk, second, whole=False)
    assert (ready.mapped[0].stood, outcome.kinds["persons"]["changed"]) == (1, 1)
    assert desk.sound()


def test_a_load_between_reading_and_keeping_is_noticed(desk: Desk) -> None:
    """What stood when the file was read must stand when it is kept: else it is refused, and nothing has changed."""
    first = f"{HEADER}\n1;Вымыслов;Иван;1890;1937;;;;дом 7\n2;Придумкин;Лука;1901;1938;;;;дом 8\n"
    read(desk, first, whole=False)
    path = desk.write("list.csv", first.replace("дом 8", "дом 9"))
    asked = lists.Asked(kind="persons", source="Invented list")
    ready = lists.prepare(desk.engine, [path], asked, lambda _stage, _rows, _total=0: None)
    read(desk, first.replace("дом 7", "дом 6"), whole=False)
    before = kept(desk)
    with pytest.raises(BadData, match="another load changed rows of the list invented-list meanwhile"):
        lists.keep(desk.engine, ready, label="list.csv")
    assert kept(desk) == before


def test_marks_are_met_once_each() -> None:
    """Of two equal rows each is met once; what has no mark is met by none; a cell's end is part of its words."""
    mark = marker(b"one way")
    rows = [["a", "b"], ["a", "b"], ["ab", ""], ["", "ab"]]
    assert len({mark(cells) for cells in rows}) == 3
    assert mark(["a"]) != marker(b"another")(["a"])
    marks = Marks("load-1", "", [*((key, mark(cells)) for key, cells in enumerate(rows)), (9, None)])
    assert [marks.meet(mark(["a", "b"])) for _ in range(3)] == [True, True, False]
    assert marks.meet(mark(["", "ab"]))
    marks.settle()
    assert list(marks.unmet) == [2, 9]


def test_the_report_says_what_was_passed_over(desk: Desk, tmp_path: Path) -> None:
    """Flags are told of the rows that were read, and the report says so; every row is accounted for."""
    from terrordb.reports.loading import load_report, summary

    first = f"{HEADER}\n1;Вымыслов;Иван;1890;31.02.1938;;;;дом 7\n2;Придумкин;Лука;1901;31.02.1938;;;;дом 8\n"
    read(desk, first, whole=False)
    ready, outcome = read(desk, first.replace("дом 8", "дом 9"), whole=False)
    (mapped,) = ready.mapped
    assert summary(mapped, outcome) == "list.csv: 2 rows read = 1 stored + 1 unchanged + 0 set aside"
    assert mapped.flagged == 1
    told = load_report([mapped], outcome, dry=False, rejected={})
    assert "Not read again, as load-1 left them so: 1 row." in repr(list(told.sections))


def test_rows_that_other_loads_brought_are_counted(desk: Desk) -> None:
    """Rows that came with the file of another list, or were set aside and mended, are unchanged as any others."""
    from terrordb.reports.loading import summary

    def go(*paths: Path, **asked: Any) -> str:
        told = lists.Asked(**{"kind": "persons", "source": "Invented list", **asked})
        ready = lists.prepare(desk.engine, list(paths), told, lambda _stage, _rows, _total=0: None)
        outcome = lists.keep(desk.engine, ready, label="lists")
        return f"{summary(ready.mapped[0], outcome)}; {ready.mapped[0].stood} passed over"

    first = f"{HEADER}\n1;Вымыслов;Иван;1890;1937;;;;дом 7\n2;Придумкин;Лука;1901;1938;;;;дом 8\n"
    one, other = desk.write("one.csv", first), desk.write("other.csv", first.replace("дом", "д."))
    go(one, other, source=None)
    desk.write("one.csv", first.replace("дом 8", "дом 9"))
    said = "one.csv: 2 rows read = 1 stored + 1 unchanged + 0 set aside; 1 passed over"
    assert go(one, source=None) == said
    torn = first.replace("1;Вымыслов", "1;")
    go(desk.write("list.csv", torn))
    aside = desk.write(
        "aside.csv", f"{HEADER};set aside: line;set aside: reason\n{first.splitlines()[1]};2;no Фамилия\n"
    )
    go(aside)
    path = desk.write("list.csv", first.replace("дом 8", "дом 9"))
    assert go(path, whole=True) == "list.csv: 2 rows read = 1 stored + 1 unchanged + 0 set aside; 0 passed over"
    desk.write("list.csv", first)
    assert go(path) == said.replace("one.csv", "list.csv")
    assert desk.sound()
