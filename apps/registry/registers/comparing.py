"""What each line of a table would do to its register: add, change, nothing, or why it cannot be taken.

Everything is asked once a file: rows of the units in reach, units by name. The difference is computed again when it is
written, so that a file taken twice changes nothing.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from apps.accounts.access import unit_ids_for
from apps.common import crypto
from apps.common.code_lists import names_of
from apps.organisation.models import Unit
from apps.registry.choices import RegisterKind
from apps.registry.models import ServingLeader, Worker
from apps.registry.roster.nearest import Nearest
from apps.registry.roster.readers import fold

from .sheets import Line, Lines
from .tables import TABLES, Table

MODELS = {RegisterKind.WORKERS: Worker, RegisterKind.LEADERS: ServingLeader}
SECRET = {"mobile": ("phone", "mobile_index"), "citizen_id": ("citizen_id", "citizen_id_index")}
NEW, CHANGED, UNCHANGED, REFUSED = "new", "changed", "unchanged", "refused"
UNSEEN = "（不显示）"


@dataclass(slots=True)
class Outcome:
    """What one line comes to. `changes` are (label, before, after) in words; secret values are not among them."""

    line: Line
    verdict: str = NEW
    row: Any = None
    unit: Unit | None = None
    changes: list[tuple[str, str, str]] = field(default_factory=list)


class Comparer:
    """Compares lines with the register as the user may change it."""

    def __init__(self, kind: str, user, *, today: dt.date) -> None:
        self.table: Table = TABLES[RegisterKind(kind)]
        self.model = MODELS[self.table.kind]
        self.today = today
        reach = unit_ids_for(user, f"registry.change_{self.model._meta.model_name}")
        self.reach = reach
        self.units: dict[str, Unit] = {}
        for unit in Unit.objects.open():
            for name in (unit.name, unit.short_name, *unit.aliases):
                if name:
                    self.units.setdefault(fold(name), unit)
        mine = [unit.name for unit in self.units.values() if unit.pk in reach]
        self.nearest = Nearest({name: number for number, name in enumerate(dict.fromkeys(mine))})
        self.by_name: dict[tuple[int, str], list] = defaultdict(list)
        self.by_id: dict[bytes, Any] = {}
        for row in self.model.objects.filter(unit_id__in=sorted(reach), voided_at__isnull=True).order_by("pk"):
            self.by_name[row.unit_id, row.name].append(row)
            index = getattr(row, "citizen_id_index", None)
            if index is not None:
                self.by_id[bytes(index)] = row
        self.elsewhere: set[bytes] = set()
        self.offices: dict[str, dict] = defaultdict(dict)
        if self.table.kind == RegisterKind.WORKERS:
            others = Worker.objects.filter(voided_at__isnull=True, ends_on__isnull=True, citizen_id_index__isnull=False)
            others = others.exclude(unit_id__in=sorted(reach)).order_by()
            self.elsewhere = {bytes(index) for index in others.values_list("citizen_id_index", flat=True)}
        else:
            for rows in self.by_name.values():
                for row in rows:
                    office = tuple(str(self.standing_of(row, name)) for name in ("starts_on", "ends_on"))
                    self.offices[row.name][row.pk] = (row.title, office)

    def compare(self, lines: Lines) -> list[Outcome]:
        at = {heading.key: heading.position for heading in lines.layout.headings}
        outcomes = [self.outcome(line, at) for line in lines.rows]
        self._refuse_doubles(outcomes, at)
        return outcomes

    def outcome(self, line: Line, at: Mapping[str, int]) -> Outcome:
        """What becomes of one line; `at` says in which column a fault is marked."""
        found = Outcome(line)
        for step in (self._find_unit, self._find_row, self._check_dates, self._check_office):
            if not line.faults:
                step(found, at)
        if line.faults:
            found.verdict = REFUSED
            return found
        found.changes = self.changes_of(found)
        if found.row is not None:
            found.verdict = CHANGED if found.changes else UNCHANGED
        return found

    def _find_unit(self, found: Outcome, at: Mapping[str, int]) -> None:
        text = found.line.values["unit"]
        found.unit = self.units.get(fold(text))
        if found.unit is not None and found.unit.pk in self.reach:
            return
        near = "、".join(name for _, name in self.nearest.to(text))
        found.line.faults[at["unit"]] = (
            f"“{text[:30]}”不在您的管理范围内。" if found.unit else f"没有叫“{text[:30]}”的单位。"
        ) + (f"是不是：{near}？" if near else "")

    def _find_row(self, found: Outcome, at: Mapping[str, int]) -> None:
        """The row that the line speaks of: by citizen id, else by name within the unit; two of a name are refused."""
        values = found.line.values
        namesakes = self.by_name.get((found.unit.pk, values["name"]), [])
        if self.table.kind == RegisterKind.LEADERS:
            found.row = next((row for row in namesakes if row.title == values["title"]), None)
            return
        if "citizen_id" in values:
            index = crypto.blind_index("citizen_id", values["citizen_id"])
            found.row = self.by_id.get(index)
            if found.row is not None:
                return
            if index in self.elsewhere:
                found.line.faults[at["citizen_id"]] = "这个号码登记在别的单位的在岗人员名下，请先由那边填离岗时间。"
                return
            namesakes = [row for row in namesakes if row.citizen_id_index is None]
        if len(namesakes) > 1:
            found.line.faults[at["name"]] = "这个单位有同名的人，请填身份证号码，或在系统里逐个修改。"
        elif namesakes:
            found.row = namesakes[0]

    def _check_dates(self, found: Outcome, at: Mapping[str, int]) -> None:
        starts, ends = self._office_of(found)
        if starts and ends and starts >= ends:
            place = at.get("ends_on", at.get("starts_on", 0))
            found.line.faults[place] = f"{self.table.by_key['ends_on'].label}要晚于任职（到岗）的那一天，请核对。"

    def _office_of(self, found: Outcome) -> tuple[str, str]:
        """From and to (exclusive) as they would be after the line; empty where open."""
        values, cleared = found.line.values, found.line.cleared
        return tuple(
            "" if name in cleared else values.get(name) or str(self.standing_of(found.row, name))
            for name in ("starts_on", "ends_on")
        )

    def _check_office(self, found: Outcome, at: Mapping[str, int]) -> None:
        """A leader holds one post at a time: a new one while the last has no end is refused with what to do."""
        if self.table.kind != RegisterKind.LEADERS:
            return
        name, office = found.line.values["name"], self._office_of(found)
        posts = self.offices[name]
        own = found.row.pk if found.row is not None else ("line", found.line.number)
        for key, (title, other) in posts.items():
            if key != own and _overlap(office, other):
                found.line.faults[at["title"]] = (
                    f"{name}已登记的职务是“{title}”，还没有离任时间。换了职务，请先写原职务一行并填离任时间；"
                    "是同名的两位，请在系统里新增。"
                )
                return
        posts[own] = (found.line.values["title"], office)

    def changes_of(self, found: Outcome) -> list[tuple[str, str, str]]:
        """Labels of what would be written with the words before and after."""
        changes = []
        for key, value in found.line.values.items():
            if key in ("serial", "reasons") or (key == "unit" and found.row is None):
                continue
            before, after = self.standing_of(found.row, key), found.unit.pk if key == "unit" else value
            if self.differs(found.row, key, before, after):
                changes.append((self.table.by_key[key].label, self.words(key, before), self.words(key, value)))
        for key in found.line.cleared:
            if found.row is not None and self.standing_of(found.row, key) not in ("", None):
                before = self.standing_of(found.row, key)
                changes.append((self.table.by_key[key].label, self.words(key, before), "（清空）"))
        return changes

    def standing_of(self, row, key: str) -> Any:
        if row is None:
            return ""
        if key in SECRET:
            index = getattr(row, SECRET[key][1])
            return bytes(index) if index is not None else ""
        value = row.unit_id if key == "unit" else getattr(row, key)
        if isinstance(value, dt.date):
            return f"{value:%Y-%m-%d}"
        return value if isinstance(value, int) else "" if value is None else str(value)

    @staticmethod
    def differs(row, key: str, before, after) -> bool:
        if key in SECRET:
            return before != crypto.blind_index(SECRET[key][0], after)
        return row is None or before != after

    def words(self, key: str, value) -> str:
        column = self.table.by_key[key]
        if key in SECRET:
            return UNSEEN if value else ""
        if column.source:
            return names_of(column.source).get(value, str(value))
        if column.words:
            return next((word for word, code in column.words.items() if code == value), "")
        if key == "unit" and isinstance(value, int):
            return next((unit.name for unit in self.units.values() if unit.pk == value), "")
        return str(value)

    def _refuse_doubles(self, outcomes: list[Outcome], at: Mapping[str, int]) -> None:
        """Two lines of one person would fight: both are refused."""
        first: dict[tuple, Outcome] = {}
        for found in outcomes:
            if found.verdict == REFUSED:
                continue
            values = found.line.values
            who = ("row", found.row.pk) if found.row is not None else (
                found.unit.pk, values["name"], values.get("citizen_id") or values.get("title", "")
            )  # fmt: skip
            other = first.setdefault(who, found)
            if other is not found:
                for one, another in ((found, other), (other, found)):
                    one.verdict = REFUSED
                    one.line.faults[at["name"]] = f"和第 {another.line.number} 行是同一个人，请只留一行。"


def _overlap(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether two half-open periods of ISO days share a day; an empty end is open."""
    return (not one[1] or other[0] < one[1]) and (not other[1] or one[0] < other[1])
