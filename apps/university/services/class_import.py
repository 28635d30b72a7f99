"""Classes from an Excel sheet: every cell read, every fault told, and nothing written unless all of it can be."""

import datetime as dt
import io
import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from django.db import transaction
from django.utils import timezone

from apps.common import audit
from apps.common.errors import BusinessError
from apps.common.workbook import Limits
from apps.common.workbook.headings import find_header, why_no_record
from apps.common.workbook.writer import write_sheet
from apps.organisation.queries import rule_values
from apps.registry.registers.lists import visible_sheets
from apps.signups.choices import Mode
from apps.university.choices.schools import TeacherState
from apps.university.models import Course, Room, School, Teacher, Term
from apps.university.rules.classes import WEEKDAYS, ZONE, ClassRules, Slot, read_span

from .classes import ClassFacts, create_class

LIMITS = Limits(file_size=2 * 1024 * 1024, rows=1000, columns=40, cpu_seconds=15, wall_seconds=30)
MOST_CLASSES = 500
# key → heading, whether it must be filled, what the template says of it
COLUMNS = {
    "school": ("学校", True, "校名，和系统里的一样"),
    "course": ("课程", True, "这所学校的课程，先在“课程”里登记"),
    "code": ("班号", True, "例如 1班"),
    "grade": ("年级", False, "1 到 5，空着是 1"),
    "capacity": ("名额", True, "计划招生人数"),
    "min_open": ("最少开班人数", False, "空着按规则"),
    "age_from": ("最小年龄", False, "空着不限"),
    "age_to": ("最大年龄", False, "空着按规则，不限填 不限"),
    "fee": ("学费", False, "元，空着是 0"),
    "room": ("教室", False, "校区加教室，例如 河滨校区101书画室"),
    "teacher": ("教师", False, "在聘教师的姓名"),
    "second": ("助教", False, "在聘教师的姓名"),
    "slots": ("上课时间", True, "例如 周二 8:20-10:00；周四 8:20-10:00"),
    "first_on": ("第一次课", False, "例如 2027-03-02，空着是学期第一天"),
    "last_on": ("最后一次课", False, "空着是学期最后一天"),
    "mode": ("录取方式", False, "先报先得、抽签，空着是先报先得"),
    "opens_at": ("开始报名", False, "例如 2026-12-01 09:00"),
    "closes_at": ("截止报名", False, "例如 2026-12-20 17:00"),
    "note": ("说明", False, ""),
}
MEANS = {heading: key for key, (heading, _, _) in COLUMNS.items()}
EXAMPLE = (
    "云江老年大学", "书法基础", "1班", 1, 40, 15, None, 75, 120, "河滨校区101书画室", "沈墨林", "", "周二 8:20-10:00",
    "2027-03-16", "2027-06-29", "先报先得", "2026-12-01 09:00", "2026-12-20 17:00", "",
)  # fmt: skip
SLOT = re.compile(rf"(?:周|星期|礼拜)([{WEEKDAYS}天1-7])\s*(.+)")


@dataclass
class Row:
    """A row of the sheet: its number as Excel shows it, and (heading, what is wrong)."""

    number: int
    name: str
    faults: list[tuple[str, str]] = field(default_factory=list)
    facts: ClassFacts | None = None


@dataclass
class Report:
    rows: list[Row]
    written: int = 0

    @property
    def refused(self) -> list[Row]:
        return [row for row in self.rows if row.faults]


def template() -> bytes:
    stream = io.BytesIO()
    notes = [(heading + ("（必填）" if needed else ""), words) for heading, needed, words in COLUMNS.values() if words]
    write_sheet(
        stream, "班级导入模板", [heading for heading, _, _ in COLUMNS.values()], [EXAMPLE], sheet_name="班级",
        notes=[("用法", "一行一个班。第三行是例子，填写前删去。上传后有一格不对，整张表都不写入。"), *notes],
    )  # fmt: skip
    return stream.getvalue()


def take_in(data: bytes, filename: str, term: Term, *, schools, actor) -> Report:
    """Read and write the classes of a sheet into a term, for schools of a queryset: all of them or none. BusinessError
    for the file as a whole."""
    rows = _rows(data, filename)
    if len(rows) > MOST_CLASSES:
        raise BusinessError(f"一次最多 {MOST_CLASSES} 个班，请分成几张表。", field="file")
    known = _Known(schools, term)
    report = Report([_read(number, cells, known) for number, cells in rows])
    with transaction.atomic():
        for row in report.rows:
            if row.facts is not None:
                _write(row, row.facts, actor)
        if report.refused:
            transaction.set_rollback(True)
        else:
            report.written = len(report.rows)
            audit.record("class.import", actor=actor, target=f"university.term:{term.pk}")
    return report


def _write(row: Row, facts: ClassFacts, actor) -> None:
    try:
        with transaction.atomic():
            create_class(facts, actor=actor)
    except BusinessError as refusal:
        heading = {"slots": "上课时间", "last_on": "最后一次课", "second_teacher": "助教"}.get(refusal.field or "")
        row.faults.append((heading or COLUMNS.get(refusal.field or "", ("", 0, 0))[0], refusal.sentence))


def _rows(data: bytes, filename: str) -> list[tuple[int, dict]]:
    for sheet in visible_sheets(data, filename, LIMITS):
        header = find_header(sheet.rows, means)
        if header is None:
            continue
        at = {means(text): place for place, text in enumerate(header.texts) if means(text)}
        missing = [heading for key, (heading, needed, _) in COLUMNS.items() if needed and key not in at]
        if missing:
            raise BusinessError(f"表头里没有“{'”“'.join(missing)}”，请下载模板对照。", field="file")
        found = [
            (number, {key: cells[place] if place < len(cells) else None for key, place in at.items()})
            for number, cells in enumerate(sheet.rows[header.last :], header.last + 1)
            if not why_no_record(cells, at.values())
        ]
        if not found:
            raise BusinessError("表里没有班级，请在表头下面一行一个班地填写。", field="file")
        return found
    raise BusinessError("没有找到表头。请保留写着“学校”“课程”的那一行，或下载模板填写。", field="file")


def means(text: str) -> str:
    """The column that a heading names; empty for others."""
    plain = re.sub(r"[（(].*[)）]|\s", "", str(text or ""))
    return MEANS.get(plain, "")


class _Known:
    """What the cells may name, read once."""

    def __init__(self, schools, term: Term) -> None:
        self.term = term
        self.schools = {}
        for one in schools.select_related("unit"):
            self.schools[one.name] = self.schools[one.short_name or one.name] = one
        keys = [one.pk for one in self.schools.values()]
        self.courses = {(one.school_id, one.name): one for one in Course.objects.current().filter(school__in=keys)}
        rooms = Room.objects.current().filter(campus__school__in=keys, closed_on=None).select_related("campus")
        self.rooms = {(one.campus.school_id, _tight(f"{one.campus.name}{one.name}")): one for one in rooms}
        teachers = Teacher.objects.current().filter(
            school__in=keys, state__in=(TeacherState.HIRED, TeacherState.RESERVE)
        )
        self.teachers = {(one.school_id, one.person.name): one for one in teachers.select_related("person")}
        self.rules: dict[int, ClassRules] = {}

    def rules_of(self, school: School) -> ClassRules:
        if school.unit_id not in self.rules:
            self.rules[school.unit_id] = rule_values(ClassRules.rule_key, on=timezone.localdate(), unit=school.unit)
        return self.rules[school.unit_id]


class _Cells:
    """Reads the cells of one row and notes what is wrong with each."""

    def __init__(self, row: Row, cells: dict) -> None:
        self.row, self.cells = row, cells

    def wrong(self, key: str, sentence: str) -> None:
        self.row.faults.append((COLUMNS[key][0], sentence))

    def text(self, key: str) -> str:
        value = self.cells.get(key)
        if value is None:
            text = ""
        elif isinstance(value, float) and value.is_integer():
            text = str(int(value))
        else:
            text = str(value).strip()
        if not text and COLUMNS[key][1]:
            self.wrong(key, "这一格要填。")
        return text

    def whole(self, key: str, default: int | None) -> int | None:
        text = self.text(key).removesuffix("人").removesuffix("岁").removesuffix("年级")
        if not text:
            return default
        if text == "不限":
            return None
        if not text.isascii() or not text.isdecimal() or int(text) > 9999:
            self.wrong(key, f"“{text}”不是整数。")
            return default
        return int(text)

    def day(self, key: str, default: dt.date) -> dt.date:
        moment = self.moment(key)
        return moment.date() if moment else default

    def moment(self, key: str) -> dt.datetime | None:
        value = self.cells.get(key)
        if isinstance(value, dt.datetime):
            return value.replace(tzinfo=ZONE)
        if isinstance(value, dt.date):
            return dt.datetime.combine(value, dt.time(), ZONE)
        text = self.text(key).replace("：", ":").replace("/", "-").replace(".", "-")
        if not text:
            return None
        for pattern in ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d", "%Y年%m月%d日", "%Y年%m月%d日 %H:%M"):
            try:
                return dt.datetime.strptime(text, pattern).replace(tzinfo=ZONE)
            except ValueError:
                continue
        self.wrong(key, f"“{text}”不是日期，请写成 2026-12-01 或 2026-12-01 09:00。")
        return None

    def named(self, key: str, found: dict, school: School, hint: str):
        text = self.text(key)
        if not text:
            return None
        one = found.get((school.pk, _tight(text) if key == "room" else text))
        if one is None:
            self.wrong(key, f"{school}没有“{text}”，{hint}")
        return one


def _tight(text: str) -> str:
    return re.sub(r"\s", "", text)


def _read(number: int, cells: dict, known: _Known) -> Row:
    row = Row(number, " ".join(str(cells.get(key) or "") for key in ("course", "code")).strip())
    reader = _Cells(row, cells)
    school = known.schools.get(reader.text("school"))
    if school is None:
        if cells.get("school"):
            reader.wrong("school", f"没有“{cells['school']}”，或不在您的管理范围内。")
        return row
    course = reader.named("course", known.courses, school, "请先登记课程。")
    slots = _slots(reader)
    values = _values(reader, known, school, course)
    if not row.faults:
        row.facts = ClassFacts(term=known.term, school=school, course=course, slots=slots, **values)
    return row


def _values(reader: _Cells, known: _Known, school: School, course: Course | None) -> dict:
    rules, term = known.rules_of(school), known.term
    grade = reader.whole("grade", 1) or 1
    capacity = reader.whole("capacity", 0) or 0
    age_from, age_to = rules.ages(strenuous=bool(course and course.strenuous), grade=grade)
    last = reader.day("last_on", term.ends_on - dt.timedelta(1))
    return {
        "code": reader.text("code"), "grade": grade, "capacity": capacity,
        "min_open": reader.whole("min_open", min(rules.min_open, capacity)) or 1,
        "age_from": reader.whole("age_from", age_from), "age_to": reader.whole("age_to", age_to),
        "needs_health": bool(course and course.strenuous), "fee": _fee(reader),
        "room": reader.named("room", known.rooms, school, "请写校区加教室。"),
        "teacher": reader.named("teacher", known.teachers, school, "请先办聘任。"),
        "second_teacher": reader.named("second", known.teachers, school, "请先办聘任。"),
        "first_on": reader.day("first_on", term.starts_on), "until": last + dt.timedelta(1), "mode": _mode(reader),
        "opens_at": reader.moment("opens_at"), "closes_at": reader.moment("closes_at"), "note": reader.text("note"),
    }  # fmt: skip


def _fee(reader: _Cells) -> Decimal:
    text = reader.text("fee").removesuffix("元")
    try:
        fee = Decimal(text or 0)
    except InvalidOperation:
        fee = Decimal(-1)
    if not 0 <= fee < 100_000:
        reader.wrong("fee", f"“{text}”不是金额。")
        return Decimal(0)
    return fee


def _mode(reader: _Cells) -> Mode:
    text = reader.text("mode")
    for mode in Mode:
        if text in (mode.label, mode.value):
            return mode
    if text:
        reader.wrong("mode", "只能填 先报先得 或 抽签。")
    return Mode.FIRST_COME


def _slots(reader: _Cells) -> tuple[Slot, ...]:
    found = []
    for part in re.split(r"[；;\n]", reader.text("slots")):
        if not part.strip():
            continue
        match = SLOT.match(part.strip())
        if match is None:
            reader.wrong("slots", f"“{part.strip()}”请写成 周二 8:20-10:00。")
            continue
        day = match[1].replace("天", "日")
        weekday = int(day) if day.isdecimal() else WEEKDAYS.index(day) + 1
        try:
            found.append(Slot(weekday, *read_span(match[2])))
        except ValueError as error:
            reader.wrong("slots", str(error))
    return tuple(sorted(found))
