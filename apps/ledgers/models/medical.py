"""Stays in hospital, yearly check-ups, and medicines of whoever agreed that they are written down."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from apps.common import history
from apps.common.choices import Source
from apps.common.fields import EncryptedTextField
from apps.common.models import Record
from apps.ledgers.choices.medical import CheckUpState, Insured, StayResult
from apps.people.models import Consent
from apps.registry.models import Cadre, LifeEvent

from .care import OfVisibleCadres


class StayQuerySet(OfVisibleCadres):
    def standing(self):
        return self.filter(voided_at__isnull=True)

    def open(self):
        """In hospital now."""
        return self.standing().filter(discharged_on__isnull=True)


@history.track(exclude=("condition", "outcome_note"))
class HospitalStay(Record):
    """住院登记: one stay. It hangs on the life events that admit and discharge him (`admitted_by`, `discharged_by`):
    whichever way an admission is told, by staff here or by a branch, there is one event, one stay and its visits.

    Discharged on the day of leaving. At most one open stay a cadre; an admission to another hospital ends the standing
    one as 转院, a death as 离世, each to be opened again by the undoing of its event. Read behind
    `registry.view_health`.
    """

    cadre = models.ForeignKey(
        Cadre, models.PROTECT, related_name="hospital_stays", db_index=False, verbose_name="老同志"
    )
    hospital = models.CharField("医院", max_length=80, blank=True, db_default="")
    department = models.CharField("科室", max_length=60, blank=True, db_default="")
    bed = models.CharField("床位", max_length=20, blank=True, db_default="")
    admitted_on = models.DateField("入院日期")
    discharged_on = models.DateField("出院日期", null=True, blank=True, editable=False)
    condition = EncryptedTextField("病情")
    result = models.CharField("治疗结果", max_length=10, choices=StayResult, blank=True, db_default="", editable=False)
    outcome_note = EncryptedTextField("出院情况")
    source = models.CharField("怎样知道的", max_length=10, choices=Source, default=Source.STAFF, db_default="staff")
    admitted_by = models.OneToOneField(
        LifeEvent, models.PROTECT, related_name="hospital_stay", editable=False, verbose_name="住院登记"
    )
    discharged_by = models.ForeignKey(
        LifeEvent, models.PROTECT, null=True, blank=True, related_name="ended_stays", editable=False,
        verbose_name="出院登记",
    )  # fmt: skip
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False, verbose_name="登记人"
    )

    objects = StayQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = "住院"
        verbose_name_plural = "住院"
        ordering = ["-admitted_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["cadre"],
                condition=Q(discharged_on__isnull=True, voided_at__isnull=True),
                name="hospitalstay_one_open",
            ),
            models.CheckConstraint(
                condition=Q(discharged_on__isnull=True) | Q(discharged_on__gte=F("admitted_on")),
                name="hospitalstay_order",
                violation_error_message="出院日期不能早于入院日期。",
            ),
        ]
        indexes = [
            models.Index(fields=["cadre", "-admitted_on"], name="hospitalstay_cadre"),
            models.Index(
                fields=["admitted_on", "cadre"],
                name="hospitalstay_open",
                condition=Q(discharged_on__isnull=True, voided_at__isnull=True),
            ),
            models.Index(fields=["-admitted_on"], name="hospitalstay_when"),
        ]

    def __str__(self) -> str:
        return f"{self.admitted_on:%Y-%m-%d} 住院"


@history.track(exclude=("findings",))
class CheckUp(Record):
    """体检 of one calendar year: done, refused, or not possible; one a person and year."""

    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="check_ups", verbose_name="老同志")
    year = models.PositiveSmallIntegerField("年度")
    state = models.CharField("情况", max_length=10, choices=CheckUpState)
    done_on = models.DateField("体检日期", null=True, blank=True)
    place = models.CharField("体检机构", max_length=80, blank=True, db_default="")
    reason = models.CharField("没参加的原因", max_length=100, blank=True, db_default="")
    findings = EncryptedTextField("体检结果")
    recheck_by = models.DateField("复查期限", null=True, blank=True, help_text="有异常要复查才填")
    rechecked_on = models.DateField("已复查", null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False, verbose_name="登记人"
    )

    objects = OfVisibleCadres.as_manager()

    class Meta(Record.Meta):
        verbose_name = "体检"
        verbose_name_plural = "体检"
        ordering = ["-year", "-done_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["cadre", "year"],
                condition=Q(voided_at__isnull=True),
                name="checkup_once",
                violation_error_message="这位老同志这一年的体检已经登记。",
            ),
            models.CheckConstraint(
                condition=Q(state="done", done_on__isnull=False) | (~Q(state="done") & Q(done_on__isnull=True)),
                name="checkup_day",
                violation_error_message="已体检的要填日期，没体检的不填。",
            ),
        ]
        indexes = [
            models.Index(fields=["year", "cadre"], name="checkup_year", condition=Q(voided_at__isnull=True)),
            models.Index(
                fields=["recheck_by"],
                name="checkup_recheck",
                condition=Q(recheck_by__isnull=False, rechecked_on__isnull=True, voided_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}年体检"


@history.track(exclude=("name", "usage"))
class Medicine(Record):
    """A medicine taken for long, written down only where the person agreed (`consent`, never empty); when he takes
    his consent back, name and usage are emptied and the row is voided."""

    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="medicines", verbose_name="老同志")
    consent = models.ForeignKey(Consent, models.PROTECT, related_name="+", editable=False, verbose_name="本人同意")
    name = EncryptedTextField("药名")
    usage = EncryptedTextField("用法用量")
    insured = models.CharField("医保", max_length=10, choices=Insured, blank=True, db_default="")
    since = models.DateField("自何日起", null=True, blank=True)
    stopped_on = models.DateField("停药日期", null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False, verbose_name="登记人"
    )

    objects = OfVisibleCadres.as_manager()

    class Meta(Record.Meta):
        verbose_name = "长期用药"
        verbose_name_plural = "长期用药"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(voided_at__isnull=False) | Q(name__isnull=False), name="medicine_named"),
            models.CheckConstraint(
                condition=Q(stopped_on__isnull=True) | Q(since__isnull=True) | Q(stopped_on__gte=F("since")),
                name="medicine_order",
                violation_error_message="停药日期不能早于开始日期。",
            ),
        ]

    def __str__(self) -> str:
        return "长期用药"
