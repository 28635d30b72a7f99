"""What contacts and the aid fund know of a person, as lines of 加强关怀慰藉; each asks its own right."""

from collections.abc import Iterator

from django.db.models import Count, Max, Q

from apps.ledgers.choices import NOT_REACHED
from apps.ledgers.models import AidApplication, ContactPerson
from apps.ledgers.rules import VISITS

from .plan_lines import About, Line

VIEW_AID, VIEW_CONTACT = "ledgers.view_aidapplication", "ledgers.view_contact"


def contacts(about: About) -> Iterator[Line]:
    """Visits and calls of the year: the means, with the day he was last reached."""
    if not about.sees(VIEW_CONTACT):
        return
    reached = ContactPerson.objects.filter(person=about.cadre.pk, contact__voided_at__isnull=True).exclude(
        contact__outcome__in=NOT_REACHED
    )
    year = Q(contact__happened_on__year=about.on.year)
    visit = Q(contact__method__in=VISITS)
    found = reached.aggregate(
        visits=Count("pk", filter=year & visit), calls=Count("pk", filter=year & ~visit),
        last=Max("contact__happened_on"),
    )  # fmt: skip
    if found["last"]:
        words = f"看望 {found['visits']} 次，电话等联系 {found['calls']} 次，最近 {found['last']:%Y-%m-%d}"
        yield Line(label="今年看望联系", text=words, right=VIEW_CONTACT)


def aid(about: About) -> Iterator[Line]:
    """Applications of the year and how far they are; no amounts and no reasons."""
    if not about.sees(VIEW_AID):
        return
    rows = AidApplication.objects.filter(cadre=about.cadre, year=about.on.year, voided_at__isnull=True)
    for row in rows.order_by("pk")[:2]:
        yield Line(label="困难帮扶", text=row.get_state_display(), right=VIEW_AID)
