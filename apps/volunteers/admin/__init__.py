"""Staff pages of volunteering."""

from . import projects, records, requests, shifts  # noqa: F401
