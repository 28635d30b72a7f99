"""Words about times, places and seats (rule book 9.40, 9.41): no database."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace

import pytest

from apps.university.rules import when
from apps.university.rules.openings import ZONE, Opening, Phase, Window, how_given

NOW = dt.datetime(2026, 12, 1, 9, tzinfo=ZONE)
DAY = dt.timedelta(days=1)


def slot(weekday, starts, ends):
    return SimpleNamespace(weekday=weekday, starts=starts, ends=ends)


def opening(**over) -> Opening:
    values = {
        "mode": "first", "state": "open", "own": Window(NOW - DAY, NOW + DAY), "ends_at": NOW + 90 * DAY,
        "capacity": 30, "free": 6,
    }  # fmt: skip
    return Opening(**{**values, **over})


def lottery(**over) -> Opening:
    values = {"mode": "lottery", "own": Window(None, None), "round": Window(NOW - DAY, NOW + DAY)}
    return opening(**{**values, "round_state": "collect", **over})


@pytest.mark.parametrize(
    ("slots", "words"),
    [
        ([slot(2, 540, 630)], "每周二上午 9:00–10:30"),
        ([slot(4, 870, 960), slot(2, 870, 960)], "每周二、周四下午 14:30–16:00"),
        ([slot(1, 540, 630), slot(3, 1110, 1200)], "每周一上午 9:00–10:30，周三晚上 18:30–20:00"),
        ([], ""),
    ],
)
def test_a_week_in_words(slots, words):
    assert when.week_words(slots) == words


def test_stairs_ages_and_fees_in_words():
    assert when.floor_words(1, False) == "一楼，不用爬楼"
    assert when.floor_words(3, True) == "3楼，有电梯，不用爬楼"
    assert when.floor_words(3, False) == "3楼，要爬楼梯"
    assert [when.ages_words(*ages) for ages in ((None, None), (50, None), (None, 75), (50, 70))] == [
        "不限年龄", "50 岁以上", "75 岁以下", "50 到 70 岁",
    ]  # fmt: skip
    assert [when.fee_words(Decimal(fee)) for fee in ("0.00", "120.00", "80.50")] == ["免费", "120 元", "80.5 元"]


@pytest.mark.parametrize(
    ("given", "phase", "words"),
    [
        (opening(), Phase.FREE, "还有 6 个名额"),
        (opening(free=0, waiting=3), Phase.FULL, "已满，可以候补，现在候补第 4 位"),
        (opening(free=1, waiting=3), Phase.FULL, "已满，可以候补，现在候补第 4 位"),  # the free one goes by rank
        (opening(own=Window(NOW + DAY, None)), Phase.SOON, "12月2日 9:00 开始报名"),
        (opening(own=Window(None, NOW)), Phase.CLOSED, "报名已截止"),  # half-open
        (opening(state="off"), Phase.CANCELLED, "这个班不开了"),
        (opening(ends_at=NOW), Phase.CLOSED, "报名已截止"),
        (lottery(asked=85), Phase.LOTTERY, "已报 85 人，名额 30 个，抽签决定，大约 3 人里取 1 人"),
        (lottery(asked=31), Phase.LOTTERY, "已报 31 人，名额 30 个，抽签决定，大约 2 人里取 1 人"),
        (lottery(asked=30), Phase.LOTTERY, "已报 30 人，名额 30 个，现在报的都能上"),
        (lottery(), Phase.LOTTERY, "名额 30 个，还没有人报，抽签决定"),
        (lottery(round=Window(NOW + DAY, NOW + 2 * DAY)), Phase.SOON, "12月2日 9:00 开始报名"),
        (lottery(round_state="frozen", draws_at=NOW + DAY), Phase.DRAWING, "报名已截止，12月2日 9:00 抽签"),
        (lottery(round=None), Phase.CLOSED, "报名已截止"),
        (lottery(round_state="public"), Phase.FREE, "还有 6 个名额"),
    ],
)
def test_how_places_stand_in_words(given, phase, words):
    assert (given.phase(NOW), given.words(NOW)) == (phase, words)


def test_until_when_and_how_places_are_given():
    assert opening().until_words(NOW) == "12月2日 9:00 截止"
    assert opening(own=Window(None, None)).until_words(NOW) == "随到随报"
    assert lottery(round_state="drawn").until_words(NOW) == ""
    assert "先报先得" in how_given(opening(), NOW)[0]
    assert "不用抢" in how_given(lottery(), NOW)[0]
    assert "先报先得" in how_given(lottery(round_state="public"), NOW)[0]


@pytest.mark.parametrize(
    ("first_on", "words"),
    [
        (dt.date(2026, 12, 10), "随到随报，12月10日开课"),
        (dt.date(2026, 12, 1), "12月1日已开课，可以插班"),
        (None, "随到随报"),
    ],
)
def test_a_class_without_a_last_day_says_when_one_may_come(first_on, words):
    assert opening(own=Window(None, None), first_on=first_on).until_words(NOW) == words
