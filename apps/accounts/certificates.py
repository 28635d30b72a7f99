"""Certificates and UKeys bound to accounts: the proxy verifies them, this table says whose they are (ADR 15)."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.common import audit
from apps.common.errors import BusinessError

from .models import BoundCertificate, User
from .second_factor import Presented, tidy_serial, tidy_subject
from .services import MANAGE, NotAllowed, end_sessions, require_reach


@transaction.atomic
def bind(user: User, serial: str, subject: str, *, actor: User, reason: str) -> BoundCertificate:
    """This certificate is this colleague's second factor from now on; one certificate has one account."""
    require_reach(actor, user.unit, MANAGE)
    if actor.pk == user.pk:
        raise NotAllowed("自己的证书要请另一位安全管理员绑定。", code="self", field="user")
    bound = BoundCertificate(
        user=user, serial=tidy_serial(serial), subject=tidy_subject(subject), reason=reason, bound_by=actor
    )
    if not bound.serial or any(letter not in "0123456789ABCDEF" for letter in bound.serial):
        raise BusinessError("序列号是十六进制数字，例如 4A3F09。", code="serial", field="serial")
    try:
        with transaction.atomic():
            bound.full_clean(exclude=["bound_by"], validate_constraints=False)
            bound.save()
    except ValidationError as error:
        raise BusinessError(error.messages[0], code="invalid") from error
    except IntegrityError as error:
        raise BusinessError("这张证书已经绑定在一个账号上，请先解除。", code="duplicate", field="serial") from error
    audit.record("bind_certificate", actor=actor, target=f"accounts.user:{user.pk}", reason=reason)
    return bound


@transaction.atomic
def release(bound: BoundCertificate, *, actor: User, reason: str) -> None:
    """Lost, handed back or replaced: it opens nothing any more and the account's sessions end. Again: nothing."""
    require_reach(actor, bound.user.unit, MANAGE)
    taken = BoundCertificate.objects.filter(pk=bound.pk, revoked_at__isnull=True).update(revoked_at=timezone.now())
    if taken:
        end_sessions(bound.user)
        audit.record("release_certificate", actor=actor, target=f"accounts.user:{bound.user_id}", reason=reason)


def is_bound(user: User, shown: Presented) -> bool:
    return BoundCertificate.objects.filter(
        user=user, serial=shown.serial, subject=shown.subject, revoked_at__isnull=True
    ).exists()


def has_certificate(user: User) -> bool:
    return BoundCertificate.objects.filter(user=user, revoked_at__isnull=True).exists()
