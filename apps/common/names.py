"""Names: their tidy form, and the keys by which people are searched and sorted.

A name is stored as its owner writes it; every folding (traditional to simplified, dots, full-width letters)
happens in keys only. Keys come from tables in `data/` (see its NOTICE.md), one look-up a character, so that
25,000 names take a fraction of a second and no pinyin library is loaded at run time.

- pinyin and initials: for typing (zengjianguo, zjg); ü is v.
- sort_key: 拼音 order, syllable and tone, then the character, one name part after the other.
- stroke_key: 姓氏笔画 order as official lists print it: number of strokes, then 横竖撇点折 of each stroke.
- grams: the folded name, its pairs of characters and its rare single characters, for a GIN index on text[];
  `query_grams` gives what a search must contain.

All keys compare bytewise (collation C.UTF-8). They are long: up to some 20 characters for each of the name.
"""

import functools
import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path

DATA = Path(__file__).parent / "data"
DOT = "\u00b7"
LONGEST_NAME = 60
# Longer keys are cut; only the order of very long names with the same beginning is lost.
LONGEST_KEY, LONGEST_PINYIN = 240, 200

_DOTS = re.compile(r"\s*[\u00b7\u0387\u2022\u2024\u2027\u2219\u22c5\u25cf\u30fb\u2e31\uff0e\uff65]\s*")
_DOT_BETWEEN_HAN = re.compile(
    r"(?<=[\u3400-\u9fff\U00020000-\U000323af])\s*\.\s*(?=[\u3400-\u9fff\U00020000-\U000323af])"
)
_SPACE_BESIDE_HAN = re.compile(
    r"(?<=[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af])\s+|\s+(?=[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af])"
)
_ZERO_WIDTH = re.compile(r"[\u00ad\u200b-\u200d\u2060\ufeff]")
_BIDI = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_FORMER_NAMES = re.compile(r"[\s,，、;；/|()（）]+")
_NOT_LETTERS = re.compile(r"[\s\u00b7'’.\-]")
_FOLDED_MARKS = str.maketrans({"○": "〇", "零": "〇", "ㄧ": "一"})


@dataclass(frozen=True, slots=True)
class NameKeys:
    """The stored keys of one name; all lower case and empty for an empty name."""

    pinyin: str
    initials: str
    sort_key: str
    stroke_key: str
    grams: tuple[str, ...]


def normalise_name(text: object) -> str:
    """The name as it is stored: the characters kept, the typing slips taken out.

    Spaces around and beside Chinese characters go (张　三), between Latin words one stays; every kind of
    middle dot becomes ·. Raises ValueError with a Chinese sentence for an empty or overlong name, control
    characters, and marks that turn the direction of writing.
    """
    if not isinstance(text, str):
        raise ValueError("姓名不是文字。" if text is not None else "姓名是空的。")
    if _BIDI.search(text):
        raise ValueError("姓名里有改变书写方向的隐藏字符，请重新录入。")
    name = _ZERO_WIDTH.sub("", text).strip()
    name = " ".join(name.split())
    if any(unicodedata.category(letter) == "Cc" for letter in name):
        raise ValueError("姓名里有看不见的控制字符，请重新录入。")
    name = _SPACE_BESIDE_HAN.sub("", name)
    name = _DOT_BETWEEN_HAN.sub(DOT, _DOTS.sub(DOT, name))
    if not name:
        raise ValueError("姓名是空的。")
    if len(name) > LONGEST_NAME:
        raise ValueError(f"姓名超过 {LONGEST_NAME} 个字。")
    return name


def name_keys(name: str, former_name: str = "", reading: str = "") -> NameKeys:
    """All keys of a name. `former_name` may hold several; they are searched, not sorted by.

    `reading` is the person's own pinyin, one syllable a character with tone digits or without
    (zeng1 jian4 guo2); it replaces the readings of the tables when the number of syllables fits.
    Characters that no table knows are kept as themselves and sort last: no name raises.
    """
    letters = [letter for letter in name if not _NOT_LETTERS.match(letter)]
    syllables = _own_reading(reading, letters) or _syllables(name, letters)
    plain = [syllable[0] + syllable[1:].rstrip("12345") for syllable in syllables]
    return NameKeys(
        pinyin="".join(plain)[:LONGEST_PINYIN],
        initials="".join([syllable[:1] for syllable in plain]),
        sort_key=" ".join([syllable + letter for syllable, letter in zip(syllables, letters, strict=True)]).lower()[
            :LONGEST_KEY
        ],
        stroke_key=" ".join([_stroke_part(letter) for letter in letters])[:LONGEST_KEY],
        grams=_grams(name, former_name),
    )


def query_grams(text: str) -> list[str]:
    """What the grams of every match contain, for `search_grams @> …`.

    Two characters or more: their pairs. One rare character: itself. One common character: nothing; ask for
    names that begin with it instead.
    """
    folded = search_form(text)
    if len(folded) == 1:
        return [folded] if _is_rare(folded) else []
    return list(dict.fromkeys(_pairs(folded)))


def search_form(text: str) -> str:
    """The folded form in which names are compared: simplified, no dots or spaces, small Latin letters."""
    if not text.isascii() and not unicodedata.is_normalized("NFKC", text):
        text = unicodedata.normalize("NFKC", text)
    folded = _NOT_LETTERS.sub("", _DOTS.sub("", _ZERO_WIDTH.sub("", text)))
    return to_simplified(folded.translate(_FOLDED_MARKS)).casefold()


def to_simplified(text: str) -> str:
    """Traditional characters as simplified ones, one for one (OpenCC's character table)."""
    return text.translate(_simplified_table())


def surname_of(name: str) -> str:
    """The surname as written: a compound one when a given name follows it, else the first character.

    A name with a middle dot has no surname in this sense: empty.
    """
    if DOT in name or not name:
        return ""
    for length in (4, 3, 2):
        if len(name) > length and to_simplified(name[:length]) in _surnames():
            return name[:length]
    return name[0]


def _syllables(name: str, letters: list[str]) -> list[str]:
    surname = surname_of(name)
    given = [_reading(letter) for letter in letters[len(surname) :]]
    return list(_surname_reading(surname)) + given


@functools.lru_cache(maxsize=8192)
def _surname_reading(surname: str) -> tuple[str, ...]:
    known = _surnames().get(to_simplified(surname))
    return known or tuple(_reading(letter) for letter in surname if not _NOT_LETTERS.match(letter))


def _own_reading(reading: str, letters: list[str]) -> list[str]:
    syllables = reading.lower().replace("ü", "v").replace("u:", "v").split()
    return syllables if len(syllables) == len(letters) else []


@functools.lru_cache(maxsize=32768)
def _reading(letter: str) -> str:
    """Syllable and tone digit; other scripts as themselves."""
    return _readings().find(letter) or unicodedata.normalize("NFKC", letter).lower()


@functools.lru_cache(maxsize=32768)
def _stroke_part(letter: str) -> str:
    """Number of strokes, then each stroke's class; unknown sequences after the known, unknown counts last."""
    key = _strokes().find(letter) or _strokes().find(unicodedata.normalize("NFKC", letter)[:1]) or "99"
    return f"{key}{'' if len(key) > 2 else '9'}{letter}"


@functools.lru_cache(maxsize=32768)
def _is_rare(letter: str) -> bool:
    """Outside GB/T 2312: too few people bear it for a gram of one character to grow long."""
    try:
        letter.encode("gb2312")
    except UnicodeEncodeError:
        return True
    return False


def _grams(name: str, former_name: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for one in (name, *_FORMER_NAMES.split(former_name)) if former_name else (name,):
        folded = search_form(one)
        if not folded:
            continue
        found[folded] = None
        found.update(dict.fromkeys(_pairs(folded)))
        found.update(dict.fromkeys(letter for letter in folded if _is_rare(letter)))
    return tuple(found)


def _pairs(folded: str) -> list[str]:
    return [folded[place : place + 2] for place in range(len(folded) - 1)]


class _CharacterTable:
    """Lines `key TAB characters` as one string to search in: 90,000 characters in 400 KB, no dictionary."""

    def __init__(self, path: Path) -> None:
        self._keys: list[str] = []
        self._starts: list[int] = []
        groups = []
        place = 0
        for line in path.read_text(encoding="utf-8").splitlines():
            key, _, characters = line.partition("\t")
            self._keys.append(key)
            self._starts.append(place)
            groups.append(characters)
            place += len(characters)
        self._characters = "".join(groups)

    def find(self, character: str) -> str:
        place = self._characters.find(character) if character else -1
        return self._keys[bisect_right(self._starts, place) - 1] if place >= 0 else ""


@functools.cache
def _readings() -> _CharacterTable:
    return _CharacterTable(DATA / "readings.tsv")


@functools.cache
def _strokes() -> _CharacterTable:
    return _CharacterTable(DATA / "strokes.tsv")


@functools.cache
def _simplified_table() -> dict[int, int]:
    traditional, simplified = (DATA / "simplified.txt").read_text(encoding="utf-8").splitlines()
    return str.maketrans(traditional, simplified)


@functools.cache
def _surnames() -> dict[str, tuple[str, ...]]:
    lines = (DATA / "surnames.tsv").read_text(encoding="utf-8").splitlines()
    return {surname: tuple(reading.split()) for surname, _, reading in (line.partition("\t") for line in lines)}
