"""The pages of requests: staff, receiver and family, volunteer, team leader; who sees where it is, and when."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.common.models import AuditEntry
from apps.people.choices import ProxyScope
from apps.volunteers.models import CareConfirmation, ServiceRecord, ServiceRequest
from apps.volunteers.services import helping, proposals
from tests.builders import make_cadre, make_unit, make_user
from tests.family import grant_to, make_relative

from .builders import make_leader, make_team
from .help_world import PLACE, account_of, make_help_world

DAY = dt.timedelta(days=1)
ADMIN = "admin:volunteers_servicerequest_"


@pytest.fixture
def world(db):
    return make_help_world()


def in_days(count: int) -> dt.date:
    return timezone.localdate() + count * DAY


def ask_in(world, days: int, **over) -> ServiceRequest:
    """Asked three days ago, or four days before it where it is over."""
    before = timezone.now() - 3 * DAY + min(days, 0) * DAY
    return world.ask(on=in_days(days), now=before, **over)


def agreed(world, request, volunteer):
    row = proposals.suggest(request, volunteer, actor=world.clerk, now=request.asked_at)
    proposals.ask_volunteers(request, [row], actor=world.clerk, now=request.asked_at)
    return proposals.answer(row, True, actor=world.clerk, now=request.asked_at)


def volunteer_of(world, name="甲同志", **over):
    return world.volunteer(name, times=[], **over)


# Staff --------------------------------------------------------------------------------------------------------------


def test_staff_ask_pick_and_take_the_answer(world, client):
    volunteer = volunteer_of(world)
    client.force_login(world.clerk)
    form = {
        "key": str(uuid.uuid4()), "receiver": world.receiver.pk, "asked_as": "self", "service": "hospital",
        "on": in_days(3).isoformat(), "starts": "9:00", "ends": "11点", "wanted": 1, "place": PLACE,
        "details": "带病历",
    }  # fmt: skip
    assert client.post(reverse(f"{ADMIN}ask"), {**form, "ends": "八点"}).status_code == 422
    for _ in range(2):
        assert client.post(reverse(f"{ADMIN}ask"), form).status_code == 302
    row = ServiceRequest.objects.get()
    page = client.get(reverse(f"{ADMIN}change", args=[row.pk])).content.decode()
    assert PLACE in page
    assert "住同一个社区" in page
    assert AuditEntry.objects.filter(action="help.see").count() == 1
    one = row.proposals.get()
    assert client.post(reverse(f"{ADMIN}pick", args=[row.pk]), {"volunteers": [one.pk]}).status_code == 302
    answer = f"{reverse(f'{ADMIN}answer', args=[row.pk])}?proposal={one.pk}"
    assert client.post(answer, {"yes": "yes"}).status_code == 302
    row.refresh_from_db()
    assert row.state == "agreed"
    slip = client.get(reverse(f"{ADMIN}slip", args=[row.pk])).content.decode()
    assert volunteer.person.name in slip
    assert str(world.receiver.birth_date) not in slip
    assert client.get(reverse(f"{ADMIN}out") + "?as=xlsx").status_code == 200


def test_staff_enter_what_was_done_and_confirm_by_telephone(world, client):
    row = ask_in(world, -1)
    agreed(world, row, volunteer_of(world))
    client.force_login(world.clerk)
    assert client.get(reverse(f"{ADMIN}changelist") + "?which=served").content.decode().count("李德厚")
    done = client.post(reverse(f"{ADMIN}done", args=[row.pk]), {"starts": "9:00", "ends": "10:30"})
    assert done.status_code == 302
    confirm = reverse(f"{ADMIN}confirm", args=[row.pk])
    said = {"key": str(uuid.uuid4()), "confirmed_as": "family", "minutes": 200}
    assert "不能比它长" in client.post(confirm, said).content.decode()
    assert client.post(confirm, {**said, "minutes": 90}).status_code == 302
    row.refresh_from_db()
    assert (row.state, CareConfirmation.objects.get().minutes) == ("ok", 90)


def test_strangers_get_nothing(world, client):
    row = ask_in(world, 3)
    other = make_user("other", role="clerk", unit=make_unit("别的局"))
    client.force_login(other)
    for page in ("change", "pick", "slip", "cancel"):
        assert client.get(reverse(f"{ADMIN}{page}", args=[row.pk])).status_code == 404
    nobody = make_cadre("外人", unit=world.unit).person
    client.force_login(account_of(nobody, "nobody"))
    for page in ("me_help_request", "me_help_cancel", "me_help_confirm", "me_help_asked_one"):
        assert client.get(reverse(f"portal:{page}", args=[row.public_id])).status_code == 404


# The person and his family ------------------------------------------------------------------------------------------


def daughter_of(world):
    user = make_user("daughter", is_staff=False)
    today = timezone.localdate()
    grant_to(make_relative_of(world), [ProxyScope.ENROL], clerk=world.clerk, user=user, today=today)
    return user


def make_relative_of(world):
    return make_relative(world.receiver.cadre, "李晓梅")


def test_daughter_asks_in_four_screens_and_confirms(world, client):
    client.force_login(daughter_of(world))
    assert client.get(reverse("portal:me")).status_code == 200
    page = client.get(reverse("portal:me_help_new"), follow=True).redirect_chain[-1][0]
    page = client.post(page, {"service": "hospital"}).url
    page = client.post(page, {"day": in_days(2).isoformat()}).url
    page = client.post(page, {"starts": 540, "length": 120}).url
    assert PLACE not in page
    assert client.post(page, {"where": "other"}).status_code == 422
    for _ in range(2):
        made = client.post(page, {"where": "other", "place": PLACE, "details": "带病历"})
        assert made.status_code == 302
    row = ServiceRequest.objects.get()
    assert (row.asked_as, row.place, row.grant.person_id) == ("family", PLACE, world.receiver.pk)
    assert PLACE in client.get(made.url).content.decode()
    assert AuditEntry.objects.filter(action="help.see", on_behalf_of=world.receiver.pk).exists()
    cancel = reverse("portal:me_help_cancel", args=[row.public_id])
    client.post(cancel)
    row.refresh_from_db()
    assert row.state == "off"


def test_daughter_confirms_with_one_press(world, client):
    row = ask_in(world, -1)
    record = helping.done(agreed(world, row, volunteer_of(world)), actor=world.clerk, now=timezone.now())
    client.force_login(daughter_of(world))
    assert "请替他确认" in client.get(reverse("portal:me")).content.decode()
    page = reverse("portal:me_help_confirm", args=[row.public_id])
    assert "来过了，确认" in client.get(page).content.decode()
    said = {"key": str(uuid.uuid4()), "hours": 1, "minutes": 30, "came": "yes"}
    assert client.post(page, {**said, "hours": 9}).status_code == 422
    for _ in range(2):
        assert client.post(page, said).status_code == 302
    made = CareConfirmation.objects.get()
    assert (made.record, made.minutes, made.confirmed_as) == (record, 90, "family")


def test_nobody_came(world, client):
    row = ask_in(world, -1)
    helping.done(agreed(world, row, volunteer_of(world)), actor=world.clerk, now=timezone.now())
    client.force_login(account_of(world.receiver, "own"))
    client.post(reverse("portal:me_help_confirm", args=[row.public_id]), {"came": "no"})
    row.refresh_from_db()
    assert row.doubt
    assert not CareConfirmation.objects.exists()


# The volunteer ------------------------------------------------------------------------------------------------------


def test_volunteer_sees_the_place_only_after_his_yes(world, client):
    volunteer = volunteer_of(world)
    row = ask_in(world, 2)
    (one,) = world.asked(row, now=timezone.now())
    client.force_login(account_of(volunteer.person, "volunteer"))
    page = reverse("portal:me_help_asked_one", args=[one.public_id])
    before = client.get(page).content.decode()
    assert PLACE not in before
    assert world.receiver.name not in before
    assert not AuditEntry.objects.filter(action="help.see").exists()
    assert client.post(page, {"answer": "yes"}).status_code == 302
    after = client.get(page).content.decode()
    assert PLACE in after
    assert AuditEntry.objects.filter(action="help.see").count() == 1
    assert client.post(reverse("portal:me_help_cannot", args=[one.public_id]), {"note": "发烧"}).status_code == 302
    assert PLACE not in client.get(page).content.decode()
    row.refresh_from_db()
    assert row.state == "open"


def test_volunteer_enters_his_time(world, client):
    volunteer = volunteer_of(world)
    row = ask_in(world, -1)
    one = agreed(world, row, volunteer)
    client.force_login(account_of(volunteer.person, "volunteer"))
    served = reverse("portal:me_help_served", args=[one.public_id])
    assert client.post(served, {"starts": "9:00", "ends": "8:00"}).status_code == 422
    assert client.post(served, {"starts": "9:00", "ends": "10:00"}).status_code == 302
    assert ServiceRecord.objects.get().minutes == 60


# The team leader ----------------------------------------------------------------------------------------------------


def test_leader_sees_his_team_only(world, client):
    volunteer_of(world)
    row = ask_in(world, 2, team=world.team)
    leader = make_leader(world.team)
    other = make_leader(make_team("另一支队", unit=world.unit), "other", "别队长")
    where = reverse("volunteers:team_request", args=[world.team.public_id, row.public_id])
    client.force_login(other)
    assert client.get(where).status_code == 404
    assert client.get(reverse("volunteers:team_requests", args=[world.team.public_id])).status_code == 404
    client.force_login(leader)
    assert "李德厚" in client.get(reverse("volunteers:team_requests", args=[world.team.public_id])).content.decode()
    assert PLACE not in client.get(where).content.decode()
    one = row.proposals.exclude(volunteer__person__name="汪德茂").get()
    client.post(where, {"pick": "1", "volunteers": [one.pk]})
    client.post(where, {"answer": f"yes-{one.pk}"})
    row.refresh_from_db()
    assert row.state == "agreed"
    assert PLACE in client.get(where).content.decode()
