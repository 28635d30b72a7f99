"""What happened to a person."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.common.choices import Source
from apps.common.fields import EncryptedTextField, PartialDateField
from apps.common.models import Record
from apps.organisation.models import Unit
from apps.people.models import Person
from apps.registry.choices import LifeEventKind, LifeEventState


class LifeEvent(Record):
    """Something that happened to a person. `reported` waits for a clerk; `confirmed` has taken effect through the
    life socket; undoing reopens exactly the rows that carry it in `closed_by_event`."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="life_events", verbose_name="人员")
    kind = models.CharField("情况", max_length=10, choices=LifeEventKind)
    state = models.CharField("状态", max_length=10, choices=LifeEventState, default=LifeEventState.REPORTED)
    happened_on = PartialDateField("发生时间")
    hospital = models.CharField("医院", max_length=80, blank=True, db_default="")
    ward = models.CharField("科室床位", max_length=60, blank=True, db_default="")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="调入单位")
    document_no = models.CharField("文号", max_length=80, blank=True, db_default="")
    address = EncryptedTextField("新地址")
    former_address = EncryptedTextField("原地址")
    detail = EncryptedTextField("详细情况")
    source = models.CharField("信息来源", max_length=10, choices=Source, default=Source.STAFF, db_default="staff")
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="报告人"
    )
    reported_at = models.DateTimeField("报告时间", db_default=Now())
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="核实人",
    )
    decided_at = models.DateTimeField("核实时间", null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="撤销人",
    )
    undone_at = models.DateTimeField("撤销时间", null=True, blank=True)
    # Sentences on what undoing could not put back, for staff to see to; `settled_at` when somebody has.
    loose_ends = models.JSONField("没有恢复的", default=list, db_default=[], editable=False)
    settled_at = models.DateTimeField("善后时间", null=True, blank=True, editable=False)
    # What the person's and cadre's own columns were before, so that undo puts back exactly that.
    before = models.JSONField("此前的值", default=dict, editable=False)

    class Meta(Record.Meta):
        verbose_name = "人员变动"
        verbose_name_plural = "人员变动"
        ordering = ["-happened_on", "-id"]
        permissions = [("confirm_lifeevent", "核实人员变动")]
        indexes = [
            models.Index(fields=["state", "kind"], name="lifeevent_state"),
            models.Index(fields=["person", "-happened_on"], name="lifeevent_person"),
            models.Index(
                fields=["person"],
                name="lifeevent_loose",
                condition=~Q(loose_ends=[]) & Q(settled_at__isnull=True),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(kind="died", state="confirmed"),
                name="lifeevent_one_death",
                violation_error_message="这位老同志的离世已经登记。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.get_kind_display()}"
