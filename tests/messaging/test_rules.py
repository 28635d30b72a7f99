import datetime

import pytest

from apps.messaging.rules import SendingRules, back_off, breaker_pause, is_quiet, sms_text
from tests.reminders.scenes import at

RULES = SendingRules()


@pytest.mark.parametrize(
    ("moment", "quiet"),
    [("20:59", False), ("21:00", True), ("23:59", True), ("00:00", True), ("07:59", True), ("08:00", False)],
)
def test_quiet_from_nine_to_eight(moment, quiet):
    assert is_quiet(at(f"2026-03-10T{moment}"), RULES) is quiet
    assert is_quiet(at(f"2026-03-10T{moment}").astimezone(datetime.UTC), RULES) is quiet


def test_a_text_too_long_for_one_part_says_the_total_alone():
    counts = {
        key: 12
        for key in ("birthday.day", "birthday.eve", "birthday.ahead", "birthday.list", "visit.eve", "visit.ahead",
                    "visit.overdue", "discharge.day")
    }  # fmt: skip

    text = sms_text(counts, signature="云江老干部")

    assert text == "【云江老干部】提醒：您今天有96件待办。请登录平台查看。"
    assert len(sms_text({"birthday.day": 2}, signature="云江老干部")) <= 70


def test_waiting_doubles_up_to_an_hour_and_the_breaker_up_to_ten_minutes():
    assert [back_off(n).total_seconds() / 60 for n in (1, 2, 3, 7, 20)] == [1, 2, 4, 60, 60]
    assert breaker_pause(4) is None
    assert [breaker_pause(n).total_seconds() for n in (5, 6, 50)] == [30, 60, 600]


@pytest.mark.parametrize("values", [{"quiet_from": 8, "quiet_until": 21}, {"sms_daily_cap": 0},
                                    {"digest_channels": ("pigeon",)}])  # fmt: skip
def test_rules_that_make_no_sense_are_refused(values):
    with pytest.raises(ValueError, match="[。]"):
        SendingRules(**values)
