"""What is typed about treatments; the services decide."""

import uuid

from django import forms

from apps.common.admin_forms import RecordForm
from apps.common.code_lists import choices_of
from apps.common.forms import PortalForm
from apps.ledgers.choices.treatments import ChangeKind, Every
from apps.ledgers.models import TreatmentItem
from apps.registry.choices import RetireType

DAY = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
ACCEPT = ".xlsx,.xls,.csv"
PLACES = [(one, f"第 {one} 期") for one in range(1, 13)]


class PurposeForm(PortalForm):
    reason = forms.CharField(label="用途", max_length=200, help_text="会写进文件和操作记录")


class ItemForm(RecordForm):
    """A line of the catalogue."""

    retire_types = forms.MultipleChoiceField(
        label="离退休类型", choices=RetireType, required=False, widget=forms.CheckboxSelectMultiple,
        help_text="都不选就是不限",
    )  # fmt: skip
    level = forms.ChoiceField(label="现享受待遇在这一级以上", required=False, help_text="空着就是不限")

    class Meta:
        model = TreatmentItem
        fields = [
            "group", "name", "basis", "every", "measure", "paid_to", "standard", "on_death", "retire_types", "level",
            "min_age", "only_members", "only_unable", "ends_on",
        ]  # fmt: skip
        widgets = {"ends_on": DAY}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "level" in self.fields:
            self.fields["level"].choices = [("", "不限"), *choices_of("leader_rank")]


class OpenForm(PortalForm):
    """Open a period for all who are due."""

    submit_label = "列出应发的人"
    item = forms.ModelChoiceField(label="项目", queryset=TreatmentItem.objects.none(), empty_label="请选择")
    year = forms.IntegerField(label="年度", min_value=2000, max_value=2100)
    number = forms.TypedChoiceField(
        label="第几期", choices=PLACES, coerce=int, initial=1,
        help_text="每年一次的选第 1 期；半年选 1、2；季度选 1 到 4；按月选 1 到 12",
    )  # fmt: skip
    amount = forms.DecimalField(
        label="每人多少元", required=False, min_value=0, max_digits=10, decimal_places=2,
        help_text="只有“开期时填”的项目要填，有标准的按标准算",
    )  # fmt: skip

    def __init__(self, *args, items, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["item"].queryset = items
        self.fields["item"].label_from_instance = item_words


def item_words(item: TreatmentItem) -> str:
    return f"{item.name}（{Every(item.every).label}，{item.get_paid_to_display()}）"


class ChangeForm(PortalForm):
    submit_label = "记下这笔更正"
    kind = forms.ChoiceField(
        label="为什么", choices=[one for one in ChangeKind.choices if one[0] in ("correction", "supplement")]
    )
    amount = forms.DecimalField(label="加减多少元", max_digits=10, decimal_places=2, help_text="减少填负数，例如 -200")
    reason = forms.CharField(label="说明", max_length=200)
    document_no = forms.CharField(label="依据（文号、凭证号）", max_length=80, required=False)
    form_key = forms.UUIDField(widget=forms.HiddenInput)

    def clean_amount(self):
        amount = self.cleaned_data["amount"]
        if amount == 0:
            raise forms.ValidationError("加减的金额不能是 0。")
        return amount

    def clean_form_key(self) -> uuid.UUID:
        return self.cleaned_data["form_key"]


class ReturnedForm(PortalForm):
    """A sheet that came back as a workbook."""

    submit_label = "检查并录入"
    file = forms.FileField(
        label="填好的签领表", widget=forms.FileInput({"accept": ACCEPT}),
        help_text="用本页下载的 Excel 表填“领取人、关系、领取日期”，其他列不要动。没领的行空着。",
    )  # fmt: skip


class OverForm(PortalForm):
    submit_label = "批准"
    amount = forms.DecimalField(label="批准超支多少元", min_value=0, max_digits=12, decimal_places=2)
    reason = forms.CharField(label="理由和批准人", max_length=200, widget=forms.Textarea({"rows": 2}))


class DayForm(PortalForm):
    day = forms.DateField(label="哪天", widget=DAY)
