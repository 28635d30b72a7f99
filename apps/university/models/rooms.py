"""办学条件: what stands in a room, in what state, and what is being repaired."""

from django.db import models
from django.db.models import F, Q

from apps.common.models import Record
from apps.university.choices.rooms import Condition, RepairState

from .schools import Room
from .scoped import OfRooms


class Equipment(Record):
    """Things of one kind in a room: 桌椅、饮水机、投影."""

    room = models.ForeignKey(Room, models.PROTECT, related_name="things", verbose_name="教室")
    name = models.CharField("物品", max_length=40)
    quantity = models.PositiveSmallIntegerField("数量", default=1)
    condition = models.CharField("状况", max_length=8, choices=Condition, default=Condition.GOOD)
    bought_on = models.DateField("购置日期", null=True, blank=True)
    checked_on = models.DateField("清点日期", null=True, blank=True)
    note = models.CharField("说明", max_length=120, blank=True, db_default="")

    objects = OfRooms.as_manager()

    class Meta(Record.Meta):
        verbose_name = "教室设备"
        verbose_name_plural = "教室设备"
        ordering = ["room", "name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gte=1), name="equipment_quantity", violation_error_message="数量至少是 1。"
            )
        ]

    def __str__(self) -> str:
        return self.name


class RoomRepair(Record):
    """Something broken: 报修 → 派修 → 修好, or given up. `cost` in yuan."""

    room = models.ForeignKey(Room, models.PROTECT, related_name="repairs", verbose_name="教室")
    thing = models.ForeignKey(
        Equipment, models.PROTECT, null=True, blank=True, related_name="repairs", verbose_name="哪件设备"
    )
    trouble = models.CharField("坏了什么", max_length=200)
    reported_on = models.DateField("报修日期")
    reporter = models.CharField("谁报的", max_length=30)
    state = models.CharField("进度", max_length=8, choices=RepairState, default=RepairState.REPORTED, editable=False)
    ordered_on = models.DateField("派修日期", null=True, blank=True, editable=False)
    repairer = models.CharField("谁来修", max_length=60, blank=True, db_default="", editable=False)
    done_on = models.DateField("修好日期", null=True, blank=True, editable=False)
    cost = models.DecimalField("费用（元）", max_digits=9, decimal_places=2, null=True, blank=True, editable=False)
    result = models.CharField("结果", max_length=200, blank=True, db_default="", editable=False)

    objects = OfRooms.as_manager()

    class Meta(Record.Meta):
        verbose_name = "报修"
        verbose_name_plural = "报修"
        ordering = ["-reported_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(ordered_on__isnull=True) | Q(ordered_on__gte=F("reported_on")))
                & (Q(done_on__isnull=True) | Q(done_on__gte=F("reported_on"))),
                name="roomrepair_order",
                violation_error_message="派修、修好的日期不能早于报修日期。",
            ),
            models.CheckConstraint(
                condition=Q(cost__isnull=True) | Q(cost__gte=0),
                name="roomrepair_cost",
                violation_error_message="费用不能是负数。",
            ),
        ]

    def __str__(self) -> str:
        return self.trouble
