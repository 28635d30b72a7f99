"""Who stands at the desk: found by his own number, never by browsing (rule book 9.45)."""

import datetime as dt
from dataclasses import dataclass

from django.core import signing
from django.db.models import QuerySet

from apps.common import crypto
from apps.common.citizen_id import CitizenIdError, parse_citizen_id
from apps.common.errors import BusinessError
from apps.common.phone import parse_phone
from apps.people.choices import LifeStatus
from apps.people.models import Person, Phone
from apps.university.models import ClassGroup, School, Student
from apps.university.rules.desk import Asked, read_typed

from .students import student_of_card

DESK = "university.use_desk"
SALT = "university.desk"
OPEN_FOR = dt.timedelta(hours=2)
MOST = 20


@dataclass(frozen=True)
class Found:
    """What the box found: people (several on one phone), or classes, or neither, with the sentence to show."""

    people: tuple[Person, ...] = ()
    classes: tuple[ClassGroup, ...] = ()
    sentence: str = ""
    is_new: bool = False  # a whole citizen id that nobody has: he may be registered


def desk_schools(user) -> QuerySet[School]:
    """Schools at whose desk a user works."""
    return School.objects.visible_to(user, DESK).current()


def find(raw: str, *, schools: QuerySet[School], user, on: dt.date) -> Found:
    """By citizen id (anybody), phone (anybody), card, class number of these schools, whole name (students of these
    schools only). The caller logs the look at `people`. See rule book 9.45."""
    typed = read_typed(raw)
    if typed.asked == Asked.CITIZEN_ID:
        return _by_citizen_id(typed.text, on)
    if typed.asked == Asked.NAME:
        return _by_name(typed.text, user) or _by_class(typed.text, schools) or Found(sentence=NO_NAME)
    if typed.asked == Asked.NUMBER:
        found = _by_card(typed.text) or _by_phone(typed.text) or _by_class(typed.text, schools)
        return found or Found(sentence=NO_NUMBER)
    if typed.asked == Asked.OTHER:
        return _by_class(typed.text, schools) or Found(sentence=NOT_READ)
    return Found(sentence="请刷身份证、学员卡，或输入手机号、班号，再按回车。")


NO_NAME = "本校学员里没有这个姓名。不是本校学员的，请刷身份证，或输入完整的身份证号、手机号。"
NO_NUMBER = "没有找到。请核对：身份证号要 18 位，手机号要 11 位，座机要带区号；也可以输入学员卡号、班号。"
NOT_READ = "看不出是身份证号、学员卡号、手机号还是班号。请再刷一次，或用键盘输入。"


def find_person(raw: str, *, user, on: dt.date) -> Person | str:
    """The one person of a text, for lines of a pad and companions; otherwise the sentence that says why not."""
    typed = read_typed(raw)
    if typed.asked == Asked.CITIZEN_ID:
        found = _by_citizen_id(typed.text, on)
    elif typed.asked == Asked.NUMBER:
        found = _by_card(typed.text) or _by_phone(typed.text) or Found()
    elif typed.asked == Asked.NAME:
        found = _by_name(typed.text, user) or Found()
    else:
        found = Found()
    if len(found.people) == 1:
        return found.people[0]
    if found.people:
        return "这个号码下有几个人，请用身份证号或学员卡号。"
    return found.sentence or "没有找到这个人。请核对号码；第一次来的，先在报名窗口登记为学员。"


def _people() -> QuerySet[Person]:
    return Person.objects.filter(voided_at__isnull=True).select_related("student")


def _by_citizen_id(number: str, on: dt.date) -> Found:
    try:
        citizen_id = parse_citizen_id(number, on=on)
    except CitizenIdError as error:
        return Found(sentence=error.sentence)
    index = crypto.blind_index("citizen_id", citizen_id.number)
    people = tuple(_people().filter(citizen_id_index=index).order_by("pk")[:1])
    if people:
        return Found(people)
    return Found(sentence="还没有这一位的资料。第一次来，请先登记为学员。", is_new=True)


def _by_card(text: str) -> Found | None:
    """A card that was reported lost says so."""
    try:
        student = student_of_card(text)
    except BusinessError as refusal:
        return Found(sentence=refusal.sentence)
    people = tuple(_people().filter(pk=student.pk)) if student else ()
    return Found(people) if people else None


def _by_phone(text: str) -> Found | None:
    try:
        digits = parse_phone(text).digits
    except ValueError:
        return None
    owners = Phone.objects.filter(number_index=crypto.blind_index("phone", digits)).values("person_id")
    people = tuple(_people().filter(pk__in=owners).exclude(life_status=LifeStatus.DECEASED).order_by("pk")[:MOST])
    return Found(people) if people else None


def _by_name(text: str, user) -> Found | None:
    students = Student.objects.visible_to(user, DESK).filter(person__name=text, voided_at__isnull=True)
    people = tuple(_people().filter(pk__in=students.values("pk")).order_by("pk")[:MOST])
    return Found(people) if people else None


def _by_class(text: str, schools: QuerySet[School]) -> Found | None:
    rows = ClassGroup.objects.current().filter(school__in=schools.order_by().values("pk"), code__iexact=text.strip())
    rows = rows.select_related("school", "course", "term", "offering__places").order_by(
        "-term__starts_on", "school", "pk"
    )
    classes = tuple(rows[:MOST])
    return Found(classes=classes) if classes else None


# The address of somebody found ------------------------------------------------------------------------------------


def seal(person: Person, user) -> str:
    """What stands in the address of a person's page at the desk: only who found him opens it, for two hours."""
    return signing.dumps([person.pk, user.pk], salt=SALT)


def unseal(sealed: str, user) -> Person | None:
    """The person behind `seal`; None for a wrong, old or foreign one."""
    try:
        person_id, user_id = signing.loads(sealed, salt=SALT, max_age=OPEN_FOR)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    if user_id != user.pk:
        return None
    return _people().filter(pk=person_id).first()
