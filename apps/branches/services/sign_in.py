"""Accounts of those who hold posts: opened by staff, one a person."""

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.personal_accounts import open_personal_account
from apps.branches.models import Post
from apps.common import audit
from apps.common.errors import BusinessError
from apps.people.models import Person, PersonAccount


def account_of(person: Person) -> User | None:
    """The working account this person has already: his own, or that of a post of his."""
    own = PersonAccount.objects.filter(person=person, is_proxy=False, user__is_active=True).order_by("pk").first()
    if own:
        return own.user
    posts = Post.objects.filter(person=person, user__is_active=True, voided_at__isnull=True)
    post = posts.select_related("user").order_by("-starts_on", "-pk").first()
    return post.user if post else None


@transaction.atomic
def open_for_post(post: Post, *, actor) -> User:
    """Give a post's holder an account, the one he has already if there is one, and put it on all his current posts.

    Raises BusinessError for a post that has ended. The same call again changes nothing.
    """
    today = timezone.localdate()
    person = Person.objects.select_for_update().get(pk=post.person_id)
    current = Post.objects.current(today).filter(person=person)
    if not current.filter(pk=post.pk).exists():
        raise BusinessError("他已经不担任这个职务，不能再开通登录。", code="ended")
    user = account_of(person) or open_personal_account(person.name[:40], actor=actor)
    if current.filter(user__isnull=True).update(user=user):
        audit.record(
            "post.account", actor=actor, people=[person.pk], target=f"accounts.user:{user.pk}"
        )  # fmt: skip
    return user
