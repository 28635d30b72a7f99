"""What the staff pages of the senior university share: the scope by the school."""

from apps.common.admin_pages import (
    MOST_ON_PAPER,
    PRIVATE,
    XLSX,
    Block,
    PageRecordAdmin,
    day,
    file_answer,
    refuse,
    send_print,
    send_workbook,
)

__all__ = [
    "MOST_ON_PAPER", "PRIVATE", "XLSX", "Block", "SchoolRecordAdmin", "day", "file_answer", "refuse", "send_print",
    "send_workbook",
]  # fmt: skip


class SchoolRecordAdmin(PageRecordAdmin):
    """Records of schools within the user's units."""

    elsewhere = "这所学校不在您的管理范围内。"

    def unit_of(self, obj):
        return obj.school.unit_id
