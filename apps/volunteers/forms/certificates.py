"""Forms of certificates of service."""

import datetime as dt

from django import forms
from django.utils import timezone

from apps.common.forms import PortalForm
from apps.volunteers.models import Team

from .base import DAY

NEXT_DAY = dt.timedelta(days=1)


class CheckForm(PortalForm):
    submit_label = "查验"
    number = forms.CharField(label="证明编号", max_length=30, help_text="印在证明下方，例如 ZM2026-0012-0007")
    code = forms.CharField(label="查验码", max_length=12, help_text="编号旁边的 6 位字母和数字")


class PeriodForm(PortalForm):
    """Days from `first` to `last`, both counted; empty: everything up to today."""

    first = forms.DateField(label="从哪天", required=False, widget=DAY, help_text="空着就是从第一次服务起")
    last = forms.DateField(label="到哪天", required=False, widget=DAY, help_text="空着就是到今天")

    def clean(self):
        values = super().clean()
        first, last = values.get("first"), values.get("last")
        if last and last > timezone.localdate():
            self.add_error("last", "日期还没有到，请填今天或者以前。")
        if first and first > (last or timezone.localdate()):
            self.add_error("first", "开始日期不能晚于结束日期。")
        return values

    def until(self) -> dt.date | None:
        last = self.cleaned_data["last"]
        return last + NEXT_DAY if last else None


class NewCertificateForm(PeriodForm):
    field_order = ("who", "first", "last", "purpose")
    who = forms.CharField(label="志愿者", max_length=40, help_text="姓名、手机号，或者身份证后四位")
    purpose = forms.CharField(label="用途", max_length=60, required=False, help_text="例如 申报“最美志愿者”，可以不填")


class TeamCertificatesForm(PeriodForm):
    field_order = ("team", "first", "last")
    team = forms.ModelChoiceField(label="志愿服务队", queryset=Team.objects.none())

    def __init__(self, *args, teams, **more):
        super().__init__(*args, **more)
        self.fields["team"].queryset = teams
        today = timezone.localdate()
        self.fields["first"].required, self.fields["first"].help_text = True, ""
        self.initial.setdefault("first", today.replace(month=1, day=1))
