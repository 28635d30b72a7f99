"""Who the rows are about: by citizen id, else by name, birth date and unit; and rows that are about the same person."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from apps.common import crypto

from . import known as database
from .answers import Answers
from .checking import Rules
from .known import Identity
from .parts import Part
from .rows import REFUSED, UNCHANGED, Row

AT_ONCE = 5000  # bounds what is held of the database at a time
ELSEWHERE = "这个身份证号已在别处登记，不能由您导入。请与市局名册管理员联系。"
NAMED_ELSEWHERE = "别处已登记同名同出生日期的人。请与市局名册管理员核对是不是同一个人。"


class Finder:
    """Finds the registered person of every row; refused rows too, so that nobody passes for missing."""

    def __init__(self, parts: Sequence[Part], rules: Rules, answers: Answers) -> None:
        self.parts, self.rules, self.answers = parts, rules, answers

    def find(self, rows: Sequence[Row]) -> None:
        """Sets `person_id`, or refuses the row with what to do."""
        for start in range(0, len(rows), AT_ONCE):
            chunk = rows[start : start + AT_ONCE]
            self._by_name(self._by_number(chunk))

    def _by_number(self, rows: Iterable[Row]) -> list[Row]:
        """Returns the rows that are still nobody's."""
        numbered = [row for row in rows if row.citizen is not None]
        for row in numbered:
            assert row.citizen is not None
            row.index = crypto.blind_index("citizen_id", row.citizen.number)
        people = database.people_by_index(row.index for row in numbered)
        rest = []
        for row in rows:
            person = people.get(row.index) if row.citizen is not None else None
            if person is None:
                rest.append(row)
            else:
                self._take(row, person, ELSEWHERE)
        return rest

    def _by_name(self, rows: Iterable[Row]) -> None:
        """Without a number: the one of that name and birth in the row's unit. With one: the one there whose number is
        still to come (待补证号). The clerk may have said that a row is somebody else."""
        named = [
            (row, birth_of(row)) for row in rows if "name" in row.values and birth_of(row) and not self._is_apart(row)
        ]
        people = database.people_by_name((row.values["name"], birth[:4]) for row, birth in named)
        if not people:
            return
        for row, birth in named:
            same = [person for person in people.get(row.values["name"], ()) if agree(person.birth, birth)]
            if row.citizen is not None:
                same = [person for person in same if person.index is None]
            unit = unit_of(row, self.parts)
            if not same or unit is None:
                continue
            here = [person for person in same if person.unit_id == unit]
            if len(here) == 1:
                self._take(row, here[0], NAMED_ELSEWHERE)
            elif here:
                self._refuse(
                    row, "ambiguous", f"这个单位有 {len(here)} 位同名、出生日期也相符的人，分不清是谁。请写上身份证号。"
                )
            elif row.citizen is None:
                self._refuse(row, "duplicate", self._elsewhere(same))

    def _is_apart(self, row: Row) -> bool:
        return row.key in self.answers.apart

    def _take(self, row: Row, person: Identity, elsewhere: str) -> None:
        row.person_id = person.person_id
        if not is_in_scope(person.unit_id, self.rules):
            key = "citizen_id" if row.citizen is not None else "name"
            self._refuse(row, "registered_elsewhere", elsewhere, key)

    def _elsewhere(self, people: Sequence[Identity]) -> str:
        seen = [person.unit_id for person in people if person.unit_id and is_in_scope(person.unit_id, self.rules)]
        if not seen:
            return NAMED_ELSEWHERE
        return (
            f"这个单位没有他；{self.rules.unit_names.get(seen[0], '另一个单位')}有同名、出生日期也相符的人。"
            "是同一个人，请改单位或写上身份证号；确是另一个人，请在“改回答”里勾选。"
        )

    def _refuse(self, row: Row, code: str, sentence: str, key: str = "name") -> None:
        if row.kind != REFUSED:
            at = self.parts[row.part].at
            row.refuse(at.get(key, min(at.values())), code, sentence)


def is_in_scope(unit_id: int | None, rules: Rules) -> bool:
    """Seeing elsewhere is not enough: the clerk's importing right must cover the unit that manages the person."""
    return rules.scope is None or unit_id in rules.scope


def birth_of(row: Row) -> str:
    """The file's, else the one in the citizen id; empty when neither says."""
    return row.values.get("birth_date") or (row.citizen.birth.isoformat() if row.citizen is not None else "")


def unit_of(row: Row, parts: Sequence[Part]):
    """Managing unit that the row or its sheet names: an id, a name still to be created, or None."""
    return row.values.get("unit", parts[row.part].unit_id)


def agree(one: str, other: str) -> bool:
    """Dates of different precision that do not contradict each other."""
    return one.startswith(other) or other.startswith(one)


def settle_twins(rows: Iterable[Row], parts: Sequence[Part], answers: Answers) -> int:
    """The same person in several rows. Of a batch that only adds and corrects, rows of a registered person that do not
    contradict each other become one, the first; how many were put into another is returned. All others are refused,
    because which row is right only a person can say; each names the others."""
    groups: dict[tuple, list[Row]] = defaultdict(list)
    for row in rows:
        if key := _identity(row, parts):
            groups[key].append(row)
    merged = 0
    for twins in groups.values():
        if len(twins) > 1:
            if not answers.is_full and _can_merge(twins):
                merged += _merge(twins)
            else:
                _refuse_twins(twins, parts)
    return merged


def _identity(row: Row, parts: Sequence[Part]) -> tuple | None:
    if row.person_id is not None:
        return ("person", row.person_id)
    if row.citizen is not None:
        return ("number", row.citizen.number)
    unit = unit_of(row, parts)
    if row.kind == REFUSED or unit is None:
        return None
    return ("name", row.values["name"], birth_of(row)[:7], unit)


def _can_merge(twins: Sequence[Row]) -> bool:
    first = twins[0]
    if any(row.problems or row.kind == REFUSED or row.person_id is None for row in twins):
        return False
    return all(
        (row.part != first.part and not _contradictions(twins)) or _says_the_same(row, first) for row in twins[1:]
    )


def _says_the_same(row: Row, other: Row) -> bool:
    return row.values == other.values and row.cleared == other.cleared


def _contradictions(twins: Sequence[Row]) -> list[str]:
    """Column keys on which rows differ; what one clears and another fills is such a one."""
    told: dict[str, object] = {}
    found = []
    for row in twins:
        for key, value in [*row.values.items(), *((key, None) for key in row.cleared)]:
            if key in told and told[key] != value:
                found.append(key)
            told.setdefault(key, value)
    return found


def _merge(twins: Sequence[Row]) -> int:
    """Into the first row; the others have nothing of their own left to write."""
    first = twins[0]
    for row in twins[1:]:
        first.values = row.values | first.values
        first.citizen = first.citizen or row.citizen
        first.cleared = list(dict.fromkeys([*first.cleared, *row.cleared]))
        row.kind, row.person_id = UNCHANGED, None
    return len(twins) - 1


def _refuse_twins(twins: Sequence[Row], parts: Sequence[Part]) -> None:
    where: Mapping[str, list[int]] = defaultdict(list)
    for row in twins:
        where[parts[row.part].title].append(row.number)
    places = "、".join(f"{title}第 {'、'.join(map(str, numbers))} 行" for title, numbers in where.items())
    numbers = {row.citizen.number for row in twins if row.citizen is not None}
    what = "同一个身份证号" if len(numbers) == 1 and all(row.citizen for row in twins) else "同一个人"
    for row in twins:
        at = parts[row.part].at
        row.refuse(at.get("citizen_id", min(at.values())), "duplicate", f"{places}是{what}。请只留下正确的一行。")
