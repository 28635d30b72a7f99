"""Acts on a repair."""

from django import forms

from apps.common.forms import PortalForm

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class OrderForm(PortalForm):
    repairer = forms.CharField(label="谁来修", max_length=60, help_text="单位或人，可以写电话")
    on = forms.DateField(label="派修日期", widget=DAY)


class FinishForm(PortalForm):
    on = forms.DateField(label="修好日期", widget=DAY)
    cost = forms.DecimalField(label="费用（元）", required=False, min_value=0, max_digits=9, decimal_places=2)
    result = forms.CharField(label="结果", max_length=200, required=False)


class ReasonForm(PortalForm):
    reason = forms.CharField(label="原因", max_length=200)


class SureForm(PortalForm):
    """Nothing to fill in: a question answered by the button."""

    sure = forms.BooleanField(initial=True, widget=forms.HiddenInput)
