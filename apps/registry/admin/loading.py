"""What the page of one person shows of other tables, read in one statement."""

from django.db.models import F, QuerySet
from django.utils import timezone

from apps.common.together import read_together
from apps.people.models import Phone, Relative
from apps.people.queries import periods_of
from apps.registry.models import Cadre, LifeEvent

from .scope import may_on

SPAN_COLUMNS = ("kind", "said", "starts_on", "ends_on", "document_no", "scan_id", "pk")


class CadreParts:
    """Mixed into CadreAdminBase. Rooms above add to `page_parts`."""

    def part(self, request, cadre: Cadre, name: str) -> list:
        """Rows of one part; the first that is asked for brings all of them."""
        known = request.__dict__.setdefault("_page_parts", {})
        if cadre.pk not in known:
            known[cadre.pk] = read_together(self.page_parts(request, cadre))
        return known[cadre.pk][name]

    def page_parts(self, request, cadre: Cadre) -> dict[str, QuerySet]:
        """name → rows, each only where this user may see them."""
        events = LifeEvent.objects.filter(person_id=cadre.pk, voided_at__isnull=True)
        if not may_on(request, cadre.pk, "registry.view_lifeevent"):
            events = events.none()
        return {
            "phones": Phone.objects.filter(person_id=cadre.pk),
            "relatives": Relative.objects.filter(person_id=cadre.pk, voided_at__isnull=True),
            "periods": periods_of(cadre.pk, timezone.localdate()),
            "events": events.select_related("unit", "reported_by").defer("detail", "address"),
            "spans": spans_of(cadre),
        }


def spans_of(cadre: Cadre) -> QuerySet:
    """What stood before, of all kinds, the latest first: rows with kind, said (a code, or a unit's name), starts_on,
    ends_on, document_no, scan_id, pk."""
    units = cadre.unit_spans.order_by().annotate(said=F("unit__name"))
    others = cadre.standing_spans.order_by().annotate(said=F("value"))
    first, second = (rows.values_list(*SPAN_COLUMNS, named=True) for rows in (units, others))
    return first.union(second, all=True).order_by("-ends_on", "-pk")
