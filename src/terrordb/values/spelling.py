"""Which spellings are one name: schemes of transliteration, gender, declension, sound; words come folded (`fold`).

Two words are one name where some Cyrillic spelling gives both: each is read letter by letter, and what a reading keeps
is the schemes that write every letter so far in that way.  Nothing is guessed from likeness alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache, partial
from threading import get_ident
from typing import NamedTuple

from terrordb.values.names import latin
from terrordb.values.schemes import (
    NATIVE,
    POPULAR,
    USUAL,
    Steps,
    Way,
    across,
    cyrillics,
    iotated,
    latins,
    names,
    whole,
)
from terrordb.values.sounds import codes

__all__ = ["STEM", "Match", "compare", "distance", "keys", "nearest", "patronymic", "sought", "stem"]

STEM = 7  # letters of the Latin key that the table of spelling errors hangs on


class Match(NamedTuple):
    """Say how two words are one name: exact or variant, and by which rule."""

    match: str
    why: str


_LATINS, _FROM_CYRILLIC, _FROM_LATIN, _CYRILLICS = range(4)  # the scripts of two words


@cache
def _steps(scripts: int, home: bool, most: int) -> Steps:
    if scripts in (_FROM_CYRILLIC, _FROM_LATIN):
        return across(scripts == _FROM_LATIN, home, most + 1)
    return latins(most + 1) if scripts == _LATINS else cyrillics(most + 1)


# ---------------------------------------------------------------- gender and case

# Masculine; feminine; other cases.  What differs at the end of two words may be two forms of one line; the lines below
# the empty one decline any word.
_FORMS = """
ов ov ow off of;ова ova owa;ову ове овым овой овою овы овых ovu ovym ovoi ovoy ovoj owi owem owej owie owie
ев ev ew eff yov jow iow iev iew jew yev ov ow;ева eva ewa yova jowa iowa iova ieva iewa jewa yeva ova owa;еву еве\
 евым евой евою евы евых evu evym evoi evoy ewi ewem ewej
ин ын in yn ine yne;ина ына ina yna;ину ине иным иной иною ины иных ыну ыне ыным ыной inu inym inoi inoy inoj
кий кій кі ky ki kii kiy kij kyi kyj;кая ка kaya kaia kaja ka;кого кому ким ком кой кою кую кие ких кими kogo komu\
 kim kom koi koy koj kuyu kuiu kiego kiemu kiej ka
ой oy oi oj;ая aya aia aja;ого ому ым ом ую ые ых ogo omu ym oyu
ый ий yy yi iy yj;ая яя aya aia aja;ого ому ым ом ой ую ые ых его ему им ей юю ogo omu ym oi oy
ный ny nyi nyj nij;ная na naya naia naja;

-;;а у ом е ы и ам ами ах
ь;;я ю ем е и ью
й;;я ю ем е и
а;;ы и е у ой ою
я;;и е ю ей ею
ия;;ии ию ией
енко;;енка енку енком
ж;;жем
ц;;цем
ч;;чем
ш;;шем
щ;;щем
жа;;жей
ча;;чей
ша;;шей
ща;;щей
ца;;цей
ел;;ла лу лом ле
ев;;ьва ьву ьвом ьве
ей;;ья ью ьем ье
ень;;ня ню нем не ни
ец;;ца цу цом цем це цы
иец;;ийца ийцу ийцем ийце
ок;;ка ку ком ке ки
ек;;ька ьку ьком ьке
"""


_STEM = 3  # letters of a word that is declined


@cache
def _endings() -> dict[str, dict[int, str]]:
    """Read the forms: an ending to the lines it stands in, each with the column; below zero those that decline any."""
    endings: dict[str, dict[int, str]] = {}
    rows, bare = (part.split("\n") for part in _FORMS.strip().split("\n\n"))
    for line, row in enumerate((*bare, *rows), -len(bare)):
        for form, cell in zip("mfo", row.split(";"), strict=True):
            for ending in cell.split():
                endings.setdefault(ending.strip("-"), {}).setdefault(line, form)
    return endings


def _form(one: str, other: str, stem: str, scripts: int) -> tuple[str, ...]:
    """Say which form of one name two endings behind one stem make, if any."""
    forms, others = _endings().get(one, {}), _endings().get(other, {})
    found = set()
    for line, form in forms.items():
        if (second := others.get(line)) is None or (second == form and (form != "o" or one == other)):
            continue
        if line < 0 and (scripts != _CYRILLICS or len(stem) + (one[:1] == other[:1]) < _STEM):
            continue
        # In Latin letters an oblique case is rarer than another name that looks like one.
        latin_ones = {_LATINS: {form, second}, _FROM_CYRILLIC: {second}, _FROM_LATIN: {form}}
        if "o" not in latin_ones.get(scripts, ()):
            found.add("declined form" if "o" in (form, second) else "feminine form")
    return tuple(sorted(found)[-1:])


# Given names of women that are those of men in another case, or look like the feminine of a surname.  A word alone is
# read as the woman's name; Ивана, which is no name of a woman, is Иван.
_WOMEN = """
Августа Августина Аврелия Адриана Александра Альбина Анастасия Анатолия Антонина Антония Аполлинария Аполлония
Богдана Болеслава Борислава Бронислава Валентина Валерия Вацлава Виталия Владислава Габриела Доминика Евгения Евдокия
Евлалия Евлампия Евфимия Евфросиния Евстафия Ефимия Ефросиния Зиновия Иоанна Иустина Казимира Калерия Кира Клавдия
Клементина Констанция Корнелия Кристиана Ксаверия Лидия Мариана Мария Мартина Марьяна Мечислава Мирослава Наталия
Октавия Олександра Олимпия Павлина Пульхерия Радислава Рената Серафима Сильвия Станислава Теодора Ульяна Федора Федосия
Феодора Феодосия Фотиния Христиана Цецилия Чеслава Эмилия Юлиана Юлия Юстина Ярослава
"""


@cache
def _couples() -> frozenset[frozenset[str]]:
    """Give each woman's name with the man's beside it, and the Latin keys of both."""
    women = _WOMEN.casefold().split()
    pairs = [(woman, woman[:-1] + "й" * woman.endswith("я")) for woman in women]
    return frozenset(map(frozenset, [*pairs, *((latin(woman), latin(man)) for woman, man in pairs)]))


# ---------------------------------------------------------------- the reading of a pair

# An oddity costs one; a word of no one scheme this, and a pair of words of so many letters may cost so much.
_MIXING, _MOST, _LONG = 2, 2, 6

# With these endings a name is Russian, Belarusian or Ukrainian, and no language spells it at home.
_RUSSIAN = ("ов", "ев", "ин", "ын", "ова", "ева", "ина", "ына", "ый", "ий", "ой", "ая", "енко", "ук", "юк", "ич")
_LONGEST_ENDING = 6


# Of each letter on the left: how many are taken with it, and what stands for them on the right; what needs no letter
# there; and what may be an ending.
_Silent = tuple[int, int, int]
_Plan = tuple[tuple[tuple[tuple[int, dict[str, tuple[Way, ...]]], ...], tuple[_Silent, ...], str | None], ...]


class _Reading(NamedTuple):
    """Hold a word that is read beside many, and what was found out: words that begin alike are read alike so far.

    Of each beginning of a word on the right, `reached` has the places on the left that go with it, each with the bits
    of each cost; `grown` says from which beginnings, and with which next letter, one has gone on.
    """

    plan: _Plan
    reached: dict[str, dict[int, int]]
    grown: set[str]


_MOST_BEGINNINGS = 1 << 14


@lru_cache(maxsize=1 << 4)
def _reading(word: str, scripts: int, home: bool, most: int, thread: int) -> _Reading:  # noqa: ARG001  # each has its own
    """Prepare a word that is read beside many."""
    steps, size = _steps(scripts, home, most), len(word)
    plan = []
    for at, letter in enumerate(word):
        sizes = [taken for taken in steps.sizes.get(letter, ()) if at + taken <= size]
        found = [(taken, ways) for taken in sizes if (ways := steps.ways(word[at : at + taken]))]
        silent = [(taken, shift, mask) for taken, (_, ways) in found for *_, shift, mask in ways]
        # A letter doubled in one word only is an oddity.
        if at and letter == word[at - 1]:
            silent.append((1, steps.width, steps.full))
        options = [(0, steps.added)] * bool(steps.added) + [(taken, by_first) for taken, (by_first, _) in found]
        ends = word[at:-1].lower() if at >= 2 and size - at <= _LONGEST_ENDING else None
        plan.append((tuple(options), tuple(silent), ends if ends in _endings() else None))
    return _Reading(tuple(plan), {"": {0: (1 << steps.width) - 1}}, set())


def _read(left: str, right: str, scripts: int, home: bool, most: int) -> tuple[int, int, str] | None:
    """Read two words side by side: the cost, the bits of the schemes and the form, or None where they part."""
    left, right = left + "$", right + "$"
    steps, height = _steps(scripts, home, most), len(right)
    plan, reached, grown = _reading(left, scripts, home, most, get_ident())
    if len(reached) > _MOST_BEGINNINGS:
        _reading.cache_clear()
    forms: list[tuple[int, str]] = []
    for to in range(height):
        here = reached.get(right[:to])
        if not here:
            continue
        if right[: to + 1] not in grown:
            _grow(plan, reached, right[:to], right[to], steps)
            grown.add(right[: to + 1])
        if to >= 2 and height - to <= _LONGEST_ENDING:
            for at, state in here.items():
                if at < len(plan) and (ends := plan[at][2]) is not None:
                    forms += [(state, form) for form in _form(ends, right[to:-1].lower(), left[:at], scripts)]
    mixed = 1 << steps.width - 1 if scripts in (_FROM_CYRILLIC, _FROM_LATIN) else 0
    done = reached.get(right, {}).get(len(left), 0)
    if whole_word := _cheapest(done, steps.width, most, mixed):
        return (*whole_word, "")
    found = [(*cheapest, form) for state, form in forms if (cheapest := _cheapest(state, steps.width, most, mixed))]
    return min(found, key=lambda one: one[0], default=None)


def _grow(plan: _Plan, reached: dict[str, dict[int, int]], start: str, letter: str, steps: Steps) -> None:
    """Go on from a beginning of a word on the right by the ways that start with a letter."""
    here = reached[start]
    # What needs no letter on the right leads further on the left; a second time it finds nothing new.
    for at in range(min(here), len(plan)):
        if state := here.get(at):
            for taken, kept in [(one, kept) for one, shift, mask in plan[at][1] if (kept := state << shift & mask)]:
                here[at + taken] = here.get(at + taken, 0) | kept
    for at, state in here.items():
        if at == len(plan):
            continue
        for taken, ways in [(one, by_first[letter]) for one, by_first in plan[at][0] if letter in by_first]:
            for way, _, shift, mask in ways:
                if kept := state << shift & mask:
                    there = reached.setdefault(start + way, {})
                    there[at + taken] = there.get(at + taken, 0) | kept
        if start.endswith(letter) and (kept := state << steps.width & steps.full):
            there = reached.setdefault(start + letter, {})
            there[at] = there.get(at, 0) | kept


def _cheapest(state: int, width: int, most: int, mixed: int) -> tuple[int, int] | None:
    """Give the lowest cost of a reading and the schemes that have it; where none writes all, they are mixed."""
    for cost in range(most + 1):
        bits = state >> width * cost & (1 << width) - 1
        if bits & ~mixed or (cost == _MIXING and state & mixed):
            return cost, bits
    return None


# ---------------------------------------------------------------- the keys

_SOUNDS = "a b v g d e zh z i i k l m n o p r s t u f kh ts ch sh shch  i  e u a i i e g v"
_SPOKEN = str.maketrans(
    dict(
        zip(
            "абвгдежзийклмнопрстуфхцчшщъыьэюяіїєґў",
            _SOUNDS.split(" "),
            strict=True,
        )
    )
)
_CYRILLIC = frozenset(map(chr, _SPOKEN))
_MOST_KEYS = 8
# Endings of case with a consonant that would be heard.
_OBLIQUE = ("ыми", "ими", "ами", "ого", "его", "ому", "ему", "ым", "им", "ом", "ем", "ых", "их", "ам", "ах")


@lru_cache(maxsize=1 << 12)
def keys(word: str) -> tuple[str, ...]:
    """Give the search keys under which a word stands; `sought` gives those under which it is looked for.

    L and the Latin key, then D and codes of sound, coarser than those published; eight at most, two as a rule.
    """
    key = latin(word)
    if not key:
        return ("=" + word,)
    return ("L" + key, *sorted(_sounds(_readings(word))))[:_MOST_KEYS]


def _sounds(readings: Iterable[str]) -> set[str]:
    """Give the codes of readings, without vowels but at the start."""
    found: set[str] = set()
    for reading in readings:
        for code in codes(reading, 12):
            # Between vowels a y comes and goes (Andreev, Andreyev), and so do ya, ye and a, e at the start.
            plain = code.replace("1", "")
            if code[0] in "01":
                plain = "0" + plain.lstrip("0")
            elif plain[0] == "2":
                plain = "4" + plain[1:]
            elif plain.startswith("43"):
                plain = "4" + plain[2:]
            found.add("D" + plain[:6])
    return found


def _readings(word: str) -> set[str]:
    """Spell a word in Latin letters that the rules of sound read as its schemes mean it."""
    if not word.isascii():
        if not _CYRILLIC.issuperset(word):
            return {latin(word)}
        ending = next((one for one in _OBLIQUE if word.endswith(one)), "")
        return {word.translate(_SPOKEN), word[: len(word) - len(ending)].translate(_SPOKEN)}
    word = word.replace("qu", "kv").replace("dj", "dzh").replace("dsch", "dzh")
    # A word that writes х or ч as ch does so throughout: two readings, where the rules would follow every mixture.
    readings = {_ch().sub("kh", word), _ch().sub("cz", word)} if "ch" in word else {word}
    if "j" in word:
        # The rules take aj, oj for й alone.
        readings |= {_vowel_j().sub("zh", reading) for reading in readings}
    if "h" in word:
        readings |= {_silent_h().sub("kh", reading) for reading in readings}
    if "x" in word:
        readings |= {reading.replace("x", "kh") for reading in readings}
    return readings


@cache
def _ch() -> re.Pattern[str]:
    return re.compile("(?<![st])(?<!sh)ch(?!t?ch)")


@cache
def _vowel_j() -> re.Pattern[str]:
    return re.compile("(?<=[aeiouy])j(?=[aeiouy])")


@cache
def _silent_h() -> re.Pattern[str]:
    """Find х and г before a consonant and at the end, where the rules take h for silent."""
    return re.compile("(?<![ckstpzgr])h(?![aeiouy])")


# How a word may have been meant, so that the rules of sound read it as they read the Cyrillic one: a row for each way.
_MEANT = r"""
szcz=shch sjtsj=shch sjtj=shch schtsch=shch tsch=ch tsj=ch tj=ch sch=sh sz=sh sj=sh zj=zh cz=ch rz=zh ch=kh w=v j=i
sc(?!h)=shch sts=shch s(?![hz])=sh z(?!h)=zh c(?![hkz])=ch j=i y=i
j=kh g(?=[eiy])=kh c(?=[eiy])=s z=s x=kh
chtch=shch tch=ch ch=sh j=zh gn=n g(?=[eiy])=zh
(?:e?s|[tdxzp]|ts|rd|rt|nd|nt|e[rtz])$= ch=sh j=zh gn=n g(?=[eiy])=zh
(?<=[nr])[dt]$= ch=sh j=zh gn=n g(?=[eiy])=zh
(?:i?u|o|i|a)?s$= s(?![hz])=sh z(?!h)=zh c(?![hkz])=ch j=i
g(?=[ei])=dzh sc(?=[ei])=sh c(?=[ei])=ch ch=k gn=n gl(?=i)=l
w=u g(?=[ei])=dzh j=dzh gh= kn=n
tch=t ch=t j=dz
q=ts x=s zh(?=[aeou]{1,2}ng?$)=chzh ng(?![aeiou])=n
c(?![hkz])=dzh
"""
# How the sounds of a Cyrillic word are written where marks are lost, and in French.
_WRITTEN = """
shch=sc sh=s zh=z ch=c kh=h
shch=chtch sh=ch zh=j ch=tch
"""


@cache
def _spellings(text: str) -> tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]:
    """Read rows of letters=letters."""
    rows = [[cell.rpartition("=")[::2] for cell in row.split()] for row in text.split("\n") if row]
    return tuple(
        (re.compile("|".join(f"({letters})" for letters, _ in row)), tuple(plain for _, plain in row)) for row in rows
    )


def _spelled(text: str, words: Iterable[str]) -> dict[str, None]:
    """Spell words in each of these ways."""
    found: dict[str, None] = {}
    for word in words:
        for pattern, plain in _spellings(text):
            one = partial(_replaced, plain)
            found[pattern.sub(one, word)] = None
    return found


def _replaced(plain: tuple[str, ...], found: re.Match[str]) -> str:
    return plain[(found.lastindex or 1) - 1]


@lru_cache(maxsize=1 << 10)
def sought(word: str) -> tuple[str, ...]:
    """Give the search keys under which the spellings of a word stand: its own, and those of other ways to write it.

    Of two words that `compare` takes for one name, one has a key under which the other stands; eight at most.
    """
    own = keys(word)
    if not own[0].startswith("L") or not (word.isascii() or _CYRILLIC.issuperset(word)):
        return own
    meant = _spelled(_MEANT, [word]) if word.isascii() else {word.translate(_SPOKEN): None}
    found = dict.fromkeys(own)
    for reading in meant:
        found |= dict.fromkeys(sorted(_sounds([reading])))
    for reading in _spelled(_WRITTEN, meant):
        found |= dict.fromkeys(sorted(_sounds(_readings(reading))))
    return tuple(found)[:_MOST_KEYS]


# ---------------------------------------------------------------- the questions


def compare(asked: str, stored: str) -> Match | None:
    """Say whether two folded words are one name and by which rule; None where they are not."""
    if asked == stored:
        return Match("exact", f"{asked.capitalize()} = {stored.capitalize()}")
    reason = _reason(asked, stored)
    if reason is None or not _found(asked, stored):
        return None
    return Match("variant", f"{asked.capitalize()} = {stored.capitalize()}, {reason}")


def _found(asked: str, stored: str) -> bool:
    """Say whether one of two words is found by the other: the reading of a pair is finer than the keys but rarely."""
    key = latin(asked)
    if key and key == latin(stored):
        return True
    return not set(sought(asked)).isdisjoint(keys(stored)) or not set(sought(stored)).isdisjoint(keys(asked))


def _reason(asked: str, stored: str) -> str | None:
    """Give the rule by which two different words are one name."""
    most = 0 if len(asked) < _LONG or len(stored) < _LONG else _MOST
    # Nearly all words are of one of these scripts, and most questions ask for one of them.
    ours = not asked.isascii() and _CYRILLIC.issuperset(asked)
    theirs = not stored.isascii() and _CYRILLIC.issuperset(stored)
    scripts, read = _LATINS, None
    if ours and theirs:
        scripts = _CYRILLICS
        read = _read(iotated(asked), iotated(stored), scripts, False, most)
    elif ours and stored.isascii():
        scripts = _FROM_CYRILLIC
        read = _read(iotated(asked), whole(stored), scripts, _at_home(asked), most)
    elif theirs and asked.isascii():
        scripts = _FROM_LATIN
        read = _read(whole(asked), iotated(stored), scripts, _at_home(stored), most)
    elif asked.isascii() and stored.isascii():
        if not most and _hard(asked) == _hard(stored):
            return None
        read = _read(whole(asked), whole(stored), scripts, False, min(most, _MIXING - 1))
    else:  # what stands in other letters
        key = latin(asked)
        return "sounds alike" if key and key == latin(stored) else None
    if read is None:
        return None
    if read[2]:
        pair = (asked, stored) if scripts == _CYRILLICS else (latin(asked), latin(stored))
        return None if frozenset(pair) in _couples() else read[2]
    return (_scheme(*read) if scripts in (_FROM_CYRILLIC, _FROM_LATIN) else "") or _TOLD[scripts]


def _hard(word: str) -> str:
    """Write ie behind a letter as e: in short words that makes one name of two, Weber and Wieber."""
    return word[:1] + word[1:].replace("ie", "e")


def _at_home(word: str) -> bool:
    """Say whether a Cyrillic word may be a name that another language spells; Russian surnames are not."""
    return not word.endswith(_RUSSIAN)


def _scheme(cost: int, bits: int, _: str) -> str:
    """Name the schemes by which a Latin word is a Cyrillic one; nothing where they are mixed or popular."""
    found = [name for at, name in enumerate(names()) if bits >> at & 1 and not 1 << at & (POPULAR | NATIVE)]
    usual = [name for name in found if name in names()[:USUAL]]
    if usual and not cost:
        return ", ".join(usual) if len(usual) <= _TOLD_SCHEMES else f"{', '.join(usual[:_TOLD_SCHEMES])} and others"
    if bits & POPULAR or usual:
        return ""
    if bits & NATIVE:
        return "sounds alike"
    return "" if cost or not found else found[0]


_TOLD = ("two transliterations", "popular spelling", "popular spelling", "two spellings")
_TOLD_SCHEMES = 3

# By form alone: Абрамович and Григорович are patronymics and surnames alike and count as patronymics; surnames of no
# given name are told apart where they are well known.  Polish -owicz and -ewicz are surnames, so they do not count.
_PATRONYMICS = """
ович евич овна евна ична івна ївна
ovich evich ovitch evitch owitsch ewitsch ovitsch evitsch ovits evits ovic evic ovna evna owna ewna ichna itchna itschna
icna ivna iwna
"""
_SHORT_PATRONYMICS = """
ильич кузьмич лукич фомич никитич саввич савич ионич фокич силыч ілліч
ilich ilyich iljitsch ilitch ilic iljic ilyitch illich kuzmich kuzmitch kusmitsch kuzmic lukich lukitch lukitsch lukic
fomich fomitch fomitsch fomic nikitich nikititch nikititsch nikitic savvich savvitch sawwitsch savvic ionich ionitch
"""
_SURNAMES = """
шостакович каганович рабинович хатаевич уборевич гуревич мицкевич луцкевич якубович радкевич дашкевич мазуркевич
shostakovich kaganovich rabinovich khataevich uborevich gurevich mickevich lutskevich yakubovich dashkevich
"""


@cache
def _patronymics() -> tuple[tuple[str, ...], frozenset[str], frozenset[str]]:
    """Give the endings, the short patronymics, and the Latin keys of surnames that are none."""
    return (
        tuple(_PATRONYMICS.split()),
        frozenset(_SHORT_PATRONYMICS.split()),
        frozenset(map(latin, _SURNAMES.split())),
    )


def patronymic(word: str) -> bool:
    """Say whether a word has the form of a patronymic; a few surnames that have it too are known for what they are."""
    endings, short, surnames = _patronymics()
    if word in short:
        return True
    ending = next((one for one in endings if word.endswith(one)), "")
    return bool(ending) and len(word) >= len(ending) + 2 and latin(word) not in surnames


def stem(word: str) -> str:
    """Give the first letters of the Latin key, what the table of spelling errors hangs on."""
    return latin(word)[:STEM]


def distance(asked: str, stored: str) -> int:
    """Count the letters that differ between the Latin keys, two neighbours that changed places being one."""
    from rapidfuzz.distance import OSA

    return OSA.distance(latin(asked), latin(stored))


def nearest(asked: str, stored: Iterable[str], limit: int) -> list[tuple[int, str]]:
    """List the nearest words with their distances, nearest first, then by word.

    Too far is more than one letter where the Latin key has four or fewer, more than two where it is longer.
    """
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    found = list(stored)
    key = latin(asked)
    most = 1 if len(key) <= 4 else 2
    near = process.extract(key, list(map(latin, found)), scorer=OSA.distance, score_cutoff=most, limit=None)
    return sorted((int(far), found[at]) for _, far, at in near)[:limit]
