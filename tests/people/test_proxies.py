"""Grants of families: their days, how they end, what a death does; wishes and who contradicts whom."""

import datetime as dt
import uuid

import pytest

from apps.common.errors import BusinessError
from apps.common.models import AuditEntry
from apps.common.partial_date import PartialDate
from apps.organisation.workdays import WorkCalendar
from apps.people import proxies
from apps.people.acting import acting_for, actings_of
from apps.people.change_requests import ask_address, ask_phone, rival_of, withdraw
from apps.people.choices import GrantEnd, GrantMethod
from apps.people.family_rules import FamilyRules, latest_end, span_error, waits_too_long
from apps.people.models import ChangeRequest, Consent, PersonAccount, ProxyGrant
from apps.registry.services import life
from tests.family import DAY, NEXT_YEAR, TODAY, grant_to, make_family, make_relative, spoken

pytestmark = pytest.mark.django_db
FOREVER = dt.date(2090, 1, 1)


@pytest.fixture
def family():
    return make_family()


def scopes_of(user, on=TODAY):
    return [(acting.person.name, sorted(acting.scopes)) for acting in actings_of(user, on)]


@pytest.mark.parametrize(
    ("days", "wrong"),
    [(365, ""), (366, "一次授权最长 365 天，从这天起最晚到 2027年11月21日。"), (0, "到期日要晚于开始日。")],
)
def test_a_grant_lasts_a_year_at_most(days, wrong):
    assert span_error(TODAY, TODAY + days * DAY, FamilyRules()) == wrong
    assert latest_end(TODAY, FamilyRules()) == NEXT_YEAR


def test_a_wish_waits_three_working_days():
    friday = dt.date(2026, 11, 20)

    late = [waits_too_long(friday, friday + days * DAY, FamilyRules(), WorkCalendar()) for days in (5, 6)]

    assert late == [False, True]  # Wednesday is the third working day


def test_each_sees_what_he_was_granted_and_no_more(family):
    assert scopes_of(family.daughter) == [("李德厚", ["enrol", "promises"])]
    assert scopes_of(family.son) == [("李德厚", ["health"])]
    assert scopes_of(family.own) == [("李德厚", ["enrol", "health", "promises"])]
    assert acting_for(family.daughter, family.cadre.pk, "health", TODAY) is None


def test_rights_end_with_the_last_day(family):
    grant = family.grants["daughter"]

    assert scopes_of(family.daughter, grant.ends_on - DAY)
    assert scopes_of(family.daughter, grant.ends_on) == []
    assert PersonAccount.objects.get(user=family.daughter).ends_on == grant.ends_on


def test_a_second_grant_to_the_same_relative_is_refused(family):
    relative = family.grants["son"].relative

    with pytest.raises(BusinessError, match="已经有授权"):
        grant_to(relative, ["enrol"], clerk=family.clerk)


@pytest.mark.parametrize(
    ("agreement", "words"),
    [
        (proxies.Agreement(GrantMethod.SPOKEN, on=TODAY), "口头同意要写明"),
        (proxies.Agreement(GrantMethod.GUARDIAN, on=TODAY), "监护人办理要写明"),
        (proxies.Agreement(GrantMethod.GUARDIAN, on=TODAY + DAY, document="判决书", guardian_as="child"), "最近两个月"),
    ],
)
def test_an_agreement_says_how(family, agreement, words):
    relative = make_relative(family.cadre, "李晓云", "13900007003")

    with pytest.raises(BusinessError, match=words):
        proxies.grant(
            relative, ["health"], agreement, starts_on=TODAY, ends_on=NEXT_YEAR, actor=family.clerk, today=TODAY
        )
    assert not ProxyGrant.objects.filter(relative=relative).exists()


def test_a_form_to_sign_grants_nothing_until_it_is_back(family):
    relative = make_relative(family.cadre, "李晓云", "13900007003")
    row = proxies.grant(
        relative, ["health"], proxies.Agreement(GrantMethod.SIGNED), starts_on=TODAY, ends_on=NEXT_YEAR,
        actor=family.clerk, today=TODAY,
    )  # fmt: skip
    waiting = row.is_current(TODAY)

    proxies.confirm_signed(row, signed_on=TODAY, actor=family.clerk, today=TODAY)
    proxies.confirm_signed(row, signed_on=TODAY, actor=family.clerk, today=TODAY)

    assert (waiting, ProxyGrant.objects.get(pk=row.pk).is_current(TODAY)) == (False, True)


def test_a_call_renews_for_a_year_at_most(family):
    later = TODAY + 340 * DAY
    row = family.grants["daughter"]
    call = {"called_on": later, "words": "本人说继续", "actor": family.clerk, "today": later}

    with pytest.raises(BusinessError, match="最晚到"):
        proxies.renew(row, ends_on=later + 366 * DAY, **call)
    proxies.renew(row, ends_on=later + 365 * DAY, **call)
    proxies.renew(row, ends_on=later + 365 * DAY, **call)

    row.refresh_from_db()
    assert (row.ends_on, row.renewals.count()) == (later + 365 * DAY, 1)
    assert PersonAccount.objects.get(user=family.daughter).ends_on == row.ends_on


def test_what_has_ended_is_not_renewed(family):
    row = family.grants["daughter"]

    with pytest.raises(BusinessError, match="不能续期"):
        proxies.renew(row, called_on=row.ends_on, words="好", ends_on=row.ends_on + 9 * DAY, actor=family.clerk,
                      today=row.ends_on)  # fmt: skip


def test_ending_ends_at_once_and_says_who(family):
    proxies.close(family.grants["daughter"], GrantEnd.PROXY, actor=family.daughter)
    proxies.close(family.grants["daughter"], GrantEnd.STAFF, actor=family.clerk)

    row = ProxyGrant.objects.get(pk=family.grants["daughter"].pk)
    assert (row.closed_because, row.closed_by) == (GrantEnd.PROXY, family.daughter)
    assert scopes_of(family.daughter) == []
    assert list(AuditEntry.objects.filter(action="proxy.end").values_list("on_behalf_of", flat=True)) == [
        family.cadre.pk
    ]
    assert Consent.objects.filter(person=family.cadre.person, withdrawn_at=None).exists()  # the son's grant stands
    proxies.close(family.grants["son"], GrantEnd.PERSON, actor=family.own)
    assert not Consent.objects.filter(person=family.cadre.person, withdrawn_at=None).exists()


def test_a_death_ends_all_and_its_undoing_opens_just_that(family):
    person = family.cadre.person
    proxies.close(family.grants["son"], GrantEnd.PERSON, actor=family.own)
    event = life.record(person, life.Report("died", PartialDate.of(TODAY)), actor=family.clerk)
    dead = [scopes_of(user) for user in (family.own, family.daughter, family.son)]

    life.undo(event, reason="登记有误", actor=family.clerk)

    assert dead == [[], [], []]
    assert scopes_of(family.daughter) == [("李德厚", ["enrol", "promises"])]
    assert scopes_of(family.own) == [("李德厚", ["enrol", "health", "promises"])]
    assert scopes_of(family.son) == []


def ask(user, address, *, on=TODAY, key=None):
    return ask_address(actings_of(user, on)[0], address, key=key or uuid.uuid4(), actor=user, on=on)


def test_a_wish_sent_twice_is_one_and_on_behalf(family):
    key = uuid.uuid4()

    first, second = (ask(family.daughter, "文化路12号502室", key=key) for _ in range(2))

    assert first == second
    assert ChangeRequest.objects.get().grant == family.grants["daughter"]
    assert AuditEntry.objects.get(action="change_request.ask").on_behalf_of == family.cadre.pk


def test_two_who_want_different_things_are_shown_to_staff(family):
    first = ask(family.own, "文化路12号502室")

    assert ask(family.daughter, "科技路8号1101室").rival == first
    assert rival_of(family.cadre.pk, "address", user=family.daughter, wanted="文化路12号502室", on=TODAY) is None
    assert rival_of(family.cadre.pk, "address", user=family.daughter, wanted="别处1号", on=TODAY + 30 * DAY) is None


def test_a_proxy_without_the_scope_asks_for_nothing(family):
    with pytest.raises(BusinessError, match="报名办事"):
        ask(family.son, "科技路8号1101室")


def test_a_second_wish_waits_for_the_first_to_be_taken_back(family):
    first = ask(family.own, "文化路12号502室")

    with pytest.raises(BusinessError, match="已经提过"):
        ask(family.own, "文化路13号")
    withdraw(first, actor=family.own, on=TODAY)
    assert ask(family.own, "文化路13号").wanted == "文化路13号"


def test_a_wrong_number_is_refused_with_a_sentence(family):
    with pytest.raises(BusinessError):
        ask_phone(actings_of(family.own, TODAY)[0], "139", replaces=None, key=uuid.uuid4(), actor=family.own, on=TODAY)


def test_words_that_must_not_be_kept_are_refused(family):
    with pytest.raises(BusinessError):
        ask(family.own, "机密★10年 文化路12号")


def test_spoken_words_are_kept_sealed(family):
    assert ProxyGrant.objects.get(pk=family.grants["daughter"].pk).spoken_words == spoken(family.clerk).words
