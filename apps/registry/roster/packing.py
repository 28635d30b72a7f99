"""What was checked, kept as one blob until it is confirmed: a line of JSON for the page, then, compressed, the rows."""

import io
import json
import zlib
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from .rows import CHANGED, KEYS_A_SHEET, NEW, Row
from .staging import Staged


def pack(preview: dict[str, Any], staged: Staged) -> bytes:
    """The blob: `preview` for the page; then, line by line, what confirming and reporting need."""
    squeeze = zlib.compressobj(1)
    parts = [json.dumps(preview, ensure_ascii=False).encode(), b"\n"]
    faults = [
        (finding.key, finding.position, finding.sentence, finding.refuses)
        for refusals in (True, False)
        for finding in staged.findings(refusals=refusals)
    ]
    parts.append(squeeze.compress(_line(faults)))
    rows = [row for row in staged.rows if row.kind in (NEW, CHANGED)]
    places = sorted(set().union(*(row.writes for row in rows if row.person_id is None)))
    parts.append(squeeze.compress(_line(places)))
    for row in rows:
        get = row.writes.get
        writes = [get(place) for place in places] if row.person_id is None else row.writes
        line = [row.key, row.kind, row.person_id, row.versions, writes, row.is_warned]
        parts.append(squeeze.compress(_line(line)))
    return b"".join([*parts, squeeze.flush()])


def _line(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def unpack_preview(blob: bytes) -> dict[str, Any]:
    return json.loads(blob.partition(b"\n")[0])


@dataclass(slots=True)
class Unpacked:
    """Rows to be written, without their cells; `faults` are row key → column position → (sentence, refuses)."""

    rows: list[Row]
    faults: dict[int, dict[int, tuple[str, bool]]]


def unpack(blob: bytes) -> Unpacked:
    lines = io.BytesIO(zlib.decompress(blob.partition(b"\n")[2]))
    faults: dict[int, dict[int, tuple[str, bool]]] = defaultdict(dict)
    for key, position, sentence, refuses in json.loads(lines.readline()):
        before = faults[key].get(position)
        faults[key][position] = (f"{before[0]}；{sentence}" if before else sentence, refuses)
    places = json.loads(lines.readline())
    rows = []
    for line in lines:
        key, kind, person_id, versions, writes, warned = json.loads(line)
        if person_id is None:
            writes = {place: value for place, value in zip(places, writes, strict=True) if value is not None}
        part, number = divmod(key, KEYS_A_SHEET)
        row = Row(number, [], part, kind=kind, person_id=person_id, versions=tuple(versions), writes=writes)
        if warned:
            row.warn(0, "warned", "")
        rows.append(row)
    return Unpacked(rows, faults)
