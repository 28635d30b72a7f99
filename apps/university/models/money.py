"""Fees: what came in and what went back. Payments are only ever added; a mistake is answered by a contra entry."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from apps.common import history
from apps.common.fields import EncryptedTextField
from apps.common.models import Attachment, Paper, Record
from apps.university.choices.money import PaymentMethod, RefundAct, RefundCause, RefundState

from .schools import School
from .scoped import OfSchools
from .students import YUAN, Enrolment, Student

KEPT = pgtrigger.Trigger(
    name="kept",
    when=pgtrigger.Before,
    operation=pgtrigger.Update | pgtrigger.Delete,
    func="""
    IF TG_OP = 'UPDATE' AND (NEW.amount, NEW.paid_on, NEW.method, NEW.school_id, NEW.contra_of_id)
        IS NOT DISTINCT FROM (OLD.amount, OLD.paid_on, OLD.method, OLD.school_id, OLD.contra_of_id)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'payments are never changed or deleted';
    """,
)
ADDED_ONLY = pgtrigger.Protect(name="added_only", operation=pgtrigger.Update | pgtrigger.Delete)
COUNT_PAID = pgtrigger.Trigger(
    name="count_paid",
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    func="UPDATE university_enrolment SET paid = paid + NEW.amount WHERE id = NEW.enrolment_id; RETURN NULL;",
)
COUNT_REFUNDED = pgtrigger.Trigger(
    name="count_refunded",
    when=pgtrigger.After,
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("state", "amount", "voided_at") | pgtrigger.Delete,
    declare=[("was", "numeric := 0"), ("is_now", "numeric := 0")],
    func="""
    IF TG_OP <> 'INSERT' AND OLD.voided_at IS NULL AND OLD.state NOT IN ('refused', 'back') THEN was := OLD.amount;
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.voided_at IS NULL AND NEW.state NOT IN ('refused', 'back') THEN is_now := NEW.amount;
    END IF;
    IF was <> is_now THEN
        UPDATE university_enrolment SET refunded = refunded + is_now - was
        WHERE id = CASE TG_OP WHEN 'DELETE' THEN OLD.enrolment_id ELSE NEW.enrolment_id END;
    END IF;
    RETURN NULL;
    """,
)


class Payment(models.Model):
    """Money taken from one student at one school, on one day, in one way: one 缴费确认单 (rule book 9.34).

    `public_id` is the key of the form. `number` stands on the confirmation. A contra entry has the negative amount and
    names what it takes back. Moved from a class to another (CARRIED), its lines add up to nothing. Only the fiscal
    receipt number may be written later, and the student where two entries of one person are made one; the database
    refuses everything else.
    """

    public_id = models.UUIDField(unique=True, editable=False)
    number = models.CharField("确认单号", max_length=20, unique=True)
    school = models.ForeignKey(School, models.PROTECT, related_name="payments", db_index=False, verbose_name="学校")
    student = models.ForeignKey(Student, models.PROTECT, related_name="payments", verbose_name="学员")
    paid_on = models.DateField("缴费日期")
    method = models.CharField("方式", max_length=6, choices=PaymentMethod)
    amount = models.DecimalField("金额（元）", **YUAN)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="收费人"
    )
    entered_at = models.DateTimeField("登记时间")
    fiscal_no = models.CharField("财政票据号", max_length=40, blank=True, db_default="", default="")
    contra_of = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="contra", verbose_name="冲销哪一笔"
    )
    note = models.CharField("说明", max_length=120, blank=True, db_default="", default="")

    objects = OfSchools.as_manager()

    class Meta:
        verbose_name = "缴费"
        verbose_name_plural = "缴费"
        permissions = [("release_place", "释放没有缴费的名额")]
        ordering = ["-paid_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(contra_of__isnull=True, amount__gt=0, method__in=("cash", "pos", "bank"))
                | Q(contra_of__isnull=False, amount__lt=0)
                | Q(method="carry", amount=0),
                name="payment_sign",
                violation_error_message="缴费金额要大于 0，冲销是负数。",
            ),
        ]
        indexes = [models.Index(fields=["school", "paid_on"], name="payment_day")]
        triggers = [KEPT]

    def __str__(self) -> str:
        return self.number


class PaymentLine(models.Model):
    """How much of a payment is for which class. Keeps `Enrolment.paid`."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="lines")
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="payment_lines")
    amount = models.DecimalField("金额（元）", **YUAN)

    class Meta:
        verbose_name = "缴费明细"
        verbose_name_plural = "缴费明细"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["payment", "enrolment"], name="paymentline_once")]
        triggers = [ADDED_ONLY, COUNT_PAID]

    def __str__(self) -> str:
        return f"{self.amount}"


class RefundBatch(Record):
    """A list of refunds on its way to the finance office, of one school and day."""

    school = models.ForeignKey(School, models.PROTECT, related_name="refund_batches", verbose_name="学校")
    number = models.PositiveIntegerField("第几批")
    sent_on = models.DateField("送交日期")
    paper = models.ForeignKey(Paper, models.PROTECT, null=True, blank=True, related_name="+", editable=False)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False, verbose_name="经办人"
    )

    objects = OfSchools.as_manager()

    class Meta(Record.Meta):
        verbose_name = "退费送财务清单"
        verbose_name_plural = "退费送财务清单"
        ordering = ["-sent_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["school", "number"], name="refundbatch_number"),
        ]

    def __str__(self) -> str:
        return f"{self.school} 第{self.number}批"


@history.track(exclude=("account",))
class Refund(Record):
    """Money to be given back for one class, as a paper that goes its way (rule book 9.35, 9.36).

    `basis`, `sessions`, `share` and `handling` are what the amount was reckoned from; `left_on` the day it counts from.
    While it stands, it counts against what was paid (`Enrolment.refunded`, kept by a trigger).
    """

    school = models.ForeignKey(School, models.PROTECT, related_name="refunds", verbose_name="学校")
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="refunds", verbose_name="在读")
    cause = models.CharField("原因", max_length=8, choices=RefundCause)
    state = models.CharField("进度", max_length=8, choices=RefundState, default=RefundState.APPLIED)
    applied_on = models.DateField("申请日期")
    left_on = models.DateField("退课日期")
    moved_on = models.DateField("这一步的日期")
    basis = models.DecimalField("已缴（元）", **YUAN)
    sessions = models.PositiveSmallIntegerField("已上几次课")
    share = models.PositiveSmallIntegerField("退百分之几")
    handling = models.DecimalField("手续费（元）", **YUAN, default=0)
    amount = models.DecimalField("退费（元）", **YUAN)
    words = models.CharField("怎样算的", max_length=120)
    applicant = models.CharField("申请人", max_length=60, blank=True, db_default="", default="")
    relation = models.CharField("与学员的关系", max_length=30, blank=True, db_default="", default="")
    payee = models.CharField("收款人", max_length=60, blank=True, db_default="", default="")
    account = EncryptedTextField("收款账号")
    proof = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", editable=False, verbose_name="证明"
    )
    paper = models.ForeignKey(
        Paper, models.PROTECT, null=True, blank=True, related_name="+", editable=False, verbose_name="退费申请表"
    )
    signed_on = models.DateField("签字日期", null=True, blank=True)
    batch = models.ForeignKey(
        RefundBatch, models.PROTECT, null=True, blank=True, related_name="refunds", editable=False, verbose_name="清单"
    )
    paid_on = models.DateField("退款日期", null=True, blank=True)
    voucher = models.CharField("财务凭证号", max_length=40, blank=True, db_default="", default="")
    closing_note = models.CharField("结束原因", max_length=200, blank=True, db_default="", default="")
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False, verbose_name="登记人"
    )

    objects = OfSchools.as_manager()

    class Meta(Record.Meta):
        verbose_name = "退费"
        verbose_name_plural = "退费"
        ordering = ["-applied_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment"],
                condition=Q(state__in=("applied", "signed", "sent"), voided_at__isnull=True),
                name="refund_one_open",
                violation_error_message="这门课已经有一份退费在办。",
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0, amount__lte=F("basis"), share__lte=100, handling__gte=0),
                name="refund_amount",
                violation_error_message="退费不能是负数，也不能超过已缴。",
            ),
        ]
        indexes = [models.Index(fields=["school", "state"], name="refund_state")]
        triggers = [*Record.Meta.triggers, COUNT_REFUNDED]

    def __str__(self) -> str:
        return f"退费 {self.amount} 元"


class RefundStep(models.Model):
    """What was done with a refund. `kept`: what the step wrote over, so that the last one can be taken back whole."""

    refund = models.ForeignKey(Refund, models.PROTECT, related_name="steps")
    act = models.CharField("办了什么", max_length=10, choices=RefundAct)
    on = models.DateField("日期")
    at = models.DateTimeField("登记时间")
    state_before = models.CharField("原来", max_length=8, choices=RefundState, blank=True, db_default="", default="")
    kept = models.JSONField(default=dict, blank=True)
    undone = models.BooleanField("已撤回", default=False, db_default=False)
    note = models.CharField("说明", max_length=200, blank=True, db_default="", default="")
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "退费经过"
        verbose_name_plural = "退费经过"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.get_act_display()
