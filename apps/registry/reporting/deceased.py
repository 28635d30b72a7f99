"""A list of deceased from another office, compared with the registry (domain 2.1.4).

Whoever fits becomes a report to verify, never a death. By citizen id, or where a row has none by name and exact date
of birth. Only people in the scope of whoever handed the list in count as known. Rows that fit nobody are handed back.
"""

import datetime as dt
import io
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.db import transaction

from apps.common import attachments, crypto
from apps.common.choices import Source
from apps.common.citizen_id import CitizenIdError, parse_citizen_id
from apps.common.errors import BusinessError
from apps.common.names import normalise_name
from apps.common.partial_date import PartialDate
from apps.common.workbook import FileRefused, Sheet
from apps.common.workbook.writer import write_sheet
from apps.people.choices import LifeStatus
from apps.people.models import Person
from apps.registry.choices import DeceasedListState, LifeEventKind, LifeEventState
from apps.registry.models import Cadre, DeceasedList, LifeEvent
from apps.registry.roster.columns import fold_heading, without_brackets

REPORT = "registry.add_lifeevent"
CHUNK = 2000
HEAD_ROWS = 20
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADINGS = {
    "name": ("姓名", "死者姓名", "人员姓名", "死亡人员姓名", "参保人姓名"),
    "citizen_id": ("身份证号", "身份证号码", "公民身份号码", "公民身份证号码", "居民身份证号", "居民身份证号码",
                   "社会保障号", "社会保障号码", "证件号码", "证件号"),
    "birth_date": ("出生日期", "出生年月", "出生年月日"),
    "died_on": ("死亡日期", "死亡时间", "去世日期", "去世时间", "离世日期", "离世时间", "死亡年月"),
}  # fmt: skip
_KEY_OF = {fold_heading(word): key for key, words in HEADINGS.items() for word in words}
NO_HEADINGS = "没有找到表头：表里要有一行写着“姓名”，还要有“身份证号”或“出生日期”。"


class Fate(StrEnum):
    """What a row came to; the labels stand on the page."""

    NEW = "new"
    WAITING = "waiting"
    DEAD = "dead"
    NOT_TRUE = "not_true"
    TWICE = "twice"
    DIFFERENT = "different"
    AMBIGUOUS = "ambiguous"
    UNKNOWN = "unknown"
    BAD = "bad"


WORDS = {
    Fate.NEW: "新报告，等核实",
    Fate.WAITING: "已有人报过，等核实",
    Fate.DEAD: "名册里已是离世",
    Fate.NOT_TRUE: "以前核实过不属实",
    Fate.TWICE: "名单里重复",
    Fate.DIFFERENT: "证号相同，姓名不同",
    Fate.AMBIGUOUS: "同名同生日不止一位",
    Fate.UNKNOWN: "名册里没有",
    Fate.BAD: "这一行看不懂",
}
HANDED_BACK = (Fate.DIFFERENT, Fate.AMBIGUOUS, Fate.UNKNOWN, Fate.BAD)


@dataclass
class Row:
    """A line of the file as read; `fate` and `note` once it was compared."""

    sheet: str
    number: int
    cells: dict[str, object]
    name: str = ""
    index: bytes | None = None
    birth: str = ""
    died_on: PartialDate | None = None
    person_id: int | None = None
    fate: Fate | None = None
    note: str = ""

    def end(self, fate: Fate, note: str = "") -> None:
        self.fate, self.note = fate, note


def rows_of(sheets: Iterable[Sheet], today: dt.date) -> list[Row]:
    """All lines below a heading that names people. Raises FileRefused when no sheet has one."""
    found: list[Row] = []
    is_headed = False
    for sheet in sheets:
        head = _heading(sheet)
        if head is None:
            continue
        is_headed = True
        place, columns = head
        for number, line in enumerate(sheet.rows[place + 1 :], place + 2):
            cells = {key: line[column] for key, column in columns.items() if column < len(line)}
            if any(value not in (None, "") for value in cells.values()):
                found.append(_read(Row(sheet.name, number, cells), today))
    if not is_headed:
        raise FileRefused("no_headings", NO_HEADINGS)
    return found


def _heading(sheet: Sheet) -> tuple[int, dict[str, int]] | None:
    for place, line in enumerate(sheet.rows[:HEAD_ROWS]):
        columns: dict[str, int] = {}
        for column, cell in enumerate(line):
            folded = fold_heading(cell) if isinstance(cell, str) else ""
            key = _KEY_OF.get(folded) or _KEY_OF.get(without_brackets(folded))
            if key:
                columns.setdefault(key, column)
        if "name" in columns and {"citizen_id", "birth_date"} & columns.keys():
            return place, columns
    return None


def _read(row: Row, today: dt.date) -> Row:
    try:
        row.name = normalise_name(row.cells.get("name"))
        if row.cells.get("citizen_id") not in (None, ""):
            row.index = crypto.blind_index("citizen_id", parse_citizen_id(row.cells["citizen_id"], on=today).number)
        elif row.cells.get("birth_date") not in (None, ""):
            born = PartialDate.parse(row.cells["birth_date"])
            if not born.is_exact:
                raise ValueError("没有身份证号，出生日期要写到日才能比对。")
            row.birth = str(born)
        else:
            raise ValueError("没有身份证号，也没有出生日期。")
        if row.cells.get("died_on") not in (None, ""):
            row.died_on = PartialDate.parse(row.cells["died_on"])
            if row.died_on.first_day > today:
                raise ValueError("死亡日期还没有到。")
    except CitizenIdError as error:
        row.end(Fate.BAD, error.sentence)
    except ValueError as error:
        row.end(Fate.BAD, str(error))
    return row


def compare(rows: list[Row], user, *, progress: Callable[[int], None] = lambda done: None) -> None:
    """Say for each row whom it means; nothing is written. Three queries for every two thousand rows."""
    seen: set[int] = set()
    for start in range(0, len(rows), CHUNK):
        part = [row for row in rows[start : start + CHUNK] if row.fate is None]
        by_index, by_birth = _candidates(part, user)
        for row in part:
            _match(row, by_index.get(row.index, []) if row.index else by_birth[row.name, row.birth], seen)
        _known_reports([row for row in part if row.fate is None])
        progress(min(start + CHUNK, len(rows)))


def _candidates(rows: list[Row], user) -> tuple[dict, dict]:
    """Living and dead people in the user's scope, by index of the citizen id and by name and birth."""
    scope = Cadre.objects.current().visible_to(user, REPORT).values("pk")
    people = Person.objects.filter(voided_at__isnull=True, pk__in=scope).only(
        "name", "birth_date", "life_status", "citizen_id_index"
    )
    by_index: dict[bytes, list[Person]] = defaultdict(list)
    by_birth: dict[tuple[str, str], list[Person]] = defaultdict(list)
    indexes = [row.index for row in rows if row.index]
    if indexes:
        for person in people.filter(citizen_id_index__in=indexes):
            by_index[bytes(person.citizen_id_index)].append(person)
    births = [row for row in rows if row.birth]
    if births:
        named = people.filter(name__in={row.name for row in births}, birth_date__in={row.birth for row in births})
        for person in named:
            by_birth[person.name, str(person.birth_date)].append(person)
    return by_index, by_birth


def _match(row: Row, found: list[Person], seen: set[int]) -> None:
    if not found:
        row.end(Fate.UNKNOWN)
    elif len(found) > 1:
        row.end(Fate.AMBIGUOUS)
    elif found[0].name != row.name:
        row.end(Fate.DIFFERENT)
    elif found[0].pk in seen:
        row.end(Fate.TWICE)
    elif found[0].life_status == LifeStatus.DECEASED:
        seen.add(found[0].pk)
        row.end(Fate.DEAD)
    else:
        seen.add(found[0].pk)
        row.person_id = found[0].pk


def _known_reports(rows: list[Row]) -> None:
    """Deaths told before: one that waits is not told again, nor one that this office's list had wrongly."""
    deaths = LifeEvent.objects.filter(
        person__in=[row.person_id for row in rows], kind=LifeEventKind.DIED, voided_at__isnull=True
    )
    waiting = set(deaths.filter(state=LifeEventState.REPORTED).values_list("person_id", flat=True))
    wrong = set(
        deaths.filter(state__in=(LifeEventState.REJECTED, LifeEventState.UNDONE), source=Source.OFFICE).values_list(
            "person_id", flat=True
        )
    )
    for row in rows:
        if row.person_id in waiting:
            row.end(Fate.WAITING)
        elif row.person_id in wrong:
            row.end(Fate.NOT_TRUE)


@transaction.atomic
def write_reports(
    rows: list[Row], listed: DeceasedList, tell: Callable[[Person, PartialDate, str], LifeEvent]
) -> list[int]:
    """Tell of each matched person through `tell`; ids of the events. A person whom the registry refuses is a bad row.
    The list is settled in the same transaction: compared already, nothing happens."""
    listed = DeceasedList.objects.select_for_update(of=("self",)).get(pk=listed.pk)
    if listed.state != DeceasedListState.WAITING:
        return []
    events = []
    people = {person.pk: person for person in Person.objects.filter(pk__in=[r.person_id for r in rows if r.person_id])}
    for row in rows:
        if row.fate is not None:
            continue
        note = "" if row.died_on else "名单没有写死亡日期，记为名单所在年月。"
        try:
            with transaction.atomic():
                events.append(tell(people[row.person_id], row.died_on or listed.listed_on, note).pk)
            row.end(Fate.NEW)
        except BusinessError as refusal:
            row.end(Fate.BAD, refusal.sentence)
    counted = Counter(row.fate.value for row in rows if row.fate)
    listed.counts = {"rows": len(rows), "events": events, **counted}
    listed.unmatched = _handed_back(rows, listed)
    listed.state = DeceasedListState.DONE
    listed.save(update_fields=["counts", "unmatched", "state"])
    return events


def _handed_back(rows: list[Row], listed: DeceasedList):
    """The rows that fitted nobody, as a workbook that is purged after 30 days; None where there are none."""
    left = [row for row in rows if row.fate in HANDED_BACK]
    if not left:
        return None
    header = ["工作表", "行", "姓名", "身份证号", "出生日期", "死亡日期", "结果", "说明"]
    stream = io.BytesIO()
    keys = ("name", "citizen_id", "birth_date", "died_on")
    lines = ([row.sheet, row.number, *(row.cells.get(key) for key in keys), WORDS[row.fate], row.note] for row in left)
    write_sheet(stream, "没有对上的行", header, lines, text_columns=("身份证号",))
    return attachments.store(
        stream.getvalue(),
        subject=f"registry.deceasedlist:{listed.pk}",
        purpose="unmatched",
        filename=f"没有对上的行-{listed.pk}.xlsx",
        content_type=XLSX,
        actor=listed.uploaded_by,
    )
