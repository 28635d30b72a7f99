"""请志愿者帮忙 at the desk: for a member of the branch, with his yes, once; nobody else's."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.messaging.models import Message
from apps.volunteers.models import ServiceRequest
from tests.builders import make_cadre, make_member, make_organisation, make_post, make_unit, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def branch():
    return make_organisation("南河支部")


@pytest.fixture
def member(branch):
    cadre = make_cadre("潘贤素", unit=make_unit("市局"), residence="春风里8号")
    make_member(cadre.person, branch)
    make_user("clerk", role="clerk", unit=cadre.managing_unit)
    return cadre.person


@pytest.fixture
def secretary(branch, member):
    user = make_user("shuji", is_staff=False)
    make_post(make_cadre("李德厚", unit=make_unit("乙局")).person, branch, user=user)
    return user


def desk(branch, name: str, *args) -> str:
    return reverse(f"ledgers:{name}", args=[branch.public_id, *args])


def walk(client, branch, member) -> str:
    """Through the first three screens; the address of the last."""
    day = timezone.localdate() + dt.timedelta(days=3)
    said = ({"service": "hospital"}, {"day": day.isoformat()}, {"starts": 540, "length": 120})
    url = client.get(desk(branch, "help_step", member.public_id, "what"))["Location"]
    for values in said:
        url = client.post(url, values)["Location"]
    return url


def test_the_secretary_asks_for_a_member_with_his_yes_and_takes_it_back(client, branch, member, secretary):
    client.force_login(secretary)
    url = walk(client, branch, member)

    refused = client.post(url, {"where": "home", "details": "带病历本"})
    sent = [client.post(url, {"where": "home", "details": "带病历本", "consent": "face"}) for _ in range(2)]
    row = ServiceRequest.objects.get()
    shown = client.get(desk(branch, "help")).content.decode()
    client.post(desk(branch, "help_cancel", row.public_id))

    assert refused.status_code == 422
    assert "请先问过本人" in refused.content.decode()
    assert "带病历本" in refused.content.decode()
    assert {answer.status_code for answer in sent} == {302}
    assert (row.asked_as, row.consent, row.asked_by) == ("branch", "face", secretary)
    assert "当面问过，他愿意" in shown
    assert "春风里" not in shown
    assert Message.objects.filter(template="help.new").exists()
    assert ServiceRequest.objects.get().state == "off"


def test_nobody_of_another_branch(client, branch, member, secretary):
    other = make_organisation("北河支部")
    stranger = make_user("beihe", is_staff=False)
    make_post(make_cadre("田美", unit=make_unit("丙局")).person, other, user=stranger)
    client.force_login(secretary)
    url = walk(client, branch, member)
    client.post(url, {"where": "home", "consent": "phone"})
    row = ServiceRequest.objects.get()
    client.force_login(stranger)

    foreign = [
        desk(branch, "help"), desk(other, "help_step", member.public_id, "what"),
        desk(other, "help_cancel", row.public_id),
    ]  # fmt: skip

    assert {client.get(address, follow=True).status_code for address in foreign} == {404}
    assert "潘贤素" not in client.get(desk(other, "help")).content.decode()
