"""Reads over party organisations and what belongs to them."""

from .belonging import (
    Counts,
    formal_membership,
    member_counts,
    member_ids,
    members_of,
    memberships_in,
    posts_of,
    probationary_on,
    subtree_ids,
    whole_counts,
)
from .rollcall import assembled, last_meeting, past_states, people_at_hand, same_day, signs_of
from .standing import Standing, open_posts, standings

__all__ = [
    "Counts", "Standing", "assembled", "formal_membership", "last_meeting", "member_counts", "member_ids",
    "members_of", "memberships_in", "open_posts", "past_states", "people_at_hand", "posts_of", "probationary_on",
    "same_day", "signs_of", "standings", "subtree_ids", "whole_counts",
]  # fmt: skip
