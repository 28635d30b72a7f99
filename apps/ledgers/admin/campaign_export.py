"""The list of a campaign as a sheet: with a purpose, on record, without numbers of identity, phones and addresses."""

import io

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from apps.accounts.limits import wrong_password
from apps.common import audit
from apps.common.workbook.writer import write_sheet
from apps.ledgers.choices.campaigns import TargetState
from apps.ledgers.forms.campaigns import CampaignExportForm
from apps.registry.admin.export import password_from
from apps.registry.services.export import EXPORT

COLUMNS = (
    "序号", "姓名", "是谁的遗属", "性别", "出生年月", "原单位及职务", "离/退", "单位", "社区", "类别", "谁去看",
    "慰问金（元）", "慰问品", "慰问品折价（元）", "情况", "原因", "走访安排", "慰问时间",
    "领取情况", "领取人", "代领关系", "日期",
)  # fmt: skip
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class CampaignExport:
    """Mixed into CampaignAdmin."""

    def export_view(self, request, object_id):
        campaign = self.campaign_of(request, object_id)
        if not request.user.has_perm(EXPORT):
            raise PermissionDenied
        mine = self.scope(request, EXPORT).values("pk")
        rows = self.targets_of(request, campaign).filter(cadre__in=mine).exclude(state=TargetState.REMOVED)
        count = rows.count()
        form = CampaignExportForm(request.POST if request.method == "POST" else None, ask_password=password_from(count))
        if request.method == "POST" and form.is_valid() and self.password_right(request, form):
            return self.sheet_of(request, campaign, rows, form.cleaned_data["reason"])
        context = {
            "title": f"导出名单：{campaign.name}", "form": form, "lead": f"{count} 位，不含身份证号、电话和住址。",
            "buttons": [("export", "导出 Excel")], **self.back_to(campaign),
        }  # fmt: skip
        return self.page(request, "admin/registry/act.html", context, status=422 if form.errors else 200)

    def password_right(self, request, form) -> bool:
        if "password" not in form.fields:
            return True
        if sentence := wrong_password(request, form.cleaned_data.pop("password"), action="export.refused"):
            form.add_error("password", sentence)
        return not form.errors

    def sheet_of(self, request, campaign, rows, reason: str) -> HttpResponse:
        rows = list(rows.order_by("category", "cadre__order_no", "pk"))
        audit.look(
            "export", actor=request.user, people=[row.cadre_id for row in rows], reason=reason,
            target=f"ledgers.campaign:{campaign.pk}", request=request,
        )  # fmt: skip
        stream = io.BytesIO()
        title = f"{campaign.name}慰问名单"
        notes = [
            ("导出人", str(request.user)), ("导出时间", f"{timezone.localtime():%Y-%m-%d %H:%M}"), ("用途", reason),
            ("范围", f"{campaign.unit}，{len(rows)} 位，不含移出的"),
        ]  # fmt: skip
        write_sheet(stream, title, COLUMNS, (line_of(place, row) for place, row in enumerate(rows, 1)), notes=notes)
        response = HttpResponse(stream.getvalue(), content_type=KIND)
        response.headers["Content-Disposition"] = content_disposition_header(True, f"{title}.xlsx")
        return response


def line_of(place: int, row) -> list:
    person, route = row.cadre.person, row.stop.route if row.stop else None
    return [
        place, row.name, row.of_whom, person.get_sex_display() if person.sex in "12" else "",
        str(person.birth_date)[:7] if person.birth_date else "", row.cadre.former_post,
        row.cadre.get_retire_type_display(), row.cadre.managing_unit.name, str(person.community or ""),
        row.get_category_display(), "、".join(row.layer_words), row.money, row.gift,
        row.gift_value, row.get_state_display(), row.reason, str(route or ""), route.on_day if route else None,
        row.get_handed_display(), row.receiver, row.relation, row.handed_on or row.returned_on,
    ]  # fmt: skip
