"""How often somebody may try: allauth's limiter on the shared cache, the same figures as for signing in."""

from allauth.core.internal import ratelimit

TOO_MANY = "试错次数太多，请过 15 分钟再试，或请安全管理员帮忙。"


def begin_attempt(request, key: str):
    """Count an attempt; None when there were too many. Call `rollback()` on what it returns when it was right."""
    return ratelimit.consume(request, app="allauth.account", action="login_failed", key=key)
