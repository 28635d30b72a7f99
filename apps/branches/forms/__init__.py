"""Forms of branches: what is typed; the services decide."""

from .memberships import DAY, AppointForm, EndForm, FoundForm, JoinForm

__all__ = ["DAY", "AppointForm", "EndForm", "FoundForm", "JoinForm"]
