"""Forms of the television schedule, 精品课程 and 教研."""

import uuid

from django import forms

from apps.common.admin_forms import RecordForm
from apps.common.forms import PortalForm
from apps.common.scans import ACCEPT, HELP
from apps.university.choices.air import NominationState
from apps.university.models import CourseNomination, Programme, School, TeachingResearch
from apps.university.rules.programmes import MOST_LINES

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ClockField(forms.TimeField):
    """A time of day as minutes since midnight."""

    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")

    def prepare_value(self, value):
        return f"{value // 60:02d}:{value % 60:02d}" if isinstance(value, int) else value

    def clean(self, value):
        found = super().clean(value)
        return None if found is None else found.hour * 60 + found.minute

    def has_changed(self, initial, data):
        return super().has_changed(self.prepare_value(initial), data)


class ProgrammeForm(RecordForm):
    starts = ClockField(label="开始")

    class Meta:
        model = Programme
        fields = ["school", "channel", "on", "starts", "title", "replays"]
        widgets = {"on": DAY}


class PasteForm(PortalForm):
    """A table as it was copied; read again when it is confirmed."""

    submit_label = "先看一遍"
    school = forms.ModelChoiceField(label="学校", queryset=School.objects.none())
    channel = forms.CharField(
        label="频道", required=False, max_length=40, help_text="整张表都是一个频道就填这里；表里有频道就空着"
    )
    text = forms.CharField(
        label="课表", max_length=60_000, widget=forms.Textarea(attrs={"rows": 14}),
        help_text="从 Excel、Word 里复制整张表，粘贴到这里。顺序：日期、时间、频道、节目、重播；第一行是栏目名的，"
        f"按栏目名认。一次最多 {MOST_LINES} 行",
    )  # fmt: skip


class NominationForm(RecordForm):
    class Meta:
        model = CourseNomination
        fields = ["school", "course", "asked_on", "reason"]
        widgets = {"asked_on": DAY, "reason": forms.Textarea(attrs={"rows": 5})}


class DecisionForm(PortalForm):
    submit_label = "保存"
    state = forms.ChoiceField(label="评定", widget=forms.RadioSelect)
    opinion = forms.CharField(label="意见", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args, state: str, **kwargs):
        super().__init__(*args, **kwargs)
        after = {
            NominationState.ASKED: (NominationState.APPROVED, NominationState.REFUSED),
            NominationState.APPROVED: (NominationState.ENDED,),
        }.get(state, ())
        self.fields["state"].choices = [(one.value, one.label) for one in after]


class ResearchForm(RecordForm):
    class Meta:
        model = TeachingResearch
        fields = ["school", "course", "held_on", "topic", "people", "result"]
        widgets = {"held_on": DAY, "result": forms.Textarea(attrs={"rows": 6})}
        help_texts = {"people": "姓名用顿号分开"}


class PaperForm(PortalForm):
    submit_label = "保存材料"
    scan = forms.FileField(label="材料", help_text=HELP, widget=forms.ClearableFileInput(attrs={"accept": ACCEPT}))
    form_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
