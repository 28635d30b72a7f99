"""Staff pages of volunteering."""

from . import donations, pairings, projects, records, requests, shifts, talk_bookings, talk_campaigns, talk_pool, talks  # noqa: F401
