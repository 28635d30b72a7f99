"""Rule book 10.29: from a measure of the ledger to a volunteer, and back as a result."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.common.errors import BusinessError
from apps.ledgers.models import Measure, Need
from apps.ledgers.queries.measure_help import done_by_volunteers, help_words, likely_service
from apps.ledgers.services.measure_help import ask_volunteers
from apps.volunteers.models import ServiceRequest
from apps.volunteers.services import helping
from apps.volunteers.services.care import confirm_care
from apps.volunteers.services.requests import RequestFacts
from tests.volunteers.help_world import NOW, ON, PLACE, make_help_world

DAY = dt.timedelta(days=1)


@pytest.fixture
def world(db):
    return make_help_world()


def make_measure(world) -> Measure:
    need = Need.objects.create(
        cadre=world.receiver.cadre, category="medical", description="一个人去不了医院", found_on=NOW.date(),
        recorded_by=world.clerk,
    )  # fmt: skip
    return Measure.objects.create(
        need=need, what="请人陪诊", owner=world.clerk, due_on=timezone.localdate() + 5 * DAY, promised_by=world.clerk
    )


def facts(world, **over) -> RequestFacts:
    values = {"receiver": world.receiver, "service": "hospital", "on": ON, "starts": 540, "ends": 660}
    return RequestFacts(**{**values, "asked_as": "carer", "place": PLACE, **over})


def test_service_is_read_from_the_words(db):
    assert likely_service("请人陪诊") == "hospital"
    assert likely_service("教用智能手机") == "phone"
    assert likely_service("送文件") == ""


def test_asked_once_and_shown_as_done(world):
    world.volunteer("甲同志")
    measure, key = make_measure(world), uuid.uuid4()
    made = ask_volunteers(measure, facts(world), actor=world.clerk, now=NOW, form_key=key)
    assert ask_volunteers(measure, facts(world), actor=world.clerk, now=NOW, form_key=key) == made
    with pytest.raises(BusinessError, match="已经在请"):
        ask_volunteers(measure, facts(world, starts=700, ends=800), actor=world.clerk, now=NOW, form_key=uuid.uuid4())
    measure = Measure.objects.select_related("request").get(pk=measure.pk)
    assert help_words(measure) == ("正在请志愿者", "soon")
    assert done_by_volunteers(measure) == {}
    over = dt.datetime.combine(ON, dt.time(12), NOW.tzinfo)
    record = helping.done(world.agreed(made), actor=world.clerk, now=over)
    confirm_care(record, 90, confirmed_as="family", actor=world.clerk, now=over, form_key=uuid.uuid4())
    measure = Measure.objects.select_related("request").get(pk=measure.pk)
    assert done_by_volunteers(measure) == {"result": "志愿者甲同志服务1小时30分，家属已确认", "done_on": ON}


def test_page_is_filled_in(world, client):
    measure = make_measure(world)
    client.force_login(world.clerk)
    page = reverse("admin:ledgers_measure_help", args=[measure.pk])
    assert 'value="hospital" selected' in client.get(page).content.decode()
    form = {
        "key": str(uuid.uuid4()), "service": "hospital", "on": (timezone.localdate() + 3 * DAY).isoformat(),
        "starts": "9:00", "ends": "11:00", "wanted": 1, "place": PLACE,
    }  # fmt: skip
    assert client.post(page, form).status_code == 302
    assert ServiceRequest.objects.get().asked_as == "carer"
    shown = client.get(reverse("admin:ledgers_measure_change", args=[measure.pk])).content.decode()
    assert "正在请志愿者" in shown


def test_straight_from_the_need_in_one_form(world, client):
    need = make_measure(world).need
    Measure.objects.all().delete()
    client.force_login(world.clerk)
    page = reverse("admin:ledgers_need_help", args=[need.pk])
    assert page in client.get(reverse("admin:ledgers_need_measure", args=[need.pk])).content.decode()
    form = {
        "key": str(uuid.uuid4()), "service": "hospital", "on": (timezone.localdate() + 3 * DAY).isoformat(),
        "starts": "9:00", "ends": "11:00", "wanted": 1, "place": PLACE,
    }  # fmt: skip
    assert client.post(page, {**form, "on": "2020-01-01"}).status_code == 422
    assert not Measure.objects.exists()
    for _ in range(2):
        made = client.post(page, form)
    measure = Measure.objects.get()
    assert made.url == reverse("admin:volunteers_servicerequest_change", args=[measure.request_id])
    assert (measure.what, measure.provider, measure.need) == ("请志愿者：陪诊陪护", "志愿者", need)
