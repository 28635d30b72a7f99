"""What a clerk sees before confirming: figures, what is refused and why, the first changes field by field."""

from collections import Counter
from collections.abc import Iterable
from itertools import islice
from typing import Any

from apps.common.birthday import Birthday
from apps.common.code_lists import names_of
from apps.common.partial_date import PartialDate
from apps.common.phone import masked_phone

from . import known as database
from .checking import NEW_UNIT
from .columns import BY_KEY, COLUMNS, EXTRA, NOWHERE
from .difference import BIRTHDAY, SEALED
from .rows import CHANGED, NEW, Finding, Row
from .staging import Staged, created_units

MOST_CHANGES, MOST_NEW, MOST_FINDINGS, MOST_UNITS = 50, 20, 100, 60
LABELS = {
    **{f"{column.table}.{column.field}": column.label for column in COLUMNS if column.table != NOWHERE},
    "cadre.leader_rank": "领导职务层次",
    "cadre.grade_rank": "职级",
    "person.birthday_calendar": "过生日",
    "phones": "电话",
    "clear_phones": "电话",
    f"{EXTRA}.carer": BY_KEY["carer"].label,
    f"{EXTRA}.branch": BY_KEY["branch"].label,
}
_CODE_LISTS = {f"{c.table}.{c.field}": c.source for c in COLUMNS if c.reads == "code"} | {
    "cadre.leader_rank": "leader_rank",
    "cadre.grade_rank": "grade_rank",
}
_DATES = {f"{column.table}.{column.field}" for column in COLUMNS if column.reads == "date"}
EMPTY = "（空）"


def finding_json(finding: Finding) -> dict[str, Any]:
    return {
        "row": finding.row,
        "column": finding.column,
        "code": finding.code,
        "value": finding.value,
        "reason": finding.sentence,
    }


def build(staged: Staged) -> dict[str, Any]:
    """JSON for the page; holds masked values only, and stays small however large the file is."""
    changed = [row for row in staged.rows if row.kind == CHANGED]
    refusals, warnings = staged.findings(refusals=True), staged.findings(refusals=False)
    by_hand = _by_hand(changed)
    return {
        "counts": staged.counts,
        "notes": staged.notes,
        "questions": staged.questions,
        "sheet": staged.sheet.name,
        "sheets": staged.sheets,
        "columns": [[h.letters, h.text, BY_KEY[h.key].label] for h in staged.layout.headings],
        "unknown_units": [
            {"name": unit.name, "rows": unit.rows, "nearest": unit.nearest}
            for unit in staged.unknown_units[:MOST_UNITS]
        ],
        "unknown_unit_count": len(staged.unknown_units),
        "created_units": created_units(staged)[:MOST_UNITS],
        "refusal_groups": _groups(refusals),
        "refusals": [finding_json(finding) for finding in refusals[:MOST_FINDINGS]],
        "namesakes": [finding_json(f) for f in refusals if _is_namesake(f, staged)][:MOST_FINDINGS],
        "warning_groups": _groups(warnings),
        "warnings": [finding_json(finding) for finding in warnings[:MOST_FINDINGS]],
        "changed_fields": _field_counts(changed),
        "by_hand": sum(map(len, by_hand.values())),
        "changes": _changes(changed[:MOST_CHANGES], by_hand, staged),
        "new": [_introduction(row, staged) for row in islice((r for r in staged.rows if r.kind == NEW), MOST_NEW)],
    }


def _is_namesake(finding: Finding, staged: Staged) -> bool:
    """A row that looks like another person by name and birth date, not by number."""
    return finding.code == "duplicate" and finding.position == staged.layout.position_of("name")


def _groups(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    counts = Counter((finding.code, finding.column) for finding in findings)
    examples = {(finding.code, finding.column): finding for finding in reversed(list(findings))}
    return [
        {"code": code, "column": column, "count": count, "example": examples[code, column].sentence,
         "row": examples[code, column].row}
        for (code, column), count in counts.most_common(30)
    ]  # fmt: skip


def _shown_places(writes: dict[str, Any]) -> list[str]:
    return [place for place in writes if place in LABELS]


def _field_counts(changed: Iterable[Row]) -> list[tuple[str, int]]:
    return Counter(LABELS[place] for row in changed for place in _shown_places(row.writes)).most_common()


# Nobody's work is overwritten where nothing stood.
NOTHING: tuple = (None, "", [], ())


def _by_hand(changed: list[Row]) -> dict[int, set[str]]:
    """person id → places that the import would overwrite though somebody edited them since the last import."""
    ids = [row.person_id for row in changed if row.person_id is not None]
    if not ids:
        return {}
    current, last, touched = database.people_by_id(ids), database.wrote_last(ids), database.phones_touched(ids)
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
    current = database.people_by_id(row.person_id for row in rows if row.person_id is not None) if rows else {}
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
        shown.append({"row": row.number, "name": known["person.name"], "fields": fields})
    return shown


def _introduction(row: Row, staged: Staged) -> dict[str, Any]:
    return {
        "row": row.number,
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
    if value is None or value == "":
        return EMPTY
    if place == "cadre.managing_unit_id":
        if isinstance(value, str):
            return f"{value.removeprefix(NEW_UNIT)}（新建）"
        return staged.rules.unit_names.get(value, "已撤并的单位")
    if place == BIRTHDAY[0]:
        return Birthday(*(values[name] for name in BIRTHDAY)).display()
    if place in _DATES:
        return PartialDate.parse(value).display()
    if place in SEALED:
        return "（已登记，不显示）"
    if place in _CODE_LISTS:
        return _word(place, value)
    return str(value)


def _word(place: str, value: str) -> str:
    return names_of(_CODE_LISTS[place]).get(value, value)
