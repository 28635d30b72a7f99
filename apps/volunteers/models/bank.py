"""The time bank: accounts in minutes, transfers made of entries that are only ever added, what is held.

Double entry: the entries of a transfer add up to zero within each bank, so the sum of all is zero. Minutes are care
given and care received; they are never money and are not changed into any.
"""

import datetime as dt
import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from apps.common import history
from apps.common.models import Record
from apps.organisation.models import Unit
from apps.people.models import Person, ProxyGrant
from apps.volunteers.choices.bank import AccountKind, AccountState, HoldState, TransferKind

from .bank_triggers import COUNT_BALANCE, COUNT_HELD, HOLD_STANDS, ROWS_STAND, SUM_ZERO, TABLE_STANDS
from .records import CareConfirmation
from .requests import ServiceRequest
from .scoped import OfUnits

VIEW = "volunteers.view_account"
WHO = {
    "to": settings.AUTH_USER_MODEL, "on_delete": models.PROTECT, "null": True, "related_name": "+", "editable": False,
}  # fmt: skip


class OfBanks(OfUnits):
    """Rows of banks: seen by who sees accounts in the unit of the bank."""

    def visible_to(self, user, permission: str = VIEW):
        return super().visible_to(user, permission)


@history.track()
class Bank(Record):
    """The time bank of a unit; the units below it without one of their own use it (`queries.bank.bank_of`)."""

    unit = models.OneToOneField(Unit, models.PROTECT, related_name="time_bank", verbose_name="主办单位")
    name = models.CharField("名称", max_length=60)
    phone = models.CharField("联系电话", max_length=40, blank=True, db_default="")
    opened_on = models.DateField("开办日期")

    objects = OfBanks.as_manager()

    class Meta(Record.Meta):
        verbose_name = "时间银行"
        verbose_name_plural = "时间银行"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class AccountQuerySet(OfBanks):
    def of_people(self):
        return self.filter(kind=AccountKind.PERSON)


@history.track(exclude=("balance", "held"))
class Account(models.Model):
    """Minutes of one person, or of the bank itself. `unit` opened it: whose role reaches that unit sees it.

    `balance` and `held` are kept by triggers (of ISSUE it stays 0: `queries.bank.issued`). Frozen by a death
    (`closed_by_event`) or by staff. Only acts of `services` write here; nobody edits a row.
    """

    public_id = models.UUIDField("编号", default=uuid.uuid4, unique=True, editable=False)
    bank = models.ForeignKey(Bank, models.PROTECT, related_name="accounts", verbose_name="时间银行")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="开户单位")
    kind = models.CharField("类型", max_length=8, choices=AccountKind)
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="time_accounts", verbose_name="户主"
    )
    number = models.CharField("账号", max_length=12, unique=True)
    balance = models.IntegerField("余额（分钟）", default=0, db_default=0, editable=False)
    held = models.IntegerField("预留（分钟）", default=0, db_default=0, editable=False)
    state = models.CharField("状态", max_length=8, choices=AccountState, default=AccountState.OPEN)
    opened_on = models.DateField("开户日期")
    closed_on = models.DateField("销户日期", null=True, blank=True)
    frozen_on = models.DateField("冻结日期", null=True, blank=True)
    freeze_reason = models.CharField("冻结原因", max_length=120, blank=True, default="", db_default="")
    closed_by_event = models.BigIntegerField(null=True, blank=True, editable=False)

    objects = AccountQuerySet.as_manager()

    class Meta:
        verbose_name = "时间账户"
        verbose_name_plural = "时间账户"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["issue", "outside"], held=0)
                | Q(kind__in=["person", "pool"], balance__gte=0, held__gte=0, held__lte=F("balance")),
                name="account_covered",
                violation_error_message="可用的时间不够。",
            ),
            models.CheckConstraint(
                condition=Q(kind="person", person__isnull=False) | (~Q(kind="person") & Q(person__isnull=True)),
                name="account_whose",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(balance=0, held=0, closed_on__isnull=False), name="account_closed"
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(kind="person") & ~Q(state="closed"),
                name="account_one_open",
                violation_error_message="他已经有时间账户。",
            ),
            models.UniqueConstraint(fields=["bank", "kind"], condition=~Q(kind="person"), name="account_one_of_bank"),
        ]
        indexes = [
            models.Index(fields=["bank", "kind", "state"], name="account_bank"),
            models.Index(fields=["unit", "id"], name="account_unit"),
            models.Index(fields=["frozen_on"], name="account_frozen", condition=Q(state="frozen")),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def available(self) -> int:
        """Minutes that may be used now."""
        return self.balance - self.held


class OfAccounts(OfBanks):
    unit_path = "account__unit"


class Transfer(models.Model):
    """One movement of minutes. `public_id` is the form's key: sent twice it is one transfer.

    `account` is whose act it is, `minutes` how much moves by it. `on` is the day it was entered, `served_on` the day of
    the care that earned it. `confirmation`: that care, once. `hold`: what was spent, once. `reverses`: a wrong transfer
    is answered by one of the same entries with the other sign, once.
    """

    public_id = models.UUIDField("编号", unique=True, editable=False)
    bank = models.ForeignKey(Bank, models.PROTECT, related_name="transfers", db_index=False, verbose_name="时间银行")
    account = models.ForeignKey(Account, models.PROTECT, related_name="transfers", db_index=False, verbose_name="账户")
    kind = models.CharField("事项", max_length=8, choices=TransferKind)
    minutes = models.PositiveIntegerField("分钟")
    on = models.DateField("日期")
    served_on = models.DateField("服务日期", null=True, blank=True)
    at = models.DateTimeField("登记时间")
    actor = models.ForeignKey(verbose_name="登记人", **WHO)
    grant = models.ForeignKey(
        ProxyGrant, models.PROTECT, null=True, blank=True, related_name="+", editable=False, verbose_name="家属授权"
    )
    confirmation = models.OneToOneField(
        CareConfirmation, models.PROTECT, null=True, blank=True, related_name="transfer", verbose_name="服务确认"
    )
    hold = models.OneToOneField(
        "Hold", models.PROTECT, null=True, blank=True, related_name="transfer", verbose_name="预留"
    )
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="contra", verbose_name="更正哪一笔"
    )
    reason = models.CharField("说明", max_length=120, blank=True, default="", db_default="")

    objects = OfAccounts.as_manager()

    class Meta:
        verbose_name = "时间流水"
        verbose_name_plural = "时间流水"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=(
                    (Q(kind="earn") | Q(confirmation__isnull=True))
                    & (Q(kind__in=["spend", "out"]) | Q(hold__isnull=True))
                    & (Q(kind="earn", served_on__isnull=False) | (~Q(kind="earn") & Q(served_on__isnull=True)))
                    & Q(minutes__gte=1)
                    & (
                        Q(kind="contra", reverses__isnull=False, reason__gt="")
                        | (~Q(kind="contra") & Q(reverses__isnull=True))
                    )
                ),
                name="transfer_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["bank", "on"], name="transfer_day"),
            models.Index(fields=["account", "served_on"], name="transfer_account"),
        ]
        triggers = [ROWS_STAND, TABLE_STANDS]

    def __str__(self) -> str:
        return f"{self.on} {self.get_kind_display()}"


class Entry(models.Model):
    """Minutes in (positive) or out of (negative) one account. `balance_after` is written by the database, empty for
    ISSUE."""

    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="entries", verbose_name="流水")
    account = models.ForeignKey(Account, models.PROTECT, related_name="entries", db_index=False, verbose_name="账户")
    minutes = models.IntegerField("分钟")
    balance_after = models.IntegerField("余额（分钟）", null=True, editable=False)

    class Meta:
        verbose_name = "分录"
        verbose_name_plural = "分录"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["transfer", "account"], name="entry_once"),
            models.CheckConstraint(condition=~Q(minutes=0), name="entry_something"),
        ]
        indexes = [models.Index(fields=["account", "-id"], name="entry_account")]
        triggers = [ROWS_STAND, TABLE_STANDS, COUNT_BALANCE, SUM_ZERO]

    def __str__(self) -> str:
        return f"{self.minutes:+}"


class Hold(models.Model):
    """Minutes set aside for a request for help, or for a statement that leaves (`out`): held, then captured (all or a
    part of them, `captured`) or released, once."""

    public_id = models.UUIDField("编号", default=uuid.uuid4, unique=True, editable=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="holds", verbose_name="账户")
    request = models.ForeignKey(
        ServiceRequest, models.PROTECT, null=True, blank=True, related_name="holds", verbose_name="求助"
    )
    out = models.ForeignKey(
        "OutStatement", models.PROTECT, null=True, blank=True, related_name="holds", verbose_name="转出单"
    )
    minutes = models.PositiveIntegerField("预留（分钟）")
    captured = models.PositiveIntegerField("使用（分钟）", default=0, db_default=0)
    state = models.CharField("状态", max_length=8, choices=HoldState, default=HoldState.HELD)
    held_at = models.DateTimeField("预留时间")
    held_by = models.ForeignKey(verbose_name="登记人", **WHO)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)

    objects = OfAccounts.as_manager()

    class Meta:
        verbose_name = "预留"
        verbose_name_plural = "预留"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__gte=1, captured__lte=F("minutes"))
                & (
                    Q(state="held", captured=0, ended_at__isnull=True)
                    | Q(state="captured", captured__gte=1, ended_at__isnull=False)
                    | Q(state="released", captured=0, ended_at__isnull=False)
                ),
                name="hold_whole",
            ),
            models.CheckConstraint(
                condition=Q(request__isnull=False, out__isnull=True) | Q(request__isnull=True, out__isnull=False),
                name="hold_for_what",
            ),
            models.UniqueConstraint(
                fields=["request"],
                condition=Q(state="held"),
                name="hold_once",
                violation_error_message="这次帮忙已经预留了时间。",
            ),
        ]
        triggers = [HOLD_STANDS, COUNT_HELD, pgtrigger.Protect(name="no_delete", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.minutes}分钟 {self.get_state_display()}"


class KinshipQuerySet(OfUnits):
    unit_path = "unit"

    def current(self):
        return self.filter(ended_on__isnull=True, voided_at__isnull=True)

    def visible_to(self, user, permission: str = VIEW):
        return super().visible_to(user, permission)


@history.track()
class Kinship(Record):
    """That two persons of the registry are kin, verified by staff from a paper: minutes may be given to spouse and
    lineal relatives only. `relation` (GB/T 4761): what `kin` is to `person`."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="核实单位")
    person = models.ForeignKey(Person, models.PROTECT, related_name="kin", verbose_name="本人")
    kin = models.ForeignKey(Person, models.PROTECT, related_name="kin_of", verbose_name="亲属")
    relation = models.CharField("亲属是本人的", max_length=4)
    proof = models.CharField("凭什么核实的", max_length=120, help_text="例如 户口簿、结婚证")
    verified_on = models.DateField("核实日期")
    verified_by = models.ForeignKey(verbose_name="核实人", **WHO)
    ended_on = models.DateField("终止日期", null=True, blank=True)
    end_reason = models.CharField("终止原因", max_length=120, blank=True, default="", db_default="")

    objects = KinshipQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = "亲属核实"
        verbose_name_plural = "亲属核实"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(person=F("kin")), name="kinship_two", violation_error_message="请选另外一位。"
            ),
            models.UniqueConstraint(
                fields=["person", "kin"],
                condition=Q(ended_on__isnull=True, voided_at__isnull=True),
                name="kinship_once",
                violation_error_message="这两位的亲属关系已经核实过。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} → {self.kin_id}"

    def stands_on(self, on: dt.date) -> bool:
        return self.voided_at is None and (self.ended_on is None or on < self.ended_on)
