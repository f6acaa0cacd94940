from tests.querying.test_deciding import *
from tests.querying.conftest import *
def born(connection, text):
    field = models.kind("persons").fields["born"]
    insert_like(connection, "persons", "sixth-f", key=99, id="written", **dict(zip(field.columns, field.read(text), strict=True)))
def test_a(connection):
    born(connection, "1890?")
    print("1890? :=1890", told(connection, "born:=1890")["written"], ":=1890?", told(connection, "born:=1890?")["written"])
    print("c. 1905 :=1905", told(connection, "born:=1905")["fifth-e"], told(connection, 'born:="c. 1905"')["fifth-e"])
    claim = {"record_kind": "persons", "record_key": 6, "field": "born", "value": "April 1895", "status": "stated"}
    insert_like(connection, "claims", "claim-2", key=99, id="rival", **claim)
    for q in ["born:1895","born:any","born:none","not born:1895", "born:1896"]: print(q, told(connection,q)["sixth-f"])
    insert_like(connection, "cases", "case-c", key=98, id="case-c3", source_key=2, arrested_earliest=None, arrested_latest=None,arrested_text=None,arrested_edtf=None)
    for q in ["arrested:1937..","outcome:released","arrested:any","arrested:none"]: print(q, told(connection,q)["third-c"])
    for q in ["outcome:executed","outcome:exiled","not outcome:executed", "cases.status:withdrawn", "judge:any","judge:made-up-trial"]: print(q, told(connection,q)["eighth-h"], told(connection,q)["fifth-e"])
    assert 0
