"""What leaves by hand, many at a time."""

from django.conf import settings
from django.db import models

from apps.common.models import Attachment, Paper, Record
from apps.messaging.choices import Channel
from apps.organisation.models import Unit


class DeliveryBatch(Record):
    """Deliveries that leave together by hand: a file for the operator, a stack of letters, a call sheet.

    Its deliveries are `handed` until the result comes back (a file imported, a sheet entered, letters posted). `unit`
    bounds whose messages are in it and who may see it; none means everybody's. `taken_at`: since then it may be out
    of the house, and it cannot be called off any more. `counts` holds numbers, and lines of a result file that fitted
    nobody, with masked phones.
    """

    channel = models.CharField("通道", max_length=8, choices=Channel)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="哪个单位（含下级）的人"
    )
    on_day = models.DateField("哪一天")
    file = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="交出的文件"
    )
    paper = models.OneToOneField(Paper, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="纸质表")
    result_file = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="收回的结果"
    )
    counts = models.JSONField("计数", default=dict)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="制作人"
    )
    taken_at = models.DateTimeField("第一次下载或打印", null=True, blank=True)
    settled_at = models.DateTimeField("结果登记时间", null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = "成批发送"
        verbose_name_plural = "成批发送"
        ordering = ["-id"]
        permissions = [("make_batch", "制作短信文件、贺卡、电话单，登记结果")]
        indexes = [models.Index(fields=["unit", "-id"], name="deliverybatch_unit")]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.on_day} #{self.pk}"
