"""Pages of the time bank: staff find, give, propose and decide; the holder sees, gives in two steps and prints."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.common.jobs import run_job
from apps.common.models import AuditEntry, Job
from apps.people.models import Person, PersonAccount, ProxyGrant, Relative
from apps.people.services import save_person
from apps.volunteers.models import Account, Approval, Transfer
from apps.volunteers.services import ledger
from tests.builders import LONG_AGO, make_person, make_unit, make_user

from .bank_world import BankWorld, stands

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(client):
    made = BankWorld()
    made.clerk = make_user("jingban", role="clerk", unit=made.unit)
    for person in (made.helped, made.volunteer.person):
        save_person(person, sealed={})
    made.head = make_user("kezhang", role="section_head", unit=made.unit)
    client.force_login(made.clerk)
    return made


def known(name="郑母", **over):
    """A person whom the search finds."""
    person = make_person(name, **{"sex": "2", "birth_date": "1936-01-01", **over})
    save_person(person, sealed={})
    return person


def at(name, *args):
    return reverse(f"admin:volunteers_{name}", args=args)


def test_the_account_page_shows_the_ledger_and_its_file(client, world):
    world.credit(90)
    account = world.account(world.volunteer.person)

    page = client.get(at("account_change", account.pk))

    assert "陪诊" in page.text
    assert "1小时30分" in page.text
    assert AuditEntry.objects.filter(action="open", subjects__person_id=world.volunteer.pk).exists()
    assert client.get(at("account_file", account.pk)).status_code == 200
    assert world.volunteer.person.name in client.get(at("account_changelist") + "?q=郑国梁").text
    assert "没有" in client.get(at("account_changelist") + "?q=无此人").text


def test_nobody_acts_on_the_accounts_of_the_bank_itself(client, world):
    acts = ("give", "donate", "grant", "kin", "opening", "out", "freeze", "thaw", "settle", "close")
    for kind in ("pool", "issue", "outside"):
        pk = world.own(kind).pk
        assert [client.get(at(f"account_{act}", pk)).status_code for act in acts] == [404] * len(acts)
        for page in ("change", "passbook", "file"):
            assert client.get(at(f"account_{page}", pk)).status_code == 200


def test_staff_give_and_a_refusal_is_a_sentence(client, world):
    giver = world.volunteer.person
    account = world.give_minutes(giver, 120)
    url = at("account_give", account.pk)
    assert "还没有核实过的亲属" in client.get(url).text
    known("郑母")  # of some other unit: a name alone does not find her
    kin = {"relation": "50", "proof": "户口簿"}
    assert "没有找到" in client.post(at("account_kin", account.pk), {"kin": "郑母", **kin}).text
    new = {"key": uuid.uuid4(), "name": "赵秀英", "birth_date": "1936-04-16", "agreed": "on", **kin}
    for _ in range(2):
        assert client.post(at("account_newkin", account.pk), new).status_code == 302
    mother = Person.objects.get(name="赵秀英")
    form = {"key": uuid.uuid4(), "receiver": str(mother.public_id), "hours": "3", "rest": "0"}

    refused = client.post(url, form)

    assert refused.status_code == 422
    assert "不够3小时" in refused.text
    assert client.post(url, {**form, "hours": "1"}).status_code == 302
    assert stands(mother) == (60, 0)


def test_what_one_proposes_another_decides(client, world):
    account = world.account(world.helped)
    form = {"key": uuid.uuid4(), "hours": "2", "rest": "", "reason": "青州市时间银行转出单第8号"}
    client.post(at("account_opening", account.pk), form)
    asked = Approval.objects.get()
    assert "撤回" in client.get(at("approval_change", asked.pk)).text
    assert client.post(at("approval_approve", asked.pk)).status_code == 422

    client.force_login(world.head)
    assert "李德厚" in client.get(at("approval_changelist")).text
    client.post(at("approval_approve", asked.pk))

    assert stands(world.helped) == (120, 0)
    assert "合计为 0" in client.get(at("transfer_change", Transfer.objects.get().pk)).text


def test_a_correction_is_proposed_from_the_ledger(client, world):
    wrong = world.credit(120)
    form = {"key": uuid.uuid4(), "reason": "多写了30分", "hours": "1", "rest": "30"}
    client.post(at("transfer_contra", wrong.pk), form)
    client.force_login(world.head)
    client.post(at("approval_approve", Approval.objects.get().pk))

    assert stands(world.volunteer.person) == (90, 0)


def test_the_sheet_of_the_bank_is_even_and_accounts_are_opened(client, world):
    world.credit(90)
    page = client.get(at("bank_change", world.bank.pk))
    assert "账是平的" in page.text

    client.post(at("bank_open", world.bank.pk), {"person": "李德厚"})
    assert Account.objects.filter(person=world.helped).exists()


def test_a_bank_is_opened_with_its_accounts(client, world):
    other = make_unit("云溪区委老干部局", parent=world.unit)
    client.post(at("bank_add"), {"unit": other.pk, "name": "云溪区时间银行", "phone": "", "opened_on": "2026-11-01"})
    assert Account.objects.filter(bank__unit=other).count() == 3


def test_passbooks_of_all_are_one_job(client, world):
    world.credit(90)
    client.post(at("bank_passbooks", world.bank.pk))
    job = Job.objects.get(kind="bank.passbooks")
    Job.objects.filter(pk=job.pk).update(params={**job.params, "year": 2026})
    Account.objects.update(opened_on=LONG_AGO)
    run_job(job.pk)
    job.refresh_from_db()

    assert (job.state, job.result) == ("done", {"rows": 1})
    assert job.output_id
    assert "校验码" in client.get(at("account_passbook", world.account(world.volunteer.person).pk) + "?year=2026").text


def test_a_colleague_elsewhere_finds_nothing(client, world):
    account = world.give_minutes(world.helped, 60)
    other = make_unit("云溪区委老干部局", parent=world.unit)
    client.force_login(make_user("waiqu", role="clerk", unit=other))

    assert client.get(at("account_change", account.pk)).status_code == 404
    assert world.helped.name not in client.get(at("account_changelist")).text


# The holder himself -----------------------------------------------------------------------------------------------


@pytest.fixture
def holder(client, world):
    user = make_user("laotongzhi", is_staff=False)
    person = world.volunteer.person
    PersonAccount.objects.create(user=user, person=person, starts_on=LONG_AGO)
    client.force_login(user)
    return person


def test_he_sees_his_minutes_and_gives_in_two_steps(client, world, holder):
    mother = make_person("郑母", sex="2", birth_date="1936-01-01")
    assert "还没有时间账户" in client.get(reverse("portal:me_bank")).text
    world.credit(120)
    assert "2小时" in client.get(reverse("portal:me_bank")).text
    url = reverse("portal:me_bank_give")
    assert "还没有核实过的亲属" in client.get(url).text
    world.kin(holder, mother, "50")
    assert "郑母（母亲）" in client.get(url).text
    form = {"key": uuid.uuid4(), "receiver": str(mother.public_id), "minutes": "60"}

    sure = client.post(url, form, follow=True)
    assert "把 1小时 送给郑母（母亲）" in sure.text
    assert stands(mother) == (0, 0)
    for _ in range(2):
        assert client.post(url, {**form, "sure": "1"}).status_code == 302

    assert (stands(holder), stands(mother)) == ((60, 0), (60, 0))


def test_he_donates_all_and_prints(client, world, holder):
    world.credit(120)
    form = {"key": uuid.uuid4(), "minutes": "120", "sure": "1"}
    client.post(reverse("portal:me_bank_donate"), form)

    assert world.own("pool").balance == 120
    year = timezone.localdate().year
    assert "校验码" in client.get(reverse("portal:me_bank_passbook"), {"year": year}).text
    too_much = {**form, "key": uuid.uuid4(), "minutes": "999"}
    assert client.post(reverse("portal:me_bank_donate"), too_much).status_code in (200, 422)


def test_the_family_sees_but_does_not_give_away(client, world):
    world.give_minutes(world.helped, 60)
    user = make_user("nver", is_staff=False)
    relative = Relative.objects.create(person=world.helped, name="李小梅", relation="30")
    ProxyGrant.objects.create(
        person=world.helped, relative=relative, user=user, may_enrol=True, method="signed", agreed_on=LONG_AGO,
        starts_on=LONG_AGO, ends_on="2099-01-01",
    )  # fmt: skip
    client.force_login(user)

    assert "1小时" in client.get(reverse("portal:me_bank")).text
    assert AuditEntry.objects.get(action="bank.look").on_behalf_of == world.helped.pk
    assert client.get(reverse("portal:me_bank_give")).status_code == 404


def test_an_account_of_two_kinds_is_not_opened_twice(world):
    assert ledger.open_account(world.helped.pk, world.bank, world.unit, on=LONG_AGO, actor=None) == world.account(
        world.helped
    )
