"""Staff pages of volunteering."""

from . import (
    bank_accounts,
    bank_approvals,
    bank_ledger,
    banks,
    batches,
    cases,
    certificates,
    donations,
    outside_posts,
    pairings,
    party_reports,
    patrols,
    plans,
    projects,
    records,
    requests,
    shifts,
    talk_bookings,
    talk_campaigns,
    talk_pool,
    talks,
    teams,
    volunteers,
)

__all__ = [
    "bank_accounts", "bank_approvals", "bank_ledger", "banks", "batches", "cases", "certificates", "donations",
    "outside_posts", "pairings", "party_reports", "patrols", "plans", "projects", "records", "requests", "shifts",
    "talk_bookings", "talk_campaigns", "talk_pool", "talks", "teams", "volunteers",
]  # fmt: skip
