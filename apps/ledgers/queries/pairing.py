"""Pairing as a whole: who answers for how many, who has nobody, who is near, and what is open at a hand-over."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Value, When

from apps.accounts.models import Absence, RoleGrant, User
from apps.accounts.roles import STAFF_ROLES
from apps.branches.models import Post
from apps.common.together import read_together
from apps.ledgers.choices.pairing import Uncovered
from apps.ledgers.models import CareAssignment, CareTier, Duty, Inquiry, Measure, Need
from apps.ledgers.rules.pairing import Nearness, is_proposed
from apps.organisation.queries import rule_groups, rule_values
from apps.people.choices import LifeStatus
from apps.registry.models import Cadre

VIEW = "ledgers.view_careassignment"
MOST_PROPOSED = 5
MOST_LINES = 12


class Capacities:
    """How many each carer may answer for on a day, by the rules of his unit; two statements for everybody. See rule
    book 8.50."""

    def __init__(self, on: dt.date) -> None:
        groups = rule_groups("care", on=on)
        self._of_unit = {pk: values for values, ids in groups for pk in ids or ()}
        self._everywhere = groups[0][0] if groups[0][1] is None else rule_values("care", on=on)

    def of(self, user: User) -> int:
        return self._of_unit.get(user.unit_id, self._everywhere).capacity


@dataclass(frozen=True)
class CarerLoad:
    """One carer with the people whom the reader may see; `held` counts everybody he answers for."""

    user: User
    held: int
    capacity: int
    away_until: dt.date | None = None
    substitute: str = ""
    is_gone: bool = False
    people: list[CareAssignment] = field(default_factory=list)
    focus: int = 0

    @property
    def room(self) -> int:
        return max(self.capacity - self.held, 0)


def carers_shown(user, candidates: QuerySet[User], on: dt.date) -> QuerySet[User]:
    """`candidates` and whoever answers for somebody that the reader may see; by unit and name, never by number."""
    seen = CareAssignment.objects.open().primary().visible_to(user, VIEW)
    rows = User.objects.filter(Q(pk__in=candidates.order_by().values("pk")) | Q(pk__in=seen.values("carer_id")))
    return rows.annotate(is_gone=~_still_serves(on)).select_related("unit").order_by("unit__path", "display_name", "pk")


def loads_of(users: Iterable[User], user, on: dt.date) -> list[CarerLoad]:
    """The carers of one page with their people. Three statements and the rules'."""
    users = list(users)
    ids = [one.pk for one in users]
    held = CareAssignment.objects.open().primary().filter(carer__in=ids)
    seen = held.visible_to(user, VIEW).select_related("cadre__person", "cadre__managing_unit")
    focus = CareTier.objects.filter(is_focus=True, voided_at__isnull=True, cadre__in=seen.values("cadre"))
    rows = read_together(
        {
            "held": held.order_by().values_list("carer_id", "cadre_id"),
            "seen": seen.order_by("cadre__person__name_sort_key", "pk"),
            "focus": focus.order_by().values_list("cadre_id", flat=True),
            "away": Absence.objects.current(on).filter(user__in=ids).select_related("substitute").order_by("pk"),
        }
    )
    counts = Counter(carer for carer, _ in rows["held"])
    people: dict[int, list[CareAssignment]] = {}
    for row in rows["seen"]:
        people.setdefault(row.carer_id, []).append(row)
    away, focused, capacities = {row.user_id: row for row in rows["away"]}, set(rows["focus"]), Capacities(on)
    return [
        CarerLoad(
            user=one,
            held=counts[one.pk],
            capacity=capacities.of(one),
            away_until=away[one.pk].ends_on if one.pk in away else None,
            substitute=str(away[one.pk].substitute) if one.pk in away else "",
            is_gone=one.is_gone,
            people=people.get(one.pk, []),
            focus=sum(row.cadre_id in focused for row in people.get(one.pk, ())),
        )
        for one in users
    ]


def _still_serves(on: dt.date, path: str = "pk") -> Exists:
    """Whether an account is active and holds a role or a post on a day."""
    user = OuterRef(path)
    grants = RoleGrant.objects.current(on).filter(user=user, role__in=STAFF_ROLES, user__is_active=True)
    posts = Post.objects.current(on).filter(user=user, user__is_active=True)
    return Exists(grants) | Exists(posts)


def uncovered(user, on: dt.date) -> QuerySet[Cadre]:
    """Living people for whom nobody is there: focus people without a 责任人; anybody whose 责任人 has left, or is away
    on the day. `reason` says which (`Uncovered`), `carer_name` who it is, `away_until`, `substitute` who stands
    in. See rule book 8.52."""
    primary = CareAssignment.objects.open().primary().filter(cadre=OuterRef("pk"))
    gone = primary.annotate(serves=_still_serves(on, "carer_id")).filter(serves=False)
    absences = Absence.objects.current(on)
    away = primary.filter(carer__in=absences.values("user_id"))
    focus = CareTier.objects.filter(cadre=OuterRef("pk"), is_focus=True, voided_at__isnull=True)
    rows = Cadre.objects.current().visible_to(user, VIEW).filter(person__life_status=LifeStatus.LIVING)
    reason = Case(
        When(Exists(gone), then=Value(Uncovered.GONE)),
        When(Exists(away), then=Value(Uncovered.AWAY)),
        When(Exists(focus) & ~Exists(primary), then=Value(Uncovered.NOBODY)),
        default=Value(""),
        output_field=CharField(),
    )
    absence = absences.filter(user=OuterRef("carer_id")).order_by("-pk")
    held = primary.annotate(until=absence.values("ends_on")[:1], by=absence.values("substitute__display_name")[:1])
    return (
        rows.annotate(
            reason=reason,
            carer_name=primary.values("carer__display_name")[:1],
            away_until=held.values("until")[:1],
            substitute=held.values("by")[:1],
        )
        .exclude(reason="")
        .select_related("person__community", "managing_unit", "care_tier")
        .order_by("managing_unit__path", "person__name_sort_key", "pk")
    )


def proposals(cadre: Cadre, candidates: QuerySet[User], on: dt.date) -> list[tuple[User, Nearness]]:
    """Whom to ask first, nearest first; nobody who is full, away or his carer now. Three statements."""
    person = cadre.person
    others = CareAssignment.objects.open().primary().exclude(cadre=cadre).order_by()
    home = others.filter(cadre__person__household_id=person.household_id) if person.household_id else others.none()
    nearby = others.filter(cadre__person__community_id=person.community_id) if person.community_id else others.none()
    rows = read_together(
        {
            "home": home.values_list("carer_id", "cadre__person__name"),
            "nearby": nearby.values_list("carer_id", "cadre_id"),
            "now": CareAssignment.objects.open().filter(cadre=cadre).order_by().values_list("carer_id", flat=True),
            "away": Absence.objects.current(on).order_by().values_list("user_id", flat=True),
        }
    )
    household, community = dict(rows["home"]), Counter(carer for carer, _ in rows["nearby"])
    out, capacities = {*rows["now"], *rows["away"]}, Capacities(on)
    unit_path = cadre.managing_unit.path
    found = []
    for user in candidates:
        path = user.unit.path if user.unit_id else ""
        near = Nearness(
            room=max(capacities.of(user) - user.load, 0),
            of_household=household.get(user.pk, ""),
            in_community=community[user.pk],
            same_unit=path == unit_path,
            unit_above=bool(path) and path != unit_path and unit_path.startswith(path),
        )
        if user.pk not in out and is_proposed(near):
            found.append((user, near))
    found.sort(key=lambda pair: pair[1].order)
    return found[:MOST_PROPOSED]


# Hand-over


def open_items(cadre_ids: Collection[int], on: dt.date) -> dict[int, list[str]]:
    """cadre id → what is not done yet, in words for whoever takes over: duties whose period has begun, measures with
    who does them and by when, needs for which nothing was promised, calls that wait. One statement. See
    rule book 8.51."""
    ids = list(cadre_ids)
    needs = Need.objects.open().filter(cadre__in=ids)
    rows = read_together(
        {
            "duties": Duty.objects.open().filter(cadre__in=ids, period_start__lte=on).order_by("due_on", "pk"),
            "measures": Measure.objects.open().filter(need__in=needs).select_related("need").order_by("due_on", "pk"),
            "needs": needs.exclude(measures__voided_at__isnull=True, measures__isnull=False).order_by("found_on", "pk"),
            "calls": Inquiry.objects.open().filter(person__in=ids).defer("content", "result", "caller_phone"),
        }
    )
    found: dict[int, list[str]] = {pk: [] for pk in ids}
    for duty in rows["duties"]:
        late = "，已逾期" if duty.due_on < on else ""
        found[duty.cadre_id].append(f"{duty.words}，{_day(duty.due_on)}前{late}")
    for row in rows["measures"]:
        by = f"，由{row.provider}来做" if row.provider else ""
        late = "，已逾期" if row.due_on < on else ""
        found[row.need.cadre_id].append(f"{row.what}{by}，{_day(row.due_on)}前{late}")
    for row in rows["needs"]:
        found[row.cadre_id].append(f"需求“{row.description}”还没有定办法")
    for row in rows["calls"]:
        found[row.person_id].append(f"来电来访没有办结，{_day(row.due_on)}前" if row.due_on else "来电来访没有办结")
    return {pk: _shortened(lines) for pk, lines in found.items()}


def _shortened(lines: list[str]) -> list[str]:
    rest = len(lines) - MOST_LINES
    return lines if rest <= 0 else [*lines[:MOST_LINES], f"还有 {rest} 件，见老同志的页面"]


def _day(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
