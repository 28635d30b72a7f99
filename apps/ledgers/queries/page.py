"""What the page of one person shows of the ledger: what is owed, what he needs, who cares. Read in one statement with
the rest of the page (common.together)."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet

from apps.ledgers.models import CareAssignment, CareTier, Duty, Measure, Need, ServicePlan
from apps.ledgers.models.aftermath import AftermathCase
from apps.people.models import Person
from apps.registry.models import Cadre

from .aftermath import mourned_by

VIEW_TIER, VIEW_DUTY, VIEW_NEED = "ledgers.view_caretier", "ledgers.view_duty", "ledgers.view_need"
VIEW_PLAN, VIEW_AFTERMATH = "ledgers.view_serviceplan", "ledgers.view_aftermathcase"


@dataclass(frozen=True)
class PersonLedger:
    """Everything of one cadre, loaded: reading it asks the database nothing. `needs` are open ones with `promised`,
    their open measures; `plan` is that of the year,
    `aftermath` what is seen to after his death, `mourned` whose death leaves his household in peace."""

    tier: CareTier | None = None
    carers: list[CareAssignment] = field(default_factory=list)
    duties: list[Duty] = field(default_factory=list)
    needs: list[Need] = field(default_factory=list)
    plan: ServicePlan | None = None
    aftermath: AftermathCase | None = None
    mourned: Person | None = None


def ledger_parts(cadre: Cadre, *, on: dt.date, sees: Callable[[str], bool]) -> dict[str, QuerySet]:
    """name → rows, each only where the reader may see it; `sees(right)`: whether he holds it over the cadre."""
    parts = {
        "tier": (VIEW_TIER, CareTier.objects.filter(cadre=cadre, voided_at__isnull=True)),
        "carers": ("", CareAssignment.objects.open().filter(cadre=cadre).select_related("carer__unit")),
        "duties": (VIEW_DUTY, Duty.objects.open().filter(cadre=cadre, period_start__lte=on)),
        "needs": (VIEW_NEED, _open_needs(cadre)),
        "promised": (VIEW_NEED, _promised(cadre)),
        "aftermath": (VIEW_AFTERMATH, AftermathCase.objects.standing().filter(cadre=cadre).order_by("-pk")[:1]),
        "mourned": ("", mourned_by(cadre.person, on).order_by("pk")[:1]),
        "plan": (VIEW_PLAN, ServicePlan.objects.filter(cadre=cadre, year=on.year, voided_at__isnull=True)),
    }
    order = {"carers": ("role", "-starts_on", "pk"), "duties": ("due_on", "pk"), "promised": ("due_on", "pk")}
    return {
        name: (rows.order_by(*order[name]) if name in order else rows) if not right or sees(right) else rows.none()
        for name, (right, rows) in parts.items()
    }


def _open_needs(cadre: Cadre) -> QuerySet[Need]:
    """With the number of measures that were ever promised for each: none is what somebody must act on first."""
    ever = Count("measures", filter=Q(measures__voided_at__isnull=True))
    return Need.objects.open().filter(cadre=cadre).annotate(measures_ever=ever).order_by("found_on", "pk")


def _promised(cadre: Cadre) -> QuerySet[Measure]:
    open_need = {"need__cadre": cadre, "need__closed_on__isnull": True, "need__voided_at__isnull": True}
    return Measure.objects.open().filter(**open_need).select_related("owner")


def ledger_from(part: Callable[[str], list]) -> PersonLedger:
    """From what `ledger_parts` read."""
    needs = part("needs")
    for need in needs:
        need.promised = [row for row in part("promised") if row.need_id == need.pk]
    return PersonLedger(
        tier=next(iter(part("tier")), None),
        carers=part("carers"),
        duties=part("duties"),
        needs=needs,
        plan=next(iter(part("plan")), None),
        aftermath=next(iter(part("aftermath")), None),
        mourned=next(iter(part("mourned")), None),
    )
