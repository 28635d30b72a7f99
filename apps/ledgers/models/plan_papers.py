"""What was printed of a plan, frozen, and the Word templates that a bureau lays its papers out with."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.common.fields import EncryptedTextField
from apps.common.models import Attachment, Paper, Record
from apps.ledgers.choices import TemplateKind
from apps.organisation.models import Unit
from apps.registry.models import Cadre

from .plans import ServicePlan


class VersionQuerySet(models.QuerySet):
    def visible_to(self, user, permission: str = "ledgers.view_serviceplan"):
        """Versions of plans of cadres whom the user may see."""
        return self.filter(plan__cadre__in=Cadre.objects.current().visible_to(user, permission).values("pk"))


class PlanVersion(Record):
    """A plan as it was printed for signature: never changed afterwards.

    `content` is the sheet as JSON (queries.plan_sheet), encrypted; lines that need a right of their own say so and are
    left out for readers without it. `paper` is the sheet of paper that is out for signature.
    """

    plan = models.ForeignKey(ServicePlan, models.PROTECT, related_name="versions", verbose_name="一人一策")
    number = models.PositiveSmallIntegerField("第几版")
    content = EncryptedTextField("内容")
    paper = models.ForeignKey(Paper, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="纸质表")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="打印人")
    made_at = models.DateTimeField("留存时间", db_default=Now())

    objects = VersionQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = "一人一策版本"
        verbose_name_plural = "一人一策版本"
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="planversion_once")]

    def __str__(self) -> str:
        return f"第 {self.number} 版"


class WordTemplate(Record):
    """A bureau's own layout of a paper. `unit` empty: for everybody; the nearest unit above wins. Taking it out of use
    (voiding) brings the shipped layout back. The file is an encrypted attachment, checked before it is kept."""

    kind = models.CharField("哪种表", max_length=10, choices=TemplateKind, default=TemplateKind.PLAN)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="哪个单位用",
        help_text="不填就是全市都用",
    )  # fmt: skip
    file = models.ForeignKey(Attachment, models.PROTECT, related_name="+", editable=False, verbose_name="模板文件")
    note = models.CharField("说明", max_length=200, blank=True, db_default="")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False, verbose_name="上传人"
    )

    class Meta(Record.Meta):
        verbose_name = "Word 模板"
        verbose_name_plural = "Word 模板"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "unit"],
                condition=Q(voided_at__isnull=True),
                nulls_distinct=False,
                name="wordtemplate_once",
                violation_error_message="这个单位已经有一份在用的模板。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}　{self.unit or '全市'}"
