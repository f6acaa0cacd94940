"""The grammar of questions: texts and their trees, what is wrong and where, and trees that come back as written."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from terrordb.errors import BadQuestion
from terrordb.querying import grammar, saved
from terrordb.querying.grammar import All, Either, Item, Not, Question, Term, Tree, fault, parse


@pytest.fixture(autouse=True)
def _folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep saved queries in a folder of the test's own."""
    monkeypatch.setenv("TERRORDB_CONFIG", str(tmp_path))


def w(text: str) -> Term:
    """Make a bare word."""
    return Term(None, (Item(text),))


def p(text: str) -> Term:
    """Make a phrase."""
    return Term(None, (Item(text, quoted=True),))


def q(text: str, last: str | None = None) -> Item:
    """Make an item that stood in quotes."""
    return Item(text, last, quoted=True)


def f(field: str, *items: Item | str, way: str = ":") -> Term:
    """Make a term with a field."""
    return Term(field, tuple(Item(each) if isinstance(each, str) else each for each in items), way)


a, b, c, d = map(w, "abcd")

TREES: list[tuple[str, Tree | None]] = [
    ("", None),
    ("  \t\n ", None),
    # words and phrases
    ("a", a),
    ("  Бухарин ", w("Бухарин")),
    ("ежо* *хач*", All((w("ежо*"), w("*хач*")))),
    ("d'Arc d’Arc", All((w("d'Arc"), w("d’Arc")))),
    ('"two words"', p("two words")),
    ('"or" "any" "a*"', All((p("or"), p("any"), p("a*")))),
    (r'"a \"b\" \\ \c"', p(r'a "b" \ \c')),
    ('"a\nb"', p("a\nb")),
    ("«два слова» “two words” „zwei Worte“", All((p("два слова"), p("two words"), p("zwei Worte")))),
    ("«a „b“ c»", p("a „b“ c")),
    ("a\u00a0b", All((a, b))),
    ("A life: the first", All((w("A"), w("life:"), w("the"), w("first")))),
    ("butovo-list:1204", w("butovo-list:1204")),
    ("a@b @ a-b - 1937-38", All(tuple(map(w, ("a@b", "@", "a-b", "-", "1937-38"))))),
    ("a,b a..b .. , a;b", All(tuple(map(w, ("a,b", "a..b", "..", ",", "a;b"))))),
    ("oral android notary andy", All(tuple(map(w, ("oral", "android", "notary", "andy"))))),
    # what joins
    ("a b", All((a, b))),
    ("a and b", All((a, b))),
    ("a AND b And c", All((a, b, c))),
    ("a b and c d", All((a, b, c, d))),
    ("a or b", Either((a, b))),
    ("a OR b или c ИЛИ d", Either((a, b, c, d))),
    ("a and b or c", Either((All((a, b)), c))),
    ("a or b c", Either((a, All((b, c))))),
    ("(a or b) c", All((Either((a, b)), c))),
    ("(a b) c", All((All((a, b)), c))),
    ("a (b c)", All((a, All((b, c))))),
    ("a or (b or c)", Either((a, Either((b, c))))),
    ("((a))", a),
    ("(a)(b)", All((a, b))),
    ("a(b or c)d", All((a, Either((b, c)), d))),
    ("not a", Not(a)),
    ("НЕ a", Not(a)),
    ("not a b", All((Not(a), b))),
    ("not (a b)", Not(All((a, b)))),
    ("not(a or b)", Not(Either((a, b)))),
    ("not not a", Not(Not(a))),
    ("a AND NOT b", All((a, Not(b)))),
    ("a or not b c", Either((a, All((Not(b), c))))),
    ("а и б", All((w("а"), w("и"), w("б")))),
    # fields
    ("fate:executed", f("fate", "executed")),
    ("арест:1937 Приговор:вмн", All((f("арест", "1937"), f("Приговор", "вмн")))),
    ("trial.opened:1938", f("trial.opened", "1938")),
    ("a_1.b2:c", f("a_1.b2", "c")),
    ("name:or", f("name", "or")),
    ("or:not", f("or", "not")),
    ("not fate:any", Not(f("fate", "any"))),
    ("butovo:1204", f("butovo", "1204")),
    ("id:list:12", f("id", "list:12")),
    ("http://x", f("http", "//x")),
    ("born:-500", f("born", "-500")),
    ("name:&&", f("name", "&&")),
    ('charge:"anti-Soviet, (so) said"', f("charge", q("anti-Soviet, (so) said"))),
    ("charge:«двух слов»", f("charge", q("двух слов"))),
    ("(fate:executed)", f("fate", "executed")),
    ("name:=Ivanov", f("name", "Ivanov", way=":=")),
    ('name:="two words",b', f("name", q("two words"), "b", way=":=")),
    ("name:==x", f("name", "=x", way=":=")),
    ("name:x=y~z", f("name", "x=y~z")),
    # several values, and ranges
    ("fate:executed,killed,x", f("fate", "executed", "killed", "x")),
    ('fate:"a,b",c', f("fate", q("a,b"), "c")),
    ("born:1890..1900", f("born", Item("1890", "1900"))),
    ("born:..1900", f("born", Item("", "1900"))),
    ("born:1890.. x", All((f("born", Item("1890", "")), w("x")))),
    ("(born:1890..)", f("born", Item("1890", ""))),
    ("born:1,2..3,..4,5..", f("born", "1", Item("2", "3"), Item("", "4"), Item("5", ""))),
    ('born:"1 May 1890".."2 May 1890"', f("born", q("1 May 1890", "2 May 1890"))),
    ('born:"1 May 1890"..', f("born", q("1 May 1890", ""))),
    ('born:1890.."1 May 1891"', f("born", q("1890", "1 May 1891"))),
    ("born:=1890..1891", f("born", Item("1890", "1891"), way=":=")),
    ("arrested:1937/.. born:../1938", All((f("arrested", "1937/.."), f("born", "../1938")))),
    ("arrested:1937/..,../1938", f("arrested", "1937/..", "../1938")),
    ("arrested:1936/1937..1938/1939", f("arrested", Item("1936/1937", "1938/1939"))),
    ("name:a.b.c.", f("name", "a.b.c.")),
    # regular expressions
    ("name:~^(iv|ov)$", f("name", "^(iv|ov)$", way=":~")),
    ("name:~(a(b(c)d)e) x", All((f("name", "(a(b(c)d)e)", way=":~"), w("x")))),
    ("(name:~(a|b)) c", All((f("name", "(a|b)", way=":~"), c))),
    (r"(name:~a\)) b", All((f("name", r"a\)", way=":~"), b))),
    (r"name:~a,b..c\(", f("name", r"a,b..c\(", way=":~")),
    ('name:~a"b', f("name", 'a"b', way=":~")),
    (r'name:~"^\d (\" \\"', f("name", q(r'^\d (" \\'), way=":~")),
    # signs that are not seen
    ("\ufeffa\u200b \u202ab\u202c", All((a, b))),
    ("fate:\u200eexecuted\u2069", f("fate", "executed")),
]

KINDS: list[tuple[str, str, Tree | None]] = [
    ("orders", "orders", None),
    ("trials 1938", "trials", w("1938")),
    ("  дела a or b", "cases", Either((a, b))),
    ("person_names(a)", "person_names", a),
    ("PERSONS not a", "persons", Not(a)),
    ("trials trials", "trials", w("trials")),
    ("a trials", "persons", All((a, w("trials")))),
    ('"trials" a', "persons", All((p("trials"), a))),
    ("(trials) a", "persons", All((w("trials"), a))),
    ("trials* a", "persons", All((w("trials*"), a))),
    ("trials:x", "persons", f("trials", "x")),
    ("not trials", "persons", Not(w("trials"))),
    ("trials, a", "persons", All((w("trials,"), a))),
]

# Each text has its ^ beneath it, and a part of what is said.
FAULTS = [
    ("a and", "  ^", "nothing stands after 'and'"),
    ("a (b or )", "     ^", "nothing stands after 'or'"),
    ("not", "^", "nothing stands after 'not'"),
    ("a not or b", "  ^", "nothing stands after 'not'"),
    ("or b", "^", "nothing stands before 'or'"),
    ("trials And b", "       ^", "nothing stands before 'And'"),
    ("a (или b)", "   ^", "nothing stands before 'или'"),
    ("a or or b", "     ^", "side by side: 'or or'"),
    ("a and OR b", "      ^", "side by side: 'and OR'"),
    ("a () b", "  ^", "parentheses are empty"),
    ("(a (b c)", "^", "is not closed"),
    ("a (b (c) d", "  ^", "is not closed"),
    ("a) b", " ^", "closes nothing"),
    ('a "b c', "  ^", "quote is not closed"),
    ('name:"b c', "     ^", "quote is not closed"),
    ('name:a,"b c', "       ^", "quote is not closed"),
    ("a «b c", "  ^", "quote is not closed"),
    ("a b» c", "   ^", "ends nothing"),
    ('"a"b c', "   ^", "a space is missing"),
    ('a"b c"', " ^", "a space is missing"),
    ('or"b"', "  ^", "a space is missing"),
    ('name:"a"b', "        ^", "a space is missing"),
    ('a "" b', "  ^", "nothing between the quotes"),
    ('name:" "', "     ^", "nothing between the quotes"),
    ("fate:", "    ^", "no value stands after 'fate:'"),
    ("a (fate: ) b", "       ^", "no value stands after 'fate:'"),
    ("fate:=", "     ^", "no value stands after ':='"),
    ("fate:= x", "     ^", "no value stands after ':='"),
    ("fate:~ x", "     ^", "no value stands after ':~'"),
    ("fate:a, b", "      ^", "after the comma"),
    ("fate:a,,b", "       ^", "before the comma"),
    ("fate:,a", "     ^", "before the comma"),
    ('"a" fate:"b",', "            ^", "after the comma"),
    ('fate:~"a","b"', "         ^", "comma joins only"),
    ("born:..", "     ^", "a range has no end"),
    ("a born:1,.. b", "         ^", "a range has no end"),
    ("born:1..2..3", "         ^", "only between two ends"),
    ("born:1....3", "        ^", "a range has two ends"),
    ("name:a(b)", "      ^", "a parenthesis stands in a value"),
    ("name:(a or b)", "     ^", "a parenthesis stands in a value"),
    ('name:a"b"', "      ^", "a quote stands within a value"),
    ("name:~a(b c)", "       ^", "is not closed"),
    ("name:~((a)", "      ^", "is not closed"),
    ("(name:~a\\)", "^", "this parenthesis is not closed"),
    ("name:~a\\ b", "      ^", "ends with a backslash"),
    ("a -b", "  ^", "minus sign"),
    ("a --by born", "  ^", "an option stands among"),
    ("a !b", "  ^", "'!' is no word"),
    ("a && b", "  ^", "'&&' is no word"),
    ("a||b", " ^", "'||' is no word"),
    (":b", "^", "no field stands before"),
    ("a @nobody", "  ^", "there is no saved query 'nobody'"),
    ("saved:nobody", "^", "there is no saved query 'nobody'"),
    ("a saved:=x", "  ^", "by its name alone"),
    ("saved:x,y", "^", "by its name alone"),
    ("a saved:~x", "  ^", "by its name alone"),
    ("a\0b", " ^", "bytes that are no text"),
    ("ab \udcff", "   ^", "bytes that are no text"),
    ("a\u200b\u200b or", "  ^", "nothing stands after 'or'"),  # the signs that are not seen are not shown
]


def test_the_tables_are_long_enough() -> None:
    """At least sixty trees and twenty-five faults, none told twice."""
    assert len({text for text, _ in TREES}) == len(TREES) >= 60
    assert len({text for text, *_ in FAULTS}) == len(FAULTS) >= 25


@pytest.mark.parametrize(("text", "tree"), TREES)
def test_trees(text: str, tree: Tree | None) -> None:
    """A text gives its tree, and the tree, written, gives itself."""
    question = parse(text)
    assert question == Question("persons", tree)
    assert (question.text, question.named) == (text, False)
    assert parse(str(question)) == question
    assert tree is None or parse(str(tree)).tree == tree


@pytest.mark.parametrize(("text", "kind", "tree"), KINDS)
def test_kinds(text: str, kind: str, tree: Tree | None) -> None:
    """The first word names a kind only where it is bare."""
    question = parse(text)
    assert question == Question(kind, tree)
    assert question.named == (not text.startswith(('"', "(", "a", "not", "trials:", "trials*", "trials,")))
    assert parse(str(question)) == question
    assert tree is None or parse(str(tree)).tree == tree


def test_words_of_a_command_line_are_joined() -> None:
    """A sequence is one question with single spaces."""
    assert parse(["persons", "a or", "b"]) == parse("persons a or b")
    assert parse(["fate:", "a"]).text == "fate: a"
    assert parse([]) == Question("persons", None)


def test_places_of_terms() -> None:
    """`at` points into the text as it was given, with signs that are not seen."""
    text = '\ufeffпerson  \u200e(fate:a or "b c") not d'
    tree = parse(text).tree
    assert isinstance(tree, All)
    assert isinstance(tree.of[1], Either)
    assert isinstance(tree.of[2], Not)
    terms = [tree.of[0], *tree.of[1].of, tree.of[2].of]
    assert [each.at for each in terms if isinstance(each, Term)] == [
        text.index(sign) for sign in ("п", "fate", '"b', "d")
    ]


@pytest.mark.parametrize(("text", "caret", "said"), FAULTS)
def test_faults(text: str, caret: str, said: str) -> None:
    """What is wrong is told with a caret under its place, and what to write instead."""
    with pytest.raises(BadQuestion) as refused:
        parse(text)
    reason, line, mark = refused.value.reason.split("\n")
    assert said in reason
    assert line == "  " + re.sub("[\0\udcff]", "\ufffd", text).replace("\u200b", "")
    assert mark == "  " + caret
    assert refused.value.remedy


@pytest.mark.parametrize(
    ("text", "at", "line", "caret"),
    [
        ("", 0, "", "^"),
        ("ab", 2, "ab", "  ^"),
        ("ab\ncd e\nf", 6, "cd e", "   ^"),
        ("ab\r\ncd", 1, "ab", " ^"),
        ("a\tb", 2, "a b", "  ^"),
        ("日本 x", 3, "日本 x", "     ^"),
        ("日本", 1, "日本", "  ^"),
        ("e\u0301e\u0301 x", 5, "e\u0301e\u0301 x", "   ^"),
        ("ae\u0301x", 2, "ae\u0301x", " ^"),
        ("\x1b[31m x", 6, "\ufffd[31m x", "      ^"),
        ("\u202eab", 2, "ab", " ^"),
        ("x" * 72, 71, "x" * 72, " " * 71 + "^"),
        ("a" + "x" * 99, 0, "a" + "x" * 71 + "…", "^"),
        ("x" * 99 + "a", 99, "…" + "x" * 71 + "a", " " * 72 + "^"),
        ("x" * 99 + "a" + "y" * 99, 99, "…" + "x" * 36 + "a" + "y" * 35 + "…", " " * 37 + "^"),
        ("日" * 99 + "a" + "本" * 99, 99, "…" + "日" * 18 + "a" + "本" * 17 + "…", " " * 37 + "^"),
    ],
)
def test_the_line_at_fault(text: str, at: int, line: str, caret: str) -> None:
    """One line is shown, shortened around the place; marks, wide and unprintable signs do not move the caret."""
    error = fault(text, at, "why", "what to do")
    assert error.reason == f"why\n  {line}\n  {caret}"
    assert str(error).endswith("\n  what to do")


@given(st.text(), st.integers(0, 300), st.integers(1, 40))
def test_any_line_at_fault_fits(text: str, at: int, times: int) -> None:
    """Whatever stands in a text, three short lines are told."""
    text *= times
    _, line, caret = fault(text, min(at, len(text)), "why").reason.split("\n")
    assert len(caret) <= grammar.COLUMNS
    assert grammar._cells(line) <= grammar.COLUMNS


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("a b", None),
        ("a or b", None),
        ("a and b or c", None),
        ("(a b) or c", None),
        ("a or (b or c) and d", None),
        ("a (b or c)", None),
        ("a b or c", "(a b) or c"),
        ("trials a or b c", "a or (b c)"),
        ("not a b or c", "(not a b) or c"),
        ("a b and c or d and e", "(a b c) or (d e)"),
        ("x (a b or c) y", "x ((a b) or c) y"),
        ("not (a b or c)", "not ((a b) or c)"),
        ('fate:x "y z" или c', '(fate:x "y z") or c'),
    ],
)
def test_readings(text: str, reading: str | None) -> None:
    """Where words side by side meet an `or`, the parentheses that are implied are shown."""
    question = parse(text)
    assert question.reading == reading
    if reading:
        again = parse(f"{question.kind} {reading}")
        assert (again, again.reading) == (question, None)


# -- saved queries ----------------------------------------------------------------------------------------------------


def test_a_saved_query_stands_in_parentheses() -> None:
    """The tree of a saved query is put in place of its name, at its place."""
    saved.save("ab", "a or b")
    saved.save("both", "@ab c")
    assert parse("@AB c d").tree == All((Either((a, b)), c, d))
    assert parse("saved:ab c").tree == All((Either((a, b)), c))
    assert parse("not @both or @ab").tree == Either((Not(All((Either((a, b)), c))), Either((a, b))))
    tree = parse("d @both").tree
    assert tree == All((d, All((Either((a, b)), c))))
    assert isinstance(tree, All)
    assert isinstance(tree.of[1], All)
    assert isinstance(tree.of[1].of[1], Term)
    assert tree.of[1].of[1].at == 2
    assert str(tree) == "d ((a or b) c)"


def test_kinds_of_saved_queries_agree() -> None:
    """A saved query gives its kind to a question that names none; two kinds are no question."""
    saved.save("o", "orders a")
    saved.save("t", "trials b")
    saved.save("any", "c")
    saved.save("deep", "@t c")
    assert (parse("@o d").kind, parse("@o d").named) == ("orders", True)
    assert parse("orders @o @any") == parse("orders a c")
    assert (parse("@deep").kind, parse("@any").named) == ("trials", False)
    for text, at, kinds in (("persons a @o", 10, ("orders", "persons")), ("@o or @deep", 6, ("trials", "orders"))):
        with pytest.raises(BadQuestion) as refused:
            parse(text)
        reason, _, caret = refused.value.reason.split("\n")
        assert f"asks for {kinds[0]}, but {kinds[1]} are asked for" in reason
        assert caret == "  " + " " * at + "^"


def test_a_saved_query_without_terms() -> None:
    """A saved query that names a kind alone adds no term; it cannot be denied, and is no side of an `or`."""
    saved.save("all", "orders")
    assert parse("@all") == Question("orders", None)
    assert parse("a (@all) b") == Question("orders", All((a, b)))
    assert parse("@all a") == Question("orders", a)
    for text in ("not @all", "a or @all", "a or (@all @all)"):
        with pytest.raises(BadQuestion, match="names a kind alone"):
            parse(text)


def test_errors_in_saved_queries_say_where() -> None:
    """What is wrong in a saved query is told with its name, file and line, and its own text; a ring is refused."""
    saved.save("bad", "a or")
    outer = saved.save("outer", "x @bad")
    with pytest.raises(BadQuestion) as refused:
        parse("y @outer")
    assert refused.value.place == f"@bad ({saved.get('bad').place})"
    assert refused.value.reason.split("\n")[1:] == ["  a or", "    ^"]
    saved.save("ring", "a @ring2")
    saved.save("ring2", "@ring")
    with pytest.raises(BadQuestion, match="stands for itself: @ring → @ring2 → @ring") as refused:
        parse("@ring")
    assert refused.value.place.startswith("@ring2 (")
    with pytest.raises(BadQuestion, match="stands for itself: @outer → @outer"):
        parse("@outer", seen=("outer",))
    assert outer.name == "outer"


def test_saved_queries_that_double() -> None:
    """A saved query that holds another twice, and so on, is read once, and its terms are counted."""
    for n in range(12):
        saved.save(f"n{n}", f"@n{n + 1} @n{n + 1}" if n < 11 else "a")
        saved.save(f"e{n}", f"@e{n + 1} @e{n + 1}" if n < 11 else "orders")
    tree = parse("@n2").tree
    assert str(tree).count("a") == 512
    with pytest.raises(BadQuestion, match="more than 1,000 words and values"):
        parse("@n1 @n2")
    assert parse("@e0") == Question("orders", None)


# -- limits -----------------------------------------------------------------------------------------------------------


def test_depth() -> None:
    """Sixty parentheses and nots within each other are read, and one more is refused; those of saved queries count."""
    deepest = "(" * 30 + "not " * 30 + "a" + ")" * 30
    tree: Tree = a
    for _ in range(30):
        tree = Not(tree)
    assert parse(deepest).tree == tree
    alternating = "a or b (" * 60 + "c" + ")" * 60
    assert parse(str(parse(alternating).tree)) == parse(alternating)
    for text, at in (("(" * 61 + "a", 60), (f"a ({deepest})", 123 + 30), ("not " * 61 + "a", 240)):
        with pytest.raises(BadQuestion, match="more than 60 parentheses and nots") as refused:
            parse(text)
        assert refused.value.reason.endswith("^"), at
    saved.save("deep", "not " * 40 + "a")
    assert parse("not " * 19 + "@deep @deep").kind == "persons"
    for text in ("not " * 20 + "@deep", "@deep " + "not " * 20 + "@deep"):
        with pytest.raises(BadQuestion, match="more than 60 parentheses and nots"):
            parse(text)
    parse("not (a) " * 300)  # side by side, they are not within each other


def test_saved_queries_within_each_other() -> None:
    """A chain of saved queries is read to a depth of twenty."""
    for n in range(22):
        saved.save(f"n{n}", f"a or b @n{n + 1}" if n < 21 else "a")
    assert parse("@n2").tree is not None
    with pytest.raises(BadQuestion, match="more than 20 saved queries"):
        parse("@n1")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a " * 10_000, "more than 1,000 words and values"),
        ("a or " * 10_000, "more than 1,000 words and values"),
        ("id:" + "a," * 10_000, "more than 1,000 words and values"),
        ("a " * 1_001, "more than 1,000 words and values"),
        ("(" * 999_999, "more than 60"),
        ("not " * 249_999, "more than 60"),
        ('"' + 'a\\"' * 300_000, "quote is not closed"),
        ("name:~" + "(a" * 499_000, "is not closed"),
        ("name:~" + "(" * 9 + "a" + ")" * 9, "more than eight parentheses"),
        ("a" * 1_000_001, "longer than 1,000,000 characters"),
    ],
)
def test_what_is_too_much(text: str, said: str) -> None:
    """What is too long or too deep is refused, with the place."""
    with pytest.raises(BadQuestion, match=said) as refused:
        parse(text)
    assert refused.value.remedy
    assert len(str(refused.value)) < 500


def test_as_much_as_may_be() -> None:
    """A thousand words, or one of a million letters, are read."""
    assert parse("a " * 1_000).tree == All((a,) * 1_000)
    assert parse("a" * 1_000_000).tree == w("a" * 1_000_000)


# -- any tree, any text -----------------------------------------------------------------------------------------------

SIGNS = st.characters(codec="utf-8", categories=("L", "M", "N", "P", "S", "Zs"))
TEXTS = st.one_of(
    st.sampled_from(["or", "AND", "not", "или", "any", "a,b", "..", "a*", '"', "\\", '\\"', "@a", "(", "-a", "trials"]),
    st.text(st.one_of(SIGNS, st.sampled_from(' "\\,.*()@:=~!-«»“/')), min_size=1, max_size=12),
).filter(str.strip)


def reads(text: str, term: Term) -> bool:
    """Tell whether a bare text can be written so at all: it is read as one term, as it stands."""
    try:
        return parse(f"persons {text}").tree == term
    except BadQuestion:
        return False


FIELDS = st.from_regex(r"[a-zа-я_]{0,3}[a-zа-я][0-9]?(\.[a-z]{1,3})?", fullmatch=True).filter(
    lambda field: not field.startswith("_") and field != "saved"
)
PLAIN = TEXTS.filter(lambda text: reads(f"f:{text}", f("f", text)))
ITEMS = st.one_of(
    st.builds(Item, PLAIN),
    st.builds(q, TEXTS),
    st.builds(Item, PLAIN, st.one_of(st.just(""), PLAIN)).filter(
        lambda item: reads(f"f:{item.text}..{item.last}", f("f", item))
    ),
    st.builds(Item, st.just(""), PLAIN).filter(lambda item: reads(f"f:..{item.last}", f("f", item))),
    st.builds(q, TEXTS, st.one_of(st.just(""), TEXTS)),
    st.builds(q, st.just(""), TEXTS),
)
PATTERNS = st.one_of(
    st.builds(Item, TEXTS.filter(lambda text: reads(f"f:~{text}", f("f", text, way=":~")))),
    # a backslash before a quote, or at the end, is no text that quotes can hold
    st.builds(q, TEXTS.map(lambda text: re.sub(r'\\(?="|$)|\\(?=\\)', "", text)).filter(str.strip)),
)
TERMS = st.one_of(
    st.builds(w, TEXTS.filter(lambda text: reads(text, w(text)))),
    st.builds(p, TEXTS),
    st.builds(Term, FIELDS, st.lists(ITEMS, min_size=1, max_size=3).map(tuple), st.sampled_from([":", ":="])),
    st.builds(lambda field, item: Term(field, (item,), ":~"), FIELDS, PATTERNS),
)
ANY_TREE = st.recursive(
    TERMS,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(All, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(Either, st.lists(inner, min_size=2, max_size=3).map(tuple)),
    ),
    max_leaves=8,
)


@given(ANY_TREE)
@example(w("trials"))
@example(Either((w("trials"), a)))
@settings(max_examples=500, deadline=None)
def test_any_tree_comes_back(tree: Tree) -> None:
    """Every tree, written and read again, is an equal tree; so is one written with the parentheses that are implied."""
    assert parse(str(tree)) == Question("persons", tree)
    question = parse(str(Question("orders", tree)))
    assert question == Question("orders", tree)
    if question.reading is not None:
        assert parse(f"orders {question.reading}") == question


SNIPPETS = ["or", "and ", " not ", " ", "(", ")", '"', "\\", ":", ":=", ":~", ",", "..", "/", "«", "»", "“", "a", "@"]


@given(
    st.one_of(
        st.text(max_size=200),
        st.text(st.characters(), max_size=200),
        st.lists(st.sampled_from([*SNIPPETS, "--", "!", "&&", "\u200b", "\0", "saved:", "\ud800"]), max_size=60).map(
            "".join
        ),
    )
)
@settings(max_examples=1000, deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    """Every text gives a question, which comes back, or an error with one line, one caret and a remedy."""
    question = None
    with suppress(BadQuestion):
        question = parse(text)
    if question is not None:
        assert parse(str(question)) == question
        return
    with pytest.raises(BadQuestion) as refused:
        parse(text)
    assert len(refused.value.reason.split("\n")) == 3
    assert refused.value.remedy


@given(st.lists(st.from_regex(r"[\w*][\w*.'’-]{0,6}", fullmatch=True), min_size=1, max_size=6))
@example(["not", "a"])
@example(["a", "ИЛИ", "b"])
@example(["and"])
@example(["persons", "x"])
@settings(max_examples=200, deadline=None)
def test_words_alone_are_what_the_grammar_reads(words: list[str]) -> None:
    """Words alone, which are read without the grammar, make the tree that they make beside a term it has to read."""
    text = " ".join(words)
    beside = None
    with suppress(BadQuestion):
        beside = parse(f"{text} status:any")
    try:
        alone = parse(text)
    except BadQuestion:
        return
    if beside is not None and beside.tree is not None:
        own = beside.tree.of[:-1] if isinstance(beside.tree, All) else ()
        if not any(isinstance(part, Either | Not) for part in own) and not isinstance(beside.tree, Either):
            assert alone.kind == beside.kind
            assert alone.tree == (All(own) if len(own) > 1 else own[0] if own else None)
            assert [term.at for term in own if isinstance(term, Term)] == [
                term.at
                for term in (alone.tree.of if isinstance(alone.tree, All) else [alone.tree])
                if isinstance(term, Term)
            ]
