"""The calendar's pages and services through real requests."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.organisation.after_migrate import load_calendar
from apps.organisation.models import CalendarDay
from apps.organisation.notices import read_notice
from apps.organisation.queries import missing_years, work_calendar
from apps.organisation.services import take_in
from tests.builders import make_unit, make_user

pytestmark = pytest.mark.django_db

LIST = "/admin/organisation/calendarday/"
IMPORT = f"{LIST}import/"
TEXT = "一、元旦：1月1日（周五）至3日（周日）放假，共3天。\n二、春节：2月5日至13日放假调休。2月4日、2月20日上班。"


@pytest.fixture
def clerk(client):
    user = make_user("clerk", role="clerk", unit=make_unit())
    client.force_login(user)
    return user


def test_shipped_years_are_known_and_changed_days_stay(clerk):
    load_calendar()
    assert {2025, 2026} <= work_calendar().known_years()
    day = CalendarDay.objects.get(day="2026-02-14")
    day.kind = "off"
    day.save()
    assert load_calendar() == 0
    assert not work_calendar().is_workday(dt.date(2026, 2, 14))


def test_a_missing_year_is_said_from_mid_november(client, clerk):
    load_calendar()
    assert missing_years(dt.date(2026, 11, 10)) == []
    assert missing_years(dt.date(2026, 11, 22)) == [2027]


def test_notice_is_read_shown_and_written_once(client, clerk):
    values = {"year": "2031", "document_no": "国办发明电〔2030〕1号", "text": TEXT}
    shown = client.post(IMPORT, values)
    assert shown.status_code == 200
    assert "新增 14 天" in shown.content.decode()
    assert not work_calendar().is_known(2031)

    assert client.post(IMPORT, {**values, "confirm": "1"}).status_code == 302
    assert CalendarDay.objects.filter(day__year=2031).count() == 14
    again = client.post(IMPORT, {**values, "confirm": "1"}, follow=True)
    assert "没有变化" in again.content.decode()
    assert CalendarDay.objects.filter(day__year=2031).count() == 14
    assert client.get(f"{LIST}?year=2031").status_code == 200


def test_a_table_is_taken_as_well(client, clerk):
    table = "日期,安排,节日\n2031-05-01,放假,劳动节\n2031-05-10,上班,劳动节\n".encode()
    upload = SimpleUploadedFile("notice.csv", table)
    values = {"year": "2031", "document_no": "x", "file": upload, "confirm": "1"}
    assert client.post(IMPORT, values).status_code == 302
    assert CalendarDay.objects.get(day="2031-05-10").kind == "work"


def test_wrong_rows_are_sentences_and_nothing_is_written(client, clerk):
    values = {"year": "2031", "document_no": "x", "text": "2031-02-30 放假\n2031-05-01 放假", "confirm": "1"}
    page = client.post(IMPORT, values)
    assert page.status_code == 422
    assert "没有 2031年2月30日" in page.content.decode()
    assert not CalendarDay.objects.filter(day__year=2031).exists()


def test_a_corrected_notice_takes_days_out(clerk):
    take_in(read_notice(TEXT, year=2031).days, document_no="a", actor=clerk)
    days = read_notice("2031-01-01 放假 元旦\n2031-01-02 上班", year=2031).days
    done = take_in(days, document_no="b", actor=clerk, whole_year=True)
    assert (len(done.changed), len(done.removed)) == (2, 12)
    assert work_calendar().is_workday(dt.date(2031, 2, 5))


def test_only_who_may_add_imports(client):
    client.force_login(make_user("leader", role="leader", unit=make_unit()))
    assert client.get(LIST).status_code == 200
    assert client.get(IMPORT).status_code == 403
