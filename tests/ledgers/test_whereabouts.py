"""Periods away and homes: services and pages."""

import datetime as dt

import pytest
from django.utils import timezone

from apps.common.errors import BusinessError
from apps.ledgers.models import Duty
from apps.ledgers.services import end_whereabouts, plan_duties, save_whereabouts, void_whereabouts
from apps.people import households
from apps.people.models import Household, Person, Whereabouts
from apps.people.queries import reach_of
from apps.registry.models import Cadre
from tests.builders import make_cadre, make_unit, make_user

TODAY = timezone.localdate()
DAY = dt.timedelta(days=1)
D = dt.date


@pytest.fixture
def veteran(bureau, tier):
    cadre = make_cadre("欧阳䶮", unit=bureau, retire_type="veteran")
    tier(cadre, 2)
    return cadre


def away(cadre, kind="travelling", start=TODAY, end=None, *, clerk, **sealed):
    row = Whereabouts(person=cadre.person, kind=kind, starts_on=start, ends_on=end)
    return save_whereabouts(row, sealed={"place": "", "phone": "", **sealed}, actor=clerk, on=TODAY)


def test_going_away_and_coming_back_change_duties_at_once(veteran, clerk):
    plan_duties(on=TODAY, window=0)
    row = away(veteran, "elsewhere", TODAY, clerk=clerk, place="福田区莲花路7号", phone="13911119003")
    assert Cadre.objects.get(pk=veteran.pk).lives_away
    current = Duty.objects.open().filter(kind="veteran_visit", period_end__gt=TODAY).order_by("due_on").first()
    assert current.means == "call"
    assert reach_of([veteran.pk], with_phones=True)[veteran.pk].numbers[0].number == "13911119003"

    end_whereabouts(row, back_on=TODAY + DAY, actor=clerk, on=TODAY)
    plan_duties(on=TODAY + DAY, window=0)
    assert not Cadre.objects.get(pk=veteran.pk).lives_away
    current.refresh_from_db()
    assert current.means == "" or current.due_on <= TODAY


def test_periods_do_not_overlap_and_say_with_which(veteran, clerk):
    away(veteran, start=TODAY - 9 * DAY, end=TODAY, clerk=clerk)
    with pytest.raises(BusinessError, match="时间重叠"):
        away(veteran, "elsewhere", TODAY - DAY, clerk=clerk)
    away(veteran, "elsewhere", TODAY, clerk=clerk)  # one ends as the other begins
    with pytest.raises(BusinessError, match="晚于离开"):
        away(veteran, start=TODAY, end=TODAY - DAY, clerk=clerk)
    assert Whereabouts.objects.count() == 2


def test_a_mended_kind_moves_the_flags_and_a_voided_period_takes_them_back(veteran, clerk):
    row = away(veteran, "elsewhere", TODAY - DAY, clerk=clerk)
    row.kind = "resettled"
    save_whereabouts(row, sealed={}, actor=clerk, on=TODAY)
    cadre = Cadre.objects.get(pk=veteran.pk)
    assert (cadre.lives_away, cadre.resettled) == (False, True)
    void_whereabouts(row, actor=clerk, reason="记错了人", on=TODAY)
    cadre.refresh_from_db()
    assert (cadre.lives_away, cadre.resettled) == (False, False)


def test_pages(client, veteran, clerk):
    client.force_login(clerk)
    url = f"/admin/people/whereabouts/add/?person={veteran.pk}"
    form = client.get(url).content.decode()
    assert "登记外出或异地居住" in form
    assert "欧阳䶮" in form
    values = {"kind": "travelling", "starts_on": str(TODAY), "ends_on": str(TODAY + 5 * DAY), "typed_phone": "139"}
    assert client.post(url, values).status_code == 200
    assert client.post(url, {**values, "typed_phone": "13911119001"}).status_code == 302
    row = Whereabouts.objects.get()
    person = client.get(f"/admin/registry/cadre/{veteran.pk}/change/").content.decode()
    assert "外出和异地居住" in person
    for when in ("", "?when=back", "?when=all"):
        assert "欧阳䶮" in client.get(f"/admin/people/whereabouts/{when}").content.decode()
    assert "欧阳䶮</a>" not in client.get("/admin/people/whereabouts/?when=leaving").content.decode()
    back = f"/admin/people/whereabouts/{row.pk}/back/"
    assert client.post(back, {"back_on": str(TODAY - DAY)}).status_code == 422
    assert client.post(back, {"back_on": str(TODAY + DAY)}).status_code == 302
    row.refresh_from_db()
    assert row.ends_on == TODAY + DAY


def test_list_asks_the_same_number_of_questions(client, bureau, clerk, django_assert_max_num_queries):
    for number in range(12):
        away(make_cadre(f"李{number}", unit=bureau), clerk=clerk)
    client.force_login(clerk)
    with django_assert_max_num_queries(22):
        assert client.get("/admin/people/whereabouts/").status_code == 200


# Homes ------------------------------------------------------------------------------------------------------------


def test_homes_are_made_merged_and_left(bureau, clerk):
    one, two, three, four = (make_cadre(name, unit=bureau).person for name in ("甲", "乙", "丙", "丁"))
    home = households.join(one, two, actor=clerk)
    assert households.join(two, one, actor=clerk) == home
    assert (home.name, Household.objects.get(pk=home.pk).name) == ("甲、乙家", "甲、乙家")
    households.join(three, four, actor=clerk)
    merged = households.join(one, four, actor=clerk)
    assert merged.members.count() == 4
    assert Household.objects.filter(voided_at__isnull=True).count() == 1
    assert [person.name for person in merged.members.living().order_by("pk")] == ["甲", "乙", "丙", "丁"]
    for member in (one, two):
        households.leave(member, actor=clerk)
    households.leave(three, actor=clerk)
    assert not Person.objects.filter(household__isnull=False).exists()


def test_one_visit_serves_husband_and_wife_the_festival_included(bureau, tier, contact, clerk):
    husband, wife = (make_cadre(name, unit=bureau, retire_type="veteran") for name in ("甲", "乙"))
    for cadre in (husband, wife):
        tier(cadre, 2)
    households.join(husband.person, wife.person, actor=clerk)
    on = D(2026, 2, 10)
    plan_duties(on=on, window=0, look_back=0)
    contact([husband, wife], on, kind="festival", campaign="2026春节")
    kept = Duty.objects.filter(satisfied_by__isnull=False).values_list("cadre", "kind")
    assert {(cadre.pk, kind) for cadre in (husband, wife) for kind in ("spring", "veteran_visit")} <= set(kept)


def test_the_deads_family_stays_a_home(bureau, clerk, client):
    cadre = make_cadre("李德厚", unit=bureau)
    home = households.add_relation(cadre.person, households.Relation("王秀兰", "2"), actor=clerk)
    with pytest.raises(BusinessError, match="已经有"):
        households.add_relation(cadre.person, households.Relation("王秀兰"), actor=clerk)
    Person.objects.filter(pk=cadre.pk).update(life_status="deceased")
    assert home.members.count() == 2
    client.force_login(clerk)
    form = client.get(f"/admin/ledgers/contact/add/?cadre={cadre.pk}", follow=True).content.decode()
    assert "王秀兰" in form


def test_home_page(client, bureau, clerk):
    one, two = (make_cadre(name, unit=bureau) for name in ("甲某", "乙某"))
    client.force_login(clerk)
    url = f"/admin/registry/cadre/{one.pk}/household/"
    assert client.post(url, {"add": "1"}).status_code == 422
    assert client.post(url, {"add": "1", "other": two.pk}).status_code == 302
    assert client.post(url, {"add": "1", "name": "王玉莲", "sex": "2"}).status_code == 302
    page = client.get(url).content.decode()
    assert "乙某" in page
    assert "王玉莲" in page
    assert client.post(url, {"remove": two.pk}).status_code == 302
    assert Person.objects.get(pk=two.pk).household_id is None


def test_home_takes_nobody_of_another_bureau(client, bureau, clerk):
    one = make_cadre("甲某", unit=bureau)
    stranger = make_cadre("外人", unit=make_unit("邻市委老干部局"))
    make_user("other")
    client.force_login(clerk)
    assert (
        client.post(f"/admin/registry/cadre/{one.pk}/household/", {"add": "1", "other": stranger.pk}).status_code == 422
    )
    assert client.get(f"/admin/registry/cadre/{stranger.pk}/household/").status_code == 404


def test_form_for_one_records_both_and_settles_both(client, bureau, tier, clerk):
    husband, wife = (make_cadre(name, unit=bureau, retire_type="veteran") for name in ("甲某", "乙某"))
    for cadre in (husband, wife):
        tier(cadre, 2)
    households.join(husband.person, wife.person, actor=clerk)
    plan_duties(on=TODAY, window=0)
    client.force_login(clerk)
    values = {
        "who": [husband.pk], "family": [wife.pk], "method": "home", "happened_on": TODAY.isoformat(), "by": "staff",
    }  # fmt: skip
    assert client.post(f"/admin/ledgers/contact/add/?cadre={husband.pk}", values).status_code == 302
    kept = Duty.objects.filter(kind="veteran_visit", satisfied_on=TODAY).values_list("cadre", flat=True)
    assert {husband.pk, wife.pk} <= set(kept)
