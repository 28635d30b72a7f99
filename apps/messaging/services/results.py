"""The operator's result file: which line belongs to which text, and what became of it."""

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction

from apps.common import attachments, audit
from apps.common.crypto import blind_index
from apps.common.errors import BusinessError
from apps.common.phone import masked_phone, parse_phone
from apps.common.workbook import FileRefused, Limits, Sheet, read
from apps.messaging.choices import Channel
from apps.messaging.models import Delivery, DeliveryBatch
from apps.messaging.rules import SmsFileRules, outcome_of_word
from apps.messaging.rules.files import plain
from apps.organisation.queries import rule_values

from .batches import Result, settle_batch

HEADER_WITHIN = 15
LINES_KEPT = 100
# Read while the clerk waits: a batch is 5,000 lines at most, so a file of more is not its result.
LIMITS = Limits(file_size=5 * 1024 * 1024, wall_seconds=30)


@dataclass
class Results:
    """What a file says: delivery id → `Result`; lines that fitted nobody as (Excel's row, masked phone, word)."""

    outcomes: dict[int, str] = field(default_factory=dict)
    lines: int = 0
    unmatched: list[tuple[int, str, str]] = field(default_factory=list)


def import_results(
    batch: DeliveryBatch, data: bytes, filename: str, *, actor, now: datetime.datetime, request=None
) -> dict:
    """Take the operator's result file for a batch; returns counts of what changed, lines read, unmatched, and how many
    texts the file did not mention.

    The same file again changes nothing. Raises BusinessError with a sentence when the file cannot be read or has no
    columns that we know. The file is kept encrypted for 30 days.
    """
    if batch.channel != Channel.SMS_FILE:
        raise BusinessError("只有短信批量文件才导入结果文件。", code="wrong_channel")
    results = read_results(batch, data, filename, now=now)
    with transaction.atomic():
        changed = settle_batch(batch, results.outcomes, actor=actor, now=now, request=request)
        batch.refresh_from_db()
        batch.result_file = attachments.store(
            data, subject=f"messaging.deliverybatch:{batch.pk}", purpose="短信结果文件", filename=filename, actor=actor
        )
        counts = {"lines": results.lines, "unmatched": len(results.unmatched)}
        batch.counts = batch.counts | counts | {"unmatched_lines": results.unmatched[:LINES_KEPT]}
        batch.save(update_fields=["result_file", "counts"])
        audit.record("messaging.import_results", actor=actor, target=f"deliverybatch:{batch.pk}", request=request)
    return changed | counts | {"open": batch.counts["open"]}


def read_results(batch: DeliveryBatch, data: bytes, filename: str, *, now: datetime.datetime) -> Results:
    """Match lines by serial, else by phone, within the batch only. Several lines for one text (its parts) must agree;
    else its fate is unknown."""
    rules = rule_values(SmsFileRules.rule_key, on=batch.on_day)
    try:
        sheets = read(data, filename, LIMITS)
    except FileRefused as refused:
        raise BusinessError(refused.sentence, code=refused.code) from refused
    sheet, header, columns = _header(sheets, rules)
    book = _Book(batch)
    results = Results()
    said: dict[int, set[str]] = defaultdict(set)
    for number, row in enumerate(sheet.rows[header + 1 :], header + 2):
        cells = {name: row[place] if place < len(row) else None for name, place in columns.items()}
        if all(value is None or value == "" for value in cells.values()):
            continue
        results.lines += 1
        word = cells.get("status")
        found = book.find(cells.get("serial"), cells.get("phone"))
        if not found:
            results.unmatched.append((number, _masked(cells.get("phone")), str(word or "")[:20]))
        for pk in found:
            said[pk].add(outcome_of_word(word, rules))
    results.outcomes = {pk: words.pop() if len(words) == 1 else Result.UNKNOWN for pk, words in said.items()}
    return results


def _header(sheets: Sequence[Sheet], rules: SmsFileRules) -> tuple[Sheet, int, dict[str, int]]:
    """(sheet, index of the header row, field → column) of the first sheet that has them."""
    names = {"serial": rules.serial_names, "phone": rules.phone_names, "status": rules.status_names}
    # What we called the columns ourselves comes back under the same headings.
    own = dict(zip(rules.columns, rules.headings, strict=True))
    names["serial"] = (*names["serial"], own.get("序号", "序号"))
    names["phone"] = (*names["phone"], own["手机号码"])
    known = {plain(word): name for name, words in names.items() for word in words}
    for sheet in sheets:
        for place, row in enumerate(sheet.rows[:HEADER_WITHIN]):
            columns: dict[str, int] = {}
            for column, value in enumerate(row):
                if (name := known.get(plain(value))) is not None:
                    columns.setdefault(name, column)
            if "status" in columns and len(columns) > 1:
                return sheet, place, columns
    raise BusinessError(
        f"没有找到表头。文件里要有“{'”或“'.join(rules.status_names[:3])}”一栏，以及“{rules.serial_names[0]}”或"
        f"“{rules.phone_names[0]}”一栏。叫法不同的，请在“规则和文号”的短信批量文件里加上。",
        code="no_header",
    )


class _Book:
    """The texts of one batch by serial and by phone."""

    def __init__(self, batch: DeliveryBatch):
        rows = Delivery.objects.filter(batch=batch).values_list("pk", "address_index")
        self.serials: set[int] = set()
        self.phones: dict[bytes, list[int]] = defaultdict(list)
        for pk, index in rows:
            self.serials.add(pk)
            if index:
                self.phones[bytes(index)].append(pk)

    def find(self, serial: object, phone: object) -> list[int]:
        text = plain(serial)
        if text.isascii() and text.isdecimal() and len(text) < 19 and int(text) in self.serials:
            return [int(text)]
        digits = _digits(phone)
        return self.phones.get(blind_index("phone", digits), []) if digits else []


def _digits(phone: object) -> str:
    try:
        return parse_phone(phone).digits
    except ValueError:
        return ""


def _masked(phone: object) -> str:
    return masked_phone(_digits(phone)) or "看不出号码"
