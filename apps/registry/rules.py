"""Pure rules of the registry: periods of the revolution, plausibility of 离休, ranks read from text, the yearly sum.

No clock and no database; codes are those of `choices` and of the code lists `leader_rank` and `grade_rank`.
"""

import datetime as dt
import functools
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from apps.common.partial_date import PartialDate
from apps.organisation.rules import RuleValues, rule_kind

from .choices import RankKind, RevolutionPeriod

# 离休 (国发〔1982〕62号): took part in revolutionary work on or before this day.
LAST_VETERAN_DAY = dt.date(1949, 9, 30)
# Nobody born later was of an age to take part; 2.1.2 of the domain notes.
LATEST_VETERAN_BIRTH_YEAR = 1937
YOUNGEST_AT_WORK = 8

# Last day of each period, as the columns of the annual tables print them.
_PERIODS = (
    (dt.date(1927, 7, 31), RevolutionPeriod.P1),
    (dt.date(1937, 7, 6), RevolutionPeriod.P2),
    (dt.date(1942, 12, 31), RevolutionPeriod.P3),
    (dt.date(1945, 9, 2), RevolutionPeriod.P4),
    (LAST_VETERAN_DAY, RevolutionPeriod.P5),
)


def revolution_period(work_start: PartialDate) -> RevolutionPeriod | None:
    """参加革命工作时期 (domain 2.1.2). A date whose precision spans a boundary decides nothing: undetermined.

    None when the work surely began after 1949-09-30: no period of the revolution.

    See rule book 3.2.
    """
    first, last = _period_of(work_start.first_day), _period_of(work_start.last_day)
    return first if first == last else RevolutionPeriod.UNDETERMINED


def _period_of(day: dt.date) -> RevolutionPeriod | None:
    return next((period for last_day, period in _PERIODS if day <= last_day), None)


@rule_kind(
    "registry.veteran_subsidy",
    "离休干部生活补贴（按参加革命工作时期，每年发几个月基本离休费）",
    labels={
        "p1": "第一次国内革命战争时期",
        "p2": "第二次国内革命战争时期",
        "p3": "抗日战争前期",
        "p4": "抗日战争后期",
        "p5": "解放战争时期",
    },
    source="规则手册 3.3；2011年起各时期生活补贴标准（各地转发文号不同，请填当地文号）",
)
@dataclass(frozen=True)
class VeteranSubsidy(RuleValues):
    """Months of the basic 离休费 paid a year as living subsidy, by period."""

    p1: Decimal = Decimal("3")
    p2: Decimal = Decimal("3")
    p3: Decimal = Decimal("2.5")
    p4: Decimal = Decimal("2")
    p5: Decimal = Decimal("1")


def subsidy_months(period: RevolutionPeriod | None, standard: VeteranSubsidy) -> Decimal | None:
    """Months for the period; None while it is undetermined or none applies: nothing is paid on a guess.

    See rule book 3.3.
    """
    if period is None or period == RevolutionPeriod.UNDETERMINED:
        return None
    return getattr(standard, period.value.lower())


def veteran_warnings(work_start: PartialDate | None, birth: PartialDate | None) -> list[str]:
    """Why a person entered as 离休 should be looked at: Chinese sentences, none of them a refusal.

    An approved exception must not break a roster: work begun from 1949-10-01 on asks for the approval
    document (domain section 0), and the case is listed in the year-end check.

    See rule book 3.1.
    """
    warnings = []
    if work_start is None:
        warnings.append("离休干部缺参加革命工作时间，请补填。")
    elif work_start.compare_to(LAST_VETERAN_DAY) == 1:
        warnings.append("参加革命工作时间在 1949年10月1日 以后，按规定不办离休；如经批准，请填批准文号。")
    elif revolution_period(work_start) == RevolutionPeriod.UNDETERMINED:
        warnings.append(f"参加革命工作时间“{work_start.display()}”定不了革命时期，请查明到日。")
    if birth is not None and birth.year > LATEST_VETERAN_BIRTH_YEAR:
        warnings.append(f"离休干部出生在 {LATEST_VETERAN_BIRTH_YEAR} 年以后，请核对离退休类型和出生日期。")
    if birth is not None and work_start is not None and work_start.year - birth.year < YOUNGEST_AT_WORK:
        warnings.append(f"参加工作时不满 {YOUNGEST_AT_WORK} 岁，请核对两个日期。")
    return warnings


@dataclass(frozen=True, slots=True)
class AnnualBalance:
    """应有数, and 实有与应有之差, which transfers must explain."""

    due: int
    difference: int


def annual_balance(*, previous: int, retired: int, died: int, actual: int) -> AnnualBalance:
    """两年数字变化: 应有 = 上年末 + 本年办理 − 本年去世; 差 = 实有 − 应有 (domain 3.14; rule book 3.6)."""
    due = previous + retired - died
    return AnnualBalance(due, actual - due)


@dataclass(frozen=True, slots=True)
class RankReading:
    """What a typed 职务（职级） says. `level` is the GB/T 12407 code that statistics count; empty: a person decides.

    `leader_rank` is set when the text names a 领导职务层次, `grade_rank` when it names a 职级 (since June 2019), an
    older 非领导职务 or a 职员等级; `treatment` is a level that is enjoyed, not held. `note` is a Chinese sentence
    for an unlikely combination.
    """

    leader_rank: str = ""
    grade_rank: str = ""
    treatment: str = ""
    level: str = ""
    note: str = ""

    @property
    def is_mapped(self) -> bool:
        return bool(self.level)


# 公务员职务与职级并行规定, in force from 2019-06-01; before it, 非领导职务.
GRADES_FROM = dt.date(2019, 6, 1)


@dataclass(frozen=True, slots=True)
class _Grade:
    """A name, its code in the list `grade_rank`, the level it counts as, and the first or last day it was given."""

    name: str
    code: str
    level: str
    given_from: dt.date | None = None
    given_until: dt.date | None = None


def _grades(prefix: str, lines: str, **given: dt.date) -> list[_Grade]:
    parts = [line.split(":") for line in lines.split()]
    return [_Grade(name, f"{prefix}{number:02d}", level, **given) for number, (name, level) in enumerate(parts, 1)]


GRADES = (
    *_grades(
        "G",
        "一级巡视员:121 二级巡视员:122 一级调研员:131 二级调研员:131 三级调研员:132 四级调研员:132 一级主任科员:141 "
        "二级主任科员:141 三级主任科员:142 四级主任科员:142 一级科员:150 二级科员:160",
        given_from=GRADES_FROM,
    ),
    *_grades(
        "N",
        "巡视员:121 副巡视员:122 调研员:131 副调研员:132 主任科员:141 副主任科员:142 科员:150 办事员:160 "
        "助理巡视员:122 助理调研员:132",
        given_until=GRADES_FROM - dt.timedelta(days=1),
    ),
    *_grades(
        "S",
        "一级职员:111 二级职员:112 三级职员:121 四级职员:122 五级职员:131 六级职员:132 七级职员:141 八级职员:142 "
        "九级职员:150 十级职员:160",
    ),
)
_GRADE_BY_CODE = {grade.code: grade for grade in GRADES}
_GRADE_BY_NAME = {grade.name: grade for grade in GRADES}
_GRADE_NAMES = re.compile("|".join(sorted(_GRADE_BY_NAME, key=len, reverse=True)))

_STEP_CODES = {"国": "10", "省部": "11", "厅局": "12", "县处": "13", "乡科": "14"}
_STEPS = {
    "国": "国家?",
    "省部": "省部|部省|省|部",
    "厅局": "厅局|地厅|地司局|司局|地局|地师|厅|局|地|司",
    "县处": "县处|处县|县团|县|处",
    "乡科": "乡科|科乡|乡镇|乡|科",
}
_ANY_STEP = "|".join(f"(?P<s{number}>{words})" for number, words in enumerate(_STEPS.values()))
# 正处级, 副处, 正县级领导职务; then 县处级正职.
_BEFORE = re.compile(rf"(?P<which>[正副])(?:{_ANY_STEP})(?:级|(?=[，、/]|$))(?:领导职务|干部|实职|职)?")
_AFTER = re.compile(rf"(?:{_ANY_STEP})级?(?P<which>[正副])职")
_TREATMENT = re.compile(r"(?:享受|按|比照)([^享按照，、;；]*?)(?:\(?单项\)?)?(?:医疗|政治|生活)?待遇|享受(\S{2,6}级)$")
_SEPARATORS = re.compile(r"[\s()（）\[\]【】]+")


@functools.lru_cache(maxsize=16384)
def read_rank(text: str, retired_on: PartialDate | None = None) -> RankReading:
    """Map a typed 职务（职级） to codes, where the text says so plainly; a bare post such as 局长 maps to nothing.

    `retired_on` only adds a note: a 职级 of 2019 on a person who retired before it began is a slip.

    See rule book 3.4.
    """
    folded = _fold(text)
    treatment = ""
    found = _TREATMENT.search(folded)
    if found:
        treatment = _leader_code(_fold(found[1] or found[2] or ""))
        folded = _TREATMENT.sub("", folded)
    whole = _WHOLE_TEXTS.get(folded)
    if whole:
        return RankReading(whole, "", treatment, whole)
    named = _GRADE_NAMES.search(folded)
    grade = _GRADE_BY_NAME[named[0]] if named else None
    leader = _leader_code(_GRADE_NAMES.sub("，", folded))
    if leader and grade and grade.code.startswith("N"):
        grade = None  # 正处级调研员: the older title only repeats the level
    code = grade.code if grade else ""
    return RankReading(leader, code, treatment, statistics_level(leader, code), _grade_note(grade, retired_on))


# Choices of rosters that name no step.
_WHOLE_TEXTS = {
    "科员及以下": "150",
    "办事员及以下": "160",
    "科办员": "150",
    "其他": "199",
    "未定": "199",
    "未定职": "199",
}


def statistics_level(leader_rank: str, grade_rank: str) -> str:
    """The GB/T 12407 code under which the annual tables count a person: the higher of both ranks."""
    grade = _GRADE_BY_CODE.get(grade_rank)
    levels = [level for level in (leader_rank, grade.level if grade else "") if level]
    return min(levels, default="")


def _fold(text: str) -> str:
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", text).translate(str.maketrans("；;,", "，，，")))


def _leader_code(folded: str) -> str:
    """The code of the only level named; empty for none or for two different ones."""
    codes = {
        _STEP_CODES[_step_of(match)] + ("1" if match["which"] == "正" else "2")
        for pattern in (_BEFORE, _AFTER)
        for match in pattern.finditer(folded)
    }
    return codes.pop() if len(codes) == 1 else ""


def _step_of(match: re.Match[str]) -> str:
    return next(step for number, step in enumerate(_STEPS) if match[f"s{number}"])


def _grade_note(grade: _Grade | None, retired_on: PartialDate | None) -> str:
    if grade is None or retired_on is None:
        return ""
    if grade.given_from and retired_on.compare_to(grade.given_from) == -1:
        return f"“{grade.name}”自 2019年6月 起才有，退休在此之前，请核对。"
    return ""


def treatment_act(before: str, after: str) -> str:
    """How a treatment changed, by codes of `leader_rank` (a lower code is a higher level): 批准, 提高, 降低, 取消.

    rule book 3.7
    """
    if not after:
        return "取消"
    if not before:
        return "批准"
    return "提高" if after < before else "降低"


def statistics_column(leader_rank: str, grade_rank: str, columns: Mapping[tuple[str, str], str]) -> str:
    """The column under which the annual tables count a person: the higher of those of both ranks; empty: undecided.

    `columns` is (kind, code) → column as in force on a day. A lower column code is a higher level. rule book 3.5
    """
    found = (columns.get((RankKind.LEADER, leader_rank)), columns.get((RankKind.GRADE, grade_rank)))
    return min(filter(None, found), default="")
