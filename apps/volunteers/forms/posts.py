"""Forms of outside posts and their logs: what is typed; the services decide."""

from django import forms
from django.utils import timezone

from apps.common.admin_forms import RecordForm
from apps.common.code_lists import choices_of
from apps.common.forms import PortalForm
from apps.volunteers.choices.posts import ENDINGS, CaseOutcome, ProblemOutcome
from apps.volunteers.models import BrightRecord, CaseLog, OutsidePost, PartyReport, Patrol, Problem
from apps.volunteers.queries.posts import BRIGHTS, CASES, FIELDS, KINDS

from .base import DAY, DayField, KeyForm


def not_ahead(day):
    if day and day > timezone.localdate():
        raise forms.ValidationError("不能晚于今天。")
    return day


def narrow(letters: int) -> forms.TextInput:
    return forms.TextInput(attrs={"size": letters})


class CodesForm(RecordForm):
    """`codes`: field → the code list that it is picked from; `past`: days that cannot lie ahead."""

    codes: dict[str, str] = {}
    past: tuple[str, ...] = ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, code_list in self.codes.items():
            if name in self.fields:
                label, required = self.fields[name].label, self.fields[name].required
                choices = [("", "请选择"), *choices_of(code_list)]
                self.fields[name] = forms.ChoiceField(label=label, choices=choices, required=required)

    def clean(self):
        values = super().clean()
        for name in self.past:
            if values.get(name) and values[name] > timezone.localdate():
                self.add_error(name, "不能晚于今天。")
        return values


class PostForm(CodesForm):
    codes = {"kind": KINDS, "field": FIELDS}

    class Meta:
        model = OutsidePost
        fields = (
            "person", "kind", "duty", "body", "field", "level", "division", "community", "place", "starts_on",
            "ends_on", "appointed_by", "document_no", "is_association", "approval_no", "approved_on", "is_paid",
        )  # fmt: skip


class EndForm(PortalForm):
    ends_on = DayField(label="自何日起不再担任")
    because = forms.ChoiceField(label="离任原因", choices=[("", "请选择"), *ENDINGS])
    note = forms.CharField(label="说明", required=False, max_length=120)


class RenewForm(PortalForm):
    until = forms.DateField(label="新的任期到何日（不含）", required=False, widget=DAY, help_text="不定任期的空着")
    document_no = forms.CharField(label="聘书、文件号", required=False, max_length=80)


class RenewAssociationForm(RenewForm):
    approval_no = forms.CharField(
        label="兼职审批（备案）文号", required=False, max_length=80, help_text="任期届满续任要重新审批"
    )
    approved_on = forms.DateField(label="批准日期", required=False, widget=DAY)


class PatrolForm(CodesForm):
    past = ("on",)

    class Meta:
        model = Patrol
        fields = ("person", "on", "minutes", "place", "seen")


class ProblemForm(CodesForm):
    past = ("found_on",)

    class Meta:
        model = Problem
        fields = ("person", "found_on", "what", "place", "community")


class ReportForm(PortalForm):
    to = forms.CharField(label="报给谁", max_length=80, help_text="例如 南华社区居委会、12345热线")
    on = DayField(label="上报日期")

    def clean_on(self):
        return not_ahead(self.cleaned_data["on"])


class CloseProblemForm(PortalForm):
    on = DayField(label="办结日期")
    outcome = forms.ChoiceField(label="办理结果", choices=[("", "请选择"), *ProblemOutcome.choices])
    result = forms.CharField(label="结果说明", max_length=200)

    def clean_on(self):
        return not_ahead(self.cleaned_data["on"])


class PartyReportForm(CodesForm):
    past = ("on",)

    class Meta:
        model = PartyReport
        fields = ("person", "on", "community", "compound", "host", "wishes", "ends_on")


class ConfirmForm(PortalForm):
    on = DayField(label="确认日期")
    by = forms.CharField(label="社区确认人", max_length=40)

    def clean_on(self):
        return not_ahead(self.cleaned_data["on"])


class BrightForm(CodesForm):
    codes = {"kind": BRIGHTS}
    past = ("on",)

    class Meta:
        model = BrightRecord
        fields = ("person", "kind", "on", "words", "place")


class CaseForm(CodesForm):
    """`story` (the details) is kept encrypted; it is put in when a case is changed, and the look goes on record."""

    codes = {"kind": CASES}
    past = ("taken_on",)
    story = forms.CharField(
        label="详情", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text="加密保存，打开看会记下是谁看的。也请少写姓名。",
    )  # fmt: skip

    class Meta:
        model = CaseLog
        fields = ("handler", "others", "kind", "taken_on", "parties", "subject")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["story"] = self.instance.details


class StepForm(KeyForm):
    on = DayField(label="日期")
    words = forms.CharField(label="做了什么", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))

    def clean_on(self):
        return not_ahead(self.cleaned_data["on"])


class CloseCaseForm(PortalForm):
    on = DayField(label="办结日期")
    outcome = forms.ChoiceField(label="结果", choices=[("", "请选择"), *CaseOutcome.choices])
    words = forms.CharField(
        label="结果说明", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )  # fmt: skip

    def clean_on(self):
        return not_ahead(self.cleaned_data["on"])


class EmptyForm(PortalForm):
    """An act that asks for nothing."""


class PatrolSheetForm(KeyForm):
    """The head of a patrol sheet: what a line leaves empty."""

    on = DayField(label="日期", help_text="不是同一天的，在那一行里写")
    kind = forms.ChoiceField(label="岗位", required=False, help_text="同一个人有几个岗位的要选")
    minutes = forms.IntegerField(label="用时（分钟）", required=False, min_value=1, max_value=1440)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", "不限"), *choices_of(KINDS)]


class PatrolLineForm(PortalForm):
    """A line of the sheet; without a name it is empty."""

    who = forms.CharField(
        label="姓名", required=False, max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off", "size": 8})
    )  # fmt: skip
    on = forms.DateField(label="日期", required=False, widget=DAY)
    minutes = forms.IntegerField(label="分钟", required=False, min_value=1, max_value=1440)
    place = forms.CharField(label="地点", required=False, max_length=100, widget=narrow(10))
    seen = forms.CharField(label="看到什么", required=False, max_length=300, widget=narrow(14))
    problem = forms.CharField(label="发现的问题", required=False, max_length=200, widget=narrow(14))
    told = forms.CharField(label="当天报给了谁", required=False, max_length=80, widget=narrow(10))
