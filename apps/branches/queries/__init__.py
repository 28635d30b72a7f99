"""Reads over party organisations and what belongs to them."""

from .belonging import formal_membership, member_ids, posts_of, subtree_ids
from .rollcall import assembled, last_meeting, past_states, people_at_hand, same_day, signs_of

__all__ = [
    "assembled", "formal_membership", "last_meeting", "member_ids", "past_states", "people_at_hand",
    "posts_of", "same_day", "signs_of",
    "subtree_ids",
]  # fmt: skip
