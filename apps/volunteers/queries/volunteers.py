"""Who may be given something to do, and how much (rule book 10.2, 10.3): for lists of any length, in a few queries."""

import datetime as dt
from collections.abc import Collection, Iterable

from apps.common.birthday import full_age
from apps.organisation.queries import rule_groups
from apps.people.choices import LifeStatus
from apps.volunteers.models import Volunteer, VolunteerStatement
from apps.volunteers.rules.volunteers import VolunteerRules, lacking, lacking_words, weekly_limit

UNKNOWN = "他还没有登记为志愿者。"
DEAD = "他登记为已离世或正在核实，不能再安排。"
VOIDED = "他的志愿者登记已经作废。"


def may_serve(volunteer_ids: Iterable[int], on: dt.date) -> dict[int, str]:
    """volunteer (person) id → why nothing may be given him on a day; nobody who may be is in it. At most four queries
    for any number. See rule book 10.2."""
    ids = set(volunteer_ids)
    if not ids:
        return {}
    rows = list(Volunteer.objects.filter(pk__in=ids).select_related("person"))
    rules, papers = rules_of(rows, on), papers_of(ids)
    found = {pk: UNKNOWN for pk in ids - {row.pk for row in rows}}
    for row in rows:
        refusal = _gone(row, on) or missing_words(row, papers.get(row.pk, []), on, rules[row.pk])
        if refusal:
            found[row.pk] = refusal
    return found


def _gone(volunteer: Volunteer, on: dt.date) -> str:
    if volunteer.voided_at is not None or volunteer.person.voided_at is not None:
        return VOIDED
    if volunteer.person.life_status in (LifeStatus.DECEASED, LifeStatus.DEATH_REPORTED):
        return DEAD
    if volunteer.left_on is not None and volunteer.left_on <= on:
        return f"他已于{volunteer.left_on:%Y-%m-%d}退出志愿服务。"
    return ""


def rules_of(volunteers: Iterable[Volunteer], on: dt.date) -> dict[int, VolunteerRules]:
    """volunteer id → the rules of the unit that registered him, as they stand on a day. One or two queries."""
    groups = rule_groups(VolunteerRules.rule_key, on=on)
    everywhere = groups[0][0] if groups[0][1] is None else VolunteerRules()
    by_unit = {unit: values for values, units in groups for unit in units or ()}
    return {row.pk: by_unit.get(row.unit_id, everywhere) for row in volunteers}


def papers_of(volunteer_ids: Collection[int]) -> dict[int, list[VolunteerStatement]]:
    """volunteer id → his papers that are not voided, the latest first."""
    found: dict[int, list[VolunteerStatement]] = {}
    rows = VolunteerStatement.objects.current().filter(volunteer__in=list(volunteer_ids))
    for row in rows.order_by("-starts_on", "-pk"):
        found.setdefault(row.volunteer_id, []).append(row)
    return found


def missing_of(
    volunteer: Volunteer, papers: Iterable[VolunteerStatement], on: dt.date, rules: VolunteerRules
) -> list[str]:
    """Kinds of paper that he still has to sign for a day."""
    in_force = {row.kind for row in papers if stands(row, on)}
    return lacking(age_of(volunteer, on), in_force, rules)


def missing_words(
    volunteer: Volunteer, papers: Iterable[VolunteerStatement], on: dt.date, rules: VolunteerRules
) -> str:
    """`missing_of` as one sentence; empty when all is there."""
    rows = list(papers)
    ended: dict[str, dt.date] = {}
    for row in rows:
        if row.ends_on is not None and row.ends_on <= on:
            ended[row.kind] = max(row.ends_on, ended.get(row.kind, row.ends_on))
    return lacking_words(missing_of(volunteer, rows, on, rules), ended)


def stands(paper: VolunteerStatement, on: dt.date) -> bool:
    """In force on a day."""
    return paper.voided_at is None and paper.starts_on <= on and (paper.ends_on is None or paper.ends_on > on)


def age_of(volunteer: Volunteer, on: dt.date) -> int | None:
    """Full years on a day by the file's date; None where it is unknown."""
    birth = volunteer.person.birth_date
    return full_age(birth.first_day, on) if birth else None


def weekly_limits(volunteer_ids: Iterable[int], on: dt.date) -> dict[int, int]:
    """volunteer id → minutes a week beyond which he is not asked (量力而行, rule book 10.3)."""
    rows = list(Volunteer.objects.filter(pk__in=list(volunteer_ids)).select_related("person"))
    rules = rules_of(rows, on)
    return {row.pk: weekly_limit(age_of(row, on), row.weekly_minutes, rules[row.pk]) for row in rows}


def limits_of(volunteer_ids: Collection[int], on: dt.date) -> dict[int, str]:
    """volunteer id → what he asked not to be given (不爬楼 …), from his health statement in force."""
    return {
        pk: row.limits
        for pk, rows in papers_of(volunteer_ids).items()
        for row in reversed(rows)
        if row.limits and stands(row, on)
    }
