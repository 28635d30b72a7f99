"""Enrolment at `/me/`: himself, his daughter, twice, too late, too many, by lottery, with a stranger at the door."""

import re
import uuid
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.organisation.models import RuleSet
from apps.people.models import Household, Person
from apps.signups.choices import SignUpState
from apps.signups.models import Offering, SignUp, Ticket
from apps.university.models import Enrolment, Statement
from tests.builders import make_cadre, make_school, make_user
from tests.family import grant_to, make_family, make_relative
from tests.university.open_classes import open_class, open_round

pytestmark = pytest.mark.django_db
SIGNED = {"health": "yes", "safety": "on", "family": "on"}


@pytest.fixture
def family():
    found = make_family(timezone.localdate())
    Person.objects.filter(pk=found.cadre.pk).update(birth_date="1950-03-02")
    return found


@pytest.fixture
def school(family):
    return make_school(unit=family.cadre.managing_unit)


def begin(client, group) -> str:
    """The address of the first question."""
    answer = client.get(reverse("portal:me_join", args=[group.public_id]), follow=True)
    return answer.redirect_chain[-1][0] if answer.redirect_chain else answer.request["PATH_INFO"]


def walk(client, group, **papers) -> str:
    """All screens up to the review, whose address is returned."""
    address = begin(client, group)
    if "/papers/" in address:
        answer = client.post(address, {**SIGNED, **papers})
        address = answer.headers["Location"]
    assert "/phone/" in address
    page = client.get(address).content.decode()
    return re.search(r'href="([^"]*/review/[^"]*)"', page)[1].replace("&amp;", "&")


def test_he_enrols_in_a_few_screens_and_reads_what_comes_next(client, family, school):
    group = open_class(school)
    client.force_login(family.own)

    review = walk(client, group)
    assert "请核对一遍" in client.get(review).content.decode()
    assert SignUp.objects.count() == 0
    answer = client.post(review, follow=True)

    page = answer.content.decode()
    assert "已录取" in page
    assert "撤销这次报名" in page
    row = SignUp.objects.get()
    assert (row.source, row.state, row.person_id) == ("web", SignUpState.SEATED, family.cadre.pk)
    assert str(row.public_id) == parse_qs(urlsplit(review).query)["form"][0]
    assert {one.kind for one in Statement.objects.all()} == {"health", "safety"}
    assert Enrolment.objects.filter(sign_up=row).exists()


def test_double_click_back_and_resend_are_one_sign_up(client, family, school):
    group = open_class(school)
    client.force_login(family.own)
    review = walk(client, group)

    first, second = client.post(review), client.post(review)

    assert first.headers["Location"] == second.headers["Location"]
    other = review.split("form=")[0] + f"form={uuid.uuid4()}"
    answer = client.post(other, follow=True)
    assert "不用再报" in answer.content.decode()
    assert "不用再报" in client.get(review, follow=True).content.decode()
    assert SignUp.objects.count() == 1


def test_the_daughter_does_it_and_it_says_so(client, family, school):
    Person.objects.filter(pk=family.cadre.pk).update(birth_date="1944-01-01")
    group = open_class(school)
    client.force_login(family.daughter)

    address = begin(client, group)
    page = client.get(address).content.decode()
    assert "您在替 李德厚 报名" in page
    assert "我是家属，同意 李德厚 去上学" in page
    client.post(walk(client, group))

    row = SignUp.objects.get()
    assert (row.source, row.grant_id) == ("proxy", family.grants["daughter"].pk)
    assert {(one.kind, one.signer) for one in Statement.objects.all()} == {
        ("health", "李晓梅"), ("safety", "李晓梅"), ("family", "李晓梅"),
    }  # fmt: skip
    client.force_login(family.own)
    assert "李晓梅代报" in client.get(reverse("portal:me_classes")).content.decode()


def test_who_may_not_enrol_him_reads_other_ways(client, family, school):
    group = open_class(school)
    address = reverse("portal:me_join", args=[group.public_id])

    for user in (family.son, make_user("stranger", is_staff=False), family.clerk):
        client.force_login(user)
        answer = client.get(address)
        assert answer.status_code == 404
        assert "0700-8800600" in answer.content.decode()
    assert client.get(reverse("portal:me_join", args=[uuid.uuid4()])).status_code == 404
    client.logout()
    assert "/account/" in client.get(address).headers["Location"]


def test_of_several_he_is_asked_for_whom(client, family, school):
    group = open_class(school)
    mother = make_cadre("王秀兰", unit=family.cadre.managing_unit)
    relative = make_relative(mother, "李晓梅", "13900007003")
    grant_to(relative, ["enrol"], clerk=family.clerk, user=family.daughter, today=timezone.localdate())
    client.force_login(family.daughter)

    address = begin(client, group)
    assert "/who/" in address
    assert client.post(address, {"person": "nobody"}).status_code == 422
    answer = client.post(address, {"person": str(mother.person.public_id)}, follow=True)
    assert "您在替 王秀兰 报名" in answer.content.decode()


@pytest.mark.parametrize(
    ("over", "words"),
    [({"age_to": 60}, "这个班收60岁以下"), ({"closes_at": None}, "报名已截止"), ({"opens_at": 1}, "开始报名")],
)
def test_refusals_are_said_before_anything_is_asked(client, family, school, over, words):
    now = timezone.now()
    other = open_class(school, course_name="国画", weekday=5, interests=["painting"])
    group = open_class(school, interests=["painting"], **{k: v for k, v in over.items() if k == "age_to"})
    if "closes_at" in over:
        Offering.objects.filter(pk=group.offering_id).update(closes_at=now)
    if "opens_at" in over:
        Offering.objects.filter(pk=group.offering_id).update(opens_at=now + timezone.timedelta(days=1))
    client.force_login(family.own)

    page = client.get(reverse("portal:me_join", args=[group.public_id]), follow=True).content.decode()

    assert "这个班现在报不了" in page
    assert words in page
    assert str(other.public_id) in page


def test_full_means_the_waiting_list_in_words(client, family, school):
    group = open_class(school, capacity=1)
    first = make_cadre("赵先到", unit=family.cadre.managing_unit).person
    SignUp.objects.create(
        offering=group.offering, person=first, state="seated", queued_at=timezone.now(), source="desk"
    )
    client.force_login(family.own)

    review = walk(client, group)
    assert "确定候补" in client.get(review).content.decode()
    page = client.post(review, follow=True).content.decode()

    assert "第1位候补" in page
    assert "位置不会丢" in page


def test_papers_that_bar_a_place_are_signed_on_the_way(client, family, school):
    RuleSet.objects.create(
        kind="university.papers", effective_from="2026-01-01", document_no="测〔2026〕1号",
        values={"blocks": ["safety"]},
    )  # fmt: skip
    group = open_class(school)
    client.force_login(family.own)

    assert "已录取" in client.post(walk(client, group), follow=True).content.decode()


def test_doubts_about_health_are_not_kept(client, family, school):
    group = open_class(school, needs_health=True)
    client.force_login(family.own)
    address = begin(client, group)

    page = client.post(address, {"health": "doubts", "safety": "on"}).content.decode()
    assert "先和学校说一说" in page
    assert client.post(address, {}).status_code == 422
    assert Statement.objects.count() == 0


@pytest.mark.parametrize("query", ["", "?form=x", "?form=%00", "?form=" + "9" * 500])
def test_hostile_keys_begin_anew(client, family, school, query):
    group = open_class(school)
    client.force_login(family.own)
    address = reverse("portal:me_join_step", args=[group.public_id, "review"])

    for answer in (client.get(address + query), client.post(address + query)):
        assert answer.headers["Location"] == reverse("portal:me_join", args=[group.public_id])
    assert client.get(f"{address[:-7]}nothing/?form={uuid.uuid4()}").status_code == 404
    assert SignUp.objects.count() == 0


def test_a_couple_goes_on_one_ticket_with_choices_in_order(client, family, school):
    drawn = open_round(school.unit)
    first = open_class(school, mode="lottery", round=drawn)
    second = open_class(school, mode="lottery", round=drawn, course_name="国画", weekday=4)
    home = Household.objects.create(name="李家")
    wife = make_cadre("王秀兰", unit=family.cadre.managing_unit).person
    Person.objects.filter(pk__in=[wife.pk, family.cadre.pk]).update(household=home)
    client.force_login(family.own)

    address = begin(client, first)
    assert "/choices/" in address
    same = {"choice_1": str(first.public_id), "choice_2": str(first.public_id)}
    assert client.post(address, same).status_code == 422
    wish = {"choice_1": str(second.public_id), "choice_2": str(first.public_id), "partner": str(wife.public_id)}
    address = client.post(address, wish).headers["Location"]
    address = client.post(address, SIGNED).headers["Location"]
    page = client.get(address.replace("/phone/", "/review/")).content.decode()
    assert page.index("<li>国画2班") < page.index("<li>书法1班")
    assert "王秀兰" in page
    page = client.post(address.replace("/phone/", "/review/"), follow=True).content.decode()

    ticket = Ticket.objects.get()
    assert "已进入抽签" in page
    assert ticket.number in page
    rows = SignUp.objects.filter(person=family.cadre.pk).order_by("preference")
    assert [row.offering_id for row in rows] == [second.offering_id, first.offering_id]
    assert SignUp.objects.filter(person=wife).count() == 2
    assert "改志愿" in client.get(reverse("portal:me_join", args=[first.public_id]), follow=True).content.decode()
