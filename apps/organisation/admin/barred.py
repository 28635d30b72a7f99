"""What must not be held in this system."""

from django.contrib import admin

from apps.common.admin import RecordAdmin
from apps.organisation.forms import BarredEntryForm
from apps.organisation.models import BarredEntry


@admin.register(BarredEntry)
class BarredEntryAdmin(RecordAdmin):
    """Kept by the security administrator; taken off the list by voiding."""

    form = BarredEntryForm
    open_to_viewers = True
    voidable = True
    add_label = "新增不得登记的单位或职级"
    empty_words = "按保密要求不能在本系统登记的单位和职级写在这里，登记、修改和导入时碰到就会停下。"
    list_display = ["name", "kind", "document_no", "reason", "is_voided"]
    list_filter = ["kind"]
    search_fields = ["name", "document_no"]
    search_help_text = "名称或文号"
    fields = ["kind", "name", "document_no", "reason"]

    @admin.display(description="作废", boolean=True)
    def is_voided(self, row):
        return row.voided_at is not None
