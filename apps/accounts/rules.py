"""Which roles one account may hold together: administration, security and audit are kept apart (三权分立)."""

from .roles import ROLES

# Each excludes every other role: who runs the system, who grants rights and who reads the log are three people, and
# none of them works with people's records.
EXCLUSIVE = frozenset({"system_admin", "security_admin", "auditor"})


def conflicting_role(wanted: str, held: set[str]) -> str | None:
    """The label of a role already held that `wanted` may not stand beside; None when they go together.

    See rule book 6.1.
    """
    for role in sorted(held - {wanted}):
        if wanted in EXCLUSIVE or role in EXCLUSIVE:
            return ROLES[role].label
    return None
