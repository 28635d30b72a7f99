"""Acts on classes: publish one or many, copy last term's, the list on paper and as a workbook."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from apps.common import audit
from apps.common.errors import BusinessError
from apps.common.printing import frame_for
from apps.signups.choices import Mode
from apps.university.choices.schools import ClassState
from apps.university.forms.classes import CopyForm
from apps.university.forms.rooms import SureForm
from apps.university.models import ClassGroup
from apps.university.queries.classes import Figures, below_least, figures_of, window_of, with_everything
from apps.university.rules.classes import ZONE
from apps.university.rules.when import fee_words
from apps.university.services.class_copies import HOWS, copy_classes, lines_of
from apps.university.services.classes import publish_class, slots_of, what_is_missing

from .base import send_workbook
from .life_base import class_url

MOST_TICKED = 300
MOST_OUT = 2000
SHOWN = (ClassState.PLANNED, ClassState.PUBLISHED)
COLUMNS = (
    "学校", "学期", "班级", "系", "上课时间", "第一次课", "最后一次课", "教室", "主讲", "助教", "名额", "留给登记本",
    "已占",
    "等抽签", "候补", "最少开班", "最小年龄", "最大年龄", "学费（元）", "录取方式", "开始报名", "截止报名", "状态",
)  # fmt: skip
# 招生简章: what somebody choosing wants to know.
BROCHURE = ("序号", "课程", "上课时间", "教室", "教师", "名额", "学费", "年龄", "怎样录取", "要带什么")


class ClassActs:
    """Mixed into ClassGroupAdmin."""

    def act_pages(self):
        return [
            ("publish", "publish/", self.publish_view), ("copy", "copy/", self.copy_view), ("out", "out/",
            self.out_view),
            ("show", "<path:object_id>/show/", self.show_view),
        ]  # fmt: skip

    def act_tools(self, request) -> list[dict]:
        query, out = self.query_of(request), self.plain_url("out")
        tools = [
            {"label": "招生简章", "url": f"{out}?as=print{query}"}, {"label": "导出 Excel",
            "url": f"{out}?as=xlsx{query}"},
        ]  # fmt: skip
        few = below_least(ClassGroup.objects.visible_to(request.user), timezone.now()).count()
        if few:
            tools.insert(0, {"label": f"人数不足的 {few} 个班", "url": f"{self.plain_url('changelist')}?number=few"})
        if self.has_add_permission(request):
            tools.append({"label": "照上个学期开班", "url": self.plain_url("copy")})
        return tools

    def record_tools(self, request, obj):
        tools = super().record_tools(request, obj)
        if obj.state != ClassState.PLANNED:
            tools.insert(0, {"label": "班级日常", "url": class_url(obj)})
        if self.may_change(request, obj) and obj.state == ClassState.PLANNED:
            tools.insert(0, {"label": "公布", "url": self.url_of("show", obj), "main": True})
        if request.user.has_perm("university.view_enrolment"):
            tools.insert(0, {"label": "名单和打印", "url": reverse("admin:university_class_papers", args=[obj.pk])})
        return tools

    # Publishing

    def show_view(self, request, object_id):
        obj = self.actable(request, object_id)
        form = SureForm(request.POST if request.method == "POST" else None)
        missing = what_is_missing(obj)
        lead = f"还缺：{'、'.join(missing)}。先补上再公布。" if missing else "公布以后大家都能看到，到时间就能报名。"
        return self.one_act(
            request, obj, form, title="公布", button="公布", done="已公布。", lead=lead,
            perform=lambda values: publish_class(obj, actor=request.user) and None,
        )  # fmt: skip

    @admin.action(description="公布", permissions=["change"])
    def publish_ticked(self, request, queryset):
        keys = queryset.order_by().values_list("pk", flat=True)[:MOST_TICKED]
        return HttpResponseRedirect(f"{self.plain_url('publish')}?{urlencode({'pk': ','.join(map(str, keys))})}")

    def publish_view(self, request):
        """Many at once: who is ready and who is not, then one button."""
        if not request.user.has_perm(self.right("change")):
            raise PermissionDenied
        keys = [int(key) for key in request.GET.get("pk", "").split(",") if key.isdecimal() and len(key) < 18]
        rows = self.rows_for(request.user, self.right("change")).filter(pk__in=keys[:MOST_TICKED], voided_at=None)
        planned = list(with_everything(rows.filter(state=ClassState.PLANNED)))
        if request.method == "POST":
            return self._publish(request, planned)
        lines = [(one, what_is_missing(one)) for one in planned]
        context = {
            "title": "公布班级", "ready": [one for one, missing in lines if not missing],
            "not_ready": [(one, "、".join(missing), self.url_of("change", one)) for one, missing in lines if missing],
            "others": len(keys) - len(planned), "back": self.plain_url("changelist"),
        }  # fmt: skip
        return self.page(request, "admin/university/publish.html", context)

    def _publish(self, request, planned):
        done, refused = 0, []
        for one in planned:
            try:
                publish_class(one, actor=request.user)
                done += 1
            except BusinessError as refusal:
                refused.append(refusal.sentence)
        if done:
            messages.success(request, f"已公布 {done} 个班。")
        for sentence in refused[:10]:
            messages.warning(request, sentence)
        return HttpResponseRedirect(self.plain_url("changelist"))

    # Copying

    def copy_view(self, request):
        """Choose the terms, look at every class, then one button."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        asked = request.GET if {"source", "target", "school"} <= request.GET.keys() else None
        form = CopyForm(asked, user=request.user)
        context = {
            "title": "照上个学期开班", "form": form, "back": self.plain_url("changelist"), "lines": None,
        }  # fmt: skip
        if asked is None or not form.is_valid():
            return self.page(request, "admin/university/copy.html", context, status=422 if form.errors else 200)
        values = form.cleaned_data
        if request.method == "POST":
            hows = {
                int(name.removeprefix("how-")): how
                for name, how in request.POST.items()
                if name.startswith("how-") and name[4:].isdecimal() and len(name) < 22
            }
            context["outcomes"] = [
                {"name": str(one.source), "made": one.made, "refused": one.refused,
                 "url": self.url_of("change", one.made) if one.made else ""}
                for one in copy_classes(**values, hows=hows, actor=request.user)
            ]  # fmt: skip
            context["made"] = sum(1 for one in context["outcomes"] if one["made"])
            return self.page(request, "admin/university/copy.html", context)
        context["lines"] = [
            {
                "pk": line.source.pk, "name": str(line.source), "times": "；".join(map(str, slots_of(line.source))),
                "teacher": line.source.teacher or "", "places": line.source.offering.places, "standing": line.standing,
                "hows": [(how, HOWS[how], how == line.proposed) for how in line.hows],
            }
            for line in lines_of(**values)
        ]  # fmt: skip
        context["values"] = values
        return self.page(request, "admin/university/copy.html", context)

    # On paper and as a workbook

    def out_view(self, request):
        if not self.has_view_permission(request):
            raise PermissionDenied
        as_file = request.GET.get("as") == "xlsx"
        classes = list(with_everything(self.filtered_rows(request))[:MOST_OUT])
        if as_file:
            found = figures_of([one.offering_id for one in classes])
            rows = [_cells(one, found.get(one.offering_id, Figures())) for one in classes]
            return send_workbook(request, "班级一览", COLUMNS, rows, target="university.classgroup:list")
        return self.brochure(request, [one for one in classes if one.state in SHOWN])

    def brochure(self, request, classes: list[ClassGroup]):
        """招生简章: what is taught, a table for each school, on A4."""
        by_school: dict = {}
        for one in classes:
            by_school.setdefault(one.school, []).append(one)
        title = f"{next(iter(by_school)).name}招生简章" if len(by_school) == 1 else "老年大学招生简章"
        frame = frame_for(
            request, title, columns=len(BROCHURE), order="按学校、课程排列", landscape=True, recall=False,
            scope="、".join(dict.fromkeys(str(one.term) for one in classes)), back_url=self.plain_url("changelist"),
        )  # fmt: skip
        audit.look("print", actor=request.user, reason=title, target="university.classgroup:list", request=request)
        schools = [
            {"school": school, "rows": [[number, *_brochure(one)] for number, one in enumerate(rows, 1)]}
            for school, rows in by_school.items()
        ]
        context = {"frame": frame, "schools": schools, "columns": BROCHURE}
        return self.page(request, "print/university/brochure.html", context)


def _where(one: ClassGroup) -> str:
    return f"{one.room.campus.name}{one.room.name}" if one.room else ""


def _cells(one: ClassGroup, figures: Figures) -> list:
    places, (opens, closes) = one.offering.places, window_of(one.offering)
    department = one.course.major.department.name if one.course.major else ""
    return [
        one.school.name, str(one.term), str(one), department, "；".join(map(str, slots_of(one))), one.first_on,
        one.until, _where(one), str(one.teacher or ""), str(one.second_teacher or ""), places.capacity,
        places.held_back, places.taken, figures.applied, figures.waiting, one.min_open, one.age_from, one.age_to,
        one.fee, one.offering.get_mode_display(), _moment(opens), _moment(closes), one.get_state_display(),
    ]  # fmt: skip


def _brochure(one: ClassGroup) -> list:
    opens, closes = window_of(one.offering)
    how = "抽签" if one.offering.mode == Mode.LOTTERY else "先报先得"
    window = f"，{_short(opens)}至{_short(closes)}报名" if opens and closes else ""
    ages = f"{one.age_from} 岁以上" if one.age_from else ""
    ages += ("，" if ages and one.age_to else "") + (f"不超过 {one.age_to} 岁" if one.age_to else "")
    lift = "，不用爬楼" if one.room and one.room.lift else ""
    return [
        str(one), "；".join(map(str, slots_of(one))), f"{_where(one)}{lift}", str(one.teacher or ""),
        one.offering.places.capacity, fee_words(one.fee), ages or "不限", f"{how}{window}",
        one.course.to_bring,
    ]  # fmt: skip


def _moment(value) -> str:
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M}" if value else ""


def _short(value) -> str:
    local = value.astimezone(ZONE)
    return f"{local.month}月{local.day}日"
