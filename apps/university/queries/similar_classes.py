"""Where else somebody could go whose class does not take place."""

from django.db.models import F, Q, QuerySet

from apps.signups.choices import ACTIVE, Mode, RoundState, SignUpState
from apps.signups.models import SignUp
from apps.university.choices.schools import ClassState
from apps.university.models import ClassGroup

OPEN = (ClassState.PUBLISHED, ClassState.RUNNING)
MOST = 5


def open_classes(class_group: ClassGroup) -> QuerySet[ClassGroup]:
    """Other classes of the term that are public and not over, with `free` places, with or without people waiting. Not
    those whose places a draw has still to give."""
    return (
        ClassGroup.objects.current()
        .filter(
            ~Q(offering__mode=Mode.LOTTERY) | Q(offering__round__state=RoundState.PUBLISHED),
            term=class_group.term_id,
            state__in=OPEN,
        )  # fmt: skip
        .exclude(pk=class_group.pk)
        .annotate(
            free=F("offering__places__capacity") - F("offering__places__taken") - F("offering__places__held_back")
        )
        .select_related("course", "school__unit", "room__campus", "offering__places")
    )


def similar_classes(class_group: ClassGroup) -> list[ClassGroup]:
    """With free places and nobody waiting: the same course by name first, then what shares an interest or the major.
    At most five. See rule book 9.52."""
    course = class_group.course
    like = Q(course__name=course.name) | Q(course__interests__overlap=list(course.interests))
    if course.major_id:
        like |= Q(course__major=course.major_id)
    found = (
        open_classes(class_group)
        .filter(like, free__gt=0)
        .exclude(offering__in=_queueing().values("offering"))
        .prefetch_related("slots")
    )
    same_first = sorted(
        found.order_by("first_on", "pk")[: MOST * 4],
        key=lambda one: (one.course.name != course.name, one.school_id != class_group.school_id),
    )
    return same_first[:MOST]


def somebody_waits(class_group: ClassGroup) -> bool:
    """Whether the class has a queue: nobody is put in past it."""
    return _queueing().filter(offering=class_group.offering_id).exists()


def _queueing() -> QuerySet[SignUp]:
    return SignUp.objects.filter(voided_at__isnull=True, state__in=ACTIVE).exclude(state=SignUpState.SEATED)
