"""What each row of a list of students would do, and writing it: all of it or nothing (rule book 9.30)."""

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from apps.common import attachments, audit, crypto
from apps.common.errors import BusinessError
from apps.common.models import Attachment
from apps.common.partial_date import PartialDate
from apps.people.choices import LifeStatus, PhoneKind
from apps.people.models import Person, Phone
from apps.people.services import IdCheck, apply_citizen_id, apply_name
from apps.registry.registers.lists import Line, Lines, refused_rows
from apps.university.choices.schools import Admits
from apps.university.choices.students import StudentKind
from apps.university.models import School, Student, StudentCard, StudentSchool

from .student_reading import read_students
from .students import kinds_of, register_many

PURPOSE = "学员名单"
NEW, KNOWN, UNCHANGED, REFUSED = "new", "known", "unchanged", "refused"
MOBILE_LENGTH = 11


@dataclass(slots=True)
class Row:
    """A line as judged. `person`: who it is, where he is known; `words`: what would be done."""

    line: Line
    person: Person | None = None
    verdict: str = REFUSED
    words: str = ""


@dataclass(slots=True)
class Judged:
    lines: Lines
    rows: list[Row]
    school: School
    counts: Counter = field(default_factory=Counter)


def receive(data: bytes, filename: str, school: School, *, actor) -> Attachment:
    """Keep an uploaded list after a first look; BusinessError where the file as a whole cannot be taken."""
    read_students(data, filename, today=timezone.localdate())
    with transaction.atomic():
        kept = attachments.store(
            data, subject=f"university.school:{school.pk}", purpose=PURPOSE, filename=filename, actor=actor
        )
        audit.record("student.upload", actor=actor, target=f"university.school:{school.pk}")
    return kept


def school_of(upload: Attachment) -> School:
    return School.objects.select_related("unit").get(pk=int(upload.subject.partition(":")[2]))


def judge(upload: Attachment) -> Judged:
    """Every row against what stands now. BusinessError when the file was purged."""
    try:
        data = attachments.read(upload)
    except FileNotFoundError:
        raise BusinessError("文件已按保留期清除，请重新上传。", code="purged") from None
    lines = read_students(data, upload.filename, today=timezone.localdate())
    school = school_of(upload)
    known = _Known(lines, school)
    rows = [known.judge(line) for line in lines.rows]
    _refuse_doubles(rows, lines.at)
    return Judged(lines, rows, school, Counter(row.verdict for row in rows))


class _Known:
    """Everything is asked once a file: people by number, phone and name; their cards and schools."""

    def __init__(self, lines: Lines, school: School) -> None:
        self.at, self.school = lines.at, school
        values = [line.values for line in lines.rows]
        ids = [_id_index(one) for one in values if "citizen_id" in one]
        names = {one["name"] for one in values if "name" in one}
        standing = Person.objects.filter(voided_at__isnull=True)
        people = list(standing.filter(citizen_id_index__in=ids)) + list(standing.filter(name__in=names))
        self.people = {person.pk: person for person in people}
        self.by_id = {bytes(one.citizen_id_index): one for one in self.people.values() if one.citizen_id_index}
        self.by_name: dict[str, list[Person]] = defaultdict(list)
        for person in self.people.values():
            self.by_name[person.name].append(person)
        phones = Phone.objects.filter(person__in=self.people).values_list("person_id", "number_index")
        self.phones = {(person, bytes(index)) for person, index in phones}
        self.cards = dict(Student.objects.filter(pk__in=self.people).values_list("pk", "card_no"))
        there = StudentSchool.objects.filter(student__in=self.people, school=school)
        self.there = set(there.values_list("student_id", flat=True))
        wanted = [one["card"] for one in values if "card" in one]
        self.taken = dict(StudentCard.objects.filter(card_no__in=wanted).values_list("card_no", "student_id"))
        self.kinds = kinds_of(self.people)

    def fault(self, line: Line, key: str, sentence: str) -> None:
        line.faults[self.at.get(key, self.at["name"])] = sentence

    def judge(self, line: Line) -> Row:
        row = Row(line)
        if line.faults:
            return row
        row.person = self._person(line)
        if not line.faults:
            self._card(line, row.person)
        if not line.faults:
            self._life(line, row.person)
        if line.faults:
            return row
        pk = row.person.pk if row.person else None
        if pk is None:
            row.verdict, row.words = NEW, "新登记的人"
        elif pk in self.there:
            row.verdict, row.words = UNCHANGED, f"已是本校学员，卡号 {self.cards[pk]}"
        else:
            known = f"已有学员卡 {self.cards[pk]}，加入本校" if pk in self.cards else "已在库里的人，建学员卡"
            row.verdict, row.words = KNOWN, known
        return row

    def _person(self, line: Line) -> Person | None:
        """By citizen id, whose name must agree; else by name and phone, or name and birth."""
        values = line.values
        if "citizen_id" in values:
            found = self.by_id.get(_id_index(values))
            if found is not None and found.name != values["name"]:
                self.fault(line, "name", "这个身份证号登记的是另一个姓名，请核对。")
            if found is not None:
                return found
        same = [one for one in self.by_name.get(values["name"], []) if self._may_be(one, values)]
        if len(same) == 1 and self._is_sure(same[0], values):
            return same[0]
        if same:
            self.fault(
                line, "name", "已有同名、出生日期相同或不详的人，请填身份证号；确实是另一位的，到“登记学员”里单独登记。"
            )
        return None

    def _may_be(self, person: Person, values: dict) -> bool:
        if "citizen_id" in values and person.citizen_id_index:
            return False
        birth = _birth(values)
        known = person.birth_date
        return not (birth and known) or (known.first_day <= birth.last_day and birth.first_day <= known.last_day)

    def _is_sure(self, person: Person, values: dict) -> bool:
        return "phone" in values and (person.pk, crypto.blind_index("phone", values["phone"])) in self.phones

    def _card(self, line: Line, person: Person | None) -> None:
        card = line.values.get("card")
        if not card:
            return
        owner = self.taken.get(card)
        own = self.cards.get(person.pk) if person else None
        if owner is not None and (person is None or owner != person.pk):
            self.fault(line, "card", "这个卡号已经是别人的，请核对。")
        elif own and own != card:
            self.fault(line, "card", f"他已有卡号 {own}，一个人只用一张卡。请核对，或者把这一格空着。")

    def _life(self, line: Line, person: Person | None) -> None:
        if person is not None and person.life_status != LifeStatus.LIVING:
            self.fault(line, "name", "这一位登记为已离世或正在核实，不能登记为学员。")
        cadre = person is not None and self.kinds[person.pk] != StudentKind.OTHER
        if self.school.admits == Admits.CADRES and not cadre:
            self.fault(line, "name", f"{self.school}只收离退休干部，名册里没有这一位。")


def _id_index(values: dict) -> bytes:
    return crypto.blind_index("citizen_id", values["citizen_id"].number)


def _birth(values: dict) -> PartialDate | None:
    if "citizen_id" in values:
        return PartialDate.of(values["citizen_id"].birth)
    return PartialDate.parse(values["birth"]) if "birth" in values else None


def _refuse_doubles(rows: list[Row], at: dict[str, int]) -> None:
    """Two lines of one person, one number or one card would fight: both are refused."""
    first: dict[tuple, Row] = {}
    for row in rows:
        if row.line.faults:
            continue
        values = row.line.values
        keys: list[tuple] = (
            [("person", row.person.pk)] if row.person else [("name", values["name"], str(_birth(values)))]
        )
        keys += [("id", values["citizen_id"].number)] if "citizen_id" in values else []
        keys += [("card", values["card"])] if "card" in values else []
        for key in keys:
            other = first.setdefault(key, row)
            if other is row:
                continue
            what = "卡号" if key[0] == "card" else "人"
            for one, another in ((row, other), (other, row)):
                one.verdict, one.words = REFUSED, ""
                one.line.faults[at["name"]] = f"和第 {another.line.number} 行是同一个{what}，请只留一行。"


@transaction.atomic
def apply(upload: Attachment, *, actor, on: dt.date) -> int:
    """Write the rows that can be taken; gives how many. Once more: nothing is left to write, 0. All or nothing."""
    Attachment.objects.select_for_update(of=("self",)).get(pk=upload.pk)
    judged = judge(upload)
    rows = [row for row in judged.rows if row.verdict in (NEW, KNOWN)]
    if not rows:
        return 0
    fresh = [row for row in rows if row.verdict == NEW]
    people = [_person_of(row.line.values) for row in fresh]
    Person.objects.bulk_create(people)
    for row, person in zip(fresh, people, strict=True):
        row.person = person
    _write_phones(fresh)
    ids = {row.person.pk: row.line.values for row in rows if row.person}
    cards = {pk: values["card"] for pk, values in ids.items() if values.get("card")}
    students = register_many(ids, judged.school, on=on, actor=actor, cards=cards)
    changed = []
    for pk, student in students.items():
        values = ids[pk]
        student.former_unit = student.former_unit or values.get("unit", "")
        if values.get("since"):
            student.registered_on = min(student.registered_on or on, dt.date.fromisoformat(values["since"]))
        changed.append(student)
    Student.objects.bulk_update(changed, ["former_unit", "registered_on"], batch_size=500)
    audit.record("student.import", actor=actor, people=sorted(ids), target=f"university.school:{judged.school.pk}")
    return len(rows)


def _person_of(values: dict) -> Person:
    person = Person(name=values["name"], birth_date=_birth(values))
    if "citizen_id" in values:
        apply_citizen_id(person, IdCheck(values["citizen_id"]))
        person.sex = values["citizen_id"].sex
    if values.get("address"):
        person.residence = values["address"]
    apply_name(person)
    return person


def _write_phones(rows: list[Row]) -> None:
    made = []
    for row in rows:
        digits = row.line.values.get("phone")
        if not digits or row.person is None:
            continue
        kind = PhoneKind.MOBILE if len(digits) == MOBILE_LENGTH and digits[0] == "1" else PhoneKind.LANDLINE
        phone = Phone(
            person=row.person, kind=kind, number_index=crypto.blind_index("phone", digits),
            last4_index=crypto.blind_index("phone_last4", digits[-4:]),
        )  # fmt: skip
        phone.number = digits
        made.append(phone)
    Phone.objects.bulk_create(made)


def refused_list(judged: Judged) -> bytes:
    """The rows that were refused, under their header, with the reasons."""
    return refused_rows(judged.lines, [row.line for row in judged.rows if row.verdict == REFUSED])
