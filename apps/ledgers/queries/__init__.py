"""Reads over the ledger."""

from .responsible import bureau_leaders, open_duty_ids, responsible_for_cadres, responsible_users, section_heads

__all__ = ["bureau_leaders", "open_duty_ids", "responsible_for_cadres", "responsible_users", "section_heads"]
