"""Staff pages of volunteering."""

from . import batches, plans, projects, records, requests, shifts, teams, volunteers

__all__ = [
    "batches", "plans", "projects", "records", "requests", "shifts", "teams", "volunteers",
]  # fmt: skip
