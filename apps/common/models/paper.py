"""Paper that was printed and is waited for."""

from django.db import models
from django.db.models import Q

from apps.common import history
from apps.common.choices import PaperState

from .attachment import Attachment
from .base import Record


@history.track(exclude=("subject",))
class Paper(Record):
    """One printed sheet or set of sheets that must come back signed, stamped or filled in.

    `code` is short, unique and printed on every page; typed into the search box it finds this row. `subject` names what
    it belongs to (`ledgers.callsheet:12`), `title` says it without personal data. `holder` is where the paper lies
    now, in words: many who hold one have no account. Returned means: a scan, or the results entered from it.
    """

    code = models.CharField("编码", max_length=8, unique=True)
    kind = models.CharField("哪种表", max_length=30)
    title = models.CharField("名称", max_length=120)
    subject = models.CharField("属于", max_length=80)
    pages = models.PositiveSmallIntegerField("页数", default=1, db_default=1)
    state = models.CharField("状态", max_length=10, choices=PaperState, default=PaperState.PRINTED)
    holder = models.CharField("在谁手里", max_length=60, blank=True, db_default="")
    due_on = models.DateField("应收回", null=True, blank=True)
    printed_at = models.DateTimeField("打印时间", null=True, blank=True)
    handed_on = models.DateField("送签日期", null=True, blank=True)
    returned_on = models.DateField("收回日期", null=True, blank=True)
    archived_on = models.DateField("归档日期", null=True, blank=True)
    scan = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="扫描件")
    unit_id = models.BigIntegerField("所属单位", null=True, editable=False)
    printed_by_id = models.BigIntegerField("打印人", null=True, editable=False)

    class Meta(Record.Meta):
        verbose_name = "纸质表"
        verbose_name_plural = "纸质表"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["subject"], name="paper_subject"),
            models.Index(fields=["due_on", "id"], name="paper_open", condition=Q(state__in=["printed", "to_sign"])),
            models.Index(fields=["unit_id", "-id"], name="paper_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.title}（{self.code}）"
