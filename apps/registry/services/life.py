"""Life events: reported by whoever hears of them, confirmed by a clerk, undone exactly (design 2, socket 2).

Confirming writes the person's and cadre's own columns, closes spans through `standing`, then calls the handlers of
the rooms above, all in one transaction. What the columns were is kept in `before` as {row: {column: [old, new]}};
undoing puts a column back where it still holds the event's value, reopens the spans of the event and calls the
handlers in reverse. Nothing is deleted.

A reported death already holds back greetings and visits (life status 离世待核实) until somebody confirms or rejects.
"""

import datetime
import typing
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from apps.common import audit
from apps.common.choices import Source
from apps.common.errors import BusinessError
from apps.common.partial_date import PartialDate
from apps.organisation.models import Unit
from apps.people.choices import LifeStatus
from apps.people.models import Person
from apps.registry.choices import LifeEventKind, LifeEventState, SpanKind
from apps.registry.life import handlers
from apps.registry.models import Cadre, Health, LifeEvent

from . import standing

Kind = LifeEventKind
State = LifeEventState

# Events of one group write the same columns: an earlier one is undone only after the later ones.
GROUPS = (
    {Kind.DIED, Kind.RESTORED, Kind.LOST, Kind.FOUND},
    {Kind.ADMITTED, Kind.DISCHARGED, Kind.DIED, Kind.RESTORED},
    {Kind.MOVED},
    {Kind.RETIRED},
    {Kind.RELOCATED},
)
EARLIEST = datetime.date(1949, 10, 1)


@dataclass(frozen=True)
class Report:
    """What somebody tells: dates may be known to the month only, except where a span needs a day."""

    kind: str
    happened_on: PartialDate
    hospital: str = ""
    ward: str = ""
    unit: Unit | None = None
    document_no: str = ""
    address: str = ""
    detail: str = ""
    source: str = Source.STAFF


@transaction.atomic
def report(person: Person, told: Report, *, actor, today: datetime.date | None = None) -> LifeEvent:
    """Record what was told; it waits for a clerk. The same report twice gives the first one.

    A death puts the person's life status to 离世待核实 at once. Refuses a future date and what cannot follow from the
    present state.
    """
    person = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    waiting = LifeEvent.objects.filter(
        person=person, kind=told.kind, state=State.REPORTED, happened_on=str(told.happened_on), voided_at__isnull=True
    ).first()
    if waiting is not None:
        return waiting
    _check(person, told, today or timezone.localdate())
    event = LifeEvent(
        person=person,
        kind=told.kind,
        happened_on=told.happened_on,
        hospital=told.hospital,
        ward=told.ward,
        unit=told.unit,
        document_no=told.document_no,
        address=told.address,
        detail=told.detail,
        source=told.source or Source.STAFF,
        reported_by=actor,
    )
    if told.kind == Kind.DIED and person.life_status != LifeStatus.DEATH_REPORTED:
        event.before = {"report": _set(person, life_status=LifeStatus.DEATH_REPORTED)}
    event.save()
    _note("life.report", event, actor)
    return event


@transaction.atomic
def confirm(event: LifeEvent, *, actor) -> LifeEvent:
    """Let a reported event take effect; a confirmed one stays as it is."""
    event, person = _locked(event)
    if event.state == State.CONFIRMED:
        return event
    if event.state != State.REPORTED:
        raise BusinessError("这件事已经处理过，不能再核实。请刷新页面。", code="state")
    _apply(event, person, actor)
    event.state = State.CONFIRMED
    event.decided_by, event.decided_at = actor, timezone.now()
    event.save(update_fields=["state", "decided_by", "decided_at", "before", "former_address", "loose_ends"])
    _note("life.confirm", event, actor)
    return event


@transaction.atomic
def reject(event: LifeEvent, *, reason: str, actor) -> LifeEvent:
    """Say that a report is not true; a status that the report itself had set goes back."""
    event, person = _locked(event)
    if event.state == State.REJECTED:
        return event
    if event.state != State.REPORTED:
        raise BusinessError("这件事已经核实过。如果有误，请用“撤销”。", code="state")
    _put_back({"person": person}, {"person": event.before.get("report", {})})
    event.state = State.REJECTED
    event.decided_by, event.decided_at = actor, timezone.now()
    event.save(update_fields=["state", "decided_by", "decided_at"])
    _note("life.reject", event, actor, reason)
    return event


@transaction.atomic
def undo(event: LifeEvent, *, reason: str, actor) -> LifeEvent:
    """Take a confirmed event back exactly; refuses while a later event stands on the same columns."""
    event, person = _locked(event)
    if event.state == State.UNDONE:
        return event
    if event.state != State.CONFIRMED:
        raise BusinessError("只有核实过的变动才能撤销。", code="state")
    later = _later_event(event)
    if later is not None:
        raise BusinessError(
            f"之后又登记了“{later.get_kind_display()}”（{later.happened_on.display()}），请先撤销那一件。",
            code="later_event",
        )
    _take_back(event, person, actor)
    event.state = State.UNDONE
    event.undone_by, event.undone_at = actor, timezone.now()
    event.save(update_fields=["state", "undone_by", "undone_at", "loose_ends", "settled_at"])
    _note("life.undo", event, actor, reason)
    return event


@transaction.atomic
def settle(event: LifeEvent, *, actor) -> LifeEvent:
    """Somebody has seen to what undoing could not put back. Again: nothing."""
    event, _ = _locked(event)
    if event.loose_ends and event.settled_at is None:
        event.settled_at = timezone.now()
        event.save(update_fields=["settled_at"])
        _note("life.settle", event, actor)
    return event


def record(person: Person, told: Report, *, actor, today: datetime.date | None = None) -> LifeEvent:
    """Report and confirm in one step, for a clerk who knows it for certain."""
    with transaction.atomic():
        return confirm(report(person, told, actor=actor, today=today), actor=actor)


def _locked(event: LifeEvent) -> tuple[LifeEvent, Person]:
    person = Person.objects.select_for_update(no_key=True).get(pk=event.person_id)
    return LifeEvent.objects.select_for_update(of=("self",)).get(pk=event.pk), person


def _check(person: Person, told: Report, today: datetime.date) -> None:
    if told.happened_on.first_day > today:
        raise BusinessError("发生时间还没有到，请核对。", code="future", field="happened_on")
    if told.happened_on.last_day < EARLIEST:
        raise BusinessError("发生时间早于 1949 年 10 月，请核对。", code="too_early", field="happened_on")
    dead = person.life_status == LifeStatus.DECEASED
    if dead and told.kind != Kind.RESTORED:
        raise BusinessError("这位老同志已登记离世。如果登记有误，请先办“恢复在世”。", code="deceased", field="kind")
    if not dead and told.kind == Kind.RESTORED:
        raise BusinessError("这位老同志没有登记离世，不用恢复。", code="not_deceased", field="kind")
    if told.kind == Kind.FOUND and person.life_status != LifeStatus.LOST:
        raise BusinessError("这位老同志没有登记为失去联系。", code="not_lost", field="kind")
    if told.kind == Kind.MOVED and told.unit is None:
        raise BusinessError("请选择调入的单位。", code="unit_missing", field="unit")
    if told.kind == Kind.RELOCATED and not told.address.strip():
        raise BusinessError("请填写新地址。", code="address_missing", field="address")
    if person.birth_date and told.happened_on.last_day < person.birth_date.first_day:
        raise BusinessError("发生时间早于出生日期，请核对。", code="before_birth", field="happened_on")


def _apply(event: LifeEvent, person: Person, actor) -> None:
    cadre = Cadre.objects.select_for_update(of=("self",)).filter(pk=person.pk).first()
    before = dict(event.before)
    _check(
        person,
        Report(event.kind, event.happened_on, unit=event.unit, address=event.address or ""),
        timezone.localdate(),
    )
    before.update(_EFFECTS[event.kind](event, person, cadre, actor))
    event.before = before
    for handler in handlers:
        handler(event, undo=False)


def _take_back(event: LifeEvent, person: Person, actor) -> None:
    event.loose_ends = [words for handler in reversed(handlers) for words in handler(event, undo=True) or ()]
    event.settled_at = None
    standing.reopen_by_event(event)
    rows: dict[str, typing.Any] = {
        "person": person,
        "cadre": Cadre.objects.select_for_update(of=("self",)).filter(pk=person.pk).first(),
    }
    rows["health"] = Health.objects.select_for_update(of=("self",)).filter(cadre_id=person.pk).first()
    _put_back(rows, {name: event.before.get(name, {}) for name in rows})
    if event.kind == Kind.RELOCATED and person.residence == event.address:
        _write_residence(person, event.former_address or "", actor)
    if event.kind == Kind.DIED:
        _put_back({"person": person}, {"person": event.before.get("report", {})})
    if undone_id := event.before.get("undone_event"):
        death = LifeEvent.objects.select_for_update(of=("self",)).get(pk=undone_id)
        _apply(death, person, actor)
        death.state, death.undone_by, death.undone_at = State.CONFIRMED, None, None
        death.save(update_fields=["state", "undone_by", "undone_at", "before"])


# Effects: each writes its columns and says what they were and became.


def _retired(event, person, cadre, actor) -> dict:
    return {"cadre": _set(cadre, retired_on=event.happened_on)} if cadre else {}


def _moved(event, person, cadre, actor) -> dict:
    """The counting unit goes along where it was the managing unit; the first day of a month or year stands for it."""
    if cadre is None:
        return {}
    kinds = [SpanKind.MANAGING]
    if cadre.counting_unit_id == cadre.managing_unit_id:
        kinds.append(SpanKind.COUNTING)
    for kind in kinds:
        standing.change(
            cadre,
            kind,
            event.unit,
            since=event.happened_on.first_day,
            document_no=event.document_no,
            event=event,
            actor=actor,
        )
    return {}


def _admitted(event, person, cadre, actor) -> dict:
    if cadre is None:
        return {}
    health, _ = Health.objects.select_for_update(of=("self",)).get_or_create(cadre=cadre)
    values = {"in_hospital_since": event.happened_on.first_day}
    if event.hospital:
        values["hospital"] = event.hospital
    return {"health": _set(health, **values)}


def _discharged(event, person, cadre, actor) -> dict:
    health = Health.objects.select_for_update(of=("self",)).filter(cadre_id=person.pk).first()
    return {"health": _set(health, in_hospital_since=None)} if health else {}


def _lost(event, person, cadre, actor) -> dict:
    return {"person": _set(person, life_status=LifeStatus.LOST)}


def _found(event, person, cadre, actor) -> dict:
    return {"person": _set(person, life_status=LifeStatus.LIVING)}


def _died(event, person, cadre, actor) -> dict:
    changes = {"person": _set(person, life_status=LifeStatus.DECEASED, died_on=event.happened_on)}
    return changes | _discharged(event, person, cadre, actor)


def _restored(event, person, cadre, actor) -> dict:
    """He lives after all: the confirmed death is taken back exactly, with all that it had closed."""
    death = (
        LifeEvent.objects.select_for_update(of=("self",))
        .filter(person=person, kind=Kind.DIED, state=State.CONFIRMED)
        .first()
    )
    if death is None:
        return {"person": _set(person, life_status=LifeStatus.LIVING, died_on=None)}
    _take_back(death, person, actor)
    person.refresh_from_db()
    if person.life_status != LifeStatus.LIVING:
        _set(person, life_status=LifeStatus.LIVING)
    death.state, death.undone_by, death.undone_at = State.UNDONE, actor, timezone.now()
    event.loose_ends, event.settled_at, death.loose_ends = death.loose_ends, None, []
    death.save(update_fields=["state", "undone_by", "undone_at", "loose_ends", "settled_at"])
    return {"undone_event": death.pk}


def _relocated(event, person, cadre, actor) -> dict:
    """What he lived at before is kept on the event, encrypted: `before` holds nothing that may not be read."""
    event.former_address = person.residence or ""
    _write_residence(person, event.address, actor)
    return {}


def _write_residence(person: Person, address: str, actor) -> None:
    person.residence = address
    person.save(update_fields=["residence"])
    target = f"people.person:{person.pk}"
    audit.record("change", actor=actor, people=[person.pk], fields=["residence"], target=target)


def _told_only(event, person, cadre, actor) -> dict:
    return {}


_EFFECTS: dict[str, typing.Callable] = {
    Kind.RELOCATED: _relocated,
    Kind.OTHER: _told_only,
    Kind.RETIRED: _retired,
    Kind.MOVED: _moved,
    Kind.ADMITTED: _admitted,
    Kind.DISCHARGED: _discharged,
    Kind.LOST: _lost,
    Kind.FOUND: _found,
    Kind.DIED: _died,
    Kind.RESTORED: _restored,
}


def _set(row, **values) -> dict[str, list]:
    """Write columns; returns {column: [old, new]} of those that changed, as stored."""
    changes = {}
    for name, value in values.items():
        old = _stored(row, name)
        setattr(row, name, value)
        new = _stored(row, name)
        if old != new:
            changes[name] = [old, new]
    if changes:
        row.save(update_fields=list(changes))
    return changes


def _put_back(rows: dict, before: dict[str, dict]) -> None:
    """Old values into the columns that still hold what the event wrote; a later edit by hand stays."""
    for key, changes in before.items():
        row = rows[key]
        if row is None:
            continue
        names = [name for name, (_, new) in changes.items() if _stored(row, name) == new]
        for name in names:
            setattr(row, name, row._meta.get_field(name).to_python(changes[name][0]))
        if names:
            row.save(update_fields=names)


def _stored(row, name: str):
    value = row._meta.get_field(name).get_prep_value(getattr(row, name))
    return value.isoformat() if isinstance(value, datetime.date) else value


def _later_event(event: LifeEvent) -> LifeEvent | None:
    kinds = set().union(*(group for group in GROUPS if event.kind in group))
    return (
        LifeEvent.objects.filter(
            person_id=event.person_id, state=State.CONFIRMED, kind__in=kinds, decided_at__gt=event.decided_at
        )
        .exclude(pk=event.pk)
        .order_by("-decided_at")
        .first()
    )


def _note(action: str, event: LifeEvent, actor, reason: str = "") -> None:
    audit.record(
        action,
        actor=actor,
        people=[event.person_id],
        fields=[event.kind],
        reason=reason,
        target=f"registry.lifeevent:{event.pk}",
    )
