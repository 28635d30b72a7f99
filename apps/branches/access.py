"""What a branch secretary or committee member may see and do while the post is current (design 5).

Sign-in by phone code and by QR card come with the secretary's workbench; until then a post's account is an ordinary
one that the security administrator opens.
"""

import datetime
import uuid
from dataclasses import dataclass

from django.contrib.auth.backends import BaseBackend
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.roles import ROLES
from apps.organisation.models import Unit
from apps.people.models import Person
from apps.registry.models import Cadre

from .models import Organisation, Post
from .queries import member_ids, posts_of, subtree_ids

SECRETARY = ROLES["secretary"]
CACHE = "_current_posts"


def current_posts(user) -> list[Post]:
    """Posts held today; read once a request (kept on the user object)."""
    if not getattr(user, "is_active", False) or user.pk is None:
        return []
    if not hasattr(user, CACHE):
        # By setattr, which reaches through the lazy object that a request carries.
        setattr(user, CACHE, list(posts_of(user, timezone.localdate())))
    return getattr(user, CACHE)


def led_organisation_ids(user) -> set[int]:
    """Organisations the user's posts reach: each post's own and those below it."""
    return subtree_ids(post.organisation for post in current_posts(user))


def secretary_scope(user, permission: str) -> Q | None:
    """Cadres whose current membership, formal or not, is in an organisation the user leads (registry.scopes)."""
    if permission not in SECRETARY.permissions:
        return None
    organisations = led_organisation_ids(user)
    return Q(pk__in=member_ids(organisations, timezone.localdate())) if organisations else None


def organisations_open_to(user, permission: str) -> QuerySet[Organisation]:
    """Organisations whose records staff may see or change: those of the units that the permission reaches.

    With the right to see organisations, their names and terms are open to all of the staff.
    """
    if not user.has_perm(permission):
        return Organisation.objects.none()
    if permission == "branches.view_organisation":
        return Organisation.objects.all()
    reach = user.reach(permission)
    rows = Organisation.objects.filter(unit_id__in=reach)
    return rows | Organisation.objects.filter(unit__isnull=True) if reaches_all(user, permission) else rows


def reaches_all(user, permission: str) -> bool:
    """Whether a permission reaches every unit: what is of no unit, or for all of them, is then his too."""
    reach = user.reach(permission) if user.has_perm(permission) else set()
    return bool(reach) and not Unit.objects.exclude(pk__in=reach).exists()


@dataclass(frozen=True)
class Desk:
    """The workbench of one organisation as one account uses it on a day."""

    organisation: Organisation
    user: User
    today: datetime.date
    post: Post | None

    @property
    def by_staff(self) -> bool:
        """Bureau staff enter on the branch's behalf (代录); shown on the page and kept in each record."""
        return self.post is None


def open_desk(user, public_id: uuid.UUID, *, today: datetime.date) -> Desk:
    """The workbench of an organisation for whoever holds a post in it or above it, or enters for it.

    Raises Http404 for everybody else: a secretary of another branch cannot tell whether it exists.
    """
    found = Organisation.objects.filter(public_id=public_id, voided_at__isnull=True).first()
    if found is None or not getattr(user, "is_authenticated", False):
        raise Http404
    posts = [post for post in current_posts(user) if found.path.startswith(post.organisation.path)]
    if posts:
        nearest = max(posts, key=lambda post: (len(post.organisation.path), post.kind == "secretary"))
        return Desk(found, user, today, nearest)
    if organisations_open_to(user, "branches.enter_for_branch").filter(pk=found.pk).exists():
        return Desk(found, user, today, None)
    raise Http404


def desk_organisation_ids(desk: Desk) -> set[int]:
    """The organisation of the desk and those below it."""
    return subtree_ids([desk.organisation])


def people_at(desk: Desk) -> QuerySet[Person]:
    """Members on the day, by any kind of link, of the desk's organisation and those below it. Bureau staff who enter
    for it see only cadres that they may see anyway, and members who are not in the registry."""
    members = member_ids(desk_organisation_ids(desk), desk.today)
    people = Person.objects.filter(pk__in=members, voided_at__isnull=True)
    visible = Cadre.objects.current().visible_to(desk.user).filter(pk__in=members)
    return people.filter(Q(cadre__isnull=True) | Q(pk__in=visible.values("pk")))


class PostBackend(BaseBackend):
    """Permissions of the secretary's role, from the post alone: no grant, and none after the term."""

    def authenticate(self, request, **credentials):
        return None

    def get_user(self, user_id):
        return None

    def get_user_permissions(self, user_obj, obj=None) -> set[str]:
        return set()

    def get_group_permissions(self, user_obj, obj=None) -> set[str]:
        return set()

    def get_all_permissions(self, user_obj, obj=None) -> set[str]:
        return set(SECRETARY.permissions) if obj is None and current_posts(user_obj) else set()

    def has_perm(self, user_obj, perm, obj=None) -> bool:
        return perm in self.get_all_permissions(user_obj, obj)

    def has_module_perms(self, user_obj, app_label) -> bool:
        return any(perm.startswith(f"{app_label}.") for perm in self.get_all_permissions(user_obj))


DUES_OFFICERS = ("secretary", "deputy", "organisation")


def may_fix_dues(desk: Desk) -> bool:
    """Whether who sits at the desk may see and fix the bases of dues, which are pensions: secretary, deputy and the
    committee member for organisation of this very branch; of staff, those with the right. All others see amounts."""
    if desk.post is None:
        return organisations_open_to(desk.user, "branches.fix_dues").filter(pk=desk.organisation.pk).exists()
    return desk.post.organisation_id == desk.organisation.pk and desk.post.kind in DUES_OFFICERS


def may_decide_above(desk: Desk) -> bool:
    """Whether who sits at the desk speaks for the organisation above: a post there, or staff with the right."""
    if desk.post is None:
        return (
            organisations_open_to(desk.user, "branches.change_duesexemption").filter(pk=desk.organisation.pk).exists()
        )
    return desk.post.organisation_id != desk.organisation.pk
