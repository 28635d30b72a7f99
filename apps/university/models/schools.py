"""Schools of the four levels, where they teach, and their rooms."""

from django.db import models
from django.db.models import Q

from apps.common import history
from apps.common.models import Record
from apps.organisation.models import Community, Division, Unit
from apps.university.choices.schools import Admits, SchoolLevel

from .scoped import OfCampuses, OfSchools, OfUnits


@history.track()
class School(Record):
    """A senior university or one of its branch schools. `unit` answers for it: whose role reaches that unit sees it."""

    name = models.CharField("校名", max_length=80)
    short_name = models.CharField("简称", max_length=30, blank=True, db_default="")
    level = models.CharField("层级", max_length=8, choices=SchoolLevel)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="schools", verbose_name="主管单位")
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="branches", verbose_name="上级学校"
    )
    division = models.ForeignKey(
        Division, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="所在区划"
    )
    admits = models.CharField("招收对象", max_length=8, choices=Admits, default=Admits.ELDERS)
    address = models.CharField("地址", max_length=120)
    phone = models.CharField("电话", max_length=40)
    phone_hours = models.CharField("接听时间", max_length=60, blank=True, db_default="")
    introduction = models.TextField("简介", max_length=2000, blank=True, db_default="")
    opened_on = models.DateField("成立日期", null=True, blank=True)
    closed_on = models.DateField("停办日期", null=True, blank=True)
    position = models.PositiveIntegerField("排序", default=0)

    objects = OfUnits.as_manager()

    class Meta(Record.Meta):
        verbose_name = "学校"
        verbose_name_plural = "学校"
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                condition=Q(voided_at__isnull=True),
                name="school_name",
                violation_error_message="已经有同名的学校。",
            )
        ]

    def __str__(self) -> str:
        return self.short_name or self.name


class Campus(Record):
    """A place where a school teaches (校区、教学点)."""

    school = models.ForeignKey(School, models.PROTECT, related_name="campuses", verbose_name="学校")
    name = models.CharField("校区、教学点", max_length=60)
    address = models.CharField("地址", max_length=120)
    how_to_get_there = models.CharField(
        "怎么去", max_length=200, blank=True, db_default="", help_text="公交、地铁、停车"
    )
    phone = models.CharField("电话", max_length=40, blank=True, db_default="")
    community = models.ForeignKey(
        Community, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="所在社区"
    )
    closed_on = models.DateField("停用日期", null=True, blank=True)

    objects = OfSchools.as_manager()

    class Meta(Record.Meta):
        verbose_name = "校区、教学点"
        verbose_name_plural = "校区、教学点"
        ordering = ["school", "name", "id"]

    def __str__(self) -> str:
        return self.name


class Room(Record):
    """A room to teach in, or where people take part (教室、活动室). `lift`: reached without stairs."""

    campus = models.ForeignKey(Campus, models.PROTECT, related_name="rooms", verbose_name="校区")
    name = models.CharField("教室", max_length=40)
    floor = models.SmallIntegerField("楼层", default=1)
    seats = models.PositiveSmallIntegerField("座位数")
    lift = models.BooleanField("不用爬楼", default=False, help_text="在一楼或有电梯")
    equipment = models.CharField("设备", max_length=200, blank=True, db_default="")
    closed_on = models.DateField("停用日期", null=True, blank=True)

    objects = OfCampuses.as_manager()

    class Meta(Record.Meta):
        verbose_name = "教室"
        verbose_name_plural = "教室"
        ordering = ["campus", "name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["campus", "name"],
                condition=Q(voided_at__isnull=True),
                name="room_name",
                violation_error_message="这个校区已经有同名的教室。",
            )
        ]

    def __str__(self) -> str:
        return self.name
