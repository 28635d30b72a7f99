"""Rule book 10.20 to 10.22: who fits a request, why, and in which order."""

import datetime as dt
from dataclasses import replace

import pytest

from apps.volunteers.rules.matching import (
    ELSEWHERE,
    GLAD_TO_GO,
    SAME_COMMUNITY,
    SAME_DIVISION,
    Candidate,
    MatchingRules,
    Wanted,
    against,
    matches,
)

RULES = MatchingRules()
WEDNESDAY = dt.date(2026, 11, 25)
SKILLS = {"medicine": "医疗卫生", "care": "照护老人"}
WANTED = Wanted("hospital", "陪诊陪护", WEDNESDAY, 9 * 60, 11 * 60, (), SKILLS)
FIT = Candidate(
    1, wishes=["hospital"], skills=["medicine"], near=SAME_COMMUNITY, said_times=True, free=["am"], weekly_minutes=600
)


def test_reason_says_why():
    (match,) = matches(WANTED, [FIT], RULES)
    assert match.reason == "住同一个社区，愿意做陪诊陪护，懂医疗卫生，周三上午有空"
    (other,) = matches(WANTED, [replace(FIT, said_times=False, free=[], skills=[], limits="不爬楼")], RULES)
    assert other.reason == "住同一个社区，愿意做陪诊陪护，没有登记哪天有空，要问一问，请勿安排：不爬楼"


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"one_home": True}, "一家人"),
        ({"barred": "还没有交身体状况说明。"}, "身体状况"),
        ({"away": True}, "不在本地"),
        ({"busy": True}, "别的安排"),
        ({"free": ["pm"]}, "周三上午没有空"),
        ({"week_minutes": 481}, "够多"),
        ({"wishes": ["company"], "skills": []}, "意愿和专长"),
    ],
)
def test_who_is_not_asked(change, word):
    assert word in against(WANTED, replace(FIT, **change), RULES)
    assert matches(WANTED, [replace(FIT, **change)], RULES) == []


def test_limits_are_his_own_word():
    """What he does not want stands against what the request takes; anything else is only said."""
    one = replace(FIT, limits="不爬楼、不走夜路", free=["am", "pm", "eve"])
    assert against(WANTED, one, RULES) == ""
    assert "不爬楼" in against(replace(WANTED, efforts=("stairs",)), one, RULES)
    assert against(replace(WANTED, efforts=("lifting",)), one, RULES) == ""
    assert "请勿安排" in against(replace(WANTED, starts=17 * 60, ends=19 * 60), one, RULES)


def test_time_over_two_half_days():
    late = replace(WANTED, ends=13 * 60)
    assert "周三上午、下午没有空" in against(late, FIT, RULES)
    assert against(late, replace(FIT, free=["am", "pm"]), RULES) == ""


def test_farthest():
    near = MatchingRules(farthest=2)
    assert against(WANTED, replace(FIT, near=SAME_DIVISION), near) == ""
    assert "太远" in against(WANTED, replace(FIT, near=ELSEWHERE), near)
    assert against(WANTED, replace(FIT, near=ELSEWHERE), RULES) == ""


def test_order_is_of_fit_then_asked_least_recently():
    early, late = dt.datetime(2026, 1, 1, tzinfo=dt.UTC), dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    people = [
        replace(FIT, person=2, wishes=[]),
        replace(FIT, person=3, near=GLAD_TO_GO),
        replace(FIT, person=4, asked_at=late),
        replace(FIT, person=5, asked_at=early),
        replace(FIT, person=6),
        replace(FIT, person=7, said_times=False, free=[]),
    ]
    assert [match.person for match in matches(WANTED, people, RULES)] == [6, 5, 4, 7, 3, 2]


@pytest.mark.parametrize("values", [{"proposed": 0}, {"farthest": 4}, {"skills": ("repair",)}])
def test_nonsense_is_refused(values):
    with pytest.raises(ValueError, match="[。]"):
        MatchingRules(**values)
