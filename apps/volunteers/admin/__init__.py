"""Staff pages of volunteering."""

from . import projects, records, shifts  # noqa: F401
