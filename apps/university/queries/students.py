"""Reads over students: who bears a card, what is known of him, which papers are wanting."""

import datetime as dt
from collections.abc import Iterable, Mapping

from django.db.models import Q

from apps.common.errors import BusinessError
from apps.organisation.queries import rule_values
from apps.people.models import Person
from apps.registry.queries import Asked, read_search
from apps.registry.wording import age_of
from apps.university.choices.statements import StatementKind
from apps.university.models import ClassGroup, Enrolment, Statement, Student, StudentCard
from apps.university.rules.cards import is_ours, read_number
from apps.university.rules.statements import PaperRules, Signed, blocking, missing


def student_of_card(text: str) -> Student | None:
    """The student whose card this is, of whatever school; None where no card has the number. BusinessError with the
    sentence for whoever brings a card that was reported lost."""
    number = read_number(text)
    card = StudentCard.objects.select_related("student__person").filter(card_no=number).first() if number else None
    if card is None:
        return None
    if card.ended_on is not None:
        raise BusinessError(
            f"这张卡（{card.card_no}）{card.ended_on.month}月{card.ended_on.day}日已停用（{card.end_reason}），"
            "请用新卡，或者报姓名和电话后四位。",
            code="card_ended",
        )
    return card.student


def wrong_card_words(text: str) -> str:
    """What to say where no card has this number."""
    number = read_number(text)
    if len(number) == len("100000016") and number.isdecimal() and not is_ours(number):
        return "卡号不对，最后一位对不上。请核对有没有打错一位。"
    return "没有这个卡号。"


def matching(text: str) -> tuple[Asked, Q | None]:
    """What a typed text asks of students: name, reading, phone, whole number, card number, or the last four digits of
    any of these. None for what is not understood."""
    search = read_search(text)
    number = read_number(text)
    if search.asked is Asked.LAST_FOUR:
        cards = StudentCard.objects.filter(card_no__endswith=number, ended_on__isnull=True).order_by()
        people = Person.objects.filter(search.condition).order_by()
        return search.asked, Q(pk__in=people.values("pk").union(cards.values("student_id")))
    if search.condition is None or (search.asked is not Asked.NAME and any(letter.isdigit() for letter in number)):
        cards = StudentCard.objects.filter(card_no=number).order_by()
        found = Q(pk__in=cards.values("student_id"))
        if search.condition is None:
            return search.asked, found if number else None
        return search.asked, found | Q(pk__in=Person.objects.filter(search.condition).order_by().values("pk"))
    return search.asked, Q(pk__in=Person.objects.filter(search.condition).order_by().values("pk"))


# Papers -----------------------------------------------------------------------------------------------------------


def paper_rules(class_group: ClassGroup, on: dt.date) -> PaperRules:
    return rule_values(PaperRules.rule_key, on=on, unit=class_group.school.unit)


def signed_of(student_ids: Iterable[int]) -> dict[int, dict[str, Signed]]:
    """student → kind → the latest paper that came back. One statement for any number."""
    rows = Statement.objects.filter(student__in=list(student_ids), voided_at__isnull=True)
    latest = rows.order_by("student", "kind", "-signed_on", "-pk").distinct("student", "kind")
    found: dict[int, dict[str, Signed]] = {}
    for student, kind, on, relation in latest.values_list("student", "kind", "signed_on", "relation"):
        found.setdefault(student, {})[kind] = Signed(on, relation)
    return found


def missing_papers(class_group: ClassGroup, students: Iterable[Student], on: dt.date) -> dict[int, dict[str, str]]:
    """student → kind → why it is still wanted for this class, of those who lack something. Students come with their
    persons. Two statements for however many; for the desk and the class list."""
    rows = list(students)
    rules, signed = paper_rules(class_group, on), signed_of(row.pk for row in rows)
    found = {}
    for row in rows:
        lacking = missing(
            age_of(row.person, class_group.first_on),
            class_group.course.strenuous,
            signed.get(row.pk, {}),
            on,
            rules,
            health=class_group.needs_health,
        )
        if lacking:
            found[row.pk] = lacking
    return found


def papers_refusal(
    class_group: ClassGroup, person_ids: Iterable[int], on: dt.date, rules: PaperRules | None = None
) -> Mapping[int, str]:
    """person id → the sentence for whoever may not have a place because of a missing paper, for `kinds.Kind.refusals`;
    empty unless the rule blocks, or the class asks for the health statement. `rules`: those of its unit, where they
    were read."""
    rules, health = rules or paper_rules(class_group, on), class_group.needs_health
    if not rules.blocks and not health:
        return {}
    rows = list(Person.objects.filter(pk__in=list(person_ids)).only("birth_date", "life_status", "died_on"))
    signed, found = signed_of(row.pk for row in rows), {}
    for row in rows:
        age = age_of(row, class_group.first_on)
        lacking = missing(age, class_group.course.strenuous, signed.get(row.pk, {}), on, rules, health=health)
        kinds = blocking(lacking, rules, health=health)
        if kinds:
            old = "，以前交的过了有效期" if any("过有效期" in lacking[kind] for kind in kinds) else ""
            found[row.pk] = f"报这个班要先交{paper_words(kinds)}{old}。请带身份证到学校窗口领表，签字交回，再报名。"
    return found


def paper_words(kinds: Iterable[str]) -> str:
    return "、".join(StatementKind(kind).label for kind in kinds)


def papers_of(student: Student, on: dt.date) -> list[tuple[Enrolment, dict[str, str]]]:
    """What is wanting for each class he is in now, with the enrolment."""
    rows = student.enrolments.filter(state="in", voided_at__isnull=True)
    found = []
    for row in rows.select_related("class_group__course", "class_group__school__unit", "student__person"):
        lacking = missing_papers(row.class_group, [student], on).get(student.pk)
        if lacking:
            found.append((row, lacking))
    return found


# Who stands there -------------------------------------------------------------------------------------------------

NOT_EXACT = "要完整的号码：身份证号 18 位、手机号 11 位、座机带区号，或者学员卡号。"
MOST = 20


def find_exactly(text: str) -> tuple[list[Person], str]:
    """People with exactly this citizen id, phone or card, whoever they are; else the sentence. The caller logs it."""
    try:
        student = student_of_card(text)
    except BusinessError as refusal:
        return [], refusal.sentence
    if student is not None:
        return [student.person], ""
    search = read_search(text)
    if search.asked not in (Asked.CITIZEN_ID, Asked.PHONE):
        return [], wrong_card_words(text) if search.asked is Asked.WRONG and read_number(text) else NOT_EXACT
    rows = Person.objects.filter(search.condition, voided_at__isnull=True).select_related("student").order_by("pk")
    return list(rows[:MOST]), "没有找到。核对号码没错的话，请登记新学员。"
