"""Plans of a year: made for one person or many, carried over from the year before, mended, and frozen when printed."""

import datetime as dt
import json
import uuid

from django.db import connection, transaction
from django.db.models import Max, QuerySet

from apps.accounts.models import User
from apps.common import attachments, audit, papers
from apps.common.errors import BusinessError, StaleVersion
from apps.ledgers.models import PlanVersion, ServicePlan
from apps.people.choices import LifeStatus
from apps.registry.models import Cadre

from .need_checks import clean_text

PHOTO = "plan_photo"
PAPER = "一人一策台账"

CARRY = """
INSERT INTO ledgers_serviceplan (public_id, cadre_id, year, summary, wishes, photo_id, carried_from_id, made_by_id)
SELECT gen_random_uuid(), wanted.pk, %s, coalesce(last.summary, ''), coalesce(last.wishes, ''), last.photo_id,
       last.id, %s
FROM ({cadres}) AS wanted(pk)
LEFT JOIN LATERAL (
    SELECT id, summary, wishes, photo_id FROM ledgers_serviceplan
    WHERE cadre_id = wanted.pk AND year < %s AND voided_at IS NULL ORDER BY year DESC LIMIT 1
) AS last ON TRUE
ON CONFLICT DO NOTHING
RETURNING cadre_id
"""


def check_year(year: int, on: dt.date) -> None:
    """A plan is made for this year, and from the last quarter on for the next."""
    latest = on.year + (on.month >= 10)
    if not on.year - 1 <= year <= latest:
        raise BusinessError(f"只能制定 {on.year - 1} 到 {latest} 年的一人一策。", code="year", field="year")


@transaction.atomic
def make_plan(cadre: Cadre, *, year: int, actor: User, on: dt.date) -> ServicePlan:
    """The plan of `cadre` for `year`: the one there is, else a new one carried over from the last before it, with
    summary, wishes and photo. Needs stay where they are. Refuses the dead. See rule book 8.6."""
    check_year(year, on)
    _check_living(cadre)
    carry_over(Cadre.objects.filter(pk=cadre.pk), year=year, actor=actor, on=on)
    return ServicePlan.objects.get(cadre=cadre, year=year, voided_at__isnull=True)


@transaction.atomic
def carry_over(cadres: QuerySet[Cadre], *, year: int, actor: User, on: dt.date) -> int:
    """A plan of `year` for each living one of `cadres` who has none; returns how many were made.

    One statement for any number of people; done again, or by two at once, it makes none twice. Whom `actor` may serve
    is the caller's to check. See rule book 8.6.
    """
    check_year(year, on)
    wanted = cadres.exclude(person__life_status=LifeStatus.DECEASED).order_by().values("pk")
    sql, params = wanted.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(CARRY.format(cadres=sql), [year, actor.pk, *params, year])
        made = [row[0] for row in cursor.fetchall()]
    if made:
        audit.record("plan.make", actor=actor, people=made, target=f"ledgers.serviceplan:{year}")
    return len(made)


@transaction.atomic
def change_plan(plan: ServicePlan, *, summary: str, wishes: str, actor: User, version: int) -> ServicePlan:
    """Mend the words of a plan; StaleVersion if somebody saved since `version`."""
    standing = _locked(plan)
    if standing.version != version:
        raise StaleVersion
    _check_open(standing)
    values = {
        "summary": clean_text(summary, 1000, "情况摘要", "summary"),
        "wishes": clean_text(wishes, 500, "愿望", "wishes"),
    }
    changed = [name for name, value in values.items() if getattr(standing, name) != value]
    for name in changed:
        setattr(standing, name, values[name])
    if changed:
        standing.save(update_fields=changed)
        standing.refresh_from_db(fields=["version"])
        _note("plan.change", standing, actor, fields=changed)
    return standing


@transaction.atomic
def set_photo(plan: ServicePlan, photo: bytes | None, *, actor: User) -> ServicePlan:
    """Keep a cleaned photo (common.photos) on the plan, or take it off with None; older versions keep theirs."""
    standing = _locked(plan)
    _check_open(standing)
    stored = None
    if photo is not None:
        stored = attachments.store(
            photo, subject=f"ledgers.serviceplan:{plan.pk}", purpose=PHOTO, filename="照片.jpg",
            content_type="image/jpeg", actor=actor, keep_days=None,
        )  # fmt: skip
    standing.photo = stored
    standing.save(update_fields=["photo"])
    _note("plan.photo", standing, actor)
    return standing


@transaction.atomic
def print_plan(plan: ServicePlan, content: dict, *, actor: User, form_key: uuid.UUID) -> PlanVersion:
    """A version on paper with a code, waited for until it is back signed; the same form sent twice is one paper.

    `content` is the sheet of queries.plan_sheet and stays as it is. See rule book 8.7.
    """
    standing = _locked(plan)
    made = PlanVersion.objects.filter(public_id=form_key, plan=standing, made_by=actor).first()
    if made is not None:
        return made
    unit_id = Cadre.objects.values_list("managing_unit_id", flat=True).get(pk=standing.cadre_id)
    paper = papers.print_paper(
        PAPER, f"{standing.year}年一人一策台账", f"ledgers.serviceplan:{standing.pk}", actor=actor, unit_id=unit_id,
        pages=2, people=[standing.cadre_id],
    )  # fmt: skip
    highest = PlanVersion.objects.filter(plan=standing).aggregate(most=Max("number"))["most"] or 0
    version = PlanVersion(
        public_id=form_key, plan=standing, number=highest + 1, content=json.dumps(content, ensure_ascii=False),
        paper=paper, made_by=actor,
    )  # fmt: skip
    version.save()
    _note("plan.freeze", standing, actor)
    return version


def _check_living(cadre: Cadre) -> None:
    if cadre.person.life_status == LifeStatus.DECEASED:
        raise BusinessError("这位老同志已登记离世，不再制定一人一策。", code="deceased")


def _check_open(plan: ServicePlan) -> None:
    if plan.closed_on or plan.voided_at:
        raise BusinessError("这份一人一策已经结束，不能再改。", code="closed")


def _locked(plan: ServicePlan) -> ServicePlan:
    return ServicePlan.objects.select_for_update(of=("self",)).get(pk=plan.pk)


def _note(action: str, plan: ServicePlan, actor: User, fields: list[str] | None = None) -> None:
    audit.record(
        action, actor=actor, people=[plan.cadre_id], fields=fields or [], target=f"ledgers.serviceplan:{plan.pk}"
    )
