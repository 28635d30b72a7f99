"""What a clerk sees before confirming: figures, what is refused and why, the first changes field by field."""

from collections import Counter
from collections.abc import Iterable
from itertools import islice
from typing import Any

from apps.common.birthday import Birthday
from apps.common.citizen_id import masked_citizen_id
from apps.common.code_lists import names_of
from apps.common.partial_date import PartialDate
from apps.common.phone import masked_phone

from . import known as database
from .columns import BY_KEY, COLUMNS, EXTRA, NOWHERE, SEALED
from .difference import BIRTHDAY
from .rows import CHANGED, KEYS_A_SHEET, NEW, Finding, Row
from .staging import Staged, created_units
from .units import NEW_UNIT

MOST_CHANGES, MOST_NEW, MOST_FINDINGS, MOST_UNITS = 50, 20, 100, 60
MOST_PARTS = 300
LABELS = {
    **{column.place: column.label for column in COLUMNS if column.table != NOWHERE},
    "cadre.leader_rank": "领导职务层次",
    "cadre.grade_rank": "职级",
    "person.birthday_calendar": "过生日",
    "phones": "电话",
    "clear_phones": "电话",
    f"{EXTRA}.carer": BY_KEY["carer"].label,
    f"{EXTRA}.branch": BY_KEY["branch"].label,
}
_CODE_LISTS = {c.place: c.source for c in COLUMNS if c.reads in ("code", "codes", "level")}
_DATES = {column.place for column in COLUMNS if column.reads in ("date", "day")}
_FLAGS = {column.place for column in COLUMNS if column.reads == "flag"}
COMMUNITY = "person.community_id"
EMPTY = "（空）"


def finding_json(finding: Finding) -> dict[str, Any]:
    return {
        "row": finding.row,
        "sheet": finding.sheet,
        "column": finding.column,
        "code": finding.code,
        "value": "（不显示）" if finding.code == "secret" else finding.value,
        "reason": finding.sentence,
    }


def build(staged: Staged) -> dict[str, Any]:
    """JSON for the page; holds masked values only, and stays small however large the file is."""
    changed = [row for row in staged.rows if row.kind == CHANGED]
    unknown = list(staged.units.unknown.values())
    refusals, warnings = staged.findings(refusals=True), staged.findings(refusals=False)
    by_hand = _by_hand(changed)
    return {
        "counts": staged.counts,
        "notes": staged.notes,
        "questions": staged.questions,
        "kind": staged.answers.kind,
        "missing": len(staged.missing),
        "labels": staged.labels[:MOST_PARTS],
        "parts": [
            {
                "label": part.label,
                "title": part.title,
                "rows": len(part.data.rows),
                "unit": staged.rules.unit_names.get(part.unit_id or 0, ""),
            }
            for part in staged.parts[:MOST_PARTS]
        ],
        "unitless": [
            {"label": part.label, "title": part.title, "rows": len(part.data.rows)}
            for part in staged.unitless[:MOST_PARTS]
        ],
        "columns": _columns(staged),
        "unknown_units": [
            {"name": unit.name, "rows": unit.rows, "nearest": unit.nearest} for unit in unknown[:MOST_UNITS]
        ],
        "unknown_unit_count": len(unknown),
        "created_units": created_units(staged)[:MOST_UNITS],
        "refusal_groups": _groups(refusals),
        "refusals": [finding_json(finding) for finding in refusals[:MOST_FINDINGS]],
        "namesakes": [
            finding_json(finding) | {"key": finding.key} for finding in refusals if _is_namesake(finding, staged)
        ][:MOST_FINDINGS],
        "warning_groups": _groups(warnings),
        "warnings": [finding_json(finding) for finding in warnings[:MOST_FINDINGS]],
        "changed_fields": _field_counts(changed),
        "by_hand": sum(map(len, by_hand.values())),
        "changes": _changes(changed[:MOST_CHANGES], by_hand, staged),
        "new": [_introduction(row, staged) for row in islice((r for r in staged.rows if r.kind == NEW), MOST_NEW)],
    }


def _is_namesake(finding: Finding, staged: Staged) -> bool:
    """A row that looks like another person by name and birth date, not by number."""
    part = staged.parts[finding.key // KEYS_A_SHEET]
    return finding.code == "duplicate" and finding.position == part.layout.position_of("name")


def _columns(staged: Staged) -> list[list[str]]:
    """Letters, heading and meaning of each column; of later sheets only headings that those before do not have."""
    shown, seen = [], set()
    for part in staged.parts:
        for heading in part.layout.headings:
            if (heading.text, heading.key) not in seen:
                seen.add((heading.text, heading.key))
                shown.append([heading.letters, heading.text, BY_KEY[heading.key].label])
    return shown


def _groups(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    counts = Counter((finding.code, finding.column) for finding in findings)
    examples = {(finding.code, finding.column): finding for finding in reversed(list(findings))}
    return [
        {"code": code, "column": column, "count": count, "example": examples[code, column].sentence,
         "row": examples[code, column].row, "sheet": examples[code, column].sheet}
        for (code, column), count in counts.most_common(30)
    ]  # fmt: skip


def _shown_places(writes: dict[str, Any]) -> list[str]:
    return [place for place in writes if place in LABELS]


def _field_counts(changed: Iterable[Row]) -> list[tuple[str, int]]:
    return Counter(LABELS[place] for row in changed for place in _shown_places(row.writes)).most_common()


def _places(rows: Iterable[Row]) -> set[str]:
    return {place for row in rows for place in row.writes}


# Nobody's work is overwritten where nothing stood.
NOTHING: tuple = (None, "", [], (), False)


def _by_hand(changed: list[Row]) -> dict[int, set[str]]:
    """person id → places that the import would overwrite though somebody edited them since the last import."""
    ids = [row.person_id for row in changed if row.person_id is not None]
    if not ids:
        return {}
    places = _places(changed)
    current, last = database.people_by_id(ids, places), database.wrote_last(ids, places)
    touched = database.phones_touched(ids) if places & {"phones", "clear_phones"} else set()
    marked: dict[int, set[str]] = {}
    for row in changed:
        known = current.get(row.person_id or 0)
        if known is None:
            continue
        places = set(_shown_places(row.writes))
        if known["cadre.imported_batch_id"] is None:
            marked[known["person.id"]] = {place for place in places if known.get(place) not in NOTHING}
            continue
        before = last.get(known["person.id"], {})
        edited = {place for place in places if place in before and before[place] != known[place]}
        if known["person.id"] in touched:
            edited |= places & {"phones", "clear_phones"}
        marked[known["person.id"]] = edited
    return marked


def _changes(rows: list[Row], by_hand: dict[int, set[str]], staged: Staged) -> list[dict[str, Any]]:
    current = database.people_by_id((row.person_id or 0 for row in rows), _places(rows)) if rows else {}
    shown = []
    for row in rows:
        known = current.get(row.person_id or 0)
        if known is None:
            continue
        marked = by_hand.get(row.person_id or 0, set())
        fields = [
            {
                "label": LABELS[place],
                "before": display(place, known, staged),
                "after": display(place, row.writes, staged),
                "by_hand": place in marked,
            }
            for place in _shown_places(row.writes)
        ]
        title = staged.parts[row.part].title
        shown.append({"row": row.number, "sheet": title, "name": known["person.name"], "fields": fields})
    return shown


def _introduction(row: Row, staged: Staged) -> dict[str, Any]:
    return {
        "row": row.number,
        "sheet": staged.parts[row.part].title,
        "waits": row.person_id is None and row.writes.get("person.citizen_id") is None,
        "name": row.writes.get("person.name", row.values.get("name", "")),
        "unit": display("cadre.managing_unit_id", row.writes, staged),
        "birth": display("person.birth_date", row.writes, staged),
    }


def display(place: str, values: dict[str, Any] | database.Known, staged: Staged) -> str:
    """A stored value in words; protected ones masked."""
    if place in ("phones", "clear_phones"):
        numbers = values.get("phones")
        return "、".join(masked_phone(digits) for _, digits in numbers) if numbers else EMPTY
    value = values.get(place)
    if place == "person.citizen_id":
        return masked_citizen_id(value) if value.__class__ is str else EMPTY
    if place in _FLAGS:
        return "是" if value else "否"
    if value is None or value == "" or value == []:
        return EMPTY
    if place == BIRTHDAY[0]:
        return Birthday(*(values[name] for name in BIRTHDAY)).display()
    return _in_words(place, value, staged)


def _in_words(place: str, value: Any, staged: Staged) -> str:
    if place == "cadre.managing_unit_id":
        if isinstance(value, str):
            return f"{value.removeprefix(NEW_UNIT)}（新建）"
        return staged.rules.unit_names.get(value, "已撤并的单位")
    if place == COMMUNITY:
        return database.names_of_communities([value]).get(value, "")
    if place in _DATES:
        return PartialDate.parse(str(value)).display()
    if place in SEALED:
        return "（已登记，不显示）"
    if place in _CODE_LISTS:
        names = names_of(_CODE_LISTS[place])
        return "、".join(names.get(str(code), str(code)) for code in (value if isinstance(value, list) else [value]))
    return str(value)
