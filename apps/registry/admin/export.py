"""Asking for an export of the filtered list: columns, format, reason; the file waits in the download centre."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from apps.accounts.limits import wrong_password
from apps.accounts.outflow_rules import OutflowRules
from apps.common.errors import BusinessError
from apps.common.secrecy_forms import SecrecyMixin
from apps.organisation.queries import rule_values
from apps.registry.models import Cadre
from apps.registry.orders import Order, order_of
from apps.registry.resources import DEFAULT_COLUMNS, columns_for
from apps.registry.services.export import EXPORT, FORMATS, MOST, ask_export, saved_columns

from .groups import without_own


class ExportForm(SecrecyMixin, forms.Form):
    columns = forms.MultipleChoiceField(label="栏目", widget=forms.CheckboxSelectMultiple)
    file_format = forms.ChoiceField(label="文件格式", choices=list(FORMATS.items()), initial="xlsx")
    reason = forms.CharField(label="用途", max_length=200, help_text="例如 重阳节慰问名单；会写进文件和操作记录")

    def __init__(self, *args, columns: dict, ask_password: int = 0, **kwargs):
        super().__init__(*args, **kwargs)
        groups: dict[str, list] = {}
        for key, column in columns.items():
            groups.setdefault(column.group, []).append((key, column.column_name))
        self.fields["columns"].choices = list(groups.items())
        if ask_password:
            self.fields["password"] = forms.CharField(
                label="再输一次您的密码",
                max_length=200,
                help_text=f"一次导出 {ask_password} 人以上要再核对",
                widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
            )


def password_from(people: int) -> int:
    """The number of people from which a password is asked again, when this export reaches it; else 0."""
    limit = rule_values(OutflowRules.rule_key, on=timezone.localdate()).export_password_from
    return limit if people >= limit else 0


class CadreExport:
    """Mixed into CadreAdminBase."""

    def keys_to_export(self, request) -> list[int]:
        """Keys of the filtered list, or of the ticked people, in its order, of people whom the user may export; one
        more than allowed at most. With a `purpose` those on hold are left out (`registry.holds`)."""
        if "pk" in request.GET:
            rows = self.group_of(request, EXPORT).order_by(*self.order_asked(request).by)
        else:
            rows = self.filtered_rows(request)
        mine = Cadre.objects.visible_to(request.user, EXPORT).values("pk")
        rows = self.without_held(request, rows.filter(pk__in=mine))
        return list(rows.values_list("pk", flat=True)[: MOST + 1])

    def order_asked(self, request) -> Order:
        return order_of(request.GET.get("order"))

    def knows_password(self, request, form: ExportForm) -> bool:
        """Whether the password was typed again rightly, where it is asked for."""
        if "password" not in form.fields:
            return True
        if sentence := wrong_password(request, form.cleaned_data.pop("password"), action="export.refused"):
            form.add_error("password", sentence)
        return not form.errors

    def export_view(self, request):
        if not request.user.has_perm(EXPORT):
            raise PermissionDenied
        offered = columns_for(request.user)
        chosen = [key for key in saved_columns(request.user) if key in offered] or list(DEFAULT_COLUMNS)
        keys = self.keys_to_export(request)
        form = ExportForm(
            request.POST or None, columns=offered, initial={"columns": chosen}, ask_password=password_from(len(keys))
        )
        if request.method == "POST" and form.is_valid() and self.knows_password(request, form):
            try:
                order = self.order_asked(request)
                job = ask_export(keys, actor=request.user, order=order.key, **form.cleaned_data)
            except BusinessError as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
            else:
                messages.success(request, "已经开始导出，做好后在这里下载。")
                return HttpResponseRedirect(reverse(f"{self.admin_site.name}:common_job_change", args=[job.pk]))
        context = {
            "title": "导出名单",
            "form": form,
            "lead": f"{'超过 ' if len(keys) > MOST else ''}{min(len(keys), MOST):,} 人，范围和顺序与刚才的列表相同"
            f"{self.order_asked(request).heading}。",
            "back": f"{self.plain_url('changelist')}?{without_own(request.GET).urlencode()}",
            "buttons": [("export", "导出")],
        }
        return self.page(request, "admin/registry/act.html", context, status=422 if form.errors else 200)
