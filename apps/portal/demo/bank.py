"""The time bank of the demo city: a year of care given and received, a gift to a mother, what is held, the pool, what
waits for a second person, an account that is frozen, a statement for another city."""

import datetime as dt
import uuid

from django.db import transaction

from apps.accounts.models import User
from apps.common.partial_date import PartialDate
from apps.organisation.models import Unit
from apps.people.models import Person
from apps.people.services import save_person
from apps.volunteers.choices.bank import AccountKind, TransferKind
from apps.volunteers.models import Account, Bank, CareConfirmation, ServiceRecord, ServiceRequest, Transfer, Volunteer
from apps.volunteers.queries.bank import account_of
from apps.volunteers.services import approvals, bank, kinship, ledger, settling, transfers_out

DAY = dt.timedelta(days=1)
ZONE = dt.timezone(dt.timedelta(hours=8))
HELPERS, HELPED, CARES = 12, 10, 72
SERVICES = ("hospital", "company", "errand", "repair", "phone", "haircut")
LENGTHS = (60, 90, 120, 150)


@transaction.atomic
def write_bank(staff: dict[str, User], *, on: dt.date) -> None:
    """Nothing where a bank stands already, or there are no volunteers yet."""
    helpers = list(
        Volunteer.objects.active().filter(memberships__ends_on__isnull=True, memberships__isnull=False)
        .select_related("person", "unit").distinct().order_by("person__accounts__pk", "pk")[:HELPERS]
    )  # fmt: skip
    if Bank.objects.exists() or not helpers:
        return
    clerk, head, now = staff["jingban"], staff["kezhang"], dt.datetime.combine(on, dt.time(9), ZONE)
    own = ledger.open_bank(
        Unit.objects.get(code="YJ"), "云江市时间银行", on=on - 400 * DAY, actor=clerk, phone="0700-8800741"
    )
    helped = list(
        Person.objects.living().filter(cadre__isnull=False, volunteer__isnull=True, birth_date__lt="1945")
        .order_by("pk")[20 : 20 + HELPED]
    )  # fmt: skip
    for place in range(CARES):
        _care(own, helpers[place % len(helpers)], helped[place % len(helped)], place, on)
    _gift(helpers[0].person, clerk, now)
    _used(own, helped, clerk, head, on, now)
    _pool(own, helpers, helped, clerk, head, now)
    _corrections(helpers, clerk, head, now)
    settling.freeze(account_of(helpers[4].pk), "核对是不是重复登记", actor=clerk, on=on - 2 * DAY)
    _leaving(own, helped[5], clerk, head, now)


def _care(own: Bank, helper: Volunteer, helped: Person, place: int, on: dt.date) -> None:
    """One care of the past year, as it was entered then; nobody is told of it today."""
    day, minutes = on - (CARES - place) * 5 * DAY, LENGTHS[place % len(LENGTHS)]
    membership = helper.memberships.select_related("team__unit").first()
    if membership is None or membership.starts_on > day:
        return
    at = dt.datetime.combine(day, dt.time(11, 30), ZONE)
    record = ServiceRecord.objects.create(
        volunteer=helper, team=membership.team, receiver=helped, service=SERVICES[place % len(SERVICES)], on=day,
        starts=900, ends=900 + minutes, minutes=minutes, source="import", state="ok",
    )  # fmt: skip
    confirmation = CareConfirmation.objects.create(
        record=record, confirmed_as="family" if place % 3 else "self", minutes=minutes, confirmed_at=at, satisfied=True
    )
    account = ledger.open_account(helper.pk, own, helper.unit, on=day, actor=None)
    issue = ledger.of_bank(own, AccountKind.ISSUE)
    extra = {"confirmation": confirmation, "served_on": day}
    move = ledger.Move(TransferKind.EARN, account, minutes, uuid.uuid4(), None, at, (helper.pk,), extra)
    ledger.write(move, {account.pk: minutes, issue.pk: -minutes})


def _gift(giver: Person, clerk: User, now: dt.datetime) -> None:
    mother = Person(name=f"{giver.name[0]}桂芝", sex="2", birth_date=PartialDate.parse("1934-04-16"))
    save_person(mother, sealed={})
    unit = account_of(giver.pk).unit
    kinship.verify(giver, mother, "50", "户口簿", unit=unit, actor=clerk, on=now.date() - 30 * DAY)
    bank.give(giver, mother, 180, actor=clerk, now=now - 20 * DAY, form_key=uuid.uuid4())


def _used(own: Bank, helped: list[Person], clerk: User, head: User, on: dt.date, now: dt.datetime) -> None:
    """Minutes brought from elsewhere, two uses of them, and one that is to come."""
    account = _brought(own, helped[0], 600, "青州市时间银行转出单第12号", clerk, head, now - 90 * DAY)
    for days, used in ((60, 90), (25, 120)):
        request = _request(account, helped[0], on - days * DAY, "ok", clerk, now - (days + 2) * DAY)
        bank.hold(request, 120, actor=clerk, now=now - (days + 2) * DAY)
        bank.capture(request, used, actor=clerk, now=now - days * DAY)
    waiting = _request(account, helped[0], on + 3 * DAY, "open", clerk, now - DAY)
    bank.hold(waiting, 120, actor=clerk, now=now - DAY)


def _brought(own: Bank, person: Person, minutes: int, paper: str, clerk: User, head: User, at: dt.datetime) -> Account:
    unit = person.cadre.managing_unit
    account = ledger.open_account(person.pk, own, unit, on=at.date(), actor=clerk)
    asked = approvals.ask_opening(account, minutes, paper, actor=clerk, now=at, form_key=uuid.uuid4())
    approvals.decide(asked, True, actor=head, now=at)
    return account_of(person.pk)


def _request(account: Account, person: Person, on: dt.date, state: str, clerk: User, at: dt.datetime) -> ServiceRequest:
    return ServiceRequest.objects.create(
        unit=account.unit, receiver=person, service="hospital", on=on, starts=540, ends=660, place="市第一人民医院门诊",
        details="陪着看病、取药", asked_as="staff", asked_by=clerk, asked_at=at, spends=True, state=state,
        ended_at=at if state == "ok" else None,
    )  # fmt: skip


def _pool(own: Bank, helpers, helped: list[Person], clerk: User, head: User, now: dt.datetime) -> None:
    for place, helper in enumerate(helpers[1:4]):
        at = now - (40 - place) * DAY
        bank.donate(helper.person, 120, actor=clerk, now=at, form_key=uuid.uuid4(), reason="重阳节捐")
    for place, state in ((1, True), (2, None)):
        account = ledger.open_account(
            helped[place].pk, own, helped[place].cadre.managing_unit, on=now.date() - 10 * DAY, actor=clerk
        )
        asked = approvals.ask_grant(
            account, 120, "南河社区证明一个人住，要人陪着看病", attested=True, actor=clerk, now=now - 9 * DAY,
            form_key=uuid.uuid4(),
        )  # fmt: skip
        if state:
            approvals.decide(asked, True, actor=head, now=now - 8 * DAY)


def _corrections(helpers, clerk: User, head: User, now: dt.datetime) -> None:
    for place, decided in ((6, True), (7, False)):
        wrong = Transfer.objects.filter(account__person=helpers[place].pk, kind=TransferKind.EARN).order_by("-pk")[0]
        asked = approvals.ask_contra(
            wrong, "多写了半小时", instead=wrong.minutes - 30, actor=clerk, now=now - 3 * DAY, form_key=uuid.uuid4()
        )
        if decided:
            approvals.decide(asked, True, actor=head, now=now - 2 * DAY)


def _leaving(own: Bank, person: Person, clerk: User, head: User, now: dt.datetime) -> None:
    account = _brought(own, person, 240, "原纸质存折第31号", clerk, head, now - 100 * DAY)
    transfers_out.make_statement(
        account, "青州市老干部局时间银行", 240, closes=True, actor=clerk, now=now - DAY, form_key=uuid.uuid4()
    )
