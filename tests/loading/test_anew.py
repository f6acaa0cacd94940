"""Lists read anew from what was kept of them: nothing is lost, so the same profile changes nothing.

Nobody in the lists that are made here has ever lived.
"""

from __future__ import annotations

import hashlib
import signal
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.conftest import GIVEN
from tests.loading.test_mapped import ODD, USUAL

from terrordb import database, models
from terrordb.errors import TerrorDBError
from terrordb.loading import lists
from terrordb.loading.anew import lists_of
from terrordb.loading.mapped import OWN_ID
from terrordb.loading.profiles import as_json, from_json, read_profile
from terrordb.loading.tables import open_tables

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.loading.conftest import Desk

    from terrordb.loading.keeping import Outcome

REAL = GIVEN.parents[1] / "data" / "real"
TABLES = (
    ("north_ossetia/1_Sev_Osetia.xlsx", "north-ossetia"),
    ("women_executed/women_executed_flat.tsv", "executed-women"),
    ("argentina_ruvte/victimas-accionar-represivo-ilegal.csv", "argentina"),
    ("chile_pinochet/pinochet.csv", "chile"),
    ("catalonia_executed/Executats pel franquisme a Catalunya.xlsx", "catalonia"),
)
Told = dict[str, dict[str, int]]


def step(stage: str, rows: int, total: int = 0) -> None:
    """Take how far it is."""
    assert stage
    assert min(rows, total) >= 0


def load(desk: Desk, path: Path, **asked: Any) -> tuple[lists.Ready, Outcome]:
    """Load a list as `terrordb load` does; what is set aside goes into a folder of ours."""
    told = lists.Asked(**{"source": "Invented list", "rejected": desk.folder / "rejected.csv", **asked})
    ready = lists.prepare(desk.engine, [path], told, step)
    return ready, lists.keep(desk.engine, ready, label=path.name)


def anew(desk: Desk, load: str, profile: Path | None = None, *, dry: bool = False) -> tuple[lists.Ready, Outcome]:
    """Read a list anew as `terrordb reload` does."""
    ready = lists.prepare_anew(desk.engine, load, profile, None, step)
    return ready, lists.keep(desk.engine, ready, label=f"{load} anew", dry=dry)


def told(outcome: Outcome) -> Told:
    """Give what a load did, by kind."""
    return {kind: {k: n for k, n in counts.items() if n} for kind, counts in outcome.kinds.items()}


def stays(desk: Desk, named: str = "load-1") -> lists.Ready:
    """Read a list anew by the profile that it was read by: not one row may change."""
    before = desk.everything()
    ready, outcome = anew(desk, named)
    assert outcome.load is None
    assert {what for counts in told(outcome).values() for what in counts} <= {"unchanged"}
    assert desk.everything() == before
    return ready


@pytest.mark.given
@pytest.mark.parametrize(("file", "profile"), TABLES, ids=[profile for _, profile in TABLES])
def test_real_tables_stay_as_they_are(desk: Desk, file: str, profile: str) -> None:
    """A table that nobody here wrote, loaded and read anew by its shipped profile: the same records, to the last."""
    ready, outcome = load(desk, REAL / file, profile=Path(profile))
    again = stays(desk, str(outcome.load))
    (one,), (other,) = ready.mapped, again.mapped
    assert (other.read, other.flagged, dict(other.flags)) == (one.taken, one.flagged, dict(one.flags))
    assert desk.sound()


@pytest.mark.given
def test_aliases_and_figures_stay_as_they_are(desk: Desk) -> None:
    """Rows told of persons who are there, and rows of which each makes a figure, are read anew too."""
    for file, profile in (("victimas-accionar-represivo-ilegal.csv", "argentina"), ("apodos.csv", "argentina-aliases")):
        load(desk, REAL / "argentina_ruvte" / file, profile=Path(profile))
    stays(desk, "load-2")
    figures = REAL / "gulag_camps" / "camp-statistics.sql"
    _, outcome = load(desk, figures, source=None, profile=Path("gulag-camps-yearly"))
    stays(desk, str(outcome.load))


@pytest.mark.parametrize("named", [None, "Another source"])
def test_the_source_of_a_profile_gives_way(desk: Desk, tmp_path: Path, named: str | None) -> None:
    """It is the list's own, of whichever kind it is told, unless another is named; and it is so in a reading anew."""
    path, profile = desk.write("list.csv", "№,Name\n1,Invented One\n"), tmp_path / "list.toml"
    profile.write_text(
        '[list]\nkind = "cases"\nrecord_no = "№"\n[persons]\nname = "Name"\n[constants.cases]\nsource = "told-source"\n'
    )
    ready = lists.prepare(desk.engine, [path], lists.Asked(profile=profile, source=named), step)
    lists.keep(desk.engine, ready, label=path.name)
    of = "another-source" if named else "told-source"
    for kind in ("persons", "cases"):
        assert list(desk.cells(kind)) == [f"{of}:1"]
    assert list(desk.cells("sources")) == [of]
    stays(desk)


PROFILE = (
    '[list]\nkind = "cases"\nusual = true\nrecord_no = "№"\nlocator = "{Книга}, p. {Страница}"\n'
    'unknown = ["не указано"]\n[cases]\nsentence = "Приговор"\n[constants.cases]\ncharge = "as listed"\n'
)
SPLIT = (
    '[list]\nkind = "cases"\n[persons]\nname = "who:name"\nborn = "who:born"\n[cases]\narrested = "seized {n}"\n'
    'charge = { columns = ["a", "b"], join = "; " }\noutcome = "end"\nexecuted = "day"\n[rehabilitations]\n'
    'date = "cleared"\nstage = "stage"\n[constants.persons]\noccupation = "invented"\n'
    '[values.a]\nX = "an invented charge"\n[values."cases.outcome"]\nShot = "executed"\n'
    "[[split]]\ncolumn = 'who'\npattern = '^(?P<name>.+?)   ?(?P<born>\\d{4})'\n"
)
FACTS = (
    "who,seized 1,seized 2,a,b,end,day,cleared,stage,note\n"
    "Invented One   1901,1937,1941,x,y,Shot,,,,of no field\n"
    "Invented  Two  1902,5.11.1937,,,,,1938-01-02,,refused,\n"
    "Invented Three  1903,,1938,x,,executed,,1957,,\n"
    "Invented Three  1903,,1938,x,,executed,,1957,,\n"
    "Invented Four  1904,,1938,,y,,1938,1957,granted,\n"
)


@pytest.mark.parametrize(
    ("list_text", "profile"),
    [(USUAL + "".join(ODD[n % len(ODD)] for n in range(40)), PROFILE), (FACTS, SPLIT), (USUAL + ODD[0], "")],
    ids=["odd", "split", "drafted"],
)
def test_made_lists_stay_as_they_are(desk: Desk, list_text: str, profile: str) -> None:
    """Joined, parted and numbered cells, constants, rules, patterns with a part lacking, rows that stand twice."""
    path, by = desk.write("list.csv", list_text), desk.write("list.toml", profile)
    load(desk, path, **({"profile": by} if profile else {"kind": "cases"}))
    stays(desk)
    assert desk.sound()


def test_cells_are_given_back(desk: Desk) -> None:
    """Row by row what was read is what the file says, but for spaces and the words that mean nothing."""
    path, by = desk.write("list.csv", FACTS), desk.write("list.toml", SPLIT)
    load(desk, path, profile=by)
    (found,) = lists_of(desk.engine, "load-1")
    (table,) = open_tables(path)
    rows = list(found.table.rows(lambda *_: None))
    assert [(line, cells[:-1]) for line, cells in rows] == [
        (line, [" ".join(cell.split()) if n else cell for n, cell in enumerate(cells)])
        for line, cells in table.rows(lambda *_: None)
    ]
    assert found.table.header[-1] == OWN_ID
    ids = [cells[-1] for _, cells in rows]
    assert ids[3] == f"{ids[2]}-2"  # of two equal rows
    assert len(set(ids)) == 5


NAMES = (
    '[list]\nrecord_no = "№"\n[persons]\nname = ["a", "b", "c"]\ndied = "c"\n[values.b]\n"Inv." = "Invented"\n',
    "№,a,b,c\n1,Someone,Inv.,Made\n2,Someone,Inv.,\n3,Someone,Invented,Made\n4,Someone,,1937\n",
    ["Someone Invented Made", "Someone Invented", "Someone Invented Made", "Someone 1937"],
)
FILLED = (
    '[list]\nrecord_no = "№"\n[persons]\nname = "a"\nnamed = "b"\nstatus = "c"\n',
    "№,a,b,c\n1,Invented One,yes,dubious\n2,Invented Two,,\n3,Invented Three,0,Contested\n",
    ["Invented One", "Invented Two", "Invented Three"],
)
REWRITTEN = (
    (
        '[list]\nkind = "places"\nrecord_no = "№"\n[places]\nname = "a"\naliases = "b"\nlatitude = "c"\n'
        '[constants.places]\nkind = "city"\n'
    ),
    "№,a,b,c\n1,Invented Field,x;y,55.0\n2,Made-up Field,x; y,55\n3,No Field, ; ,5.50\n",
    ["Invented Field", "Made-up Field", "No Field"],
)
SHARED = (
    (
        '[list]\nrecord_no = "№"\n[persons]\nname = "a"\nsex = "b"\nnamed = "c"\nstatus = "d"\n'
        'occupation = "b"\nparty = "c"\n'
    ),
    "№,a,b,c,d\n1,Invented One,м,yes,\n2,Invented Two,Male,,stands\n3,Invented Three,,,\n",
    ["Invented One", "Invented Two", "Invented Three"],
)
TAKEN = (  # by the list itself, or an id of our own
    '[list]\nrecord_no = "№"\n[persons]\nname = "a"\nrecord_no = "b"\nlocator = "c"\n',
    "№,a,b,c,terrordb: id\n1,Invented One,17,p. 3,x\n2,Invented Two,,,no id of ours: A/b\n",
    ["Invented One", "Invented Two"],
)
SPACED = (
    (
        '[list]\nrecord_no = "№"\n[persons]\nname = "who:name"\noccupation = "who"\n'
        "[[split]]\ncolumn = 'who'\npattern = '^(?P<name>.+?)  '\n"
    ),
    "№,who,note\n1,Invented One  1901,\n",
    ["Invented One"],
)


@pytest.mark.parametrize(
    "made",
    [NAMES, FILLED, REWRITTEN, SHARED, TAKEN, SPACED],
    ids=["names", "filled", "rewritten", "shared", "taken", "spaces"],
)
def test_cells_that_a_field_changes_are_given_back(desk: Desk, made: tuple[str, str, list[str]]) -> None:
    """Names of which one part was reworded, fields that are filled where nothing stands, yes for true, 10.0 for 10."""
    profile, text, names = made
    path = desk.write("list.csv", text)
    ready, _ = load(desk, path, profile=desk.write("list.toml", profile))
    (found,) = lists_of(desk.engine, "load-1")
    rows = list(found.table.rows(lambda *_: None))
    assert [cells[:-1] for _, cells in rows] == [list(map(str.strip, one.split(","))) for one in text.splitlines()[1:]]
    assert [one["name"] for one in desk.cells(ready.mapped[0].profile.main).values()] == names
    stays(desk)
    assert desk.sound()


LIST = (
    "№;Фамилия;Имя;Дата ареста;Приговор;Реабилитирован;Профессия\n"
    "1;Вымыслов;Иван;5.11.1937;в/м;12.05.1957;кузнец\n2;Придумкин;Лука;1938;10 лет ИТЛ;;\n"
)
BETTER = (
    '[list]\nkind = "cases"\nrecord_no = "№"\n[persons]\nname = ["Фамилия", "Имя"]\nparty = "Профессия"\n'
    '[cases]\narrested = "Дата ареста"\nsentence = "Приговор"\n[values."cases.sentence"]\n"в/м" = "ВМН"\n'
)


def test_a_better_profile(desk: Desk) -> None:
    """Words that it understands are understood, what it no longer maps stays verbatim; its undo takes it all back."""
    load(desk, desk.write("list.csv", LIST), kind="cases")
    before, hashed = desk.everything(), desk.hash()
    ready, outcome = anew(desk, "load-1", desk.write("better.toml", BETTER))
    assert told(outcome) == {
        "persons": {"changed": 1, "unchanged": 1},
        "cases": {"changed": 1, "unchanged": 1},
        "rehabilitations": {"removed": 1},
    }
    person, other = (desk.cells("persons")[f"invented-list:{n}"] for n in (1, 2))
    assert (person["party"], person["rest"]) == ("кузнец", '{"Реабилитирован":"12.05.1957","Приговор":"в/м"}')
    assert "rest" not in other
    assert "occupation" not in person
    case = desk.cells("cases")["invented-list:1"]
    assert (case["sentence"], case["sentence_kind"], case["arrested"]) == ("ВМН", "vmn", "5.11.1937")
    assert desk.cells("rehabilitations") == {}
    assert desk.column("persons", "row_no") == {"invented-list:1": 2, "invented-list:2": 3}
    assert desk.sound()
    assert desk.hash() == desk.hash_of_cells() != hashed
    stays(desk, str(outcome.load))
    assert ready.mapped[0].read == 2
    _, back = anew(desk, "load-1", desk.write("worse.toml", BETTER.replace("Профессия", "Реабилитирован")))
    assert told(back)["persons"] == {"changed": 1, "unchanged": 1}
    desk.undo(str(back.load))
    desk.undo(str(outcome.load))
    after = desk.everything()
    assert desk.hash() == hashed
    assert {name: rows for name, rows in after.items() if name != "loads"} == {
        name: rows for name, rows in before.items() if name != "loads"
    } | {name: after[name] for name in ("name_words", "word_keys", "word_tails", "word_deletes", "stems")}


def test_a_dry_run_and_the_file_afterwards(desk: Desk) -> None:
    """A dry run tells and changes nothing; the file itself, read by the better profile, is then as what stands."""
    path, by = desk.write("list.csv", LIST), desk.write("better.toml", BETTER)
    load(desk, path, kind="cases")
    before = desk.everything()
    _, outcome = anew(desk, "load-1", by, dry=True)
    assert outcome.changed == 2
    assert desk.everything() == before
    anew(desk, "load-1", by)
    _, outcome = load(desk, path, profile=by)
    assert (outcome.load, outcome.unchanged) == (None, 4)


def test_ids_stay(desk: Desk) -> None:
    """A profile with another number of the rows changes no id, and it is said that the file would."""
    load(desk, desk.write("list.csv", LIST), kind="cases")
    before = set(desk.cells("persons"))
    by = desk.write("better.toml", BETTER.replace('record_no = "№"\n', ""))
    ready, outcome = anew(desk, "load-1", by)
    assert outcome.changed > 0
    assert set(desk.cells("persons")) == before
    assert any("rows keep the ids that another record_no gave them" in said for said in ready.said)


def test_a_load_meanwhile(desk: Desk) -> None:
    """What another load or an undo did between reading and keeping is not written over."""
    load(desk, desk.write("list.csv", LIST), kind="cases")
    by = desk.write("better.toml", BETTER)
    ready = lists.prepare_anew(desk.engine, "load-1", by, None, step)
    _, other = load(desk, desk.write("list.csv", LIST.replace("кузнец", "столяр")), kind="cases")
    before = desk.everything()
    with pytest.raises(TerrorDBError, match="another load came, or went"):
        lists.keep(desk.engine, ready, label="anew")
    assert desk.everything() == before
    ready = lists.prepare_anew(desk.engine, "load-1", by, None, step)
    desk.undo(str(other.load))
    with pytest.raises(TerrorDBError, match="another load came, or went"):
        lists.keep(desk.engine, ready, label="anew")


def test_others_write_while_rows_are_read(desk: Desk) -> None:
    """On a reading connection no lock is held; what is written meanwhile is noticed when the rows are to be kept."""
    load(desk, desk.write("list.csv", LIST), kind="cases")
    reading = database.reader(desk.engine.url)
    (found,) = lists_of(reading, "load-1")
    with closing(found.table.rows(lambda *_: None)) as rows:
        next(rows)
        desk.load({"sources.csv": "id,title,kind\nother,Another Book (invented),book\n"})
        assert len(list(rows)) == 1
    ready = lists.prepare_anew(reading, "load-1", desk.write("better.toml", BETTER), None, step)
    desk.undo("load-2")
    assert lists.keep(desk.engine, ready, label="anew").changed == 2
    reading.dispose()


def test_an_interrupt_changes_nothing(desk: Desk) -> None:
    """Ctrl-C at each step of what is kept leaves the database as it was, and then all of it can be done."""
    load(desk, desk.write("list.csv", LIST), kind="cases")
    by, before, hashed = desk.write("better.toml", BETTER), desk.everything(), desk.hash()
    steps = 0
    interrupted_at = 1

    def interrupt(stage: str, rows: int, total: int = 0) -> None:
        nonlocal steps
        step(stage, rows, total)
        steps += 1
        if steps == interrupted_at:
            signal.raise_signal(signal.SIGINT)

    while True:
        steps = 0
        ready = lists.prepare_anew(desk.engine, "load-1", by, None, step)
        try:
            outcome = lists.keep(desk.engine, ready, label="anew", progress=interrupt)
        except KeyboardInterrupt:
            assert (desk.hash(), desk.everything()) == (hashed, before)
            interrupted_at += 1
        else:
            break
    assert interrupted_at > 4
    assert (outcome.load, outcome.changed) == ("load-2", 2)
    assert desk.sound()


def test_lists_of_an_older_schema(desk: Desk) -> None:
    """One of revision 0005 does not say how lists were read: they load again, and what changed is read anew."""
    path = desk.write("list.csv", LIST)
    load(desk, path, kind="cases")
    hashed = desk.hash()
    database.migrate(desk.engine, "0005")
    database.migrate(desk.engine)
    assert desk.hash() == hashed
    with pytest.raises(TerrorDBError, match="load-1 does not say how its rows were read") as refusal:
        anew(desk, "load-1")
    assert "terrordb undo load-1, and load the file again" in str(refusal.value)
    ready, outcome = load(desk, path, kind="cases")
    assert (len(ready.standing), outcome.load) == (1, None)  # that it is the same file is known all the same
    load(desk, desk.write("list.csv", LIST.replace("кузнец", "столяр")), kind="cases")
    with pytest.raises(TerrorDBError, match="all were corrected, or replaced"):  # its case is of load-1
        anew(desk, "load-2")
    desk.undo("load-2")
    desk.undo("load-1")
    load(desk, desk.write("list.csv", LIST), kind="cases")
    assert stays(desk, "load-3").mapped[0].read == 2
    assert (desk.hash(), desk.sound()) == (hashed, True)


def test_a_list_that_is_there_no_more(desk: Desk) -> None:
    """It may have gone while the journal was read: that is said, with what can be done."""
    load(desk, desk.write("list.csv", LIST), kind="cases")
    with desk.engine.begin() as connection:
        connection.execute(models.kind("sources").__table__.update().values(id="another"))
    with pytest.raises(TerrorDBError, match="the list invented-list that load-1 read is there no more") as refusal:
        anew(desk, "load-1")
    assert "terrordb loads shows what stands" in str(refusal.value)


def test_corrected_rows_stay_as_they_are(desk: Desk) -> None:
    """What somebody corrected since is not read anew, and it is said how much that is."""
    load(desk, desk.write("list.csv", LIST.replace("кузнец", "")), kind="cases")
    desk.load({"cases.csv": "id,person,charge,source_id\ninvented-list:2,invented-list:2,mended,invented-list\n"})
    ready, outcome = anew(desk, "load-1", desk.write("better.toml", BETTER.replace("party", "occupation")))
    assert ready.mapped[0].read == 1
    assert "list.csv: left as they are: 1 persons of which a record was corrected since" in ready.said
    assert told(outcome)["cases"] == {"changed": 1}
    assert desk.cells("cases")["invented-list:2"]["charge"] == "mended"
    desk.load({"persons.csv": "id,name,source_id\ninvented-list:1,Вымыслов Ной,invented-list\n"})
    with pytest.raises(TerrorDBError, match="all were corrected, or replaced"):
        anew(desk, "load-1")


TOLD_OF = {  # rows of persons who are in the list already
    "cases": (
        '[list]\nkind = "cases"\nrecord_no = "D"\n[cases]\nperson = "№"\narrested = "Day"\n',
        "D;№;Day\n21;2;1949\n22;1;1950\n",
    ),
    "aliases": (
        '[list]\nkind = "person_names"\nrecord_no = "A"\n[person_names]\nperson = "№"\ntext = "Said"\n',
        "A;№;Said\n1;1;Выдумщик\n12;1;Небылица\n",
    ),
}


def test_rows_that_other_loads_hang_on_persons(desk: Desk) -> None:
    """Persons with aliases and cases of other loads are read anew, and those rows stay; corrected ones are left."""
    load(desk, desk.write("list.csv", LIST), kind="cases")
    for name, (profile, text) in TOLD_OF.items():
        load(desk, desk.write(f"{name}.csv", text), profile=desk.write(f"{name}.toml", profile))
    assert set(desk.cells("cases")) == {f"invented-list:{n}" for n in (1, 2, 21, 22)}
    others = {(kind, n): desk.cells(kind)[f"invented-list:{n}"] for kind, n in (("cases", 21), ("person_names", 1))}
    stays(desk)
    by = desk.write("better.toml", BETTER)
    ready, outcome = anew(desk, "load-1", by)
    assert ready.mapped[0].read == 2
    assert not any("corrected since" in said for said in ready.said)
    assert told(outcome) == {
        "persons": {"changed": 1, "unchanged": 1},
        "cases": {"changed": 1, "unchanged": 1},
        "rehabilitations": {"removed": 1},
    }
    assert {(kind, n): desk.cells(kind)[f"invented-list:{n}"] for kind, n in others} == others
    assert desk.sound()
    # A mended alias is no row of the list; a profile whose rows would stand in another load's place is refused.
    load(desk, desk.write("aliases.csv", text.replace("Небылица", "Небыль")), profile=desk.write("by.toml", profile))
    before = desk.everything()
    with pytest.raises(TerrorDBError, match="'invented-list:1' is one of the person_names of load-3") as refusal:
        anew(desk, "load-1", desk.write("more.toml", BETTER + '[person_names]\ntext = "Профессия"\n'))
    assert "leave what makes it out of the profile" in str(refusal.value)
    assert desk.everything() == before
    stays(desk, str(outcome.load))
    desk.load({"cases.csv": "id,person,charge,source_id\ninvented-list:1,invented-list:1,mended,invented-list\n"})
    ready, _ = anew(desk, "load-1", by)
    assert ready.mapped[0].read == 1
    assert "list.csv: left as they are: 1 persons of which a record was corrected since" in ready.said


def test_a_reviewed_word_is_understood(desk: Desk) -> None:
    """A term that somebody reviewed after the load points the rows to its record, and their words stay."""
    text = "№;Фамилия;Место захоронения\n1;Вымыслов;Выдуманное поле\n2;Придумкин;Другое поле\n"
    load(desk, desk.write("list.csv", text), kind="cases")
    term = next(id_ for id_, one in desk.cells("terms").items() if one["text"] == "Выдуманное поле")
    desk.load(
        {
            "places.csv": "id,name,kind,source_id\nfield,Invented Field,burial_ground,invented-list\n",
            "terms.csv": "id,field,text,refers_to,reviewed_by\n"
            f"{term},cases.burial_place,Выдуманное поле,places/field,an invented reviewer\n",
        }
    )
    _, outcome = anew(desk, "load-1")
    assert told(outcome)["cases"] == {"changed": 1, "unchanged": 1}
    assert {id_: one.get("burial_place") for id_, one in desk.cells("cases").items()} == {
        "invented-list:1": "field",
        "invented-list:2": None,
    }
    assert desk.cells("persons")["invented-list:1"]["rest"] == '{"Место захоронения":"Выдуманное поле"}'
    stays(desk, "load-1")


@pytest.mark.parametrize(
    ("named", "profile", "said"),
    [
        ("load-9", "", "there is no load 'load-9'"),
        ("load-1", "", "load-1 does not say how its rows were read"),
        (
            "load-2",
            '[list]\nkind = "places"\n[places]\nname = "№"\n',
            "rows make places, those of the list are persons",
        ),
        ("load-2", BETTER.replace("Приговор", "Кара"), "the list has no column 'Кара'"),
    ],
    ids=["unknown", "strict", "another kind", "no such column"],
)
def test_what_cannot_be_read_anew(cited: Desk, named: str, profile: str, said: str) -> None:
    """Each has its reason, and nothing changes."""
    load(cited, cited.write("list.csv", LIST), kind="cases")
    before = cited.everything()
    with pytest.raises(TerrorDBError, match=said):
        anew(cited, named, cited.write("by.toml", profile) if profile else None)
    assert cited.everything() == before


def test_a_list_of_two_headers(desk: Desk) -> None:
    """Rows of loads with other columns are left; a load that read its list from tables of several is refused."""
    load(desk, desk.write("list.csv", LIST), kind="cases")
    load(
        desk, desk.write("more.csv", LIST.replace("1;Вымыслов", "7;Вымыслов").replace("Профессия", "Чин")), kind="cases"
    )
    ready, _ = anew(desk, "load-1", desk.write("better.toml", BETTER))
    assert ready.mapped[0].read == 2
    assert "list.csv: left as they are: 1 persons that other loads wrote, or corrected" in ready.said
    folder = desk.folder / "both"
    folder.mkdir()
    for name, header in (("a.csv", "Профессия"), ("b.csv", "Чин")):
        text = LIST.replace("Профессия", header).replace("1;Вы", f"{name[0]};Вы").replace("2;При", f"{name[0]}2;При")
        (folder / name).write_text(text, encoding="utf-8")
    _, outcome = load(desk, folder, kind="cases")
    with pytest.raises(TerrorDBError, match="from tables of several headers"):
        anew(desk, str(outcome.load))


def test_several_files_of_one_list(desk: Desk) -> None:
    """Files of one header that were loaded as one list are read anew together, each row once."""
    folder = desk.folder / "both"
    folder.mkdir()
    (folder / "a.csv").write_text(LIST, encoding="utf-8")
    (folder / "b.csv").write_text(LIST.replace("1;Вы", "7;Вы").replace("2;При", "8;При"), encoding="utf-8")
    load(desk, folder, kind="cases")
    ready = stays(desk)
    assert [mapped.read for mapped in ready.mapped] == [4]
    ready, outcome = anew(desk, "load-1", desk.write("better.toml", BETTER))
    assert told(outcome)["persons"] == {"changed": 2, "unchanged": 2}
    assert desk.sound()


MENDED = (
    "№;Фамилия;Имя;Дата ареста;Приговор;Реабилитирован;Профессия;set aside: line;set aside: reason\n"
    "3;Небылицын;Фома;1938;в/м;12.05.1957;кузнец;4;no Фамилия\n"
    "4;Выдумкин;Ной;1938;;12.05.1957;столяр;5;no Фамилия\n"
)


def prune(desk: Desk, text: str, profile: Path) -> Outcome:
    """Load a later state of the list as `terrordb load --prune` does."""
    told = lists.Asked(source="Invented list", profile=profile, whole=True)
    ready = lists.prepare(desk.engine, [desk.write("list.csv", text)], told, step)
    return lists.keep(desk.engine, ready, label="list.csv", prune=True)


def test_mended_rows_stay_apart(desk: Desk) -> None:
    """Rows that were set aside and mended are read anew with the list; --prune of the list takes its own rows alone."""
    load(desk, desk.write("list.csv", LIST), kind="cases")
    load(desk, desk.write("mended.csv", MENDED), kind="cases")
    by = desk.write("better.toml", BETTER + '[rehabilitations]\ndate = "Реабилитирован"\n')
    ready, outcome = anew(desk, "load-1", desk.write("first.toml", BETTER))
    assert (ready.mapped[0].read, outcome.kinds["persons"]["changed"]) == (4, 3)
    # Again, and of each mended row a rehabilitation is new; of one of the two persons nothing changes.
    _, outcome = anew(desk, "load-2", by)
    assert outcome.kinds["rehabilitations"]["added"] == 3
    every = {kind: set(desk.cells(kind)) for kind in ("persons", "cases", "rehabilitations")}
    assert every["persons"] == {f"invented-list:{n}" for n in (1, 2, 3, 4)}
    head, _, second = LIST.splitlines()
    outcome = prune(desk, f"{head}\n{second}\n", by)
    assert told(outcome)["persons"] == {"unchanged": 1, "removed": 1}
    assert set(desk.cells("persons")) == every["persons"] - {"invented-list:1"}
    assert set(desk.cells("cases")) == every["cases"] - {"invented-list:1"}
    assert set(desk.cells("rehabilitations")) == {"invented-list:3", "invented-list:4"}
    assert desk.sound()
    # A state of the list that has a mended row, changed: it is the list's own from then on.
    third = "3;Небылицын;Фома;1939;;;кузнец"
    prune(desk, f"{head}\n{second}\n{third}\n", by)
    assert set(desk.cells("persons")) == {f"invented-list:{n}" for n in (2, 3, 4)}
    desk.undo("load-2", cascade=True)
    assert desk.sound()


def sha(text: str) -> str:
    """Hash a text as `sha256sum` does a file."""
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize("several", [False, True], ids=["a file", "a folder"])
def test_the_journal_has_the_hash_of_the_file(desk: Desk, *, several: bool) -> None:
    """Of one file what `sha256sum` says, of several the hash of its list; a reading anew keeps it, and the source's."""
    other = LIST.replace("1;Вы", "7;Вы").replace("2;При", "8;При")
    (desk.folder / "lists").mkdir()
    path = desk.write("lists/a.csv", LIST)
    if several:
        desk.write("lists/b.csv", other)
        path = path.parent
    whole = sha(LIST)
    if several:
        whole = sha("\n".join(sorted(f"{sha(text)}  {name}" for text, name in ((LIST, "a.csv"), (other, "b.csv")))))
    load(desk, path, kind="cases")
    _, outcome = anew(desk, "load-1", desk.write("better.toml", BETTER))
    anew(desk, str(outcome.load), desk.write("worse.toml", BETTER.replace("Профессия", "Реабилитирован")))
    assert desk.column("loads", "hash") == dict.fromkeys(("load-1", "load-2", "load-3"), whole)
    assert desk.column("sources", "sha256") == {"invented-list": whole}


def test_a_load_with_a_hash_of_an_older_program_is_known_again(desk: Desk) -> None:
    """What the journal says of the file is not what it is known by."""
    path = desk.write("list.csv", LIST)
    load(desk, path, kind="persons")
    with desk.engine.begin() as connection:
        connection.execute(models.kind("loads").__table__.update().values(hash="an older one"))
    ready, outcome = load(desk, path, kind="persons")
    assert (len(ready.standing), ready.sheets, outcome.load) == (1, [], None)


def test_a_table_read_as_another_kind_too(desk: Desk) -> None:
    """Loads of the same columns that made other records are not read anew with those that made persons."""
    path = desk.write("list.csv", LIST)
    load(desk, path, kind="cases")
    places = desk.write(
        "places.toml",
        '[list]\nkind = "places"\nrecord_no = "№"\n[places]\nname = "Фамилия"\n[constants.places]\nkind = "city"\n',
    )
    load(desk, path, profile=places)
    assert stays(desk, "load-1").mapped[0].profile.main == "persons"
    assert stays(desk, "load-2").mapped[0].profile.main == "places"


@pytest.fixture
def read_by(tmp_path: Path) -> Callable[[str, list[str]], dict[str, Any]]:
    """Read a profile, and give its parts."""

    def go(text: str, header: list[str]) -> dict[str, Any]:
        (tmp_path / "one.toml").write_text(text, encoding="utf-8")
        return vars(read_profile(tmp_path / "one.toml", header))

    return go


@pytest.mark.parametrize(
    ("text", "header"),
    [
        (SPLIT, FACTS.split("\n", maxsplit=1)[0].split(",")),
        (BETTER, LIST.split("\n", maxsplit=1)[0].split(";")),
        (PROFILE, USUAL[:-1].split(";")),
    ],
)
def test_a_profile_is_kept_whole(read_by: Callable[..., dict[str, Any]], text: str, header: list[str]) -> None:
    """What the journal keeps of a profile makes the same profile again."""
    import json

    read = read_by(text + '[[dates]]\npattern = "(..)x"\nmeans = "\\\\1"\n', header)
    profile = type("", (), {})()
    profile.__dict__ = read
    assert vars(from_json(json.loads(json.dumps(as_json(profile))))) == read
