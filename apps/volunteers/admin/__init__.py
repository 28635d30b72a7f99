"""Staff pages of volunteering."""

from . import (
    bank_accounts,
    bank_approvals,
    bank_ledger,
    banks,
    batches,
    cases,
    outside_posts,
    party_reports,
    patrols,
    plans,
    projects,
    records,
    requests,
    shifts,
    teams,
    volunteers,
)

__all__ = [
    "bank_accounts", "bank_approvals", "bank_ledger", "banks", "batches", "cases", "outside_posts", "party_reports",
    "patrols", "plans", "projects", "records", "requests", "shifts", "teams", "volunteers",
]  # fmt: skip
