"""Deciding how much care somebody is owed, one by one or for a group."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from apps.accounts.models import User
from apps.common.birthday import full_age
from apps.common.errors import StaleVersion
from apps.common.insert_select import copy_rows, execute
from apps.ledgers.choices import Level
from apps.ledgers.models import CareTier, TierAdvice
from apps.ledgers.rules import Facts, Suggestion, TierRules, flags_of, suggest_tier
from apps.organisation.queries import rule_groups
from apps.registry.models import Cadre

from .planning import plan_duties

STAGING = "staged_tiers"
COLUMNS = (
    ("cadre_id", "bigint"),
    ("level", "smallint"),
    ("is_focus", "boolean"),
    ("high_risk", "boolean"),
    ("suggested_level", "smallint"),
    ("suggested_reasons", "text[]"),
)
FACTS = (
    "pk",
    "managing_unit_id",
    "retire_type",
    "person__birth_date",
    "living",
    "health__ability",
    "health__seriously_ill",
    "health__frequent_illness",
    "health__in_hospital_since",
    "special_difficulties",
)
UPSERT = """
INSERT INTO ledgers_caretier (public_id, cadre_id, level, is_focus, high_risk, suggested_level, suggested_reasons,
                              effective_on, decided_on, decided_by_id, note)
SELECT gen_random_uuid(), s.cadre_id, s.level, s.is_focus, s.high_risk, s.suggested_level, s.suggested_reasons,
       %(effective_on)s, %(on)s, %(actor)s, %(note)s
  FROM staged_tiers s
ON CONFLICT (cadre_id) DO UPDATE
   SET level = EXCLUDED.level, is_focus = EXCLUDED.is_focus, high_risk = EXCLUDED.high_risk,
       suggested_level = EXCLUDED.suggested_level, suggested_reasons = EXCLUDED.suggested_reasons,
       effective_on = EXCLUDED.effective_on, decided_on = EXCLUDED.decided_on,
       decided_by_id = EXCLUDED.decided_by_id, note = EXCLUDED.note, voided_at = NULL, void_reason = ''
 WHERE (ledgers_caretier.level, ledgers_caretier.is_focus, ledgers_caretier.high_risk)
       IS DISTINCT FROM (EXCLUDED.level, EXCLUDED.is_focus, EXCLUDED.high_risk)
    OR ledgers_caretier.voided_at IS NOT NULL
"""


@dataclass(frozen=True)
class TierCounts:
    """Of `total` cadres, `changed` got a tier or another one; the rest had it already and keep its start."""

    total: int
    changed: int


@transaction.atomic
def decide_tiers(
    cadres: QuerySet[Cadre],
    *,
    level: int | None,
    effective_on: dt.date,
    actor: User,
    on: dt.date,
    note: str = "",
) -> TierCounts:
    """Give every cadre of a group `level`, or each the suggested one where it is None, and plan what follows.

    Set-based: 25,000 take seconds. `cadres` must already be limited to those whom `actor` may change. The reasons
    seen are kept on the row. Repeating it changes nothing.
    """
    ids: list[int] = []

    def rows() -> Iterator[tuple]:
        for pk, advice in suggestions(cadres, on=on):
            ids.append(pk)
            given = advice.level if level is None else Level(level)
            reasons = [reason.value for reason in advice.reasons]
            yield pk, given.value, *flags_of(given), advice.level.value, reasons

    copy_rows(STAGING, COLUMNS, rows())
    changed = execute(UPSERT, {"effective_on": effective_on, "on": on, "actor": actor.pk, "note": note[:200]})
    TierAdvice.objects.filter(cadre__in=ids).delete()
    if changed:
        execute("ANALYZE ledgers_caretier")
        plan_duties(on=on, cadres=ids)
    return TierCounts(len(ids), changed)


@transaction.atomic
def decide_tier(
    cadre: Cadre,
    *,
    level: int,
    effective_on: dt.date,
    actor: User,
    on: dt.date,
    note: str = "",
    version: int | None = None,
) -> CareTier:
    """Decide for one cadre. `version` is that of the tier the form showed; StaleVersion if somebody decided since."""
    standing = CareTier.objects.select_for_update(of=("self",)).filter(cadre=cadre).first()
    if version is not None and standing is not None and standing.version != version:
        raise StaleVersion
    ((_, advice),) = suggestions(Cadre.objects.filter(pk=cadre.pk), on=on)
    is_focus, high_risk = flags_of(level)
    values = {
        "level": level,
        "is_focus": is_focus,
        "high_risk": high_risk,
        "effective_on": effective_on,
        "suggested_level": advice.level,
        "suggested_reasons": [reason.value for reason in advice.reasons],
        "decided_by": actor,
        "decided_on": on,
        "note": note,
        "voided_at": None,
    }
    tier, _ = CareTier.objects.update_or_create(cadre=cadre, defaults=values)
    TierAdvice.objects.filter(cadre=cadre).delete()
    plan_duties(on=on, cadres=[cadre.pk])
    tier.refresh_from_db()
    return tier


def suggestions(cadres: QuerySet[Cadre], *, on: dt.date) -> Iterator[tuple[int, Suggestion]]:
    """(cadre id, suggested tier) for each, by the rules of its managing unit. One query for the group."""
    groups = rule_groups("tiers", on=on)
    by_unit: dict[int, TierRules] = {unit: rules for rules, ids in groups for unit in ids or []}
    everywhere = groups[0][0]
    for pk, unit_id, retire_type, birth, living, ability, ill, frequent, hospital, difficulties in (
        cadres.order_by().values_list(*FACTS).iterator(chunk_size=5000)
    ):
        facts = Facts(
            retire_type=retire_type,
            age=full_age(birth.first_day, on) if birth else None,
            living=living,
            ability=ability,
            seriously_ill=bool(ill),
            frequent_illness=bool(frequent),
            in_hospital=hospital is not None,
            difficulties=tuple(difficulties or ()),
        )
        yield pk, suggest_tier(facts, by_unit.get(unit_id, everywhere))
