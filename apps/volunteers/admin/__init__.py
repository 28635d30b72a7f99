"""Staff pages of volunteering."""

from . import bank_accounts, bank_approvals, bank_ledger, banks, projects, records, requests, shifts  # noqa: F401
