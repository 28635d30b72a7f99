"""Which classes go on into which, and who goes on with them."""

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from apps.people.models import Person
from apps.signups.choices import OfferState, SignUpSource, SignUpState
from apps.signups.models import Offer, SignUp
from apps.signups.services.continuing import Continued, sort_out
from apps.university.choices.students import EnrolmentState
from apps.university.models import ClassGroup, Continuation, Enrolment, School, Term

from .desk_classes import with_facts

# Who finished the grade below goes on as well as who is still in it.
GO_ON = (EnrolmentState.STUDYING, EnrolmentState.COMPLETED)
MOST = 300


@dataclass
class Following:
    """A class with the one it follows: how many could go on, and how many answered."""

    class_group: ClassGroup
    before: int = 0
    continuation: Continuation | None = None
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def waiting_answer(self) -> int:
        return self.counts.get(SignUpState.OFFERED, 0)

    @property
    def seated(self) -> int:
        return self.counts.get(SignUpState.SEATED, 0)


def who_goes_on(class_group: ClassGroup) -> list[int]:
    """Persons of the class before, in the order of their names, so that any two who work it out find the same."""
    rows = Enrolment.objects.filter(
        class_group=class_group.follows_id, state__in=GO_ON, voided_at__isnull=True
    ).order_by("student__person__name_sort_key", "student_id")  # fmt: skip
    return list(dict.fromkeys(rows.values_list("student_id", flat=True)))


def followings(term: Term, schools: QuerySet[School]) -> list[Following]:
    """Classes of a term that follow one; a fixed number of statements for all of them."""
    rows = ClassGroup.objects.current().filter(
        term=term, follows__isnull=False, school__in=schools.order_by().values("pk")
    )
    rows = list(
        with_facts(rows).select_related("follows__offering", "follows__term").order_by("school", "course", "pk")[:MOST]
    )
    before = dict(
        Enrolment.objects.filter(class_group__in=[row.follows_id for row in rows], state__in=GO_ON)
        .filter(voided_at__isnull=True).order_by().values("class_group")
        .annotate(n=Count("student", distinct=True)).values_list("class_group", "n")
    )  # fmt: skip
    made = {
        one.class_group_id: one
        for one in Continuation.objects.filter(class_group__in=rows, undone_at__isnull=True, voided_at__isnull=True)
        .select_related("made_by")
    }  # fmt: skip
    found = {row.offering_id: Following(row, before.get(row.follows_id, 0), made.get(row.pk)) for row in rows}
    counted = (
        SignUp.objects.filter(offering__in=list(found), source=SignUpSource.CONTINUING, voided_at__isnull=True)
        .order_by().values("offering", "state").annotate(n=Count("pk"))
    )  # fmt: skip
    for row in counted:
        found[row["offering"]].counts[row["state"]] = row["n"]
    return list(found.values())


def preview(class_group: ClassGroup, now: dt.datetime) -> tuple[Continued, dict[int, Person]]:
    """Who would go on, wait or be refused if it were done now, with their names."""
    ids = who_goes_on(class_group)
    found = sort_out(class_group.offering, ids, class_group.offering.places.free, timezone.localdate(now))
    return found, Person.objects.in_bulk(ids)


def asked_of(class_group: ClassGroup) -> list[SignUp]:
    """Who was offered to go on, with his open offer in `.open_offer`, in the order of names."""
    rows = list(
        SignUp.objects.filter(
            offering=class_group.offering_id, source=SignUpSource.CONTINUING, voided_at__isnull=True
        )
        .filter(~Q(state=SignUpState.UNDONE)).select_related("person").order_by("person__name_sort_key", "pk")
    )  # fmt: skip
    offers = {
        offer.sign_up_id: offer
        for offer in Offer.objects.filter(sign_up__in=rows, state=OfferState.OPEN, voided_at__isnull=True)
    }
    for row in rows:
        row.open_offer = offers.get(row.pk)
    return rows
