"""Plans on paper: the two pages, versions as they were given out, Word files, and several plans at once."""

import json
import uuid

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header

from apps.common import attachments, audit
from apps.common.errors import BusinessError
from apps.common.models import Attachment
from apps.common.printing import frame_for
from apps.common.workbook.bundle import pack_files
from apps.ledgers.models import PlanVersion, ServicePlan
from apps.ledgers.queries.plan_pages import pages_of
from apps.ledgers.queries.plan_sheet import sheet_for, shown_to
from apps.ledgers.services import plans as services
from apps.ledgers.services.plan_word import DOCX, template_for, word_of

from .need_acts import plan_url
from .plan_photos import PRIVATE

TITLE = "离退休干部“一人一策”精准服务台账"
MOST_AT_ONCE = 30


class PlanPapers:
    """Mixed into the admin of plans."""

    actions = ("print_ticked", "word_ticked")

    def paper_urls(self):
        name = "ledgers_serviceplan"
        return [
            path("print/", self.staff_view(self.print_many_view), name=f"{name}_print_many"),
            path("versions/<int:version_id>/", self.staff_view(self.version_view), name=f"{name}_version"),
            path(
                "versions/<int:version_id>/word/", self.staff_view(self.version_word_view), name=f"{name}_version_word"
            ),
            path(
                "versions/<int:version_id>/picture/", self.staff_view(self.version_picture_view),
                name=f"{name}_version_picture",
            ),
            # Last: `path` takes slashes too, and would swallow those of a version.
            path("<path:object_id>/print/", self.staff_view(self.print_view), name=f"{name}_print"),
            path("<path:object_id>/word/", self.staff_view(self.word_view), name=f"{name}_word"),
        ]  # fmt: skip

    def paper_tools(self, plan: ServicePlan) -> list[dict]:
        return [
            {"label": "打印台账（两页）", "url": self.url_of("print", plan)},
            {"label": "导出 Word", "url": self.url_of("word", plan)},
        ]

    # One plan

    def plan_to_read(self, request, object_id) -> ServicePlan:
        if not self.has_view_permission(request):
            raise PermissionDenied
        plan = self.get_object(request, unquote(str(object_id)))
        if plan.voided_at:
            raise Http404
        return plan

    def sheet(self, request, plan: ServicePlan) -> dict:
        sees = self.sees(request, plan.cadre)
        return sheet_for(plan.cadre, plan.year, on=timezone.localdate(), sees=sees)

    def print_view(self, request, object_id):
        """The sheet as it stands, a draft; 留存并编号 makes it a version with a paper that is waited for."""
        plan = self.plan_to_read(request, object_id)
        sheet = self.sheet(request, plan)
        if request.method == "POST":
            key = self.key_of(request)
            version = services.print_plan(plan, sheet, actor=request.user, form_key=key)
            messages.success(request, f"已留存为第 {version.number} 版，编码 {version.paper.code}，签字盖章后请收回。")
            return HttpResponseRedirect(self.version_url(version))
        frame = frame_for(request, TITLE, back_url=plan_url(plan.cadre_id, plan.year))
        picture = self.url_of("picture", plan) if plan.photo_id else ""
        context = {"form_key": uuid.uuid4(), "keep_url": self.url_of("print", plan)}
        return self.printed(request, plan, frame, [pages_of(sheet, picture=picture)], **context)

    def key_of(self, request) -> uuid.UUID:
        try:
            return uuid.UUID(request.POST.get("form_token", ""))
        except ValueError:
            return uuid.uuid4()

    def printed(self, request, plan: ServicePlan, frame, sheets: list[dict], **more):
        audit.look(
            "print", actor=request.user, people=[plan.cadre_id], fields=["plan"], target=self._target(plan),
            request=request,
        )  # fmt: skip
        return self.page(request, "print/plan.html", {"frame": frame, "sheets": sheets, **more})

    def word_view(self, request, object_id):
        """The sheet as it stands, in the bureau's own layout, without a code: a draft."""
        plan = self.plan_to_read(request, object_id)
        return self.word_file(request, plan, self.sheet(request, plan))

    def word_file(self, request, plan: ServicePlan, sheet: dict, *, code: str = "", number: int = 0) -> HttpResponse:
        """The document, or back to the plan with the sentence why the bureau's template cannot be filled."""
        try:
            (document,) = word_of(template_for(plan.cadre.managing_unit), [(sheet, code, number)])
        except BusinessError as error:
            messages.error(request, error.sentence)
            return HttpResponseRedirect(plan_url(plan.cadre_id, plan.year))
        audit.look(
            "export", actor=request.user, people=[plan.cadre_id], fields=["plan"], target=self._target(plan),
            request=request,
        )  # fmt: skip
        return download(document, f"一人一策台账（{plan.year}年）{sheet['name']}.docx", DOCX)

    # Versions

    def version_url(self, version: PlanVersion) -> str:
        return reverse("admin:ledgers_serviceplan_version", args=[version.pk])

    def version_of(self, request, version_id: int) -> tuple[PlanVersion, dict]:
        """(version, its sheet without what this reader may not see)."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = PlanVersion.objects.visible_to(request.user).filter(voided_at__isnull=True, plan__voided_at__isnull=True)
        rows = rows.select_related("paper", "made_by", "plan__cadre__person", "plan__cadre__managing_unit")
        version = rows.filter(pk=version_id).first() if version_id < 2**63 else None
        if version is None:
            raise Http404
        return version, shown_to(json.loads(version.content), self.sees(request, version.plan.cadre))

    def version_view(self, request, version_id: int):
        """As it was when it was given out."""
        version, sheet = self.version_of(request, version_id)
        plan = version.plan
        frame = frame_for(request, TITLE, paper=version.paper, back_url=plan_url(plan.cadre_id, plan.year))
        picture = f"{self.version_url(version)}picture/" if sheet["photo"] else ""
        pages = pages_of(sheet, picture=picture, version=version.number)
        return self.printed(request, plan, frame, [pages], version=version)

    def version_word_view(self, request, version_id: int):
        version, sheet = self.version_of(request, version_id)
        code = version.paper.code if version.paper_id else ""
        return self.word_file(request, version.plan, sheet, code=code, number=version.number)

    def version_picture_view(self, request, version_id: int):
        _, sheet = self.version_of(request, version_id)
        photo = Attachment.objects.filter(pk=sheet["photo"], purged_at__isnull=True).first()
        if photo is None:
            raise Http404
        return HttpResponse(attachments.read(photo), content_type="image/jpeg", headers=PRIVATE)

    # Several

    @admin.action(description=f"打印选中的台账（最多 {MOST_AT_ONCE} 份）", permissions=["view"])
    def print_ticked(self, request, queryset):
        keys = queryset.order_by().values_list("pk", flat=True)[:MOST_AT_ONCE]
        url = reverse("admin:ledgers_serviceplan_print_many")
        return HttpResponseRedirect(f"{url}?pk={','.join(map(str, keys))}")

    @admin.action(description=f"导出选中的台账为 Word（最多 {MOST_AT_ONCE} 份）", permissions=["view"])
    def word_ticked(self, request, queryset):
        """One zip, each person in the layout of his unit."""
        plans = self.chosen(request, queryset.values_list("pk", flat=True)[:MOST_AT_ONCE])
        by_unit: dict[int, list[ServicePlan]] = {}
        for plan in plans:
            by_unit.setdefault(plan.cadre.managing_unit_id, []).append(plan)
        files = []
        for found in by_unit.values():
            sheets = [(self.sheet(request, plan), "", 0) for plan in found]
            try:
                made = word_of(template_for(found[0].cadre.managing_unit), sheets)
            except BusinessError as error:
                messages.error(request, f"{found[0].cadre.managing_unit}：{error.sentence}")
                return None
            files += [
                (f"{plan.cadre.person.name}-{plan.pk}.docx", data) for plan, data in zip(found, made, strict=True)
            ]
        audit.look(
            "export", actor=request.user, people=[plan.cadre_id for plan in plans], fields=["plan"],
            target="ledgers.serviceplan", request=request,
        )  # fmt: skip
        return download(pack_files(files), "一人一策台账.zip", "application/zip")

    def chosen(self, request, keys) -> list[ServicePlan]:
        """Those of the keys that the user sees, in the order of names of units and persons."""
        rows = self.get_queryset(request).filter(pk__in=list(keys), voided_at__isnull=True)
        rows = rows.select_related("cadre__person__community", "cadre__managing_unit")
        return list(rows.order_by("cadre__managing_unit__path", "cadre__order_no", "pk"))

    def print_many_view(self, request):
        if not self.has_view_permission(request):
            raise PermissionDenied
        keys = [key for key in request.GET.get("pk", "").split(",") if key.isascii() and key.isdecimal()]
        plans = self.chosen(request, [int(key) for key in keys if len(key) < 18][:MOST_AT_ONCE])
        sheets = [
            pages_of(self.sheet(request, plan), picture=self.url_of("picture", plan) if plan.photo_id else "")
            for plan in plans
        ]
        frame = frame_for(request, TITLE, back_url=reverse("admin:ledgers_serviceplan_changelist"))
        audit.look(
            "print", actor=request.user, people=[plan.cadre_id for plan in plans], fields=["plan"],
            target="ledgers.serviceplan", request=request,
        )  # fmt: skip
        return self.page(request, "print/plan.html", {"frame": frame, "sheets": sheets})


def download(data: bytes, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(data, content_type=kind, headers=PRIVATE)
    response.headers["Content-Disposition"] = content_disposition_header(True, name)
    return response
