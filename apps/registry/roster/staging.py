"""From a file to what a clerk previews: every row read, checked and compared; nothing is written.

The result is kept as one encrypted blob until it is confirmed: a line of JSON for the preview page, then the rows.
"""

import io
import json
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from apps.common import crypto
from apps.common.workbook import FileRefused, Limits, Sheet, read

from . import known as database
from .answers import Answers
from .checking import NEW_UNIT, Checker, Rules
from .columns import BY_KEY
from .difference import Comparison, writes_of_new
from .layout import DataRows, Layout, data_rows, find_layout, has_header, merged_in_data
from .rows import CHANGED, NEW, REFUSED, UNCHANGED, Finding, Row, masked

ELSEWHERE = "这个身份证号已在别处登记，不能由您导入。请与市局名册管理员联系。"
SKIPPED_WORDS = {"sample": "模板示例行", "note": "说明行", "total": "合计行", "footer": "落款行"}
COMPARED_AT_ONCE = 5000  # bounds what is held of the database at a time
Progress = Callable[[int, str], None]


def no_progress(percent: int, note: str) -> None:
    """For callers who wait anyway."""


@dataclass(slots=True)
class Staged:
    """All rows of one file with their verdicts. `questions` are keys of what must be answered before confirming."""

    sheet: Sheet
    layout: Layout
    rows: list[Row]
    answers: Answers
    rules: Rules
    unknown_units: list = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    sheets: list[str] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """rows = new + changed + unchanged + refused; warned rows are among the new and the changed."""
        kinds = Counter(row.kind for row in self.rows)
        warned = sum(row.kind in (NEW, CHANGED) and row.is_warned for row in self.rows)
        return {
            "rows": len(self.rows),
            **{kind: kinds[kind] for kind in (NEW, CHANGED, UNCHANGED)},
            "warned": warned,
            "refused": kinds[REFUSED],
        }

    def findings(self, *, refusals: bool) -> list[Finding]:
        """What refused rows, or what a clerk must look at in the rows that are taken."""
        headings = {heading.position: heading for heading in self.layout.headings}
        found = []
        for row in self.rows:
            if not row.problems or (row.kind == REFUSED) != refusals or row.kind == UNCHANGED:
                continue
            for position, problem in row.problems:
                if problem.refuses == refusals:
                    heading = headings[position]
                    cell = row.cells[position] if position < len(row.cells) else None
                    value = masked(cell, BY_KEY[heading.key].mask)
                    found.append(
                        Finding(row.number, position, heading.text, problem.code, value, problem.sentence, refusals)
                    )
        return found


def stage(data: bytes, filename: str, *, rules: Rules, answers: Answers, progress: Progress = no_progress) -> Staged:
    """Raises FileRefused when the file as a whole cannot be taken."""
    progress(5, "正在读取文件")
    sheets = read(data, filename, Limits())
    sheet, names = choose_sheet(sheets, rules, answers)
    layout = find_layout(sheet, rules.synonyms)
    data_found = data_rows(sheet, layout)
    if not data_found.rows:
        raise FileRefused("no_rows", "表头下面没有人员。请把人员填在表头下面的行里再上传。")
    progress(30, f"正在检查 {len(data_found.rows)} 行")
    merged = merged_in_data(sheet, layout, {number for number, _ in data_found.rows})
    checker = Checker(layout, rules, answers)
    rows = checker.check(data_found, merged)
    progress(60, "正在与名册比较")
    staged = Staged(sheet, layout, rows, answers, rules, list(checker.unknown_units.values()), sheets=names)
    _compare(staged, checker.at)
    progress(85, "正在查找重复")
    _find_namesakes(staged, checker.at)
    _complete(staged, checker.at)
    staged.notes = _notes(staged, data_found, names)
    for row in rows:
        row.citizen, row.values = None, {} if row.kind == UNCHANGED else row.values
    return staged


def choose_sheet(sheets: list[Sheet], rules: Rules, answers: Answers) -> tuple[Sheet, list[str]]:
    """The sheet asked for, else the first visible one with a header; and the names of all that have one."""
    shown = [sheet for sheet in sheets if not sheet.is_hidden and sheet.rows] or [s for s in sheets if s.rows]
    fitting = [sheet for sheet in shown if has_header(sheet, rules.synonyms)]
    wanted = next((sheet for sheet in fitting if sheet.name == answers.sheet), None)
    return wanted or (fitting or shown)[0], [sheet.name for sheet in fitting]


def _compare(staged: Staged, at: dict[str, int]) -> None:
    candidates = [row for row in staged.rows if row.citizen is not None and row.kind != REFUSED]
    for start in range(0, len(candidates), COMPARED_AT_ONCE):
        _compare_some(staged, candidates[start : start + COMPARED_AT_ONCE], at)


def _compare_some(staged: Staged, rows: list[Row], at: dict[str, int]) -> None:
    for row in rows:
        assert row.citizen is not None
        row.index = crypto.blind_index("citizen_id", row.citizen.number)
    known = database.people_by_index(row.index for row in rows)
    ids = [person["person.id"] for person in known.values()]
    comparison = Comparison(
        staged.rules,
        staged.answers,
        database.phones_of(ids) if ids and at.keys() & {"mobile", "landline"} else {},
        database.extras_of(ids) if ids and at.keys() & {"carer", "branch"} else {},
    )
    for row in rows:
        person = known.get(row.index)
        if person is None:
            continue
        if not _is_in_scope(person, staged.rules):
            row.refuse(at["citizen_id"], "registered_elsewhere", ELSEWHERE)
            continue
        comparison.compare(row, person)
        if row.kind != UNCHANGED and person["person.life_status"] in ("reported", "deceased"):
            row.warn(at["name"], "deceased", "名册里已登记离世，请核对这一行。")


def _is_in_scope(person: database.Known, rules: Rules) -> bool:
    """Seeing elsewhere is not enough: the clerk's importing right must cover the unit that manages the person."""
    return rules.scope is None or person["cadre.managing_unit_id"] in rules.scope


def _find_namesakes(staged: Staged, at: dict[str, int]) -> None:
    """Same name and birth date, another number: one person or two? A clerk decides (code duplicate)."""
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in staged.rows:
        if row.kind != REFUSED:
            groups[row.values["name"], _birth_of(row)].append(row)
    fresh = {key: [row for row in rows if row.kind == NEW and row.person_id is None] for key, rows in groups.items()}
    registered = database.namesakes(key for key, rows in fresh.items() if rows)
    for key, rows in fresh.items():
        for row in rows:
            if row.number in staged.answers.apart:
                continue
            others = [str(other.number) for other in groups[key] if other is not row and _may_be_one(row, other)]
            people = [person for person in registered.get(key, ()) if _may_be(row, person)]
            if others:
                row.refuse(
                    at["name"],
                    "duplicate",
                    f"与第 {'、'.join(others[:5])} 行同名同出生日期，身份证号不同。请核对是不是同一个人。",
                )
            elif people:
                row.refuse(at["name"], "duplicate", _namesake_sentence(people, staged.rules))


def _birth_of(row: Row) -> str:
    assert row.citizen is not None
    return row.values.get("birth_date") or row.citizen.birth.isoformat()


def _may_be_one(row: Row, other: Row) -> bool:
    """Known to the month only, two people are told apart by the days in their citizen ids."""
    assert row.citizen is not None
    assert other.citizen is not None
    return len(_birth_of(row)) == 10 or row.citizen.birth == other.citizen.birth


def _may_be(row: Row, person: database.Namesake) -> bool:
    assert row.citizen is not None
    return len(_birth_of(row)) == 10 or person.born in ("", f"{row.citizen.birth:%Y%m%d}")


def _namesake_sentence(people: list[database.Namesake], rules: Rules) -> str:
    seen = [p.unit_id for p in people if p.unit_id is not None and (rules.scope is None or p.unit_id in rules.scope)]
    if seen:
        unit = rules.unit_names.get(seen[0], "")
        return f"名册里（{unit}）已有同名同出生日期的人，身份证号不同或没有。请核对是不是同一个人。"
    return "别处已登记同名同出生日期的人，身份证号不同。请与市局名册管理员核对是不是同一个人。"


def _complete(staged: Staged, at: dict[str, int]) -> None:
    """Give new rows everything they start with; what nothing says becomes a question, or refuses the row."""
    answers = staged.answers
    for row in staged.rows:
        if row.kind == NEW and row.person_id is None:
            row.writes = writes_of_new(row, staged.rules, answers)
            row.values = {}
    fresh = [row for row in staged.rows if row.kind == NEW]
    for key, place, question, sentence in (
        ("retire_type", "cadre.retire_type", "retire_type", "没有写离退休类型，请补上。"),
        ("unit", "cadre.managing_unit_id", "unit", "没有写单位，请补上单位全称。"),
    ):
        lacking = [row for row in fresh if row.writes.get(place) is None and row.kind == NEW]
        if lacking and key not in at and not answers.asked:
            staged.questions.append(question)
            continue
        for row in lacking:
            row.refuse(at.get(key, at["name"]), "required", sentence)
    if answers.calendar is None and "birthday_calendar" not in at and fresh:
        staged.questions.append("calendar")
    if staged.unknown_units:
        staged.questions.append("units")
    if len(staged.sheets) > 1 and answers.sheet is None:
        staged.questions.append("sheet")


def _notes(staged: Staged, data: DataRows, sheets: list[str]) -> list[str]:
    """What was passed over, in plain sentences."""
    notes = []
    for why, numbers in data.skipped.items():
        notes.append(f"第 {_listed(numbers)} 行是{SKIPPED_WORDS[why]}，没有当作人员。")
    taken = {number for number, _ in data.rows}
    hidden = [number for number in staged.sheet.hidden_rows if number in taken]
    if hidden:
        notes.append(f"第 {_listed(hidden)} 行在表里是隐藏的，也读入了。")
    if staged.layout.unknown:
        notes.append(f"这些栏目用不上，没有读：{'、'.join(staged.layout.unknown[:20])}。")
    others = [name for name in sheets if name != staged.sheet.name]
    if others:
        notes.append(f"只读了“{staged.sheet.name}”这张表；还有{'、'.join(f'“{name}”' for name in others[:10])}没有读。")
    vague = sum(row.kind == NEW and "person.birthday_month" not in row.writes for row in staged.rows)
    if vague:
        notes.append(f"{vague} 人的出生日期不到日，暂时不能提醒生日。")
    return notes


def _listed(numbers: Iterable[int]) -> str:
    shown = list(numbers)
    return "、".join(map(str, shown[:10])) + (f" 等 {len(shown)} 行中的" if len(shown) > 10 else "")


def pack(preview: dict[str, Any], staged: Staged) -> bytes:
    """The blob: a line for the page; then, compressed line by line, what confirming and reporting need."""
    squeeze = zlib.compressobj(1)
    parts = [json.dumps(preview, ensure_ascii=False).encode(), b"\n"]
    faults = [finding[:2] + finding[5:] for refusals in (True, False) for finding in staged.findings(refusals=refusals)]
    parts.append(squeeze.compress(_line(faults)))
    rows = [row for row in staged.rows if row.kind in (NEW, CHANGED)]
    places = sorted(set().union(*(row.writes for row in rows if row.person_id is None)))
    parts.append(squeeze.compress(_line(places)))
    for row in rows:
        get = row.writes.get
        writes = [get(place) for place in places] if row.person_id is None else row.writes
        line = [row.number, row.kind, row.person_id, row.versions, writes, row.is_warned]
        parts.append(squeeze.compress(_line(line)))
    return b"".join([*parts, squeeze.flush()])


def _line(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def unpack_preview(blob: bytes) -> dict[str, Any]:
    return json.loads(blob.partition(b"\n")[0])


@dataclass(slots=True)
class Unpacked:
    """Rows to be written, without their cells; `faults` are row → column position → (sentence, refuses)."""

    rows: list[Row]
    faults: dict[int, dict[int, tuple[str, bool]]]


def unpack(blob: bytes) -> Unpacked:
    lines = io.BytesIO(zlib.decompress(blob.partition(b"\n")[2]))
    faults: dict[int, dict[int, tuple[str, bool]]] = defaultdict(dict)
    for number, position, sentence, refuses in json.loads(lines.readline()):
        before = faults[number].get(position)
        faults[number][position] = (f"{before[0]}；{sentence}" if before else sentence, refuses)
    places = json.loads(lines.readline())
    rows = []
    for line in lines:
        number, kind, person_id, versions, writes, warned = json.loads(line)
        if person_id is None:
            writes = {place: value for place, value in zip(places, writes, strict=True) if value is not None}
        row = Row(number, [], kind=kind, person_id=person_id, versions=tuple(versions), writes=writes)
        if warned:
            row.warn(0, "warned", "")
        rows.append(row)
    return Unpacked(rows, faults)


def created_units(staged: Staged) -> list[str]:
    names = (row.writes.get("cadre.managing_unit_id") for row in staged.rows if row.kind in (NEW, CHANGED))
    return list(dict.fromkeys(n.removeprefix(NEW_UNIT) for n in names if isinstance(n, str)))
