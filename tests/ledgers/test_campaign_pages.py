"""Campaigns and routes in the admin: forms, lists, papers, the grid, what strangers get, and what pages cost."""

import io
import re

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.common.models import AuditEntry, Paper
from apps.ledgers.models import Campaign, Contact, Need, VisitRoute, VisitTarget
from apps.ledgers.services.campaigns import approve_campaign
from apps.people import households
from apps.registry.models import Cadre
from tests.builders import make_cadre, make_unit, make_user

from .conftest import FESTIVAL, START

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def head(client, bureau):
    user = make_user("head", role="section_head", unit=bureau)
    client.force_login(user, backend="apps.accounts.access.RoleBackend")
    return client


@pytest.fixture
def now(spring, select, going, bureau):
    """A route of today with `names` behind as many doors."""

    def make(*names, couple=False, **over):
        cadres = [make_cadre(name, unit=bureau, retire_type="veteran", **over) for name in names]
        if couple:
            households.join(cadres[0].person, cadres[1].person, actor=None)
        campaign = spring(kind="other", name="今天慰问", starts_on=TODAY, last_day=TODAY, festival_on=None)
        select(campaign, "veteran")
        return going(campaign, on_day=TODAY)

    return make


def url(name: str, *args) -> str:
    return reverse(f"admin:ledgers_{name}", args=[getattr(arg, "pk", arg) for arg in args])


def test_a_campaign_is_made_from_a_template_once(head, bureau):
    values = {
        "unit": bureau.pk, "kind": "spring", "name": "2027春节", "starts_on": START, "last_day": FESTIVAL,
        "festival_on": FESTIVAL, "budget": "20000", "form_key": "0f5f0c0e-0000-4000-8000-000000000001",
    }  # fmt: skip
    first = head.post(url("campaign_add"), values)
    assert first.status_code == 302, first.context["adminform"].form.errors
    again = head.post(url("campaign_add"), values)

    campaign = Campaign.objects.get()
    assert first["Location"] == again["Location"] == url("campaign_change", campaign)
    assert campaign.standards.count() == 9
    page = head.get(first["Location"], follow=True).content.decode()
    assert "名单还是空的" in page
    refused = head.post(url("campaign_add"), {**values, "form_key": "0f5f0c0e-0000-4000-8000-000000000002"})
    assert "已经有同名" in refused.content.decode()


def test_choosing_shows_who_and_then_puts_them_on_the_list(head, bureau, spring):
    make_cadre("甲某", unit=bureau, retire_type="veteran")
    make_cadre("请示某", unit=bureau, retire_type="veteran", on_hold=True)
    campaign = spring()
    address = url("campaign_select", campaign)
    assert head.get(f"{address}?groups=").status_code == 422

    page = head.get(f"{address}?groups=veteran").content.decode()
    assert "列入 1 位" in page
    assert "请示某" in page
    assert not campaign.targets.exists()
    head.post(f"{address}?groups=veteran")

    assert dict(campaign.targets.values_list("cadre__person__name", "state")) == {"甲某": "chosen", "请示某": "held"}
    held = head.get(f"{url('campaign_people', campaign)}?state=held").content.decode()
    assert "请示某" in held


def test_people_are_taken_off_and_put_back_with_a_reason(head, bureau, spring, select):
    make_cadre("甲某", unit=bureau, retire_type="veteran")
    campaign = spring()
    select(campaign, "veteran")
    key, address = campaign.targets.get().pk, url("campaign_people", campaign)

    refused = head.post(address, {"pick": [key], "reason": "", "layer": "unit", "remove": "1"})
    assert refused.status_code == 422
    assert "请写明为什么移出" in refused.content.decode()
    head.post(address, {"pick": [key], "reason": "本人谢绝", "layer": "unit", "remove": "1"})
    assert campaign.targets.get().state == "removed"
    head.post(address, {"pick": [key], "reason": "", "layer": "unit", "restore": "1"})
    head.post(address, {"pick": [key], "reason": "", "layer": "unit", "layer_on": "1"})
    assert (campaign.targets.get().state, campaign.targets.get().layers) == ("chosen", ["unit"])


def test_a_list_of_another_office_is_merged(head, bureau, spring, select):
    make_cadre("甲某", unit=bureau, retire_type="veteran")
    other = make_cadre("名单外", unit=bureau)
    campaign = spring()
    select(campaign, "veteran")
    address = url("campaign_layers", campaign)

    page = head.post(address, {"layer": "community", "names": "甲某\n名单外\n查无此人", "paste": "1"}).content.decode()
    assert "查无此人" in page
    assert f'value="{other.pk}"' in page
    head.post(address, {"layer": "community", "who": [other.pk], "add": "1"})

    assert dict(campaign.targets.values_list("cadre__person__name", "layers")) == {
        "甲某": ["community"], "名单外": ["community"],
    }  # fmt: skip


def test_papers_wait_for_approval_and_say_what_they_must(head, bureau, clerk, now, select, spring):
    route = now("甲某", "乙某", couple=True)
    assert head.get(url("visitroute_cards", route)).status_code == 302
    assert not Paper.objects.filter(kind="走访情况卡").exists()
    cards = head.post(url("visitroute_cards", route)).content.decode()
    assert cards.count("用后收回，不得拍照") == 2
    assert "共 2 号" in cards
    assert Paper.objects.filter(kind="走访情况卡").count() == 2
    signed = head.post(url("visitroute_sign", route)).content.decode()
    assert signed.count("壹仟元整") == 2
    assert "贰仟元整" in signed
    stops = head.post(url("visitroute_print", route)).content.decode()
    assert "2 个信封" in stops
    assert "走访慰问登记表" in head.post(url("visitroute_table", route)).content.decode()
    assert AuditEntry.objects.filter(action="print").count() == 4

    Campaign.objects.update(budget=1)
    answer = head.post(url("visitroute_print", route), follow=True)
    assert "超出预算" in answer.content.decode()
    assert answer.redirect_chain


def test_cards_keep_thoughts_out_and_health_behind_its_right(head, clerk, now, contact):
    route = now("甲某")
    cadre = Cadre.objects.get(person__name="甲某")
    contact(cadre, TODAY, method="home", thoughts="对政策有想法", body_state="血压高", summary="聊了家常")

    page = head.post(url("visitroute_cards", route)).content.decode()

    assert "聊了家常" in page
    assert "对政策有想法" not in page
    assert "血压高" not in page


def test_the_grid_keeps_what_was_refused_and_records_the_rest(head, now):
    route = now("甲某", "乙某")
    address = url("visitroute_enter", route)
    page = head.get(address).content.decode()
    stops = [row.pk for row in route.stops.order_by("position")]
    keys = dict(re.findall(r'name="s(\d+)-form_key" value="([^"]+)"', page))
    sent = {}
    for place, stop in enumerate(stops):
        sent |= {
            f"s{stop}-form_key": keys[str(stop)], f"s{stop}-happened_on": TODAY, f"s{stop}-summary": f"情况{place}",
            f"s{stop}-handed": "given" if place == 0 else "proxy",
        }  # fmt: skip
    sent |= {f"s{stops[0]}-category": "home", f"s{stops[0]}-need": "装扶手"}

    answer = head.post(address, sent)

    assert answer.status_code == 422
    text = answer.content.decode()
    assert "情况1" in text
    assert "请写代领人" in text
    assert Contact.objects.get().summary == "情况0"
    assert Need.objects.get().description == "装扶手"
    sent |= {f"s{stops[1]}-receiver": "小李", f"s{stops[1]}-relation": "女儿"}
    assert head.post(address, sent).status_code == 302
    assert Contact.objects.count() == 2
    assert set(VisitTarget.objects.values_list("handed", flat=True)) == {"given", "proxy"}


def test_the_morning_and_the_cards_are_settled_on_their_pages(head, now):
    route = now("甲某", "乙某")
    head.post(url("visitroute_cards", route))
    Cadre.objects.filter(person__name="甲某").update(on_hold=True)
    page = head.get(url("visitroute_morning", route)).content.decode()
    assert "公开活动须先请示" in page
    key = VisitTarget.objects.get(cadre__person__name="甲某").pk
    head.post(url("visitroute_morning", route), {f"d_{key}": "strike"})
    assert VisitTarget.objects.get(pk=key).state == "struck"
    head.post(url("visitroute_morning", route), {"pick": [key], "unstrike": "1"})
    assert VisitTarget.objects.get(pk=key).state == "chosen"

    papers = list(Paper.objects.values_list("pk", flat=True))
    head.post(url("visitroute_returned", route), {"card": papers})
    assert set(Paper.objects.values_list("state", flat=True)) == {"returned"}
    assert "都收回了" in head.get(url("visitroute_change", route)).content.decode()


def test_the_sheet_has_no_number_of_identity_phone_or_address(head, bureau, spring, select):
    make_cadre("甲某", unit=bureau, retire_type="veteran", residence="河滨路1号")
    campaign = spring()
    select(campaign, "veteran")

    answer = head.post(url("campaign_export", campaign), {"reason": "报财政科"})

    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0].values)
    assert rows[2][1] == "甲某"
    assert not any("河滨路" in str(cell) for row in rows for cell in row)
    assert AuditEntry.objects.get(action="export").reason == "报财政科"
    assert head.post(url("campaign_export", campaign), {"reason": ""}).status_code == 422


def test_strangers_find_nothing_and_the_grid_takes_a_steady_number_of_queries(client, now, clerk, bureau):
    route = now("甲某")
    stranger = make_user("stranger", role="clerk", unit=make_unit("邻市委老干部局"))
    client.force_login(stranger, backend="apps.accounts.access.RoleBackend")
    for name in ("visitroute_change", "visitroute_print", "visitroute_enter", "visitroute_cards"):
        assert client.get(url(name, route)).status_code == 404
    for name in ("campaign_change", "campaign_people", "campaign_layers", "campaign_select"):
        assert client.get(url(name, route.campaign)).status_code == 404

    client.force_login(make_user("head", role="section_head", unit=bureau), backend="apps.accounts.access.RoleBackend")

    def cost(address) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    pages = [url("visitroute_change", route), url("visitroute_enter", route), url("campaign_people", route.campaign)]
    pages += [url("campaign_change", route.campaign), url("campaign_layers", route.campaign)]
    one = [cost(page) for page in pages]
    campaign = route.campaign
    Campaign.objects.update(state="draft")
    for name in "乙丙丁戊":
        make_cadre(name, unit=bureau, retire_type="veteran")
    client.post(f"{url('campaign_select', campaign)}?groups=veteran")
    approve_campaign(Campaign.objects.get(), actor=clerk, on=TODAY)
    stops = list(campaign.targets.values_list("pk", flat=True))
    client.post(url("campaign_people", campaign), {"pick": stops, "layer": "unit", "route": route.pk, "assign": "1"})
    assert VisitRoute.objects.get().stops.count() == 5

    assert [cost(page) for page in pages] == one
