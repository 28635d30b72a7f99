"""组织关系转接, step by step (domain 3.4; rule book 7.20, 7.21).

Every step locks the person and then the transfer, so that two clerks and two clicks have one effect; a second click
on what is done changes nothing. He is a member of the old branch until `accept`, which closes and opens the formal
link in one transaction. Dates are those of the papers: none to come, none before the step before.
"""

import datetime as dt
import uuid

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from apps.branches.access import Desk
from apps.branches.choices import Link, TransferAct, TransferKind, TransferState
from apps.branches.models import FormerLetter, Membership, Organisation, Transfer, TransferStep
from apps.branches.notices import TRANSFER_BACK, TRANSFER_WAITS
from apps.branches.queries.transfers import decides, sides_of, users_to_tell
from apps.branches.rules.capability import Capability, able, refusal
from apps.branches.rules.levels import wrong_link
from apps.branches.rules.transfers import MOVES, TransferRules, expires_on, side_of
from apps.common import audit
from apps.common.errors import BusinessError
from apps.common.partial_date import PartialDate
from apps.messaging.choices import DeliveryClass
from apps.messaging.models import Message
from apps.messaging.services import NewMessage, post, withdraw_messages
from apps.organisation.queries import rule_values
from apps.people.choices import LifeStatus
from apps.people.models import Person

from .guards import not_after_today, require_standing, save
from .transfer_links import change_branch, formal_link, put_back

Act, State, Kind = TransferAct, TransferState, TransferKind
NUMBER_LOCK = 7_240_011
NUMBER_DIGITS = 5


@transaction.atomic
def apply(
    desk: Desk,
    person: Person,
    *,
    key: uuid.UUID,
    kind: str,
    on: dt.date,
    to_organisation: Organisation | None = None,
    outside_name: str = "",
    reason: str = "",
    agreed: bool = False,
) -> Transfer:
    """Note that a member of the desk's organisation wishes to leave it; `agreed`: the branch consents at once.

    The same key again gives the same transfer. Refused for who is not a formal member here, for a second open
    transfer, and into a branch that holds no formal relations.
    """
    not_after_today(on, "申请日期")
    if known := Transfer.objects.filter(public_id=key).first():
        return known
    _lock_living(person)
    if formal_link(person.pk, desk.organisation.pk) is None:
        raise BusinessError("他的正式组织关系不在这个支部，请在他所在的支部办理。", code="not_here", field="person")
    if kind == Kind.INSIDE:
        _require_place(to_organisation, on)
    elif not outside_name.strip():
        raise BusinessError("请写明转往哪个党组织。", code="missing", field="to_name")
    if agreed and not decides(desk):
        raise BusinessError("转出要由书记或副书记同意，请先只登记申请。", code="not_yours", field="agreed")
    row = Transfer(
        public_id=key, person=person, kind=kind, from_organisation=desk.organisation,
        to_organisation=to_organisation if kind == Kind.INSIDE else None,
        outside_name=outside_name.strip() if kind == Kind.OUT else "", reason=reason, applied_on=on, moved_on=on,
        state=State.AGREED if agreed else State.APPLIED, entered_by=desk.user, by_staff=desk.by_staff,
    )  # fmt: skip
    save(row)
    _note(desk, row, Act.APPLY, on, reason)
    if agreed:
        _note(desk, row, Act.AGREE, on)
    _tell(row)
    return row


@transaction.atomic
def take_in(
    desk: Desk,
    person: Person,
    *,
    key: uuid.UUID,
    on: dt.date,
    outside_name: str,
    letter_no: str,
    issued_on: dt.date,
    valid_days: int,
    dues_paid_to: PartialDate | None,
    reason: str = "",
) -> Transfer:
    """Note the letter of somebody who comes from outside the city; the desk's organisation accepts him next."""
    not_after_today(on, "收信日期")
    if known := Transfer.objects.filter(public_id=key).first():
        return known
    _lock_living(person)
    _require_place(desk.organisation, on)
    if Membership.objects.filter(person=person, link="formal", ends_on__isnull=True, voided_at__isnull=True).exists():
        raise BusinessError("他的正式组织关系已在本市的支部，请由那个支部办市内转接。", code="inside", field="person")
    _check_letter(valid_days, dues_paid_to, rule_values(TransferRules.rule_key, on=on))
    if issued_on > on:
        raise BusinessError("开信日期不能晚于收信日期。", code="order", field="issued_on")
    row = Transfer(
        public_id=key, person=person, kind=Kind.IN, to_organisation=desk.organisation, outside_name=outside_name,
        state=State.UNDER_WAY, reason=reason, applied_on=on, moved_on=on, letter_no=letter_no, issued_on=issued_on,
        valid_days=valid_days, expires_on=expires_on(issued_on, valid_days), dues_paid_to=dues_paid_to,
        entered_by=desk.user, by_staff=desk.by_staff,
    )  # fmt: skip
    save(row)
    _note(desk, row, Act.APPLY, on, reason)
    _tell(row)
    return row


@transaction.atomic
def agree(desk: Desk, transfer: Transfer, *, on: dt.date) -> Transfer:
    """The branch he leaves consents."""
    row, done = _begin(desk, transfer, Act.AGREE, on)
    return row if done else _move(desk, row, Act.AGREE, on)


@transaction.atomic
def issue(
    desk: Desk, transfer: Transfer, *, on: dt.date, valid_days: int, dues_paid_to: PartialDate | None, number: str = ""
) -> Transfer:
    """The superior approves and issues the letter; without a number the portal gives the next of the year."""
    row, done = _begin(desk, transfer, Act.ISSUE, on)
    if done:
        return row
    _put_letter(row, on, valid_days, dues_paid_to, number)
    return _move(desk, row, Act.ISSUE, on, row.letter_no)


@transaction.atomic
def reissue(
    desk: Desk,
    transfer: Transfer,
    *,
    on: dt.date,
    valid_days: int,
    dues_paid_to: PartialDate | None,
    reason: str,
    replaces: str,
    number: str = "",
) -> Transfer:
    """A new letter for one lost, past its day or wrong. `replaces` is the number seen on the form: sent twice, or by
    two clerks at once, one letter is issued. The old number stays on record."""
    row, _ = _begin(desk, transfer, Act.REISSUE, on)
    if row.letter_no != replaces:
        return row
    issued_on, ends = _letter_days(row)
    FormerLetter.objects.create(
        transfer=row, letter_no=row.letter_no, issued_on=issued_on, expires_on=ends, reason=reason,
        replaced_on=on,
    )  # fmt: skip
    _put_letter(row, on, valid_days, dues_paid_to, number)
    return _move(desk, row, Act.REISSUE, on, row.letter_no)


@transaction.atomic
def accept(desk: Desk, transfer: Transfer, *, on: dt.date) -> Transfer:
    """He belongs to the new branch from `on`; of one who leaves the city, the day his new branch took him in.

    Refused on and after the day on which the letter ends: it is renewed first.
    """
    row, done = _begin(desk, transfer, Act.ACCEPT, on)
    if done:
        return row
    issued_on, ends = _letter_days(row)
    if on < issued_on:
        raise BusinessError(f"接收日期早于开信日期（{issued_on}）。", code="order", field="on")
    if on >= ends:
        raise BusinessError(
            f"介绍信到 {ends - dt.timedelta(days=1)} 为止，已经逾期。请先换开介绍信再接收。",
            code="expired",
            field="on",
        )
    change_branch(row, on=on, actor=desk.user)
    row.accepted_on, row.accepted_at = on, timezone.now()
    return _move(desk, row, Act.ACCEPT, on)


@transaction.atomic
def undo_accept(desk: Desk, transfer: Transfer, *, on: dt.date) -> Transfer:
    """Take back an acceptance typed by mistake, on the day it was typed: exactly the rows it closed are open again."""
    row, done = _begin(desk, transfer, Act.UNDO, on)
    if done:
        return row
    if timezone.localdate(row.accepted_at) != on:
        raise BusinessError("接收只能在登记的当天撤销；隔天请从新支部另办转接。", code="too_late")
    put_back(row)
    row.accepted_on = row.accepted_at = row.left = row.joined = row.secondary = None
    return _move(desk, row, Act.UNDO, on)


@transaction.atomic
def note_receipt(desk: Desk, transfer: Transfer, *, on: dt.date) -> Transfer:
    """The receipt is back (of one who came from outside: it is sent); the matter is closed."""
    row, done = _begin(desk, transfer, Act.RECEIPT, on)
    if done:
        return row
    if row.accepted_on and on < row.accepted_on:
        raise BusinessError(f"回执日期早于接收日期（{row.accepted_on}）。", code="order", field="on")
    row.receipt_on = on
    return _move(desk, row, Act.RECEIPT, on)


@transaction.atomic
def close(desk: Desk, transfer: Transfer, *, act: str, on: dt.date, reason: str) -> Transfer:
    """Send back (who has the turn) or withdraw (who applied), with a reason; the member stays where he is."""
    row, done = _begin(desk, transfer, act, on)
    if done:
        return row
    if not reason.strip():
        raise BusinessError("请写明原因，对方好知道怎么办。", code="missing", field="reason")
    row.closed_because = reason.strip()[:200]
    return _move(desk, row, act, on, row.closed_because)


# What the steps share


def _lock_living(person: Person) -> None:
    locked = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if locked.life_status not in (LifeStatus.LIVING, LifeStatus.LOST) or locked.voided_at:
        raise BusinessError("他的情况正在核实，不能办转接。请先问老干部局。", code="not_living", field="person")


def _begin(desk: Desk, transfer: Transfer, act: str, on: dt.date) -> tuple[Transfer, bool]:
    """The locked row, and whether the act was done by an earlier click. Refuses whoever may not, and dates to come."""
    Person.objects.select_for_update(of=("self",)).only("pk").get(pk=transfer.person_id)
    row = (
        Transfer.objects.select_for_update(of=("self",))
        .select_related("person", "from_organisation", "to_organisation")
        .get(pk=transfer.pk)
    )
    move = MOVES[row.kind].get(act)
    if move is None or not sides_of(desk, row):
        raise BusinessError("这一步不归这里办。", code="not_yours")
    if row.state not in move.sources:
        if row.state == move.target:
            return row, True
        raise BusinessError(f"这件转接现在是“{row.get_state_display()}”，刚有人办过，请刷新再看。", code="state")
    if side_of(row.kind, row.state, act) not in sides_of(desk, row):
        raise BusinessError("这一步不归这里办，请等对方办理；急的话请打电话给老干部局代办。", code="not_yours")
    not_after_today(on, "日期")
    if on < row.moved_on and act not in (Act.ACCEPT, Act.UNDO):
        raise BusinessError(f"日期早于上一步（{row.moved_on}）。", code="order", field="on")
    return row, False


def _move(desk: Desk, row: Transfer, act: str, on: dt.date, note: str = "") -> Transfer:
    row.state = MOVES[row.kind][act].target
    row.moved_on = on
    save(row)
    _note(desk, row, act, on, note)
    _tell(row, back=act == Act.SEND_BACK)
    return row


def _note(desk: Desk, row: Transfer, act: str, on: dt.date, note: str = "") -> None:
    TransferStep.objects.create(
        transfer=row, act=act, on=on, note=note[:200], entered_by=desk.user, by_staff=desk.by_staff
    )
    action = f"transfer.{act}"
    audit.record(action, actor=desk.user, people=[row.person_id], target=f"branches.transfer:{row.pk}")


def _require_place(organisation: Organisation | None, on: dt.date) -> None:
    if organisation is None:
        raise BusinessError("请选转往哪个支部。", code="missing", field="to_name")
    require_standing(organisation, on)
    if not able(organisation.kind, Capability.FORMAL_LINK):
        sentence = refusal(organisation.kind, Capability.FORMAL_LINK)
        raise BusinessError(sentence, code="incapable", field="to_name")
    if sentence := wrong_link(organisation.kind, organisation.level, Link.FORMAL):
        raise BusinessError(sentence, code="level", field="to_name")


def _check_letter(valid_days: int, dues_paid_to: PartialDate | None, rules: TransferRules) -> None:
    if not 0 < valid_days <= rules.most_valid_days:
        raise BusinessError(f"有效天数在 1 至 {rules.most_valid_days} 天之间。", code="valid_days", field="valid_days")
    if dues_paid_to is not None and dues_paid_to.month is None:
        raise BusinessError("党费交到哪个月要写到月，例如 2026-03。", code="dues", field="dues_paid_to")


def _letter_days(row: Transfer) -> tuple[dt.date, dt.date]:
    """From when and to when (not included) the letter is good."""
    assert row.issued_on is not None  # transfer_has_letter
    assert row.expires_on is not None
    return row.issued_on, row.expires_on


def _put_letter(row: Transfer, on: dt.date, valid_days: int, dues_paid_to: PartialDate | None, number: str) -> None:
    _check_letter(valid_days, dues_paid_to, rule_values(TransferRules.rule_key, on=on))
    number = number.strip()
    if number and FormerLetter.objects.filter(letter_no=number).exists():
        raise BusinessError("这个介绍信编号已经用过，请核对。", code="number", field="number")
    row.letter_no = number or next_number(on.year)
    row.issued_on, row.valid_days, row.dues_paid_to = on, valid_days, dues_paid_to
    row.expires_on = expires_on(on, valid_days)


def next_number(year: int) -> str:
    """The next letter number of a year; whoever asks holds a lock until his transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NUMBER_LOCK])
    ours = rf"^{year}\d{{{NUMBER_DIGITS}}}$"
    last = max(
        (
            rows.filter(letter_no__regex=ours).aggregate(last=Max("letter_no"))["last"] or ""
            for rows in (Transfer.objects.exclude(kind=Kind.IN), FormerLetter.objects.exclude(transfer__kind=Kind.IN))
        ),
    )
    return f"{year}{int(last[4:] or 0) + 1:0{NUMBER_DIGITS}}"


def _tell(row: Transfer, *, back: bool = False) -> None:
    """Withdraw what waits of the step before, and tell those whose turn it is now, or who applied that it came back."""
    base = f"transfer:{row.pk}:"
    waiting = Message.objects.filter(key__startswith=base, withdrawn_at__isnull=True)
    withdraw_messages(list(waiting.values_list("pk", flat=True)))
    today = timezone.localdate()
    template = TRANSFER_BACK if back else TRANSFER_WAITS
    users = [row.entered_by_id] if back and row.entered_by_id else users_to_tell([row], today).get(row.pk, [])
    messages = [
        NewMessage(
            key=f"{base}{row.state}:{row.letter_no}:{row.moved_on}:{user}", delivery_class=DeliveryClass.DIGEST,
            template=template, user_id=user, about_id=row.person_id, context={"transfer": row.pk},
        )
        for user in users
    ]  # fmt: skip
    if messages:
        post(messages, now=timezone.now())
