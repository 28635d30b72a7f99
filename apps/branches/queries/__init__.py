"""Reads over party organisations and what belongs to them."""

from .belonging import formal_membership, member_ids, posts_of, subtree_ids

__all__ = ["formal_membership", "member_ids", "posts_of", "subtree_ids"]
