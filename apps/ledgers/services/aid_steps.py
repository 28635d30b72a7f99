"""困难帮扶, one step at a time (rule book 8.42, 8.43): the state, the money and what was done change together.

Every step locks the fund and then the application, so that of two clicks and two colleagues one has the effect and
the other reads a sentence. What a step wrote over is kept with it, so that the last one can be taken back whole.
"""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from apps.common import audit
from apps.common.errors import BusinessError
from apps.common.models import Attachment
from apps.ledgers.choices.aid import AidAct, AidState, AidVia
from apps.ledgers.models import AidApplication, AidStep, FundYear
from apps.ledgers.queries.aid import rules_for
from apps.ledgers.rules.aid import MOVES, OPEN, OVER, AidRules, may

from .needs import reopen_measure

Act, State = AidAct, AidState
SENTENCES = {
    "aid_once_a_year": "这位老同志今年已经有一份困难帮扶申请，每人每年只能帮扶一次。",
    "aid_second_person": "填报或初审的人不能审批，请换一位同志。",
    "fundyear_not_over": "帮扶资金不够了。",
}
# What may be done though nobody of the family stands for a dead man's application yet.
WITHOUT_FAMILY = (Act.FAMILY, Act.RETURN, Act.REFUSE, Act.WITHDRAW, Act.UNDO, Act.SURVIVORS, Act.REVISIT)


def locked(application: AidApplication) -> AidApplication:
    """The application as it stands, behind its fund, both locked until the transaction ends."""
    FundYear.objects.select_for_update(of=("self",), no_key=True).get(pk=application.fund_id)
    rows = AidApplication.objects.select_for_update(of=("self",), no_key=True)
    row = rows.select_related("fund__unit", "cadre__person", "notice").get(pk=application.pk)
    if row.voided_at is not None:
        raise BusinessError("这份申请已经作废。", code="voided")
    return row


def begin(application: AidApplication, act: str, on: dt.date) -> tuple[AidApplication, AidRules]:
    """The locked application and the rules of the day; BusinessError where this act is not its turn."""
    row = locked(application)
    rules = rules_for(row.fund, on)
    if row.waits_for_family and act not in WITHOUT_FAMILY:
        raise BusinessError("老同志已离世，请先登记由哪位遗属办理。", code="family")
    if act in MOVES and not may(act, row.state, needs_stamp=rules.needs_stamp):
        raise BusinessError(
            f"这份申请现在是“{row.get_state_display()}”，不能{Act(act).label}；可能刚有人办过，请刷新。",
            code="wrong_step",
        )
    if on > timezone.localdate():
        raise BusinessError("日期不能晚于今天。", code="future", field="on")
    if on < row.applied_on:
        raise BusinessError(f"日期早于申请日期（{row.applied_on}）。", code="order", field="on")
    return row, rules


def take(
    row: AidApplication, act: str, *, on: dt.date, actor, changes: dict | None = None, sealed: dict | None = None,
    note: str = "", via: str = AidVia.STAFF, state: str | None = None,
) -> AidStep:  # fmt: skip
    """Write one step of a locked application. `changes` are plain fields, kept for an undo; `sealed` are not."""
    before, state_before = row.counted, row.state
    kept = {name: _plain(row, name) for name in changes or {}}
    for name, value in {**(changes or {}), **(sealed or {})}.items():
        setattr(row, name, value)
    row.state = state or (MOVES[act][1] if act in MOVES else None) or row.state
    if row.state != state_before:
        kept["moved_on"] = str(row.moved_on)
        row.moved_on = on
    spend(row.fund_id, row.counted - before)
    store(row, [*(changes or {}), *(sealed or {}), "state", "moved_on"])
    keep_evidence(row)
    step = AidStep.objects.create(
        application=row, act=act, on=on, state_before=state_before, kept=kept, note=note.strip()[:200],
        entered_by=actor, via=via,
    )  # fmt: skip
    audit.record("aid.step", actor=actor, people=[row.cadre_id], fields=[act], target=target(row))
    return step


def target(row: AidApplication) -> str:
    return f"ledgers.aidapplication:{row.pk}"


def _plain(row: AidApplication, name: str):
    field: Any = row._meta.get_field(name)
    value = getattr(row, field.attname)
    return value if value is None or isinstance(value, bool | int | dict) else str(value)


def store(row: AidApplication, fields: list[str]) -> None:
    """Save under the constraints; what the database refuses becomes a sentence."""
    try:
        with transaction.atomic():
            row.save(update_fields=fields)
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
        raise BusinessError(
            SENTENCES.get(name, "刚有人改了这份申请，请刷新后再看。"), code=name or "concurrent"
        ) from error


def spend(fund_id: int, amount: Decimal) -> None:
    """Take an amount from the fund (negative: give it back): one conditional UPDATE, so that of two decisions that
    together exceed the budget one is refused, whatever else was read before (rule book 8.42)."""
    if not amount:
        return
    room = FundYear.objects.filter(pk=fund_id)
    if amount > 0:
        room = room.filter(granted__lte=F("budget") + F("adjusted") - amount)
    if not room.update(granted=F("granted") + amount):
        fund = FundYear.objects.get(pk=fund_id)
        raise BusinessError(f"帮扶资金不够：还剩 {fund.left} 元，这一笔要 {amount} 元。", code="budget", field="amount")


def keep_evidence(row: AidApplication) -> None:
    """How long its files stay: for good while it is open, then as long as the rules say (rule book 8.46)."""
    files = row.evidence.values("attachment")
    if row.state in OPEN:
        Attachment.objects.filter(pk__in=files, purge_after__isnull=False).update(purge_after=None)
        return
    rules = rules_for(row.fund, row.moved_on)
    days = rules.keep_days if row.state in OVER else 366 * rules.keep_years
    Attachment.objects.filter(pk__in=files).update(purge_after=timezone.now() + dt.timedelta(days=days))


# Steps of one application -----------------------------------------------------------------------------------------


@transaction.atomic
def verify(
    application: AidApplication, *, on: dt.date, verifiers: str, visited: bool, findings: str, actor,
    via: str = AidVia.STAFF,
) -> AidApplication:  # fmt: skip
    """Branch or unit went to see: who, at home or not, and what they found."""
    row, _ = begin(application, Act.VERIFY, on)
    if not visited and not findings.strip():
        raise BusinessError("没有入户的，请写明怎样核实的。", code="findings", field="findings")
    changes = {"verified_on": on, "verifiers": verifiers.strip(), "visited": visited}
    take(row, Act.VERIFY, on=on, actor=actor, changes=changes, sealed={"findings": findings.strip()}, via=via)
    return row


@transaction.atomic
def sign(application: AidApplication, *, on: dt.date, signer: str, opinion: str, actor) -> AidApplication:
    """The unit signed and stamped. The printed form must be back, with its scan or entered by hand."""
    row, _ = begin(application, Act.SIGN, on)
    changes = {"signed_on": on, "signer": signer.strip()}
    take(row, Act.SIGN, on=on, actor=actor, changes=changes, sealed={"unit_opinion": opinion.strip()})
    return row


@transaction.atomic
def review(
    application: AidApplication, *, on: dt.date, proposed: Decimal | None, opinion: str, actor
) -> AidApplication:  # fmt: skip
    """The bureau's first look: the amount it proposes to the meeting."""
    row, _ = begin(application, Act.REVIEW, on)
    changes = {"reviewed_on": on, "reviewed_by": actor, "proposed": proposed}
    take(row, Act.REVIEW, on=on, actor=actor, changes=changes, sealed={"review_opinion": opinion.strip()})
    return row


@transaction.atomic
def end(
    application: AidApplication, act: str, *, on: dt.date, reason: str, actor, via: str = AidVia.STAFF
) -> AidApplication:  # fmt: skip
    """Return for completion, refuse, or withdraw, with a reason. What was granted goes back to the fund."""
    row, _ = begin(application, act, on)
    if not reason.strip():
        raise BusinessError("请写明原因，申请人会看到。", code="reason", field="reason")
    changes: dict = {"closing_note": reason.strip()[:200]}
    if row.granted is not None:
        changes |= {"granted": None, "meeting": None, "decided_by": None, "decided_on": None, "notice": None}
    take(row, act, on=on, actor=actor, changes=changes, note=reason, via=via)
    return row


@transaction.atomic
def stand_in(application: AidApplication, *, name: str, relation: str, on: dt.date, actor) -> AidApplication:
    """Who of the family takes over a dead man's application."""
    row, _ = begin(application, Act.FAMILY, on)
    if not row.for_survivors or row.state not in OPEN:
        raise BusinessError("这份申请不用登记遗属。", code="wrong_step")
    if not name.strip() or not relation.strip():
        raise BusinessError("请写明遗属的姓名和与老同志的关系。", code="family", field="name")
    changes = {"applicant_name": name.strip(), "applicant_relation": relation.strip()}
    take(row, Act.FAMILY, on=on, actor=actor, changes=changes, note=relation)
    return row


@transaction.atomic
def revisit(application: AidApplication, *, on: dt.date, note: str, actor) -> AidApplication:
    """How they are a year later."""
    row, _ = begin(application, Act.REVISIT, on)
    if on.year <= row.year:
        raise BusinessError("次年回访要到第二年再登记。", code="early", field="on")
    take(row, Act.REVISIT, on=on, actor=actor, changes={"revisited_on": on, "revisit_note": note.strip()}, note="")
    return row


@transaction.atomic
def link(application: AidApplication, *, need, measure, actor) -> AidApplication:
    """Name the need and the promise of his plan that this answers; both his, or nothing."""
    row = locked(application)
    if need is not None and need.cadre_id != row.cadre_id:
        raise BusinessError("这个需求是别的老同志的，请重新选。", code="need", field="need")
    if measure is not None:
        if measure.need.cadre_id != row.cadre_id:
            raise BusinessError("这个办法是别的老同志的，请重新选。", code="measure", field="measure")
        need = measure.need
    row.need, row.measure = need, measure
    store(row, ["need", "measure"])
    audit.record("aid.step", actor=actor, people=[row.cadre_id], fields=["need"], target=target(row))
    return row


# Taking back ------------------------------------------------------------------------------------------------------

# Those are taken back by withdrawing, or by undoing the death.
FIXED = (Act.APPLY, Act.UNDO, Act.SURVIVORS)


def last_step(row: AidApplication) -> AidStep | None:
    """The last one that stands; a step taken back does not."""
    return row.steps.filter(undone=False).exclude(act=Act.UNDO).order_by("-pk").first()


def undoable(row: AidApplication, user, today: dt.date, *, decides: bool) -> AidStep | None:
    """The last step, where this user took it (or may decide) and its days are not over; else None (rule book 8.48)."""
    last = last_step(row)
    if last is None or last.act in FIXED or row.voided_at is not None:
        return None
    if last.entered_by_id != user.pk and not decides:
        return None
    days = rules_for(row.fund, today).undo_days
    return last if (today - timezone.localdate(last.at)).days <= days else None


@transaction.atomic
def undo(
    application: AidApplication, *, on: dt.date, actor, decides: bool, step_id: int | None = None
) -> AidApplication:  # fmt: skip
    """Take the last step back: state, fields and money are as before. `step_id`: the one the user was looking at."""
    row = locked(application)
    last = undoable(row, actor, on, decides=decides)
    if last is None or (step_id is not None and last.pk != step_id):
        raise BusinessError("这一步已经有人撤回，或者撤回的期限已过，请刷新后再看。", code="undo")
    put_back(row, last)
    if last.act == Act.RECEIVE and row.measure is not None and row.measure.done_on and not row.measure.need.closed_on:
        reopen_measure(row.measure, actor=actor)
    row.votes.filter(meeting_id=last.kept.get("vote_meeting")).delete()
    AidStep.objects.create(
        application=row, act=Act.UNDO, on=on, state_before=row.state, entered_by=actor,
        note=f"撤回：{last.get_act_display()}",
    )  # fmt: skip
    audit.record("aid.step", actor=actor, people=[row.cadre_id], fields=[Act.UNDO, last.act], target=target(row))
    return row


def put_back(row: AidApplication, step: AidStep) -> None:
    """What a step wrote over stands again, money included."""
    before = row.counted
    names = [name for name in step.kept if name != "vote_meeting"]
    for name in names:
        field: Any = row._meta.get_field(name)
        value = step.kept[name]
        setattr(row, field.attname, field.to_python(value) if value is not None else None)
    row.state = step.state_before
    spend(row.fund_id, row.counted - before)
    store(row, [*names, "state"])
    row.refresh_from_db()
    keep_evidence(row)
    AidStep.objects.filter(pk=step.pk).update(undone=True)
