"""后事 on the pages of staff and of the family."""

import datetime as dt
import io
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone
from docx import Document

from apps.common.models import AuditEntry
from apps.common.partial_date import PartialDate
from apps.ledgers.models import AfterDeathItem, AftermathCase, AftermathTask
from apps.ledgers.queries.aftermath import farewells_of, notice_lines
from apps.ledgers.services import aftermath
from apps.people.models import Person
from apps.registry.choices import LifeEventKind as Kind
from apps.registry.services import life
from tests.builders import make_unit, make_user
from tests.family import make_family

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
DAY = dt.timedelta(days=1)


@pytest.fixture
def family():
    return make_family(TODAY)


@pytest.fixture
def case(family):
    told = life.Report(Kind.DIED, PartialDate.of(TODAY))
    life.record(family.cadre.person, told, actor=family.clerk)
    return AftermathCase.objects.get()


@pytest.fixture
def staff(client, family):
    client.force_login(family.clerk)
    return client


def url(page, *args):
    return reverse(f"admin:ledgers_aftermathcase_{page}", args=args)


def test_the_case_shows_its_tasks_and_each_is_ended_with_a_word(staff, case):
    page = staff.get(url("change", case.pk)).content.decode()
    assert all(words in page for words in ("起草讣告", "吊唁慰问", "遗属建档", "打印告知单"))
    task = case.tasks.get(kind="obituary")

    refused = staff.post(url("task", task.pk), {"due_on": TODAY, "note": "", "not_needed": "1"})
    assert refused.status_code == 422
    assert "谁说不需要" in refused.content.decode()
    staff.post(url("task", task.pk), {"due_on": TODAY, "note": "女儿说不发讣告", "not_needed": "1"})

    task.refresh_from_db()
    assert (task.ended, task.note) == ("not_needed", "女儿说不发讣告")
    staff.post(url("task", task.pk), {})
    task.refresh_from_db()
    assert task.done_on is None


def test_handing_the_notice_over_is_recorded_once_and_ends_its_task(staff, case):
    sent = {
        "form_key": uuid.uuid4(),
        "what": "后事办理一次告知单",
        "to_whom": "长女李晓梅",
        "how": "hand",
        "on_day": TODAY,
    }

    staff.post(url("hand-over", case.pk), sent)
    staff.post(url("hand-over", case.pk), sent)

    assert case.handovers.count() == 1
    assert case.tasks.get(kind="notice").ended == "done"


def test_affairs_are_closed_when_nothing_is_left(staff, case, family):
    assert staff.post(url("close", case.pk), {}).status_code == 422
    for task in case.tasks.all():
        aftermath.end_task(task, "done", note="", actor=family.clerk, on=TODAY)

    staff.post(url("close", case.pk), {})

    case.refresh_from_db()
    assert case.closed_on == TODAY


def test_drafts_are_begun_from_the_registry_kept_and_never_overwritten_silently(staff, case):
    assert "李德厚同志" in staff.get(url("draft", case.pk)).content.decode()
    sent = {"obituary": "李德厚同志于昨日逝世。", "biography": "生平。", "seen_version": case.version}
    assert staff.post(url("draft", case.pk), sent).status_code == 302

    late = staff.post(url("draft", case.pk), {**sent, "obituary": "另一稿"})

    assert late.status_code == 422
    assert "另一稿" in late.content.decode()
    case.refresh_from_db()
    assert case.obituary == "李德厚同志于昨日逝世。"
    word = staff.get(f"{url('word', case.pk)}?what=obituary").content
    assert "李德厚同志于昨日逝世。" in [paragraph.text for paragraph in Document(io.BytesIO(word)).paragraphs]
    assert "李德厚同志于昨日逝世。" in staff.get(f"{url('paper', case.pk)}?what=obituary").content.decode()


def test_the_survivor_lives_in_the_household_from_now_on(staff, case, family):
    sent = {"known": "", "name": "王秀兰", "sex": "2", "birth_date": "1942-06", "phone": "13900008888", "note": "配偶"}

    staff.post(url("survivor", case.pk), sent)
    staff.post(url("survivor", case.pk), sent)

    home = Person.objects.get(pk=family.cadre.pk).household
    assert list(home.members.order_by("pk").values_list("name", flat=True)) == ["李德厚", "王秀兰"]
    assert case.tasks.get(kind="survivor").ended == "done"
    assert Person.objects.get(name="王秀兰").phones.count() == 1


def test_the_notice_carries_his_name_the_contact_and_no_amounts(staff, case):
    aftermath.name_owner(case, make_user("anyone", display_name="周立"), actor=None)

    page = staff.get(url("notice", case.pk)).content.decode()

    assert "李德厚同志" in page
    assert "周立" in page
    assert "一次性抚恤金" in page
    assert AuditEntry.objects.filter(action="print", subjects__person_id=case.cadre_id).exists()


def test_a_unit_has_its_own_dated_list(case, family):
    unit = family.cadre.managing_unit
    AfterDeathItem.objects.create(
        unit=unit, title="丧葬费", materials="死亡证明", place="区人社局", deadline="三个月内", starts_on=TODAY - DAY,
        ends_on=TODAY + DAY,
    )  # fmt: skip

    assert [line.place for line in notice_lines(unit, TODAY)] == ["区人社局"]
    assert len(notice_lines(unit, TODAY + DAY)) > 5


def test_the_daughter_sees_a_quiet_page_until_affairs_are_done(client, case, family):
    client.force_login(family.daughter)
    assert client.get(reverse("portal:me")).url == reverse("portal:me_farewell")

    page = client.get(reverse("portal:me_farewell"))

    words = page.content.decode()
    assert "深切怀念 李德厚 同志" in words
    assert "mourning" in words
    assert "丧葬费" in words
    key = family.cadre.person.public_id
    assert client.get(reverse("portal:me_farewell_sheet", args=[key])).status_code == 200
    assert client.get(reverse("portal:me_carer")).status_code == 404
    assert AuditEntry.objects.filter(action="see_farewell", actor_id=family.daughter.pk).exists()


def test_strangers_and_the_family_of_the_living_see_none(client, family):
    client.force_login(family.daughter)
    assert client.get(reverse("portal:me_farewell")).status_code == 404
    stranger = make_user("stranger", is_staff=False)
    client.force_login(stranger)
    assert client.get(reverse("portal:me_farewell_sheet", args=[family.cadre.person.public_id])).status_code == 404


def test_it_lasts_a_hundred_days_and_longer_while_affairs_are_open(case, family):
    later = TODAY + 101 * DAY
    assert farewells_of(family.daughter, later)
    AftermathTask.objects.update(done_on=TODAY, ended="done")
    aftermath.close_case(case, actor=family.clerk, on=TODAY)

    assert farewells_of(family.daughter, TODAY + 99 * DAY)
    assert not farewells_of(family.daughter, later)


def test_undone_the_family_has_its_old_pages_again(client, case, family):
    life.undo(case.event, reason="报错了人", actor=family.clerk)
    client.force_login(family.daughter)

    assert client.get(reverse("portal:me")).status_code == 200
    assert farewells_of(family.daughter, TODAY) == []


def test_strangers_to_the_unit_find_no_case(client, case):
    client.force_login(make_user("elsewhere", role="clerk", unit=make_unit("云海区委老干部局")))

    assert client.get(url("change", case.pk)).status_code in (403, 404)
    assert client.get(url("task", case.tasks.first().pk)).status_code in (403, 404)


def test_the_list_names_what_is_left(staff, case):
    page = staff.get(reverse("admin:ledgers_aftermathcase_changelist")).content.decode()

    assert "李德厚" in page
    assert "5 件" in page
