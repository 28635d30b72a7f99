"""下月生日名单: one line with a count in the inbox, and one list that says in which order it stands."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from apps.common import crypto
from apps.common.models import AuditEntry
from apps.ledgers.models import CareAssignment
from apps.people.models import Phone
from tests.builders import LONG_AGO, make_cadre, make_unit, make_user

URL = "/admin/reminders/reminder/birthday-list/"
TODAY = timezone.localdate()
NEXT = (TODAY.replace(day=1) + dt.timedelta(days=32)).replace(day=1)


def celebrant(name, unit, day, carer=None, **over):
    cadre = make_cadre(
        name, unit=unit, birthday_calendar="solar", birthday_month=NEXT.month, birthday_day=day, reach_answers="老伴",
        **over,
    )  # fmt: skip
    number = f"1380000{day:04}"
    index = crypto.blind_index("phone", number)
    Phone.objects.create(person=cadre.person, kind="mobile", number=number, number_index=index, last4_index=index)
    if carer:
        CareAssignment.objects.create(cadre=cadre, carer=carer, starts_on=LONG_AGO)
    return cadre


@pytest.fixture
def unit(db):
    return make_unit()


@pytest.fixture
def clerk(unit):
    return make_user("clerk", role="clerk", unit=unit)


@pytest.fixture
def staff(clerk):
    client = Client()
    client.force_login(clerk)
    return client


@pytest.fixture
def people(unit, clerk):
    return [
        celebrant("李德厚", unit, 20, clerk, name_sort_key="li", name_stroke_key="7"),
        celebrant("丁一", unit, 25, clerk, name_sort_key="ding", name_stroke_key="2"),
        celebrant("陈秀英", unit, 5, name_sort_key="chen", name_stroke_key="7z"),
    ]


def names(page: str) -> list[str]:
    found = {name: page.index(f"<b>{name}</b>") for name in ("李德厚", "丁一", "陈秀英") if f"<b>{name}</b>" in page}
    return sorted(found, key=found.get)


def test_next_month_of_my_people_with_ways_to_reach_them(staff, people):
    page = staff.get(URL).content.decode()

    assert f"{NEXT.year}年{NEXT.month}月生日名单（按生日先后排列）" in page
    assert names(page) == ["李德厚", "丁一"]
    assert 'href="tel:13800000020"' in page
    entry = AuditEntry.objects.get(action="see_contact")
    assert set(entry.subjects.values_list("person_id", flat=True)) == {people[0].pk, people[1].pk}


def test_everybody_i_may_see_in_named_orders_and_numbers_of_my_own_only(staff, people):
    by_strokes = staff.get(f"{URL}?whose=all&order=strokes").content.decode()
    assert "按姓氏笔画排列" in by_strokes
    assert names(by_strokes) == ["丁一", "李德厚", "陈秀英"]
    assert "13800000005" not in by_strokes

    assert names(staff.get(f"{URL}?whose=all&order=pinyin").content.decode()) == ["陈秀英", "丁一", "李德厚"]


def test_paper_names_its_order_and_the_sheet_is_logged(staff, people):
    paper = staff.get(f"{URL}?print=1&order=strokes").content.decode()
    assert all(words in paper for words in ("排列：姓氏笔画", "共 2 位", "138 0000 0020", "问候情况"))

    sheet = staff.get(f"{URL}?export=1")

    assert sheet.content[:2] == b"PK"
    assert {"print", "export"} <= set(AuditEntry.objects.values_list("action", flat=True))


def test_strangers_see_nobody_and_nonsense_is_404(unit, people):
    client = Client()
    client.force_login(make_user("stranger", role="clerk", unit=make_unit("邻市委老干部局")))

    assert names(client.get(f"{URL}?whose=all").content.decode()) == []
    for month in ("2026-13", "x", "1900-01", "99999-01"):
        assert client.get(f"{URL}?month={month}").status_code == 404
    liaison = Client()
    liaison.force_login(make_user("liaison", role="liaison", unit=unit))
    assert liaison.get(URL).status_code == 200
    assert liaison.get(f"{URL}?export=1").status_code == 403


def test_costs_the_same_for_one_and_for_three(staff, unit, clerk, people, django_assert_num_queries):
    staff.get(URL)
    with django_assert_num_queries(14):
        staff.get(f"{URL}?whose=all")
    celebrant("吴志强", unit, 7, clerk)
    celebrant("周长庚", unit, 8)
    with django_assert_num_queries(14):
        staff.get(f"{URL}?whose=all")
