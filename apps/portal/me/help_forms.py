"""What a volunteer answers at `/me/`, what was done, the confirmation. The questions of asking are in
`volunteers.forms.asking`."""

from django import forms

from apps.common.forms import PortalForm
from apps.volunteers.forms.shifts import ClockField

from .forms import KeyedForm


def _wrong(sentence: str) -> dict[str, str]:
    return dict.fromkeys(("required", "invalid", "min_value", "max_value"), sentence)


class ConfirmForm(KeyedForm):
    """来过了吗？多长时间？ with what the volunteer entered filled in."""

    submit_label = ""
    hours = forms.IntegerField(label="小时", min_value=0, max_value=12, error_messages=_wrong("小时填 0 到 12。"))
    minutes = forms.IntegerField(label="分钟", min_value=0, max_value=59, error_messages=_wrong("分钟填 0 到 59。"))
    words = forms.CharField(label="想说的话", max_length=200, required=False, widget=forms.Textarea({"rows": 2}))

    @property
    def total(self) -> int:
        return self.cleaned_data["hours"] * 60 + self.cleaned_data["minutes"]


class ServedForm(PortalForm):
    submit_label = "登记"
    starts = ClockField(label="几点到的", help_text="例如 9:00")
    ends = ClockField(label="几点走的", help_text="例如 11:30")
    content = forms.CharField(label="做了什么", max_length=300, required=False)


class CannotForm(PortalForm):
    submit_label = "这次去不了"
    note = forms.CharField(label="为什么", max_length=120, required=False)
