"""Code lists: national standards and the bureau's own lines. A line is disabled, never deleted."""

from django.contrib import admin
from django.db import transaction

from apps.common import code_lists
from apps.common.admin_base import RecordAdmin
from apps.common.admin_forms import RecordForm
from apps.common.models import CodeValue


class CodeValueForm(RecordForm):
    """Two of the lists hold the marking words themselves."""

    takes_marks = True


@admin.register(CodeValue)
class CodeValueAdmin(RecordAdmin):
    form = CodeValueForm
    open_to_viewers = True
    list_display = ("code_list", "code", "name", "words", "disabled_on")
    list_display_links = ("code", "name")
    list_filter = ("code_list",)
    search_fields = ("code", "name")
    search_help_text = "代码或名称"
    ordering = ("code_list", "position", "code")
    fields = ("code_list", "code", "name", "aliases", "position", "disabled_on")

    @admin.display(description="导入时也认作")
    def words(self, value) -> str:
        return "、".join(value.aliases)

    def get_readonly_fields(self, request, obj=None):
        return ("code_list", "code") if obj else ()

    def write(self, request, obj, form, change):
        obj.save()
        transaction.on_commit(code_lists.forget)
