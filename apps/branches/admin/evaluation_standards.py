"""Standards of evaluation in the admin: their items are pasted or edited, until an evaluation uses them."""

from django.contrib import admin

from apps.branches.forms.evaluation import StandardForm
from apps.branches.models import Standard, StandardItem
from apps.branches.services.evaluations import is_in_use, keep_standard
from apps.common.admin import RecordAdmin, RecordInline


class ItemInline(RecordInline):
    """Items one by one; read-only once the standard is in use."""

    model = StandardItem
    fields = ["number", "section", "text", "points", "nature"]
    ordering = ["number", "id"]

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and not (obj and is_in_use(obj))

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("branches.view_standard")

    def _may(self, request, parent, allowed: bool) -> bool:
        """The right to change a standard is the right to change its items."""
        return super()._may(request, parent, request.user.has_perm("branches.change_standard"))


@admin.register(Standard)
class StandardAdmin(RecordAdmin):
    form = StandardForm
    open_to_viewers = True
    voidable = True
    add_label = "登记评估标准"
    empty_words = "把文件里的标准登记在这里，一行一条，粘贴就行。"
    list_display = ["name", "subject", "year_from", "document_no", "closed_on"]
    list_filter = ["subject"]
    search_fields = ["name", "document_no"]
    search_help_text = "名称或文号"
    sortable_by = ()
    ordering = ["-year_from", "name", "id"]
    inlines = [ItemInline]
    fieldsets = (
        (None, {"fields": ("name", ("subject", "year_from"), ("document_no", "closed_on"))}),
        ("添加内容", {"fields": ("lines",)}),
    )

    def get_fieldsets(self, request, obj=None):
        reading = obj is not None and (not self.has_change_permission(request, obj) or is_in_use(obj))
        return self.fieldsets[:1] if reading else self.fieldsets

    def get_inlines(self, request, obj):
        return self.inlines if obj is not None else []

    def write(self, request, obj, form, change):
        keep_standard(obj, form.cleaned_data.get("lines") or [], actor=request.user)
