"""Names as written, and the keys by which they are found: folded once, in Python, the same for every engine."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from terrordb.errors import BadValue

__all__ = ["Name", "fold", "fold_text", "latin", "script", "words"]

Script = Literal["latin", "cyrillic", "mixed", "other"]

# Marks of transliteration for ь and ъ, apostrophes, and the brackets of an editor's "Иван[ов]": none parts a word.
_DROPPED = dict.fromkeys(map(ord, "'`’‘ʼʻʹʺ′´[]"))
# Letters whose stroke or ligature no decomposition takes off, and small capitals.
_STROKES = {ord(letter): plain for letter, plain in zip("łøđħıæœ", ("l", "o", "d", "h", "i", "ae", "oe"), strict=True)}
_STROKES |= {
    ord(o): plain for o, plain in zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢɡɑȷ", "abcdefghijklmnoprstuvwyzgaj", strict=True)
}
# The letters that look alike, as small letters; b, h, m and t look alike as capitals, which is how they slip in.
_LATIN_ALIKE, _CYRILLIC_ALIKE = "abcehikmoptxyjs", "авсенікмортхујѕ"
_TO_CYRILLIC = str.maketrans(_LATIN_ALIKE, _CYRILLIC_ALIKE)
_TO_LATIN = str.maketrans(_CYRILLIC_ALIKE + "ԁԛԝһӏѵ", _LATIN_ALIKE + "dqwhlv")
# A capital of Greek may look like another letter than the small one does; ï among Cyrillic letters is ї.
_ALIEN = re.compile("[\u0370-\u03ffïÏ]")
_RUN = re.compile(r"[^\W\d_]+")
_ALIEN_CYRILLIC = str.maketrans("ΑΒΓΔΕΗΙΚΛΜΟΠΡΤΥΦΧϹϺͶïÏαβεικμοπρτφχυϲϕϵͷ", "АВГДЕНІКЛМОПРТУФХСМИїЇавеікмопртфхусфэи")
_ALIEN_LATIN = str.maketrans("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹϺαβγεηικνορτυχϲ", "ABEZHIKMNOPTYXCMabyenikvoptuxc")
_ZERO_LETTERS = 3  # letters beside which a zero is an o
# Marks that make another letter of Cyrillic, й, ї and ў; all others are stress and go.
_LETTER_MARKS = frozenset({"и\u0306", "і\u0308", "у\u0306"})
_BREAKS = str.maketrans(dict.fromkeys(',.-–—()"«»/:;?!\t\n', " ") | {"ё": "е"})
# One script, no marks: nine names in ten need no more than a translation table.
_EASY = re.compile(r"""(?:[a-z0-9 ,.\-–—()"«»/:;?!\t\n]*|[а-яё0-9 ,.\-–—()"«»/:;?!\t\n]*)""")
_PARTED = re.compile(r"""[ ,.:;(){}"/!?\t\n]+""")  # some of the signs that part words whatever stands beside them
_MOST_PASSES = 8
_JOINERS = "\u200c\u200d"

LONGEST = 200  # letters of one word: an index of words cannot hold much more


def fold(text: str) -> str:
    """Fold a text to the form that is compared: small letters, one space between words, no marks.

    ё is е, Latin letters lose their diacritics, apostrophes and soft signs' marks go, other signs part words, and a
    word that mixes Latin and Cyrillic look-alikes takes the script of most of its letters. Folding twice changes
    nothing.
    """
    small = text.casefold()
    if _EASY.fullmatch(small):
        easy = small.translate(_BREAKS).split()
        return " ".join(map(_without_zero, easy) if "0" in small else easy)
    for _ in range(_MOST_PASSES):
        # One pass may bring together what the next one composes: rare letters only.
        folded = _pass(text)
        if folded == text:
            break
        text = folded
    return text


def fold_text(text: str) -> str:
    """Fold as `fold` does, word by word: of many texts the words repeat, and of long ones few are easy as a whole."""
    return " ".join(filter(None, map(_fold_word, _PARTED.split(text))))


@lru_cache(maxsize=2**15)
def _fold_word(word: str) -> str:
    return fold(word)


def words(text: str) -> list[str]:
    """List the distinct folded words of a text in order; a hyphenated name gives its parts."""
    return list(dict.fromkeys(fold(text).split()))


def script(text: str) -> Script | None:
    """Say in which script a text is written; mixed where its letters are of several, None where it has no letters."""
    found = {_letter_script(letter) for letter in unicodedata.normalize("NFKC", text) if letter.isalpha()}
    return "mixed" if len(found) > 1 else next(iter(found), None)


def _letter_script(letter: str) -> Literal["latin", "cyrillic", "other"]:
    """Give a letter's script, by the blocks of Unicode that hold Latin and Cyrillic."""
    code = ord(letter)
    if code < 0x250 or 0x1E00 <= code < 0x1F00 or 0x2C60 <= code < 0x2C80 or 0xA720 <= code < 0xA800:
        return "latin"
    if 0x400 <= code < 0x530 or 0x1C80 <= code < 0x1C90 or 0xA640 <= code < 0xA6A0:
        return "cyrillic"
    return "other"


def _pass(text: str) -> str:
    """Fold once, whatever the script."""
    if _ALIEN.search(text):
        text = _RUN.sub(lambda run: _without_aliens(run[0]), text)
    text = unicodedata.normalize("NFKC", text.translate(_DROPPED)).casefold()
    text = unicodedata.normalize("NFKC", text).translate(_DROPPED).translate(_STROKES)
    letters: list[str] = []
    for sign in unicodedata.normalize("NFD", text):
        kind = unicodedata.category(sign)
        if kind[0] in "LN":
            letters.append(sign)
        elif kind[0] == "M":
            letters.extend(sign if _keeps(letters[-1] if letters else " ", sign) else "")
        elif kind != "Cf":
            letters.append(" ")
    composed = unicodedata.normalize("NFC", "".join(letters)).replace("ё", "е")
    return " ".join(_without_zero(_one_script(word)) for word in composed.split())


def _without_aliens(word: str) -> str:
    """Turn letters of Greek that slipped into a word of Latin or Cyrillic letters into those they look like."""
    scripts = list(map(_letter_script, word))
    latins, cyrillics = scripts.count("latin"), scripts.count("cyrillic")
    return word.translate(_ALIEN_LATIN if latins > cyrillics else _ALIEN_CYRILLIC) if latins or cyrillics else word


def _without_zero(word: str) -> str:
    """Turn zeros among letters into the letter they look like."""
    letters = word.replace("0", "")
    if letters == word or len(letters) < _ZERO_LETTERS or not letters.isalpha():
        return word
    return word.replace("0", "о" if _letter_script(letters[0]) == "cyrillic" else "o")


def _keeps(before: str, mark: str) -> bool:
    """Say whether a mark belongs to the letter before it, rather than being a diacritic, a stress or astray."""
    if before == " ":
        return False
    return before + mark in _LETTER_MARKS or _letter_script(before) == "other"


def _one_script(word: str) -> str:
    """Turn look-alike letters into the script of most letters of a word, Cyrillic where they are equally many.

    Where a letter has nothing like it in that script, and all have in the other, the word is of the other.
    """
    scripts = [_letter_script(letter) for letter in word if letter.isalpha()]
    latins, cyrillics = scripts.count("latin"), scripts.count("cyrillic")
    if not latins or not cyrillics:
        return word
    readings = [word.translate(_TO_CYRILLIC), word.translate(_TO_LATIN)]
    if latins > cyrillics:
        readings.reverse()
    return next((one for one in readings if len(set(map(_letter_script, filter(str.isalpha, one)))) == 1), readings[0])


# ---------------------------------------------------------------- the Latin key

# Applied in order to the ASCII form: each line brings together what schemes of transliteration write for one letter.
# Measured on 26,342 Latin and Russian spellings of names from Wikidata (many of them translations, so that no key finds
# all): equal keys 32 % with anyascii alone, 53 % with these lines, and 96 of 100 matches are pairs of that list.
# Doubled consonants stay: to make them one finds 1 % more and doubles the wrong matches.
_SPELLINGS: tuple[tuple[str, str], ...] = (
    (r"schtsch|shtsh|shch|szcz", "sh"),  # щ: German, English, Polish; ш and щ are one in popular spelling
    (r"tsch|tch|cz|(?<=i)c$", "ch"),  # ч: German, French, Polish; Serbian -ić
    (r"sch|sz", "sh"),  # ш
    (r"kh", "h"),  # х: Tukhachevsky, Tuhachevskij
    (r"tz|c(?=[eiy])", "ts"),  # ц
    (r"ck|qu?|c(?!h)", "k"),
    (r"x", "ks"),
    (r"ph", "f"),
    (r"th", "t"),
    (r"gh", "g"),
    (r"w", "v"),
    (r"ou|oo", "u"),  # у: French Toukhatchevski
    (r"(?<=[oe])ff?$", "v"),  # Orloff
    (r"(?<=[bdfghklmnprstvz])[yj]o", "e"),  # ё behind a consonant: Fyodor; ё itself is folded to е
    (r"[yj]", "i"),  # й, ы and и, and the first half of я, ю and е
    (r"i+", "i"),
    (r"ie", "e"),  # Yezhov, Zinoviev, Andreyev
)
# Plain letters are replaced as such, which takes a fifth of the time.
_RULES = tuple((None if pattern.isalpha() else re.compile(pattern), pattern, plain) for pattern, plain in _SPELLINGS)
_NOT_KEY = re.compile("[^a-z0-9]")
# What anyascii makes of the Cyrillic letters that folding leaves: most names never need its tables.
_ROMANS = "a b v g d e zh z i y k l m n o p r s t u f kh ts ch sh shch  y  e yu ya i i ie g u"
_ROMAN = {
    ord(letter): plain
    for letter, plain in zip(
        "абвгдежзийклмнопрстуфхцчшщъыьэюяіїєґў",
        _ROMANS.split(" "),
        strict=True,
    )
}


@lru_cache(maxsize=1 << 13)
def latin(word: str) -> str:
    """Give the Latin search key of a word: the same for the common transliterations of one name.

    Only [a-z0-9]; not a transliteration to be shown, and empty where nothing can be transliterated.
    """
    key = fold(word)
    if not key.isascii():
        key = key.translate(_ROMAN)
    if not key.isascii():
        # 13 ms to import, and names in Latin and Cyrillic letters never need it.
        from anyascii import anyascii

        key = anyascii(key).lower()
    key = _NOT_KEY.sub("", key)
    for pattern, letters, plain in _RULES:
        key = pattern.sub(plain, key) if pattern else key.replace(letters, plain)
    return key


# ---------------------------------------------------------------- the value


@dataclass(frozen=True, slots=True)
class Name:
    """Hold a name as its source writes it, and what it is found by."""

    text: str
    folded: str = field(compare=False)
    words: tuple[str, ...] = field(compare=False)

    @classmethod
    def parse(cls, text: str) -> Name:
        """Read a name; raises BadValue where it is empty, has no letters, or has characters nobody can see."""
        if not text.strip():
            raise BadValue("the name is empty", "leave the cell out, or describe the person in square brackets")
        for sign in "" if text.isprintable() else text:
            if unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp") and sign not in _JOINERS:
                raise BadValue(f"the name has the invisible character U+{ord(sign):04X}", "type the name anew")
        folded = fold(text)
        if not any(map(str.isalpha, folded)):
            raise BadValue(f"'{text}' has no letters", "a name has at least one letter")
        found = tuple(dict.fromkeys(folded.split()))
        if long := next((word for word in found if len(word) > LONGEST), None):
            raise BadValue(
                f"'{long[:20]}…' is a word of {len(long):,} letters", f"a name's words have at most {LONGEST}"
            )
        return cls(text, folded, found)

    @property
    def latin(self) -> tuple[str, ...]:
        """Give the Latin search keys of the words."""
        return tuple(map(latin, self.words))

    def __str__(self) -> str:
        """Give the name as written."""
        return self.text
