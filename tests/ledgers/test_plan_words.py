"""What is promised is told to him, his family, his branch and whoever must act; their words come back as needs."""

import datetime as dt
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.ledgers.models import Inquiry, Measure, Need
from apps.ledgers.notices import MEASURE_DUE, MEASURE_LATE, NEED_BARE, NEED_RECALL, NEED_REPLY_LATE
from apps.ledgers.plan_notices import plan_messages
from apps.ledgers.queries.promises import promised_to
from apps.ledgers.services import assign_carer
from apps.ledgers.services import needs as services
from apps.ledgers.services.inquiries import InquiryFacts, take_inquiry
from apps.portal.me.measures import doings_of
from tests.builders import make_cadre, make_unit, make_user
from tests.family import make_family

TODAY = timezone.localdate()
DAY = dt.timedelta(days=1)


@pytest.fixture
def cadre(bureau):
    return make_cadre(unit=make_unit("云江市水利局", parent=bureau))


def user(who):
    return type(who).objects.get(pk=who.pk)


def need_of(cadre, actor, **over):
    facts = {"category": "home", "description": "卫生间装扶手", "found_on": TODAY - 20 * DAY, **over}
    return services.open_need(
        services.NeedFacts(**facts), cadre=cadre, actor=user(actor), on=TODAY, form_key=uuid.uuid4()
    )


def promise(need, actor, *, due, told=True):
    facts = services.MeasureFacts(what="装扶手", provider="施工队", owner=actor, due_on=TODAY + 9 * DAY)
    measure = services.add_measure(need, facts, actor=user(actor), on=TODAY, form_key=uuid.uuid4(), told=told)
    Measure.objects.filter(pk=measure.pk).update(due_on=due)
    return measure


def test_each_occasion_reaches_the_one_who_must_act_once(cadre, clerk, bureau):
    carer = make_user("carer", role="clerk", unit=bureau)
    assign_carer(cadre, user(carer), actor=user(clerk), on=TODAY - 60 * DAY)
    late = promise(need_of(cadre, clerk), clerk, due=TODAY - DAY)
    soon = promise(need_of(cadre, clerk), clerk, due=TODAY + 2 * DAY)
    promise(need_of(cadre, clerk), clerk, due=TODAY + 20 * DAY)
    unanswered = need_of(cadre, clerk)
    bare = need_of(cadre, clerk, replied_on=TODAY - 19 * DAY)
    done = promise(need_of(cadre, clerk), clerk, due=TODAY)
    services.finish_measure(done, result="好了", done_on=TODAY - 15 * DAY, actor=clerk, on=TODAY)

    messages = plan_messages(TODAY)

    assert {(m.template, m.user_id, m.key.split(":")[1]) for m in messages} == {
        (MEASURE_LATE, clerk.pk, str(late.pk)),
        (MEASURE_DUE, clerk.pk, str(soon.pk)),
        (NEED_REPLY_LATE, carer.pk, str(unanswered.pk)),
        (NEED_BARE, carer.pk, str(bare.pk)),
        (NEED_RECALL, carer.pk, str(done.need_id)),
    }
    assert [m.key for m in plan_messages(TODAY)] == [m.key for m in messages]
    Need.objects.update(closed_on=TODAY, outcome="met")
    Measure.objects.update(done_on=TODAY)
    assert plan_messages(TODAY) == []


def test_promises_are_told_open_ones_first_and_old_ones_no_more(cadre, clerk):
    need = need_of(cadre, clerk)
    later, late = promise(need, clerk, due=TODAY + 9 * DAY), promise(need, clerk, due=TODAY - DAY)
    done, old = promise(need, clerk, due=TODAY), promise(need, clerk, due=TODAY)
    Measure.objects.filter(pk=done.pk).update(done_on=TODAY, result="装好两处")
    Measure.objects.filter(pk=old.pk).update(done_on=TODAY - 300 * DAY)

    assert [row.pk for row in promised_to(cadre.pk, TODAY)] == [late.pk, later.pk, done.pk]
    words = [doing.words for doing in doings_of(cadre.pk, TODAY)]
    assert "我们在催办" in words[0]
    assert words[2].endswith("办好了：装好两处")


@pytest.mark.django_db
def test_family_reads_promises_and_has_something_to_say_once(client):
    family = make_family(TODAY)
    promise(need_of(family.cadre, family.clerk), family.clerk, due=TODAY + 9 * DAY)
    assign_carer(family.cadre, user(family.clerk), actor=user(family.clerk), on=TODAY)
    client.force_login(family.daughter)

    page = client.get(reverse("portal:me_promises")).content.decode()
    assert "装扶手" in page
    assert "卫生间装扶手" in page
    token = str(uuid.uuid4())
    for _ in range(2):
        response = client.post(reverse("portal:me_say"), {"words": "扶手想装低一点", "key": token})
    assert response.status_code == 302
    inquiry = Inquiry.objects.get()
    assert (inquiry.source, inquiry.content, inquiry.person) == ("family", "扶手想装低一点", family.cadre.person)
    assert client.post(reverse("portal:me_say"), {"words": " ", "key": str(uuid.uuid4())}).status_code == 422


def test_an_inquiry_becomes_a_need_with_one_button(cadre, clerk, bureau):
    facts = InquiryFacts(subject="06", content="想装扶手", person_id=cadre.pk, source="branch", handler=user(clerk))
    inquiry = take_inquiry(facts, unit=bureau, form_key=uuid.uuid4(), actor=user(clerk), now=timezone.now())
    staff = Client()
    staff.force_login(user(clerk))
    address = f"/admin/ledgers/need/add/?cadre={cadre.pk}&inquiry={inquiry.pk}"
    shown = staff.get(f"/admin/ledgers/inquiry/{inquiry.pk}/change/").content.decode()
    assert address.replace("&", "&amp;") in shown
    assert "想装扶手" in staff.get(address).content.decode()

    data = {"category": "home", "description": "想装扶手", "urgency": "soon", "source": "branch", "found_on": TODAY}
    staff.post(address, {**data, "form_token": str(uuid.uuid4())})

    assert Need.objects.get().inquiry == inquiry
    assert "看转成的需求" in staff.get(f"/admin/ledgers/inquiry/{inquiry.pk}/change/").content.decode()
    other = make_cadre("别人", unit=cadre.managing_unit)
    assert staff.get(f"/admin/ledgers/need/add/?cadre={other.pk}&inquiry={inquiry.pk}").status_code == 404
