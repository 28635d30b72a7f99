"""Staff pages of volunteering."""

from . import certificates, projects, records, requests, shifts  # noqa: F401
