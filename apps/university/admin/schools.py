"""Schools of the four levels, their campuses, and the tree with what was opened in a year."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from apps.common.errors import BusinessError
from apps.university.choices.schools import SchoolLevel
from apps.university.models import Campus, Room, School
from apps.university.queries.schools import level_figures, tree
from apps.university.rules.schools import may_be_above

from .base import Block, SchoolRecordAdmin, day, send_print, send_workbook

COLUMNS = ("层级", "学校", "主管单位", "成立日期", "教室", "正在上的班", "在读人次", "学员", "电话")


class OpenFilter(admin.SimpleListFilter):
    """Without a choice: those that are open."""

    title, parameter_name = "开办", "open"

    def lookups(self, request, model_admin):
        year = timezone.localdate().year
        return [
            (f"new-{year}", f"{year} 年新开"),
            (f"new-{year - 1}", f"{year - 1} 年新开"),
            ("closed", "已停办"),
            ("all", "全部"),
        ]

    def choices(self, changelist):
        first, *others = super().choices(changelist)
        yield {**first, "display": "正在办的"}
        yield from others

    def queryset(self, request, queryset):
        value = self.value() or ""
        if value == "all":
            return queryset
        if value == "closed":
            return queryset.filter(closed_on__isnull=False)
        if value.startswith("new-"):
            year = value.removeprefix("new-")
            return (
                queryset.filter(opened_on__year=int(year)) if year.isdecimal() and len(year) == 4 else queryset.none()
            )
        return queryset.filter(closed_on__isnull=True)


@admin.register(School)
class SchoolAdmin(SchoolRecordAdmin):
    has_page = True
    add_label = "新增学校"
    empty_words = "市、区县、镇街、村居四级学校都登记在这里，分校选上级学校。"
    list_display = ("name", "level", "parent", "unit", "phone", "opened")
    list_filter = ("level", OpenFilter, "admits")
    search_fields = ("name", "short_name")
    search_help_text = "校名或简称"
    select_related_in_list = select_related_in_record = ("unit", "parent", "division")
    ordering = ("position", "pk")
    fieldsets = (
        (None, {"fields": (("name", "short_name"), ("level", "parent"), ("unit", "division"), "admits")}),
        ("联系", {"fields": ("address", ("phone", "phone_hours"), "introduction")}),
        ("开办", {"fields": (("opened_on", "closed_on"), "position")}),
    )

    def unit_of(self, obj):
        return obj.unit_id

    def write(self, request, obj, form, change):
        self.require_unit(request, obj, change)
        check_place(obj)
        obj.save()

    @admin.display(description="成立")
    def opened(self, obj):
        return day(obj.opened_on)

    def list_tools(self, request):
        return [{"label": "按层级看", "url": self.plain_url("tree")}]

    def extra_pages(self):
        return [("tree", "tree/", self.tree_view)]

    def tree_view(self, request):
        """All schools in their tree with figures; printed or taken out as a workbook."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        today = timezone.localdate()
        schools = School.objects.visible_to(request.user).current()
        lines = tree(schools.filter(closed_on=None), today)
        rows = [
            [
                line.indented, str(line.school), str(line.school.unit), day(line.school.opened_on),
                line.rooms, line.classes, line.enrolments, line.students, line.school.phone,
            ]
            for line in lines
        ]  # fmt: skip
        asked = request.GET.get("as", "")
        if asked == "xlsx":
            return send_workbook(request, "四级老年大学一览", COLUMNS, rows, target="university.school:list")
        if asked == "print":
            numbered = [[number, *row] for number, row in enumerate(rows, 1)]
            return send_print(
                self, request, "四级老年大学一览", ("序号", *COLUMNS), numbered, back=self.plain_url("tree"),
                order="按上下级排列", scope=f"{len(rows)} 所", target="university.school:list",
            )  # fmt: skip
        for row, line in zip(rows, lines, strict=True):
            row[1] = {"text": str(line.school), "url": self.url_of("change", line.school)}
        figures = [
            {"label": label, "value": number, "note": f"{today.year} 年新开 {opened} 所" if opened else ""}
            for label, number, opened in level_figures(schools, today.year)
        ]
        context = {
            "title": "四级老年大学一览", "original": None, "list_url": self.plain_url("changelist"),
            "list_words": "学校",
            "tools": [{"label": "打印", "url": "?as=print"}, {"label": "导出 Excel", "url": "?as=xlsx"}],
            "figures": figures,
            "blocks": [Block("各校情况（今天）", columns=COLUMNS, rows=rows, empty="还没有登记学校。")],
        }  # fmt: skip
        return self.page(request, "admin/record_page.html", context)

    def tags(self, obj):
        tags = [(obj.get_level_display(), "info")]
        if obj.closed_on:
            tags.append(("已停办", "late"))
        return tags + super().tags(obj)

    def blocks(self, request, obj):
        yield Block(
            "学校",
            facts=[
                ("校名", obj.name), ("上级学校", obj.parent), ("主管单位", obj.unit), ("招收对象",
                obj.get_admits_display()),
                ("地址", obj.address), ("电话", f"{obj.phone}　{obj.phone_hours}"), ("成立日期", day(obj.opened_on)),
                ("停办日期", day(obj.closed_on)), ("简介", obj.introduction),
            ],
        )  # fmt: skip
        rooms = Room.objects.current().filter(campus__school=obj, campus__voided_at=None).select_related("campus")
        yield Block(
            "教室",
            columns=("校区、教学点", "教室", "座位", "不用爬楼", "设备"),
            rows=[
                [
                    room.campus.name, {"text": room.name, "url": self.room_url(room)}, room.seats,
                    "是" if room.lift else "", room.equipment,
                ]
                for room in rooms
            ],
            empty="还没有登记教室。先登记校区、教学点，再登记教室。",
        )  # fmt: skip
        branches = obj.branches.filter(voided_at=None).order_by("position", "pk")
        yield Block(
            "下级学校、分校",
            columns=("学校", "层级", "成立日期", "电话"),
            rows=[
                [
                    {"text": one.name, "url": self.url_of("change", one)},
                    one.get_level_display(),
                    day(one.opened_on),
                    one.phone,
                ]
                for one in branches.visible_to(request.user)
            ],
            empty="没有。",
        )

    def room_url(self, room) -> str:
        return self.admin_site.get_model_admin(Room).url_of("change", room)


def check_place(school: School) -> None:
    """A school stands under one of its level or above, never under itself."""
    parent = school.parent
    if parent is None:
        return
    if not may_be_above(school.level, parent.level):
        raise BusinessError(
            f"{parent}是{parent.get_level_display()}，不能作{SchoolLevel(school.level).label}学校的上级。",
            field="parent",
        )
    above, steps = parent, 0
    while above is not None and steps < 50:
        if above.pk == school.pk:
            raise BusinessError("上级学校不能是自己或自己的下级。", field="parent")
        above, steps = above.parent, steps + 1


@admin.register(Campus)
class CampusAdmin(SchoolRecordAdmin):
    add_label = "新增校区、教学点"
    empty_words = "学校在哪里上课，就登记一个校区、教学点；教室登记在校区下面。"
    list_display = ("name", "school", "address", "phone", "community")
    list_filter = ("school__level",)
    search_fields = ("name", "school__name", "address")
    search_help_text = "校区、学校或地址"
    select_related_in_list = select_related_in_record = ("school", "community")
    ordering = ("school__position", "school", "name", "pk")
    fields = ("school", "name", "address", "how_to_get_there", ("phone", "community"), "closed_on")

    def title_of(self, obj):
        return f"{obj.school}　{obj.name}"
