"""Looking much is told, taking much is asked again."""

import datetime

import pytest
from django.utils import timezone

from apps.common import audit
from apps.common.models import AuditEntry, Job
from apps.messaging.models import Message
from apps.organisation.models import RuleSet
from apps.registry.services import watching
from tests.builders import make_cadre, make_unit, make_user

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse 马"


@pytest.fixture
def office():
    bureau = make_unit()
    section, other = make_unit("一科", parent=bureau), make_unit("二局", parent=bureau)
    RuleSet.objects.create(
        kind="accounts.outflow", effective_from="2020-01-01", document_no="云老干〔2026〕9号",
        values={"reveals_a_day": 3, "export_password_from": 2},
    )  # fmt: skip
    return {
        "section": section,
        "clerk": make_user("clerk", role="clerk", unit=section),
        "head": make_user("head", role="section_head", unit=section),
        "safe": make_user("safe", role="security_admin", unit=bureau),
        "elsewhere": make_user("elsewhere", role="section_head", unit=other),
    }


def look(user, times: int) -> None:
    for _ in range(times):
        audit.record("reveal", actor=user, people=[])


def told() -> set[int]:
    return set(Message.objects.filter(template=watching.REVEALS).values_list("user_id", flat=True))


def test_beyond_the_limit_those_above_are_told_once_a_day(office):
    now = timezone.now()
    look(office["clerk"], 3)
    assert watching.report_reveals(office["clerk"], now=now) == 0
    look(office["clerk"], 1)

    assert watching.report_reveals(office["clerk"], now=now) == 2
    assert watching.report_reveals(office["clerk"], now=now) == 2

    assert told() == {office["head"].pk, office["safe"].pk}
    assert Message.objects.filter(template=watching.REVEALS).count() == 2


def test_a_head_who_looks_much_is_not_told_of_himself(office):
    look(office["head"], 4)
    watching.report_reveals(office["head"], now=timezone.now())

    assert told() == {office["safe"].pk}


def test_the_looks_of_yesterday_do_not_count(office):
    look(office["clerk"], 4)

    assert watching.report_reveals(office["clerk"], now=timezone.now() + datetime.timedelta(days=1)) == 0


def test_through_the_page_of_a_person(client, office):
    cadre = make_cadre(unit=office["section"])
    look(office["clerk"], 3)
    client.force_login(office["clerk"])
    client.post(f"/admin/registry/cadre/{cadre.pk}/reveal/", {"field": "citizen_id", "reason": "核对"})

    assert told() == {office["head"].pk, office["safe"].pk}


def test_the_page_counts_colleagues_in_reach_and_names_nobody_looked_at(client, office):
    from_section = office["clerk"]
    type(from_section).objects.filter(pk=from_section.pk).update(unit=office["section"])
    look(from_section, 4)
    client.force_login(office["head"])
    page = client.get("/admin/accounts/user/reveals/").content.decode()
    assert "clerk" in page
    assert "超过 3 次" in page

    client.force_login(office["elsewhere"])
    assert ">clerk<" not in client.get("/admin/accounts/user/reveals/").content.decode()
    client.force_login(from_section)
    assert client.get("/admin/accounts/user/reveals/").status_code == 403


def export(client, **more):
    values = {"columns": ["name"], "file_format": "xlsx", "reason": "重阳节慰问", **more}
    return client.post("/admin/registry/cadre/export/", values)


def test_a_large_export_asks_for_the_password_again(client, office):
    make_cadre("甲某某", unit=office["section"])
    client.force_login(office["clerk"])
    assert export(client).status_code == 302, "one person: not asked"

    make_cadre("乙某某", unit=office["section"])
    assert 'type="password"' in client.get("/admin/registry/cadre/export/").content.decode()
    assert export(client).status_code == 422
    assert "密码不对" in export(client, password="wrong").content.decode()
    assert AuditEntry.objects.filter(action="export.refused", actor_id=office["clerk"].pk).count() == 1
    assert Job.objects.count() == 1

    assert export(client, password=PASSWORD).status_code == 302
    assert Job.objects.count() == 2


def test_guessing_the_password_at_an_export_is_limited(client, office):
    make_cadre("甲某某", unit=office["section"])
    make_cadre("乙某某", unit=office["section"])
    client.force_login(office["clerk"])
    for _ in range(5):
        export(client, password="wrong")

    assert "试错次数太多" in export(client, password=PASSWORD).content.decode()
    assert Job.objects.count() == 0
