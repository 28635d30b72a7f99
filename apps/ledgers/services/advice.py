"""What changed facts mean for tiers: suggested to staff, never decided here."""

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.db.models import Q

from apps.common.insert_select import copy_rows, execute
from apps.ledgers.choices import Level
from apps.organisation.queries import rule_groups
from apps.registry.models import Cadre, LifeEvent
from apps.registry.services.roster_plans import batches_to_plan, planned

from .planning import plan_duties
from .tiers import suggestions

LEAST = Level.THIRD
WEEK = dt.timedelta(days=7)
COLUMNS = (("cadre_id", "bigint"), ("level", "smallint"), ("reasons", "text[]"))
# Whoever has no tier yet is advised only where more than the least is suggested. Whoever decided having seen the same
# level for the same reasons is not asked again (rule book 8.13).
SEEN = "t.suggested_level = s.level AND t.suggested_reasons::text[] = s.reasons"
ADVISE = f"""
INSERT INTO ledgers_tieradvice (cadre_id, level, reasons, advised_on)
SELECT s.cadre_id, s.level, s.reasons, %(on)s
  FROM staged_advice s LEFT JOIN ledgers_caretier t ON t.cadre_id = s.cadre_id AND t.voided_at IS NULL
 WHERE s.level IS DISTINCT FROM COALESCE(t.level, %(least)s) AND ({SEEN}) IS NOT TRUE
ON CONFLICT (cadre_id) DO UPDATE
   SET level = EXCLUDED.level, reasons = EXCLUDED.reasons, advised_on = EXCLUDED.advised_on
 WHERE (ledgers_tieradvice.level, ledgers_tieradvice.reasons) IS DISTINCT FROM (EXCLUDED.level, EXCLUDED.reasons)
"""  # noqa: S608
WITHDRAW = f"""
DELETE FROM ledgers_tieradvice a USING staged_advice s
  LEFT JOIN ledgers_caretier t ON t.cadre_id = s.cadre_id AND t.voided_at IS NULL
 WHERE a.cadre_id = s.cadre_id AND (s.level = COALESCE(t.level, %(least)s) OR ({SEEN}) IS TRUE)
"""  # noqa: S608


def plan_touched(*, on: dt.date) -> int:
    """Plan anew the duties of the people whom rosters changed, and note which tiers their facts now speak for; returns
    how many people. Each batch once: the mark is cleared in the same transaction. Nothing open costs one look-up."""
    with transaction.atomic():
        batches = list(batches_to_plan().select_for_update(skip_locked=True, of=("self",)).values_list("pk", "touched"))
        people = sorted({pk for _, touched in batches for pk in touched})
        if people:
            plan_duties(on=on, cadres=people)
            advise(people, on=on)
        if batches:
            planned([pk for pk, _ in batches])
    return len(people)


@transaction.atomic
def advise(cadres: Collection[int], *, on: dt.date) -> None:
    """Bring the advice of `cadres` up to their facts; advice that says what is decided already goes, and so does what
    was decided on having seen it. See rule book 8.13."""
    group = Cadre.objects.current().filter(pk__in=cadres)
    copy_rows(
        "staged_advice",
        COLUMNS,
        (
            (pk, found.level.value, [reason.value for reason in found.reasons])
            for pk, found in suggestions(group, on=on)
        ),
    )
    values = {"on": on, "least": LEAST.value}
    execute(WITHDRAW, values)
    execute(ADVISE, values)


def advise_anew(cadre: Cadre, event: LifeEvent, undo: bool, today: dt.date) -> None:
    """A stay in hospital speaks for another tier, or no longer does: a handler of the life socket. On undo the
    registry's columns are put back afterwards: what they say then is taken up by the next look."""
    if not undo:
        advise([cadre.pk], on=today)


@transaction.atomic
def advise_birthdays(*, on: dt.date) -> int:
    """Take up those who came to an age that counts (rule set `tiers`) within the last week; returns how many were
    looked at. Twice a day is once."""
    ages = {age for rules, _ in rule_groups("tiers", on=on) for age in (rules.aged_from, rules.very_aged_from)}
    born = Q()
    for age in ages:
        last = on.replace(year=on.year - age, day=min(on.day, 28) if on.month == 2 else on.day)
        born |= Q(person__birth_date__gte=str(last - WEEK), person__birth_date__lte=str(last))
    people = list(Cadre.objects.living().filter(born).order_by().values_list("pk", flat=True))
    if people:
        advise(people, on=on)
    return len(people)
