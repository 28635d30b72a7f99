"""Who signs in, and what they were granted. Rights themselves are code (`roles.py`)."""

from collections import defaultdict

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import Count, Func, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.crypto import salted_hmac

from apps.accounts.roles import ROLES, role_choices
from apps.common.models import Record, Versioned
from apps.organisation.models import Community, Unit


class UserManager(BaseUserManager):
    use_in_migrations = True

    def create_user(self, username: str, password: str | None = None, **fields):
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username):
        return self.get(username=username)


class User(AbstractBaseUser, PermissionsMixin, Versioned):
    """An account. The user name is a staff number or opaque, never a name or a citizen id.

    Rights come from role grants and posts only: there are no groups, no single permissions and no superusers.
    """

    groups = None
    user_permissions = None
    username = models.CharField("用户名", max_length=40, unique=True)
    display_name = models.CharField("姓名", max_length=40)
    email = models.EmailField("电子邮箱", blank=True, db_default="")
    phone = models.CharField("工作手机", max_length=20, blank=True, db_default="")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, verbose_name="所在单位")
    post = models.CharField("职务", max_length=60, blank=True, db_default="")
    is_staff = models.BooleanField("工作人员", default=False)
    is_active = models.BooleanField("启用", default=True)
    must_change_password = models.BooleanField("下次登录须改密码", default=False)
    password_changed_at = models.DateTimeField("密码更改时间", null=True, blank=True, editable=False)
    former_passwords = ArrayField(models.CharField(max_length=128), default=list, editable=False)
    # Part of what a session is bound to: raising it ends all of them at their next request.
    session_epoch = models.PositiveIntegerField(default=0, editable=False)

    objects = UserManager()
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["display_name"]

    class Meta(Versioned.Meta):
        verbose_name = "账号"
        verbose_name_plural = "账号"
        ordering = ["username"]
        permissions = [("view_reveals", "查看完整号码的次数")]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_superuser=False),
                name="user_no_superuser",
                violation_error_message="本系统没有超级用户：请授予角色。",
            )
        ]

    def __str__(self) -> str:
        return self.display_name or self.username

    def grants_today(self) -> "list[RoleGrant]":
        """Grants in force, each with the ids of its unit and of those below (`reached`), and how many units there are
        (`units_in_all`): one statement a request (kept on this object). None for a disabled account."""
        if not self.is_active or self.pk is None:
            return []
        if "_grants_today" not in self.__dict__:
            rows = RoleGrant.objects.current(timezone.localdate()).filter(user_id=self.pk).select_related("unit")
            below = Unit.objects.order_by().filter(path__startswith=OuterRef("unit__path"))
            every = Unit.objects.order_by().values(all=Value(1)).annotate(count=Count("pk")).values("count")
            rows = rows.annotate(reached=ArraySubquery(below.values("pk")), units_in_all=Subquery(every))
            self.__dict__["_grants_today"] = [row for row in rows.order_by("role", "pk") if row.role in ROLES]
        return self.__dict__["_grants_today"]

    def current_grants(self) -> dict[str, list[Unit]]:
        """role → units granted today. A role held for a community alone stands here without a unit: it opens the
        people living there (`communities`), never those of the unit that named him."""
        grants: dict[str, list[Unit]] = defaultdict(list)
        for grant in self.grants_today():
            units = grants[grant.role]
            if grant.community_id is None:
                units.append(grant.unit)
        return dict(grants)

    def communities(self, permission: str) -> set[int]:
        """Ids of the communities for whose residents the granted roles carry `permission`."""
        return {
            grant.community_id
            for grant in self.grants_today()
            if grant.community_id is not None and permission in ROLES[grant.role].permissions
        }

    def reach(self, permission: str) -> set[int]:
        """Ids of the units in which the granted roles carry `permission`: each grant's own and those below it."""
        known = self.__dict__.setdefault("_reach", {})
        if permission not in known:
            held = [row for row in self.grants_today() if row.community_id is None]
            known[permission] = {pk for row in held if permission in ROLES[row.role].permissions for pk in row.reached}
        return known[permission]

    def units_in_all(self) -> int:
        """How many units there are, as the grants in force were read."""
        return next((row.units_in_all for row in self.grants_today()), 0)

    def get_full_name(self) -> str:
        return self.display_name

    get_short_name = get_full_name

    def _get_session_auth_hash(self, secret=None) -> str:
        bound = f"{self.password}|{self.session_epoch}"
        return salted_hmac("apps.accounts.models.User.session", bound, secret=secret, algorithm="sha256").hexdigest()


class DateRange(Func):
    function = "DATERANGE"
    output_field = DateRangeField()


class RoleGrantQuerySet(models.QuerySet):
    def current(self, on):
        """In force on a day: starts inclusive, ends exclusive."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on), starts_on__lte=on, revoked_at__isnull=True)

    def on_units(self):
        """Those that reach the people of a unit, not only the residents of a community."""
        return self.filter(community__isnull=True)


class RoleGrant(Versioned):
    """A role on a unit and everything below it, for a half-open span of days.

    With `community` the role reaches the people living there instead, wherever they are managed; the unit is then
    only the one that named him, and opens nobody.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="grants", verbose_name="账号")
    role = models.CharField("角色", max_length=20, choices=role_choices)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位（含下级）")
    community = models.ForeignKey(
        Community,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="只限社区",
        help_text="社区联络员才填：只管住在这个社区的老同志",
    )
    starts_on = models.DateField("自何日起")
    ends_on = models.DateField("到何日（不含）", null=True, blank=True)
    granted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="授权人")
    reason = models.CharField("依据", max_length=200, blank=True, db_default="")
    revoked_at = models.DateTimeField("收回时间", null=True, blank=True, editable=False)

    objects = RoleGrantQuerySet.as_manager()

    class Meta(Versioned.Meta):
        verbose_name = "角色授权"
        verbose_name_plural = "角色授权"
        ordering = ["user_id", "role", "-starts_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=models.F("starts_on")),
                name="rolegrant_order",
                violation_error_message="结束日期要晚于开始日期。",
            ),
            ExclusionConstraint(
                name="rolegrant_once",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    ("unit", RangeOperators.EQUAL),
                    (Coalesce("community", 0), RangeOperators.EQUAL),
                    (DateRange("starts_on", "ends_on", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                condition=Q(revoked_at__isnull=True),
                violation_error_message="这个账号在这段时间已有同一单位（社区）的同一角色。",
            ),
            models.CheckConstraint(
                condition=Q(community__isnull=True) | Q(role="liaison"),
                name="rolegrant_community_liaison",
                violation_error_message="只有单位联络员可以限定社区。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.get_role_display()} {self.community or self.unit}"


class AbsenceQuerySet(models.QuerySet):
    def current(self, on):
        """In force on a day: starts inclusive, ends exclusive."""
        return self.filter(starts_on__lte=on, ends_on__gt=on, voided_at__isnull=True)


class Absence(Record):
    """A colleague is away and another does his work (AB岗) in a half-open span of days.

    What falls to `user` is told to `substitute`, who sees his people for as long; a substitute who is away himself is
    stood in for by his own. Nobody has two at a time.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="absences", verbose_name="谁不在岗")
    substitute = models.ForeignKey(User, models.PROTECT, related_name="stands_in", verbose_name="由谁代（B岗）")
    starts_on = models.DateField("自何日起")
    ends_on = models.DateField("到何日（不含）")
    reason = models.CharField("原因", max_length=100, blank=True, db_default="", help_text="例如 休假、学习")
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="登记人")

    objects = AbsenceQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = "不在岗"
        verbose_name_plural = "不在岗和代岗"
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gt=models.F("starts_on")),
                name="absence_order",
                violation_error_message="结束日期要晚于开始日期。",
            ),
            models.CheckConstraint(
                condition=~Q(user=models.F("substitute")),
                name="absence_two_people",
                violation_error_message="代岗的要是另一位同志。",
            ),
            ExclusionConstraint(
                name="absence_once",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    (DateRange("starts_on", "ends_on", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                condition=Q(voided_at__isnull=True),
                violation_error_message="这段时间已经登记过不在岗。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.starts_on}–{self.ends_on}"
