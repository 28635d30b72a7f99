"""From an upload to what a clerk previews: every row of every sheet read, checked and compared; nothing is written."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from apps.common.workbook import Limits, read_upload
from apps.people.choices import LifeStatus
from apps.registry.models import Cadre

from . import known as database
from .answers import UPDATE, Answers
from .checking import Checker, Rules
from .columns import BY_KEY
from .difference import Comparison, places_of, writes_of_new
from .identity import Finder, birth_of, is_in_scope, settle_twins, unit_of
from .layout import merged_in_data
from .parts import Part, find_parts, notes_on
from .rows import CHANGED, NEW, REFUSED, UNCHANGED, Finding, Row, masked
from .units import NEW_UNIT, Units

COMPARED_AT_ONCE = 5000  # bounds what is held of the database at a time
MOST_NOTES = 40
NOT_LIVING = (LifeStatus.DEATH_REPORTED, LifeStatus.DECEASED)
NEEDED = {
    "retire_type": ("cadre.retire_type", "没有写离退休类型，请补上。"),
    "unit": ("cadre.managing_unit_id", "没有写单位，请补上单位全称。"),
}
Progress = Callable[[int, str], None]


def no_progress(percent: int, note: str) -> None:
    """For callers who wait anyway."""


@dataclass(slots=True)
class Staged:
    """All rows of one upload with their verdicts. `questions` are keys of what must be answered before confirming,
    `unitless` the sheets for which the question `unit` is asked; `missing` ids of people of the batch's units whom a
    full roster does not name; `labels` all sheets that could be read."""

    parts: list[Part]
    rows: list[Row]
    answers: Answers
    rules: Rules
    units: Units
    notes: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    unitless: list[Part] = field(default_factory=list)
    missing: list[int] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)

    @property
    def counts(self) -> dict[str, int]:
        """rows = new + changed + unchanged + refused; warned rows are among the new and the changed."""
        kinds = Counter(row.kind for row in self.rows)
        warned = sum(row.kind in (NEW, CHANGED) and row.is_warned for row in self.rows)
        counts = {
            "rows": len(self.rows),
            **{kind: kinds[kind] for kind in (NEW, CHANGED, UNCHANGED)},
            "warned": warned,
            "refused": kinds[REFUSED],
        }
        return counts | {"missing": len(self.missing)} if self.answers.is_full else counts

    def findings(self, *, refusals: bool) -> list[Finding]:
        """What refused rows, or what a clerk must look at in the rows that are taken."""
        headings = [{heading.position: heading for heading in part.layout.headings} for part in self.parts]
        found = []
        for row in self.rows:
            if not row.problems or (row.kind == REFUSED) != refusals or row.kind == UNCHANGED:
                continue
            for position, problem in row.problems:
                if problem.refuses == refusals:
                    heading = headings[row.part].get(position)
                    cell = row.cells[position] if position < len(row.cells) else None
                    value = masked(cell, BY_KEY[heading.key].mask) if heading else ""
                    column = heading.text if heading else "整行"
                    found.append(
                        Finding(
                            row.number, position, column, problem.code, value, problem.sentence, refusals, row.key,
                            self.parts[row.part].title,
                        )
                    )  # fmt: skip
        return found


def stage(
    data: bytes,
    filename: str,
    *,
    rules: Rules,
    answers: Answers,
    progress: Progress = no_progress,
    is_bundle: bool = False,
) -> Staged:
    """Raises FileRefused when the upload as a whole cannot be taken."""
    progress(5, "正在读取文件")
    upload = read_upload(data, filename, Limits(), is_bundle=is_bundle)
    rules.secrecy.look_at_upload(upload, filename)
    units = Units(rules.units, rules.unit_names, rules.scope, answers)
    found = find_parts(upload, rules, answers, units)
    del upload
    progress(30, f"正在检查 {sum(len(part.data.rows) for part in found.parts)} 行")
    staged = Staged(found.parts, [], answers, rules, units, labels=found.labels)
    for part in staged.parts:
        rules.secrecy.look_at_titles(part.sheet, part.layout)
        merged = merged_in_data(part.sheet, part.layout, {number for number, _ in part.data.rows})
        staged.rows += Checker(part.layout, rules, answers, units, part.number).check(part.data, merged)
        staged.keys |= part.at.keys()
    progress(60, "正在与名册比较")
    Finder(staged.parts, rules, answers).find(staged.rows)
    merged_rows = settle_twins(staged.rows, staged.parts, answers)
    _compare(staged)
    progress(85, "正在查找重复")
    _find_namesakes(staged)
    _complete(staged)
    if answers.is_full:
        staged.missing = _missing(staged)
    staged.notes = _notes(staged, found.notes, merged_rows)
    for row in staged.rows:
        row.citizen, row.values = None, {} if row.kind == UNCHANGED else row.values
    return staged


def _compare(staged: Staged) -> None:
    candidates = [row for row in staged.rows if row.person_id is not None and row.kind == NEW]
    for start in range(0, len(candidates), COMPARED_AT_ONCE):
        _compare_some(staged, candidates[start : start + COMPARED_AT_ONCE])


def _compare_some(staged: Staged, rows: list[Row]) -> None:
    ids = [row.person_id for row in rows if row.person_id is not None]
    known = database.people_by_id(ids, places_of(staged.keys))
    comparison = Comparison(
        staged.answers,
        {part.number: part.unit_id for part in staged.parts},
        database.phones_of(ids) if staged.keys & {"mobile", "landline"} else {},
        database.extras_of(ids) if staged.keys & {"carer", "branch"} else {},
    )
    for row in rows:
        person = known.get(row.person_id or 0)
        at = staged.parts[row.part].at
        first = at.get("name", min(at.values()))
        if person is None:
            row.refuse(first, "changed_since", "检查的时候有人改动了这个人，请重新检查这一批。")
            continue
        comparison.compare(row, person)
        if row.kind != UNCHANGED and person["person.life_status"] in NOT_LIVING:
            row.warn(first, "deceased", "名册里已登记离世，请核对这一行。")


def _find_namesakes(staged: Staged) -> None:
    """Same name and birth date, another number: one person or two? A clerk decides (code duplicate)."""
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in staged.rows:
        if row.kind != REFUSED and "name" in row.values and _has_place(row, staged):
            groups[row.values["name"], birth_of(row)].append(row)
    fresh = {key: [row for row in rows if row.kind == NEW and row.person_id is None] for key, rows in groups.items()}
    registered = database.namesakes(key for key, rows in fresh.items() if rows)
    for key, rows in fresh.items():
        for row in rows:
            if row.key in staged.answers.apart:
                continue
            others = [other for other in groups[key] if other is not row and _may_be_one(row, other)]
            people = [person for person in registered.get(key, ()) if _may_be(row, person)]
            at = staged.parts[row.part].at["name"]
            if others:
                row.refuse(at, "duplicate", _others_sentence(others, staged))
            elif people:
                row.refuse(at, "duplicate", _namesake_sentence(people, staged.rules))


def _has_place(row: Row, staged: Staged) -> bool:
    """Somebody without a number is compared once his unit is known."""
    return row.citizen is not None or row.person_id is not None or unit_of(row, staged.parts) is not None


def _others_sentence(others: Sequence[Row], staged: Staged) -> str:
    places = "、".join(f"{staged.parts[other.part].title}第 {other.number} 行" for other in others[:5])
    return f"与{places}同名同出生日期，不是同一个身份证号或单位。请核对是不是同一个人。"


def _may_be_one(row: Row, other: Row) -> bool:
    """Known to the month only, two people are told apart by the days in their citizen ids."""
    if row.citizen is None or other.citizen is None:
        return True
    return len(birth_of(row)) == 10 or row.citizen.birth == other.citizen.birth


def _may_be(row: Row, person: database.Namesake) -> bool:
    if row.citizen is None:
        return True
    return len(birth_of(row)) == 10 or person.born in ("", f"{row.citizen.birth:%Y%m%d}")


def _namesake_sentence(people: list[database.Namesake], rules: Rules) -> str:
    seen = [p.unit_id for p in people if p.unit_id is not None and is_in_scope(p.unit_id, rules)]
    if seen:
        unit = rules.unit_names.get(seen[0], "")
        return f"名册里（{unit}）已有同名同出生日期的人，身份证号不同或没有。请核对是不是同一个人。"
    return "别处已登记同名同出生日期的人，身份证号不同。请与市局名册管理员核对是不是同一个人。"


def _complete(staged: Staged) -> None:
    """Give new rows everything they start with; what nothing says becomes a question, or refuses the row."""
    answers = staged.answers
    for row in staged.rows:
        if row.kind == NEW and row.person_id is None:
            _start(row, staged)
    fresh = [row for row in staged.rows if row.kind == NEW]
    asked, unitless = _lacking(fresh, staged)
    if answers.is_full and not answers.asked:
        unitless |= {part.number for part in staged.parts if "unit" not in part.at and part.unit_id is None}
    staged.unitless = [part for part in staged.parts if part.number in unitless]
    if staged.unitless:
        asked.add("unit")
    if answers.calendar is None and any("birthday_calendar" not in staged.parts[row.part].at for row in fresh):
        asked.add("calendar")
    if staged.units.unknown:
        asked.add("units")
    staged.questions = [key for key in ("retire_type", "unit", "calendar", "units") if key in asked]


def _lacking(fresh: Sequence[Row], staged: Staged) -> tuple[set[str], set[int]]:
    """(what must be asked, numbers of the sheets whose unit must be). A row is refused where its sheet has the column
    and leaves it empty, and where the clerk was asked and left it open."""
    asked: set[str] = set()
    unitless: set[int] = set()
    for row in fresh:
        at = staged.parts[row.part].at
        for key, (place, sentence) in NEEDED.items():
            if row.writes.get(place) is not None or row.kind == REFUSED:
                continue
            if key in at or staged.answers.asked:
                row.refuse(at.get(key, at.get("name", min(at.values()))), "required", sentence)
                continue
            asked.add(key)
            if key == "unit":
                unitless.add(row.part)
    return asked, unitless


def _start(row: Row, staged: Staged) -> None:
    part = staged.parts[row.part]
    first = min(part.at.values())
    unit = unit_of(row, staged.parts)
    if staged.answers.kind == UPDATE:
        who = "这个身份证号" if row.citizen is not None else "这个单位里同名同出生日期的人"
        row.refuse(part.at.get("citizen_id", first), "not_found", f"名册里没有{who}。这次只更新，没有新增，请核对。")
    elif "name" not in row.values:
        row.refuse(first, "not_found", "名册里没有这个身份证号，表里又没有姓名，不能新增。请核对证号，或加上姓名一栏。")
    elif isinstance(unit, int) and not staged.units.is_ours(unit):
        name = staged.rules.unit_names.get(unit, "")
        row.refuse(part.at["name"], "out_of_scope", f"“{name}”不归您管，这一行不能由您导入。请交给该单位的经办人。")
    else:
        row.writes = writes_of_new(row, staged.answers, part.unit_id)
        row.values = {}


def _missing(staged: Staged) -> list[int]:
    """Living people of the units this roster is about whom no row names, whatever became of the row."""
    units = {unit for row in staged.rows if isinstance(unit := _unit_now(row, staged), int)}
    named = {row.person_id for row in staged.rows if row.person_id is not None}
    rows = Cadre.objects.current().filter(managing_unit__in=[unit for unit in units if staged.units.is_ours(unit)])
    rows = rows.exclude(person__life_status=LifeStatus.DECEASED).order_by("managing_unit", "person__name_sort_key")
    return [pk for pk in rows.values_list("pk", flat=True) if pk not in named]


def _unit_now(row: Row, staged: Staged):
    return row.writes.get("cadre.managing_unit_id") or unit_of(row, staged.parts)


def _notes(staged: Staged, on_unread: list[str], merged: int) -> list[str]:
    """What was passed over, in plain sentences."""
    names = dict(staged.rules.unit_names) if len(staged.parts) == 1 else None
    notes = [*on_unread, *(note for part in staged.parts for note in notes_on(part, names))]
    fresh = [row for row in staged.rows if row.kind == NEW and row.person_id is None]
    if merged:
        notes.append(f"{merged} 行与别的表里是同一个人，内容不矛盾，已并成一行。")
    if waiting := sum(row.writes.get("person.citizen_id") is None for row in fresh):
        notes.append(f"{waiting} 人没有身份证号，会列为“待补证号”；以后的名单写上证号就对得上，不会重复。")
    if vague := sum(row.kind == NEW and "person.birthday_month" not in row.writes for row in staged.rows):
        notes.append(f"{vague} 人的出生日期不到日，暂时不能提醒生日。")
    if len(notes) > MOST_NOTES:
        notes = [*notes[:MOST_NOTES], f"还有 {len(notes) - MOST_NOTES} 条说明，没有列出。"]
    return notes


def created_units(staged: Staged) -> list[str]:
    names = (row.writes.get("cadre.managing_unit_id") for row in staged.rows if row.kind in (NEW, CHANGED))
    return list(dict.fromkeys(n.removeprefix(NEW_UNIT) for n in names if isinstance(n, str)))
