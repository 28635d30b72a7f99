"""The lines of a passbook in words that its holder reads, and the check line below them."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, F, Max, Prefetch, Q, QuerySet, Sum

from apps.common import crypto
from apps.common.code_lists import names_of
from apps.volunteers.choices.bank import AccountKind, TransferKind
from apps.volunteers.models import Account, Entry
from apps.volunteers.rules.bank import time_words

NOBODY = "对方"


def signed(minutes: int) -> str:
    """+1小时30分, −2小时."""
    return f"{'+' if minutes > 0 else '−'}{time_words(abs(minutes))}"


@dataclass(frozen=True)
class Line:
    """One entry: `words` say what it was, `minutes` are signed, `balance` is what was there after it. `put_right`: a
    later entry took it back."""

    transfer: int
    on: dt.date
    kind: str
    words: str
    minutes: int
    balance: int
    put_right: bool

    @property
    def amount(self) -> str:
        return signed(self.minutes)

    @property
    def left(self) -> str:
        return time_words(self.balance)


def entries_of(account: Account | int, *, year: int | None = None, kind: str = "") -> QuerySet[Entry]:
    """Entries of an account, newest first."""
    rows = Entry.objects.filter(account=account).order_by("-id")
    if year:
        rows = rows.filter(transfer__on__gte=dt.date(year, 1, 1), transfer__on__lt=dt.date(year + 1, 1, 1))
    return rows.filter(transfer__kind=kind) if kind in TransferKind.values else rows


def with_words(rows: QuerySet[Entry]) -> QuerySet[Entry]:
    """Entries with all that `line_of` reads: four queries for any number of rows."""
    others = Entry.objects.select_related("account__person").only(
        "transfer", "minutes", "account__kind", "account__person__name"
    )
    return rows.select_related(
        "transfer__account__person", "transfer__confirmation__record", "transfer__hold__request", "transfer__reverses",
        "transfer__contra",
    ).prefetch_related(Prefetch("transfer__entries", others, to_attr="all_entries"))  # fmt: skip


def line_of(entry: Entry) -> Line:
    transfer = entry.transfer
    return Line(
        transfer=transfer.pk, on=transfer.on, kind=transfer.get_kind_display(), words=_words(entry),
        minutes=entry.minutes, balance=entry.balance_after or 0, put_right=hasattr(transfer, "contra"),
    )  # fmt: skip


def _words(entry: Entry) -> str:
    transfer = entry.transfer
    match transfer.kind:
        case TransferKind.EARN:
            record = transfer.confirmation.record if transfer.confirmation else None
            service = names_of("volunteer_service").get(record.service, "服务") if record else "服务"
            return f"{_day(transfer.served_on)}{service}{_more(transfer.reason)}"
        case TransferKind.SPEND:
            request = transfer.hold.request if transfer.hold else None
            service = names_of("volunteer_service").get(request.service, "帮忙") if request else "帮忙"
            return f"{_day(request.on if request else None)}请人{service}"
        case TransferKind.GIFT:
            return f"送给{_other(entry)}" if entry.minutes < 0 else f"{_other(entry)}送来"
        case TransferKind.SETTLE:
            return "离世后结清" if entry.minutes < 0 else f"{_other(entry)}离世后转来"
        case TransferKind.DONATE:
            return f"捐入公共池{_more(transfer.reason)}"
        case TransferKind.SURPLUS:
            return transfer.reason
        case TransferKind.GRANT:
            return "公共池拨付"
        case TransferKind.OUT:
            return f"转到{transfer.reason}"
        case TransferKind.CONTRA:
            wrong = transfer.reverses
            return f"更正{_day(wrong.on)}的“{wrong.get_kind_display()}”：{transfer.reason}"
        case _:
            return f"{transfer.get_kind_display()}{_more(transfer.reason)}"


def _other(entry: Entry) -> str:
    """Who stands on the other side; a bank's own account stands for nobody."""
    people = [
        row.account.person.name for row in entry.transfer.all_entries
        if row.account.kind == AccountKind.PERSON and row.account_id != entry.account_id and row.account.person
    ]  # fmt: skip
    return "、".join(people) or ("公共池" if entry.minutes < 0 else NOBODY)


def _day(day: dt.date | None) -> str:
    return f"{day.month}月{day.day}日" if day else ""


def _more(reason: str) -> str:
    return f"（{reason}）" if reason else ""


@dataclass(frozen=True)
class Totals:
    """One account in one year, or in all: how many entries, minutes in and out, and what stood at its end. `last`: the
    id of the last entry (0: none). `back_in`, `back_out`: how much of both was putting right (更正)."""

    count: int = 0
    came: int = 0
    went: int = 0
    balance: int = 0
    last: int = 0
    back_in: int = 0
    back_out: int = 0

    @property
    def came_new(self) -> int:
        """Minutes in, without what was put right."""
        return self.came - self.back_in

    @property
    def went_new(self) -> int:
        return self.went - self.back_out

    @property
    def put_right(self) -> int:
        """By how much putting right changed the account, signed."""
        return self.back_in - self.back_out


def totals_of(accounts: Collection[int], year: int | None = None) -> dict[int, Totals]:
    """account id → its totals; who had no entry is left out. Two queries for any number."""
    rows = Entry.objects.filter(account__in=accounts)
    if year:
        rows = rows.filter(transfer__on__gte=dt.date(year, 1, 1), transfer__on__lt=dt.date(year + 1, 1, 1))
    contra = Q(transfer__kind=TransferKind.CONTRA)
    found = list(
        rows.order_by().values("account").annotate(
            count=Count("pk"), last=Max("pk"), came=Sum("minutes", filter=Q(minutes__gt=0), default=0),
            went=Sum("minutes", filter=Q(minutes__lt=0), default=0),
            back_in=Sum("minutes", filter=Q(minutes__gt=0) & contra, default=0),
            back_out=Sum("minutes", filter=Q(minutes__lt=0) & contra, default=0),
        )
    )  # fmt: skip
    after = dict(Entry.objects.filter(pk__in=[row["last"] for row in found]).values_list("account", "balance_after"))
    return {
        row["account"]: Totals(
            row["count"], row["came"], -row["went"], after[row["account"]] or 0, row["last"], row["back_in"],
            -row["back_out"],
        )
        for row in found
    }  # fmt: skip


def check_code(account: Account, year: int, totals: Totals) -> str:
    """What stands in the check line of a printed passbook: printed again it is the same as long as nothing of that year
    was added, and nobody can make one up. See rule book 10.39."""
    said = f"{account.public_id}|{year}|{totals.count}|{totals.came}|{totals.went}|{totals.balance}|{totals.last}"
    digits = crypto.blind_index("passbook", said).hex()[:12].upper()
    return "-".join(digits[at : at + 4] for at in (0, 4, 8))


def years_of(account: Account | int) -> list[int]:
    """Years with entries, newest first."""
    rows = Entry.objects.filter(account=account).annotate(year=F("transfer__on__year")).order_by("-year")
    return list(rows.values_list("year", flat=True).distinct())
