"""Which numbers sign in which accounts. Opened and closed by staff, on record."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.common import audit, crypto
from apps.common.errors import BusinessError

from .access import has_staff_role
from .models import PhoneLogin, User
from .services import end_sessions

STAFF = "他有工作人员的角色，要用工号、密码和第二重验证登录，不能开通手机登录或二维码卡。"


def phone_hash(digits: str) -> bytes:
    """The blind index of a number on record, as `people.Phone.number_index` holds it."""
    return crypto.blind_index("phone", digits)


def require_personal(user: User) -> None:
    """Raises BusinessError for closed accounts and for those of staff."""
    if not user.is_active:
        raise BusinessError("这个账号已停用，请先启用。", code="inactive")
    if has_staff_role(user):
        raise BusinessError(STAFF, code="staff")


@transaction.atomic
def open_phone_login(user: User, phone: bytes, *, actor: User | None) -> PhoneLogin:
    """Let an account sign in by a number on record, given as its blind index. Again: the one that stands.

    That the number is on this person's record, and that `actor` may do this, is the caller's to check.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    require_personal(user)
    standing = PhoneLogin.objects.filter(user=user, phone_hash=phone, closed_at__isnull=True).first()
    if standing:
        return standing
    try:
        with transaction.atomic():
            login = PhoneLogin.objects.create(user=user, phone_hash=phone, opened_by=actor)
    except IntegrityError:
        return PhoneLogin.objects.get(user=user, phone_hash=phone, closed_at__isnull=True)
    audit.record("phone_login.open", actor=actor, target=f"accounts.user:{user.pk}")
    return login


@transaction.atomic
def close_phone_login(login: PhoneLogin, *, actor: User | None) -> None:
    """The number signs this account in no more, and its sessions end. Again: nothing."""
    open_rows = PhoneLogin.objects.filter(pk=login.pk, closed_at__isnull=True)
    if open_rows.update(closed_at=timezone.now(), closed_by=actor):
        end_sessions(login.user)
        audit.record("phone_login.close", actor=actor, target=f"accounts.user:{login.user_id}")
