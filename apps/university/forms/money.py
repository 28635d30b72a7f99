"""Forms about money: taking fees, contra entries, receipts, refunds."""

from decimal import Decimal

from django import forms
from django.utils import timezone

from apps.common.forms import PortalForm
from apps.common.scans import ACCEPT, HELP
from apps.university.choices.money import TAKEN, PaymentMethod, RefundCause

from .students import DAY, KeyForm, PastDay

CENT = Decimal("0.01")


class YuanField(forms.DecimalField):
    def __init__(self, **kwargs):
        messages = {"invalid": "金额写成数字，例如 600 或 88.50。", "min_value": "金额要大于 0。"}
        super().__init__(
            **{"max_digits": 8, "decimal_places": 2, "min_value": CENT, "error_messages": messages, **kwargs}
        )


class PayForm(KeyForm):
    """One confirmation: `rows` are the enrolments that are not paid for in full, each with a tick and an amount."""

    method = forms.ChoiceField(
        label="怎样缴的", choices=[(one.value, one.label) for one in TAKEN], initial=PaymentMethod.CASH
    )
    paid_on = PastDay(label="缴费日期")
    fiscal_no = forms.CharField(
        label="财政票据号", max_length=40, required=False, help_text="票据是财务系统开的，可以以后补登"
    )
    note = forms.CharField(label="说明", max_length=120, required=False)

    def __init__(self, *args, rows, **kwargs):
        super().__init__(*args, **kwargs)
        self.rows = rows
        for row in rows:
            self.fields[f"take_{row.pk}"] = forms.BooleanField(
                label=f"缴{row.class_group}", required=False, initial=True
            )
            self.fields[f"amount_{row.pk}"] = YuanField(
                label=f"{row.class_group}金额", required=False, initial=row.owes
            )

    def row_fields(self):
        return [(row, self[f"take_{row.pk}"], self[f"amount_{row.pk}"]) for row in self.rows]

    def other_fields(self):
        return [self[name] for name in ("method", "paid_on", "fiscal_no", "note")]

    def amounts(self) -> dict[int, Decimal]:
        values = self.cleaned_data
        return {row.pk: values.get(f"amount_{row.pk}") or row.owes for row in self.rows if values[f"take_{row.pk}"]}

    def values(self) -> dict:
        return {name: self.cleaned_data[name] for name in ("method", "paid_on", "fiscal_no", "note")}


class ContraForm(KeyForm):
    submit_label = "冲销这一笔"

    reason = forms.CharField(label="为什么冲销", max_length=120, help_text="例如 金额输错、缴错了班")


class ReceiptForm(PortalForm):
    fiscal_no = forms.CharField(label="财政票据号", max_length=40)


class RefundForm(KeyForm):
    submit_label = "登记退费申请"

    cause = forms.ChoiceField(label="为什么退", choices=RefundCause.choices)
    applicant = forms.CharField(label="谁来申请", max_length=60, required=False, help_text="本人来的空着")
    relation = forms.CharField(label="与学员的关系", max_length=30, required=False)
    payee = forms.CharField(label="收款人", max_length=60, required=False, help_text="空着就是学员本人")
    account = forms.CharField(
        label="收款账号", max_length=60, required=False, help_text="加密保存，只印在退费申请表和清单上；退现金的空着"
    )
    file = forms.FileField(
        label="证明", required=False, help_text=f"离世、重病、移居外地的必附。{HELP}",
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPT}),
    )  # fmt: skip

    def __init__(self, *args, causes=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["cause"].choices = [(cause, RefundCause(cause).label) for cause in causes]


class SignForm(PortalForm):
    submit_label = "已签字收回"

    on = PastDay(label="签字收回日期")
    file = forms.FileField(
        label="扫描件", required=False, help_text=HELP, widget=forms.ClearableFileInput(attrs={"accept": ACCEPT})
    )


class DayForm(KeyForm):
    """A step for everybody of a cancelled class, with the day on the paper."""

    on = PastDay(label="日期")


class BackForm(KeyForm):
    reason = forms.CharField(label="为什么撤回", max_length=200, help_text="学员会看到")


class PaidForm(PortalForm):
    submit_label = "财务已退"

    on = PastDay(label="退款日期")
    voucher = forms.CharField(label="财务凭证号", max_length=40, required=False)


class EndForm(PortalForm):
    on = PastDay(label="日期")
    reason = forms.CharField(label="原因", max_length=200, help_text="学员会看到")


class UndoForm(PortalForm):
    step = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(label="为什么撤回", max_length=120)


class ReleaseForm(PortalForm):
    submit_label = "释放名额，通知他"

    reason = forms.CharField(label="原因", max_length=120, initial="过了缴费期限没有缴费", help_text="他会看到")


class DaysForm(forms.Form):
    """A stretch of days of the report, both inclusive; what cannot be read is today."""

    first = forms.DateField(label="从", widget=DAY, required=False)
    last = forms.DateField(label="到", widget=DAY, required=False)

    def span(self):
        today = timezone.localdate()
        if not self.is_valid():
            return today, today
        first = self.cleaned_data["first"] or today
        return first, max(first, self.cleaned_data["last"] or first)
