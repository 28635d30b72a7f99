"""The time bank in the world of the access matrix: a bank and an account a side, and what its pages ask for as (right,
model whose key stands in the address, right to send)."""

import datetime as dt
import uuid

from apps.volunteers.models import Account, Approval, Bank, Hold, Kinship, OutStatement, ServiceRequest, Transfer
from apps.volunteers.services import ledger
from tests.builders import make_person

DAY = dt.date(2026, 11, 22)
NOW = dt.datetime(2026, 11, 22, 10, tzinfo=dt.timezone(dt.timedelta(hours=8)))
NOBODY = "nobody"


def _bank(side) -> Bank:
    return ledger.open_bank(side.unit, f"{side.unit.name}时间银行", on=DAY, actor=None)


def _account(side) -> Account:
    return ledger.open_account(side.cadre.pk, _bank(side), side.unit, on=DAY, actor=None)


def _transfer(side) -> Transfer:
    found = Transfer.objects.filter(account=_account(side)).first()
    if found is None:
        account, issue = _account(side), ledger.of_bank(_bank(side), "issue")
        move = ledger.Move("opening", account, 600, uuid.uuid4(), None, NOW, (account.person_id,))
        found = ledger.write(move, {account.pk: 600, issue.pk: -600})
    return found


def _hold(side) -> Hold:
    _transfer(side)
    request = ServiceRequest.objects.create(
        unit=side.unit, receiver=side.cadre.person, service="hospital", on=DAY, starts=540, ends=600, asked_as="self",
        asked_at=NOW, spends=True,
    )  # fmt: skip
    return Hold.objects.create(account=_account(side), request=request, minutes=60, held_at=NOW)


BANK_OBJECTS = {
    "volunteers.bank": _bank,
    "volunteers.account": _account,
    "volunteers.transfer": _transfer,
    "volunteers.hold": _hold,
    "volunteers.kinship": lambda side: Kinship.objects.create(
        unit=side.unit, person=side.cadre.person, kin=make_person("戊亲属", birth_date="1970-01-01"), relation="20",
        proof="户口簿", verified_on=DAY,
    ),
    "volunteers.approval": lambda side: Approval.objects.create(
        kind="opening", account=_account(side), minutes=60, reason="旧存折", asked_at=NOW
    ),
    "volunteers.outstatement": lambda side: OutStatement.objects.create(
        account=_account(side), to_bank="青州市时间银行", minutes=60, made_at=NOW
    ),
}  # fmt: skip

_ACCOUNT_ACTS = (
    "give",
    "ask",
    "donate",
    "grant",
    "kin",
    "newkin",
    "opening",
    "out",
    "freeze",
    "thaw",
    "settle",
    "close",
)
BANK_PAGES = {
    **{f"admin:volunteers_account_{act}": ("volunteers.change_account", "volunteers.account") for act in _ACCOUNT_ACTS},
    **{
        f"admin:volunteers_account_{page}": ("volunteers.view_account", "volunteers.account")
        for page in ("passbook", "file")
    },
    "admin:volunteers_transfer_file": ("volunteers.view_transfer",),
    "admin:volunteers_transfer_contra": ("volunteers.change_transfer", "volunteers.transfer"),
    **{
        f"admin:volunteers_approval_{act}": ("volunteers.change_approval", "volunteers.approval")
        for act in ("approve", "refuse", "withdraw")
    },
    **{
        f"admin:volunteers_outstatement_{act}": ("volunteers.change_outstatement", "volunteers.outstatement")
        for act in ("finish", "cancel")
    },
    "admin:volunteers_outstatement_print": ("volunteers.view_outstatement", "volunteers.outstatement"),
    "admin:volunteers_kinship_stop": ("volunteers.change_kinship", "volunteers.kinship"),
    **{f"admin:volunteers_bank_{act}": ("volunteers.change_bank", "volunteers.bank") for act in ("open", "passbooks")},
    **{f"portal:me_bank{page}": (NOBODY,) for page in ("", "_give", "_donate", "_passbook")},
}
_ROWS = ("account", "transfer", "hold", "kinship", "approval", "outstatement")
BANK_EXCEPTIONS = {
    **{f"admin:volunteers_{model}_add": (NOBODY,) for model in _ROWS},
    **{
        f"admin:volunteers_{model}_change": (f"volunteers.view_{model}", f"volunteers.{model}", NOBODY)
        for model in _ROWS
    },
    **{f"admin:volunteers_{model}_history": (NOBODY, f"volunteers.{model}") for model in _ROWS},
}
