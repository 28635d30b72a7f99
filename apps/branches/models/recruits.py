"""入党申请 of non-members and the steps of 发展党员, in formal branches only (domain 2.2.1)."""

from django.db import models
from django.db.models import Q

from apps.branches.choices import RecruitStage
from apps.branches.rules.capability import Capability
from apps.branches.rules.recruits import OPEN_STAGES
from apps.common import history
from apps.people.models import Person
from apps.registry.models import LifeEvent

from .capable import Capable, capability_trigger
from .entered import Entered
from .memberships import Membership
from .organisations import Organisation
from .steps import Step


class RecruitQuerySet(models.QuerySet):
    def open(self):
        return self.filter(stage__in=OPEN_STAGES, voided_at__isnull=True)


@history.track()
class Recruit(Capable, Entered):
    """One person's way into the party. `probation_until` is the first day on which he may be confirmed."""

    needs = Capability.RECRUIT

    person = models.ForeignKey(Person, models.PROTECT, related_name="recruitments", verbose_name="姓名")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="recruits", verbose_name="党支部")
    stage = models.CharField("阶段", max_length=12, choices=RecruitStage, default=RecruitStage.APPLIED)
    applied_on = models.DateField("递交申请书日期")
    activist_on = models.DateField("确定为积极分子", null=True, blank=True)
    candidate_on = models.DateField("确定为发展对象", null=True, blank=True)
    admitted_on = models.DateField("接收为预备党员", null=True, blank=True)
    probation_until = models.DateField("预备期到（不含）", null=True, blank=True)
    prolonged = models.BooleanField("延长过预备期", default=False, db_default=False)
    full_on = models.DateField("转正日期", null=True, blank=True)
    stopped_on = models.DateField("终止日期", null=True, blank=True)
    introducers = models.CharField("入党介绍人", max_length=80, blank=True, db_default="", help_text="两位，用顿号隔开")
    joined = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+", editable=False)
    closed_by_event = models.ForeignKey(
        LifeEvent, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    stage_before = models.CharField(max_length=12, blank=True, db_default="", editable=False)

    objects = RecruitQuerySet.as_manager()

    class Meta(Entered.Meta):
        verbose_name = "发展党员"
        verbose_name_plural = "入党申请和发展党员"
        ordering = ["-applied_on", "-id"]
        triggers = [
            *Entered.Meta.triggers,
            capability_trigger(
                Capability.RECRUIT,
                when="NEW.stage IN ('applied', 'activist', 'candidate', 'probationary') AND NEW.voided_at IS NULL",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(stage__in=OPEN_STAGES, voided_at__isnull=True),
                name="recruit_one_open",
                violation_error_message="他的入党申请已经登记，请在原来的那一条上办。",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "stage"], name="recruit_of_organisation"),
            models.Index(fields=["stage", "probation_until"], name="recruit_due"),
            models.Index(fields=["-applied_on", "-id"], name="recruit_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.get_stage_display()}"


class RecruitStep(Step):
    """`before` keeps what the person's file said, so that taking the step back restores exactly that."""

    recruit = models.ForeignKey(Recruit, models.CASCADE, related_name="steps", verbose_name="发展党员")
    stage = models.CharField("到哪一步", max_length=12, choices=RecruitStage)
    document_no = models.CharField("批复文号", max_length=60, blank=True, db_default="")
    before = models.JSONField(default=dict, editable=False)

    class Meta(Step.Meta):
        verbose_name = "发展步骤"
        verbose_name_plural = "发展步骤"
        indexes = [models.Index(fields=["recruit", "id"], name="recruitstep_recruit")]

    def __str__(self) -> str:
        return f"{self.on} {self.get_stage_display()}"
