"""Outside posts counted and weighed: by field and place, what ends soon, what goes beyond the limits (rule book
10.50–10.53)."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from apps.common.birthday import full_age
from apps.common.code_lists import names_of
from apps.organisation.models import Community, Division
from apps.organisation.queries import rule_groups
from apps.registry.models import Cadre
from apps.volunteers.choices.posts import PlaceLevel
from apps.volunteers.models import OutsidePost, Problem
from apps.volunteers.rules.posts import AssociationFacts, AssociationRules, PatrolRules, association_warnings

KINDS, FIELDS, BRIGHTS, CASES = "outside_post", "service_field", "four_bright", "case_kind"
DAY = dt.timedelta(days=1)
MOST_PLACES = 500


def ending(rows: QuerySet, on: dt.date) -> QuerySet:
    """Posts held on a day whose end comes within the days of the rule in force for their unit, and that no next term
    follows (rule book 10.52)."""
    found = Q(pk__in=())
    for rules, units in rule_groups(PatrolRules.rule_key, on=on):
        until = on + rules.ending_days * DAY
        found |= Q(ends_on__lte=until) & (Q() if units is None else Q(unit__in=units))
    return rows.on(on).filter(found, ends_on__isnull=False, renewed_as__isnull=True)


def late_problems(rows: QuerySet, on: dt.date) -> QuerySet:
    """Problems of which a step is overdue on a day, by the rule in force for their unit (rule book 10.53)."""
    found = Problem.objects.none()
    for rules, units in rule_groups(PatrolRules.rule_key, on=on):
        some = rows if units is None else rows.filter(unit__in=units)
        late = some.late(on, rules.report_days, rules.close_days)
        found = late if units is None else found | late
    return found


@dataclass(frozen=True)
class Tally:
    """A line of a table of posts: one number a level, then all of them and how many people hold them."""

    name: str
    by_level: tuple[int, ...]
    posts: int
    people: int


def by_field(rows: QuerySet) -> list[Tally]:
    """Posts by the seven fields of 作用发挥 and the level at which they are held; a line of all at the end. `rows`
    are those to be counted."""
    names = names_of(FIELDS)
    lines = _tallies(rows, "field", {code: name for code, name in names.items()}, keep_empty=True)
    return [*lines, _whole(rows)]


def by_kind(rows: QuerySet) -> list[Tally]:
    return [*_tallies(rows, "kind", names_of(KINDS)), _whole(rows)]


def by_division(rows: QuerySet) -> list[Tally]:
    names = dict(Division.objects.filter(pk__in=rows.order_by().values("division")).values_list("pk", "name"))
    return [*_tallies(rows, "division", {**names, None: "没有写区县"}), _whole(rows)]


def by_community(rows: QuerySet) -> list[Tally]:
    """Communities with posts, by division, street and name; at most 500."""
    found = Community.objects.filter(pk__in=rows.order_by().values("community"))
    names = {row.pk: str(row) for row in found.order_by("division_id", "street", "name")[:MOST_PLACES]}
    return [*_tallies(rows, "community", {**names, None: "没有写社区"}), _whole(rows)]


def _tallies(rows: QuerySet, by: str, names: dict, *, keep_empty: bool = False) -> list[Tally]:
    counts = {
        (key, level): number
        for key, level, number in rows.order_by().values_list(by, "level").annotate(number=Count("pk"))
    }
    people = dict(rows.order_by().values_list(by).annotate(number=Count("person", distinct=True)))
    lines = []
    for key, name in names.items():
        numbers = tuple(counts.get((key, level), 0) for level in PlaceLevel.values)
        if keep_empty or any(numbers):
            lines.append(Tally(name, numbers, sum(numbers), people.get(key, 0)))
    return lines


def _whole(rows: QuerySet) -> Tally:
    counts = dict(rows.order_by().values_list("level").annotate(number=Count("pk")))
    numbers = tuple(counts.get(level, 0) for level in PlaceLevel.values)
    people = rows.order_by().aggregate(number=Count("person", distinct=True))["number"]
    return Tally("合计", numbers, sum(numbers), people)


def warnings_of(posts: Collection[OutsidePost], on: dt.date) -> dict[int, list[str]]:
    """post id → what in it goes beyond the limits for associations on a day (rule book 10.51); posts without are left
    out. `posts` come with their persons. Four queries for any number."""
    asked = [post for post in posts if post.is_association and post.voided_at is None]
    if not asked:
        return {}
    rules = _rules_by_unit(on)
    theirs = _associations({post.person_id for post in asked})
    ranks = Cadre.objects.filter(pk__in=theirs).values_list("pk", "leader_rank", "grade_rank")
    leaders = {pk for pk, leader, grade in ranks if leader or grade}
    found = {}
    for post in asked:
        others = theirs.get(post.person_id, [])
        facts = AssociationFacts(
            age=_age(post, on), others=sum(_at_once(one, post) for one in others), term=_term(post, others),
            has_approval=bool(post.approval_no), is_paid=post.is_paid, is_leader=post.person_id in leaders,
        )  # fmt: skip
        if said := association_warnings(facts, rules.get(post.unit_id) or rules[None]):
            found[post.pk] = said
    return found


def _rules_by_unit(on: dt.date) -> dict:
    found = {None: AssociationRules()}
    for rules, units in rule_groups(AssociationRules.rule_key, on=on):
        found.update(dict.fromkeys([None] if units is None else units, rules))
    return found


def _associations(people: Iterable[int]) -> dict[int, list[OutsidePost]]:
    found: dict[int, list[OutsidePost]] = {pk: [] for pk in people}
    rows = OutsidePost.objects.current().filter(person__in=found, is_association=True)
    for row in rows.order_by("pk"):
        found[row.person_id].append(row)
    return found


def _age(post: OutsidePost, on: dt.date) -> int | None:
    born = post.person.birth_date
    return full_age(born.first_day, max(on, post.starts_on)) if born else None


def _at_once(one: OutsidePost, post: OutsidePost) -> bool:
    """Whether another post overlaps this one in time."""
    if one.pk == post.pk:
        return False
    starts_before = post.ends_on is None or one.starts_on < post.ends_on
    return starts_before and (one.ends_on is None or one.ends_on > post.starts_on)


def _term(post: OutsidePost, others: Iterable[OutsidePost]) -> int:
    """The how-manieth term in a row."""
    before = {one.pk: one.renewed_from_id for one in others}
    number, at = 1, post.renewed_from_id
    while at is not None and number < len(before) + 2:
        number, at = number + 1, before.get(at)
    return number


def beyond_limits(rows: QuerySet, on: dt.date) -> list[tuple[OutsidePost, list[str]]]:
    """Association posts of a day with what goes beyond the limits, by name."""
    posts = list(
        rows.on(on).filter(is_association=True).select_related("person").order_by("person__name_sort_key", "pk")
    )
    found = warnings_of(posts, on)
    return [(post, found[post.pk]) for post in posts if post.pk in found]
