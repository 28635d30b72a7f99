"""一人一策: what a person needs, what was promised, who does it by when, and whether it was kept."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from apps.common import history
from apps.common.choices import Source
from apps.common.models import Attachment, Record
from apps.ledgers.choices import MeasureDrop, NeedOutcome, Satisfaction, Section, Urgency
from apps.registry.models import Cadre, LifeEvent
from apps.volunteers.models import ServiceRequest

from .care import OfVisibleCadres
from .contacts import Contact
from .inquiries import Inquiry


@history.track()
class ServicePlan(Record):
    """The plan of one cadre for one calendar year. It shows the needs that were open in that year; carrying it over
    makes the plan of the next year and leaves every need where it is."""

    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="plans", db_index=False, verbose_name="老干部")
    year = models.PositiveSmallIntegerField("年度")
    summary = models.CharField("情况摘要", max_length=1000, blank=True, db_default="")
    wishes = models.CharField("本人和家属的愿望", max_length=500, blank=True, db_default="")
    carried_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="carried_to", editable=False, verbose_name="接自"
    )
    photo = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", editable=False, verbose_name="照片"
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False, verbose_name="制定人"
    )
    closed_on = models.DateField("结束日期", null=True, blank=True, editable=False)
    closed_by_event = models.ForeignKey(
        LifeEvent, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, editable=False
    )

    objects = OfVisibleCadres.as_manager()

    class Meta(Record.Meta):
        verbose_name = "一人一策"
        verbose_name_plural = "一人一策"
        ordering = ["-year", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["cadre", "year"],
                condition=Q(voided_at__isnull=True),
                name="serviceplan_once",
                violation_error_message="这位老同志这一年已经有一人一策。",
            )
        ]
        indexes = [models.Index(fields=["year", "cadre"], name="serviceplan_year")]

    def __str__(self) -> str:
        return f"{self.year}年一人一策"


class NeedQuerySet(OfVisibleCadres):
    def standing(self):
        """Not voided."""
        return self.filter(voided_at__isnull=True)

    def open(self):
        return self.standing().filter(closed_on__isnull=True)

    def in_year(self, year: int):
        """Open at some time in a calendar year."""
        over = Q(closed_on__isnull=False, closed_on__year__lt=year)
        return self.standing().filter(found_on__year__lte=year).exclude(over)


@history.track()
class Need(Record):
    """Something a cadre needs, in one of the five sections. Its state is derived (rules.needs), never typed.

    `category` is a code of the list `need_category`. `reply_by` is the last day to tell him what will be done, and
    `replied_on` the day he was told; `finish_by` is the last day in time for the whole of it. Closed with an outcome
    and the contact in which he was told (`closing_contact`); a life event that closes it leaves its mark, so that its
    undoing opens exactly these again. The words are those of the office: no illness in them.
    """

    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="needs", db_index=False, verbose_name="老干部")
    section = models.CharField("属于", max_length=10, choices=Section)
    category = models.CharField("哪方面", max_length=12)
    description = models.CharField("需要什么", max_length=500)
    source = models.CharField("怎样知道的", max_length=10, choices=Source, default=Source.STAFF, db_default="staff")
    found_contact = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, related_name="needs_found", verbose_name="走访中发现"
    )
    inquiry = models.ForeignKey(
        Inquiry, models.PROTECT, null=True, blank=True, related_name="needs_found", verbose_name="来电来访中提出"
    )
    urgency = models.CharField("缓急", max_length=6, choices=Urgency, default=Urgency.SOON, db_default="soon")
    found_on = models.DateField("哪天发现")
    reply_by = models.DateField("答复期限", null=True, blank=True)
    replied_on = models.DateField("答复日期", null=True, blank=True, editable=False)
    finish_by = models.DateField("办结期限", null=True, blank=True)
    outcome = models.CharField("结果", max_length=10, choices=NeedOutcome, blank=True, db_default="", editable=False)
    outcome_note = models.CharField("结果说明", max_length=300, blank=True, db_default="", editable=False)
    satisfaction = models.CharField(
        "本人是否满意", max_length=8, choices=Satisfaction, blank=True, db_default="", editable=False
    )
    closing_contact = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, related_name="needs_closed", editable=False,
        verbose_name="回复记录",
    )  # fmt: skip
    closed_on = models.DateField("办结日期", null=True, blank=True, editable=False)
    closed_by_event = models.ForeignKey(
        LifeEvent, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, editable=False
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False, verbose_name="登记人"
    )

    objects = NeedQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = "需求"
        verbose_name_plural = "需求"
        ordering = ["-found_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("found_on")),
                name="need_order",
                violation_error_message="办结日期不能早于发现日期。",
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True, outcome="") | (Q(closed_on__isnull=False) & ~Q(outcome="")),
                name="need_closed_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["cadre", "-found_on"], name="need_cadre"),
            models.Index(
                fields=["reply_by", "cadre"],
                name="need_open",
                condition=Q(closed_on__isnull=True, voided_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.description[:30]


class MeasureQuerySet(models.QuerySet):
    def standing(self):
        return self.filter(voided_at__isnull=True)

    def open(self):
        """Neither done nor dropped."""
        return self.standing().filter(done_on__isnull=True, dropped_on__isnull=True)

    def visible_to(self, user, permission: str = "ledgers.view_need"):
        """Measures of needs of cadres whom the user may see."""
        return self.filter(need__cadre__in=Cadre.objects.current().visible_to(user, permission).values("pk"))


@history.track()
class Measure(Record):
    """One promise: what is done for a need, by whom (`provider`, who does it; `owner`, who sees to it), by when.

    `due_on` is the last day in time. Done with a result, or dropped with a reason; neither means promised.
    `request`: by which volunteers were asked to do it, the last one. Cost in yuan. Status is derived (rules.needs).
    """

    need = models.ForeignKey(Need, models.PROTECT, related_name="measures", verbose_name="需求")
    what = models.CharField("做什么", max_length=200)
    provider = models.CharField("由谁来做", max_length=100, blank=True, db_default="")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="owned_measures", db_index=False, verbose_name="责任人"
    )
    due_on = models.DateField("办到哪天")
    done_on = models.DateField("办好日期", null=True, blank=True, editable=False)
    result = models.CharField("办得怎样", max_length=300, blank=True, db_default="", editable=False)
    cost = models.DecimalField("花费（元）", max_digits=10, decimal_places=2, null=True, blank=True)
    dropped_on = models.DateField("不再办的日期", null=True, blank=True, editable=False)
    drop_reason = models.CharField(
        "为什么不再办", max_length=10, choices=MeasureDrop, blank=True, db_default="", editable=False
    )
    drop_note = models.CharField("说明", max_length=200, blank=True, db_default="", editable=False)
    closed_by_event = models.ForeignKey(
        LifeEvent, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, editable=False
    )
    request = models.ForeignKey(
        ServiceRequest, models.PROTECT, null=True, blank=True, related_name="measures", editable=False,
        verbose_name="请志愿者帮忙",
    )  # fmt: skip
    promised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False, verbose_name="定办法的人"
    )

    objects = MeasureQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = "办法"
        verbose_name_plural = "办法"
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_on__isnull=True) | Q(dropped_on__isnull=True), name="measure_one_end"
            ),
            models.CheckConstraint(
                condition=Q(dropped_on__isnull=True, drop_reason="")
                | (Q(dropped_on__isnull=False) & ~Q(drop_reason="")),
                name="measure_dropped_whole",
            ),
            models.CheckConstraint(
                condition=Q(cost__isnull=True) | Q(cost__gte=0),
                name="measure_cost",
                violation_error_message="花费不能是负数。",
            ),
        ]
        indexes = [
            models.Index(
                fields=["owner", "due_on"],
                name="measure_open",
                condition=Q(done_on__isnull=True, dropped_on__isnull=True, voided_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return self.what[:30]
