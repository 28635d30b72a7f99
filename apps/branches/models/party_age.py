"""What in a member's party life decides his party age, and the yearly lists of the 50-year medal (domain 3.3)."""

import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from apps.branches.choices import MedalBatchState, MedalForm, MedalState, PartyEventKind
from apps.branches.rules.party_age import Start, age_words
from apps.common import history
from apps.common.fields import PartialDateField
from apps.common.models import Record
from apps.people.models import Person

from .organisations import Organisation


@history.track()
class PartyEvent(Record):
    """One event of a person's party life, by a document. `full_on`: day of 转正 after joining again."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="party_events", verbose_name="党员")
    kind = models.CharField("经历", max_length=8, choices=PartyEventKind)
    on = PartialDateField("时间")
    full_on = PartialDateField("重新入党后的转正时间", null=True, blank=True)
    document_no = models.CharField("依据的文件或档案材料", max_length=120)
    note = models.CharField("备注", max_length=200, blank=True, db_default="")

    class Meta(Record.Meta):
        verbose_name = "党内经历"
        verbose_name_plural = "党内经历（影响党龄的）"
        ordering = ["person_id", "on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind", "on"],
                condition=Q(voided_at__isnull=True),
                name="partyevent_once",
                violation_error_message="这件事已经登记过了。",
            ),
            models.CheckConstraint(
                condition=Q(full_on__isnull=True) | Q(kind="rejoined"),
                name="partyevent_full_of_rejoined",
                violation_error_message="只有重新入党的才填重新入党后的转正时间。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.on}"


@history.track()
class MedalBatch(Record):
    """The list of one year's medals. `built_on`: when it was last worked out from the registry."""

    year = models.PositiveSmallIntegerField("年份")
    state = models.CharField("进度", max_length=10, choices=MedalBatchState, default=MedalBatchState.PREPARING)
    built_on = models.DateField("名单更新日期", null=True, blank=True, editable=False)
    document_no = models.CharField("审批文号", max_length=80, blank=True, db_default="")
    note = models.CharField("备注", max_length=200, blank=True, db_default="")

    class Meta(Record.Meta):
        verbose_name = "光荣在党50年批次"
        verbose_name_plural = "光荣在党50年"
        ordering = ["-year"]
        constraints = [
            models.UniqueConstraint(
                fields=["year"],
                condition=Q(voided_at__isnull=True),
                name="medalbatch_one_a_year",
                violation_error_message="这一年的批次已经建好了。",
            ),
            models.CheckConstraint(
                condition=Q(year__gte=2021, year__lte=2199),
                name="medalbatch_year",
                violation_error_message="纪念章从2021年开始颁发，年份填四位数。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}年光荣在党50年"


@history.track()
class MedalCandidate(Record):
    """A member in a year's list. `organisation` is where he belonged when the list was made; `start_*` bound the day
    his party age counts from (equal when certain); `why` is the sentence for whoever decides."""

    batch = models.ForeignKey(MedalBatch, models.PROTECT, related_name="candidates", verbose_name="批次")
    person = models.ForeignKey(Person, models.PROTECT, related_name="medals", verbose_name="党员")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="medal_candidates", verbose_name="所在党组织"
    )
    start_earliest = models.DateField("党龄最早从何日算起")
    start_latest = models.DateField("党龄最晚从何日算起")
    why = models.CharField("依据", max_length=200)
    state = models.CharField("状态", max_length=8, choices=MedalState, default=MedalState.PROPOSED)
    behaved_well = models.BooleanField("一贯表现良好", db_default=False, default=False)
    behaved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审核人"
    )
    behaved_on = models.DateField("审核日期", null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="核定人"
    )
    decided_on = models.DateField("核定日期", null=True, blank=True)
    decision_note = models.CharField("核定意见", max_length=200, blank=True, db_default="")
    form = models.CharField("颁发方式", max_length=8, choices=MedalForm, blank=True, db_default="")
    delivered_on = models.DateField("颁发日期", null=True, blank=True)
    deliverer = models.CharField("颁发人", max_length=60, blank=True, db_default="")
    serial_no = models.CharField("纪念章编号", max_length=30, blank=True, db_default="")
    issued_on = models.DateField("登记颁发的日期", null=True, blank=True, editable=False)

    class Meta(Record.Meta):
        verbose_name = "纪念章人选"
        verbose_name_plural = "纪念章人选"
        ordering = ["organisation_id", "person_id"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "person"], name="medalcandidate_once"),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(state="issued", voided_at__isnull=True),
                name="medalcandidate_one_medal",
                violation_error_message="他已经领过纪念章。",
            ),
            models.CheckConstraint(
                condition=Q(start_latest__gte=F("start_earliest")), name="medalcandidate_start_order"
            ),
            models.CheckConstraint(
                condition=~Q(state="issued") | Q(delivered_on__isnull=False, issued_on__isnull=False),
                name="medalcandidate_issued_has_day",
            ),
            models.CheckConstraint(
                condition=Q(behaved_well=False) | Q(behaved_on__isnull=False), name="medalcandidate_review_has_day"
            ),
        ]
        indexes = [
            models.Index(fields=["batch", "state", "organisation"], name="medalcandidate_list"),
            models.Index(fields=["organisation", "batch"], name="medalcandidate_of_branch"),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.batch.year}"

    def age_on(self, day: datetime.date) -> str:
        """Party age on a day in words."""
        return age_words(Start(self.start_earliest, self.start_latest, self.why), day)

    @property
    def is_open(self) -> bool:
        """Nobody has decided yet."""
        return self.state in (MedalState.PROPOSED, MedalState.DOUBTFUL)
