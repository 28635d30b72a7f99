"""Confirming: one transaction that writes what was previewed, and nothing that was not.

A row whose person was changed, or whose number was registered, after the preview is left out and listed
(`changed_since`): the clerk has not seen what would happen to it. What stood before is kept encrypted for undo.
"""

import datetime
import json
import uuid
import zlib
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from apps.common import attachments, crypto
from apps.common.insert_select import execute, insert_rows, reserve_ids
from apps.organisation.models import Unit
from apps.organisation.services import add_unit
from apps.people.models import Person
from apps.registry.choices import SpanKind, StandingKind
from apps.registry.models import Cadre, ImportBatch, ImportExtra, StandingSpan, UnitSpan

from . import health, writing
from . import known as database
from .columns import EXTRA, SEALED
from .identity import agree
from .rows import CHANGED, NEW, Row
from .units import NEW_UNIT

CHANGED_SINCE = "预览之后有人改过或登记了这个人。请重新导入这一行。"
# Attribute → (span model, kind, its day on Cadre, column of the span).
STANDINGS = {
    "cadre.managing_unit_id": (UnitSpan, SpanKind.MANAGING, "managing_since", "unit_id"),
    "cadre.counting_unit_id": (UnitSpan, SpanKind.COUNTING, "counting_since", "unit_id"),
    "cadre.retire_type": (StandingSpan, StandingKind.RETIRE_TYPE, "retire_type_since", "value"),
    "cadre.leader_rank": (StandingSpan, StandingKind.LEADER_RANK, "leader_rank_since", "value"),
    "cadre.grade_rank": (StandingSpan, StandingKind.GRADE_RANK, "grade_rank_since", "value"),
    "cadre.treatment": (StandingSpan, StandingKind.TREATMENT, "treatment_since", "value"),
    # No day stands on Cadre for it: it began where the span before it ended.
    "cadre.medical_treatment": (StandingSpan, StandingKind.MEDICAL_TREATMENT, "", "value"),
}
ID_COLUMNS = ("citizen_id", "citizen_id_index", "citizen_id_last4")
PHONE_BEFORE = (
    "id", "public_id", "person_id", "kind", "number", "number_index", "last4_index", "whose", "position", "created_at",
)  # fmt: skip


@dataclass(slots=True)
class Applied:
    """What was written: by id, with what undo needs. `left_out` are rows that somebody was quicker with."""

    created: list[int] = field(default_factory=list)
    joined: list[int] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)
    left_out: list[Row] = field(default_factory=list)
    fields: set[str] = field(default_factory=set)
    before: dict[int, dict[str, Any]] = field(default_factory=dict)
    phones_before: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    spans: dict[str, list[int]] = field(default_factory=dict)
    units: list[int] = field(default_factory=list)
    healths: list[int] = field(default_factory=list)

    @property
    def people(self) -> list[int]:
        return [*self.created, *self.joined, *self.changed]


def apply_rows(
    rows: list[Row], batch: ImportBatch, *, actor, parent_unit: Unit | None, today: datetime.date
) -> Applied:
    """Write rows as previewed. Runs inside the caller's transaction, which holds the lock of all imports."""
    applied = Applied()
    _create_units(rows, applied, parent_unit, actor)
    existing = [row for row in rows if row.person_id is not None]
    fresh = [row for row in rows if row.kind == NEW and row.person_id is None]
    if existing:
        _write_existing(existing, batch, applied, actor, today)
    if fresh:
        _write_new(_not_come_since(fresh, batch, applied), batch, applied)
    written = [row for row in [*fresh, *existing] if id(row) not in {id(gone) for gone in applied.left_out}]
    health.write(written, applied)
    _write_extras(written, batch, applied)
    return applied


def _create_units(rows: list[Row], applied: Applied, parent: Unit | None, actor) -> None:
    """Units the clerk said to create, under `parent` (the bureau), then known by id in every row."""
    place = "cadre.managing_unit_id"
    waiting = [row for row in rows if isinstance(row.writes.get(place), str)]
    if not waiting:
        return
    ids: dict[str, int] = {}
    for row in waiting:
        name = row.writes[place].removeprefix(NEW_UNIT)
        if name not in ids:
            ids[name], is_new = _unit_named(name, parent, actor)
            if is_new:
                applied.units.append(ids[name])
        row.writes[place] = ids[name]


def _unit_named(name: str, parent: Unit | None, actor) -> tuple[int, bool]:
    found = Unit.objects.filter(name=name).values_list("pk", flat=True).first()
    if found is not None:
        return found, False
    assert parent is not None
    code = f"{parent.code[:20]}-{uuid.uuid4().hex[:8]}"
    unit = Unit(name=name, code=code, level=parent.level, division_id=parent.division_id)
    return add_unit(unit, parent=parent, actor=actor).pk, True


def _not_come_since(rows: list[Row], batch: ImportBatch, applied: Applied) -> list[Row]:
    """Without somebody who has no number and whom another batch or hand registered after the preview."""
    apart = set(batch.options.get("apart", ()))
    bare = [row for row in rows if row.writes.get("person.citizen_id") is None and row.key not in apart]
    people = database.people_by_name((row.writes["person.name"], row.writes["person.birth_date"][:4]) for row in bare)
    gone = [row for row in bare if _is_among(row, people.get(row.writes["person.name"], ()))]
    applied.left_out += gone
    keys = {row.key for row in gone}
    return [row for row in rows if row.key not in keys]


def _is_among(row: Row, people) -> bool:
    unit, birth = row.writes["cadre.managing_unit_id"], row.writes["person.birth_date"]
    return any(person.unit_id == unit and agree(person.birth, birth) for person in people)


def _write_new(rows: list[Row], batch: ImportBatch, applied: Applied) -> None:
    ids = reserve_ids(Person, len(rows))
    make = writing.NewRows(row.writes for row in rows)
    fresh = []
    for row, pk in zip(rows, ids, strict=True):
        row.person_id = pk
        fresh.append((row, pk, str(uuid.uuid4())))
    went_in = writing.insert_persons(
        make.person_columns, (make.person(pk, public, row.writes) for row, pk, public in fresh)
    )
    taken = [one for one in fresh if one[1] in went_in]
    writing.insert_cadres(
        make.cadre_columns, (make.cadre(pk, public, batch.pk, row.writes) for row, pk, public in taken)
    )
    writing.insert_phones(
        phone for row, pk, _ in taken if "phones" in row.writes for phone in make.phones(pk, row.writes["phones"])
    )
    applied.created = [pk for _, pk, _ in taken]
    applied.left_out += [row for row in rows if row.person_id not in went_in]


def _write_existing(rows: list[Row], batch: ImportBatch, applied: Applied, actor, today: datetime.date) -> None:
    places = {place for row in rows for place in row.writes} | {"cadre.managing_unit_id"}
    current = database.people_by_id((row.person_id or 0 for row in rows), places, lock=True)
    taken = database.people_by_index(_new_numbers(rows))
    steady = []
    for row in rows:
        known = current.get(row.person_id or 0)
        if known is None or not _is_as_seen(row, known) or _number_of(row) in taken:
            applied.left_out.append(row)
        else:
            steady.append((row, known))
    joining = [(row, known) for row, known in steady if row.kind == NEW]
    changing = [(row, known) for row, known in steady if row.kind == CHANGED]
    applied.joined = [known["person.id"] for _, known in joining]
    applied.changed = [known["person.id"] for _, known in changing]
    for row, known in changing:
        _derive(row.writes, known)
        applied.fields |= row.writes.keys()
    _keep_before(steady, applied)
    _close_spans(changing, applied, actor, today)
    _join(joining, batch)
    _update(Person, "person", steady)
    _update(Cadre, "cadre", changing, extra={"imported_batch_id": batch.pk})
    _write_phones(steady, applied)


def _is_as_seen(row: Row, known: database.Known) -> bool:
    """Health is compared where the row writes of it: other rows of the file may have had it read."""
    seen = row.versions[2] if any(place.startswith("health.") for place in row.writes) else known.get("health.version")
    return (known["person.version"], known["cadre.version"], known.get("health.version")) == (*row.versions[:2], seen)


def _number_of(row: Row) -> bytes | None:
    number = row.writes.get("person.citizen_id")
    return crypto.blind_index("citizen_id", number) if number else None


def _new_numbers(rows: list[Row]) -> list[bytes]:
    return [index for row in rows if (index := _number_of(row)) is not None]


def _join(joining: list[tuple[Row, database.Known]], batch: ImportBatch) -> None:
    """Persons who become cadres; a voided cadre record comes back with what the file says."""
    make = writing.NewRows(row.writes for row, _ in joining)
    fresh, voided = [], []
    for row, known in joining:
        values = make.cadre(known["person.id"], str(known["person.public_id"]), batch.pk, row.writes)
        if known["cadre.person_id"] is None:
            fresh.append(values)
        else:
            voided.append([*values, None])
    writing.insert_cadres(make.cadre_columns, fresh)
    writing.update_columns(Cadre, "person_id", [*make.cadre_columns[1:], "voided_at"], voided)


def _derive(writes: dict[str, Any], known: database.Known) -> None:
    """What follows from a change: the counting unit goes with the managing unit where it was the same one."""
    if "cadre.managing_unit_id" in writes and known["cadre.counting_unit_id"] == known["cadre.managing_unit_id"]:
        writes["cadre.counting_unit_id"] = writes["cadre.managing_unit_id"]
    if "cadre.treatment" in writes:
        writes.setdefault("cadre.treatment_document", "")


def _keep_before(steady: list[tuple[Row, database.Known]], applied: Applied) -> None:
    for row, known in steady:
        before = {place: known[place] for place in row.writes if place in known}
        if "person.citizen_id" in row.writes:
            before |= {f"person.{name}": None for name in ID_COLUMNS}
        if row.kind == CHANGED:
            before["cadre.imported_batch_id"] = known["cadre.imported_batch_id"]
            for place, (_, _, since, _) in STANDINGS.items():
                if since and place in row.writes:
                    before[f"cadre.{since}"] = known[f"cadre.{since}"]
        else:
            before = {place: value for place, value in before.items() if place.startswith("person.")}
        applied.before[known["person.id"]] = before


def _close_spans(changing: list[tuple[Row, database.Known]], applied: Applied, actor, today: datetime.date) -> None:
    """What stood before becomes a span that ends today; what is written holds from today (design 3, valid time)."""
    for place, (model, kind, since, column) in STANDINGS.items():
        moved = [(row, known) for row, known in changing if place in row.writes]
        if not moved:
            continue
        ended = _last_span_ends(model, kind, [known["person.id"] for _, known in moved])
        spans = []
        for row, known in moved:
            began = (known[f"cadre.{since}"] if since else None) or ended.get(known["person.id"])
            if known[place] and (began is None or began < today):
                spans.append((known["person.id"], kind, known[place], began, today, getattr(actor, "pk", None)))
            if since:
                row.writes[f"cadre.{since}"] = today
        ids = reserve_ids(model, len(spans)) if spans else []
        if spans:
            names = ("id", "cadre", "kind", column, "starts_on", "ends_on", "recorded_by")
            insert_rows(model, names, [(pk, *span) for pk, span in zip(ids, spans, strict=True)])
            applied.spans.setdefault(model._meta.label_lower, []).extend(ids)


def _last_span_ends(model, kind: str, ids: list[int]) -> dict[int, datetime.date]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT cadre_id, max(ends_on) FROM {model._meta.db_table} "  # noqa: S608
            "WHERE kind = %s AND cadre_id = ANY(%s) GROUP BY cadre_id",
            [kind, ids],
        )
        return dict(cursor.fetchall())


def _update(model, prefix: str, pairs: list[tuple[Row, database.Known]], extra: dict[str, Any] | None = None) -> None:
    """One UPDATE of all columns that any row changes; the others keep, row by row, what they hold."""
    extra = extra or {}
    columns = sorted(
        {place.split(".")[1] for row, _ in pairs for place in row.writes if place.startswith(prefix + ".")}
        - {"citizen_id"}
    )
    has_name = prefix == "person" and {"name", "former_name"} & set(columns)
    has_number = prefix == "person" and any("person.citizen_id" in row.writes for row, _ in pairs)
    make = writing.NewRows([])
    rows = []
    for row, known in pairs:
        writes = row.writes
        if prefix == "person" and not any(place.startswith("person.") for place in writes):
            continue
        values: list[Any] = [known["person.id"]]
        for column in columns:
            place = f"{prefix}.{column}"
            if place in writes and place in SEALED:
                values.append(writing.seal(place, known["person.public_id"], None, writes[place]))
            else:
                values.append(writes.get(place, known[place]))
        if has_name:
            name, former = (writes.get(f"person.{key}", known[f"person.{key}"]) for key in ("name", "former_name"))
            values += writing.name_columns(name, former).values()
        if has_number:
            number = writes.get("person.citizen_id")
            kept = [known.get(f"person.{name}") for name in ID_COLUMNS]
            values += make.citizen_id(known["person.public_id"], number) if number else kept
        rows.append([*values, *extra.values()])
    keys = [*(writing.name_columns("", "") if has_name else ()), *(ID_COLUMNS if has_number else ())]
    writing.update_columns(model, "id" if prefix == "person" else "person_id", [*columns, *keys, *extra], rows)


def _write_phones(steady: list[tuple[Row, database.Known]], applied: Applied) -> None:
    """A told number that is not held takes the place of the first of its kind that is not told; else it is added."""
    touched = {row.person_id: row for row, _ in steady if {"phones", "clear_phones"} & row.writes.keys()}
    if not touched:
        return
    for phone in _phones_whole(touched):
        applied.phones_before.setdefault(phone["person_id"], []).append(phone)
    make = writing.NewRows([])
    gone: list[int] = []
    added: list[list[Any]] = []
    for person_id, row in touched.items():
        held = applied.phones_before.setdefault(person_id or 0, [])
        gone += [phone["id"] for phone in held if phone["kind"] in row.writes.get("clear_phones", ())]
        lost, new = _exchange(held, make.phones(person_id or 0, row.writes.get("phones", ())))
        gone += lost
        added += new
    execute("DELETE FROM people_phone WHERE id = ANY(%s)", [gone])
    writing.insert_phones(added)


def _exchange(held: list[dict[str, Any]], told: list[list[Any]]) -> tuple[list[int], list[list[Any]]]:
    """(ids of phones that are replaced, rows of those that come in their places or at the end)."""
    told_indexes = {row[4] for row in told}
    held_indexes = {"\\x" + phone["number_index"].hex() for phone in held}
    replaceable = [phone for phone in held if "\\x" + phone["number_index"].hex() not in told_indexes]
    end = max((phone["position"] for phone in held), default=-1) + 1
    lost, new = [], []
    for row in told:
        if row[4] in held_indexes:
            continue
        old = next((phone for phone in replaceable if phone["kind"] == row[2]), None)
        if old is not None:
            replaceable.remove(old)
            lost.append(old["id"])
            row[6] = old["position"]
        else:
            row[6], end = end, end + 1
        new.append(row)
    return lost, new


def _phones_whole(ids) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(PHONE_BEFORE)} FROM people_phone WHERE person_id = ANY(%s) ORDER BY id FOR UPDATE",  # noqa: S608
            [list(ids)],
        )
        return [dict(zip(PHONE_BEFORE, values, strict=True)) for values in cursor.fetchall()]


def _write_extras(rows: list[Row], batch: ImportBatch, applied: Applied) -> None:
    values = [
        (batch.pk, row.person_id, kind, row.writes[f"{EXTRA}.{kind}"])
        for row in rows
        for kind in ImportExtra.Kind.values
        if f"{EXTRA}.{kind}" in row.writes
    ]
    if values:
        insert_rows(ImportExtra, ("batch", "person", "kind", "value"), values)


def keep_before_images(applied: Applied, batch: ImportBatch, *, actor):
    """The encrypted file that undo reads: versions after the import, and every value it replaced."""
    content = {
        "versions": _versions(applied.people),
        "created": applied.created,
        "joined": applied.joined,
        "before": applied.before,
        "phones": applied.phones_before,
        "phones_after": _phone_versions(applied.phones_before),
        "spans": applied.spans,
        "units": applied.units,
        "healths": applied.healths,
    }
    blob = zlib.compress(json.dumps(content, default=_plain, separators=(",", ":")).encode(), 1)
    return attachments.store(
        blob, subject=f"registry.importbatch:{batch.pk}", purpose="before_images", filename="before", actor=actor
    )


def _versions(ids: list[int]) -> dict[int, tuple[int, int, int | None]]:
    """person id → versions of person, cadre and health."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.id, p.version, c.version, h.version FROM people_person p "
            "JOIN registry_cadre c ON c.person_id = p.id LEFT JOIN registry_health h ON h.cadre_id = p.id "
            "WHERE p.id = ANY(%s)",
            [ids],
        )
        return {pk: versions for pk, *versions in cursor.fetchall()}


def _phone_versions(phones_before: dict[int, list]) -> dict[int, list[list[int]]]:
    found: dict[int, list[list[int]]] = {pk: [] for pk in phones_before}
    for pk, phones in database.phones_of(phones_before).items():
        found[pk] = [[phone["id"], phone["version"]] for phone in phones]
    return found


def _plain(value: Any) -> Any:
    """Dates as text, ciphertext as it is (it goes back to the same place)."""
    if isinstance(value, bytes | memoryview):
        return {"bytes": bytes(value).hex()}
    return str(value)
