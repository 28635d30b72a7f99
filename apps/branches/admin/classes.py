"""书记培训班: who is invited, who came, and who has not been to one for some years. Nobody is obliged or ranked."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone

from apps.branches.access import organisations_open_to
from apps.branches.models import ClassSeat, SecretaryClass
from apps.branches.queries.classes import not_trained_since, posts_on
from apps.branches.services import classes
from apps.branches.views.sheets import workbook
from apps.common.admin import RecordAdmin
from apps.common.errors import BusinessError
from apps.organisation.queries import subtree_ids

MOST_LISTED = 600
SEE_POSTS = "branches.view_post"
YEARS = (1, 2, 3, 5)
COLUMNS = ("序号", "姓名", "党组织", "职务", "到课", "结业证编号")


@admin.register(SecretaryClass)
class SecretaryClassAdmin(RecordAdmin):
    voidable = True
    add_label = "登记一期培训班"
    empty_words = "每办一期登记一条，再选参训的书记、委员；结业后勾选谁到了课。"
    list_display = ["title", "starts_on", "last_on", "hours", "place", "unit"]
    search_fields = ["title", "place"]
    search_help_text = "名称或地点"
    sortable_by = ()
    select_related_in_list = ("unit",)
    select_related_in_record = ("unit",)
    ordering = ["-starts_on", "-id"]
    fields = ["title", "unit", ("starts_on", "last_on", "hours"), "place", "note"]

    def rows_for(self, user, permission):
        return SecretaryClass.objects.filter(unit_id__in=user.reach(permission))

    def write(self, request, obj, form, change):
        if obj.unit_id not in request.user.reach(self.right("change")):
            raise BusinessError("这个单位不在您的管理范围内。", code="out_of_reach", field="unit")
        obj.save()

    def record_tools(self, request, obj):
        tools = super().record_tools(request, obj)
        tools.insert(0, {"label": "到课和结业证", "url": self.url_of("attendance", obj), "main": True})
        if self.may_change(request, obj) and not obj.voided_at:
            tools.insert(1, {"label": "选参训人员", "url": self.url_of("people", obj)})
        tools.insert(2, {"label": "名单（Excel）", "url": self.url_of("export", obj)})
        return tools

    def changelist_view(self, request, extra_context=None):
        url = reverse(f"{self.admin_site.name}:branches_secretaryclass_missing")
        tools = [{"label": "多年没有参加过的", "url": url}]
        return super().changelist_view(request, {"list_tools": tools, **(extra_context or {})})

    def get_urls(self):
        name = "branches_secretaryclass"
        return [
            path("missing/", self.staff_view(self.missing_view), name=f"{name}_missing"),
            path("<path:object_id>/people/", self.staff_view(self.people_view), name=f"{name}_people"),
            path("<path:object_id>/attendance/", self.staff_view(self.attendance_view), name=f"{name}_attendance"),
            path("<path:object_id>/export/", self.staff_view(self.export_view), name=f"{name}_export"),
            *super().get_urls(),
        ]

    def viewable(self, request, object_id) -> SecretaryClass:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self.get_object(request, object_id)

    def organisation_ids(self, request) -> set[int]:
        """Organisations whose posts the user may see, in his units."""
        return set(organisations_open_to(request.user, SEE_POSTS).values_list("pk", flat=True))

    def people_view(self, request, object_id):
        """Tick who is invited among those who held posts on the first day; one unit's where there are many."""
        row = self.changeable_object(request, object_id)
        organisations = organisations_open_to(request.user, SEE_POSTS)
        units = list(self.units_of(organisations))
        unit = next((one for one in units if str(one.pk) == request.GET.get("unit")), None)
        if unit is not None:
            organisations = organisations.filter(unit_id__in=sorted(subtree_ids([unit])))
        posts = list(posts_on(organisations.values("pk"), row.starts_on)[: MOST_LISTED + 1])
        known = set(row.seats.values_list("person_id", flat=True))
        if request.method == "POST" and len(posts) <= MOST_LISTED:
            ticked = set(request.POST.getlist("post"))
            chosen = [post for post in posts if str(post.pk) in ticked]
            kept = {post.person_id for post in chosen}
            gone = {post.person_id for post in posts if post.person_id in known} - kept
            added = classes.seat(row, chosen, actor=request.user)
            dropped = classes.unseat(row, gone, actor=request.user)
            messages.success(request, f"新选 {added} 人，删去 {dropped} 人。" if added or dropped else "没有改动。")
            return HttpResponseRedirect(self.url_of("attendance", row))
        context = {
            "title": f"选参训人员：{row.title}", "original": row,
            "is_more": len(posts) > MOST_LISTED, "most": MOST_LISTED,
            "rows": [(post, post.person_id in known) for post in posts[:MOST_LISTED]],
            "units": [(one.pk, one.name, one == unit) for one in units], "back": self.url_of("change", row),
        }  # fmt: skip
        return self.page(request, "admin/branches/class_people.html", context)

    def units_of(self, organisations):
        ids = organisations.exclude(unit=None).values("unit")
        return SecretaryClass._meta.get_field("unit").remote_field.model.objects.filter(pk__in=ids).order_by("path")

    def seats_of(self, row: SecretaryClass):
        return ClassSeat.objects.filter(secretary_class=row).select_related("person", "organisation").order_by(
            "organisation__path", "post_kind", "pk"
        )  # fmt: skip

    def attendance_view(self, request, object_id):
        """Who came, and the numbers of certificates."""
        row = self.viewable(request, object_id)
        seats = list(self.seats_of(row))
        may = self.may_change(request, row) and not row.voided_at
        if request.method == "POST":
            if not may:
                raise PermissionDenied
            came = {seat.person_id for seat in seats if f"came-{seat.pk}" in request.POST}
            numbers = {seat.person_id: request.POST.get(f"number-{seat.pk}", "") for seat in seats}
            try:
                changed = classes.note_attendance(row, came, numbers, actor=request.user)
            except BusinessError as refusal:
                messages.error(request, refusal.sentence)
            else:
                messages.success(request, f"已保存，改动 {changed} 人。" if changed else "没有改动。")
            return HttpResponseRedirect(self.url_of("attendance", row))
        came = sum(seat.attended for seat in seats)
        context = {
            "title": f"到课和结业证：{row.title}", "original": row, "seats": seats, "may": may, "came": came,
            "back": self.url_of("change", row), "people": self.url_of("people", row) if may else "",
        }  # fmt: skip
        return self.page(request, "admin/branches/class_attendance.html", context)

    def export_view(self, request, object_id):
        row = self.viewable(request, object_id)
        seats = list(self.seats_of(row))
        lines = (
            [number, seat.person.name, seat.organisation.name, seat.get_post_kind_display(),
             "到" if seat.attended else "", seat.certificate_no]
            for number, seat in enumerate(seats, 1)
        )  # fmt: skip
        people = {seat.person_id for seat in seats}
        return workbook(request, f"{row.title}参训名单", COLUMNS, lines, people=people, filename="peixunban")

    def missing_view(self, request):
        """Holders of posts today who attended no class for so many years, by branch."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        today = timezone.localdate()
        asked = request.GET.get("years", "")
        years = int(asked) if asked in {str(number) for number in YEARS} else 2
        since = today.replace(year=today.year - years, day=min(today.day, 28))
        posts = list(not_trained_since(self.organisation_ids(request), since, today)[: MOST_LISTED + 1])
        context = {
            "title": f"{years} 年没有参加过培训班的书记、委员",
            "years": [(number, number == years) for number in YEARS],
            "columns": ["党组织", "姓名", "职务", "上次参加"],
            "rows": [
                [post.organisation.name, post.person.name, post.get_kind_display(),
                 f"{post.last_class:%Y-%m}" if post.last_class else "没有记录"]
                for post in posts[:MOST_LISTED]
            ],
            "is_more": len(posts) > MOST_LISTED, "most": MOST_LISTED,
        }  # fmt: skip
        return self.page(request, "admin/branches/class_missing.html", context)
