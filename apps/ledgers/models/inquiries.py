"""来电来访登记: who called or came, what about, who deals with it by when, and the call that answered it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.common.choices import Source
from apps.common.fields import EncryptedTextField
from apps.common.models import Record
from apps.ledgers.choices import InquiryState
from apps.organisation.models import Unit
from apps.people.models import Person

from .contacts import Contact


class InquiryQuerySet(models.QuerySet):
    def open(self):
        """Not yet answered."""
        return self.filter(state__in=[InquiryState.OPEN, InquiryState.ANSWERED], voided_at__isnull=True)


class Inquiry(Record):
    """One call, visit or letter to the bureau. 首问负责: whoever took it follows it until the answer was given.

    `person` is empty when the caller is not in the registry: then `caller` says who. Handled at once it is done;
    passed on it has a handler and a deadline (`due_on`, last day in time), and is closed by the answering call.
    `subject` is a code of the list `inquiry_subject`; `form_key` makes a form sent twice one row.
    """

    form_key = models.UUIDField("表单编号", default=uuid.uuid4, unique=True, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", editable=False, verbose_name="受理单位")
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="inquiries", verbose_name="哪位老同志"
    )
    caller = models.CharField("来人（不是本人才填）", max_length=60, blank=True, db_default="")
    caller_phone = EncryptedTextField("回电号码")
    source = models.CharField("怎样来的", max_length=10, choices=Source, default=Source.CALL, db_default="call")
    subject = models.CharField("什么事", max_length=4)
    content = EncryptedTextField("内容")
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="受理人（首问负责）"
    )
    received_at = models.DateTimeField("受理时间", db_default=Now())
    state = models.CharField("状态", max_length=10, choices=InquiryState)
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="承办人"
    )
    due_on = models.DateField("办理期限", null=True, blank=True)
    result = EncryptedTextField("办理结果")
    answered_on = models.DateField("办完日期", null=True, blank=True)
    closing_contact = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, related_name="closed_inquiries", verbose_name="回复记录"
    )
    closed_on = models.DateField("回复日期", null=True, blank=True)

    objects = InquiryQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = "来电来访"
        verbose_name_plural = "来电来访登记"
        ordering = ["-received_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False) | ~Q(caller=""),
                name="inquiry_who",
                violation_error_message="请选是哪位老同志，或写明来人是谁。",
            ),
            models.CheckConstraint(
                condition=Q(state="done") | Q(handler__isnull=False, due_on__isnull=False),
                name="inquiry_passed_on_whole",
                violation_error_message="转办要选承办人，并定期限。",
            ),
        ]
        indexes = [
            models.Index(fields=["-received_at", "-id"], name="inquiry_received"),
            models.Index(
                fields=["handler", "due_on"], name="inquiry_open", condition=Q(state__in=["open", "answered"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_source_display()} {self.received_at:%Y-%m-%d}"
