"""Which spellings are one name: schemes of transliteration, gender, declension, sound; words come folded (`fold`).

Two words are one name where some Cyrillic spelling gives both: each is read letter by letter, and what a reading keeps
is the schemes that write every letter so far in that way.  Nothing is guessed from likeness alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import NamedTuple

from terrordb.values.names import latin
from terrordb.values.sounds import codes

__all__ = ["STEM", "Match", "compare", "distance", "keys", "nearest", "patronymic", "stem"]

STEM = 7  # letters of the Latin key that the table of spelling errors hangs on


class Match(NamedTuple):
    """Say how two words are one name: exact or variant, and by which rule."""

    match: str
    why: str


# ---------------------------------------------------------------- the schemes

# How each scheme writes a letter once marks are taken off (`fold`): ž is z, ë is e; "-" is an apostrophe, so nothing.
# Е is е at the start, behind a vowel and behind ь, ъ, й; both stand for ё too.  $ is the word's end; -0 says that a
# scheme has no way of its own to write letters together.  "popular" is what newspapers and catalogues mix, "native" how
# a name of German, Yiddish, Polish or English origin is written at home; neither is named in a reason.
_SCHEMES = (
    "BGN/PCGN", "ALA-LC", "ISO 9", "GOST", "scientific", "Wikipedia", "Polish", "German", "French", "Hungarian",
    "Ukrainian", "popular", "native",
)  # fmt: skip
_TABLE = """
а a    a    a    a    a    a    a        a        a       a   a      a         a
б b    b    b    b    b    b    b        b        b       b   b      b         b
в v    v    v    v    v    v    w        w        v       v   v      v         w|v
г g    g    g    g    g    g    g|h      g        g|gu    g   h|g    g|h       g|h|gh
д d    d    d    d    d    d    d        d        d       d   d      d         d|dt
е e    e    e    e|yo e|jo e|yo e|ie|je|io|jo e|je|jo e|ie|io e|je|jo e e|ie|ye|yo|io|eo e|oe|ae
Е ye   e    e    e|yo e|je|jo ye|yo je|jo|ie e|je|jo e|ie|ye|io e|je|jo e e|ye|ie|yo|je|io e|je|ie|oe
ж zh   zh   z    zh   z    zh   z|rz     sch|sh   j       zs  zh     zh        j|g|zh
з z    z    z    z    z    z    z        s        z       z   z      z         s|z
и i    i    i    i    i    i    i|y      i        i       i   y|i    i|y       i|y|ie|ee
й y    i    j    j    j    y    j        j|i      i|y     j   i|y    y|i       i|y|j
к k    k    k    k    k    k    k        k        k       k   k      k         k|c|ck|q
л l    l    l    l    l    l    l        l        l       l   l      l         l
м m    m    m    m    m    m    m        m        m       m   m      m         m
н n    n    n    n    n    n    n        n        n       n   n      n         n
о o    o    o    o    o    o    o        o        o       o   o      o         o
п p    p    p    p    p    p    p        p        p       p   p      p         p
р r    r    r    r    r    r    r        r        r       r   r      r         r|rh
с s    s    s    s    s    s    s        s|ss     s|ss    sz  s      s         s|ss|c
т t    t    t    t    t    t    t        t        t       t   t      t         t|th
у u    u    u    u    u    u    u        u        ou      u   u      u|ou      u|oo|w
ф f    f    f    f    f    f    f        f        f       f   f      f         f|ph|v|pf
х kh   kh   h    x|kh x|ch|h kh ch       ch       kh      h   kh     kh|h      h|ch
ц ts   ts   c    cz|c c    ts   c        z        ts      c   ts     ts|tz|c   z|tz|c|ts
ч ch   ch   c    ch   c    ch   cz       tsch     tch     cs  ch     ch|tch    ch|tsch|tch|c|cz
ш sh   sh   s    sh   s    sh   sz       sch      ch      s   sh     sh        sch|sh|s|ch|sz|rz
щ shch shch s|sc shh  sc   shch szcz     schtsch  chtch   scs shch   shch|sch|sh szcz
ъ -    -    -    -    -    -    -        -        -       -   -      -         -
ы y    y    y    y    y    y    y        y        y       i   y      y|i       y|i
ь -    -    -    -    -    -    -        -        -       -   -      -         -
э e    e    e    e    e    e    e        e        e       e   e      e         e|a|ae|eh
ю yu   iu   u    yu   ju   yu   ju|iu|u  ju       iou|you ju  yu|iu  yu|iu|ju  u|ue|iu|ju|yu
я ya   ia   a    ya   ja   ya   ja|ia|a  ja       ia|ya   ja  ya|ia  ya|ia|ja  ia|ya|ja|a
і i    i    i    i    i    i    i        i        i       i   i      i|y       i
ї yi   i    i    yi   ji   yi   ji|i     ji       i       ji  i|yi   i|yi      i
є ye   ie   e    ye   je   ye   je|ie    je       ie      je  ie|ye  e|ye|ie   e
ґ g    g    g    g    g    g    g        g        g       g   g      g         g
ў w    u    u    u    u    w    w|l      w        ou      u   u      u|v|w     w
ий$ iy$ ii$  ij$  ij$  ij$  y$   i$|y$    i$|ij$   i$|ii$ ij$ yi$|y$ y$|i$|ii$|iy$|ij$|iyi$ i$|y$
ый$ yy$ yi$  yj$  yj$  yj$  y$   y$       y$       y$|yi$ ij$ yi$|y$ y$|i$|yi$|yy$|yj$ y$|i$
ой$ oy$ oi$  oj$  oj$  oj$  oy$  oj$      oi$|oj$  oi$    oj$ oi$|oy$ oy$|oi$|oj$ oj$|oi$|y$
ов$ ov$ ov$  ov$  ov$  ov$  ov$  ow$      ow$      ov$    ov$ ov$    ov$|off$|of$ off$
ев$ ev$ ev$  ev$  ev$  ev$  ev$|yov$ ew$|iew$|jow$|iow$ ew$|jew$|jow$ ev$|iev$ ev$ ev$ ev$|iev$|eff$|ef$ -0
Ев$ yev$ ev$ ev$ ev$ ev$ yev$ jew$|iew$ jew$|ew$ iev$|ev$ jev$|ev$ ev$ ev$|iev$|yev$|eff$|ieff$|ief$|jev$ -0
ин$ in$ in$ in$ in$ in$ in$ in$|yn$ in$ ine$|in$ in$ yn$|in$ in$|ine$ in$|ine$
ын$ yn$ yn$ yn$ yn$ yn$ yn$ yn$ yn$ yne$ in$ yn$ yn$|in$|yne$|ine$ -0
ья -0 -0 -0 -0 -0 -0 -0 -0 ia -0 -0 ia|ya -0
ьЕ -0 -0 -0 -0 -0 ye|ie ie|je -0 ie -0 -0 ie|ye|ije|iye ie|ye|i
ьи yi -0 -0 -0 -0 yi -0 ji i -0 -0 yi|i -0
ия -0 -0 -0 -0 -0 iya|ia ia|ija|ja ija ia -0 -0 ia|iia|ija|iya|ya ia|ya
ие -0 -0 -0 -0 -0 ie|iye ie|ije -0 ie -0 -0 ie ie
кс -0 -0 -0 -0 -0 x ks -0 x -0 -0 x|ks x
кв -0 -0 -0 -0 -0 -0 kw kw -0 -0 -0 kv|qu qu
дж -0 -0 dz dzh -0 -0 dz|j dsch dj|j dzs -0 dzh|j|dj j|g|dg|dj
зж -0 -0 -0 -0 -0 -0 -0 sh|sch -0 -0 -0 zh -0
ей ey   ei   ej   ej   ej   ey   ej|aj    ei       ei|ej|ey ei ej    ei|ey     ei|ey|ai|ej|ay|eu
ай ay ai aj aj aj ay aj ai|aj ai aj ai|ay ai|ay|aj ei|ai|ay|ey|aj
ой -0 -0 -0 -0 -0 -0 oj -0 -0 -0 -0 -0 eu|oi|oy
ау -0 -0 -0 -0 -0 -0 -0 -0 -0 -0 -0 au|aou au|ou
ео -0 -0 -0 -0 -0 -0 -0 -0 -0 -0 -0 eo|io eo|jo|io
ом -0 -0 -0 -0 -0 -0 om|a -0 -0 -0 -0 -0 -0
он -0 -0 -0 -0 -0 -0 on|a -0 -0 -0 -0 -0 -0
ен -0 -0 -0 -0 -0 -0 en|e|ien|ie -0 -0 -0 -0 -0 -0
ем -0 -0 -0 -0 -0 -0 em|e|iem|ie -0 -0 -0 -0 -0 -0
же zhe zhe ze zhe ze zhe|zho ze|zo|rze|rzo sche|she|scho|sho je|jo zse|zso zhe zhe|zho -0
че che che ce che ce che|cho cze|czo tsche|tscho tche|tcho cse|cso che che|cho|tche|tcho -0
ше she she se she se she|sho sze|szo sche|scho che|cho se|so she she|sho -0
ще shche shche sce shhe sce shche|shcho szcze|szczo schtsche|schtscho chtche|chtcho\
 scse|scso shche shche|shcho|sche|scho -0
ле le le le le|lyo le|ljo le|lyo le|lo|lio le|ljo|lo le|lio le|ljo le le|lyo|lio -0
жев$ zhev$ zhev$ zev$ zhev$ zev$ zhev$|zhov$ zew$|zow$|rzow$ schew$|schow$|show$ jev$|jov$ zsev$|zsov$ zhev$\
 zhev$|zhov$ -0
чев$ chev$ chev$ cev$ chev$ cev$ chev$|chov$ czew$|czow$ tschew$|tschow$ tchev$|tchov$ csev$|csov$ chev$\
 chev$|chov$|chyov$ -0
шев$ shev$ shev$ sev$ shev$ sev$ shev$|shov$ szew$|szow$ schew$|schow$ chev$|chov$ sev$|sov$ shev$ shev$|shov$|shyov$ -0
щев$ shchev$ shchev$ scev$ shhev$ scev$ shchev$|shchov$ szczew$|szczow$ schtschew$|schtschow$ chtchev$|chtchov$ -0\
 shchev$\
 shchev$|shchov$|schev$|shchyov$ -0
рж -0 -0 -0 -0 -0 -0 rz -0 -0 -0 -0 -0 rz
ль l l l l l l l l l l l l|lj|ll|lh l|ll
нь n n n n n n n n gn|n n n n|nj|ny|gn n|gn
кая$ kaya$ kaia$ kaa$ kaya$ kaja$ kaya$ ka$|kaja$ kaja$ kaia$ kaja$ kaya$|ka$ kaya$|kaia$|kaja$ ka$
ск -0 -0 -0 -0 -0 -0 -0 -0 -0 -0 -0 sc sk|sc|sch
$ $ $ $ $ $ $ $ $ $ $ $ $ $
"""
_NATIVE = 1 << (len(_SCHEMES) - 1)
_POPULAR = _NATIVE >> 1
_ALL = (1 << len(_SCHEMES)) - 1
# Set in every letter: what is left alone where no one scheme writes the whole word.
_MIXED = 1 << len(_SCHEMES)
_HALF = len(_SCHEMES) + 1
_FULL = (_ALL | _MIXED) | (_ALL | _MIXED) << _HALF
_VOWELS = frozenset("аеиоуыэюяіїєaeiouy")

# What a letter doubled in one word only and a word of no one scheme cost, and how much a pair of longer words may.
_DOUBLED, _MIXING, _MOST, _LONG = 1, 2, 2, 6

# Letters on the left, the first letter on the right: the letters there and the bits of the schemes.
_Steps = dict[str, dict[str, tuple[tuple[str, tuple[int, ...]], ...]]]


def _whole(word: str) -> str:
    """Write kh as one letter: k and h apart would read Sakharov as a home spelling of Закхаров."""
    return word.replace("kh", "χ")


@cache
def _spelled() -> dict[str, dict[str, int]]:
    """Read the table: Cyrillic letters to the ways they are written, each with the bits of its schemes."""
    table: dict[str, dict[str, int]] = {}
    for row in filter(None, _TABLE.split("\n")):
        letter, *cells = row.split()
        ways = table.setdefault(letter, {})
        for at, cell in enumerate(cells):
            for way in cell.split("|") if cell != "-0" else ():
                plain = _whole(way.strip("-"))
                ways[plain] = ways.get(plain, _MIXED) | 1 << at
    return table


def _steps(found: dict[str, dict[str, set[int]]]) -> _Steps:
    """Sort steps by the first letter of what stands on the right."""
    steps: _Steps = {}
    for letter, ways in found.items():
        by_first = steps.setdefault(letter, {})
        for way, bits in ways.items():
            # A reading that fits fewer schemes is none of its own.
            own = tuple(one for one in sorted(bits) if not any(one != other and one & other == one for other in bits))
            by_first[way[:1]] = (*by_first.get(way[:1], ()), (way, own))
    return steps


@cache
def _across() -> _Steps:
    """Give the steps from Cyrillic to Latin letters; the left word fits every scheme."""
    left = _ALL | _MIXED
    return _steps(
        {letter: {way: {left | bits << _HALF} for way, bits in ways.items()} for letter, ways in _spelled().items()}
    )


_SIBILANT_YO = frozenset(("же", "че", "ше", "ще"))


@cache
def _latins() -> _Steps:
    """Give the steps between Latin letters: two ways of one Cyrillic letter."""
    steps: dict[str, dict[str, set[int]]] = {}
    native = _NATIVE | _MIXED
    for letters, ways in _spelled().items():
        # ё behind ж, ч, ш, щ: between Latin spellings only at the end, for Likhachov is Likhachev, Shostov not Shestov.
        if letters in _SIBILANT_YO:
            continue
        for one, bits in ways.items():
            for other, more in ways.items():
                if not one or not other:
                    continue
                # What only a home spelling has stands for too much to join two Latin vowels: Babel is not Bebel.
                vowels = (one[0] in _VOWELS or other[0] in _VOWELS) and min(len(one), len(other)) == 1
                if one != other and native in (bits, more) and (bits == more or vowels):
                    continue
                steps.setdefault(one, {}).setdefault(other, set()).add(bits | more << _HALF)
    for letter in "abcdefghijklmnopqrstuvwxyz":
        if letter not in steps:
            steps[letter] = {letter: {_FULL}}
    return _steps(steps)


# What Ukrainian, Belarusian and Russian write for one another, and what is written now one way, now another.
_ALIKE = """
і=и ї=и є=е є=Е ґ=г ў=в ы=и е=Е е=э Е=э й=и ий$=и$ ий$=і$ ий$=ый$ ої$=ой$ ія=ия щ=шч ьо=е йо=Е йо=е ий=і ій=ий ье=е
ьЕ=е иЕ=ьЕ
"""


@cache
def _cyrillics() -> _Steps:
    """Give the steps between Cyrillic letters: Ukrainian, Belarusian and Russian spelling of one name."""
    steps: dict[str, dict[str, set[int]]] = {
        letter: {letter: {_FULL}} for letter in "абвгдеЕжзийклмнопрстуфхцчшщъыьэюяіїєґў$"
    }
    steps["ъ"][""] = steps["ь"][""] = {_FULL}
    for pair in _ALIKE.split():
        one, other = pair.split("=")
        steps.setdefault(one, {})[other] = {_FULL}
        steps.setdefault(other, {})[one] = {_FULL}
    return _steps(steps)


# ---------------------------------------------------------------- gender and case

# Masculine; feminine; other cases. What differs at the end of two words may be two forms of one line.
_FORMS = """
ов ov ow off of;ова ova owa;ову ове овым овой овою овы овых ovu ovym ovoi ovoy ovoj owi owem owej owie owie
ев ev ew eff yov jow iow iev iew jew yev;ева eva ewa yova jowa iowa iova ieva iewa jewa yeva;еву еве евым евой евою\
 евы евых evu evym evoi evoy ewi ewem ewej
ин ын in yn ine yne;ина ына ina yna;ину ине иным иной иною ины иных ыну ыне ыным ыной inu inym inoi inoy inoj
кий кій кі ky ki kii kiy kij kyi kyj;кая ка kaya kaia kaja ka;кого кому ким ком кой кою кую кие ких кими kogo komu\
 kim kom koi koy koj kuyu kuiu kiego kiemu kiej ka
ой oy oi oj;ая aya aia aja;ого ому ым ом ую ые ых ogo omu ym oyu
ый ий yy yi iy;ая яя aya aia aja;ого ому ым ом ой ую ые ых его ему им ей юю ogo omu ym oi oy
-;;а у ом е ы ам ами ах
ь;;я ю ем е и
й;;я ю ем е и
а;;ы и е у ой ою
ия;;ии ию ией
"""


@cache
def _endings() -> dict[str, dict[int, str]]:
    """Read the forms: an ending to the lines it stands in, each with the column."""
    endings: dict[str, dict[int, str]] = {}
    for line, row in enumerate(filter(None, _FORMS.split("\n"))):
        for form, cell in zip("mfo", row.split(";"), strict=True):
            for ending in cell.split():
                endings.setdefault(ending.strip("-"), {}).setdefault(line, form)
    return endings


_BARE = 6  # the lines from here on decline any word, so only between Cyrillic spellings


def _form(one: str, other: str, stem: str, cyrillic: bool) -> str | None:
    """Say which form of one name two endings behind one stem make."""
    forms, others = _endings().get(one), _endings().get(other)
    if not forms or not others:
        return None
    found = None
    for line, form in forms.items():
        if (second := others.get(line)) is None or (second == form and (form != "o" or one == other)):
            continue
        if line >= _BARE and len(stem) < 3:
            continue
        # In Latin letters an oblique case is rarer than another name that looks like one.
        if "o" in (form, second) and not cyrillic:
            continue
        found = found or "declined form" if "o" in (form, second) else "feminine form"
    return found


# ---------------------------------------------------------------- the reading of a pair


def _read(left: str, right: str, steps: _Steps, most: int, cyrillic: bool) -> tuple[int, int, str] | None:
    """Read two words side by side: the cost, the bits of the schemes and the form, or None where they part."""
    left, right = left + "$", right + "$"
    width, height = len(left), len(right)
    reached: list[dict[int, dict[int, int]]] = [{} for _ in range(width + 1)]
    reached[0][0] = {_FULL: 0}
    best: tuple[int, int, str] | None = None
    for at in range(width):
        here = reached[at]
        if not here:
            continue
        options = [
            (size, found) for size in range(1, min(7, width - at) + 1) if (found := steps.get(left[at : at + size]))
        ]
        ends = left[at:-1].lower() if at >= 2 and width - at <= 6 else None
        for to in range(min(here), height):
            states = here.get(to)
            if not states:
                continue
            first = right[to]
            for size, ways in options:
                for way, masks in (*ways.get(first, ()), *ways.get("", ())):
                    if right.startswith(way, to):
                        _reach(reached[at + size].setdefault(to + len(way), {}), states, masks, 0, most)
            if to and first == right[to - 1]:
                _reach(here.setdefault(to + 1, {}), states, (_FULL,), _DOUBLED, most)
            if at and left[at] == left[at - 1]:
                _reach(reached[at + 1].setdefault(to, {}), states, (_FULL,), _DOUBLED, most)
            if ends is not None and to >= 2 and height - to <= 6:
                form = _form(ends, right[to:-1].lower(), left[:at], cyrillic)
                if form:
                    best = _better(best, states, form, most)
    done = reached[width].get(height)
    if done:
        best = _better(None, done, "", most) or best
    return best


def _reach(there: dict[int, int], states: dict[int, int], masks: tuple[int, ...], cost: int, most: int) -> None:
    """Take the readings one step on; of readings that fit the same schemes the cheapest is kept."""
    for bits, spent in states.items():
        if (total := spent + cost) <= most:
            for mask in masks:
                kept = bits & mask
                if there.get(kept, total + 1) > total:
                    there[kept] = total


def _better(
    best: tuple[int, int, str] | None, states: dict[int, int], form: str, most: int
) -> tuple[int, int, str] | None:
    """Keep the cheapest reading, where no scheme writes a whole word at the price of mixing."""
    for bits, spent in states.items():
        cost = spent + _MIXING * (not bits & _ALL) + _MIXING * (not (bits >> _HALF) & _ALL)
        if cost > most or (best and cost > best[0]):
            continue
        # Several readings at one price: a scheme that writes the word in any of them is named.
        best = (cost, best[1] | bits, best[2]) if best and cost == best[0] else (cost, bits, form)
    return best


def _iotated(word: str) -> str:
    """Mark е where schemes write ye."""
    if "е" not in word:
        return word
    return "".join(
        "Е" if letter == "е" and (not at or word[at - 1] in "аеиоуыэюяіїєьъй") else letter
        for at, letter in enumerate(word)
    )


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


@lru_cache(maxsize=1 << 15)
def keys(word: str) -> tuple[str, ...]:
    """Give the search keys of a word: two words that `compare` takes for one name share at least one.

    L and the Latin key, then D and codes of sound, coarser than those published; eight at most, two as a rule.
    """
    key = latin(word)
    if not key:
        return ("=" + word,)
    return ("L" + key, *sorted(_sounds(word)))[:_MOST_KEYS]


def _sounds(word: str) -> set[str]:
    """Give the codes of the readings of a word, without vowels but at the start."""
    found: set[str] = set()
    for reading in _readings(word):
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


# ---------------------------------------------------------------- the questions


def compare(asked: str, stored: str) -> Match | None:
    """Say whether two folded words are one name and by which rule; None where they are not."""
    pair = f"{asked.capitalize()} = {stored.capitalize()}"
    if asked == stored:
        return Match("exact", pair)
    reason = _reason(asked, stored)
    # The reading of a pair is finer than the keys nearly always; where it is not, the promise of `keys` holds.
    if reason is None or set(keys(asked)).isdisjoint(keys(stored)):
        return None
    return Match("variant", f"{pair}, {reason}")


def _reason(asked: str, stored: str) -> str | None:
    """Give the rule by which two different words are one name."""
    one, other = (asked, stored) if asked > stored else (stored, asked)  # Cyrillic before Latin
    most = 0 if min(len(one), len(other)) < _LONG else _MOST
    read = None
    if other.isascii():
        cyrillic = int(_CYRILLIC.issuperset(one))
        if cyrillic:
            read = _read(_iotated(one), _whole(other), _across(), most, False)
        elif one.isascii():
            read = _read(_whole(one), _whole(other), _latins(), min(most, _DOUBLED), False)
    else:
        cyrillic = 2
        if _CYRILLIC.issuperset(one) and _CYRILLIC.issuperset(other):
            read = _read(_iotated(one), _iotated(other), _cyrillics(), most, True)
    if read is None:
        key = latin(one)
        return _TOLD[cyrillic] if key and key == latin(other) else None
    cost, bits, form = read
    if form:
        return form
    if cyrillic == 1:
        schemes = bits >> _HALF & _ALL
        if schemes == _NATIVE:
            return "sounds alike"
        names = [name for at, name in enumerate(_SCHEMES[:-2]) if schemes & 1 << at]
        if names and not cost:
            return ", ".join(names) if len(names) <= _TOLD_SCHEMES else f"{', '.join(names[:_TOLD_SCHEMES])} and others"
    return _TOLD[cyrillic]


_TOLD = ("two transliterations", "popular spelling", "two spellings")
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
