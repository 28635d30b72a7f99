"""Marks of state secrets in text: this portal is not for classified matter. Pure: no database, no clock.

Law on Guarding State Secrets (2024 revision): the three levels 绝密, 机密, 秘密 are marked on what carries them, in
practice as 机密★10年. A mark is certain where it has the form of one (a star, a term, brackets, 密级：, a line of its
own); 机密, 绝密 and notices such as 内部资料 are questions where they stand in running text, because people write about
机密室 and 商业秘密 too; the bare word 秘密 in running text is nothing.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

SENTENCE = (
    "这里有密级或内部标志“{marks}”。本系统为非涉密系统，严禁处理、存储、传输国家秘密："
    "请删去，涉密内容按保密规定另行办理。"
)
QUESTION = "这里有“{marks}”字样。如果是密级或内部标志，请删去；如果只是普通词语，请在“不是密级标志的理由”里写明再保存。"

_LEVEL = r"(?:绝\s?密|机\s?密|秘\s?密)"
_CJK = r"\u3400-\u9fff"
_STAR = r"[★☆✩✪✭✮✯✰⭐⭑*]"
_TERM = r"(?:\d{1,2}\s*年|\d{1,2}\s*个月|[一二三五十]{1,3}\s*年|长\s?期|启用前|启封前|解密前)"
_OPEN, _CLOSE = r"[【\[〔〖「『<《]", r"[】\]〕〗」』>》]"
_KEEP = r"(?:注意保存|注意保密|严禁外传|不得外传|请勿外传|严禁翻印|阅后收回|妥善保管)"
# Full-width marks are folded before matching, all else stays in place.
_CERTAIN = (
    rf"{_LEVEL}\s*{_STAR}",
    rf"{_OPEN}\s*{_LEVEL}\s*级?\s*(?:{_STAR}?\s*{_TERM})?\s*{_CLOSE}",
    rf"密\s?级\s*[:为是]?\s*{_LEVEL}",
    rf"(?<![{_CJK}]){_LEVEL}\s*[:·.\-—]?\s*{_TERM}",
    rf"^[\s\W]*{_LEVEL}\s*(?:{_TERM})?[\s\W]*$",
    rf"内\s?部\s*{_STAR}",
    rf"{_OPEN}\s*内\s?部\s*{_CLOSE}",
)
_OPEN_QUESTION = (
    r"绝密|机密",
    r"(?<!\w)秘密(?!\w)",
    r"^\W*内部\W*$",
)


@dataclass(frozen=True)
class Words:
    """What a bureau may add to: `notices` mark internal papers, `plain` are words that hold a marking word by chance
    or speak about secrets without being one."""

    notices: tuple[str, ...] = (
        "内部资料", "内部文件", "内部材料", "内部刊物", "内部参考", "内部传阅", "内部掌握", "内部使用", "内部发行",
        "不得外传", "严禁外传", "阅后销毁", "启用前保密",
    )  # fmt: skip
    plain: tuple[str, ...] = (
        "商业机密", "军事机密", "国家机密", "机密室", "机密员", "机密科", "机密处", "机密局", "机密工作", "机密通信",
        "机密码", "机密切", "机密集", "机密封", "机密度", "机密布", "随机密", "手机密", "司机密", "飞机密", "绝密切",
        "绝密封", "绝密集",
    )  # fmt: skip


WORDS = Words()


@dataclass(frozen=True)
class Mark:
    """A marking word as it stands in the text; one that is not `certain` may be a mere word."""

    text: str
    certain: bool


def find_marks(text: str, words: Words = WORDS) -> tuple[Mark, ...]:
    """Marks in a text, certain ones first, each once (rule book 6.3)."""
    if not text:
        return ()
    folded = unicodedata.normalize("NFKC", str(text))
    certain, questions, plain = _patterns(words)
    found = {_tidy(match[0]): True for match in certain.finditer(folded)}
    rest = plain.sub(" ", certain.sub(" ", folded)) if plain else certain.sub(" ", folded)
    for match in questions.finditer(rest):
        found.setdefault(_tidy(match[0]), False)
    return tuple(Mark(mark, sure) for mark, sure in found.items())


def marks_in(text: str, words: Words = WORDS) -> tuple[str, ...]:
    """The marking words of a text, certain or not: what an import stops at."""
    return tuple(mark.text for mark in find_marks(text, words))


def sentence_for(marks: tuple[Mark, ...]) -> str:
    """What to tell the one who typed them: certain marks must go, mere words may be explained. Empty without marks."""
    if not marks:
        return ""
    certain = [mark for mark in marks if mark.certain]
    return (SENTENCE if certain else QUESTION).format(marks="、".join(mark.text for mark in certain or marks))


@lru_cache(maxsize=8)
def _patterns(words: Words) -> tuple[re.Pattern, re.Pattern, re.Pattern | None]:
    notices = "|".join(re.escape(word) for word in sorted(words.notices, key=len, reverse=True)) or r"(?!)"
    certain = [
        *_CERTAIN,
        rf"{_OPEN}\s*(?:{notices})\s*{_CLOSE}",
        rf"(?:{notices})\s*[,、;:.·\s]*\s*{_KEEP}",
        rf"^[\s\W]*(?:{notices})[\s\W]*$",
    ]
    questions = [*_OPEN_QUESTION, notices]
    plain = "|".join(re.escape(word) for word in sorted(words.plain, key=len, reverse=True))
    return (
        re.compile("|".join(f"(?:{part})" for part in certain), re.MULTILINE),
        re.compile("|".join(f"(?:{part})" for part in questions)),
        re.compile(plain) if plain else None,
    )


def _tidy(text: str) -> str:
    return re.sub(r"\s+", "", text).strip("-_.,;:")[:20]
