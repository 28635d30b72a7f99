"""What stands on one student's page, as tables: classes and money, sign-ups and rank, papers, cards, breaches."""

from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from apps.registry.wording import age_of
from apps.signups.choices import ACTIVE, SignUpState
from apps.signups.models import SignUp
from apps.signups.queries import positions_of
from apps.university.choices.students import EnrolmentState
from apps.university.models import School, Statement, Student
from apps.university.queries.fees import money_words, statement_of
from apps.university.queries.students import missing_papers
from apps.university.services.places import CLASS

TONES = {EnrolmentState.STUDYING: "info", EnrolmentState.COMPLETED: "done"}
SIGN_UP_TONES = {SignUpState.SEATED: "done", SignUpState.OFFERED: "late", SignUpState.WAITING: "soon"}
NUMBER = {"is_number": True}
ENROLMENTS = ("班级", "学期", "学校", "状态", {"label": "应缴", **NUMBER}, {"label": "已缴", **NUMBER}, "费用", "办理")
PAYMENTS = ("确认单号", "日期", "方式", {"label": "金额", "is_number": True}, "哪些班", "收费人", "财政票据号")
REFUNDS = ("申请日期", "班级", "原因", {"label": "退费", "is_number": True}, "进度")
SIGN_UPS = ("报的班", "学校", "情况", "报名时间", "怎样报的")
STATEMENTS = ("材料", "签字日期", "谁签的", "交到", "纸质表编码", "办理")


def sections_of(student: Student, user, schools: list[School], contact: bool) -> dict:
    """Template context; what belongs to schools that the user does not see is left out."""
    today = timezone.localdate()
    money = statement_of(student, schools)
    return {
        "facts": _facts(student, today, contact),
        "lacking": _lacking(student, schools, today),
        "owes": money.owes,
        "enrolments": [_enrolment(line, user) for line in money.lines],
        "enrolment_columns": ENROLMENTS,
        "payments": [_payment(row, user) for row in money.payments],
        "payment_columns": PAYMENTS,
        "refunds": [_refund(row, user) for row in money.refunds],
        "refund_columns": REFUNDS,
        "sign_ups": _sign_ups(student, schools),
        "sign_up_columns": SIGN_UPS,
        "statements": _statements(student, user),
        "statement_columns": STATEMENTS,
        "cards": list(student.cards.all()[:10]),
        "misconducts": _misconducts(student, user),
        "pay_url": reverse("admin:university_student_pay", args=[student.pk]),
    }


def _facts(student: Student, today, contact: bool) -> list[tuple]:
    person = student.person
    age = age_of(person, today)
    birth = person.birth_date.display() if person.birth_date else ""
    facts = [
        ("学员卡号", student.card_no),
        ("人员类型", student.get_kind_display()),
        ("出生", f"{birth}（{age} 岁）" if age is not None else birth),
        ("原单位", student.former_unit),
        ("级别", student.level),
        ("特长", student.strengths),
        ("就读学校", "、".join(f"{row.school}（{row.since} 起）" for row in student.schools.select_related("school"))),
    ]
    if contact:
        relatives = person.relatives.filter(is_emergency=True, voided_at__isnull=True)
        words = "；".join(f"{one.name} {one.phone or ''}" for one in relatives)
        facts.append(("紧急联系人", words))
    return facts


def _lacking(student: Student, schools: list[School], today) -> list[str]:
    """书法1班：健康声明（没有交）"""
    rows = student.enrolments.filter(
        state=EnrolmentState.STUDYING, voided_at__isnull=True, class_group__school__in=schools
    ).select_related("class_group__course", "class_group__school__unit")
    found = []
    for row in rows:
        lacking = missing_papers(row.class_group, [student], today).get(student.pk, {})
        if lacking:
            words = "、".join(f"{_kind_label(kind)}（{why}）" for kind, why in lacking.items())
            found.append(f"{row.class_group}：{words}")
    return found


def _kind_label(kind: str) -> str:
    return dict(Statement._meta.get_field("kind").choices)[kind]


def _enrolment(line, user) -> list:
    row = line.enrolment
    words, tone = money_words(row)
    state = "已撤销" if row.voided_at else row.get_state_display()
    acts: dict = {}
    again = {"text": ""}
    if row.state == EnrolmentState.STUDYING and row.voided_at is None and user.has_perm("university.add_payment"):
        again = {"text": "重算应缴", "url": reverse("admin:university_student_reprice", args=[row.pk])}
    ended = row.voided_at is not None or row.state != EnrolmentState.COMPLETED
    if ended and row.paid and not row.refunded and user.has_perm("university.add_refund"):
        acts = {"text": "退费", "url": f"{reverse('admin:university_refund_add')}?enrolment={row.pk}"}
    return [
        str(row.class_group), str(row.class_group.term), str(row.class_group.school),
        {"text": "", "tag": state, "tone": TONES.get(row.state, "")},
        f"{line.due:.2f}" if line.due else "免费", f"{line.paid:.2f}",
        {**again, "tag": words, "tone": tone, "note": row.discount}, acts or "",
    ]  # fmt: skip


def _payment(row, user) -> list:
    url = reverse("admin:university_payment_change", args=[row.pk]) if user.has_perm("university.view_payment") else ""
    note = "冲销" if row.contra_of_id else "已冲销" if hasattr(row, "contra") else ""
    return [
        {"text": row.number, "url": url, "note": note}, f"{row.paid_on}", row.get_method_display(), f"{row.amount:.2f}",
        "、".join(str(line.enrolment.class_group) for line in row.lines.all()), str(row.received_by or ""),
        row.fiscal_no,
    ]  # fmt: skip


def _refund(row, user) -> list:
    url = reverse("admin:university_refund_change", args=[row.pk]) if user.has_perm("university.view_refund") else ""
    return [
        {"text": f"{row.applied_on}", "url": url}, str(row.enrolment.class_group), row.get_cause_display(),
        f"{row.amount:.2f}", row.get_state_display(),
    ]  # fmt: skip


def _sign_ups(student: Student, schools: list[School]) -> list[list]:
    rows = SignUp.objects.filter(
        person=student.pk, state__in=ACTIVE, voided_at__isnull=True, offering__kind=CLASS,
        offering__class_group__school__in=schools,
    )  # fmt: skip
    found = list(rows.select_related("offering__class_group__school", "offering__class_group__course"))
    places = positions_of(found)
    return [
        [
            str(row.offering.class_group), str(row.offering.class_group.school),
            {
                "text": "", "tone": SIGN_UP_TONES.get(row.state, ""),
                "tag": f"第{places[row.pk]}位候补" if row.pk in places else row.get_state_display(),
            },
            f"{timezone.localtime(row.queued_at):%Y-%m-%d %H:%M}", row.get_source_display(),
        ]
        for row in found
    ]  # fmt: skip


def _statements(student: Student, user) -> list[list]:
    """Those that count first; a void one stays with its reason."""
    may = {pk for (pk,) in School.objects.visible_to(user, "university.change_student").order_by().values_list("pk")}
    rows = student.statements.select_related("school", "paper").order_by(
        F("voided_at").asc(nulls_first=True), "-signed_on", "-pk"
    )
    return [_statement(row, row.school_id in may) for row in rows[:30]]


def _statement(row: Statement, may: bool) -> list:
    url = reverse("admin:university_student_statement", args=[row.pk]) if may else ""
    kind: dict = {"text": row.get_kind_display()}
    if row.voided_at:
        kind |= {"tag": "已作废", "tone": "late", "note": row.void_reason}
    return [
        kind, f"{row.signed_on}", f"{row.get_relation_display()} {row.signer}".strip(), str(row.school),
        row.paper.code if row.paper else "", {"text": "恢复" if row.voided_at else "作废", "url": url} if may else "",
    ]  # fmt: skip


def _misconducts(student: Student, user) -> list | None:
    """None without the right to see them."""
    if not user.has_perm("university.view_misconduct"):
        return None
    rows = student.misconducts.visible_to(user, "university.view_misconduct").filter(voided_at__isnull=True)
    return list(rows.select_related("school"))
