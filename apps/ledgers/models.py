"""The ledger: what a cadre is owed, by whom, and what was done. Needs and measures of 一人一策 join here later."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from apps.common import history
from apps.common.fields import EncryptedTextField
from apps.common.models import Record, Versioned
from apps.people.models import Person
from apps.registry.models import Cadre, LifeEvent

from .choices import By, CareRole, ClosedReason, ContactKind, DutyKind, EnteredVia, Level, Method, Reason

UNOWED = (ClosedReason.NOT_OWED, ClosedReason.UNDONE, ClosedReason.WAIVED)


class OfVisibleCadres(models.QuerySet):
    def visible_to(self, user, permission: str | None = None):
        """Rows of cadres whom one of the user's scopes with `permission` (default: view this model) covers."""
        permission = permission or f"ledgers.view_{self.model._meta.model_name}"
        return self.filter(cadre__in=Cadre.objects.current().visible_to(user, permission).values("pk"))


@history.track()
class CareTier(Record):
    """How much care a cadre is owed: decided by staff, with the suggestion they saw kept beside it.

    Obligations begin with the first full period on or after `effective_on`.
    """

    cadre = models.OneToOneField(Cadre, models.PROTECT, related_name="care_tier", verbose_name="老干部")
    level = models.PositiveSmallIntegerField("服务等级", choices=Level)
    is_focus = models.BooleanField("重点联系对象", default=False, db_default=False)
    high_risk = models.BooleanField("高风险对象", default=False, db_default=False)
    effective_on = models.DateField("自何日起")
    suggested_level = models.PositiveSmallIntegerField("建议等级", choices=Level, null=True, blank=True)
    suggested_reasons = ArrayField(
        models.CharField(max_length=20, choices=Reason),
        verbose_name="建议理由",
        default=list,
        db_default=[],
        blank=True,
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="确定人"
    )
    decided_on = models.DateField("确定日期")
    note = models.CharField("说明", max_length=200, blank=True, db_default="")

    objects = OfVisibleCadres.as_manager()

    class Meta(Record.Meta):
        verbose_name = "服务等级"
        verbose_name_plural = "服务等级"
        indexes = [
            models.Index(fields=["cadre"], name="caretier_focus", condition=Q(is_focus=True)),
            models.Index(fields=["cadre"], name="caretier_high_risk", condition=Q(high_risk=True)),
            models.Index(fields=["level"], name="caretier_level"),
        ]

    def __str__(self) -> str:
        return f"{self.cadre} {self.get_level_display()}"


class AssignmentQuerySet(OfVisibleCadres):
    def open(self):
        return self.filter(ends_on__isnull=True, voided_at__isnull=True)

    def primary(self):
        return self.filter(role=CareRole.PRIMARY)


@history.track()
class CareAssignment(Record):
    """Who cares for a cadre, for a half-open span; one open 责任人 a cadre, any number of helpers (domain 3.8)."""

    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="care_assignments", verbose_name="老干部")
    carer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="care_assignments", verbose_name="责任人"
    )
    role = models.CharField("担任", max_length=10, choices=CareRole, default=CareRole.PRIMARY, db_default="primary")
    starts_on = models.DateField("自何日起")
    ends_on = models.DateField("到何日（不含）", null=True, blank=True)
    override_reason = models.CharField("超出人数的理由", max_length=200, blank=True, db_default="")
    handover_note = models.CharField("交接说明", max_length=500, blank=True, db_default="")
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="指定人"
    )
    closed_by_event = models.ForeignKey(
        LifeEvent, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )

    objects = AssignmentQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = "责任人"
        verbose_name_plural = "责任人"
        ordering = ["cadre_id", "role", "-starts_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="careassignment_order"
            ),
            models.UniqueConstraint(
                fields=["cadre"],
                condition=Q(role="primary", ends_on__isnull=True, voided_at__isnull=True),
                name="careassignment_one_primary",
                violation_error_message="这位老同志已经有责任人。要换人，请用“交接”。",
            ),
            models.UniqueConstraint(
                fields=["cadre", "carer"],
                condition=Q(ends_on__isnull=True, voided_at__isnull=True),
                name="careassignment_once",
                violation_error_message="这位同志已经在负责他。",
            ),
        ]
        indexes = [
            models.Index(
                fields=["carer", "cadre"],
                name="careassignment_open",
                condition=Q(ends_on__isnull=True, voided_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.carer} {self.get_role_display()}"


class ContactQuerySet(models.QuerySet):
    def standing(self):
        """Not voided."""
        return self.filter(voided_at__isnull=True)

    def visible_to(self, user, permission: str = "ledgers.view_contact"):
        """Contacts in which at least one cadre whom the user may see took part."""
        seen = ContactPerson.objects.filter(
            person__in=Cadre.objects.current().visible_to(user, permission).values("pk")
        )
        return self.filter(pk__in=seen.values("contact"))


@history.track(exclude=("body_state", "thoughts"))
class Contact(Record):
    """One visit, call or letter and what came of it. It serves every participant (`ContactPerson`).

    `form_key` names the form that was filled in: sent twice, it is one contact. `body_state` needs
    `registry.view_health`, `thoughts` needs `registry.view_thoughts` to be read.
    """

    form_key = models.UUIDField("表单编号", default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField("类型", max_length=12, choices=ContactKind, default=ContactKind.ROUTINE)
    method = models.CharField("方式", max_length=10, choices=Method, default=Method.HOME)
    by = models.CharField("由谁联系", max_length=10, choices=By, default=By.STAFF, db_default="staff")
    happened_on = models.DateField("时间")
    place = models.CharField("地点", max_length=100, blank=True, db_default="")
    campaign = models.CharField("所属慰问", max_length=20, blank=True, db_default="", help_text="例如 2027春节")
    leaders = models.CharField("慰问领导", max_length=200, blank=True, db_default="")
    companions = models.CharField("陪同人员", max_length=200, blank=True, db_default="")
    gifts = models.CharField("慰问品", max_length=300, blank=True, db_default="")
    money = models.DecimalField("慰问金（元）", max_digits=10, decimal_places=2, null=True, blank=True)
    summary = models.CharField("情况", max_length=1000, blank=True, db_default="")
    body_state = EncryptedTextField("身体状态")
    thoughts = EncryptedTextField("思想动态")
    feedback = models.CharField("意见建议", max_length=1000, blank=True, db_default="")
    needs = models.CharField("需办事项", max_length=1000, blank=True, db_default="")
    persons = models.ManyToManyField(
        Person, through="ledgers.ContactPerson", related_name="contacts", verbose_name="看望对象"
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="记录人"
    )
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="代谁记录"
    )
    entered_via = models.CharField(
        "录入途径", max_length=10, choices=EnteredVia, default=EnteredVia.STAFF, db_default="staff", editable=False
    )

    objects = ContactQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = "走访慰问"
        verbose_name_plural = "走访慰问"
        ordering = ["-happened_on", "-id"]
        permissions = [("record_contact", "记走访")]
        constraints = [
            models.CheckConstraint(
                condition=Q(money__isnull=True) | Q(money__gte=0),
                name="contact_money",
                violation_error_message="慰问金不能是负数。",
            )
        ]
        indexes = [models.Index(fields=["-happened_on", "-id"], name="contact_happened")]

    def __str__(self) -> str:
        return f"{self.happened_on} {self.get_kind_display()}"


class ContactPerson(models.Model):
    """Somebody whom a contact served."""

    contact = models.ForeignKey(
        Contact, models.CASCADE, related_name="participants", db_index=False, verbose_name="走访慰问"
    )
    person = models.ForeignKey(Person, models.PROTECT, related_name="contact_links", verbose_name="看望对象")

    class Meta:
        verbose_name = "看望对象"
        verbose_name_plural = "看望对象"
        constraints = [models.UniqueConstraint(fields=["contact", "person"], name="contactperson_once")]

    def __str__(self) -> str:
        return str(self.person_id)


class DutyQuerySet(OfVisibleCadres):
    def open(self):
        """Neither done nor closed."""
        return self.filter(satisfied_by__isnull=True, closed_on__isnull=True)

    def overdue(self, on):
        """Open with the last day gone by: due yesterday is overdue by one day."""
        return self.open().filter(due_on__lt=on)

    def missed(self, on):
        """Not done within its time, whether still open, made up for later, or closed after its last day."""
        never = Q(satisfied_by__isnull=True) & (Q(closed_on__isnull=True) | Q(closed_on__gt=F("due_on")))
        late = Q(satisfied_on__gt=F("due_on"))
        return self.filter(never | late, due_on__lt=on).exclude(closed_reason__in=UNOWED)


class Duty(Versioned):
    """One obligation of one period. Planned by `ledgers.services`; done when a qualifying contact stands.

    `period_start` inclusive, `period_end` exclusive, `due_on` the last day in time. A contact later than `due_on`
    makes up for it: `satisfied_on` says when, and statistics still count it as missed. Festivals carry the name of
    their campaign in `basis`.
    """

    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="duties", db_index=False, verbose_name="老干部")
    kind = models.CharField("要办的事", max_length=14, choices=DutyKind)
    period_start = models.DateField("期间开始")
    period_end = models.DateField("期间结束（不含）")
    due_on = models.DateField("最后期限")
    basis = models.CharField("依据", max_length=40, blank=True, db_default="")
    satisfied_by = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, related_name="satisfied_duties", db_index=False,
        editable=False, verbose_name="办结记录",
    )  # fmt: skip
    satisfied_on = models.DateField("办结日期", null=True, blank=True, editable=False)
    closed_on = models.DateField("结束日期", null=True, blank=True, editable=False)
    closed_reason = models.CharField(
        "结束原因", max_length=14, choices=ClosedReason, blank=True, db_default="", editable=False
    )
    closed_note = models.CharField("说明", max_length=200, blank=True, db_default="", editable=False)
    closed_by_event = models.ForeignKey(
        LifeEvent, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, editable=False
    )

    objects = DutyQuerySet.as_manager()

    class Meta(Versioned.Meta):
        verbose_name = "联系看望任务"
        verbose_name_plural = "联系看望任务"
        ordering = ["due_on", "id"]
        permissions = [("view_today", "看今日待办"), ("waive_duty", "批准不再办理")]
        constraints = [
            models.UniqueConstraint(fields=["cadre", "kind", "period_start"], name="duty_once"),
            models.CheckConstraint(
                condition=Q(period_start__lt=F("period_end"), due_on__lt=F("period_end")), name="duty_order"
            ),
            models.CheckConstraint(
                condition=Q(satisfied_by__isnull=True, satisfied_on__isnull=True)
                | Q(satisfied_by__isnull=False, satisfied_on__isnull=False),
                name="duty_satisfied_whole",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on", "cadre"],
                name="duty_open_due",
                condition=Q(satisfied_by__isnull=True, closed_on__isnull=True),
            ),
            models.Index(fields=["satisfied_by"], name="duty_satisfied_by", condition=Q(satisfied_by__isnull=False)),
            models.Index(
                fields=["closed_by_event"], name="duty_closed_by_event", condition=Q(closed_by_event__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.due_on}"


class DutyRun(models.Model):
    """A day for which the duties of everybody were planned, with the newest rule set that the run knew."""

    day = models.DateField("日期", unique=True)
    rules_changed_at = models.DateTimeField("规则最后修改", null=True)
    planned = models.PositiveIntegerField("新排", default=0)
    withdrawn = models.PositiveIntegerField("撤回", default=0)
    finished_at = models.DateTimeField("完成时间", db_default=Now())

    class Meta:
        verbose_name = "任务计划"
        verbose_name_plural = "任务计划"
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day}"
