"""Opening and closing of accounts, and granting of roles. Every change here is on record."""

import datetime
import secrets

from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from apps.common import audit
from apps.common.errors import BusinessError
from apps.organisation.models import Community, Unit

from .access import leads_back, unit_ids_for
from .models import Absence, CodeSheet, RoleGrant, User
from .passwords import REMEMBERED
from .roles import ROLES
from .rules import conflicting_role

# Letters and digits that are not mistaken for one another when read out or copied by hand.
READABLE = ("abcdefghjkmnpqrstuvwxyz", "ABCDEFGHJKMNPQRSTUVWXYZ", "23456789")
MANAGE = "accounts.change_user"
GRANT = "accounts.add_rolegrant"
DAY, MONTH = datetime.timedelta(days=1), datetime.timedelta(days=31)
LONGEST_ABSENCE = datetime.timedelta(days=366)


class NotAllowed(BusinessError):
    """The actor's own grant does not reach so far."""


def _target(user: User) -> str:
    return f"accounts.user:{user.pk}"


def require_reach(actor: User | None, unit: Unit | None, permission: str) -> None:
    """`actor` None is the command line, where the first account comes from."""
    if actor is None:
        return
    reach = unit_ids_for(actor, permission)
    if not reach or (unit is not None and unit.pk not in reach):
        raise NotAllowed("您的安全管理范围不包括这个单位。", code="out_of_reach", field="unit")


def temporary_password() -> str:
    """Twelve characters of three classes, about 65 bits; to be changed at the first sign-in."""
    chars = [secrets.choice(group) for group in READABLE]
    chars += [secrets.choice("".join(READABLE)) for _ in range(9)]
    secrets.SystemRandom().shuffle(chars)
    return "".join(chars)


@transaction.atomic
def open_account(
    username: str,
    display_name: str,
    *,
    unit: Unit | None,
    actor: User | None,
    email: str = "",
    phone: str = "",
    post: str = "",
    password: str = "",
) -> tuple[User, str]:
    """A staff account and its first password, which must be changed; shown once, kept nowhere."""
    require_reach(actor, unit, MANAGE)
    username = User.normalize_username(username).strip()
    if User.objects.filter(username__iexact=username).exists():
        raise BusinessError("这个用户名已有人使用。", code="duplicate", field="username")
    password = password or temporary_password()
    user = User.objects.create_user(
        username,
        password,
        display_name=display_name,
        unit=unit,
        email=email,
        phone=phone,
        post=post,
        is_staff=True,
        must_change_password=True,
        password_changed_at=timezone.now(),
    )
    audit.record("open_account", actor=actor, target=_target(user))
    return user, password


@transaction.atomic
def change_password(user: User, password: str) -> None:
    """A password of the user's own choosing, already validated by the form; other sessions end by themselves."""
    _remember(user)
    user.set_password(password)
    user.must_change_password = False
    user.password_changed_at = timezone.now()
    user.save(update_fields=["password", "must_change_password", "password_changed_at", "former_passwords"])
    audit.record("change_password", actor=user, target=_target(user))


def _remember(user: User) -> None:
    user.former_passwords = [user.password, *user.former_passwords][:REMEMBERED]


@transaction.atomic
def reset_password(user: User, *, actor: User | None, reason: str = "") -> str:
    """A new temporary password, shown once. Ends all sessions."""
    require_reach(actor, user.unit, MANAGE)
    if actor is not None and actor.pk == user.pk:
        raise NotAllowed("自己的密码请在“修改密码”里改。", code="self")
    password = temporary_password()
    _remember(user)
    user.set_password(password)
    user.must_change_password = True
    user.password_changed_at = timezone.now()
    user.save(update_fields=["password", "must_change_password", "password_changed_at", "former_passwords"])
    audit.record("reset_password", actor=actor, target=_target(user), reason=reason)
    return password


@transaction.atomic
def reset_second_factor(user: User, *, actor: User | None, reason: str) -> None:
    """For a lost phone: authenticator, recovery and printed codes go, sessions end; set up anew at sign-in."""
    require_reach(actor, user.unit, MANAGE)
    if actor is not None and actor.pk == user.pk:
        raise NotAllowed("自己的第二重验证要请另一位安全管理员重置。", code="self")
    Authenticator.objects.filter(user=user).delete()
    CodeSheet.objects.filter(user=user, revoked_at__isnull=True).update(revoked_at=timezone.now())
    end_sessions(user)
    audit.record("reset_second_factor", actor=actor, target=_target(user), reason=reason)


def end_sessions(user: User) -> None:
    """Sign the user out everywhere, at the next request of each session."""
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)


@transaction.atomic
def force_sign_out(user: User, *, actor: User | None, reason: str) -> None:
    require_reach(actor, user.unit, MANAGE)
    end_sessions(user)
    audit.record("force_sign_out", actor=actor, target=_target(user), reason=reason)


@transaction.atomic
def set_active(user: User, is_active: bool, *, actor: User | None, reason: str) -> None:
    """Switch an account off or on. Off: the next request of every session is refused; grants stay as they are."""
    require_reach(actor, user.unit, MANAGE)
    if actor is not None and actor.pk == user.pk:
        raise NotAllowed("不能停用或启用自己的账号。", code="self")
    if not User.objects.filter(pk=user.pk, is_active=not is_active).update(is_active=is_active):
        return
    end_sessions(user)
    user.is_active = is_active
    audit.record("enable_account" if is_active else "disable_account", actor=actor, target=_target(user), reason=reason)


@transaction.atomic
def grant_role(
    user: User,
    role: str,
    unit: Unit,
    *,
    starts_on: datetime.date,
    ends_on: datetime.date | None,
    actor: User | None,
    reason: str,
    community: Community | None = None,
) -> RoleGrant:
    """Give `role` on `unit` and below for [starts_on, ends_on); with `community`, for its residents instead (liaisons
    only). Nobody grants to himself, nor beyond his own reach."""
    if role not in ROLES or not ROLES[role].grantable:
        raise BusinessError("这个角色不能在这里授予。", code="not_grantable", field="role")
    if community is not None and role != "liaison":
        raise BusinessError("只有单位联络员可以限定社区，其他角色请空着。", code="community", field="community")
    if actor is not None and actor.pk == user.pk:
        raise NotAllowed("不能给自己授权，请另一位安全管理员办理。", code="self", field="user")
    require_reach(actor, unit, GRANT)
    User.objects.select_for_update().get(pk=user.pk)
    held = RoleGrant.objects.filter(user=user, revoked_at__isnull=True).exclude(ends_on__lte=starts_on)
    if ends_on is not None:
        held = held.filter(starts_on__lt=ends_on)
    if conflict := conflicting_role(role, set(held.values_list("role", flat=True))):
        sentence = f"他在这段时间是“{conflict}”。系统管理、安全管理、审计要由不同的人担任，也不能兼业务角色。"
        raise BusinessError(sentence, code="conflict", field="role")
    grant = RoleGrant(
        user=user, role=role, unit=unit, community=community, starts_on=starts_on, ends_on=ends_on, granted_by=actor,
        reason=reason,
    )  # fmt: skip
    try:
        grant.full_clean(exclude=["granted_by"])
    except ValidationError as error:
        raise BusinessError(error.messages[0], code="invalid") from error
    try:
        with transaction.atomic():
            grant.save()
    except IntegrityError as error:
        raise BusinessError("这个账号在这段时间已有同一单位（社区）的同一角色。", code="duplicate") from error
    audit.record("grant_role", actor=actor, target=_target(user), fields=[role], reason=reason)
    return grant


@transaction.atomic
def revoke_role(grant: RoleGrant, *, actor: User | None, reason: str) -> RoleGrant:
    """Take a grant back from this moment; again changes nothing."""
    require_reach(actor, grant.unit, GRANT)
    if RoleGrant.objects.filter(pk=grant.pk, revoked_at__isnull=True).update(revoked_at=timezone.now()):
        audit.record(
            "revoke_role", actor=actor, target=f"accounts.user:{grant.user_id}", fields=[grant.role], reason=reason
        )
    grant.refresh_from_db()
    return grant


@transaction.atomic
def record_absence(
    user: User,
    substitute: User,
    *,
    starts_on: datetime.date,
    last_day: datetime.date,
    reason: str,
    actor: User,
    on: datetime.date,
) -> Absence:
    """Somebody is away from `starts_on` to `last_day`, both included, and `substitute` acts for him (AB岗).

    Refuses a span that begins more than a month ago or lasts over a year, one that overlaps another of his, and a
    substitute who is stood in for by him in those days, directly or round about. Who may name whom is the caller's to
    check. Telling the two is the clock's (`ledgers.jobs`).
    """
    _check_absence(user, substitute, starts_on, last_day, on)
    list(User.objects.select_for_update(of=("self",)).filter(pk__in=(user.pk, substitute.pk)).order_by("pk"))
    ends_on = last_day + DAY
    if Absence.objects.filter(user=user, starts_on__lt=ends_on, ends_on__gt=starts_on, voided_at__isnull=True).exists():
        raise BusinessError("这段时间已经登记过不在岗。", code="overlap", field="starts_on")
    if leads_back(substitute.pk, user.pk, starts_on, ends_on):
        raise BusinessError(
            f"{substitute}这段时间也不在岗，而且由{user}代。请另选一位。", code="circle", field="substitute"
        )
    absence = Absence.objects.create(
        user=user, substitute=substitute, starts_on=starts_on, ends_on=ends_on, reason=reason.strip(), recorded_by=actor
    )
    audit.record(
        "absence.record", actor=actor, on_behalf_of=user.pk if actor.pk != user.pk else None,
        target=f"accounts.absence:{absence.pk}",
    )  # fmt: skip
    return absence


@transaction.atomic
def end_absence(absence: Absence, *, last_day: datetime.date, actor: User, on: datetime.date) -> Absence:
    """Move the last day away, included: he is back earlier, or stays longer. One that is over stays as it is."""
    absence = Absence.objects.select_for_update(of=("self",)).select_related("user", "substitute").get(pk=absence.pk)
    if absence.ends_on <= on:
        raise BusinessError("这段时间已经过去，不用再改。", code="over", field="last_day")
    if last_day < max(absence.starts_on, on - DAY):
        raise BusinessError("最后一天不能早于开始那天，也不能早于昨天。", code="order", field="last_day")
    if last_day - absence.starts_on >= LONGEST_ABSENCE:
        raise BusinessError("一次最多登记一年。", code="long", field="last_day")
    ends_on = last_day + DAY
    others = Absence.objects.filter(user=absence.user_id, starts_on__lt=ends_on, ends_on__gt=absence.starts_on)
    if others.filter(voided_at__isnull=True).exclude(pk=absence.pk).exists():
        raise BusinessError("延长后和另一段不在岗重叠了。", code="overlap", field="last_day")
    if leads_back(absence.substitute_id, absence.user_id, absence.starts_on, ends_on):
        raise BusinessError(f"{absence.substitute}那几天不在岗，而且由他本人代。", code="circle", field="last_day")
    absence.ends_on = ends_on
    absence.save(update_fields=["ends_on"])
    audit.record("absence.change", actor=actor, fields=["ends_on"], target=f"accounts.absence:{absence.pk}")
    return absence


def _check_absence(user: User, substitute: User, starts_on, last_day, on: datetime.date) -> None:
    if user.pk == substitute.pk:
        raise BusinessError("代岗的要是另一位同志。", code="same", field="substitute")
    if not substitute.is_active:
        raise BusinessError("代岗的同志账号已停用，请另选一位。", code="inactive", field="substitute")
    if last_day < starts_on:
        raise BusinessError("最后一天不能早于第一天。", code="order", field="last_day")
    if last_day < on or starts_on < on - MONTH:
        raise BusinessError("请登记现在或将来的不在岗，已经过去的不用补。", code="past", field="last_day")
    if last_day - starts_on >= LONGEST_ABSENCE or starts_on > on + LONGEST_ABSENCE:
        raise BusinessError("一次最多登记一年，请核对年份。", code="long", field="last_day")
