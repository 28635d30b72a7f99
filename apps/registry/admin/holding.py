"""公开活动须先请示 on the person's page, and the list of whom to invite, which leaves the held ones out."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.utils.http import urlencode

from apps.common import audit
from apps.common.errors import BusinessError
from apps.common.forms import PortalForm
from apps.registry.choices import HoldPurpose
from apps.registry.holds import HOLD_WORDS, held, selectable
from apps.registry.orders import PROTOCOL, order_of
from apps.registry.scopes import VIEW
from apps.registry.services.export import EXPORT
from apps.registry.services.holding import LONGEST_REASON, lift_hold, put_on_hold

from . import page
from .scope import may_on

VIEW_HOLD = "registry.view_hold"
CHANGE_HOLD = "registry.change_hold"
MOST_LISTED = 500


class HoldForm(PortalForm):
    reason = forms.CharField(
        label="原因",
        max_length=LONGEST_REASON,
        widget=forms.Textarea({"rows": 3}),
        help_text="加密保存，只有有权限的人看得到，查看会留下记录。请勿填写涉密内容。",
    )


class LiftForm(PortalForm):
    reason = forms.CharField(label="解除的依据", max_length=200, help_text="谁同意的、哪份文件；会写进操作记录")


class CadreHolds:
    """Mixed into CadreAdminBase."""

    def hold_tools(self, request, cadre) -> list[dict]:
        if cadre.voided_at or not may_on(request, cadre.pk, CHANGE_HOLD):
            return []
        label = "解除须先请示" if cadre.on_hold else "设为须先请示"
        return [{"label": label, "url": self.url_of("hold", cadre)}]

    def hold_sections(self, request, cadre) -> list[page.Section]:
        """The reason, for those with the right to it; the entry about the opened page names this section."""
        if not cadre.on_hold or not may_on(request, cadre.pk, VIEW_HOLD):
            return []
        rows = [page.Row("原因", cadre.hold_reason), page.Row("不选他参加", "、".join(HoldPurpose.labels))]
        return [page.Section("hold", HOLD_WORDS, rows, is_aside=True)]

    def hold_view(self, request, object_id):
        """Set the flag with its reason, or lift it with the basis."""
        cadre = self.get_object(request, object_id)
        if not may_on(request, cadre.pk, CHANGE_HOLD) or cadre.voided_at:
            raise PermissionDenied
        lifts = cadre.on_hold
        form = (LiftForm if lifts else HoldForm)(request.POST or None)
        if request.method == "POST" and form.is_valid():
            reason = form.cleaned_data["reason"]
            try:
                if lifts:
                    lift_hold(cadre, basis=reason, actor=request.user, request=request)
                else:
                    put_on_hold(cadre, reason=reason, actor=request.user, request=request)
            except BusinessError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, "已解除，可以参加公开活动。" if lifts else "已设为公开活动须先请示。")
                return HttpResponseRedirect(self.url_of("change", cadre))
        context = {
            "title": f"{'解除须先请示' if lifts else '设为公开活动须先请示'}：{cadre.person.name}",
            "original": cadre,
            "form": form,
            "media": form.media,
            "lead": f"{'、'.join(HoldPurpose.labels)}要先请示，名单里单独列出；日常联系看望、生日问候照常。",
            "back": self.url_of("change", cadre),
            "buttons": [("save", "解除" if lifts else "确定")],
        }
        return self.page(request, "admin/registry/act.html", context, status=422 if form.errors else 200)

    # Whom to choose for an occasion

    @admin.action(description="拟邀请名单", permissions=["view"])
    def invite_ticked(self, request, queryset):
        return self.to_group(request, queryset, "invite")

    def invite_view(self, request):
        """The filtered or ticked people who may be chosen for a purpose, in a named order; those on hold below."""
        purpose = request.GET.get("purpose", "")
        purpose = HoldPurpose(purpose if purpose in HoldPurpose else HoldPurpose.INVITATION)
        order = order_of(request.GET.get("order"), among=PROTOCOL)
        group = self.group_of(request, VIEW).order_by(*order.by)
        rows = list(selectable(group, purpose).select_related("person", "managing_unit")[: MOST_LISTED + 1])
        apart = list(held(group, purpose).select_related("person", "managing_unit")[:MOST_LISTED])
        shown = rows[:MOST_LISTED]
        audit.look(
            "list.chosen",
            actor=request.user,
            people=[cadre.pk for cadre in (*shown, *apart)],
            fields=[purpose.value, order.key],
            target="registry.cadre",
            request=request,
        )
        context = {
            "title": f"{purpose.label}拟选名单{order.heading}",
            "rows": shown,
            "is_more": len(rows) > MOST_LISTED,
            "most": MOST_LISTED,
            "apart": apart,
            "purposes": [(item.label, item.value, item is purpose) for item in HoldPurpose],
            "orders": [(item.words, item.key, item is order) for item in PROTOCOL.values()],
            "others": [(name, value) for name, value in request.GET.items() if name not in ("purpose", "order")],
            "back": self.back_of(request, group),
            "export_url": self._export_of(request, purpose, order) if request.user.has_perm(EXPORT) else "",
        }
        return self.page(request, "admin/registry/invite.html", context)

    def _export_of(self, request, purpose, order) -> str:
        query = {**request.GET.dict(), "purpose": purpose.value, "order": order.key}
        return f"{self.plain_url('export')}?{urlencode(query)}"

    def without_held(self, request, cadres):
        """`cadres` as the address asks for them: with a `purpose`, those on hold are left out."""
        purpose = request.GET.get("purpose", "")
        return selectable(cadres, HoldPurpose(purpose)) if purpose in HoldPurpose else cadres
