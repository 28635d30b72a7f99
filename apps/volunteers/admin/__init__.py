"""Staff pages of volunteering; importing a module registers its pages."""

from . import batches, plans, projects, records, requests, shifts, teams, volunteers  # noqa: F401
