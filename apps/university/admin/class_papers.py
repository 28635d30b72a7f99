"""The list of a class and its papers: 花名册, 签到表, 考勤表, 座位牌, a file; and its monitor."""

import io

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponseRedirect
from django.urls import path
from django.utils import timezone

from apps.accounts.outflow_rules import OutflowRules
from apps.common import audit
from apps.common.errors import BusinessError
from apps.common.printing import frame_for
from apps.common.voiding import check_reason
from apps.common.workbook.writer import write_sheet
from apps.organisation.queries import rule_values
from apps.signups.queries import positions_of
from apps.university.forms.class_papers import ClassExportForm, MonitorForm
from apps.university.models import ClassGroup
from apps.university.queries.class_list import (
    COLUMNS,
    ORDERS,
    marked_pages,
    members_of,
    session_pages,
    sessions_of,
    waiting_of,
)
from apps.university.queries.desk_classes import place_words, when_words, with_facts
from apps.university.queries.desk_person import TONES, standing_words
from apps.university.services.monitors import set_monitor

from .desk_base import DeskPages, url

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SEE = "university.view_enrolment"
ROLL = "university.view_rollcall"
# (title, landscape, template)
PAPERS = {
    "roster": ("班级花名册", False, "print/university/class_roster.html"),
    "sign": ("签到表", True, "print/university/class_sign.html"),
    "attendance": ("考勤表", True, "print/university/class_attendance.html"),
    "seats": ("座位牌", False, "print/university/class_seats.html"),
}
LINKS = (
    ("班级资料", "university_classgroup_change", "university.view_classgroup"),
    ("上课、考勤和结业", "university_sessionact_class", "university.view_classsession"),
)


class ClassPaperPages(DeskPages):
    """Mixed into SignUpAdmin."""

    def get_urls(self):
        pages = [
            path("class/<int:pk>/", self.staff_view(self.class_papers_view), name="university_class_papers"),
            path("class/<int:pk>/print/", self.staff_view(self.class_print_view), name="university_class_print"),
            path("class/<int:pk>/export/", self.staff_view(self.class_export_view), name="university_class_export"),
            path("class/<int:pk>/monitor/", self.staff_view(self.monitor_view), name="university_class_monitor"),
        ]
        return pages + super().get_urls()

    def class_of(self, request, pk: int, permission: str = SEE) -> ClassGroup:
        """A class of the user's schools: 403 without the right, 404 elsewhere."""
        if not request.user.has_perm(permission):
            raise PermissionDenied
        found = with_facts(ClassGroup.objects.visible_to(request.user, permission).filter(pk=pk)).first()
        if found is None:
            raise Http404
        return found

    def class_papers_view(self, request, pk):
        """Who is in, who waits, and what can be printed."""
        class_group = self.class_of(request, pk)
        order = order_of(request)
        members = members_of(class_group, order=order, on=timezone.localdate(), with_phones=False)
        waiting = waiting_of(class_group)
        positions = positions_of(waiting)
        seen = {*(one.person.pk for one in members), *(row.person_id for row in waiting)}
        audit.look("open", actor=request.user, target=f"university.classgroup:{pk}", request=request, people=seen)
        context = {
            "title": class_group.offering.title, "class_group": class_group, "members": members, "order": order,
            "orders": [(key, label) for key, (label, _) in ORDERS.items()],
            "when": when_words(class_group), "place": place_words(class_group),
            "waiting": [
                (row, standing_words(row, positions.get(row.pk, 0)), TONES.get(row.state, "")) for row in waiting
            ],
            "papers": [(key, label) for key, (label, *_) in PAPERS.items()],
            "at_desk": request.user.has_perm("university.use_desk"),
            "links": [
                (label, url(name, pk)) for label, name, right in LINKS if request.user.has_perm(right)
            ],
        }  # fmt: skip
        return self.page(request, "admin/university/class_papers.html", context)

    def class_print_view(self, request, pk):
        """`?which=` a key of PAPERS (the roster otherwise), `?order=` of ORDERS. The 考勤表 shows the rolls taken so
        far to whoever may see them."""
        class_group = self.class_of(request, pk)
        which = request.GET.get("which", "")
        which = which if which in PAPERS else "roster"
        title, landscape, template = PAPERS[which]
        order = order_of(request)
        phones = which == "roster" and request.user.has_perm("university.use_desk")
        members = members_of(class_group, order=order, on=timezone.localdate(), with_phones=phones)
        pages = session_pages(sessions_of(class_group)) if landscape else []
        is_marked = which == "attendance" and request.user.has_perm(ROLL)
        if which == "attendance":
            pages = marked_pages(pages, members, shown=is_marked)
        audit.look(
            "print", actor=request.user, people=[one.person.pk for one in members],
            fields=["phone"] * phones + ["attendance"] * is_marked, request=request,
            target=f"university.classgroup:{pk}",
        )  # fmt: skip
        context = {
            "frame": frame_for(
                request, title, landscape=landscape, order=ORDERS[order][0], recall=which != "seats",
                columns=8, back_url=url("university_class_papers", pk),
                scope=f"{class_group.offering.title}　{when_words(class_group)}　{place_words(class_group)}　"
                f"{len(members)} 人",
                signature="班长" if which == "sign" else "",
            ),
            "class_group": class_group, "members": members, "pages": pages, "which": which,
            "with_phones": phones, "teacher": class_group.teacher, "blank": range(3),
        }  # fmt: skip
        return self.page(request, template, context)

    def class_export_view(self, request, pk):
        """The list as a workbook, columns as chosen, for a reason; logged with everybody on it."""
        class_group = self.class_of(request, pk, "university.use_desk")
        form = ClassExportForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                return self.class_file(request, class_group, form.cleaned_data)
            except BusinessError as refusal:
                form.refuse(refusal)
        context = {
            "title": f"导出名单：{class_group.offering.title}", "form": form, "button": "导出",
            "sentence": "选好栏目。文件里有个人信息，用完删除，不要转发。", "back": url("university_class_papers", pk),
        }  # fmt: skip
        return self.page(request, "admin/act.html", context, status=422 if form.errors else 200)

    def class_file(self, request, class_group, values: dict) -> FileResponse:
        reason, on = check_reason(values["reason"]), timezone.localdate()
        keys = [key for key in COLUMNS if key in values["columns"]]
        members = members_of(class_group, order=values["order"], on=on, with_phones="phone" in keys)
        most = rule_values(OutflowRules.rule_key, on=on).export_password_from
        if len(members) >= most:
            raise BusinessError(
                f"一次导出不超过 {most - 1} 人，这个班有 {len(members)} 人。请打印花名册。", code="many"
            )
        audit.look(
            "export", actor=request.user, people=[one.person.pk for one in members], reason=reason, request=request,
            fields=["phone"] if "phone" in keys else [], target=f"university.classgroup:{class_group.pk}",
        )  # fmt: skip
        stream = io.BytesIO()
        title = f"{class_group.offering.title}名单"
        notes = [
            ("导出人", str(request.user)), ("导出时间", f"{timezone.localtime():%Y-%m-%d %H:%M}"), ("用途", reason),
            ("排列", ORDERS[values["order"]][0]),
        ]  # fmt: skip
        rows = ([place, *(one.cell(key) for key in keys)] for place, one in enumerate(members, 1))
        text = [COLUMNS[key] for key in keys if key in ("phone", "card")]
        write_sheet(stream, title, ["序号", *(COLUMNS[key] for key in keys)], rows, text_columns=text, notes=notes)
        stream.seek(0)
        return FileResponse(stream, as_attachment=True, filename=f"{title}{on:%Y%m%d}.xlsx", content_type=XLSX)

    def monitor_view(self, request, pk):
        class_group = self.class_of(request, pk, "university.use_desk")
        on = timezone.localdate()
        members = members_of(class_group, order="pinyin", on=on, with_phones=False)
        form = MonitorForm(
            request.POST if request.method == "POST" else None, members=members,
            initial={"monitor": str(class_group.monitor_id or "")},
        )  # fmt: skip
        if request.method == "POST" and form.is_valid():
            try:
                set_monitor(class_group, form.cleaned_data["monitor"], actor=request.user, on=on)
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, "班长已登记，应缴学费按优惠重算了。")
                return HttpResponseRedirect(url("university_class_papers", pk))
        context = {
            "title": f"班长：{class_group.offering.title}", "form": form, "button": "保存",
            "sentence": "班长的学费按规则组里的优惠重算；换了人，原来的班长恢复原价。多缴的在退费里办。",
            "back": url("university_class_papers", pk),
        }  # fmt: skip
        return self.page(request, "admin/act.html", context, status=422 if form.errors else 200)


def order_of(request) -> str:
    asked = request.GET.get("order", "")
    return asked if asked in ORDERS else "strokes"
