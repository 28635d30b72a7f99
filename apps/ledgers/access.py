"""Carers see and serve whom they care for, wherever these are managed (domain 2.8)."""

import datetime as dt
from collections.abc import Collection

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Value
from django.utils import timezone

from apps.accounts.access import stood_in_for, unit_ids_for
from apps.accounts.models import RoleGrant, User
from apps.accounts.roles import ROLES
from apps.branches.access import current_posts, led_organisation_ids
from apps.branches.models import Organisation, Post
from apps.branches.queries import member_ids
from apps.branches.queries import subtree_ids as organisation_tree
from apps.organisation.models import Unit
from apps.organisation.queries import subtree_ids
from apps.registry.models import Cadre
from apps.registry.scopes import VIEW

from .choices import CareRole
from .models import CareAssignment, Inquiry
from .queries import responsible_for_cadres
from .queries.inquiries import waiting_for
from .queries.responsible import LIAISON, SECTION_HEAD

RECORD = "ledgers.record_contact"
ASSIGN = "ledgers.change_careassignment"
TAKE, HANDLE = "ledgers.add_inquiry", "ledgers.change_inquiry"
PROMISE = "ledgers.change_measure"
ADD_ABSENCE = "accounts.add_absence"
ACTS_FOR, AWAY_CHARGES = "_acts_for", "_away_charges"

# What a carer may do for his own people, if one of his roles carries it at all.
CARER_PERMISSIONS = {
    VIEW, "ledgers.view_today", "ledgers.record_contact", "ledgers.view_duty", "ledgers.view_contact",
    "ledgers.view_caretier", "ledgers.view_careassignment", "people.view_contact", "ledgers.view_safetycheck",
}  # fmt: skip


def cared_for(user, permission: str) -> Q | None:
    """Scope: cadres with an open assignment of this user, and those of whom he acts for today: people they care for,
    members of branches they lead, and, where they answer for a unit as liaison or section head, its people."""
    if permission not in CARER_PERMISSIONS or not user.has_perm(permission):
        return None
    away = acts_for(user)
    mine = Q(pk__in=CareAssignment.objects.open().filter(carer_id__in=[user.pk, *away]).values("cadre_id"))
    return mine | _business_of_the_away(user) if away else mine


def acts_for(user) -> set[int]:
    """Users whom this one stands in for today; read once a request (kept on the user object)."""
    if not hasattr(user, ACTS_FOR):
        setattr(user, ACTS_FOR, stood_in_for(user.pk, on=timezone.localdate()))
    return getattr(user, ACTS_FOR)


def _away_charges(user) -> tuple[set[int], set[int]]:
    """(organisations led by a post, units answered for as liaison or section head) of those whom he stands in for
    today; read once a request, beside `acts_for`."""
    if not hasattr(user, AWAY_CHARGES):
        away, today = acts_for(user), timezone.localdate()
        posts = Post.objects.current(today).filter(user__in=away)
        led = organisation_tree(Organisation.objects.filter(pk__in=posts.values("organisation"))) if away else set()
        grants = RoleGrant.objects.current(today).on_units().filter(user__in=away, role__in=(LIAISON, SECTION_HEAD))
        units = subtree_ids([grant.unit for grant in grants.select_related("unit")]) if away else set()
        setattr(user, AWAY_CHARGES, (led, units))
    return getattr(user, AWAY_CHARGES)


def _business_of_the_away(user) -> Q:
    """People who are the business of those whom he stands in for, by post or grant."""
    led, units = _away_charges(user)
    people = Q(pk__in=member_ids(led, timezone.localdate()))
    return people | Q(managing_unit_id__in=sorted(units)) if units else people


def open_to(user, person_ids: Collection[int], *, on: dt.date | None = None) -> set[int]:
    """Those of `person_ids` whose phone and address show to `user` without asking (design 5): he is paired with them,
    leads a branch of theirs now, answers for their duties or for a call of theirs, or stands in for somebody who does.
    A fixed number of statements. Says nothing about who is visible: start from `visible_to`. The look is logged by
    whoever shows it. See rule book 6.4."""
    on, ids = on or timezone.localdate(), set(person_ids)
    if not ids:
        return set()
    acting = {user.pk, *acts_for(user)}
    pairs = CareAssignment.objects.open().filter(cadre_id__in=ids, carer__is_active=True).order_by()
    calls = waiting_for(acting).filter(person__in=ids).order_by().annotate(whose=Value(user.pk), role=Value(""))
    held = list(
        pairs.values_list("cadre_id", "carer_id", "role").union(calls.values_list("person_id", "whose", "role"))
    )
    found = {cadre for cadre, carer, _ in held if carer in acting}
    branches = led_organisation_ids(user) | _away_charges(user)[0]
    if branches:
        found |= set(member_ids(branches, on).filter(person_id__in=ids).values_list("person_id", flat=True))
    # Where somebody else is the 责任人, nobody further down the line answers for him.
    rest = ids - found - {cadre for cadre, _, role in held if role == CareRole.PRIMARY}
    if rest and _may_answer_for_others(user):
        units = dict(Cadre.objects.filter(pk__in=rest).values_list("pk", "managing_unit_id"))
        found |= {cadre for cadre, who in responsible_for_cadres(units, on=on, carers={}).items() if who == user.pk}
    return found


def _may_answer_for_others(user) -> bool:
    """Whether the line of responsibility can come to him for people whom nobody cares for: asked before it is drawn."""
    return bool(acts_for(user) or current_posts(user) or user.current_grants().keys() & {LIAISON, SECTION_HEAD})


def inquiries_for(user, permission: str) -> QuerySet[Inquiry]:
    """Calls and visits on which `user` may do `permission`: taken by his units about people he may see or about
    nobody in the registry; and those that he, or somebody he stands in for, took or handles."""
    if not user.has_perm(permission):
        return Inquiry.objects.none()
    acting = [user.pk, *acts_for(user)]
    # Asked for each row of a short list: the set of everybody visible would be read whole.
    seen = Exists(Cadre.objects.visible_to(user, permission).filter(pk=OuterRef("person")))
    ours = Q(unit__in=sorted(unit_ids_for(user, permission))) & (Q(person__isnull=True) | seen)
    return Inquiry.objects.filter(ours | Q(handler__in=acting) | Q(received_by__in=acting))


def taking_unit(user) -> Unit | None:
    """The unit for which this user takes calls: his own where he may, else the first he was granted."""
    granted = [
        unit for role, units in user.current_grants().items() for unit in units if TAKE in ROLES[role].permissions
    ]
    if user.unit_id and user.unit_id in unit_ids_for(user, TAKE):
        return user.unit
    return granted[0] if granted else None


def possible_substitutes(user) -> QuerySet[User]:
    """Colleagues who may be named to stand in: whoever keeps in touch with people on his units, above or below."""
    roles = [role.key for role in ROLES.values() if RECORD in role.permissions]
    units = _around(unit_ids_for(user, ADD_ABSENCE))
    granted = RoleGrant.objects.current(timezone.localdate()).on_units().filter(role__in=roles, unit__in=units)
    rows = User.objects.filter(pk__in=granted.values("user_id"), is_active=True)
    return rows.select_related("unit").order_by("unit__path", "display_name", "pk")


def possible_handlers(user) -> QuerySet[User]:
    """Colleagues to whom `user` may pass a call on: whoever may handle calls on his units, above or below them."""
    return _colleagues(user, TAKE, HANDLE)


def possible_owners(user) -> QuerySet[User]:
    """Colleagues who may see to a measure: whoever may keep measures on the units where `user` may promise them, above
    or below."""
    return _colleagues(user, PROMISE, PROMISE)


def _colleagues(user, mine: str, theirs: str) -> QuerySet[User]:
    roles = [role.key for role in ROLES.values() if theirs in role.permissions]
    units = _around(unit_ids_for(user, mine))
    granted = RoleGrant.objects.current(timezone.localdate()).on_units().filter(role__in=roles, unit__in=units)
    rows = User.objects.filter(pk__in=granted.values("user_id"), is_active=True)
    return rows.select_related("unit").order_by("unit__path", "display_name", "pk")


def _around(ids: set[int]) -> QuerySet:
    """Units among `ids` and those above them."""
    paths = list(Unit.objects.filter(pk__in=ids).values_list("path", flat=True))
    above = {path[:end] for path in paths for end in range(Unit.steplen, len(path), Unit.steplen)}
    return Unit.objects.filter(Q(pk__in=ids) | Q(path__in=above)).values("pk")


def possible_carers(user) -> QuerySet[User]:
    """Accounts that `user` may make carers: staff with the right to record, granted on his units, above or below
    them, and holders of current posts in branches of his units. Each with `load`, the persons he answers for now."""
    ids = unit_ids_for(user, ASSIGN)
    today = timezone.localdate()
    roles = [role.key for role in ROLES.values() if RECORD in role.permissions]
    granted = (
        RoleGrant.objects.current(today).on_units().filter(role__in=roles, unit__in=_around(ids)).values("user_id")
    )
    posted = Post.objects.current(today).filter(user__isnull=False, organisation__unit__in=ids).values("user_id")
    open_load = Count(
        "care_assignments",
        filter=Q(
            care_assignments__role=CareRole.PRIMARY,
            care_assignments__ends_on__isnull=True,
            care_assignments__voided_at__isnull=True,
        ),
    )
    rows = User.objects.filter(Q(pk__in=granted) | Q(pk__in=posted), is_active=True)
    return rows.annotate(load=open_load).select_related("unit").order_by("unit__path", "display_name", "pk")


def colleagues_of(unit: Unit, on: dt.date) -> QuerySet[User]:
    """Who may be asked to do something for people of a unit: staff with the right to record, granted on it, above or
    below it."""
    roles = [role.key for role in ROLES.values() if RECORD in role.permissions]
    granted = RoleGrant.objects.current(on).on_units().filter(role__in=roles, unit__in=_around([unit.pk]))
    rows = User.objects.filter(pk__in=granted.values("user_id"), is_active=True)
    return rows.order_by("display_name", "pk")
