"""What was done to a matter, one row an act: when, by whom, whether staff did it for a branch (代录)."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class Step(models.Model):
    """Written once and never changed. `on` is the day it counts from, `at` when it was typed."""

    on = models.DateField("日期")
    note = models.CharField("说明", max_length=200, blank=True, db_default="")
    at = models.DateTimeField("登记时间", db_default=Now(), editable=False)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    by_staff = models.BooleanField("工作人员代录", default=False, db_default=False)

    class Meta:
        abstract = True
        ordering = ["id"]
