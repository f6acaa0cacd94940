"""Completing a word that is being typed: kinds, fields, codes, ids and names, as a shell asks for them."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from terrordb.models.fields import Field

MOST = 50  # ids that are offered
SECONDS = "5"  # in which a server has to answer
STATES = ("contested", "uncited", "dubious", "citation_needed")
PRESENCE = ("any", "none")
FLAGS = ("true", "false")
PARTS = ("year", "month", "day")
GOES_ON = (":", ".", "/")  # an offer that ends so is no whole word: a shell would put a space after it
LAST = "\U0010ffff"  # sorts after whatever may follow a prefix

Offers = Iterable[str]


def safely(by: str, ctx: Any, incomplete: str) -> list[str]:
    """Complete by the rows of WAYS; whatever goes wrong, a shell in the midst of a line is told nothing."""
    try:
        return list(dict.fromkeys(WAYS[by](ctx, incomplete)))
    except Exception:  # noqa: BLE001  (it is no answer to a question)
        return []


def mend_bash() -> None:
    """Put together what bash has torn at `:` and `=`, before Typer looks at it.

    Bash replaces only what stands after the last of these; the rest is left as a word of its own, which ends in it.
    """
    words: list[str] = []
    torn = False
    for piece in os.environ["COMP_WORDS"].split("\n")[: int(os.environ["COMP_CWORD"]) + 1]:
        sign = re.fullmatch("[:=@]+", piece) is not None
        if len(words) > 1 and (torn or (sign and (piece[0] != "@" or "://" in words[-1]))):
            words[-1] += piece
        else:
            words.append(piece)
        torn = sign
    last = words.pop()
    cut = 0 if last[:1] in ("-", "'", '"') else max(last.rfind(":"), last.rfind("=")) + 1
    words += [last[:cut], last[cut:]] if cut else [last]
    os.environ |= {"COMP_WORDS": "\n".join(words), "COMP_CWORD": str(len(words) - 1)}


# -- what commands take -----------------------------------------------------------------------------------------------


def _formats(_ctx: Any, _incomplete: str) -> Offers:
    from terrordb.cli.options import formats

    return [one.value for one in formats()]


def _report_formats(_ctx: Any, _incomplete: str) -> Offers:
    from terrordb.cli.options import formats

    return [one.value for one in formats(report=True)]


def _kinds(_ctx: Any, _incomplete: str) -> Offers:
    from terrordb import models

    return models.MODULES


def _saved(_ctx: Any, incomplete: str) -> Offers:
    from terrordb.querying import saved

    return [f"{incomplete[:1]}{name}" if incomplete[:1] == "@" else name for name in saved.names()]


def _every_id(ctx: Any, incomplete: str) -> Offers:
    from terrordb import models

    kind, slash, typed = incomplete.partition("/")
    if slash and kind in models.MODULES:
        return [f"{kind}/{named}" for named in _ids(ctx, (kind,), typed)]
    found = _ids(ctx, tuple(models.MODULES), incomplete) if incomplete else []
    begun = [f"{kind}/" for kind in models.MODULES if kind.startswith(incomplete)]
    return [*found, *(begun if found or len(begun) != 1 else _every_id(ctx, begun[0]))]


def _ids_of(kind: str) -> Callable[[Any, str], Offers]:
    return lambda ctx, incomplete: _ids(ctx, (kind,), incomplete)


def _fields(ctx: Any, incomplete: str) -> Offers:
    """Offer what --fields and --sort take; after a comma, the next."""
    from terrordb import models

    before, comma, _ = incomplete.rpartition(",")
    taken = before.split(",")
    return [f"{before}{comma}{name}" for name in models.kind(_kind(ctx)).fields if name not in taken]


def _by(ctx: Any, incomplete: str) -> Offers:
    before, comma, typed = incomplete.rpartition(",")
    return [f"{before}{comma}{name}" for name in _names(_kind(ctx), typed) if not name.endswith(".")]


def _terms(ctx: Any, incomplete: str) -> Offers:
    """Offer what a question may go on with; several of its words may stand in one argument."""
    words = _words(ctx)
    torn = words.pop() if words and words[-1].endswith((":", "=")) else ""
    typed = torn + incomplete
    begins = max(map(typed.rfind, (" ", "(")), default=-1) + 1
    earlier, last = typed[:begins], typed[begins:]
    before = [*words, *re.split(r"[\s(]+", earlier)]
    asked = [word for word in before if word]
    return [(earlier + word)[len(torn) :] for word in _matching(_Asked(ctx, _kind_of(asked), not asked), last)]


WAYS: dict[str, Callable[[Any, str], Offers]] = {
    "formats": _formats,
    "report formats": _report_formats,
    "kinds": _kinds,
    "saved": _saved,
    "ids": _every_id,
    "sources": _ids_of("sources"),
    "loads": _ids_of("loads"),
    "fields": _fields,
    "by": _by,
    "terms": _terms,
}


# -- the words of a question ------------------------------------------------------------------------------------------


class _Asked(NamedTuple):
    """What stands before the word that is typed."""

    ctx: Any
    kind: str
    first: bool  # nothing does


class _End(NamedTuple):
    """What a name reaches: a field of a kind, or the rows of a kind; and the kinds that a further name may be of."""

    kind: str
    field: Field | None
    kinds: tuple[str, ...]


def _words(ctx: Any) -> list[str]:
    """Give the words of a question that stand; where the value of an option is typed, Typer keeps them elsewhere."""
    return list(ctx.params.get("words") or ctx.args)


def _kind(ctx: Any) -> str:
    return _kind_of(_words(ctx))


def _kind_of(words: Sequence[str]) -> str:
    from terrordb.querying.vocabulary import kind_named

    return (kind_named(words[0]) if words else None) or "persons"


def _matching(asked: _Asked, typed: str) -> list[str]:
    """Give the offers that go on from what is typed; one that is no whole word is followed further."""
    found = [word for word in dict.fromkeys(_offers(asked, typed)) if word.startswith(typed)]
    if len(found) == 1 and found[0] != typed and found[0].endswith(GOES_ON):
        return _matching(asked, found[0]) or found
    return found


def _offers(asked: _Asked, typed: str) -> Iterator[str]:
    name, colon, value = typed.partition(":")
    if typed.startswith("@"):
        yield from _saved(asked.ctx, typed)
    elif colon and name in ("saved", "сохранено"):
        yield from (f"{name}:{each}" for each in _saved(asked.ctx, ""))
    elif colon:
        way = "=" if value.startswith("=") else ""
        before, comma, last = value[len(way) :].rpartition(",")
        yield from (f"{name}:{way}{before}{comma}{each}" for each in _values(asked, name, last))
    else:
        if asked.first:
            yield from _also_russian("kind", _kinds(None, ""), typed)
        names = (name if name.endswith(".") else f"{name}:" for name in _names(asked.kind, typed))
        yield from (name for name in names if not (asked.first and name.endswith(".")))
        yield from _also_russian("state", STATES, typed)


def _values(asked: _Asked, name: str, typed: str) -> Iterator[str]:
    ends, script = _ends(asked.kind, name), typed or name
    for end in ends:
        if end.field is not None:
            yield from FLAGS if end.field.type == "true or false" else _codes(end.kind, end.field, script)
    kinds = tuple(dict.fromkeys(kind for end in ends for kind in (end.kinds or _itself(end))))
    yield from _ids(asked.ctx, kinds, typed) if kinds else ()
    yield from _also_russian("presence", PRESENCE, script) if ends else ()


def _itself(end: _End) -> tuple[str, ...]:
    return (end.kind,) if end.field is not None and end.field.name == "id" else ()


def _codes(kind: str, field: Field, script: str) -> Iterator[str]:
    """Name the codes of a field: as they are stored, or in Russian where that is typed."""
    if _latin(script):
        yield from field.vocabulary
        return
    for of, word, meanings in _known("code"):
        if of in ("", kind) and any(meaning.partition("=")[0] == field.name for meaning in meanings):
            yield word


def _names(kind: str, typed: str) -> Iterator[str]:
    """Name what of a kind can be asked for; other words for it only where what is typed begins no name itself."""
    from terrordb.querying.vocabulary import all_words, fields_named

    head, dot, last = typed.rpartition(".")
    ends = _ends(kind, head) if dot else [_End(kind, None, (kind,))]
    if any(end.field is not None and end.field.type == "date" for end in ends):
        yield from (f"{head}.{part}" for part in PARTS)
    for of in dict.fromkeys(kind for end in ends for kind in end.kinds):
        every = [word for word in all_words(of) if word.startswith(last) and _latin(word) == _latin(last)]
        named = [word for word in every if word in _own(of) or not fields_named(of, word)]
        yield from (f"{head}{dot}{word}" for word in named or every)
        yield from (f"{head}{dot}{other}." for other in _pointing(of, last))


def _pointing(kind: str, typed: str) -> Iterator[str]:
    """Name the kinds whose records point to those of a kind."""
    from terrordb import models

    for other in models.KINDS if typed else ():
        if other.startswith(typed) and any(kind in field.kinds for field in _own(other).values()):
            yield other


def _ends(kind: str, name: str) -> list[_End]:
    """Say what a name with dots reaches."""
    first, *further = name.split(".")
    ends = [_walk(kind, path) for path in _paths(kind, first)]
    for part in further:
        ends = [found for end in ends for of in end.kinds for found in _ends(of, part)]
    return ends


def _paths(kind: str, name: str) -> Iterable[Sequence[tuple[str, tuple[str, ...]]]]:
    """Give the steps of each path that a name stands for: a field or a kind, and the kinds it is kept to."""
    from terrordb.querying.vocabulary import canonical, fields_named, kind_named, reach

    if paths := reach(kind, name):
        return [[(step.name, step.kinds) for step in path] for path in paths]
    own = [canonical(name)] if canonical(name) in _own(kind) else fields_named(kind, name)
    backward = kind_named(name)
    return [[(each, ())] for each in own or ([backward] if backward else ())]


def _walk(kind: str, path: Sequence[tuple[str, tuple[str, ...]]]) -> _End:
    end = _End(kind, None, (kind,))
    for name, kinds in path:
        of = next((kind for kind in end.kinds if name in _own(kind)), None)
        field = None if of is None else _own(of)[name]
        end = _End(of or name, field, (name,) if field is None else kinds or tuple(field.kinds))
    return end


def _own(kind: str) -> dict[str, Field]:
    from terrordb import models

    return models.kind(kind).fields


def _also_russian(sort: str, words: Iterable[str], typed: str) -> Iterator[str]:
    yield from words if _latin(typed) else (word for _, word, _ in _known(sort))


def _latin(word: str) -> bool:
    return word.isascii()


def _known(sort: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """List the other words of a sort: of which kind, the word, what it means."""
    from terrordb.querying import vocabulary

    for (of_sort, kind, word), meanings in vocabulary._table().items():
        if of_sort == sort:
            yield kind, word, meanings


# -- ids --------------------------------------------------------------------------------------------------------------


def _ids(ctx: Any, kinds: Iterable[str], typed: str) -> list[str]:
    """Read ids that begin with what is typed; none where no database answers, and none is made."""
    from contextlib import suppress

    from sqlalchemy import select
    from sqlalchemy.exc import SQLAlchemyError

    from terrordb import database, models
    from terrordb.errors import TerrorDBError

    found: list[str] = []
    with suppress(TerrorDBError, SQLAlchemyError):
        url, default = database.locate(ctx.params.get("db"))
        if default and not database.default_file().exists():
            return found
        if not database.is_file(url):
            url = url.update_query_dict({"connect_timeout": SECONDS})
        with database.reader(url).connect() as connection:
            for kind in kinds:
                id_ = models.kind(kind).__table__.c.id
                begun = select(id_).where(id_ >= typed, id_ < typed + LAST).order_by(id_).limit(MOST - len(found))
                found += connection.scalars(begun)
    return found
