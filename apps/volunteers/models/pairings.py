"""Surrogate parents (代理家长): a volunteer and a child left behind, of whom nothing but initials is kept."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from apps.common import history
from apps.common.fields import EncryptedTextField
from apps.common.models import Record

from .scoped import OfUnits
from .volunteers import Volunteer

INITIALS = r"^[A-Z]{0,4}某{0,2}$"


@history.track(exclude=("notes",))
class SurrogatePairing(Record):
    """[starts_on, ends_on). `child`: initials only, held by constraint; no id, no phone, no address of a child.
    `consent_on`: day of the guardian's written consent, which stays on paper."""

    volunteer = models.ForeignKey(Volunteer, models.PROTECT, related_name="pairings", verbose_name="代理家长")
    child = models.CharField("孩子（姓名首字母）", max_length=6, help_text="例如 LXM 或 L某，不写姓名")
    school = models.CharField("学校", max_length=60)
    grade = models.CharField("年级", max_length=20, blank=True, db_default="", help_text="例如 四年级")
    starts_on = models.DateField("自何日起")
    ends_on = models.DateField("到何日（不含）", null=True, blank=True, editable=False)
    end_reason = models.CharField("结束原因", max_length=120, blank=True, db_default="", editable=False)
    consent_on = models.DateField("监护人书面同意日期", help_text="同意书原件存档，这里只记日期")
    notes = EncryptedTextField("备注")
    closed_by_event = models.BigIntegerField(null=True, blank=True, editable=False)

    class OfVolunteers(OfUnits):
        unit_path = "volunteer__unit"

    objects = OfVolunteers.as_manager()

    class Meta(Record.Meta):
        verbose_name = "代理家长结对"
        verbose_name_plural = "代理家长结对"
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(child__regex=INITIALS) & Q(child__gt=""),
                name="surrogatepairing_initials",
                violation_error_message="孩子只写姓名的拼音首字母（最多四个字母）或“某”，不写名字。",
            ),
            models.CheckConstraint(
                condition=Q(consent_on__lte=F("starts_on")),
                name="surrogatepairing_consent",
                violation_error_message="监护人同意在先，结对在后：同意日期不能晚于结对日期。",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="surrogatepairing_order",
                violation_error_message="结束日期要晚于结对日期。",
            ),
            models.UniqueConstraint(
                fields=["volunteer", "child", "school"],
                condition=Q(voided_at__isnull=True, ends_on__isnull=True),
                name="surrogatepairing_once",
                violation_error_message="他们已经结对。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.child} {self.school}"


@history.track()
class PairingContact(Record):
    """One contact between the two, in a sentence. `public_id` is the form's key."""

    pairing = models.ForeignKey(SurrogatePairing, models.PROTECT, related_name="contacts", verbose_name="结对")
    on = models.DateField("日期")
    words = models.CharField("做了什么", max_length=300)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False, verbose_name="登记人"
    )

    class OfPairings(OfUnits):
        unit_path = "pairing__volunteer__unit"

    objects = OfPairings.as_manager()

    class Meta(Record.Meta):
        verbose_name = "联系记录"
        verbose_name_plural = "联系记录"
        ordering = ["-on", "-id"]
        indexes = [models.Index(fields=["pairing", "-on"], name="pairingcontact_pairing")]

    def __str__(self) -> str:
        return f"{self.on}"
