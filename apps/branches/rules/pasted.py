"""What a secretary pastes: a 接龙 of the WeChat group, minutes dictated or copied. Pure text."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from apps.common.names import search_form

LONGEST = 20_000
# 1. 2、3）④; not 10月, 10.25, 2026年.
_NUMBERED = re.compile(
    r"^\s*第?\s*[(\[【]?\s*\d{1,3}\s*(?:[.。、:,号)\]】]\s*)*(?![\d.。、:,)\]】月日点年个人时期次季届])"
)
_BRACKETS = re.compile(r"[(（\[【]([^)）\]】]*)[)）\]】]")
_BETWEEN = re.compile(r"[\s、，,;；/|+＋和及&:：。.!！~～—\-]+")
_TITLE = re.compile(r"(同志|老师|书记|委员|主席|局长|大哥|大姐)$")
_HAN_NAME = re.compile(r"^[\u3400-\u9fff·]{2,6}$")
# Whoever says one of these is not ticked as there: a person has to read it.
_NOT_COMING = re.compile(
    r"请假|不能|不来|不去|来不了|去不了|不参加|没空|没时间|住院|有事|缺席|送学|外地|代[替为请]?|替"
)
_NOISE = re.compile(
    r"(?:已|我|按时|准时)?(?:参加|到|报名|收到|来|签到|到会|同意|支持)|好的?|能来|可以|本人|一人|1人|[+]?1"
)


@dataclass(frozen=True)
class Matched:
    """`matched`: ids in the order of the paste, each once. `unmatched`: what nobody of the members is called, as it
    stood. `ambiguous`: a name that several members bear, with their ids."""

    matched: tuple[int, ...]
    unmatched: tuple[str, ...]
    ambiguous: tuple[tuple[str, tuple[int, ...]], ...]


def match_names(text: str, members: Mapping[int, str]) -> Matched:
    """Which members a pasted 接龙 names. Numbers, emojis, titles and traditional characters do not matter; whoever
    comes for another, or says that he does not come, stays unmatched for the secretary to read.

    See rule book 7.34.
    """
    by_name: dict[str, list[int]] = {}
    for pk, name in members.items():
        by_name.setdefault(search_form(name), []).append(pk)
    matched: dict[int, None] = {}
    unmatched: dict[str, None] = {}
    ambiguous: dict[str, tuple[int, ...]] = {}
    for entry in _entries(text, by_name):
        for name, raw in _names_in(entry, by_name):
            ids = by_name.get(name, [])
            if len(ids) == 1:
                matched[ids[0]] = None
            elif ids:
                ambiguous[members[ids[0]]] = tuple(ids)
            else:
                unmatched[raw] = None
    return Matched(tuple(matched), tuple(unmatched), tuple(ambiguous.items()))


def _entries(text: str, by_name: Mapping[str, list[int]]) -> list[str]:
    """The lines of the people. In a numbered 接龙 a line without number is heading or chatter, unless it is a name."""
    lines = [_plain(line) for line in text[:LONGEST].splitlines()]
    numbered = [_NUMBERED.match(line) is not None for line in lines]
    found = []
    for line, has_number in zip(lines, numbered, strict=True):
        body = (_NUMBERED.sub("", line) if has_number else line).strip(" \t@*·•-—.、，,")
        if not body or body.startswith(("#", "接龙")):
            continue
        if has_number or not any(numbered) or search_form(_TITLE.sub("", body)) in by_name:
            found.append(body)
    return found


def _plain(line: str) -> str:
    """Compatible forms folded (① is 1), emojis and invisible characters taken out."""
    folded = unicodedata.normalize("NFKC", line)
    return "".join(letter for letter in folded if unicodedata.category(letter) not in _DROPPED or letter == "\t")


_DROPPED = frozenset({"So", "Sk", "Cs", "Cf", "Cc", "Co", "Cn", "Mn", "Me"})


def _names_in(entry: str, by_name: Mapping[str, list[int]]) -> list[tuple[str, str]]:
    """(folded name, as it stood) of one line."""
    whole = search_form(_TITLE.sub("", entry))
    if whole in by_name:
        return [(whole, entry)]
    if _NOT_COMING.search(entry):
        return [("", entry)]
    bare = _BRACKETS.sub(" ", entry)
    joined = search_form(_TITLE.sub("", bare.strip()))
    if joined in by_name:
        return [(joined, entry)]
    words = [_TITLE.sub("", word) for word in _BETWEEN.split(bare) if word]
    named = [(search_form(word), word) for word in words if not _NOISE.fullmatch(word)]
    known = [pair for pair in named if pair[0] in by_name]
    strangers = [pair for pair in named if pair[0] not in by_name and _HAN_NAME.match(pair[1])]
    if known:
        return known + strangers
    return [("", word) for _, word in strangers] if len(strangers) > 1 else [("", entry)]


_ATTACHED = re.compile(r"\[(?:图片|语音|视频|表情|文件|位置|链接|动画表情|语音通话|小程序)\][^\S\n]*(?:\d+[\"'″”秒]+)?")
_SPACE_IN_HAN = re.compile(r"(?<=[\u3400-\u9fff，。；：、！？])[ \t]+(?=[\u3400-\u9fff，。；：、！？])")
_WIDE = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！", ".": "。"}
_NARROW_AFTER_HAN = re.compile(r"(?<=[\u3400-\u9fff）》”])([,;:?!])\1*|(?<=[\u3400-\u9fff）》”])(\.)(?!\d|\.|\w)")
_TWICE = re.compile(r"([，。；：、！？])(?:\s*\1)+")
_BLANK_LINES = re.compile(r"\n{3,}")
_WORD_BULLET = re.compile(r"^[\uf000-\uf0ff\u25cf\u25a0\u25c6\u2022][ \t]*", re.MULTILINE)


def clean_minutes(text: str) -> str:
    """Minutes as they may be kept: what WeChat and Word leave behind is taken out, the words stay as spoken.

    Line ends become \\n, Word's bullets a middle dot, gaps that dictation puts between characters close, narrow
    punctuation after Chinese becomes wide. No word is changed.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").replace("\v", "\n"))
    text = text.replace("\f", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    text = _WORD_BULLET.sub("· ", text).replace("\xa0", " ").replace("\u3000", " ").replace("\ufffc", "")
    text = "".join(letter for letter in text if letter in "\n\t" or unicodedata.category(letter) not in _UNSEEN)
    text = _ATTACHED.sub("", text)
    text = _SPACE_IN_HAN.sub("", text)
    text = _NARROW_AFTER_HAN.sub(lambda found: _WIDE[found[1] or found[2]], text)
    text = _TWICE.sub(r"\1", text)
    lines = [re.sub(r"[ \t]+", " ", line).strip() for line in text.split("\n")]
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()


_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})
