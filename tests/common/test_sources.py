"""Every write carries from whom it comes, and the history says so."""

import pytest
from django.test import Client

from apps.common import change_log, sources
from apps.common.models import AuditEntry
from apps.people.models import Phone
from apps.registry.models import LifeEvent
from tests.builders import make_cadre, make_unit, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def cadre():
    return make_cadre(unit=make_unit())


@pytest.fixture
def staff(cadre):
    client = Client()
    client.force_login(make_user("王经办", role="clerk", unit=cadre.managing_unit))
    return client


def filled(page) -> dict:
    """What a browser would send back unchanged."""
    form = page.context["adminform"].form
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in values.items() if value not in (None, False, [])}


def test_form_of_a_person_asks_and_history_shows_it(staff, cadre):
    url = f"/admin/registry/cadre/{cadre.pk}/change/"
    page = staff.get(f"{url}?edit=1")
    assert "信息来源" in page.content.decode()

    response = staff.post(url, {**filled(page), "reach_answers": "老伴", "source_of_change": "call"})

    assert response.status_code == 302
    cadre.person.refresh_from_db()
    assert cadre.person.reach_answers == "老伴"
    assert AuditEntry.objects.filter(action="change").latest("pk").source == "call"
    assert "source_of_change" not in AuditEntry.objects.filter(action="change").latest("pk").fields
    assert change_log.changes_of(cadre.person, code_lists={})[0].who == "来电（王经办录入）"
    assert "来电（王经办录入）" in staff.get(f"/admin/registry/cadre/{cadre.pk}/history/").content.decode()


def test_an_ordinary_entry_says_just_the_name(staff, cadre):
    url = f"/admin/registry/cadre/{cadre.pk}/change/"

    staff.post(url, {**filled(staff.get(f"{url}?edit=1")), "reach_hours": "上午"})

    assert change_log.changes_of(cadre.person, code_lists={})[0].who == "王经办"


def test_a_forged_source_is_refused_and_nothing_is_written(staff, cadre):
    url = f"/admin/registry/cadre/{cadre.pk}/change/"

    response = staff.post(url, {**filled(staff.get(f"{url}?edit=1")), "reach_hours": "上午", "source_of_change": "x"})

    assert response.status_code == 200
    assert "信息来源" in response.content.decode()
    cadre.person.refresh_from_db()
    assert cadre.person.reach_hours == ""


def test_phone_and_life_event_keep_it(staff, cadre):
    add = f"/admin/people/phone/add/?person={cadre.pk}"
    staff.post(add, {"typed_number": "13800001234", "position": "0", "source_of_change": "family"})
    assert Phone.objects.filter(person=cadre.person).exists()
    assert AuditEntry.objects.get(action="change", fields__contains=["phone_number"]).source == "family"

    staff.post(
        f"/admin/registry/cadre/{cadre.pk}/event/",
        {"kind": "admitted", "happened_on": "2026-05-01", "hospital": "市一院", "source": "call", "report": "1"},
    )

    assert LifeEvent.objects.get().source == "call"
    assert AuditEntry.objects.get(action="life.report").source == "call"
    assert "来电（王经办录入）" in staff.get("/admin/registry/lifeevent/").content.decode()


def test_source_ends_with_the_write():
    with sources.told_by("letter"):
        assert sources.current() == "letter"
    with sources.told_by("nonsense"):
        assert sources.current() == ""
    assert sources.current() == ""
    assert sources.words("", "王经办") == "王经办"
