"""可能重复的人: compare, propose, the second look, and undo, on the pages."""

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.common.models import Job
from apps.ledgers.queries.twins import find_twins
from apps.people.models import Person, PersonMerge, TwinPair
from tests.builders import make_cadre, make_person, make_unit, make_user

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def bureau():
    return make_unit()


@pytest.fixture
def pair(bureau):
    make_cadre("李德厚", unit=bureau, person=make_person("李德厚", birth_date="1938-05-06"))
    second = make_cadre("李德厚", unit=bureau, person=make_person("李德厚", birth_date="1938-05"))
    Person.objects.filter(pk=second.pk).update(native_place="江苏南通")
    find_twins(TODAY)
    return TwinPair.objects.get()


@pytest.fixture
def as_(client, bureau):
    def sign_in(name, role="clerk", unit=bureau):
        client.force_login(make_user(name, role=role, unit=unit))
        return client

    return sign_in


def page(name, *args):
    return reverse(f"admin:people_{name}", args=args)


def propose(client, pair, **over):
    values = {
        "stays": "low", "reason": "问过本人", "person.birth_date": "low", "person.native_place": "high",
        "person.name": "low",
    }  # fmt: skip
    return client.post(page("twinpair_change", pair.pk), {**values, **over})


def test_the_list_says_why_and_the_page_compares(as_, pair):
    client = as_("clerk")
    assert "出生年月不矛盾" in client.get(page("twinpair_changelist")).content.decode()

    text = client.get(page("twinpair_change", pair.pk)).content.decode()

    assert "江苏南通" in text
    assert "1938年5月6日" in text
    assert "提出合并" in text


def test_from_the_pair_to_the_merge_and_back(as_, pair):
    assert propose(as_("clerk"), pair).status_code == 302
    row = PersonMerge.objects.get()
    assert row.chosen == ["person.native_place"]
    head = as_("head", "section_head")
    assert "同意合并" in head.get(page("personmerge_change", row.pk)).content.decode()

    head.post(page("personmerge_decide", row.pk), {"act": "agree"})

    winner = Person.objects.get(pk=pair.low_id)
    assert winner.native_place == "江苏南通"
    assert "撤销合并" in head.get(page("personmerge_change", row.pk)).content.decode()
    refused = head.post(page("personmerge_decide", row.pk), {"act": "undo", "reason": ""})
    assert refused.status_code == 422
    head.post(page("personmerge_decide", row.pk), {"act": "undo", "reason": "原来是两个人"})
    row.refresh_from_db()
    assert (row.state, row.left) == ("undone", [])
    assert Person.objects.get(pk=pair.high_id).voided_at is None


def test_a_clerk_cannot_agree_and_nobody_to_his_own(as_, pair):
    client = as_("clerk")
    propose(client, pair)
    row = PersonMerge.objects.get()
    assert client.post(page("personmerge_decide", row.pk), {"act": "agree"}).status_code == 403
    PersonMerge.objects.update(state="refused")
    head = as_("head", "section_head")
    propose(head, pair)
    own = PersonMerge.objects.get(state="proposed")

    refused = head.post(page("personmerge_decide", own.pk), {"act": "agree"})

    assert refused.status_code == 422
    assert "另一位同志复核" in refused.content.decode()


def test_what_hinders_is_said_on_the_page(as_, pair):
    Person.objects.filter(pk=pair.high_id).update(life_status="deceased")

    text = as_("clerk").get(page("twinpair_change", pair.pk)).content.decode()

    assert "现在还不能合并" in text
    assert "提出合并</button>" not in text


def test_two_people_are_dismissed_with_a_reason_and_taken_up_again(as_, pair):
    client = as_("clerk")
    assert client.post(page("twinpair_dismiss", pair.pk), {"reason": ""}).status_code == 422
    client.post(page("twinpair_dismiss", pair.pk), {"reason": "父子同名"})
    assert not TwinPair.objects.waiting().exists()

    client.post(page("twinpair_dismiss", pair.pk), {})

    assert TwinPair.objects.waiting().exists()


def test_strangers_find_neither_pair_nor_merge(as_, pair):
    client = as_("far", unit=make_unit("云海区委老干部局"))

    assert client.get(page("twinpair_change", pair.pk)).status_code == 404
    assert propose(client, pair).status_code == 404


def test_looking_again_is_a_job(as_, bureau):
    as_("clerk").post(page("twinpair_find"), {})

    assert Job.objects.get().kind == "people.find_twins"
