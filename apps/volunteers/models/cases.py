"""Case logs: legal aid, consultation of 老科协 and 老年保协, mediation."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from apps.common import history
from apps.common.fields import EncryptedTextField
from apps.common.models import Record
from apps.organisation.models import Unit
from apps.people.models import Person
from apps.volunteers.choices.posts import CaseOutcome

from .scoped import OfUnits


@history.track(exclude=("details", "outcome_words"))
class CaseLog(Record):
    """A matter that somebody took on. `parties`: initials or numbers only, never names (rule book 10.55); `details`
    and `outcome_words` are kept encrypted, and whoever opens them leaves an audit entry. `kind` is a code of the list
    `case_kind`."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="登记单位")
    handler = models.ForeignKey(Person, models.PROTECT, related_name="cases_handled", verbose_name="承办的老同志")
    others = models.CharField("一同承办", max_length=80, blank=True, db_default="", help_text="同事、律师等，写姓名")
    kind = models.CharField("类别", max_length=12)
    taken_on = models.DateField("受理日期")
    parties = models.CharField(
        "当事人代号", max_length=40, help_text="只写姓氏字母或编号，例如 L与W、甲3号；不写姓名、电话、证件号"
    )
    subject = models.CharField("事由", max_length=60, help_text="一句话，不写姓名，例如 邻里漏水赔偿")
    details = EncryptedTextField("详情")
    outcome = models.CharField("结果", max_length=8, choices=CaseOutcome, blank=True, db_default="", editable=False)
    outcome_words = EncryptedTextField("结果说明")
    closed_on = models.DateField("办结日期", null=True, blank=True, editable=False)

    objects = OfUnits.as_manager()

    class Meta(Record.Meta):
        verbose_name = "咨询调解台账"
        verbose_name_plural = "咨询调解台账"
        ordering = ["-taken_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("taken_on")),
                name="caselog_order",
                violation_error_message="办结日期不能早于受理日期。",
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True, outcome="") | (Q(closed_on__isnull=False) & ~Q(outcome="")),
                name="caselog_outcome",
                violation_error_message="办结要写结果。",
            ),
        ]
        indexes = [models.Index(fields=["unit", "-taken_on"], name="caselog_unit")]

    def __str__(self) -> str:
        return f"{self.parties} {self.subject}"


class CaseStep(models.Model):
    """What was done in a case on a day; encrypted. Never changed: a mistake is followed by another step."""

    public_id = models.UUIDField("编号", unique=True, editable=False)
    case = models.ForeignKey(CaseLog, models.PROTECT, related_name="steps", verbose_name="案件")
    on = models.DateField("日期")
    words = EncryptedTextField("做了什么")
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="登记人"
    )

    class Meta:
        verbose_name = "办理经过"
        verbose_name_plural = "办理经过"
        ordering = ["on", "id"]

    def __str__(self) -> str:
        return f"{self.on}"
