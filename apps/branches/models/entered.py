"""Who typed a branch's record: the branch itself, or bureau staff on its behalf (代录)."""

from django.conf import settings
from django.db import models

from apps.common.models import Record


class Entered(Record):
    """`public_id` is the key that the form carried: the same form sent twice is one row."""

    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+", verbose_name="录入人"
    )
    by_staff = models.BooleanField("工作人员代录", db_default=False, default=False, editable=False)

    class Meta(Record.Meta):
        abstract = True
