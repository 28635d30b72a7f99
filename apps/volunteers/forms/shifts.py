"""Forms of projects, series and shifts: what is typed; the services decide."""

import datetime as dt
import uuid

from django import forms
from django.utils import timezone

from apps.common.admin_forms import RecordForm
from apps.common.code_lists import choices_of
from apps.common.forms import PortalForm
from apps.volunteers.choices.shifts import TurnState
from apps.volunteers.models import Project, Shift, Volunteer
from apps.volunteers.rules.times import WEEKDAYS, clock, read_clock
from apps.volunteers.services.series import SeriesFacts
from apps.volunteers.services.shifts import MOST_PLACES, ShiftFacts

DAY = {"widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
NEXT_DAY = dt.timedelta(days=1)
WEEK_CHOICES = [(number, f"星期{name}") for number, name in enumerate(WEEKDAYS, 1)]


class ClockField(forms.Field):
    """A time of the day as people write it; its value is minutes since midnight."""

    def __init__(self, **more):
        super().__init__(
            **{"widget": forms.TextInput(attrs={"autocomplete": "off", "size": 6, "maxlength": 12}), **more}
        )

    def prepare_value(self, value):
        return clock(value) if isinstance(value, int) else value

    def to_python(self, value):
        if value in self.empty_values or not str(value).strip():
            return None
        minutes = read_clock(str(value))
        if minutes is None:
            raise forms.ValidationError("时间请写成 9:00 这样。", code="clock")
        return minutes


class ProjectForm(RecordForm):
    service = forms.ChoiceField(label="服务类别", choices=lambda: choices_of("volunteer_service"))

    class Meta:
        model = Project
        fields = ["team", "name", "service", "summary", "place", "community", "conditions", "age_to"]
        widgets = {"summary": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "conditions": "例如 要会骑车；写给想报名的人看",
            "age_to": "为了安全，到这个年龄（含）为止；不限就空着",
            "place": "大家到哪里集合，写清楚",
        }


class ShiftForm(PortalForm):
    """A shift of a project. `team` narrows who may lead it."""

    project = forms.ModelChoiceField(label="项目", queryset=Project.objects.none())
    on = forms.DateField(label="日期", **DAY)
    starts = ClockField(label="开始", help_text="例如 9:00")
    ends = ClockField(label="结束", help_text="例如 11:00")
    capacity = forms.IntegerField(label="需要几位", min_value=1, max_value=MOST_PLACES, initial=5)
    place = forms.CharField(label="地点", max_length=120, required=False, help_text="空着就是项目的地点")
    leader = forms.ModelChoiceField(
        label="带班人", queryset=Volunteer.objects.none(), required=False, empty_label="还没有定"
    )

    def __init__(self, *args, projects, leaders, **more):
        super().__init__(*args, **more)
        self.fields["project"].queryset = projects
        self.fields["leader"].queryset = leaders

    def facts(self, shift: Shift | None = None) -> ShiftFacts:
        values = self.cleaned_data
        return ShiftFacts(team=values["project"].team, series=shift.series if shift else None, **values)

    @staticmethod
    def initial_of(shift: Shift) -> dict:
        names = ("project", "on", "starts", "ends", "place", "leader")
        return {name: getattr(shift, name) for name in names} | {"capacity": shift.offering.places.capacity}


class SeriesForm(PortalForm):
    """A weekly time of a project; the last day is typed inclusive."""

    project = forms.ModelChoiceField(label="项目", queryset=Project.objects.none())
    weekday = forms.TypedChoiceField(label="星期几", choices=WEEK_CHOICES, coerce=int)
    starts = ClockField(label="开始", help_text="例如 9:00")
    ends = ClockField(label="结束", help_text="例如 11:00")
    capacity = forms.IntegerField(label="每次需要几位", min_value=1, max_value=MOST_PLACES, initial=5)
    first_on = forms.DateField(label="从哪天起", **DAY)
    last_on = forms.DateField(label="到哪天为止", **DAY)
    skip_holidays = forms.BooleanField(label="节假日不排", required=False, initial=True)

    def __init__(self, *args, projects, **more):
        super().__init__(*args, **more)
        self.fields["project"].queryset = projects

    def facts(self) -> SeriesFacts:
        values = {name: value for name, value in self.cleaned_data.items() if name not in ("project", "last_on")}
        return SeriesFacts(**{**values, "until": self.cleaned_data["last_on"] + NEXT_DAY})


class SeriesChangeForm(SeriesForm):
    """From `first_on` on it is so; the project stays."""

    def __init__(self, *args, series, **more):
        initial = {
            "project": series.project_id, "weekday": series.weekday, "starts": series.starts, "ends": series.ends,
            "capacity": series.capacity, "first_on": timezone.localdate(), "last_on": series.until - NEXT_DAY,
            "skip_holidays": series.skip_holidays,
        }  # fmt: skip
        super().__init__(*args, projects=Project.objects.filter(pk=series.project_id), initial=initial, **more)
        del self.fields["project"]
        self.fields["first_on"].label = "从哪天起这样改"


class SeriesEndForm(PortalForm):
    until = forms.DateField(label="从哪天起不再安排", **DAY)
    reason = forms.CharField(label="原因", max_length=120, help_text="报了名的人会收到通知")


class ReasonForm(PortalForm):
    reason = forms.CharField(label="原因", max_length=120)


class NothingForm(PortalForm):
    """An act that asks for nothing but the button."""


class WhoForm(PortalForm):
    """Somebody added by name; the key makes it one act however often it is sent."""

    who = forms.CharField(
        label="志愿者姓名", max_length=40, help_text="重名的，在姓名后面写出生年份，例如 李秀英1953",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    form_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)


class CloseLine(PortalForm):
    """One turn in the leader's grid."""

    state = forms.ChoiceField(
        label="来了没有",
        choices=[
            (TurnState.EXPECTED, "请选"), (TurnState.CAME, "来了"), (TurnState.ABSENT, "没来"),
            (TurnState.EXCUSED, "请假"),
        ],
    )  # fmt: skip
    starts = ClockField(label="开始", required=False)
    ends = ClockField(label="结束", required=False)
    minutes = forms.IntegerField(
        label="时长（分钟）", required=False, min_value=1, max_value=24 * 60,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip
    reason = forms.CharField(label="改少的原因", required=False, max_length=120)
