"""What the bureau does for a family after a death, and what it tells them once (domain 2.1.4)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from apps.common import history
from apps.common.fields import EncryptedTextField
from apps.common.models import Record
from apps.ledgers.choices.aftermath import AftermathKind, HandedBy, TaskEnd
from apps.organisation.models import Unit
from apps.registry.models import Cadre, LifeEvent

from .care import OfVisibleCadres


class AftermathQuerySet(OfVisibleCadres):
    def standing(self):
        """Not voided: an undone death leaves none."""
        return self.filter(voided_at__isnull=True)

    def open(self):
        return self.standing().filter(closed_on__isnull=True)


@history.track(exclude=("obituary", "biography"))
class AftermathCase(Record):
    """后事: opened in the transaction of a death, one for each; voided when the death is undone, and taken up again
    when it stands after all. `obituary` and `biography` are drafts, begun from the registry's facts."""

    cadre = models.ForeignKey(
        Cadre, models.PROTECT, related_name="aftermath_cases", db_index=False, verbose_name="老干部"
    )
    event = models.OneToOneField(LifeEvent, models.PROTECT, related_name="aftermath", editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="aftermath_cases",
        db_index=False, verbose_name="家属找谁",
    )  # fmt: skip
    opened_on = models.DateField("建立日期", editable=False)
    obituary = EncryptedTextField("讣告")
    biography = EncryptedTextField("生平")
    closed_on = models.DateField("办结日期", null=True, blank=True, editable=False)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False,
        verbose_name="办结人",
    )  # fmt: skip

    objects = AftermathQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = "后事办理"
        verbose_name_plural = "后事办理"
        ordering = ["-opened_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("opened_on")),
                name="aftermath_order",
                violation_error_message="办结日期不能早于建立日期。",
            )
        ]
        indexes = [
            models.Index(fields=["cadre"], name="aftermath_cadre"),
            models.Index(
                fields=["-opened_on", "-id"],
                name="aftermath_open",
                condition=Q(closed_on__isnull=True, voided_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"后事办理 {self.opened_on}"


class AftermathTaskQuerySet(models.QuerySet):
    def standing(self):
        return self.filter(voided_at__isnull=True, case__voided_at__isnull=True)

    def open(self):
        return self.standing().filter(done_on__isnull=True)


@history.track()
class AftermathTask(Record):
    """One thing to do after a death. `due_on` is the last day in time. Done with a word on how, or not needed."""

    case = models.ForeignKey(AftermathCase, models.PROTECT, related_name="tasks", verbose_name="后事办理")
    kind = models.CharField("哪类", max_length=10, choices=AftermathKind, default=AftermathKind.OTHER)
    what = models.CharField("做什么", max_length=60)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="aftermath_tasks",
        db_index=False, verbose_name="谁来办",
    )  # fmt: skip
    due_on = models.DateField("办到哪天")
    done_on = models.DateField("办好日期", null=True, blank=True, editable=False)
    ended = models.CharField("结果", max_length=10, choices=TaskEnd, blank=True, db_default="", editable=False)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False,
        verbose_name="办理人",
    )  # fmt: skip
    note = models.CharField("说明", max_length=200, blank=True, db_default="")

    objects = AftermathTaskQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = "后事要办的事"
        verbose_name_plural = "后事要办的事"
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_on__isnull=True, ended="") | (Q(done_on__isnull=False) & ~Q(ended="")),
                name="aftermathtask_whole",
            ),
            models.UniqueConstraint(
                fields=["case", "what"],
                condition=Q(voided_at__isnull=True),
                name="aftermathtask_once",
                violation_error_message="这件事已经列在里面。",
            ),
        ]
        indexes = [
            models.Index(
                fields=["owner", "due_on"],
                name="aftermathtask_open",
                condition=Q(done_on__isnull=True, voided_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return self.what


class AftermathHandover(Record):
    """What was given to the family, to whom, how and when. `public_id` is the form's key: sent twice it is one row."""

    case = models.ForeignKey(AftermathCase, models.PROTECT, related_name="handovers", verbose_name="后事办理")
    what = models.CharField("交了什么", max_length=100)
    to_whom = models.CharField("交给谁", max_length=60, help_text="例如 长女李晓梅")
    how = models.CharField("怎样交的", max_length=5, choices=HandedBy, default=HandedBy.HAND)
    on_day = models.DateField("哪天")
    handed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False, verbose_name="经手人"
    )

    class Meta(Record.Meta):
        verbose_name = "后事材料交付"
        verbose_name_plural = "后事材料交付"
        ordering = ["on_day", "id"]

    def __str__(self) -> str:
        return self.what


class AfterDeathItemQuerySet(models.QuerySet):
    def on(self, day):
        """In force on a day: starts inclusive, ends exclusive."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=day), starts_on__lte=day, voided_at__isnull=True)


@history.track()
class AfterDeathItem(Record):
    """A line of the 后事办理一次告知单 of a unit and all below it that have no list of their own. Half-open dates."""

    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="适用单位",
        help_text="空着：全市通用。下级单位有自己的清单时用它自己的。",
    )  # fmt: skip
    position = models.PositiveSmallIntegerField("顺序", default=10)
    title = models.CharField("办什么", max_length=40, help_text="例如 丧葬费")
    materials = models.CharField("要带的材料", max_length=300)
    place = models.CharField("到哪里办", max_length=120)
    deadline = models.CharField("什么时候办", max_length=120)
    phone = models.CharField("咨询电话", max_length=40, blank=True, db_default="")
    document_no = models.CharField("依据文号", max_length=80, blank=True, db_default="")
    starts_on = models.DateField("自何日起")
    ends_on = models.DateField("到何日（不含）", null=True, blank=True)

    objects = AfterDeathItemQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = "后事告知事项"
        verbose_name_plural = "后事告知事项"
        ordering = ["unit_id", "position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="afterdeathitem_order",
                violation_error_message="停用日期要晚于开始日期。",
            ),
            models.UniqueConstraint(
                fields=["unit", "title", "starts_on"],
                condition=Q(voided_at__isnull=True),
                nulls_distinct=False,
                name="afterdeathitem_once",
                violation_error_message="这个单位从这天起已经有同名的事项。",
            ),
        ]

    def __str__(self) -> str:
        return self.title
