"""Student cards: lost and given anew, printed (rule book 9.31)."""

import base64
import datetime as dt
import io
from collections.abc import Iterable

import qrcode
from django.db import transaction
from django.utils import timezone
from qrcode.image.svg import SvgPathImage

from apps.common import audit
from apps.common.errors import BusinessError
from apps.university.models import Student, StudentCard

from .students import new_numbers


@transaction.atomic
def replace_card(student: Student, reason: str, *, seen: str, on: dt.date, actor) -> StudentCard:
    """End the card `seen` (lost, spoilt) and give a new number. Sent twice, the second finds it replaced and changes
    nothing."""
    if not reason.strip():
        raise BusinessError("请写明为什么换卡。", code="reason", field="reason")
    student = Student.objects.select_for_update(of=("self",), no_key=True).get(pk=student.pk)
    current = student.cards.filter(ended_on__isnull=True).get()
    if current.card_no != seen:
        return current
    key, number = new_numbers(1)[0]
    StudentCard.objects.filter(pk=current.pk).update(ended_on=on, end_reason=reason.strip()[:60])
    card = StudentCard.objects.create(pk=key, student=student, card_no=number, issued_on=on)
    Student.objects.filter(pk=student.pk).update(card_no=number)
    audit.record("student.card", actor=actor, people=[student.pk], target=f"university.student:{student.pk}")
    return card


def note_printed(students: Iterable[int], *, actor, request=None) -> None:
    """Cards were put on paper: on record before the page leaves."""
    ids = list(students)
    StudentCard.objects.filter(student__in=ids, ended_on__isnull=True).update(printed_at=timezone.now())
    audit.look("print", actor=actor, people=ids, reason="学员卡", request=request)


def card_image(number: str) -> str:
    """The card number as a QR code, plain text for the reader at the desk: a data: address of an SVG."""
    stream = io.BytesIO()
    qrcode.make(number, image_factory=SvgPathImage, box_size=10, border=2).save(stream)
    return "data:image/svg+xml;base64," + base64.b64encode(stream.getvalue()).decode()
