"""Every check on every row at once. Pure: what the database knows comes in as `Rules`."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from apps.common.citizen_id import FEMALE, MALE
from apps.common.partial_date import PartialDate
from apps.registry.choices import VETERAN_TYPES
from apps.registry.rules import LAST_VETERAN_DAY, LATEST_VETERAN_BIRTH_YEAR

from .answers import Answers
from .columns import BY_KEY, CLEAR, Column
from .layout import DataRows, Layout
from .readers import Reader, fold, make_reader
from .rows import REFUSED, Row
from .secrecy import BARRED_KEYS, Secrecy
from .units import Units

SEX_WORDS = {MALE: "男", FEMALE: "女"}


@dataclass(slots=True)
class Rules:
    """What rows are checked against. `words` is column key → (folded word → code, proper name → code).

    `units` is folded name → id of open units; `scope` the unit ids the clerk may import into (None: all);
    `staff` how many active accounts bear a name; `not_for_him` column keys that the clerk has no right to write.
    """

    today: dt.date
    synonyms: Mapping[str, str]
    words: Mapping[str, tuple[Mapping[str, str], Mapping[str, str]]]
    units: Mapping[str, int] = field(default_factory=dict)
    unit_names: Mapping[int, str] = field(default_factory=dict)
    scope: frozenset[int] | None = None
    staff: Mapping[str, int] = field(default_factory=dict)
    not_for_him: frozenset[str] = frozenset()
    secrecy: Secrecy = field(default_factory=Secrecy)


class Checker:
    """Checks the rows of one sheet; `part` is its place in the batch (rule book 1.4)."""

    def __init__(self, layout: Layout, rules: Rules, answers: Answers, units: Units, part: int = 0) -> None:
        self.layout, self.rules, self.answers, self.units, self.part = layout, rules, answers, units, part
        self.at = layout.at
        self.first = min(self.at.values(), default=0)
        self._barred_at = [self.at[key] for key in BARRED_KEYS if key in self.at]
        self._plan = [
            (heading.position, BY_KEY[heading.key], self._reader(BY_KEY[heading.key]))
            for heading in layout.headings
            if BY_KEY[heading.key].reads != "ignored"
        ]

    def _reader(self, column: Column) -> Reader:
        codes, names = self.rules.words.get(column.key, ({}, {}))
        return make_reader(column, codes=codes, names=names, today=self.rules.today)

    def check(self, data: DataRows, merged: Mapping[int, tuple[int, str]]) -> list[Row]:
        rows = []
        for number, cells in data.rows:
            row = Row(number, cells, self.part)
            self._read(row)
            if number in merged:
                position, name = merged[number]
                row.refuse(position, "merged_cells", f"{name} 是合并单元格，看不出每个人的值。请取消合并，逐行填写。")
            self._check_row(row)
            self._check_secrecy(row)
            if row.is_refused:
                row.kind = REFUSED
            rows.append(row)
        return rows

    def _read(self, row: Row) -> None:
        cells, values, width = row.cells, row.values, len(row.cells)
        for position, column, reader in self._plan:
            cell = cells[position] if position < width else None
            if cell is None:
                continue
            if cell.__class__ is str:
                if not cell or cell.isspace():
                    continue
                if CLEAR in cell and cell.strip() == CLEAR:
                    self._clear(row, position, column)
                    continue
            value, problems = reader(cell)
            if value is not None:
                values[column.key] = value
            for problem in problems:
                row.problems.append((position, problem))

    def _clear(self, row: Row, position: int, column: Column) -> None:
        if column.can_clear:
            row.cleared.append(column.key)
        else:
            row.refuse(position, "cannot_clear", f"{column.label}不能清空，请填写正确的值。")

    def _check_row(self, row: Row) -> None:
        values = row.values
        self._check_who(row)
        row.citizen = values.get("citizen_id")
        if row.citizen is not None:
            self._check_against_id(row)
        self._check_dates(row)
        self._check_unit(row)
        if "carer" in values and self.rules.staff.get(fold(values["carer"])) != 1:
            many = fold(values["carer"]) in self.rules.staff
            row.warn(
                self.at["carer"],
                "carer",
                f"责任人“{values['carer'][:20]}”"
                + ("有几个同名账号，要另行指定。" if many else "没有工作账号，要另行指定。"),
            )

    def _check_secrecy(self, row: Row) -> None:
        width = len(row.cells)
        texts = {at: cell for at in self._barred_at if at < width and (cell := row.cells[at]).__class__ is str}
        self.rules.secrecy.look_at(row, texts)

    def _check_who(self, row: Row) -> None:
        """A row is found by its citizen id, or by name, birth date and unit; the name column is never left empty."""
        values, at = row.values, self.at
        if "name" in at and "name" not in values and not self._has_problem(row, "name"):
            row.refuse(at["name"], "required", "姓名是空的，请补上。")
        if "citizen_id" in values or ("citizen_id" in at and self._has_problem(row, "citizen_id")):
            return
        if "birth_date" not in at:
            row.refuse(at["citizen_id"], "required", "身份证号码是空的，请补上；没有证号的，要加上出生日期一栏。")
        elif "name" not in at:
            row.refuse(at["citizen_id"], "required", "身份证号码是空的，请补上；没有证号的，要加上姓名一栏。")
        elif "birth_date" not in values:
            if not self._has_problem(row, "birth_date"):
                row.refuse(at["birth_date"], "required", "没有身份证号，要写出生日期（至少到月）。")
        elif len(values["birth_date"]) < len("1936-03"):
            row.refuse(at["birth_date"], "required", "没有身份证号，出生日期至少要写到月，例如 1936-03。")

    def _has_problem(self, row: Row, key: str) -> bool:
        return any(position == self.at[key] for position, _ in row.problems)

    def _check_against_id(self, row: Row) -> None:
        citizen, birth, sex = row.citizen, row.values.get("birth_date"), row.values.get("sex")
        assert citizen is not None
        if birth and birth != (of_id := citizen.birth.isoformat()) and not of_id.startswith(birth):
            shown, by_id = PartialDate.parse(birth).display(), PartialDate.of(citizen.birth).display()
            row.warn(
                self.at["birth_date"],
                "birth_mismatch",
                f"表里写{shown}出生，身份证号上是{by_id}。请核对，或说明以档案为准。",
            )
        if sex in SEX_WORDS and sex != citizen.sex:
            row.warn(
                self.at["sex"],
                "sex_mismatch",
                f"表里写{SEX_WORDS[sex]}，身份证号上是{SEX_WORDS[citizen.sex]}。请核对，或说明原因。",
            )

    def _check_dates(self, row: Row) -> None:
        values = row.values
        birth = values.get("birth_date")
        work_start, joined = values.get("work_start"), values.get("joined_party_on")
        for key, earlier, later, words in (
            ("joined_party_on", birth, joined, "入党时间早于出生日期"),
            ("full_member_on", joined, values.get("full_member_on"), "转正时间早于入党时间"),
            ("retired_on", work_start, values.get("retired_on"), "离退休时间早于参加工作时间"),
        ):
            if earlier and later and later < earlier and not earlier.startswith(later):
                row.warn(self.at[key], "date_order", f"{words}，请核对。")
        kind = values.get("retire_type") or self.answers.retire_type
        if kind in VETERAN_TYPES:
            self._check_veteran(row, work_start)

    def _check_veteran(self, row: Row, work_start: str | None) -> None:
        if work_start:
            order = PartialDate.parse(work_start).compare_to(LAST_VETERAN_DAY)
            shown = PartialDate.parse(work_start).display()
            if order == 1:
                row.warn(
                    self.at["work_start"],
                    "veteran_after_1949",
                    f"离休，但参加工作时间是{shown}，在1949年9月30日之后。请改正，或写明批准文件。",
                )
            elif order is None:
                row.warn(
                    self.at["work_start"],
                    "veteran_undecided",
                    f"离休，参加工作时间只写了{shown}，判断不了是否在1949年9月30日以前。请补到日。",
                )
        citizen = row.citizen
        born = row.values.get("birth_date") or (citizen.birth.isoformat() if citizen else "")
        if born[:4] > str(LATEST_VETERAN_BIRTH_YEAR):
            at = self.at.get("birth_date", self.first)
            row.warn(at, "veteran_born", f"离休，但{born[:4]}年出生，年纪不符。请核对离退休类型。")

    def _check_unit(self, row: Row) -> None:
        name = row.values.get("unit")
        if name is None:
            return
        found, problem = self.units.find(name)
        if problem is not None:
            del row.values["unit"]
            row.problems.append((self.at["unit"], problem))
        else:
            row.values["unit"] = found
