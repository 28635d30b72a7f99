"""The trees that bound everything: divisions of the country, units, communities; and rule sets in force by unit."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from treebeard.mp_tree import MP_Node, MP_NodeManager, MP_NodeQuerySet

from apps.common.models import Record

from .choices import BarredKind, DayKind, DivisionLevel, UnitLevel, UnitNature


class Division(models.Model):
    """A division of GB/T 2260. Abolished codes stay, with `disabled_on`: old identity numbers carry them."""

    code = models.CharField("代码", max_length=12, primary_key=True)
    name = models.CharField("名称", max_length=60)
    full_name = models.CharField("全称", max_length=160)
    level = models.CharField("级别", max_length=10, choices=DivisionLevel)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级"
    )
    disabled_on = models.DateField("撤销日期", null=True, blank=True)

    class Meta:
        verbose_name = "行政区划"
        verbose_name_plural = "行政区划"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.full_name


class UnitQuerySet(MP_NodeQuerySet):
    def open(self):
        return self.filter(closed_on__isnull=True, voided_at__isnull=True)


class UnitManager(MP_NodeManager.from_queryset(UnitQuerySet)):
    def get_queryset(self):
        return UnitQuerySet(self.model, using=self._db).order_by("path")


class Unit(Record, MP_Node):
    """A unit that manages cadres: the bureau itself on top, district bureaus, departments, units (one tree)."""

    node_order_by: list[str] = []

    code = models.CharField("单位代码", max_length=30, unique=True)
    name = models.CharField("单位全称", max_length=100, unique=True)
    short_name = models.CharField("简称", max_length=40, blank=True, db_default="")
    aliases = ArrayField(
        models.CharField(max_length=100),
        verbose_name="导入时也认作",
        default=list,
        blank=True,
        help_text="旧名称、简称，用逗号分隔",
    )
    level = models.CharField("层级", max_length=10, choices=UnitLevel, default=UnitLevel.CITY)
    nature = models.CharField("单位性质", max_length=12, choices=UnitNature, default=UnitNature.ORGAN)
    division = models.ForeignKey(Division, models.PROTECT, null=True, blank=True, verbose_name="所在区划")
    phone = models.CharField("电话", max_length=40, blank=True, db_default="")
    position = models.PositiveIntegerField("排序", default=0)
    closed_on = models.DateField("撤并日期", null=True, blank=True)
    successor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="predecessors", verbose_name="并入单位"
    )

    objects = UnitManager()

    class Meta(Record.Meta):
        verbose_name = "单位"
        verbose_name_plural = "单位"

    def __str__(self) -> str:
        return self.name


class Community(Record):
    """A residential community (社区), by street and division: who serves the people living there."""

    name = models.CharField("社区", max_length=60)
    street = models.CharField("街道（乡镇）", max_length=60, blank=True, db_default="")
    division = models.ForeignKey(Division, models.PROTECT, verbose_name="区县")
    contact_name = models.CharField("联系人", max_length=30, blank=True, db_default="")
    contact_phone = models.CharField("联系电话", max_length=40, blank=True, db_default="")
    closed_on = models.DateField("撤并日期", null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = "社区"
        verbose_name_plural = "社区"
        ordering = ["division_id", "street", "name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["division", "street", "name"],
                condition=models.Q(voided_at__isnull=True),
                name="community_unique",
                violation_error_message="这个街道已经有同名社区。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.street}{self.name}"


class RuleSet(Record):
    """Numbers that differ by place and year, with the document they stand in.

    In force for a unit and everything below it from `effective_from` (inclusive) until the next set of the same
    kind and unit; the nearest ancestor wins; without any, the defaults of the kind's dataclass hold.
    """

    kind = models.CharField("规则", max_length=40)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, verbose_name="适用单位", help_text="空着表示全市"
    )
    effective_from = models.DateField("自何日起")
    document_no = models.CharField("文号", max_length=80, help_text="例如 云老干〔2026〕3号")
    values = models.JSONField("内容", default=dict)
    note = models.CharField("说明", max_length=300, blank=True, db_default="")

    class Meta(Record.Meta):
        verbose_name = "规则"
        verbose_name_plural = "规则和文号"
        ordering = ["kind", "-effective_from", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "unit", "effective_from"],
                condition=models.Q(voided_at__isnull=True),
                nulls_distinct=False,
                name="ruleset_unique",
                violation_error_message="同一单位同一天已经有这种规则，请修改那一条。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.effective_from} {self.document_no}"


class CalendarDay(Record):
    """A day on which the yearly notice on holidays departs from the week: off on a workday, worked on a weekend.

    A year without any row is not known yet, and pages say so instead of guessing.
    """

    day = models.DateField("日期")
    kind = models.CharField("安排", max_length=4, choices=DayKind)
    name = models.CharField("节日", max_length=30, blank=True, db_default="", help_text="例如 春节")
    document_no = models.CharField("文号", max_length=80, blank=True, db_default="")

    class Meta(Record.Meta):
        verbose_name = "节假日和调休"
        verbose_name_plural = "节假日和调休"
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(
                fields=["day"],
                condition=models.Q(voided_at__isnull=True),
                name="calendarday_once",
                violation_error_message="这一天已经登记过。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.get_kind_display()}"


class BarredEntry(Record):
    """A unit or a rank whose people must not be held in this system, by order of those who answer for secrecy.

    What names it is not written: by hand, by a roster or as a unit (`organisation.barred`).
    """

    kind = models.CharField("类别", max_length=4, choices=BarredKind)
    name = models.CharField("名称", max_length=60, help_text="内容里出现这几个字就不能登记，请写得足够具体")
    document_no = models.CharField("依据（文号）", max_length=80)
    reason = models.CharField("原因", max_length=200, blank=True, db_default="")

    class Meta(Record.Meta):
        verbose_name = "不得登记的单位和职级"
        verbose_name_plural = "不得登记的单位和职级"
        ordering = ["kind", "name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "name"],
                condition=models.Q(voided_at__isnull=True),
                name="barredentry_once",
                violation_error_message="这一条已经在清单里。",
            )
        ]

    def __str__(self) -> str:
        return self.name
