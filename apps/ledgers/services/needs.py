"""一人一策: opening needs, promising measures, keeping or dropping them, and the call that closes a need.

Every write of needs and measures is here. Who may be served is the caller's to check (visible people, possible
owners); what the state allows is checked here, under the lock of the row. A form sent twice is one row: `form_key`
becomes `public_id`.
"""

import datetime as dt
import uuid
from decimal import Decimal

from django.db import IntegrityError, transaction

from apps.accounts.models import User
from apps.common import audit
from apps.common.errors import BusinessError, StaleVersion
from apps.ledgers.choices import MeasureDrop, NeedOutcome, Satisfaction
from apps.ledgers.models import Measure, Need
from apps.registry.models import Cadre

from .contacts import ContactFacts, record_contact
from .need_checks import (
    Closing,
    MeasureFacts,
    NeedFacts,
    check_amount,
    check_open,
    check_past,
    check_unfinished,
    clean_text,
    closing_values,
    living_cadre,
    measure_values,
    need_values,
    spoke,
)

USED = "这张表已经用过。请重新打开再填。"


@transaction.atomic
def open_need(facts: NeedFacts, *, cadre: Cadre, actor: User, on: dt.date, form_key: uuid.UUID) -> Need:
    """Open a need with the days by which he is told and it is met; the same form sent twice is the first need.

    Refuses days to come, and the dead, save for needs of their families. See rule book 8.1.
    """
    cadre = living_cadre(cadre, facts.category)
    values = need_values(facts, cadre, on)
    row, made = _put(Need, form_key, {"cadre": cadre, "recorded_by": actor, **values})
    if row.cadre_id != cadre.pk or row.recorded_by_id != actor.pk:
        raise BusinessError(USED, code="form_used")
    if made:
        _note("need.open", row, actor, source=facts.source)
    return row


@transaction.atomic
def change_need(need: Need, facts: NeedFacts, *, actor: User, on: dt.date, version: int) -> Need:
    """Mend a need; StaleVersion if somebody saved since `version`. Days left empty follow the rules anew."""
    standing = _locked_need(need)
    if standing.version != version:
        raise StaleVersion
    if standing.closed_on:
        raise BusinessError("这件需求已经办结。要改，请先点“重新办理”。", code="state")
    values = need_values(facts, standing.cadre, on)
    if facts.replied_on is None:
        del values["replied_on"]
    changed = [name for name, value in values.items() if getattr(standing, name) != value]
    for name in changed:
        setattr(standing, name, values[name])
    if changed:
        _save(standing, changed)
        _note("need.change", standing, actor, fields=changed)
    return standing


@transaction.atomic
def add_measure(
    need: Need, facts: MeasureFacts, *, actor: User, on: dt.date, form_key: uuid.UUID, told: bool = False
) -> Measure:
    """Promise something for an open need; the same form sent twice is the first measure.

    `told`: he was told today, so that the need counts as answered. A need that is closed is refused, unless it was
    this form that made its measure.
    """
    need = _locked_need(need)
    standing = Measure.objects.filter(public_id=form_key).first()
    if standing is None:
        check_open(need)
        values = measure_values(facts, need, actor, on)
        standing, _ = _put(Measure, form_key, {"need": need, "promised_by": actor, **values})
        _note("measure.add", need, actor)
    if standing.need_id != need.pk or standing.promised_by_id != actor.pk:
        raise BusinessError(USED, code="form_used")
    if told:
        _told(need, on)
    return standing


@transaction.atomic
def change_measure(measure: Measure, facts: MeasureFacts, *, actor: User, on: dt.date, version: int) -> Measure:
    """Mend a promise that is neither done nor dropped; StaleVersion if somebody saved since `version`."""
    standing = _locked_measure(measure)
    if standing.version != version:
        raise StaleVersion
    if standing.done_on or standing.dropped_on:
        raise BusinessError("这项办法已经有了结果。要改，请先撤回结果。", code="state")
    values = measure_values(facts, standing.need, actor, on, was=standing)
    changed = [name for name, value in values.items() if getattr(standing, name) != value]
    for name in changed:
        setattr(standing, name, values[name])
    if changed:
        _save(standing, changed)
        _note("measure.change", standing.need, actor, fields=changed)
    return standing


@transaction.atomic
def finish_measure(
    measure: Measure, *, result: str, done_on: dt.date, actor: User, on: dt.date, cost: Decimal | None = None
) -> Measure:
    """Say that it was done, how and when; the same said again changes nothing."""
    measure = _locked_measure(measure)
    result = clean_text(result, 300, "办得怎样", "result", needed=True)
    if (measure.done_on, measure.result) == (done_on, result):
        return measure
    check_unfinished(measure)
    check_open(measure.need)
    check_past(done_on, on, "done_on")
    check_amount(cost)
    measure.done_on, measure.result = done_on, result
    measure.cost = measure.cost if cost is None else cost
    _save(measure, ["done_on", "result", "cost"])
    _note("measure.finish", measure.need, actor)
    return measure


@transaction.atomic
def drop_measure(measure: Measure, *, reason: str, note: str = "", actor: User, on: dt.date) -> Measure:
    """Say that it will not be done, and why; the same said again changes nothing."""
    measure = _locked_measure(measure)
    if measure.dropped_on and measure.drop_reason == reason:
        return measure
    check_unfinished(measure)
    if reason not in MeasureDrop.values or reason == MeasureDrop.ENDED:
        raise BusinessError("请选为什么不再办。", code="reason", field="reason")
    measure.dropped_on, measure.drop_reason = on, reason
    measure.drop_note = clean_text(note, 200, "说明", "note", needed=reason == MeasureDrop.CANNOT)
    _save(measure, ["dropped_on", "drop_reason", "drop_note"])
    _note("measure.drop", measure.need, actor)
    return measure


@transaction.atomic
def reopen_measure(measure: Measure, *, actor: User) -> Measure:
    """Take back that it was done or dropped: it is promised again; promised already, nothing happens."""
    measure = _locked_measure(measure)
    if not (measure.done_on or measure.dropped_on):
        return measure
    check_open(measure.need)
    if measure.closed_by_event_id:
        raise BusinessError("这是人员变动时结束的。如果变动登记有误，请撤销那次变动。", code="event")
    measure.done_on = measure.dropped_on = None
    measure.result = measure.drop_reason = measure.drop_note = ""
    _save(measure, ["done_on", "dropped_on", "result", "drop_reason", "drop_note"])
    _note("measure.reopen", measure.need, actor)
    return measure


@transaction.atomic
def reply_need(need: Need, call: ContactFacts, *, actor: User, on: dt.date, form_key: uuid.UUID) -> tuple[Need, bool]:
    """Record the contact that told him what will be done; (need, whether he was told). A call that nobody took is
    recorded and leaves the reply due."""
    need = _locked_need(need, with_cadre=True)
    check_open(need)
    record_contact(call, persons=[need.cadre_id], form_key=form_key, actor=actor, on=on)
    if not spoke(call):
        return need, False
    _told(need, call.happened_on)
    _note("need.reply", need, actor)
    return need, True


@transaction.atomic
def close_need(
    need: Need, closing: Closing, *, call: ContactFacts | None, actor: User, on: dt.date, form_key: uuid.UUID
) -> tuple[Need, bool]:
    """Close a need with its outcome and what he said of it; (need, whether it is closed).

    `call` is the closing call or visit to the person and is recorded as a contact; one that nobody took is recorded
    and leaves the need open. Without a call nobody asked him: satisfaction is 没有问到 and the note says why not.
    Promises still open are refused for what was met; they are dropped with it when it cannot be met or is no longer
    needed. Closed already with the same outcome: nothing happens. See rule book 8.3.
    """
    need = _locked_need(need, with_cadre=True)
    if need.closed_on and need.outcome == closing.outcome:
        return need, True
    check_open(need)
    outcome, note = closing_values(need, closing, asked=call is not None)
    contact = None
    if call is not None:
        contact = record_contact(call, persons=[need.cadre_id], form_key=form_key, actor=actor, on=on)
        if not spoke(call):
            return need, False
    day = call.happened_on if call else on
    if day < need.found_on:
        raise BusinessError("办结日期不能早于发现日期。", code="early", field="happened_on")
    _drop_rest(need, outcome, day)
    need.closed_on, need.outcome, need.outcome_note, need.closing_contact = day, outcome, note, contact
    need.satisfaction = closing.satisfaction if contact else Satisfaction.UNASKED
    need.replied_on = need.replied_on or (day if contact else None)
    _save(need, ["closed_on", "outcome", "outcome_note", "closing_contact", "satisfaction", "replied_on"])
    _note("need.close", need, actor)
    return need, True


@transaction.atomic
def reopen_need(need: Need, *, reason: str, actor: User) -> Need:
    """Take a closed need up again; the closing contact stays recorded. Open already: nothing happens."""
    need = _locked_need(need)
    if not need.closed_on:
        return need
    if need.closed_by_event_id:
        raise BusinessError("这是人员变动时结束的。如果变动登记有误，请撤销那次变动。", code="event")
    reason = clean_text(reason, 200, "为什么重新办理", "reason", needed=True)
    need.closed_on, need.closing_contact = None, None
    need.outcome = need.outcome_note = need.satisfaction = ""
    _save(need, ["closed_on", "closing_contact", "outcome", "outcome_note", "satisfaction"])
    _note("need.reopen", need, actor, reason=reason)
    return need


# Rows -------------------------------------------------------------------------------------------------------------


def _put(model, form_key: uuid.UUID, values: dict):
    """(row that bears this key, whether it is new); two hands sending one form at once make one row."""
    try:
        with transaction.atomic():
            return model.objects.create(public_id=form_key, **values), True
    except IntegrityError:
        standing = model.objects.filter(public_id=form_key).first()
        if standing is None:
            raise
        return standing, False


def _locked_need(need: Need, *, with_cadre: bool = False) -> Need:
    """`with_cadre`: where a contact is recorded too. The cadre first, as a life event and a contact lock him."""
    if with_cadre:
        Cadre.objects.select_for_update(of=("self",)).get(pk=need.cadre_id)
    rows = Need.objects.select_for_update(of=("self",)).select_related("cadre__managing_unit")
    return rows.get(pk=need.pk)


def _locked_measure(measure: Measure) -> Measure:
    """The need first: two hands on one need take turns in the same order."""
    need = _locked_need(Need(pk=measure.need_id))
    standing = Measure.objects.select_for_update(of=("self",)).get(pk=measure.pk)
    standing.need = need
    return standing


def _save(row: Need | Measure, names: list[str]) -> None:
    """Write these columns; the row knows its new version."""
    row.save(update_fields=names)
    row.refresh_from_db(fields=["version"])


def _told(need: Need, on: dt.date) -> None:
    if need.replied_on is None:
        need.replied_on = max(on, need.found_on)
        _save(need, ["replied_on"])


def _note(
    action: str, need: Need, actor: User, *, fields: list[str] | None = None, reason: str = "", source=None
) -> None:
    audit.record(
        action, actor=actor, people=[need.cadre_id], fields=fields or [], reason=reason,
        target=f"ledgers.need:{need.pk}", source=source,
    )  # fmt: skip


def _drop_rest(need: Need, outcome: str, day: dt.date) -> None:
    reason = MeasureDrop.CANNOT if outcome == NeedOutcome.CANNOT else MeasureDrop.NOT_NEEDED
    Measure.objects.open().filter(need=need).update(dropped_on=day, drop_reason=reason)
