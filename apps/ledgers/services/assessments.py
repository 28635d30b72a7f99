"""Recording assessments of ability. The level, the next day and the current facts follow in the same transaction."""

import datetime as dt
import uuid
from dataclasses import dataclass, fields

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.common import audit
from apps.common.birthday import full_age
from apps.common.errors import BusinessError, StaleVersion
from apps.ledgers.choices.assessment import Scale
from apps.ledgers.models import Assessment
from apps.ledgers.rules.assessment import MOST_POINTS, Grade, Signs, double_high, due_again, grade
from apps.organisation.queries import rule_values
from apps.registry.choices import VETERAN_TYPES
from apps.registry.models import Cadre, Health

from .advice import advise

EARLIEST = dt.date(1990, 1, 1)


@dataclass(frozen=True, kw_only=True)
class AssessmentFacts:
    """What an assessment form says. `told_level`: of another scale, the level that it gave. `living`, `difficulties`
    and `wishes` are codes of the registry's lists."""

    assessed_on: dt.date
    assessor: str
    scale: str = Scale.NATIONAL
    scale_name: str = ""
    score: int | None = None
    told_level: int | None = None
    dementia: bool = False
    mental: bool = False
    risk_events: int = 0
    coma: bool = False
    seriously_ill: bool = False
    frequent_illness: bool = False
    living: str = ""
    difficulties: tuple[str, ...] = ()
    wishes: tuple[str, ...] = ()
    note: str = ""

    def columns(self) -> dict:
        values = {item.name: getattr(self, item.name) for item in fields(self) if item.name != "told_level"}
        return values | {"difficulties": list(self.difficulties), "wishes": list(self.wishes)}


@transaction.atomic
def record_assessment(
    facts: AssessmentFacts, *, cadre: Cadre, actor: User, on: dt.date, form_key: uuid.UUID
) -> Assessment:
    """Write it down; the same form sent twice is one assessment.

    The newest one becomes what the registry knows of him (ability, living, difficulties, wishes), and a tier that the
    facts now speak for is proposed. Raises BusinessError for days to come and scores that the scale does not have.
    See rule book 8.10, 8.12.
    """
    cadre = _locked(cadre)
    standing = Assessment.objects.filter(public_id=form_key).first()
    if standing is not None:
        if standing.cadre_id != cadre.pk or standing.recorded_by_id != actor.pk:
            raise BusinessError("这张表已经用过。请重新打开再填。", code="form_used")
        return standing
    row = Assessment(public_id=form_key, cadre=cadre, recorded_by=actor, is_latest=False)
    _fill(row, facts, cadre, on)
    row.validate_constraints()
    row.save()
    _settle(cadre, on)
    _note("assessment.record", row, actor)
    row.refresh_from_db()
    return row


@transaction.atomic
def change_assessment(row: Assessment, facts: AssessmentFacts, *, actor: User, on: dt.date, version: int) -> Assessment:
    """Mend it; StaleVersion if somebody saved since `version`. What follows from it follows anew."""
    cadre = _locked(row.cadre)
    standing = Assessment.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if standing.version != version:
        raise StaleVersion
    was = standing.assessed_on
    _fill(standing, facts, cadre, on)
    standing.validate_constraints()
    standing.save()
    _settle(cadre, on, was=was)
    _note("assessment.change", standing, actor)
    standing.refresh_from_db()
    return standing


@transaction.atomic
def void_assessment(row: Assessment, *, reason: str, actor: User, on: dt.date) -> None:
    """Take it out of account; the one before is the latest again."""
    if not reason.strip():
        raise BusinessError("请写明为什么作废。", code="reason", field="reason")
    cadre = _locked(row.cadre)
    standing = Assessment.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if standing.voided_at is not None:
        return
    standing.voided_at, standing.void_reason, standing.is_latest = timezone.now(), reason[:200], False
    standing.save(update_fields=["voided_at", "void_reason", "is_latest"])
    _settle(cadre, on, was=standing.assessed_on)
    _note("assessment.void", standing, actor, reason)


def _locked(cadre: Cadre) -> Cadre:
    """The cadre, so that two assessments of one man are written one after the other."""
    return Cadre.objects.select_for_update(of=("self",)).select_related("person", "managing_unit").get(pk=cadre.pk)


def _fill(row: Assessment, facts: AssessmentFacts, cadre: Cadre, on: dt.date) -> None:
    if facts.assessed_on > on:
        raise BusinessError("评估日期还没有到，请核对。", code="future", field="assessed_on")
    if facts.assessed_on < EARLIEST:
        raise BusinessError("评估日期太早，请核对。", code="early", field="assessed_on")
    if facts.scale == Scale.OTHER and not facts.scale_name.strip():
        raise BusinessError("请写量表的名称。", code="scale", field="scale_name")
    for name, value in facts.columns().items():
        setattr(row, name, value)
    rules = rule_values("assessments", on=facts.assessed_on, unit=cadre.managing_unit)
    found = _graded(facts, rules)
    row.base_level, row.level, row.raised_by = found.base, found.level, [str(one) for one in found.raised_by]
    row.next_due_on, row.due_because = due_again(found.level, facts.assessed_on, rules)
    row.pulled_by_event = row.unpulled_due_on = None
    row.double_high = _double_high(facts, cadre)


def _graded(facts: AssessmentFacts, rules) -> Grade:
    signs = Signs(facts.dementia, facts.mental, facts.risk_events, facts.coma)
    try:
        return grade(facts.scale, facts.score, signs, rules, told=facts.told_level)
    except ValueError as error:
        if facts.scale == Scale.OTHER:
            raise BusinessError("请选这个量表评出的等级。", code="level", field="told_level") from error
        most = MOST_POINTS[Scale(facts.scale)]
        raise BusinessError(f"请填得分，0 到 {most} 分。", code="score", field="score") from error


def _double_high(facts: AssessmentFacts, cadre: Cadre) -> bool:
    birth = cadre.person.birth_date
    rules = rule_values("tiers", on=facts.assessed_on, unit=cadre.managing_unit)
    return double_high(
        veteran=cadre.retire_type in VETERAN_TYPES,
        age=full_age(birth.first_day, facts.assessed_on) if birth else None,
        aged_from=rules.aged_from,
        ill=facts.seriously_ill or facts.frequent_illness,
    )


def _settle(cadre: Cadre, on: dt.date, *, was: dt.date | None = None) -> None:
    """Name the latest, let the registry know what it says, and propose the tier that follows. `was`: the day on which
    the row that changed stood before."""
    rows = Assessment.objects.standing().filter(cadre=cadre)
    latest = rows.order_by("-assessed_on", "-pk").first()
    rows.filter(is_latest=True).exclude(pk=latest.pk if latest else None).update(is_latest=False)
    if latest is not None and not latest.is_latest:
        Assessment.objects.filter(pk=latest.pk).update(is_latest=True)
    _tell_registry(cadre, latest, was)
    advise([cadre.pk], on=on)


def _tell_registry(cadre: Cadre, latest: Assessment | None, was: dt.date | None) -> None:
    """Health says what the latest assessment says; a later entry by hand stays. Living, difficulties and wishes are
    taken over where the assessment says any."""
    health, _ = Health.objects.select_for_update(of=("self",)).get_or_create(cadre=cadre)
    by_hand = health.assessed_on is not None and health.assessed_on != was
    if latest is None:
        if not by_hand:
            Health.objects.filter(pk=health.pk).update(
                ability=None, ability_scale="", ability_score=None, assessed_on=None
            )
        return
    if by_hand and health.assessed_on and health.assessed_on > latest.assessed_on:
        return
    health.ability, health.ability_score, health.assessed_on = latest.level, latest.score, latest.assessed_on
    health.ability_scale = latest.scale_name or str(Scale(latest.scale).label)[:40]
    health.seriously_ill, health.frequent_illness = latest.seriously_ill, latest.frequent_illness
    health.save(update_fields=["ability", "ability_scale", "ability_score", "assessed_on", "seriously_ill",
                               "frequent_illness"])  # fmt: skip
    told = {"living": latest.living, "special_difficulties": latest.difficulties, "wishes": latest.wishes}
    changed = {name: value for name, value in told.items() if value and value != getattr(cadre, name)}
    for name, value in changed.items():
        setattr(cadre, name, value)
    if changed:
        cadre.save(update_fields=list(changed))


def _note(action: str, row: Assessment, actor: User, reason: str = "") -> None:
    audit.record(
        action, actor=actor, people=[row.cadre_id], fields=["ability"], reason=reason,
        target=f"ledgers.assessment:{row.pk}",
    )  # fmt: skip
