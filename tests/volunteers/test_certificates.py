import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.common.errors import BusinessError
from apps.volunteers.models import ServiceCertificate, ServiceRecord
from apps.volunteers.queries.certificates import find
from apps.volunteers.rules.certificates import CertificateRules, initials, is_public
from apps.volunteers.services import certificates as acts
from apps.volunteers.services import records
from tests.builders import make_unit

from .builders import make_team
from .shift_world import AFTER, SATURDAY, World

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
LIST = "admin:volunteers_servicecertificate_changelist"


@pytest.fixture
def world():
    made = World()
    made.wu = made.volunteer("欧阳志远")
    return made


def serve(world, volunteer, *, confirmed=True, **over):
    row = world.record(volunteer, **over)
    if confirmed:
        records.confirm([row], actor=world.clerk, now=AFTER)
    return row


def issued(world, volunteer=None, now=AFTER):
    (row,) = acts.apply(volunteer or world.wu, actor=world.clerk, now=now)
    return acts.issue(row, actor=world.clerk, now=now)


def test_only_confirmed_service_is_certified_and_stands_as_it_was(world):
    serve(world, world.wu)
    serve(world, world.wu, starts=700, ends=790, confirmed=False)
    row = issued(world)

    assert (row.name, row.minutes, row.count, row.services) == ("欧阳志远", 120, 1, ["green"])
    assert (row.code, row.starts_on, row.ends_on) == (
        f"ZM2026-{world.unit.pk:04d}-0001", SATURDAY, AFTER.date() + DAY,
    )  # fmt: skip
    ServiceRecord.objects.update(minutes=60)
    assert acts.issue(row, actor=world.clerk, now=AFTER).minutes == 120


def test_asked_twice_it_is_one_and_nothing_new_is_not_certified_again(world):
    serve(world, world.wu)
    first = acts.apply(world.wu, actor=world.clerk, now=AFTER)
    assert acts.apply(world.wu, actor=world.clerk, now=AFTER) == first
    row = issued(world)
    assert acts.apply(world.wu, actor=world.clerk, now=AFTER) == [row]
    with pytest.raises(BusinessError, match="没有新的志愿时长"):
        acts.apply(world.wu, actor=world.clerk, now=AFTER + DAY)
    serve(world, world.wu, starts=700, ends=790)
    again = issued(world, now=AFTER + DAY)
    assert (again.minutes, again.number) == (210, 2)


def test_who_organises_certifies(world):
    serve(world, world.wu)
    other = World("北城队", unit=make_unit("北城区委老干部局"))
    row = world.record(world.wu, starts=800, ends=900, team=make_team("北城二队", unit=other.unit), project=None)
    records.confirm([row], actor=other.clerk, now=AFTER)

    made = acts.apply(world.wu, actor=world.clerk, now=AFTER)
    done = [acts.issue(one, actor=world.clerk, now=AFTER) for one in made]
    assert sorted((one.unit_id, one.minutes, one.number) for one in done) == sorted(
        [(world.unit.pk, 120, 1), (other.unit.pk, 100, 1)]
    )


def test_nothing_or_too_little_is_said(world):
    with pytest.raises(BusinessError, match="还没有队长确认过"):
        acts.apply(world.wu, actor=world.clerk, now=AFTER)
    serve(world, world.wu, starts=540, ends=570)
    with pytest.raises(BusinessError, match="满1小时可以开证明"):
        acts.apply(world.wu, actor=world.clerk, now=AFTER)


def test_a_whole_team_at_once_and_once_more(world):
    serve(world, world.wu), serve(world, world.leader)
    first, until = dt.date(2026, 1, 1), AFTER.date() + DAY
    made, left = acts.issue_team(world.team, first, until, actor=world.clerk, now=AFTER)
    again, _ = acts.issue_team(world.team, first, until, actor=world.clerk, now=AFTER)
    assert (len(made), left, {row.pk for row in again}) == (2, 0, {row.pk for row in made})
    assert {row.number for row in made} == {1, 2}
    assert acts.publish(made, actor=world.clerk, on=AFTER.date()) == 2
    assert acts.publish(made, actor=world.clerk, on=AFTER.date()) == 0


def test_refused_and_revoked(world):
    serve(world, world.wu)
    (row,) = acts.apply(world.wu, actor=world.clerk, now=AFTER)
    acts.refuse(row, reason="记录待核实", actor=world.clerk, now=AFTER)
    with pytest.raises(BusinessError, match="已经退回"):
        acts.issue(row, actor=world.clerk, now=AFTER)
    row = issued(world)
    row = acts.revoke(row, reason="多记了一次", actor=world.clerk, on=AFTER.date())
    assert acts.revoke(row, reason="又一次", actor=world.clerk, on=AFTER.date()).revoke_reason == "多记了一次"
    assert acts.count_print([row], actor=world.clerk) == 0
    assert issued(world).number == 2


def test_the_public_checks_by_number_and_code(client, world):
    serve(world, world.wu)
    row = issued(world)
    url = reverse("volunteers:check")
    assert row.check_code in client.get(url, {"number": row.code, "code": row.check_code}).content.decode()

    page = client.post(url, {"number": row.code.replace("-", "－"), "code": row.check_code.lower()}).content.decode()
    assert "证明有效" in page
    assert "欧阳某" in page
    assert "2小时" in page
    assert "志远" not in page
    assert "没有查到" in client.post(url, {"number": row.code, "code": "A2B3C4"}).content.decode()
    acts.revoke(row, reason="多记了一次", actor=world.clerk, on=AFTER.date())
    page = client.post(url, {"number": row.code, "code": row.check_code}).content.decode()
    assert "已经撤销" in page
    assert "多记了" not in page


def test_the_published_list_names_initials_and_no_hours(client, world):
    serve(world, world.wu)
    row = issued(world)
    acts.publish([row], actor=world.clerk, on=timezone.localdate())
    page = client.get(reverse("volunteers:published")).content.decode()
    assert (row.code in page, "欧阳某" in page, "志远" in page, "2小时" in page) == (True, True, False, False)


def test_staff_open_print_and_revoke(client, world):
    serve(world, world.wu)
    row = issued(world)
    client.force_login(world.clerk)
    page = client.get(reverse("admin:volunteers_servicecertificate_change", args=[row.pk])).content.decode()
    assert row.check_code in page
    sheet = reverse("admin:volunteers_servicecertificate_print", args=[row.pk])
    assert "特此证明" in client.get(sheet).content.decode()
    client.post(sheet)
    row.refresh_from_db()
    assert row.printed == 1
    new = client.post(reverse("admin:volunteers_servicecertificate_new"), {"who": "欧阳志远"})
    assert (new.status_code, ServiceCertificate.objects.count()) == (422, 1)
    done = client.post(
        reverse("admin:volunteers_servicecertificate_team"), {"team": world.team.pk, "first": "2026-01-01"}
    )  # fmt: skip
    assert done.status_code == 302
    revoke = reverse("admin:volunteers_servicecertificate_revoke", args=[row.pk])
    assert client.post(revoke, {"reason": "多记了一次"}).status_code == 302
    assert client.get(sheet).status_code == 403
    assert client.get(reverse(LIST), {"state": "revoked"}).status_code == 200


def test_the_volunteer_asks_with_one_button_and_prints_it(client, world):
    client.force_login(world.chief)
    home = reverse("portal:me_certificates")
    assert "还没有确认过" in client.get(home).content.decode()
    row = world.record(world.leader)
    records.confirm([row], actor=world.clerk, now=AFTER)
    assert "申请开证明" in client.get(home).content.decode()
    client.post(home), client.post(home)
    made = ServiceCertificate.objects.get()
    sheet = reverse("portal:me_certificate_sheet", args=[made.public_id])
    assert client.get(sheet).status_code == 404
    acts.issue(made, actor=world.clerk, now=AFTER)
    assert "贺建国" in client.get(sheet).content.decode()
    serve(world, world.wu)
    theirs = issued(world)
    assert client.get(reverse("portal:me_certificate_sheet", args=[theirs.public_id])).status_code == 404


def test_rules():
    assert (initials("欧阳志远"), initials("李德厚"), find("ZM2026-0001-0001", "")) == ("欧阳某", "李某", None)
    day, rules = dt.date(2026, 3, 8), CertificateRules()
    assert [is_public(day, day + n * DAY, rules) for n in (-1, 0, 6, 7)] == [False, True, True, False]
    with pytest.raises(ValueError, match="公示几天"):
        CertificateRules(publish_days=0)
