"""遗属 as pages ask for them."""

from django.db.models import DateField, OuterRef, QuerySet, Subquery

from apps.ledgers.choices import ContactKind
from apps.ledgers.models import Contact, FamilyInCare


def with_last_visit(rows: QuerySet[FamilyInCare]) -> QuerySet[FamilyInCare]:
    """Each row with `visited_on`, the last 遗属慰问 at the home of the deceased."""
    visits = Contact.objects.standing().filter(
        kind=ContactKind.FAMILY, participants__person_id=OuterRef("cadre_id"), happened_on__gte=OuterRef("starts_on")
    )
    last = visits.order_by("-happened_on").values("happened_on")[:1]
    return rows.annotate(visited_on=Subquery(last, output_field=DateField()))


def unvisited(rows: QuerySet[FamilyInCare], year: int) -> QuerySet[FamilyInCare]:
    """Of those to be visited each year, who was not in `year`. See rule book 8.18."""
    seen = Contact.objects.standing().filter(kind=ContactKind.FAMILY, happened_on__year=year)
    return rows.open().filter(yearly=True).exclude(cadre__in=seen.values("participants__person_id"))
