"""What an account without a staff role is today: whose posts, whose own person, whom he acts for.

Posts and people live above this room: they are asked through the dotted path `ACCOUNT_STANDINGS` (design 2, socket 3).
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from .access import current_grants, has_staff_role
from .roles import ROLES

ENDED = "这个账号现在没有在任的职务，也没有本人或代办的登记，所以不能登录。任期变了或者还要用，请打电话给老干部局。"


@dataclass(frozen=True)
class Standing:
    """`words` say it to the person himself, without anybody's name; `people` are ids of the persons it stands on,
    `numbers` the blind indexes of their numbers on record, `units` whose staff look after it."""

    words: tuple[str, ...]
    people: frozenset[int]
    numbers: frozenset[bytes]
    units: frozenset[int]


def standings(user_ids: Collection[int], on: dt.date) -> dict[int, Standing]:
    """user id → standing on a day; whoever has none is left out. A handful of queries for any number."""
    return import_string(settings.ACCOUNT_STANDINGS)(set(user_ids), on) if user_ids else {}


def may_sign_in(user, on: dt.date) -> bool:
    """Whether there is anything this account could do: a grant, a post, its own person or one it acts for."""
    return user.is_active and (bool(current_grants(user)) or user.pk in standings({user.pk}, on))


def may_use_personal_doors(user) -> bool:
    """Phone, card and remembered device are for people without a staff role: staff pass password and second factor."""
    return not has_staff_role(user) and may_sign_in(user, timezone.localdate())


def words_of(user, standing: Standing | None) -> str:
    """What stands beside the name where two people share a phone."""
    if standing:
        return "、".join(standing.words)
    return "、".join(ROLES[role].label for role in current_grants(user))
