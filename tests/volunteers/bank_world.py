"""A time bank for tests: a unit, a team, a volunteer of 65, whom he helps, and what was done."""

import datetime as dt
import uuid

from apps.people.models import Person
from apps.volunteers.models import Account, CareConfirmation, Kinship, ServiceRecord, ServiceRequest, Transfer
from apps.volunteers.queries.bank import account_of
from apps.volunteers.services import bank, ledger
from tests.builders import LONG_AGO, make_person, make_unit

from .builders import TODAY, at, make_team, make_volunteer

NOW = at(11, 22, 15)


class BankWorld:
    """One bank. `give_minutes` writes an opening entry, so that a test begins with a balance."""

    def __init__(self):
        self.unit = make_unit()
        self.bank = ledger.open_bank(self.unit, "云江市时间银行", on=LONG_AGO, actor=None, phone="0700-8800900")
        self.team = make_team(unit=self.unit)
        self.volunteer = make_volunteer("郑国梁", team=self.team)
        self.helped = make_person("李德厚", birth_date="1938-05-02")

    def own(self, kind: str) -> Account:
        return Account.objects.get(bank=self.bank, kind=kind)

    def account(self, person: Person) -> Account:
        return ledger.open_account(person.pk, self.bank, self.unit, on=TODAY, actor=None)

    def give_minutes(self, person: Person, minutes: int) -> Account:
        account = self.account(person)
        move = ledger.Move("opening", account, minutes, uuid.uuid4(), None, NOW, (person.pk,))
        ledger.write(move, {account.pk: minutes, self.own("issue").pk: -minutes})
        account.refresh_from_db()
        return account

    def care(self, minutes=120, *, volunteer=None, helped=None, starts=540, on=TODAY, service="hospital", **over):
        """A record of care and its confirmation, not yet credited."""
        record = ServiceRecord.objects.create(
            **{"volunteer": volunteer or self.volunteer, "team": self.team, "receiver": helped or self.helped,
               "service": service, "on": on, "starts": starts, "ends": starts + minutes, "minutes": minutes,
               "source": "request", "state": "ok", **over}
        )  # fmt: skip
        return CareConfirmation.objects.create(
            record=record, confirmed_as="family", minutes=minutes, confirmed_at=NOW, public_id=uuid.uuid4()
        )

    def credit(self, minutes=120, **over) -> Transfer | None:
        return bank.credit(self.care(minutes, **over), actor=None, now=NOW)

    def ask(self, person: Person, *, on=TODAY, **over) -> ServiceRequest:
        return ServiceRequest.objects.create(
            **{"unit": self.unit, "receiver": person, "service": "hospital", "on": on, "starts": 540, "ends": 660,
               "asked_as": "self", "asked_at": NOW, "spends": True, **over}
        )  # fmt: skip

    def kin(self, person: Person, kin: Person, relation: str) -> Kinship:
        return Kinship.objects.create(
            unit=self.unit, person=person, kin=kin, relation=relation, proof="户口簿", verified_on=dt.date(2026, 1, 5)
        )


def stands(person: Person) -> tuple[int, int]:
    """(balance, held) as they stand in the database."""
    account = account_of(person.pk)
    return (account.balance, account.held) if account else (0, 0)
