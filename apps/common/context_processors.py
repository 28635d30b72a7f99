"""What every template may use: the bureau's facts and how the visitor wants the page shown."""

from django.conf import settings
from django.utils import timezone

from apps.common.display import COOKIE, Display
from apps.common.imprint import imprint, is_mourning


def portal(request) -> dict:
    """`portal` (Imprint), `display` (Display), seconds `lock_after`; bools `demo`, `has_staff_side`, `mourning`. No
    queries."""
    facts = imprint()
    return {
        "portal": facts,
        "demo": settings.DEMO,
        "lock_after": settings.SESSION_IDLE_SECONDS["staff"],
        "has_staff_side": settings.PORTAL_ZONE != "outer",
        "display": Display.from_cookie(request.COOKIES.get(COOKIE, "")),
        "mourning": is_mourning(facts.mourning, timezone.localdate()),
    }
