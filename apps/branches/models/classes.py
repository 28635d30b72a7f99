"""Training classes for secretaries and committee members (domain 1.1: 一年一次书记培训班). Nobody is obliged."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from apps.branches.choices import PostKind
from apps.common import history
from apps.common.models import Record
from apps.organisation.models import Unit
from apps.people.models import Person

from .organisations import Organisation


@history.track()
class SecretaryClass(Record):
    """`last_on` is the last day itself; the class belongs to the year in which it begins."""

    title = models.CharField("培训班名称", max_length=120)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="主办单位")
    starts_on = models.DateField("开始日期")
    last_on = models.DateField("结束日期（含）")
    hours = models.DecimalField("学时", max_digits=5, decimal_places=1, validators=[MinValueValidator(0)], default=0)
    place = models.CharField("地点", max_length=120, blank=True, db_default="")
    note = models.CharField("备注", max_length=200, blank=True, db_default="")

    class Meta(Record.Meta):
        verbose_name = "书记培训班"
        verbose_name_plural = "书记培训班"
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_on__gte=F("starts_on")),
                name="secretaryclass_order",
                violation_error_message="结束日期不能早于开始日期。",
            ),
        ]
        indexes = [models.Index(fields=["unit", "starts_on"], name="secretaryclass_unit")]

    def __str__(self) -> str:
        return self.title


class ClassSeat(models.Model):
    """Somebody invited to a class with the post he held then; struck off rather than voided, with an audit entry."""

    secretary_class = models.ForeignKey(SecretaryClass, models.PROTECT, related_name="seats", verbose_name="培训班")
    person = models.ForeignKey(Person, models.PROTECT, related_name="class_seats", verbose_name="姓名")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="党组织")
    post_kind = models.CharField("职务", max_length=12, choices=PostKind)
    attended = models.BooleanField("到课", default=False, db_default=False)
    certificate_no = models.CharField("结业证编号", max_length=40, blank=True, db_default="")

    class Meta:
        verbose_name = "参训人员"
        verbose_name_plural = "参训人员"
        ordering = ["secretary_class_id", "id"]
        constraints = [models.UniqueConstraint(fields=["secretary_class", "person"], name="classseat_once")]
        indexes = [models.Index(fields=["person"], condition=Q(attended=True), name="classseat_attended")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.secretary_class_id}"
