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
from .standing import Standing, open_posts, standings

__all__ = [
    "Counts", "Standing", "formal_membership", "member_counts", "member_ids", "members_of", "memberships_in",
    "open_posts", "posts_of", "probationary_on", "standings", "subtree_ids", "whole_counts",
]  # fmt: skip
