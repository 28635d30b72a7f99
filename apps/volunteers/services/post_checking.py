"""What each row of a list of outside posts would do: register a post, nothing; or why it cannot be taken. Everything is
asked once a file (rule book 10.56)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from apps.accounts.access import unit_ids_for
from apps.common import crypto
from apps.common.code_lists import names_of
from apps.common.partial_date import PartialDate
from apps.organisation.models import Community
from apps.people.choices import LifeStatus
from apps.people.models import Person
from apps.registry.models import Cadre
from apps.registry.registers.lists import Line
from apps.registry.roster.readers import fold
from apps.volunteers.models import OutsidePost
from apps.volunteers.queries.elders import elders_in_reach, unit_for
from apps.volunteers.queries.posts import FIELDS, KINDS

from .batches import NEW, REFUSED, UNCHANGED

ADD = "volunteers.add_outsidepost"
GONE = (LifeStatus.DECEASED, LifeStatus.DEATH_REPORTED)
NOBODY = "您管的老干部、登记的志愿者里没有这个姓名，请核对；别的老人请先登记。"


@dataclass(slots=True)
class Outcome:
    """What one line comes to. `changes`: (label, "", what is written) in words."""

    line: Line
    verdict: str = REFUSED
    person: Person | None = None
    unit_id: int | None = None
    community: Community | None = None
    place: str = ""
    changes: list[tuple[str, str, str]] = field(default_factory=list)


class PostChecker:
    """Compares lines with what the user may register. `at`: the column where a fault is marked. A handful of queries
    for any number of lines, and one for each old person who is no cadre. See rule book 10.56."""

    def __init__(self, lines: Iterable[Line], user, *, at: Mapping[str, int]) -> None:
        self.at, self.reach = at, set(unit_ids_for(user, ADD))
        names = {line.values["name"] for line in lines if "name" in line.values}
        cadres = Cadre.objects.current().visible_to(user).filter(
            managing_unit__in=self.reach, person__name__in=names, person__voided_at__isnull=True
        )  # fmt: skip
        self.units = dict(cadres.values_list("pk", "managing_unit"))
        people = [*Person.objects.filter(pk__in=self.units), *elders_in_reach(user).filter(name__in=names)]
        self.by_name: dict[str, list[Person]] = defaultdict(list)
        for person in people:
            self.by_name[person.name].append(person)
        self.posts: dict[tuple, list[OutsidePost]] = defaultdict(list)
        for post in OutsidePost.objects.current().filter(person__in=[one.pk for one in people]):
            self.posts[post.person_id, post.kind, post.body].append(post)
        self.communities: dict[str, list[Community]] = defaultdict(list)
        for row in Community.objects.filter(voided_at__isnull=True, closed_on__isnull=True):
            for name in {fold(str(row)), fold(row.name), fold(row.name).removesuffix("社区")}:
                self.communities[name].append(row)
        self.names = {KINDS: names_of(KINDS), FIELDS: names_of(FIELDS)}

    def compare(self, lines: Iterable[Line]) -> list[Outcome]:
        found = [self.outcome(line) for line in lines]
        self._refuse_doubles(found)
        return found

    def outcome(self, line: Line) -> Outcome:
        found = Outcome(line)
        for step in (self._find_person, self._find_unit, self._find_place, self._compare_posts):
            if not line.faults:
                step(found)
        if line.faults:
            found.verdict = REFUSED
        elif found.verdict != UNCHANGED:
            found.verdict, found.changes = NEW, self._words(found)
        return found

    def _fault(self, line: Line, key: str, sentence: str) -> None:
        line.faults[self.at.get(key, self.at.get("name", 0))] = sentence

    def _find_person(self, found: Outcome) -> None:
        values = found.line.values
        same = [one for one in self.by_name.get(values["name"], []) if _may_be(one, values)]
        if len(same) == 1:
            found.person = same[0]
            if same[0].life_status in GONE:
                self._fault(found.line, "name", "他登记为已离世或正在核实，不能再登记。")
        elif same:
            self._fault(found.line, "name", "同名的不止一位，请填身份证号或出生日期。")
        else:
            known = self.by_name.get(values["name"])
            words = "身份证号或出生日期和登记的对不上，请核对。" if known else NOBODY
            self._fault(found.line, "name", words)

    def _find_unit(self, found: Outcome) -> None:
        assert found.person is not None  # the step before
        found.unit_id = self.units.get(found.person.pk)
        if found.unit_id is None:
            unit = unit_for(found.person, self.reach)
            found.unit_id = unit.pk if unit else None
        if found.unit_id is None:
            self._fault(found.line, "name", "他不在您的管理范围内。")

    def _find_place(self, found: Outcome) -> None:
        """A known community first, then the lane; a name that is no community is the lane."""
        text = found.line.values.get("where", "")
        first, _, rest = text.partition(" ")
        rows = self.communities.get(fold(first), [])
        if len(rows) > 1:
            words = f"有 {len(rows)} 个社区叫“{first[:20]}”，请在前面写上街道名。"
            self._fault(found.line, "where", words)
            return
        found.community = rows[0] if rows else None
        found.place = rest if rows else text
        if len(found.place) > 100:  # noqa: PLR2004 (as the column)
            self._fault(found.line, "where", "街巷、小区、村最多 100 个字，请缩短。")

    def _compare_posts(self, found: Outcome) -> None:
        assert found.person is not None  # the steps before
        values = found.line.values
        for post in self.posts.get((found.person.pk, values["kind"], values["body"]), []):
            starts, ends = _days(values)
            if post.starts_on == starts:
                found.verdict = UNCHANGED
                return
            if (ends is None or post.starts_on < ends) and (post.ends_on is None or post.ends_on > starts):
                until = f"{post.ends_on:%Y-%m-%d}" if post.ends_on else "今"
                words = f"他已经登记了同一个岗位（{post.starts_on:%Y-%m-%d} 至 {until}），请核对日期，或办续任。"
                self._fault(found.line, "starts_on", words)
                return

    def _words(self, found: Outcome) -> list[tuple[str, str, str]]:
        values = found.line.values
        kind = self.names[KINDS].get(values["kind"], values["kind"])
        term = f"{values['starts_on']} 至 {values.get('ends_on') or '今（没有定任期）'}"
        said = [
            ("岗位", f"{values['body']}　{values.get('duty') or kind}"),
            ("作用发挥领域", self.names[FIELDS].get(values["field"], values["field"])), ("任期", term),
            ("社区、街巷", " ".join(filter(None, (str(found.community or ""), found.place)))),
        ]  # fmt: skip
        return [(label, "", text) for label, text in said if text]

    def _refuse_doubles(self, rows: list[Outcome]) -> None:
        """Two lines of one post at one time would fight: both are refused."""
        first: dict[tuple, list[Outcome]] = defaultdict(list)
        for row in rows:
            if row.verdict != NEW or row.person is None:
                continue
            values = row.line.values
            for other in first[row.person.pk, values["kind"], values["body"]]:
                if _overlap(_days(values), _days(other.line.values)):
                    for one, another in ((row, other), (other, row)):
                        one.verdict = REFUSED
                        words = f"和第 {another.line.number} 行是同一个人的同一个岗位，时间重叠，请只留一行。"
                        self._fault(one.line, "name", words)
            first[row.person.pk, values["kind"], values["body"]].append(row)


def _may_be(person: Person, values: dict) -> bool:
    """By number where both have one; else by birth as far as it is written."""
    if "citizen_id" in values:
        index = crypto.blind_index("citizen_id", values["citizen_id"])
        return person.citizen_id_index is not None and bytes(person.citizen_id_index) == index
    if "birth" not in values or not person.birth_date:
        return True
    read = PartialDate.parse(values["birth"])
    return person.birth_date.first_day <= read.last_day and read.first_day <= person.birth_date.last_day


def _days(values: dict) -> tuple[dt.date, dt.date | None]:
    ends = values.get("ends_on")
    return dt.date.fromisoformat(values["starts_on"]), dt.date.fromisoformat(ends) if ends else None


def _overlap(one: tuple[dt.date, dt.date | None], other: tuple[dt.date, dt.date | None]) -> bool:
    return (other[1] is None or one[0] < other[1]) and (one[1] is None or other[0] < one[1])
