"""Checking an uploaded table and writing a confirmed one, each a job's work."""

import datetime as dt
import io
import json
import uuid
from collections import defaultdict

from django.db import transaction
from django.db.models.functions import Now

from apps.common import attachments, audit, crypto
from apps.common.code_lists import names_of
from apps.common.errors import BusinessError
from apps.common.models import Attachment
from apps.common.workbook import FileRefused, read
from apps.common.workbook.writer import write_sheet
from apps.registry.choices import RegisterKind
from apps.registry.models import RegisterBatch, ServingLeader
from apps.registry.roster.reports import refused_workbook

from .comparing import CHANGED, NEW, REFUSED, SECRET, UNCHANGED, Comparer, Outcome
from .sheets import Line, Lines, read_lines
from .tables import TABLES, Table, TableColumn

State = RegisterBatch.State
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def check(batch: RegisterBatch, *, today: dt.date) -> dict:
    """Read and compare the upload; leaves the batch with its preview, or refused with a sentence."""
    table = TABLES[RegisterKind(batch.kind)]
    try:
        filename = batch.upload.filename
        lines = read_lines(read(attachments.read(batch.upload), filename), filename, table, today=today)
    except FileRefused as refused:
        RegisterBatch.objects.filter(pk=batch.pk, state=State.RECEIVED).update(
            state=State.REFUSED, refusal=refused.sentence[:500]
        )
        return {}
    outcomes = Comparer(batch.kind, batch.uploaded_by, today=today).compare(lines)
    counts = {verdict: 0 for verdict in (NEW, CHANGED, UNCHANGED, REFUSED)}
    for found in outcomes:
        counts[found.verdict] += 1
    with transaction.atomic():
        kept = {"checked": _keep(batch, "检查结果", "checked.json", _as_json(lines, outcomes))}
        if counts[REFUSED]:
            faults = {found.line.number: found.line.faults for found in outcomes if found.verdict == REFUSED}
            name = f"{table.title}（需要修改的行）.xlsx"
            kept["report"] = _keep(
                batch, "未导入的行", name, refused_workbook([(lines.sheet, lines.layout, "")], faults)
            )
        RegisterBatch.objects.filter(pk=batch.pk, state=State.RECEIVED).update(
            state=State.PREVIEW, counts=counts, **kept
        )
    return counts


def _keep(batch: RegisterBatch, purpose: str, filename: str, data: bytes) -> Attachment:
    subject = f"registry.registerbatch:{batch.pk}"
    return attachments.store(
        data, subject=subject, purpose=purpose, filename=filename, actor=batch.uploaded_by, content_type=XLSX
    )


def _as_json(lines: Lines, outcomes: list[Outcome]) -> bytes:
    """The rows to write, and what the preview shows of each: never a secret value among the words."""
    rows = []
    for found in outcomes:
        line = found.line
        rows.append(
            {
                "number": line.number,
                "verdict": found.verdict,
                "name": line.values.get("name", ""),
                "unit": line.values.get("unit", ""),
                "changes": found.changes,
                "faults": list(dict.fromkeys(line.faults.values())),
                "values": line.values if found.verdict != REFUSED else {},
                "cleared": line.cleared,
            }
        )
    return json.dumps({"unknown": lines.layout.unknown, "rows": rows}, ensure_ascii=False).encode()


def read_checked(batch: RegisterBatch) -> dict:
    """`unknown` headings and `rows` as checked; empty once purged."""
    try:
        return json.loads(attachments.read(batch.checked)) if batch.checked else {"unknown": [], "rows": []}
    except FileNotFoundError:
        return {"unknown": [], "rows": []}


def write(batch: RegisterBatch, *, today: dt.date) -> dict:
    """Write a confirmed batch in one transaction: compared anew, so that what stands by now stays. Twice is once."""
    with transaction.atomic():
        batch = RegisterBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        if batch.state != State.APPLYING:
            return batch.counts
        rows = [row for row in read_checked(batch)["rows"] if row["verdict"] in (NEW, CHANGED)]
        comparer = Comparer(batch.kind, batch.uploaded_by, today=today)
        counts = {**batch.counts, NEW: 0, CHANGED: 0}
        for row in rows:
            verdict = _write_row(comparer, row)
            if verdict in counts:
                counts[verdict] += 1
        counts[UNCHANGED] = sum(batch.counts.values()) - counts[NEW] - counts[CHANGED] - counts[REFUSED]
        RegisterBatch.objects.filter(pk=batch.pk).update(state=State.APPLIED, counts=counts, applied_at=Now())
        audit.record(
            "register.import", actor=batch.uploaded_by, fields=[batch.kind],
            target=f"registry.registerbatch:{batch.pk}",
        )  # fmt: skip
    return counts


def _write_row(comparer: Comparer, row: dict) -> str:
    line = Line(row["number"], [], row["values"], row["cleared"])
    found = comparer.outcome(line, defaultdict(int))
    if found.verdict == REFUSED:
        raise BusinessError(f"第 {line.number} 行和现在的登记对不上了，没有写入。请重新上传再看一遍。", code="changed")
    if found.verdict != UNCHANGED:
        _store(found, comparer)
    return found.verdict


def _store(found: Outcome, comparer: Comparer) -> None:
    values = {key: value for key, value in found.line.values.items() if key not in ("serial", "reasons", "unit")}
    row = found.row if found.row is not None else comparer.model(public_id=uuid.uuid4())
    row.unit = found.unit
    for key in found.line.cleared:
        values[key] = ""
    for key, value in values.items():
        if key in SECRET:
            kind, column = SECRET[key]
            setattr(row, column, crypto.blind_index(kind, value) if value else None)
            if key == "mobile":
                row.mobile = value
        elif key in ("starts_on", "ends_on"):
            setattr(row, key, dt.date.fromisoformat(value) if value else None)
        else:
            setattr(row, key, value if value != "" else row._meta.get_field(key).get_default() or empty_of(row, key))
    if found.row is None and isinstance(row, ServingLeader):
        row.leader_key = key_of_leader(row)
    row.save()


def empty_of(row, key: str):
    """What the column holds when there is nothing."""
    return None if row._meta.get_field(key).null else ""


def key_of_leader(row: ServingLeader) -> uuid.UUID:
    """The key of the leader of this name in the units known, whose other posts ended before or began after; else a
    new one. Two leaders of one name are told apart in the portal."""
    others = ServingLeader.objects.filter(name=row.name, voided_at__isnull=True).order_by()
    keys = set(others.values_list("leader_key", flat=True))
    return keys.pop() if len(keys) == 1 else row.leader_key


def template(kind: RegisterKind) -> bytes:
    """The table to fill in: title, header, one sample line that is left out on the way in, and notes beside it."""
    table = TABLES[kind]
    columns = [column for column in table.columns if column.key != "reasons"]
    stream = io.BytesIO()
    write_sheet(
        stream,
        table.title,
        [column.label for column in columns],
        [[table.sample.get(column.key, "") for column in columns]],
        text_columns=[column.label for column in columns],
        sheet_name=table.title,
        notes=[(str(number), text) for number, text in enumerate(table.notes, 1)],
    )
    return stream.getvalue()


def table_of(kind: RegisterKind, rows, *, order_words: str, with_mobile: bool, notes) -> bytes:
    """Rows of a register under the header of its own template, so that the file can come back. The citizen id is not
    kept and so not given; mobiles only where the reader may see them."""
    table = TABLES[kind]
    left_out = {"reasons", "citizen_id"} | (set() if with_mobile else {"mobile"})
    columns = [column for column in table.columns if column.key not in left_out]
    words = Words(table)
    stream = io.BytesIO()
    write_sheet(
        stream,
        f"{table.title}（{order_words}）",
        [column.label for column in columns],
        ([number if column.key == "serial" else words.of(row, column) for column in columns]
         for number, row in enumerate(rows, 1)),
        text_columns=[column.label for column in columns if column.is_text],
        sheet_name=table.title,
        notes=notes,
    )  # fmt: skip
    return stream.getvalue()


class Words:
    """Cells of a register as its table writes them."""

    def __init__(self, table: Table) -> None:
        self.codes = {column.key: names_of(column.source) for column in table.columns if column.source}

    def of(self, row, column: TableColumn):
        value = getattr(row, column.key)
        if value is None or value == "":
            return ""
        if column.key == "unit":
            return value.name
        if column.key in self.codes:
            return self.codes[column.key].get(value, value)
        if column.words:
            return next((word for word, code in column.words.items() if code == value), "")
        return value if isinstance(value, int | dt.date) else str(value)
