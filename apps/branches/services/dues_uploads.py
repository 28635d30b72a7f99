"""A year's dues, or its bases, from Excel: every cell is judged, refused rows stay out, the same file twice is once.

Tables are those of one branch (some sixty rows), read in the child process with limits of their own.
"""

import datetime as dt
import io
import uuid
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from apps.branches.access import Desk
from apps.branches.choices import DuesTable
from apps.branches.models import DuesBase, DuesUpload
from apps.branches.queries.dues import bases_of, dues_of, dues_rules, formal_members, people_of_year
from apps.branches.rules.dues import Due, MonthState, monthly_amount, months_of_year, too_far_ahead
from apps.common import attachments, audit
from apps.common.errors import BusinessError
from apps.common.workbook import Limits, Sheet
from apps.common.workbook.headings import Header, find_header, why_no_record
from apps.common.workbook.writer import MarkedPage, write_marked, write_sheet
from apps.people.models import Person
from apps.registry.registers.lists import visible_sheets
from apps.registry.registers.sheets import marked

from .dues import HandOver, take_dues
from .dues_bases import BaseLine, fix_bases, read_amount, require_dues

LIMITS = Limits(file_size=1024 * 1024, rows=1000, columns=60, cpu_seconds=10, wall_seconds=20)
NAMES = ("姓名", "党员姓名", "党员")
BASES = ("交纳基数", "基数", "党费基数", "月养老金", "养老金", "离退休费", "工资基数", "交纳党费基数")
PASSED_OVER = {"", "免", "免交", "转", "-", "—", "/"}
NEW, CHANGED, UNCHANGED, REFUSED = "new", "changed", "unchanged", "refused"
USUAL_DAY = 25


@dataclass(slots=True)
class Row:
    """A row of the table as judged. `faults` are column (from 0) → why; `months` what it would pay, `base` what it
    would fix. A row without `person` has a fault."""

    number: int
    cells: list
    name: str = ""
    person: Person | None = None
    verdict: str = UNCHANGED
    faults: dict[int, str] = field(default_factory=dict)
    months: tuple[dt.date, ...] = ()
    base: Decimal | None = None
    amount: Decimal | None = None

    @property
    def member(self) -> Person:
        """The person of a row without faults."""
        assert self.person is not None
        return self.person


@dataclass(slots=True)
class Judged:
    sheet: Sheet
    header: Header
    rows: list[Row]

    @property
    def counts(self) -> Counter:
        return Counter(row.verdict for row in self.rows)


def receive(desk: Desk, data: bytes, filename: str, *, table: str, year: int, method: str, source: str) -> DuesUpload:
    """Keep an uploaded table after a first look; raises BusinessError where the file as a whole cannot be taken."""
    require_dues(desk.organisation, desk.today)
    if not desk.today.year - 1 <= year <= desk.today.year:
        raise BusinessError("只能导入今年和去年的，再早的请在台账里保留纸质记录。", code="year", field="year")
    _table(data, filename, table)
    with transaction.atomic():
        upload = attachments.store(
            data, subject="branches.duesupload", purpose="党费表", filename=filename, actor=desk.user
        )
        batch = DuesUpload.objects.create(
            organisation=desk.organisation, table=table, year=year, method=method, source=source, upload=upload,
            entered_by=desk.user, by_staff=desk.by_staff,
        )  # fmt: skip
        audit.record("dues.upload", actor=desk.user, target=f"branches.duesupload:{batch.pk}")
    return batch


def _table(data: bytes, filename: str, table: str) -> tuple[Sheet, Header]:
    for sheet in visible_sheets(data, filename, LIMITS):
        header = find_header(sheet.rows, lambda text: means(text, table))
        if header is not None and "name" in {means(text, table) for text in header.texts}:
            return sheet, header
    wanted = "“姓名”和“交纳基数”" if table == DuesTable.BASES else "“姓名”和“1月”到“12月”"
    raise BusinessError(f"没有找到表头。请保留写着{wanted}的那一行，或下载模板填写。", code="no_header", field="file")


def means(text: str, table: str) -> str:
    """The column that a heading names: name, base, or the number of a month; empty for others."""
    plain = "".join(text.split()).replace("（元）", "").replace("(元)", "")
    if plain in NAMES:
        return "name"
    if table == DuesTable.BASES:
        return "base" if plain in BASES else ""
    number = plain.removesuffix("份").removesuffix("月")
    return number if plain != number and number.isascii() and number.isdecimal() and 1 <= int(number) <= 12 else ""


def judge(desk: Desk, batch: DuesUpload) -> Judged:
    """Every row of a kept table against what stands now. Raises BusinessError when the file was purged."""
    try:
        data = attachments.read(batch.upload)
    except FileNotFoundError:
        raise BusinessError("文件已按保留期清除，请重新上传。", code="purged") from None
    sheet, header = _table(data, batch.upload.filename, batch.table)
    at = {key: place for place, text in enumerate(header.texts) if (key := means(text, batch.table))}
    rows = _rows(sheet, header, at)
    people = _people(desk, batch)
    names = Counter(person.name for person in people)
    seen = Counter(row.name for row in rows)
    by_name = {person.name: person for person in people}
    for row in rows:
        row.person = by_name.get(row.name)
        if sentence := _who(row, names, seen):
            row.faults[at["name"]] = sentence
    judge_rows = _judge_bases if batch.table == DuesTable.BASES else _judge_payments
    judge_rows(desk, batch, [row for row in rows if not row.faults], at)
    for row in rows:
        if row.faults:
            row.verdict = REFUSED
    return Judged(sheet, header, rows)


def _rows(sheet: Sheet, header: Header, at: dict[str, int]) -> list[Row]:
    rows = []
    for number, cells in enumerate(sheet.rows[header.last :], header.last + 1):
        if why_no_record(cells, at.values()):
            continue
        text = str(cells[at["name"]] or "") if at["name"] < len(cells) else ""
        rows.append(Row(number, cells, name="".join(text.split())))
    return rows


def _people(desk: Desk, batch: DuesUpload) -> list[Person]:
    """Whom a table may name: for bases the members of today, for payments those who owed here in the year."""
    if batch.table == DuesTable.BASES:
        return list(formal_members(desk.organisation, desk.today))
    months = months_of_year(batch.year)
    return list(people_of_year(desk.organisation, dues_of([desk.organisation.pk], months[0], months[-1])).values())


def _who(row: Row, names: Counter, seen: Counter) -> str:
    if not row.name:
        return "没有填姓名。"
    if sentence := marked(row.name):
        return sentence
    if not names[row.name]:
        return "本支部没有叫这个名字的正式党员，请核对姓名。"
    if names[row.name] > 1:
        return "本支部有两位同名的党员，请在页面上分别登记。"
    return "表里有两行同一个人，请只留一行。" if seen[row.name] > 1 else ""


def _judge_bases(desk: Desk, batch: DuesUpload, rows: list[Row], at: dict[str, int]) -> None:
    rules = dues_rules(desk.organisation, dt.date(batch.year, 1, 1))
    standing: dict[int, DuesBase] = bases_of([row.member.pk for row in rows], batch.year)
    for row in rows:
        try:
            row.base = _yuan(row, at["base"])
        except BusinessError as refusal:
            row.faults[at["base"]] = refusal.sentence
            continue
        if row.base is None:
            continue
        row.amount = monthly_amount(row.base, rules)
        known = standing.get(row.member.pk)
        same = known is not None and Decimal(known.base or "-1") == row.base
        row.verdict = UNCHANGED if same else CHANGED if known else NEW


def _yuan(row: Row, place: int) -> Decimal | None:
    cell = row.cells[place] if place < len(row.cells) else None
    if cell is None or str(cell).strip() in PASSED_OVER:
        return None
    if isinstance(cell, float):
        cell = repr(round(cell, 6))
    return read_amount(str(cell))


def _judge_payments(desk: Desk, batch: DuesUpload, rows: list[Row], at: dict[str, int]) -> None:
    months = months_of_year(batch.year)
    dues = dues_of([desk.organisation.pk], months[0], months[-1])
    rules = dues_rules(desk.organisation, desk.today)
    for row in rows:
        mine, wanted = dues.get(row.member.pk, {}), []
        for month in months:
            place = at.get(str(month.month))
            if place is None:
                continue
            try:
                amount = _yuan(row, place)
            except BusinessError as refusal:
                row.faults[place] = refusal.sentence
                continue
            if amount is None or amount == 0:
                continue
            sentence = _wrong_month(mine.get(month), amount)
            if sentence is None:
                wanted.append(month)
            elif sentence:
                row.faults[place] = sentence
        if too_far_ahead(wanted, desk.today, rules):
            row.faults[at["name"]] = f"预交最多 {rules.ahead_months} 个月。"
        row.months, row.verdict = tuple(wanted), NEW if wanted else UNCHANGED
        row.amount = sum((mine[month].open for month in wanted), Decimal(0))


def _wrong_month(due: Due | None, amount: Decimal) -> str | None:
    """Why an amount cannot be taken; empty where it stands already; None when it can."""
    if due is None:
        return "这个月不由本支部收。"
    if due.paid and due.paid == amount:
        return ""
    if due.state == MonthState.UNFIXED:
        return "这个月的标准还没有核定，请先核定。"
    if due.state == MonthState.EXEMPT:
        return "这个月免交，不应有金额。"
    if due.paid and not due.open:
        return f"这个月已记 {due.paid} 元，和表里的 {amount} 元不一样。"
    if due.open != amount:
        return f"应交 {due.open} 元，表里是 {amount} 元。"
    return None


@transaction.atomic
def apply(desk: Desk, batch: DuesUpload) -> int:
    """Write the rows that can be taken; gives how many. Applied already: 0, nothing happens."""
    batch = DuesUpload.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if batch.applied_at or batch.voided_at:
        return 0
    judged = judge(desk, batch)
    rows = [row for row in judged.rows if row.verdict in (NEW, CHANGED)]
    if not rows:
        raise BusinessError("这张表里没有要写入的内容。", code="nothing")
    if batch.table == DuesTable.BASES:
        lines = [BaseLine(row.member.pk, row.base, batch.source) for row in rows if row.base is not None]
        fix_bases(desk, lines, year=batch.year)
    else:
        for month in months_of_year(batch.year):
            hand_overs = [HandOver(row.member.pk, (month,), None, batch.method) for row in rows if month in row.months]
            paid_on = _collected_on(month, desk)
            take_dues(desk, hand_overs, paid_on=paid_on, key=uuid.uuid5(batch.public_id, f"{month}"))
    batch.applied_at, batch.written = timezone.now(), len(rows)
    batch.save(update_fields=["applied_at", "written"])
    audit.record(
        "dues.import", actor=desk.user, people=[row.member.pk for row in rows], target=f"branches.duesupload:{batch.pk}"
    )
    return len(rows)


def _collected_on(month: dt.date, desk: Desk) -> dt.date:
    """The branch's fixed day of the month, as the table says no day; never after today."""
    return min(month.replace(day=min(desk.organisation.party_day or USUAL_DAY, 28)), desk.today)


def refused_rows(judged: Judged) -> bytes:
    """The rows that were refused, under their header, with the reasons."""
    stream = io.BytesIO()
    rows = [(row.cells, row.faults) for row in judged.rows if row.verdict == REFUSED]
    head = judged.sheet.rows[: judged.header.last]
    merged = [one for one in judged.sheet.merged if one[2] <= judged.header.last]
    write_marked(stream, [MarkedPage(judged.sheet.name, head, rows, merged)])
    return stream.getvalue()


def template(table: str, names: list[str], year: int) -> bytes:
    """The table to fill in, with the members' names."""
    stream = io.BytesIO()
    columns = ["交纳基数"] if table == DuesTable.BASES else [f"{number}月" for number in range(1, 13)]
    title = f"{year} 年党费{'交纳基数' if table == DuesTable.BASES else '收缴表'}"
    rows = [[number, name, *([None] * len(columns))] for number, name in enumerate(names, 1)]
    write_sheet(stream, title, ["序号", "姓名", *columns], rows, sheet_name=title)
    return stream.getvalue()
