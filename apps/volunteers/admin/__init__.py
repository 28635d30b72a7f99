"""Staff pages of volunteering; importing a module registers its pages."""

from . import batches, plans, teams, volunteers

__all__ = ["batches", "plans", "teams", "volunteers"]
