"""What somebody said when he was told of a place that is kept for him."""

from django import forms

from apps.common.forms import PortalForm
from apps.signups.choices import AttemptWay

MISSED, THINKS, TAKES, REFUSES = "missed", "thinks", "takes", "refuses"
OUTCOMES = [
    (TAKES, "联系上了，要这个名额"), (REFUSES, "联系上了，不要了，给下一位"), (THINKS, "联系上了，他要想一想"),
    (MISSED, "没有联系上"),
]  # fmt: skip


class AnswerForm(PortalForm):
    way = forms.ChoiceField(label="怎样联系的", choices=AttemptWay, initial=AttemptWay.PHONE, widget=forms.RadioSelect)
    outcome = forms.ChoiceField(label="结果", choices=OUTCOMES, widget=forms.RadioSelect)
    note = forms.CharField(
        label="说明", max_length=120, required=False, help_text="谁接的、他说了什么，例如 女儿接的，晚上回话"
    )
