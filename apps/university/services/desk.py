"""Enrolling somebody for whom staff act at the window or on the telephone: the same queue as everybody's."""

import datetime as dt
import uuid

from django.db import transaction
from django.utils import timezone

from apps.common.errors import BusinessError
from apps.people.choices import LifeStatus
from apps.people.models import Person
from apps.signups.choices import SignUpSource
from apps.signups.models import SignUp, Ticket, TicketHolder
from apps.signups.services.seats import sign_up
from apps.signups.services.tickets import apply, change
from apps.university.models import ClassGroup
from apps.university.services.students import register

WAYS = (SignUpSource.DESK, SignUpSource.PHONE)


@transaction.atomic
def enrol(
    class_group: ClassGroup, person: Person, *, way: str, actor, now: dt.datetime, form_key: uuid.UUID,
    queued_at: dt.datetime | None = None,
) -> SignUp:  # fmt: skip
    """A place, or a rank, in a class that goes first come; he is a student of the school from then on.

    `way` is DESK, PHONE or PAD; the same form again gives the same sign-up. Raises BusinessError with the sentence, and
    then nothing was written. See rule book 9.46.
    """
    check_living(person)
    done = SignUp.objects.filter(public_id=form_key).first()
    if done is not None:
        return same(done, class_group, person)
    register(person, class_group.school, on=timezone.localdate(now), actor=actor)
    return sign_up(
        class_group.offering, person, source=way, actor=actor, now=now, form_key=form_key, queued_at=queued_at
    )


def same(done: SignUp, class_group: ClassGroup, person: Person) -> SignUp:
    """The sign-up that this form made before; a form used for something else is refused."""
    if done.offering_id != class_group.offering_id or done.person_id != person.pk:
        raise BusinessError("这张表已经用过。请回到报名窗口，重新找到本人再报。", code="used")
    return done


def check_living(person: Person) -> None:
    if person.life_status == LifeStatus.DECEASED:
        raise BusinessError("这一位已登记离世，不能报名。登记有误的，请与老干部局经办人联系。", code="dead")


@transaction.atomic
def ask_in_draw(
    classes: list[ClassGroup], persons: list[Person], *, wants: int, way: str, actor, now: dt.datetime,
    form_key: uuid.UUID,
) -> Ticket:  # fmt: skip
    """A ticket of a draw for one person or two together, or his ticket with other choices; `classes` in order."""
    for person in persons:
        check_living(person)
    if not classes:
        raise BusinessError("请至少选一个志愿。", field="choice_1")
    offerings = [one.offering for one in classes]
    round = offerings[0].round
    if round is None:
        raise BusinessError("这个班不抽签，请按先报先得办。", field="choice_1")
    held = ticket_of(persons[0], round)
    for person in sorted(persons, key=lambda one: one.pk):
        register(person, classes[0].school, on=timezone.localdate(now), actor=actor)
    if held is None:
        return apply(round, persons, offerings, wants=wants, source=way, actor=actor, now=now, form_key=form_key)
    return change(held, offerings, wants=wants, actor=actor, now=now)


def ticket_of(person: Person, round) -> Ticket | None:
    """His ticket of a round, if he has one that stands."""
    held = TicketHolder.objects.filter(person=person, round=round, withdrawn_at__isnull=True)
    holder = held.select_related("ticket").first()
    return holder.ticket if holder else None
