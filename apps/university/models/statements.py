"""Papers a student or his family signed, and breaches of discipline."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.common import history
from apps.common.models import Paper, Record
from apps.university.choices.statements import SignerRelation, StatementKind

from .schools import School
from .scoped import OfSchools
from .students import Student


@history.track()
class Statement(Record):
    """A paper that came back signed. The latest day of each kind stands on the student too (`services.statements`).

    `public_id` is the key of the form. `signer` is empty where the student himself signed.
    """

    student = models.ForeignKey(Student, models.PROTECT, related_name="statements", verbose_name="学员")
    school = models.ForeignKey(School, models.PROTECT, related_name="+", verbose_name="学校")
    kind = models.CharField("材料", max_length=8, choices=StatementKind)
    signed_on = models.DateField("签字日期")
    relation = models.CharField("谁签的", max_length=8, choices=SignerRelation, default=SignerRelation.SELF)
    signer = models.CharField("签字人姓名", max_length=60, blank=True, db_default="", default="")
    paper = models.ForeignKey(Paper, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="纸质表")
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False, verbose_name="登记人"
    )

    objects = OfSchools.as_manager()

    class Meta(Record.Meta):
        verbose_name = "学员书面材料"
        verbose_name_plural = "学员书面材料"
        ordering = ["-signed_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(relation="self") | ~Q(signer=""),
                name="statement_signer",
                violation_error_message="不是本人签的，请写签字人姓名。",
            )
        ]
        indexes = [models.Index(fields=["student", "kind"], name="statement_of_student")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}（{self.signed_on}）"


@history.track()
class Misconduct(Record):
    """违纪: what happened, and what came of it. Read and written under a right of its own."""

    student = models.ForeignKey(Student, models.PROTECT, related_name="misconducts", verbose_name="学员")
    school = models.ForeignKey(School, models.PROTECT, related_name="+", verbose_name="学校")
    happened_on = models.DateField("日期")
    cause = models.CharField("事由", max_length=200)
    handled = models.CharField("怎样处理", max_length=120, blank=True, db_default="", help_text="例如 谈话提醒、通报")
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False, verbose_name="登记人"
    )

    objects = OfSchools.as_manager()

    class Meta(Record.Meta):
        verbose_name = "违纪登记"
        verbose_name_plural = "违纪登记"
        ordering = ["-happened_on", "-id"]
        indexes = [models.Index(fields=["student"], name="misconduct_of_student")]

    def __str__(self) -> str:
        return f"{self.happened_on}"
