"""Asking for a list to leave the portal: who, which people, which columns, and why."""

from array import array
from collections.abc import Sequence

from django.db import transaction

from apps.common import attachments
from apps.common.errors import BusinessError
from apps.common.models import Job
from apps.common.services import start_job
from apps.common.voiding import check_reason
from apps.registry.models import ExportLayout

KIND = "registry.export_cadres"
EXPORT = "registry.export_cadre"
FORMATS = {"xlsx": "Excel 表格（.xlsx）", "csv": "CSV 文本（.csv）"}
MOST = 100_000
CHUNK = 1000
KEEP_DAYS = 1


@transaction.atomic
def ask_export(
    keys: Sequence[int], *, columns: Sequence[str], reason: str, file_format: str, actor, order: str = ""
) -> Job:
    """Queue an export of these cadres and remember the columns for next time. The keys wait as an encrypted blob.

    `order` is the key of the named order the keys stand in: the file says it in its title row and its name.
    """
    reason = check_reason(reason)
    if file_format not in FORMATS:
        raise BusinessError("请选择文件格式。", field="file_format")
    if not columns:
        raise BusinessError("请至少选一栏。", field="columns")
    if not keys:
        raise BusinessError("这个范围里没有人，不用导出。", code="empty")
    if len(keys) > MOST:
        raise BusinessError(f"一次最多导出 {MOST:,} 人，请先缩小范围。", code="too_many")
    ExportLayout.objects.update_or_create(user=actor, defaults={"columns": list(columns)})
    blob = attachments.store(
        array("q", keys).tobytes(),
        subject=KIND,
        purpose="导出的人员",
        filename="keys",
        actor=actor,
        keep_days=KEEP_DAYS,
    )
    params = {"keys": blob.pk, "columns": list(columns), "reason": reason, "format": file_format, "order": order}
    return start_job(KIND, f"导出老干部名单（{len(keys)} 人）", actor=actor, params=params)


def saved_columns(user) -> list[str]:
    """Columns this user chose last time."""
    layout = ExportLayout.objects.filter(user=user).first()
    return layout.columns if layout else []
