"""What changed facts mean for tiers: suggested to staff, never decided here."""

import datetime as dt
from collections.abc import Collection

from django.db import transaction

from apps.common.insert_select import copy_rows, execute
from apps.ledgers.choices import Level
from apps.registry.models import Cadre
from apps.registry.services.roster_plans import batches_to_plan, planned

from .planning import plan_duties
from .tiers import suggestions

LEAST = Level.THIRD
COLUMNS = (("cadre_id", "bigint"), ("level", "smallint"), ("reasons", "text[]"))
# Whoever has no tier yet is advised only where more than the least is suggested.
ADVISE = """
INSERT INTO ledgers_tieradvice (cadre_id, level, reasons, advised_on)
SELECT s.cadre_id, s.level, s.reasons, %(on)s
  FROM staged_advice s LEFT JOIN ledgers_caretier t ON t.cadre_id = s.cadre_id AND t.voided_at IS NULL
 WHERE s.level IS DISTINCT FROM COALESCE(t.level, %(least)s)
ON CONFLICT (cadre_id) DO UPDATE
   SET level = EXCLUDED.level, reasons = EXCLUDED.reasons, advised_on = EXCLUDED.advised_on
 WHERE (ledgers_tieradvice.level, ledgers_tieradvice.reasons) IS DISTINCT FROM (EXCLUDED.level, EXCLUDED.reasons)
"""
WITHDRAW = """
DELETE FROM ledgers_tieradvice a USING staged_advice s
  LEFT JOIN ledgers_caretier t ON t.cadre_id = s.cadre_id AND t.voided_at IS NULL
 WHERE a.cadre_id = s.cadre_id AND s.level = COALESCE(t.level, %(least)s)
"""


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
    """Bring the advice of `cadres` up to their facts; advice that says what is decided already goes."""
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
