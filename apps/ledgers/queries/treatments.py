"""Who is due a treatment and how much; what stands on a list. Querysets, one statement each."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Case, Count, DecimalField, Exists, F, OuterRef, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce

from apps.common.partial_date import PartialDate
from apps.ledgers.choices.treatments import ChangeKind, DueState, Every, Standard
from apps.ledgers.models import TreatmentChange, TreatmentDue, TreatmentItem, TreatmentRun
from apps.ledgers.models.treatments import STATE
from apps.ledgers.rules.treatments import Span, TreatmentAmounts, born_by, nursing_amount
from apps.organisation.queries import rule_groups
from apps.registry.choices import VETERAN_TYPES, Ability, RevolutionPeriod
from apps.registry.models import Cadre, Health
from apps.registry.rules import VeteranSubsidy, revolution_period, subsidy_months

MEMBERS = ("01", "02")
MONEY = DecimalField(max_digits=10, decimal_places=2, null=True)
BY_PERIOD = (Standard.NURSING, Standard.SUBSIDY)
UNABLE = Health.objects.filter(cadre=OuterRef("pk"), ability__gte=Ability.SEVERE)
WHOLLY_UNABLE = Health.objects.filter(cadre=OuterRef("pk"), ability=Ability.COMPLETE)


def audience_of(item: TreatmentItem, span: Span, cadres: QuerySet[Cadre], *, on: dt.date) -> QuerySet[Cadre]:
    """The living among `cadres` to whom an item is due in a period (rule book 8.30). Age is counted on the last day
    of the period, for items that are given once on the day `on`."""
    found = cadres.living()
    if item.retire_types:
        found = found.filter(retire_type__in=item.retire_types)
    if item.level:
        enjoyed = Q(treatment__gt="", treatment__lte=item.level)
        found = found.filter(enjoyed | Q(treatment="", leader_rank__gt="", leader_rank__lte=item.level))
    if item.only_members:
        found = found.filter(person__political_status__in=MEMBERS)
    if item.only_unable:
        found = found.filter(Exists(UNABLE))
    if item.min_age:
        day = on if item.every == Every.ONCE else span.last_day
        found = found.filter(_born_by(born_by(item.min_age, day)))
    return found


def _born_by(last: dt.date) -> Q:
    """Surely born on or before a day: of a date known to the year or month, its last day counts."""
    born = Q(person__birth_date__lte=PartialDate.of(last))
    unsure = [] if last.month == 12 and last.day == 31 else [str(last.year)]
    if (last + dt.timedelta(days=1)).day != 1:
        unsure.append(f"{last:%Y-%m}")
    return born & ~Q(person__birth_date__in=unsure) if unsure else born


def periods_known(cadres: QuerySet[Cadre]) -> dict[RevolutionPeriod, list[PartialDate]]:
    """The days on which 离休 among `cadres` began, by period of the revolution; undetermined ones are left out."""
    starts = cadres.living().filter(retire_type__in=VETERAN_TYPES, work_start__isnull=False)
    known: dict[RevolutionPeriod, list[PartialDate]] = {}
    for start in starts.order_by().values_list("work_start", flat=True).distinct():
        period = revolution_period(start)
        if period is not None and period != RevolutionPeriod.UNDETERMINED:
            known.setdefault(period, []).append(start)
    return known


def without_period(item: TreatmentItem, span: Span, cadres: QuerySet[Cadre], *, on: dt.date) -> QuerySet[Cadre]:
    """Those of the audience for whom nothing can be reckoned: their period of the revolution is not known."""
    if item.standard not in BY_PERIOD:
        return cadres.none()
    known = [start for starts in periods_known(cadres).values() for start in starts]
    return audience_of(item, span, cadres, on=on).exclude(work_start__in=known)


def entitled(
    item: TreatmentItem, span: Span, cadres: QuerySet[Cadre], *, on: dt.date, asked: Decimal | None = None
) -> QuerySet[Cadre]:
    """The audience with `due_quantity` and `due_amount` (yuan, NULL where the item has none); people for whom nothing
    can be reckoned are left out. Raises LookupError where the rule set has no amount for somebody's unit."""
    found = audience_of(item, span, cadres, on=on)
    quantity, amount = Value(Decimal(1), output_field=MONEY), Value(None, output_field=MONEY)
    if item.standard == Standard.ASKED:
        amount = Value(asked, output_field=MONEY)
    elif item.standard == Standard.NURSING:
        amount = _by_unit(TreatmentAmounts.rule_key, on, lambda rules: _nursing(rules, periods_known(cadres)))
    elif item.standard == Standard.SUBSIDY:
        quantity = _by_unit(VeteranSubsidy.rule_key, on, lambda rules: _months(rules, periods_known(cadres)))
    elif item.standard:
        amount = _by_unit(TreatmentAmounts.rule_key, on, lambda rules: _fixed(rules, item.standard))
    found = found.annotate(due_quantity=quantity, due_amount=amount)
    if item.standard == Standard.NURSING:
        return found.filter(due_amount__isnull=False)
    return found.filter(due_quantity__isnull=False) if item.standard == Standard.SUBSIDY else found


def _by_unit(key: str, on: dt.date, value_of):
    """What the rule set in force for each unit gives, as one expression."""
    groups = rule_groups(key, on=on)
    if len(groups) == 1:
        return value_of(groups[0][0])
    cases = [When(managing_unit_id__in=ids, then=value_of(rules)) for rules, ids in groups]
    return Case(*cases, default=None, output_field=MONEY)


def _fixed(rules: TreatmentAmounts, field: str):
    amount = getattr(rules, field)
    if amount is None:
        raise LookupError(field)
    return Value(amount, output_field=MONEY)


def _nursing(rules: TreatmentAmounts, known: dict):
    cases = []
    for period, starts in known.items():
        for unable in (True, False):
            condition = Q(Exists(WHOLLY_UNABLE)) if unable else Q()
            amount = Value(nursing_amount(period, unable, rules), output_field=MONEY)
            cases.append(When(condition & Q(work_start__in=starts), then=amount))
    return Case(*cases, default=None, output_field=MONEY)


def _months(rules: VeteranSubsidy, known: dict):
    cases = [
        When(work_start__in=starts, then=Value(subsidy_months(period, rules), output_field=MONEY))
        for period, starts in known.items()
    ]
    return Case(*cases, default=None, output_field=MONEY)


# Lists


def dues_seen(user, run: TreatmentRun, permission: str = "ledgers.view_treatmentdue") -> QuerySet[TreatmentDue]:
    """The lines of a run that the user may see, in the order in which lists show them: by unit, then as registered."""
    rows = TreatmentDue.objects.standing().filter(run=run).visible_to(user, permission)
    return rows.order_by("unit__path", "cadre__order_no", "cadre_id")


def numbers_by_state(rows: QuerySet[TreatmentDue]) -> dict[str, int]:
    """How many lines are in each DueState: one statement."""
    counts = {key.value: Count("pk", filter=condition) for key, condition in STATE.items()}
    return rows.order_by().aggregate(**counts)


def total_of(rows: QuerySet[TreatmentDue]) -> Decimal:
    """Yuan due now over these lines; those without an amount count 0."""
    return rows.order_by().aggregate(sum=Sum(F("amount") + F("changed")))["sum"] or Decimal("0.00")


def progress_of(runs: Iterable[TreatmentRun], user) -> dict[int, dict]:
    """For a page of runs: lines, received and missing in the user's reach, by run: one statement."""
    rows = (
        TreatmentDue.objects.standing().filter(run__in=[run.pk for run in runs])
        .visible_to(user, "ledgers.view_treatmentdue").order_by().values("run")
        .annotate(
            lines=Count("pk"), received=Count("pk", filter=STATE[DueState.RECEIVED]),
            stopped=Count("pk", filter=STATE[DueState.STOPPED]),
            sum=Coalesce(Sum(F("amount") + F("changed")), Value(Decimal(0)), output_field=MONEY),
        )
    )  # fmt: skip
    return {row["run"]: row for row in rows}


def to_reclaim(user) -> QuerySet[TreatmentChange]:
    """What was given after a death and is not back yet."""
    rows = TreatmentChange.objects.filter(kind=ChangeKind.RECLAIM, settled_on__isnull=True, voided_at__isnull=True)
    return rows.visible_to(user)
