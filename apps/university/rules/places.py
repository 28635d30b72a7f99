"""Who may have a place in a class: how many courses, how often the same one, at what age. Values in, values out."""

import datetime as dt
from dataclasses import dataclass

from apps.common.birthday import full_age
from apps.common.partial_date import PartialDate
from apps.organisation.rules import RuleValues, rule_kind
from apps.people.choices import LifeStatus


@rule_kind(
    "enrolment",
    "课程报名限制",
    labels={
        "most_courses": "每人每学期最多读几门（0 为不限）",
        "same_course_times": "同一门课同一年级最多读几次（0 为不限）",
        "same_course_once_a_term": "同一学期同一门课只能报一个班",
    },
    source="规则手册 9.1；领域资料 3.10（杭州最多 2 门，大连最多 3 门；“不肯毕业”）",
)
@dataclass(frozen=True)
class EnrolmentRules(RuleValues):
    """Of the unit that answers for the school. Raises ValueError with a sentence for nonsense."""

    most_courses: int = 3
    same_course_times: int = 0
    same_course_once_a_term: bool = True

    def __post_init__(self):
        if not 0 <= self.most_courses <= 20 or not 0 <= self.same_course_times <= 20:
            raise ValueError("门数和次数填 0 到 20，0 为不限。")


@dataclass(frozen=True)
class ClassLimits:
    """What a class asks for. Ages are 周岁 on `first_on`, both inclusive; None is no limit."""

    first_on: dt.date
    age_from: int | None = None
    age_to: int | None = None
    cadres_only: bool = False


@dataclass(frozen=True)
class Applicant:
    """What decides about one person: `held` courses he reads this term, `times` he has read this one, `same_now` the
    class of it he is in, `clash` what he has at the same time."""

    life: str = LifeStatus.LIVING
    voided: bool = False
    birth: PartialDate | None = None
    is_cadre: bool = True
    held: int = 0
    times: int = 0
    same_now: str = ""
    clash: str = ""


def refusal(limits: ClassLimits, person: Applicant, rules: EnrolmentRules) -> str:
    """Why he may not have a place, in a sentence that says what he can do; empty when he may. The first reason counts,
    those that nobody can help before those that he can. See rule book 9.1."""
    return (
        _standing(person)
        or (_NOT_A_CADRE if limits.cadres_only and not person.is_cadre else "")
        or _age(limits, person.birth)
        or _courses(person, rules)
    )


_NOT_A_CADRE = "这所学校只收离退休干部。别的学校也有课程，请另选或者打电话问学校。"
_STANDINGS = {
    LifeStatus.DECEASED: "已登记离世，不能报名。如果登记有误，请和老干部局联系。",
    LifeStatus.DEATH_REPORTED: "有人报告离世，还在核实，暂时不能报名。请和老干部局联系。",
    LifeStatus.LOST: "登记为失去联系，暂时不能报名。请先和老干部局联系。",
}


def _standing(person: Applicant) -> str:
    if person.voided:
        return "这份登记已经作废，请用保留的那一份报名。"
    return _STANDINGS.get(LifeStatus(person.life), "")


def _age(limits: ClassLimits, birth: PartialDate | None) -> str:
    """A date known to the year or month only refuses nobody whom one of its days would let in."""
    if limits.age_from is None and limits.age_to is None:
        return ""
    if birth is None:
        return f"{_ages(limits)}，还没有登记出生日期。请带身份证到学校补登，或者打电话问学校。"
    youngest, oldest = full_age(birth.last_day, limits.first_on), full_age(birth.first_day, limits.first_on)
    too_young = limits.age_from is not None and oldest < limits.age_from
    too_old = limits.age_to is not None and youngest > limits.age_to
    if not too_young and not too_old:
        return ""
    age = oldest if too_young else youngest
    return f"{_ages(limits)}，到时候是{age}岁。请另选一门，或者打电话问学校。"


def _ages(limits: ClassLimits) -> str:
    day = f"{limits.first_on.year}年{limits.first_on.month}月{limits.first_on.day}日"
    if limits.age_from is None:
        wanted = f"{limits.age_to}岁以下（含{limits.age_to}岁）"
    elif limits.age_to is None:
        wanted = f"{limits.age_from}岁以上（含{limits.age_from}岁）"
    else:
        wanted = f"{limits.age_from}到{limits.age_to}岁"
    return f"这个班收{wanted}，按开课那天（{day}）的周岁算"


def _courses(person: Applicant, rules: EnrolmentRules) -> str:
    if person.same_now and rules.same_course_once_a_term:
        return f"这学期已经在“{person.same_now}”读这门课，同一门课只能报一个班。"
    if rules.same_course_times and person.times >= rules.same_course_times:
        return f"这门课已经读过{person.times}次，同一门课最多读{rules.same_course_times}次。请看看高一年级或者别的课。"
    if rules.most_courses and person.held >= rules.most_courses:
        return f"每学期最多读{rules.most_courses}门，这学期已经有{person.held}门。要读这一门，请先退掉一门。"
    if person.clash:
        return f"上课时间和已有的“{person.clash}”冲突。要这一门，请先退掉那一门。"
    return ""
