"""Staff pages of volunteering."""

from . import (
    bank_accounts,
    bank_approvals,
    bank_ledger,
    banks,
    batches,
    plans,
    projects,
    records,
    requests,
    shifts,
    teams,
    volunteers,
)

__all__ = [
    "bank_accounts", "bank_approvals", "bank_ledger", "banks", "batches", "plans", "projects", "records", "requests",
    "shifts", "teams", "volunteers",
]  # fmt: skip
