"""签领表: printed with a code and waited for, or handed out as a workbook; what comes back is entered whole."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Q

from apps.common import papers
from apps.common.choices import PaperState
from apps.common.errors import BusinessError
from apps.common.partial_date import PartialDate
from apps.common.workbook import FileRefused, Limits, read
from apps.common.workbook.headings import find_header, why_no_record
from apps.ledgers.choices.treatments import ReceivedHow
from apps.ledgers.models import TreatmentDue, TreatmentRun, TreatmentSheet
from apps.ledgers.rules.treatments import period_words

from .treatments import OPEN, Receipt, receive

MOST_LINES = 500
MOST_EXPORTED = 20_000
LIMITS = Limits(file_size=5 * 1024 * 1024, rows=20_000, columns=40, cpu_seconds=20, wall_seconds=40)
NUMBER, NAME, RECEIVER, RELATION, DAY, NOTE = "编号", "姓名", "领取人", "关系", "领取日期", "备注"
HEADINGS = ("序号", NUMBER, NAME, "单位", "数量", "金额（元）", RECEIVER, RELATION, DAY, NOTE)
SELF = ("本人", "自己")
PAPER_DAYS = 30


@transaction.atomic
def make_sheet(run: TreatmentRun, rows, *, scope: str, title: str, actor) -> TreatmentSheet:
    """A numbered sheet of the first 500 of `rows` (a queryset of dues) that are still to be received and on no sheet
    that is out. Raises BusinessError when there is nobody."""
    TreatmentRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    out = Q(sheet__isnull=False, sheet__paper__state__in=papers.OUT)
    chosen = rows.filter(OPEN).exclude(out)
    ids = list(chosen.values_list("pk", flat=True)[:MOST_LINES])
    if not ids:
        raise BusinessError("没有要签领的人：都已领到，或者已经在没收回的签领表上。", code="nobody")
    people = list(TreatmentDue.objects.filter(pk__in=ids).values_list("cadre_id", flat=True))
    unit = run.dues.filter(pk=ids[0]).values_list("unit_id", flat=True).first()
    paper = papers.print_paper(
        "签领表", title, f"ledgers.treatmentrun:{run.pk}", actor=actor, unit_id=unit, people=people
    )
    sheet = TreatmentSheet.objects.create(run=run, paper=paper, scope=scope[:100], made_by=actor)
    papers.belongs_to(paper, sheet)
    TreatmentDue.objects.filter(pk__in=ids).update(sheet=sheet)
    return sheet


def close_sheet(sheet: TreatmentSheet, *, actor, on: dt.date) -> None:
    """The paper is back and what it says was entered; those who did not sign stay missing."""
    if sheet.entered_on is None:
        if sheet.paper.state in papers.OUT:
            papers.take_back(sheet.paper, actor=actor, on=on)
        TreatmentSheet.objects.filter(pk=sheet.pk).update(entered_on=on)


def is_open(sheet: TreatmentSheet) -> bool:
    return sheet.paper.state != PaperState.CANCELLED


@dataclass(frozen=True)
class Line:
    """A line of a sheet that came back."""

    due_id: int
    receipt: Receipt


@transaction.atomic
def enter(lines: Collection[Line], *, actor, on: dt.date) -> int:
    """Enter what came back, all or nothing; those received already stay. How many are new."""
    alike: dict[Receipt, list[int]] = {}
    for line in lines:
        alike.setdefault(line.receipt, []).append(line.due_id)
    if not alike:
        raise BusinessError("表里没有填领取日期的行。", code="nothing", field="file")
    return sum(receive(ids, receipt, actor=actor, on=on) for receipt, ids in alike.items())


# As a workbook


def table_rows(rows: Collection[TreatmentDue]) -> list[list]:
    """Lines in HEADINGS, numbered."""
    return [
        [
            number, due.pk, due.cadre.person.name, str(due.unit), words_of(due), due.payable,
            (due.receiver or "本人") if due.received_on else "", due.relation, due.received_on, due.note,
        ]
        for number, due in enumerate(rows, 1)
    ]  # fmt: skip


def words_of(due: TreatmentDue) -> str:
    if due.run.item.standard == "subsidy":
        return f"{due.quantity.normalize():f} 个月基本离休费"
    return f"{due.quantity.normalize():f} {due.run.item.measure}" if due.amount is None else ""


@dataclass
class Returned:
    """What a workbook says: lines to enter, faults as (row of the sheet, sentence)."""

    lines: list[Line] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)


def read_returned(run: TreatmentRun, file, rows, *, on: dt.date) -> Returned:
    """Judge every row of a returned 签领表 against `rows` (a queryset of dues that may be entered). Rows without a
    date say nothing. Raises BusinessError where the file as a whole cannot be taken."""
    sheet, header = _sheet(file)
    at = {text: place for place, text in enumerate(header.texts) if text in HEADINGS}
    known = {due.pk: due for due in rows.select_related("cadre__person")}
    found = Returned()
    seen: set[int] = set()
    for number, cells in enumerate(sheet.rows[header.last :], header.last + 1):
        if why_no_record(cells, at.values()):
            continue
        text = {name: _text(cells, place) for name, place in at.items()}
        if not text.get(DAY) or not text.get(NUMBER):
            continue
        sentence, line = _judge(text, known, seen, on)
        if sentence:
            found.faults.append((number, sentence))
        elif line is not None:
            found.lines.append(line)
    return found


def _sheet(file):
    try:
        sheets = [one for one in read(file.read(), file.name, LIMITS) if not one.is_hidden]
    except FileRefused as refusal:
        raise BusinessError(refusal.sentence, code=refusal.code, field="file") from refusal
    for one in sheets:
        header = find_header(one.rows, lambda text: text if text in HEADINGS else "")
        if header is not None and {NUMBER, NAME, DAY} <= set(header.texts):
            return one, header
    raise BusinessError(
        "没有找到表头。请用本页下载的表填写，保留“编号、姓名、领取日期”这几列。", code="no_header", field="file"
    )


def _text(cells, place: int) -> str:
    value = cells[place] if place < len(cells) else None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, dt.datetime):
        value = value.date()
    return "" if value is None else str(value).strip()


def _judge(text: dict, known: dict, seen: set, on: dt.date) -> tuple[str, Line | None]:
    number = text[NUMBER]
    due = known.get(int(number)) if number.isascii() and number.isdecimal() and len(number) < 18 else None
    if due is None or "".join(text[NAME].split()) != due.cadre.person.name:
        return "编号和姓名对不上这一期的名单，请不要改这两列。", None
    if due.pk in seen:
        return f"{due.cadre.person.name}在表里有两行，请只留一行。", None
    seen.add(due.pk)
    if due.received_on:
        return "", None
    if due.stopped_on:
        return f"{due.cadre.person.name}已经停发，不能登记领到。", None
    try:
        day = PartialDate.parse(text[DAY])
    except ValueError as error:
        return str(error), None
    if day.day is None or day.first_day > on:
        return "领取日期要写到日，不能晚于今天。", None
    if due.issued_on and day.first_day < due.issued_on:
        return f"领取日期早于发出日期 {due.issued_on}。", None
    receiver = "" if text.get(RECEIVER, "") in SELF else text.get(RECEIVER, "")
    receiver = "" if receiver == due.cadre.person.name else receiver
    if receiver and not text.get(RELATION):
        return f"{receiver}代领，请写和老同志的关系。", None
    receipt = Receipt(
        day.first_day, ReceivedHow.SIGNED, receiver, text.get(RELATION, "") if receiver else "", text.get(NOTE, "")
    )
    return "", Line(due.pk, receipt)


def title_of(run: TreatmentRun) -> str:
    return f"{period_words(run.item.every, run.period_start)}{run.item}发放表"
