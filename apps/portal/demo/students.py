"""Students of the term that runs: cadres and other elders, their papers and cards, fees paid and not paid, refunds on
every step of their way. Everything by the services that the pages use."""

import datetime as dt
import random
import uuid
from decimal import Decimal

from django.utils import timezone

from apps.common.citizen_id import check_digit
from apps.common.errors import BusinessError
from apps.common.partial_date import PartialDate
from apps.people.models import Person
from apps.signups.services.seats import sign_up
from apps.university.choices.money import PaymentMethod, RefundAct, RefundCause
from apps.university.choices.schools import ClassState
from apps.university.choices.statements import SignerRelation, StatementKind
from apps.university.models import ClassGroup, Enrolment, Misconduct, Payment, School, Statement, Student
from apps.university.queries.fees import unpaid
from apps.university.services import payments, refunds
from apps.university.services.cards import replace_card
from apps.university.services.newcomers import Newcomer, register_newcomer
from apps.university.services.refunds import RefundFacts
from apps.university.services.statements import record_statements, show_latest_of

DAY = dt.timedelta(days=1)
A_CLASS = 9
PAID_SHARE, SIGNED_SHARE = 0.88, 0.9
METHODS = (PaymentMethod.CASH, PaymentMethod.POS, PaymentMethod.POS, PaymentMethod.TRANSFER)
# 姓名, 性别, 出生, 电话末四位, 原单位, 联系人, 关系
NEWCOMERS = (
    ("汪桂芳", "2", "1956-04-11", "7101", "云江棉纺厂", "汪敏", "女儿"),
    ("郑国梁", "1", "1951-09-02", "7102", "云江机床厂", "郑晓", "儿子"),
    ("谢玉珍", "2", "1958-12-20", "7103", "南河小学", "谢军", "儿子"),
    ("陆金山", "1", "1944-02-17", "7104", "市公交公司", "陆燕", "女儿"),
    ("蒋秀兰", "2", "1953-07-30", "7105", "", "蒋伟", "儿子"),
    ("罗文斌", "1", "1955-05-05", "7106", "外省退休教师", "罗静", "女儿"),
)
RELATIONS = {"女儿": "30", "儿子": "20"}


def write_students(staff, *, on: dt.date) -> None:
    """Nothing where somebody has paid already."""
    if Payment.objects.exists():
        return
    clerk, draws = staff["daxue"], random.Random(20261122)  # noqa: S311 (invented people, not secrets)
    running = ClassGroup.objects.filter(state=ClassState.RUNNING, offering__opens_at__isnull=False)
    classes = list(running.select_related("school__unit", "offering", "course").order_by("pk"))
    if not classes:
        return
    newcomers = _newcomers(classes[0].school, clerk, on)
    people = list(Person.objects.living().filter(cadre__isnull=False, birth_date__gte="1946").order_by("pk")[:240])
    draws.shuffle(people)
    for place, group in enumerate(classes):
        some = [one.person for one in newcomers[place % 3 :: 3]] + people[place * 9 % 200 :][:A_CLASS]
        _enrol(group, some[:A_CLASS], clerk)
    _statements(clerk, draws, on)
    _payments(clerk, draws, on)
    _refunds(clerk, on)
    _oddments(clerk, on)


def _newcomers(school: School, clerk, on: dt.date) -> list[Student]:
    found = []
    for place, (name, sex, birth, digits, unit, contact, relation) in enumerate(NEWCOMERS):
        body = f"449902{birth.replace('-', '')}{90 + place}{1 if sex == '1' else 2}"
        facts = Newcomer(
            name=name, sex=sex, birth_date=PartialDate.parse(birth), citizen_id=body + check_digit(body),
            phone=f"1390700{digits}", former_unit=unit, contact_name=contact, contact_relation=RELATIONS[relation],
            contact_phone=f"1380700{digits}", residence=f"云江市南河街道{place + 3}号",
            known_different="查过，是另一位",
        )  # fmt: skip
        found.append(register_newcomer(facts, school, on=on - 90 * DAY, actor=clerk, form_key=uuid.uuid4()))
    return found


def _enrol(group: ClassGroup, people: list[Person], clerk) -> None:
    at = group.offering.opens_at + dt.timedelta(hours=1)
    for place, person in enumerate(people):
        try:
            sign_up(
                group.offering, person, source="desk", actor=clerk, now=at + dt.timedelta(minutes=place),
                form_key=uuid.uuid4(),
            )  # fmt: skip
        except BusinessError:
            continue


def _statements(clerk, draws: random.Random, on: dt.date) -> None:
    """Most have brought their papers; of the old, some the family's."""
    students = Student.objects.select_related("person").filter(enrolments__isnull=False).distinct().order_by("pk")
    school = School.objects.order_by("position", "pk")[0]
    made, elder = [], []
    for student in students:
        if draws.random() > SIGNED_SHARE:
            continue
        signed_on = on - draws.randint(80, 95) * DAY
        made += [
            Statement(student=student, school=school, kind=kind, signed_on=signed_on, entered_by=clerk)
            for kind in (StatementKind.FORM, StatementKind.SAFETY, StatementKind.HEALTH)
        ]
        birth = student.person.birth_date
        if birth and birth.first_day.year < on.year - 70:
            elder.append((student, signed_on))
    Statement.objects.bulk_create(made)
    for student, signed_on in elder[:8]:
        record_statements(
            student, school, [StatementKind.FAMILY], signed_on=signed_on, relation=SignerRelation.CHILD,
            signer=f"{student.person.name[0]}小明", actor=clerk, on=on, form_key=uuid.uuid4(),
        )  # fmt: skip
    show_latest_of({row.student_id for row in made})


def _payments(clerk, draws: random.Random, on: dt.date) -> None:
    """Each student pays for all his classes at once; a few today, some not yet, one entered wrongly."""
    by_student: dict[int, list[Enrolment]] = {}
    rows = unpaid(Enrolment.objects.all()).select_related("student", "class_group").order_by("student", "pk")
    for row in rows:
        by_student.setdefault(row.student_id, []).append(row)
    wrong = None
    for place, mine in enumerate(by_student.values()):
        if draws.random() > PAID_SHARE:
            continue
        today = place % 17 == 0
        paid_on = on if today else on - draws.randint(60, 75) * DAY
        for school in sorted({row.class_group.school_id for row in mine}):
            amounts = {row.pk: Decimal(row.owes) for row in mine if row.class_group.school_id == school}
            wrong = payments.take_payment(
                mine[0].student, amounts, method=draws.choice(METHODS), paid_on=paid_on, actor=clerk,
                on=on, form_key=uuid.uuid4(), fiscal_no="" if today else f"云财{paid_on:%y%m}{place:05d}",
            )  # fmt: skip
    if wrong is not None:
        payments.take_back(wrong, "缴费方式登错，重新登记", actor=clerk, on=on, form_key=uuid.uuid4())


def _refunds(clerk, on: dt.date) -> None:
    """One on each step: applied, signed, on the list of the finance office, given back, refused, withdrawn."""
    rows = Enrolment.objects.filter(paid__gt=0, state="in").select_related("sign_up").order_by("-fee_due", "pk")
    chosen, seen = [], set()
    for row in rows:
        if row.student_id not in seen:
            seen.add(row.student_id)
            chosen.append(row)
    made = []
    for place, row in enumerate(chosen[3:9]):
        now = timezone.make_aware(dt.datetime.combine(on - (36 - 4 * place) * DAY, dt.time(10)))
        try:
            made.append(refunds.apply(row, RefundFacts(RefundCause.OWN), actor=clerk, now=now, form_key=uuid.uuid4()))
        except BusinessError:
            continue
    for refund in made[1:4]:
        refunds.form_of(refund, actor=clerk)
        refunds.sign(refund, on=on - 3 * DAY, actor=clerk, today=on)
    for school in {refund.school for refund in made[2:4]}:
        mine = [refund for refund in made[2:4] if refund.school_id == school.pk]
        refunds.send(school, mine, on=on - 2 * DAY, actor=clerk, today=on, form_key=uuid.uuid4())
    for refund in made[3:4]:
        refunds.pay(refund, on=on, voucher="记-0117", actor=clerk, today=on)
    for refund, act in zip(made[4:6], (RefundAct.REFUSE, RefundAct.WITHDRAW), strict=False):
        refunds.end(refund, act, on=on, reason="本人来电不退了，已说明", actor=clerk, today=on)


def _oddments(clerk, on: dt.date) -> None:
    """A lost card, and a breach of discipline."""
    students = list(Student.objects.filter(enrolments__state="in").distinct().order_by("pk")[:6])
    if len(students) < 2:
        return
    replace_card(students[0], "挂失", seen=students[0].card_no, on=on - 20 * DAY, actor=clerk)
    school = students[1].schools.order_by("pk")[0].school
    Misconduct.objects.create(
        student=students[1], school=school, happened_on=on - 15 * DAY, cause="多次带未报名的人进教室旁听，劝说不听",
        handled="谈话提醒", entered_by=clerk,
    )  # fmt: skip
