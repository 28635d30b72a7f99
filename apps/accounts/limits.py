"""How often somebody may try: allauth's limiter on the shared cache, the same figures as for signing in."""

from allauth.core.internal import ratelimit

from apps.common import audit
from apps.common.errors import BusinessError

TOO_MANY = "试错次数太多，请过 15 分钟再试，或请安全管理员帮忙。"


def begin_attempt(request, key: str):
    """Count an attempt; None when there were too many. Call `rollback()` on what it returns when it was right."""
    return ratelimit.consume(request, app="allauth.account", action="login_failed", key=key)


def slow_down(request, action: str) -> None:
    """Count a request of this address; raises BusinessError when there were too many (`ACCOUNT_RATE_LIMITS`)."""
    if ratelimit.consume(request, app="allauth.account", action=action) is None:
        raise BusinessError("这里操作得太频繁了，请过一会儿再试，或者打电话给老干部局。", code="slow_down")


def wrong_password(request, password: str, *, action: str) -> str:
    """The sentence for a wrong password of the signed-in user, typed again for an act; empty when it is right.

    A wrong one is on record as `action`.
    """
    user = request.user
    attempt = begin_attempt(request, f"{action}|{user.pk}")
    if attempt is None:
        return TOO_MANY
    if not user.check_password(password):
        audit.record(action, actor=user, request=request)
        return "密码不对。"
    attempt.rollback()
    return ""
