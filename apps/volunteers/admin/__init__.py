"""Staff pages of volunteering."""

from . import cases, outside_posts, party_reports, patrols, projects, records, shifts  # noqa: F401
