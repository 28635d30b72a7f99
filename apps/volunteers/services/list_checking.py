"""What each row of a list would do: register somebody new, register or change somebody known, nothing; or why it
cannot be taken. Everything is asked once a file (rule book 10.7)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from apps.accounts.access import unit_ids_for
from apps.common import crypto
from apps.common.partial_date import PartialDate
from apps.organisation.models import Unit
from apps.people.choices import LifeStatus
from apps.people.models import Person, Phone
from apps.registry.registers.lists import Line
from apps.volunteers.choices.volunteers import StatementKind
from apps.volunteers.models import Team, TeamMember, Volunteer
from apps.volunteers.queries.talent import SERVICES, SKILLS, words_of
from apps.volunteers.queries.volunteers import papers_of

from .batches import CHANGED, NEW, REFUSED, UNCHANGED
from .list_reading import LABELS

CHANGE = "volunteers.change_volunteer"
PAPERS = (StatementKind.WILLING, StatementKind.HEALTH)


@dataclass(slots=True)
class Outcome:
    """What one line comes to. `papers`: kinds that it brings; `changes`: (label, before, after) in words."""

    line: Line
    verdict: str = REFUSED
    person: Person | None = None
    team: Team | None = None
    papers: list[str] = field(default_factory=list)
    changes: list[tuple[str, str, str]] = field(default_factory=list)


class Checker:
    """Compares lines with the register as the user may change it. `at`: the column where a fault is marked.
    See rule book 10.7."""

    def __init__(self, lines: list[Line], unit: Unit, user, *, at, today: dt.date) -> None:
        self.at, self.unit, self.today = at, unit, today
        self.reach = unit_ids_for(user, CHANGE)
        values = [line.values for line in lines]
        ids = [_index(one["citizen_id"]) for one in values if "citizen_id" in one]
        names = {one["name"] for one in values if "name" in one}
        standing = Person.objects.filter(voided_at__isnull=True)
        people = [*standing.filter(citizen_id_index__in=ids), *standing.filter(name__in=names)]
        self.people = {person.pk: person for person in people}
        self.by_id = {bytes(one.citizen_id_index): one for one in self.people.values() if one.citizen_id_index}
        self.by_name: dict[str, list[Person]] = defaultdict(list)
        for person in self.people.values():
            self.by_name[person.name].append(person)
        phones = Phone.objects.filter(person__in=self.people).values_list("person_id", "number_index")
        self.phones = {(pk, bytes(index)) for pk, index in phones}
        self.volunteers = Volunteer.objects.in_bulk(self.people)
        self.papers = papers_of(self.volunteers)
        self.teams = {team.name: team for team in Team.objects.visible_to(user).current().filter(closed_on=None)}
        rows = TeamMember.objects.on(today).filter(volunteer__in=self.volunteers)
        self.members = set(rows.values_list("team_id", "volunteer_id"))

    def compare(self, lines: Iterable[Line]) -> list[Outcome]:
        found = [self.outcome(line) for line in lines]
        self._refuse_doubles(found)
        return found

    def outcome(self, line: Line) -> Outcome:
        found = Outcome(line)
        for step in (self._find_person, self._check_person, self._find_team):
            if not line.faults:
                step(found)
        if line.faults:
            return found
        volunteer = self.volunteers.get(found.person.pk) if found.person else None
        found.papers = [kind for kind in PAPERS if self._brings(volunteer, kind, line.values.get(kind))]
        found.changes = list(self._changes(found, volunteer))
        known = volunteer is not None and volunteer.left_on is None and volunteer.voided_at is None
        found.verdict = NEW if not known else CHANGED if found.changes else UNCHANGED
        return found

    def _fault(self, line: Line, key: str, sentence: str) -> None:
        line.faults[self.at.get(key, self.at.get("name", 0))] = sentence

    def _find_person(self, found: Outcome) -> None:
        """By citizen id, whose name must agree; else by name and phone; a mere namesake is for somebody to look at."""
        line, values = found.line, found.line.values
        if "citizen_id" in values:
            found.person = self.by_id.get(_index(values["citizen_id"]))
            if found.person is not None and found.person.name != values["name"]:
                self._fault(line, "name", "这个身份证号登记的是另一个姓名，请核对。")
            if found.person is not None:
                return
        same = [one for one in self.by_name.get(values["name"], []) if self._may_be(one, values)]
        sure = [one for one in same if "phone" in values and self._has_phone(one, values["phone"])]
        if len(sure) == 1:
            found.person = sure[0]
        elif same:
            self._fault(line, "name", "已有同名、出生日期相同或不详的人，请填身份证号；确实是另一位的，请单独登记。")

    def _may_be(self, person: Person, values: dict) -> bool:
        if "citizen_id" in values and person.citizen_id_index:
            return False
        birth, known = values.get("birth"), person.birth_date
        if not (birth and known):
            return True
        read = PartialDate.parse(birth)
        return known.first_day <= read.last_day and read.first_day <= known.last_day

    def _has_phone(self, person: Person, digits: str) -> bool:
        return (person.pk, crypto.blind_index("phone", digits)) in self.phones

    def _check_person(self, found: Outcome) -> None:
        person = found.person
        if person is None:
            return
        if person.life_status in (LifeStatus.DECEASED, LifeStatus.DEATH_REPORTED):
            self._fault(found.line, "name", "他登记为已离世或正在核实，不能登记为志愿者。")
        volunteer = self.volunteers.get(person.pk)
        if volunteer is not None and volunteer.left_on is None and volunteer.unit_id not in self.reach:
            self._fault(found.line, "name", "他已经由别的单位登记为志愿者，请和那边联系。")

    def _find_team(self, found: Outcome) -> None:
        name = found.line.values.get("team")
        if not name:
            return
        found.team = self.teams.get(name)
        if found.team is None:
            self._fault(found.line, "team", f"没有叫“{name[:30]}”的队，或不在您的管理范围内。请先建队，或核对队名。")

    def _changes(self, found: Outcome, volunteer: Volunteer | None):
        """(label, before, after) of what the row would write; empty cells write nothing."""
        values = found.line.values
        for key, code_list in (("skills", SKILLS), ("wishes", SERVICES)):
            codes = merged(getattr(volunteer, key, []), values.get(key))
            before = getattr(volunteer, key, [])
            if codes != before:
                yield LABELS[key], words_of(before, code_list), words_of(codes, code_list)
        strengths = strengths_of(values)
        if strengths and strengths != getattr(volunteer, "strengths", ""):
            yield LABELS["strengths"], getattr(volunteer, "strengths", ""), strengths
        number = values.get("national_no")
        if number and number != getattr(volunteer, "national_no", ""):
            yield LABELS["national_no"], getattr(volunteer, "national_no", ""), number
        if found.team is not None and (volunteer is None or (found.team.pk, volunteer.pk) not in self.members):
            yield LABELS["team"], "", found.team.name
        for kind in found.papers:
            yield LABELS[kind], "", values[kind]
        for key in ("contact_name", "contact_phone"):
            if key in values and values[key] != (getattr(volunteer, key, "") or ""):
                yield LABELS[key], "", "（不显示）"

    def _brings(self, volunteer: Volunteer | None, kind: str, signed: str | None) -> bool:
        """Whether the paper is newer than those on record."""
        if not signed:
            return False
        rows = self.papers.get(volunteer.pk, []) if volunteer is not None else []
        return not any(row.kind == kind and row.starts_on >= dt.date.fromisoformat(signed) for row in rows)

    def _refuse_doubles(self, rows: list[Outcome]) -> None:
        """Two lines of one person would fight: both are refused."""
        first: dict[tuple, Outcome] = {}
        for row in rows:
            if row.line.faults:
                continue
            values = row.line.values
            who = ("person", row.person.pk) if row.person else (
                values["name"], values.get("citizen_id") or values.get("birth")
            )  # fmt: skip
            other = first.setdefault(who, row)
            if other is row:
                continue
            for one, another in ((row, other), (other, row)):
                one.verdict = REFUSED
                self._fault(one.line, "name", f"和第 {another.line.number} 行是同一个人，请只留一行。")


def merged(before: list[str], read: dict | None) -> list[str]:
    """What he had and what the row adds, each once."""
    return list(dict.fromkeys([*before, *((read or {}).get("codes", []))]))


def strengths_of(values: dict) -> str:
    """The text of the row with the words that the lists do not know."""
    words = [word for key in ("skills", "wishes") for word in values.get(key, {}).get("words", [])]
    return "；".join(part for part in (values.get("strengths", ""), "、".join(words)) if part)[:200]


def _index(number: str) -> bytes:
    return crypto.blind_index("citizen_id", number)
