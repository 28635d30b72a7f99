"""Taking an import back: only what still stands as the import left it; the rest is listed (design 4A).

People it created become voided, with their cadre records; values it replaced return, ciphertext included.
"""

import json
import zlib
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from apps.common.insert_select import execute, insert_rows
from apps.people.models import Person, Phone
from apps.registry.models import Cadre, ImportExtra

from . import health, writing
from . import known as database
from .applying import PHONE_BEFORE


@dataclass(slots=True)
class Undone:
    """Person ids: voided, put back, and kept because somebody has changed them since."""

    voided: list[int] = field(default_factory=list)
    restored: list[int] = field(default_factory=list)
    kept: list[int] = field(default_factory=list)


def undo_rows(blob: bytes, batch_id: int) -> Undone:
    """Put back what `applying.keep_before_images` kept. Runs inside the caller's transaction."""
    images = json.loads(zlib.decompress(blob), object_hook=_bytes)
    after = {int(pk): tuple(versions) for pk, versions in images["versions"].items()}
    places = {place for values in images["before"].values() for place in values} | {"health.version"}
    current = database.people_by_id(after, places, lock=True)
    phones_kept = _changed_phones(images["phones_after"])
    undone = Undone()
    steady = set()
    for pk, versions in after.items():
        known = current.get(pk)
        if known is None or not _is_as_left(known, versions) or pk in phones_kept:
            undone.kept.append(pk)
        else:
            steady.add(pk)
    undone.voided = [pk for pk in images["created"] if pk in steady]
    joined = [pk for pk in images["joined"] if pk in steady]
    undone.restored = [int(pk) for pk in images["before"] if int(pk) in steady]
    reason = f"撤销导入 {batch_id}"
    execute("UPDATE people_person SET voided_at = now(), void_reason = %s WHERE id = ANY(%s)", [reason, undone.voided])
    execute("UPDATE registry_cadre SET voided_at = now() WHERE person_id = ANY(%s)", [[*undone.voided, *joined]])
    before = {int(pk): values for pk, values in images["before"].items() if int(pk) in steady}
    _remove_spans(images["spans"], undone.restored)
    _restore(Person, "person", before, current)
    _restore(Cadre, "cadre", before, current)
    health.restore(before, current)
    health.remove(images.get("healths", ()), sorted(steady))
    _restore_phones({int(pk): phones for pk, phones in images["phones"].items() if int(pk) in steady})
    ImportExtra.objects.filter(batch_id=batch_id, person_id__in=steady, settled_at__isnull=True).delete()
    return undone


def _is_as_left(known: database.Known, versions: tuple) -> bool:
    """Batches of before 0.3 kept no version of health."""
    now = (known["person.version"], known["cadre.version"], known["health.version"])
    return now[: len(versions)] == versions


def _bytes(value: dict[str, Any]) -> Any:
    return bytes.fromhex(value["bytes"]) if value.keys() == {"bytes"} else value


def _changed_phones(after: dict[str, list]) -> set[int]:
    """Persons whose phones are not as the import left them."""
    held = database.phones_of(int(pk) for pk in after)
    return {
        int(pk)
        for pk, phones in after.items()
        if sorted(map(tuple, phones)) != sorted((phone["id"], phone["version"]) for phone in held.get(int(pk), ()))
    }


def _remove_spans(spans: dict[str, list[int]], people: list[int]) -> None:
    for label, ids in spans.items():
        execute(
            f"DELETE FROM {label.replace('.', '_')} WHERE id = ANY(%s) AND cadre_id = ANY(%s)",  # noqa: S608
            [ids, people],
        )


def _restore(model, prefix: str, before: dict[int, dict[str, Any]], current: dict[int, database.Known]) -> None:
    columns = sorted(
        {place.split(".")[1] for values in before.values() for place in values if place.startswith(prefix)}
    )
    rows = []
    has_name = prefix == "person" and {"name", "former_name"} & set(columns)
    for pk, values in before.items():
        if not any(place.startswith(prefix) for place in values):
            continue
        known = current[pk]
        row = [pk, *(values.get(f"{prefix}.{column}", known[f"{prefix}.{column}"]) for column in columns)]
        if has_name:
            name, former = (values.get(f"person.{key}", known[f"person.{key}"]) for key in ("name", "former_name"))
            row += writing.name_columns(name, former).values()
        rows.append(row)
    keys = list(writing.name_columns("", "")) if has_name else []
    writing.update_columns(model, "id" if prefix == "person" else "person_id", [*columns, *keys], rows)


def _restore_phones(before: dict[int, list[dict[str, Any]]]) -> None:
    """The phones as they were, under their old ids."""
    if not before:
        return
    kept = [phone["id"] for phones in before.values() for phone in phones]
    execute("DELETE FROM people_phone WHERE person_id = ANY(%s) AND NOT id = ANY(%s)", [list(before), kept])
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM people_phone WHERE id = ANY(%s)", [kept])
        present = {pk for (pk,) in cursor.fetchall()}
    lost = [phone for phones in before.values() for phone in phones if phone["id"] not in present]
    if lost:
        insert_rows(Phone, PHONE_BEFORE, [[phone[name] for name in PHONE_BEFORE] for phone in lost])
