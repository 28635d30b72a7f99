"""The clock asks liaisons for the monthly reports of their units, once a day however often it ticks."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from apps.messaging.models import Message
from apps.organisation.models import RuleSet
from apps.reminders.jobs.ticking import tick
from apps.reminders.queries.inbox import inbox_days
from tests.builders import LONG_AGO, make_cadre, make_unit, make_user

pytestmark = pytest.mark.django_db


def test_the_tick_asks_once_and_the_inbox_says_so_in_counts():
    unit = make_unit()
    make_cadre("李德厚", unit=unit)
    liaison = make_user("lianluo", role="liaison", unit=unit)
    RuleSet.objects.create(
        kind="unit_reports", effective_from=LONG_AGO, document_no="1号", values={"first_month": "2026-10-01"}
    )
    now = dt.datetime(2026, 11, 6, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
    for _ in range(2):
        assert tick(now, seconds=1).error == ""

    asked = Message.objects.filter(user=liaison, template__startswith="unit_report")
    assert [message.template for message in asked] == ["unit_report.late"]
    lines = [line.text for day in inbox_days(liaison, now.date()) for line in day.lines]
    assert "单位变动报告逾期未报1份" in lines
