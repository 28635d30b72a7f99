"""Rooms with what stands in them, and repairs from report to done (办学条件)."""

import datetime as dt

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.html import format_html

from apps.common.admin import RecordInline
from apps.university.choices.rooms import Condition, RepairState
from apps.university.forms.rooms import FinishForm, OrderForm, ReasonForm, SureForm
from apps.university.models import ClassGroup, Equipment, Room, RoomRepair
from apps.university.rules.classes import Slot
from apps.university.services import rooms as services

from .base import Block, SchoolRecordAdmin, day, send_print, send_workbook

TONES = {RepairState.REPORTED: "late", RepairState.ORDERED: "soon", RepairState.DONE: "done", RepairState.DROPPED: ""}
CONDITION_TONES = {Condition.GOOD: "done", Condition.WORN: "soon", Condition.BROKEN: "late", Condition.GONE: ""}
COLUMNS = ("学校", "教室", "坏了什么", "报修", "谁报的", "进度", "谁来修", "修好", "费用（元）", "结果")


class EquipmentInline(RecordInline):
    model = Equipment
    extra = 2
    fields = ("name", "quantity", "condition", "bought_on", "checked_on", "note")
    verbose_name_plural = "设备（桌椅、饮水机、投影、橱柜、门窗……）"

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name in ("name", "note"):
            field.widget.attrs |= {"size": 16, "class": ""}
        return field


@admin.register(Room)
class RoomAdmin(SchoolRecordAdmin):
    has_page = True
    add_label = "新增教室"
    empty_words = "先登记校区、教学点，再在这里登记教室。"
    list_display = ("name", "campus", "school", "floor", "seats", "lift", "equipment", "in_use")
    list_filter = ("lift", "campus__school__level")
    search_fields = ("name", "campus__name", "campus__school__name")
    search_help_text = "教室、校区或学校"
    select_related_in_list = select_related_in_record = ("campus__school",)
    ordering = ("campus__school__position", "campus", "name", "pk")
    fields = ("campus", ("name", "floor", "seats"), "lift", "equipment", "closed_on")
    inlines = (EquipmentInline,)

    def unit_of(self, obj):
        return obj.campus.school.unit_id

    def title_of(self, obj):
        return f"{obj.campus.name}{obj.name}"

    @admin.display(description="学校", ordering="campus__school")
    def school(self, obj):
        return obj.campus.school

    @admin.display(description="使用")
    def in_use(self, obj):
        return f"{day(obj.closed_on)} 停用" if obj.closed_on else ""

    def tags(self, obj):
        tags = [("不用爬楼", "done")] if obj.lift else [(f"{obj.floor} 楼，没有电梯", "soon")]
        if obj.closed_on:
            tags.append(("已停用", "late"))
        return tags + super().tags(obj)

    def record_tools(self, request, obj):
        tools = super().record_tools(request, obj)
        if request.user.has_perm("university.add_roomrepair") and not obj.voided_at:
            url = self.admin_site.get_model_admin(RoomRepair).plain_url("add")
            tools.insert(1, {"label": "报修", "url": f"{url}?room={obj.pk}"})
        return tools

    def blocks(self, request, obj):
        yield Block(
            "教室",
            facts=[
                ("学校", obj.campus.school), ("校区", obj.campus.name), ("地址", obj.campus.address), ("楼层",
                f"{obj.floor} 楼"),
                ("座位数", obj.seats), ("设备", obj.equipment), ("停用日期", day(obj.closed_on)),
            ],
        )  # fmt: skip
        things = obj.things.filter(voided_at=None)
        yield Block(
            "办学条件",
            columns=("物品", "数量", "状况", "购置", "清点", "说明"),
            rows=[
                [
                    one.name, one.quantity,
                    {"text": "", "tag": one.get_condition_display(), "tone": CONDITION_TONES[one.condition]},
                    day(one.bought_on), day(one.checked_on), one.note,
                ]
                for one in things
            ],
            empty="还没有登记设备，点“修改”填写。",
        )  # fmt: skip
        repairs = self.admin_site.get_model_admin(RoomRepair)
        yield Block(
            "报修",
            columns=("报修", "坏了什么", "进度", "修好"),
            rows=[
                [
                    day(one.reported_on), {"text": one.trouble, "url": repairs.url_of("change", one)},
                    {"text": "", "tag": one.get_state_display(), "tone": TONES[one.state]}, day(one.done_on),
                ]
                for one in obj.repairs.filter(voided_at=None)[:20]
            ],
            empty="没有报修。",
        )  # fmt: skip
        yield Block("现在排的课", columns=("时间", "班级", "老师"), rows=_week(obj), empty="现在没有排课。")


def _week(room: Room) -> list[list]:
    today = timezone.localdate()
    classes = (
        ClassGroup.objects.current()
        .filter(room=room, until__gt=today, first_on__lte=today + dt.timedelta(7))
        .exclude(state="off")
        .select_related("course", "teacher__person")
        .prefetch_related("slots")
    )
    lines = [(Slot(slot.weekday, slot.starts, slot.ends), one) for one in classes for slot in one.slots.all()]
    lines.sort(key=lambda line: (line[0], line[1].pk))
    return [[str(slot), str(one), str(one.teacher or "")] for slot, one in lines]


class RepairFilter(admin.SimpleListFilter):
    """Without a choice: what is still to do."""

    title, parameter_name = "进度", "state"

    def lookups(self, request, model_admin):
        return [*RepairState.choices, ("all", "全部")]

    def choices(self, changelist):
        first, *others = super().choices(changelist)
        yield {**first, "display": "还没修好的"}
        yield from others

    def queryset(self, request, queryset):
        if self.value() == "all":
            return queryset
        if self.value() in RepairState.values:
            return queryset.filter(state=self.value())
        return queryset.filter(state__in=services.OPEN)


@admin.register(RoomRepair)
class RoomRepairAdmin(SchoolRecordAdmin):
    has_page = True
    add_label = "报修"
    empty_words = "教室里有东西坏了，点“报修”登记，派人修、修好都记在这里。"
    list_display = ("trouble", "room", "school", "reported", "state_words", "repairer", "done")
    list_filter = (RepairFilter,)
    search_fields = ("trouble", "room__name", "room__campus__school__name")
    search_help_text = "坏了什么、教室或学校"
    select_related_in_list = select_related_in_record = ("room__campus__school", "thing")
    ordering = ("-reported_on", "-pk")
    fields = ("room", "thing", "trouble", ("reported_on", "reporter"))

    def unit_of(self, obj):
        return obj.room.campus.school.unit_id

    def write(self, request, obj, form, change):
        self.require_unit(request, obj, change)
        services.report(obj, actor=request.user)

    def get_changeform_initial_data(self, request):
        return {
            "reported_on": timezone.localdate(), "reporter": str(request.user)[:30],
            **super().get_changeform_initial_data(request),
        }  # fmt: skip

    def may_change(self, request, obj):
        return super().may_change(request, obj)

    @admin.display(description="学校")
    def school(self, obj):
        return obj.room.campus.school

    @admin.display(description="报修")
    def reported(self, obj):
        return day(obj.reported_on)

    @admin.display(description="修好")
    def done(self, obj):
        return day(obj.done_on)

    @admin.display(description="进度")
    def state_words(self, obj):
        return format_html('<span class="tag {}">{}</span>', TONES[obj.state], obj.get_state_display())

    def list_tools(self, request):
        query = self.query_of(request)
        return [
            {"label": "打印", "url": f"{self.plain_url('out')}?as=print{query}"},
            {"label": "导出 Excel", "url": f"{self.plain_url('out')}?as=xlsx{query}"},
        ]

    def extra_pages(self):
        return [
            ("out", "out/", self.out_view),
            ("order", "<path:object_id>/order/", self.order_view),
            ("finish", "<path:object_id>/finish/", self.finish_view),
            ("drop", "<path:object_id>/drop/", self.drop_view),
            ("back", "<path:object_id>/back/", self.back_view),
        ]

    def record_tools(self, request, obj):
        tools = super().record_tools(request, obj)
        if not self.may_change(request, obj) or obj.voided_at:
            return tools
        for tool in tools:
            tool.pop("main", None)
        if obj.state in services.OPEN:
            main = "order" if obj.state == RepairState.REPORTED else "finish"
            steps = [("order", "派人修"), ("finish", "登记修好"), ("drop", "不修了")]
            steps.sort(key=lambda step: step[0] != main)
            tools[:0] = [{"label": label, "url": self.url_of(act, obj), "main": act == main} for act, label in steps]
        if obj.state != RepairState.REPORTED:
            tools.append({"label": "撤回上一步", "url": self.url_of("back", obj)})
        return tools

    def tags(self, obj):
        return [(obj.get_state_display(), TONES[obj.state]), *super().tags(obj)]

    def blocks(self, request, obj):
        yield Block(
            "报修",
            facts=[
                ("学校", obj.room.campus.school), ("教室", f"{obj.room.campus.name}{obj.room.name}"), ("设备",
                obj.thing),
                ("坏了什么", obj.trouble), ("报修", f"{day(obj.reported_on)}　{obj.reporter}"),
                ("派修", f"{day(obj.ordered_on)}　{obj.repairer}".strip()), ("修好", day(obj.done_on)),
                ("费用（元）", obj.cost if obj.cost is not None else ""), ("结果", obj.result),
            ],
        )  # fmt: skip

    def order_view(self, request, object_id):
        obj = self.actable(request, object_id)
        form = OrderForm(request.POST or None, initial={"on": timezone.localdate(), "repairer": obj.repairer})
        return self.one_act(
            request, obj, form, title="派人修", done="已记下派修。",
            perform=lambda values: services.order(obj, **values, actor=request.user),
        )  # fmt: skip

    def finish_view(self, request, object_id):
        obj = self.actable(request, object_id)
        form = FinishForm(request.POST or None, initial={"on": timezone.localdate()})
        return self.one_act(
            request, obj, form, title="登记修好", done="已登记修好。",
            perform=lambda values: services.finish(obj, **values, actor=request.user),
        )  # fmt: skip

    def drop_view(self, request, object_id):
        obj = self.actable(request, object_id)
        return self.one_act(
            request, obj, ReasonForm(request.POST or None), title="不修了", done="已记下不修了。",
            perform=lambda values: services.drop(obj, reason=values["reason"], actor=request.user),
        )  # fmt: skip

    def back_view(self, request, object_id):
        obj = self.actable(request, object_id)
        form = SureForm(request.POST if request.method == "POST" else None)
        return self.one_act(
            request, obj, form, title="撤回上一步", button="撤回", done="已撤回上一步。",
            lead=f"现在是“{obj.get_state_display()}”，撤回以后回到上一步，那一步填的内容要重新填。",
            perform=lambda values: services.take_back(obj, actor=request.user),
        )  # fmt: skip

    def out_view(self, request):
        if not self.has_view_permission(request):
            raise PermissionDenied
        as_file = request.GET.get("as") == "xlsx"
        rows = [
            [
                str(one.room.campus.school), f"{one.room.campus.name}{one.room.name}", one.trouble,
                day(one.reported_on),
                one.reporter, one.get_state_display(), one.repairer, day(one.done_on),
                one.cost if one.cost is not None else "", one.result,
            ]
            for one in self.filtered_rows(request).select_related("room__campus__school")
        ]  # fmt: skip
        target = "university.roomrepair:list"
        if as_file:
            return send_workbook(request, "教室报修", COLUMNS, rows, target=target)
        numbered = [[number, *row] for number, row in enumerate(rows, 1)]
        return send_print(
            self, request, "教室报修", ("序号", *COLUMNS), numbered, back=self.plain_url("changelist"),
            order="按报修日期，新的在前", scope=f"{len(rows)} 件", target=target,
        )  # fmt: skip
