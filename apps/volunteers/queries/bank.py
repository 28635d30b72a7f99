"""Reads of the time bank."""

import datetime as dt

from django.db import connection
from django.db.models import Q, Sum

from apps.organisation.models import Unit
from apps.organisation.queries import rule_values
from apps.volunteers.choices.bank import AccountKind, AccountState, TransferKind
from apps.volunteers.models import Account, Bank, Entry, Hold, Kinship, ServiceRequest, Transfer
from apps.volunteers.rules.bank import BankRules, seen_from_the_other

# Asked at every gift: plain, so that little time goes into making the statement.
PARTIES = """
SELECT a.person_id, a.id, NULL FROM volunteers_account a
WHERE a.person_id IN (%(giver)s, %(receiver)s) AND a.kind = 'person' AND a.state <> 'closed'
UNION ALL
SELECT k.person_id, NULL, k.relation FROM volunteers_kinship k
WHERE (k.person_id, k.kin_id) IN ((%(giver)s, %(receiver)s), (%(receiver)s, %(giver)s))
  AND k.ended_on IS NULL AND k.voided_at IS NULL
"""


def bank_of(unit: Unit) -> Bank | None:
    """The time bank of a unit: its own, or the nearest above. One query."""
    paths = [unit.path[:end] for end in range(len(unit.path), 0, -Unit.steplen)]
    found = Bank.objects.current().filter(unit__path__in=paths).select_related("unit")
    return max(found, key=lambda bank: len(bank.unit.path), default=None)


def rules_of(bank: Bank, on: dt.date) -> BankRules:
    """The rules of a bank on a day. One query, two where the unit of the bank was not read with it."""
    return rule_values(BankRules.rule_key, on=on, unit=bank.unit)


def account_of(person_id: int) -> Account | None:
    """His account that is not closed."""
    rows = Account.objects.exclude(state=AccountState.CLOSED).filter(person=person_id, kind=AccountKind.PERSON)
    return rows.select_related("bank__unit", "unit").first()


def balance_of(person) -> int:
    """Minutes that a person may use now; 0 without an account, and while it is frozen."""
    account = account_of(person.pk)
    return account.available if account is not None and account.state == AccountState.OPEN else 0


def hold_of(request: ServiceRequest) -> Hold | None:
    """What was set aside for a request, the last time."""
    return Hold.objects.filter(request=request).order_by("-pk").first()


def issued(bank: Bank) -> int:
    """Minutes that came from ISSUE and are still somewhere: the sum of all other accounts. Cheap at any size."""
    rows = Account.objects.filter(bank=bank).exclude(kind=AccountKind.ISSUE)
    return rows.aggregate(total=Sum("balance"))["total"] or 0


def ledger_sum(bank: Bank | None = None) -> int:
    """The sum of all entries, reckoned from the ledger itself: 0, or something is wrong."""
    rows = Entry.objects.filter(account__bank=bank) if bank else Entry.objects.all()
    return rows.aggregate(total=Sum("minutes"))["total"] or 0


def earned_on(account_id: int, day: dt.date) -> int:
    """Minutes credited to him for care on a day, to the pool included; corrected ones do not count."""
    rows = Transfer.objects.filter(account=account_id, served_on=day, kind=TransferKind.EARN, contra__isnull=True)
    return rows.aggregate(total=Sum("minutes"))["total"] or 0


def granted_in(account_id: int, year: int) -> int:
    """Minutes granted to him from the pool in a year."""
    rows = Transfer.objects.filter(account=account_id, kind=TransferKind.GRANT, on__year=year, contra__isnull=True)
    return rows.aggregate(total=Sum("minutes"))["total"] or 0


def relation_between(giver_id: int, receiver_id: int) -> str | None:
    """What the receiver is to the giver as staff verified it, whichever of the two was entered; None: nobody did."""
    rows = Kinship.objects.current().filter(
        Q(person=giver_id, kin=receiver_id) | Q(person=receiver_id, kin=giver_id)
    )  # fmt: skip
    for person, relation in rows.values_list("person", "relation")[:1]:
        return relation if person == giver_id else _turned(relation)
    return None


def parties(giver_id: int, receiver_id: int) -> tuple[dict[int, int], str | None]:
    """person id → id of his account that is not closed, and `relation_between` the two. One query."""
    accounts, relation = {}, None
    with connection.cursor() as cursor:
        cursor.execute(PARTIES, {"giver": giver_id, "receiver": receiver_id})
        for person, account, found in cursor.fetchall():
            if account:
                accounts[person] = account
            else:
                relation = found if person == giver_id else _turned(found)
    return accounts, relation


def _turned(relation: str) -> str:
    try:
        return seen_from_the_other(relation)
    except KeyError:
        return relation
