"""Forms of dues at the desk: what is typed; the services decide."""

import datetime as dt
import uuid

from django import forms

from apps.branches.choices import DuesMethod, DuesSource, DuesTable, ExemptionKind, ExemptionReason
from apps.common.forms import PortalForm
from apps.common.secrecy_forms import SecrecyMixin

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
MONTH = forms.TextInput(attrs={"type": "month", "placeholder": "2026-11"})
YUAN = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "yuan"})


class YuanField(forms.DecimalField):
    """Yuan with at most two decimals; thousands separators and 元 may be typed."""

    def __init__(self, **kwargs):
        values = {"max_digits": 10, "decimal_places": 2, "min_value": 0, "widget": YUAN, **kwargs}
        super().__init__(**values)
        self.error_messages["invalid"] = "金额请写数字，例如 24.50。"

    def to_python(self, value):
        if isinstance(value, str):
            value = value.replace(",", "").replace("，", "").replace("元", "").strip()
        return super().to_python(value)


class MonthField(forms.CharField):
    """A month as 2026-11; gives its first day."""

    def __init__(self, **kwargs):
        super().__init__(**{"widget": MONTH, "help_text": "写成 2026-11", **kwargs})

    def to_python(self, value):
        text = super().to_python(value)
        if not text:
            return None
        try:
            return dt.datetime.strptime(text.strip(), "%Y-%m").date()  # noqa: DTZ007 (a month, no moment)
        except ValueError:
            raise forms.ValidationError("月份写成 2026-11。") from None

    def prepare_value(self, value):
        return f"{value:%Y-%m}" if isinstance(value, dt.date) else value


class KeyForm(PortalForm):
    """Carries the key that makes a form sent twice one record."""

    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = uuid.uuid4


class TopForm(KeyForm):
    """What holds for a whole grid: the day, and the consent above where months lie far back."""

    paid_on = forms.DateField(label="哪天收的", widget=DAY)
    approved_on = forms.DateField(label="上级同意补交的日期", widget=DAY, required=False)
    approval = forms.CharField(label="上级同意补交的文件", max_length=60, required=False)

    def __init__(self, *args, needs_approval: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        if not needs_approval:
            del self.fields["approved_on"], self.fields["approval"]

    def clean(self):
        values = super().clean()
        if bool(values.get("approved_on")) != bool((values.get("approval") or "").strip()):
            self.add_error("approved_on", "批准日期和文件要一起填。")
        return values


class LineForm(SecrecyMixin, forms.Form):
    """One member in the grid of a month."""

    taken = forms.BooleanField(label="收到", required=False)
    amount = YuanField(label="金额", required=False)
    method = forms.ChoiceField(label="方式", choices=DuesMethod, required=False)
    payer = forms.CharField(label="代交人", max_length=40, required=False)

    def clean(self):
        values = super().clean()
        if values.get("taken") and not self.errors and values.get("amount") is None:
            self.add_error("amount", "请填金额。")
        return values


class PayForm(TopForm):
    """One member pays for some months."""

    submit_label = "记下这笔党费"
    first = forms.ChoiceField(label="从哪个月")
    last = forms.ChoiceField(label="到哪个月")
    amount = YuanField(label="一共多少元", required=False, help_text="不填就按应交金额记")
    method = forms.ChoiceField(label="方式", choices=DuesMethod)
    payer = forms.CharField(label="代交人姓名", max_length=40, required=False, help_text="亲属代交时填写")
    field_order = ["first", "last", "amount", "paid_on", "method", "payer", "approved_on", "approval"]

    def __init__(self, *args, months: list[dt.date], **kwargs):
        super().__init__(*args, needs_approval=True, **kwargs)
        choices = [(f"{month:%Y-%m}", f"{month.year}年{month.month}月") for month in months]
        self.fields["first"].choices = self.fields["last"].choices = choices
        self.fields["approved_on"].help_text = "补交超过半年时填写"

    def clean(self):
        values = super().clean()
        if values.get("first") and values.get("last") and values["first"] > values["last"]:
            self.add_error("last", "止的月份要在起的月份之后。")
        return values


class BaseForm(forms.Form):
    """One member in the January grid."""

    base = YuanField(label="交纳基数", required=False)
    source = forms.ChoiceField(label="来源", choices=DuesSource, required=False)


class ChangeBaseForm(PortalForm):
    submit_label = "改标准"
    base = YuanField(label="新的交纳基数（每月，元）")
    source = forms.ChoiceField(label="来源", choices=DuesSource)
    starts_on = MonthField(label="从哪个月起")
    reason = forms.CharField(label="为什么年中调整", max_length=100)


class ConfirmYearForm(PortalForm):
    submit_label = "支部已定，确认"
    decided_on = forms.DateField(label="支部哪天开会定的", widget=DAY)


class PersonField(forms.ModelChoiceField):
    """A member of the desk's branch, by his public id."""

    def __init__(self, **kwargs):
        super().__init__(queryset=None, to_field_name="public_id", empty_label="请选一位", **kwargs)

    def label_from_instance(self, obj) -> str:
        return obj.name


class VoluntaryForm(KeyForm):
    submit_label = "记下自愿交纳"
    person = PersonField(label="党员")
    amount = YuanField(label="金额（元）", max_digits=12)
    paid_on = forms.DateField(label="哪天收的", widget=DAY)
    method = forms.ChoiceField(label="方式", choices=DuesMethod)
    payer = forms.CharField(label="代交人姓名", max_length=40, required=False)
    bio = forms.CharField(
        label="简要情况", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="全额上缴中央的随款上报：入党时间、原职务等，不写身份证号和病情",
    )  # fmt: skip

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people


class ExemptionForm(KeyForm):
    submit_label = "报上级批准"
    person = PersonField(label="党员")
    kind = forms.ChoiceField(label="免交还是少交", choices=ExemptionKind)
    amount = YuanField(label="少交到每月多少元", required=False, help_text="免交的不填")
    first = MonthField(label="从哪个月")
    last = MonthField(label="到哪个月（含）")
    reason = forms.ChoiceField(
        label="原因类别", choices=ExemptionReason, help_text="只选类别，具体情况写在支部决议里，不录入系统"
    )
    decided_on = forms.DateField(label="支部决议日期", widget=DAY)

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people


class DayForm(PortalForm):
    on = forms.DateField(label="日期", widget=DAY)


class ReasonForm(PortalForm):
    reason = forms.CharField(label="原因", max_length=200)


class ImportForm(PortalForm):
    submit_label = "上传并检查"
    table = forms.ChoiceField(label="表里是什么", choices=DuesTable)
    year = forms.IntegerField(label="哪一年的", min_value=2000, max_value=2100)
    method = forms.ChoiceField(
        label="党费怎么交的",
        choices=[one for one in DuesMethod.choices if one[0] != DuesMethod.RELATIVE],
        help_text="整张表记成这一种；代交的请在页面上记",
    )
    source = forms.ChoiceField(label="基数从哪来", choices=DuesSource)
    file = forms.FileField(
        label="Excel 文件", help_text="xlsx、xls 或 csv，不超过 1 MB",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
        error_messages={"required": "请选择文件。", "empty": "文件是空的，请重新选择。"},
    )  # fmt: skip

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > 1024 * 1024:
            raise forms.ValidationError("文件超过 1 MB。一个支部一年的党费用不了这么大，请只留要导入的表。")
        return file
