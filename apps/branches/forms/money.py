"""Forms of a branch's money: what is typed; the services decide."""

from django import forms

from apps.branches.choices import FundKind
from apps.common.forms import PortalForm

from .dues import DAY, KeyForm, MonthField, YuanField


class FundForm(PortalForm):
    submit_label = "保存经费"
    year = forms.IntegerField(label="年度", min_value=2000, max_value=2100)
    kind = forms.ChoiceField(label="种类", choices=FundKind)
    amount = YuanField(label="全年金额（元）", max_digits=12)
    received = YuanField(label="已拨到（元）", max_digits=12)
    document_no = forms.CharField(label="依据、文号", max_length=60, required=False)


class SpendForm(KeyForm):
    submit_label = "记下支出"
    spent_on = forms.DateField(label="日期", widget=DAY)
    amount = YuanField(label="金额（元）", max_digits=12)
    purpose = forms.CharField(label="用在哪里", max_length=100, help_text="例如：主题党日租车、订阅学习资料")
    document_no = forms.CharField(label="票据、凭证号", max_length=60, required=False)
    handled_by = forms.CharField(label="经手人", max_length=40, required=False)


class AllowanceForm(KeyForm):
    submit_label = "按现在的任职生成发放表"
    first = MonthField(label="从哪个月")
    last = MonthField(label="到哪个月（含）")


class StepForm(PortalForm):
    on = forms.DateField(label="日期", widget=DAY)
