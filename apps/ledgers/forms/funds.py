"""Forms of the aid fund: the year's money, the meeting's grid, notice, objections, payment, receipts."""

import uuid
from decimal import Decimal

from django import forms
from django.utils import timezone

from apps.accounts.models import User
from apps.branches.forms.dues import YuanField
from apps.common.admin_forms import RecordForm
from apps.common.forms import PortalForm
from apps.common.secrecy_forms import SecrecyMixin
from apps.ledgers.choices.aid import AidVerdict, ObjectionOutcome, PayMethod
from apps.ledgers.models import AidApplication, FundYear

from .aid import DAY, STALE, text_area

FIRST_YEAR, LAST_YEAR = 2000, 2100


def narrow(size: int, **attrs) -> forms.TextInput:
    """A control of a grid, so wide that the row stays on the screen."""
    return forms.TextInput({"size": size, "autocomplete": "off", **attrs})


class FundForm(RecordForm):
    class Meta:
        model = FundYear
        fields = ("unit", "year", "source", "document_no", "budget", "opens_on", "closes_on")

    def clean_year(self):
        year = self.cleaned_data["year"]
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise forms.ValidationError("年度写四位数，例如 2026。")
        return year


class KeyForm(PortalForm):
    """Sent twice it is one."""

    key = forms.UUIDField(widget=forms.HiddenInput, error_messages={"invalid": STALE, "required": STALE})

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = uuid.uuid4


class PastDay(forms.DateField):
    """A day, not to come."""

    def __init__(self, **kwargs):
        super().__init__(**{"widget": DAY, **kwargs})

    def validate(self, value):
        super().validate(value)
        if value and value > timezone.localdate():
            raise forms.ValidationError("日期不能晚于今天。")


class AdjustForm(KeyForm):
    submit_label = "登记调整"
    amount = YuanField(
        label="增减多少元", min_value=None, max_digits=12, help_text="追加写正数，调减写负数，例如 -5000"
    )
    on = PastDay(label="日期")
    document_no = forms.CharField(label="文号", max_length=80)
    reason = forms.CharField(label="原因", max_length=200, required=False)


class MeetingForm(KeyForm):
    """Who met when; the grid below says what was decided of each."""

    held_on = PastDay(label="开会日期")
    minutes_no = forms.CharField(label="会议纪要编号", max_length=60, help_text="例如 局务会〔2026〕9号")
    deciders = forms.ModelMultipleChoiceField(
        User.objects.none(), label="参会表决的人", required=False, widget=forms.CheckboxSelectMultiple
    )
    others = forms.CharField(label="没有账号的参会人", required=False, max_length=300, help_text="写姓名，用“、”隔开")

    def __init__(self, *args, deciders, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["deciders"].queryset = deciders


class LineForm(SecrecyMixin, forms.Form):
    """One row of a grid; `row` is the application, `done` once its act stands."""

    done = False

    def __init__(self, *args, row: AidApplication, **kwargs):
        super().__init__(*args, prefix=f"r{row.pk}", **kwargs)
        self.row = row


class VoteForm(LineForm):
    verdict = forms.ChoiceField(label="意见", required=False, choices=[("", "这次不议"), *AidVerdict.choices])
    amount = YuanField(label="金额", required=False, widget=narrow(8, inputmode="decimal"))
    recused = forms.CharField(label="回避", required=False, max_length=300, widget=narrow(10))
    note = forms.CharField(label="说明", required=False, max_length=200, widget=narrow(12))

    def clean(self):
        values = super().clean()
        if values.get("verdict") == AidVerdict.GRANT and values.get("amount") is None and not self.errors:
            values["amount"] = Decimal(0) if self.row.help == "manpower" else None
            if values["amount"] is None:
                self.add_error("amount", "请写金额。")
        return values


class NoticeForm(KeyForm):
    submit_label = "开始公示"
    starts_on = PastDay(label="公示开始")
    place = forms.CharField(label="贴在哪里", max_length=120)
    contact = forms.CharField(label="监督电话", max_length=60)


class ObjectionForm(KeyForm):
    submit_label = "登记异议"
    application = forms.ModelChoiceField(
        AidApplication.objects.none(), label="对谁有异议", required=False, empty_label="对整批公示"
    )
    received_on = PastDay(label="收到日期")
    content = forms.CharField(label="反映了什么", max_length=500, widget=text_area(3))

    def __init__(self, *args, rows, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["application"].queryset = rows
        self.fields["application"].label_from_instance = lambda row: row.cadre.person.name


class AnswerForm(PortalForm):
    submit_label = "登记核查结果"
    outcome = forms.ChoiceField(
        label="核查结果", widget=forms.RadioSelect,
        choices=[(one.value, one.label) for one in (ObjectionOutcome.REJECTED, ObjectionOutcome.UPHELD)],
    )  # fmt: skip
    answer = forms.CharField(label="核查情况", max_length=200, widget=text_area(2))


class BatchForm(KeyForm):
    submit_label = "登记发放"
    paid_on = PastDay(label="发放日期")
    method = forms.ChoiceField(label="怎样发", choices=[("", "请选"), *PayMethod.choices])
    voucher = forms.CharField(label="凭证号", required=False, max_length=60)


class PayForm(LineForm):
    chosen = forms.BooleanField(label="这次发", required=False, initial=True)
    payee = forms.CharField(label="收款人", required=False, max_length=60, widget=narrow(10))
    relation = forms.CharField(label="与本人关系", required=False, max_length=30, widget=narrow(8))
    account = forms.CharField(label="收款账号", required=False, max_length=40, widget=narrow(20))

    def clean_account(self):
        text = "".join(self.cleaned_data["account"].split())
        if text and not (text.isascii() and text.replace("-", "").isalnum()):
            raise forms.ValidationError("账号只能是数字和字母。")
        return text


class ReceiptLine(LineForm):
    on = PastDay(label="签收日期", required=False)
    receiver = forms.CharField(label="签收人", required=False, max_length=60, widget=narrow(10))
    relation = forms.CharField(label="代领关系", required=False, max_length=30, widget=narrow(8))

    def clean(self):
        values = super().clean()
        if values.get("receiver") and not values.get("on") and not self.errors:
            self.add_error("on", "请写签收日期。")
        return values
