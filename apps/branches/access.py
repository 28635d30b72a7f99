"""What a branch secretary or committee member may see and do while the post is current (design 5).

Sign-in by phone code and by QR card come with the secretary's workbench; until then a post's account is an ordinary
one that the security administrator opens.
"""

from django.contrib.auth.backends import BaseBackend
from django.db.models import Q
from django.utils import timezone

from apps.accounts.roles import ROLES

from .models import Post
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
