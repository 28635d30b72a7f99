"""Assessments as pages show them: the latest and what changed, who is due, and the timeline."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from apps.common.code_lists import names_of
from apps.ledgers.choices.assessment import DueBecause, Raise, Scale
from apps.ledgers.models import Assessment, CareTier
from apps.registry.choices import Living
from apps.registry.models import Cadre

VIEW_HEALTH = "registry.view_health"
MOST_SHOWN = 20


@dataclass(frozen=True)
class Change:
    """One thing that is not as it was the last time; empty words where nothing was said."""

    what: str
    before: str
    now: str


def latest_two(cadre_id: int) -> tuple[Assessment | None, Assessment | None]:
    """(latest, the one before it); one statement."""
    rows = list(Assessment.objects.standing().filter(cadre=cadre_id).order_by("-assessed_on", "-pk")[:2])
    return (rows + [None, None])[0], (rows + [None, None])[1]


def what_changed(now: Assessment, before: Assessment | None) -> list[Change]:
    """What the newer one says otherwise than the older; everything is new where there was none."""
    if before is None:
        return []
    pairs = [
        ("能力等级", before.get_level_display(), now.get_level_display()),
        ("得分", score_words(before), score_words(now)),
        ("提高等级的原因", raise_words(before), raise_words(now)),
        ("患重病", _yes(before.seriously_ill), _yes(now.seriously_ill)),
        ("高发病", _yes(before.frequent_illness), _yes(now.frequent_illness)),
        ("双高期", _yes(before.double_high), _yes(now.double_high)),
        ("居住方式", living_words(before), living_words(now)),
        ("特殊困难", codes_words("special_difficulty", before.difficulties),
         codes_words("special_difficulty", now.difficulties)),
        ("希望得到的服务", codes_words("service_need", before.wishes), codes_words("service_need", now.wishes)),
    ]  # fmt: skip
    return [Change(*pair) for pair in pairs if pair[1] != pair[2]]


def score_words(row: Assessment) -> str:
    name = row.scale_name if row.scale == Scale.OTHER else "国家标准" if row.scale == Scale.NATIONAL else "Barthel"
    return f"{name} {row.score} 分" if row.score is not None else name


def raise_words(row: Assessment) -> str:
    return "、".join(str(Raise(one).label) for one in row.raised_by)


def living_words(row: Assessment) -> str:
    return str(Living(row.living).label) if row.living in Living.values else ""


def codes_words(code_list: str, codes: list[str]) -> str:
    names = names_of(code_list)
    return "、".join(names.get(code, code) for code in codes)


def _yes(value: bool) -> str:
    return "是" if value else "否"


def due_people(user, *, on: dt.date, until: dt.date) -> QuerySet[Cadre]:
    """Living cadres, among those whose health the user may see, who are to be assessed by `until`, the latest first:
    those whose next day has come, and focus people whom nobody ever assessed (`due_on` None, due at once).

    Each row carries `due_on`, `due_because`, `assessed_on` and `level` of the latest assessment. See rule book 8.12.
    """
    latest = Assessment.objects.latest().filter(cadre=OuterRef("pk")).order_by()
    due = Assessment.objects.latest().filter(next_due_on__lte=until)
    known = Assessment.objects.latest()
    focus = CareTier.objects.filter(is_focus=True, voided_at__isnull=True).exclude(cadre__in=known.values("cadre"))
    rows = Cadre.objects.living().visible_to(user, VIEW_HEALTH)
    rows = rows.filter(Q(pk__in=due.values("cadre")) | Q(pk__in=focus.values("cadre")))
    return rows.annotate(
        due_on=Subquery(latest.values("next_due_on")[:1]),
        due_because=Coalesce(Subquery(latest.values("due_because")[:1]), Value(DueBecause.FIRST.value)),
        assessed_on=Subquery(latest.values("assessed_on")[:1]),
        level=Subquery(latest.values("level")[:1]),
    ).order_by(F("due_on").asc(nulls_first=True), "pk")
