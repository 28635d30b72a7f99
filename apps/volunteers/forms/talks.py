"""Forms of talks: what is typed; the services decide."""

import datetime as dt
import uuid

from django import forms
from django.utils import timezone

from apps.common.admin_forms import RecordForm
from apps.common.forms import PortalForm
from apps.common.scans import ACCEPT, HELP
from apps.organisation.models import Division
from apps.volunteers.choices.talks import PlaceKind
from apps.volunteers.choices.volunteers import DayPart
from apps.volunteers.models import Lecturer, Talk, TalkCampaign, TalkRound, TalkTopic
from apps.volunteers.models.talks import MOST_AUDIENCE
from apps.volunteers.services.talk_bookings import BookingFacts
from apps.volunteers.services.talks import TalkFacts

from .base import DAY
from .shifts import ClockField

NEXT_DAY = dt.timedelta(days=1)
LONGEST = 480
ANY_PART = [("", "上午、下午都可以"), (DayPart.MORNING, "上午"), (DayPart.AFTERNOON, "下午"), (DayPart.EVENING, "晚上")]


class TopicForm(RecordForm):
    class Meta:
        model = TalkTopic
        fields = ("unit", "title", "outline", "audience", "minutes", "is_open")


class LecturerForm(RecordForm):
    class Meta:
        model = Lecturer
        fields = ("volunteer", "team", "topics", "divisions", "note", "joined_on")
        help_texts = {"divisions": "不选就是哪里都愿意去"}
        widgets = {"topics": forms.CheckboxSelectMultiple, "divisions": forms.CheckboxSelectMultiple}


class SpanForm(RecordForm):
    """The last day is typed inclusive and kept as the day after."""

    last_on = forms.DateField(label="到哪天为止（含）", widget=DAY)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.ends_on:
            self.initial["last_on"] = self.instance.ends_on - NEXT_DAY

    def clean(self):
        values = super().clean()
        first, last = self.cleaned_data.get("starts_on"), self.cleaned_data.get("last_on")
        if first and last:
            if last < first:
                self.add_error("last_on", "结束日期不能早于开始日期。")
            elif last.year > 2100:
                self.add_error("last_on", "年份请填 2100 以前的。")
            else:
                self.instance.ends_on = last + NEXT_DAY
        return values


class CampaignForm(SpanForm):
    class Meta:
        model = TalkCampaign
        fields = ("unit", "name", "summary", "starts_on", "last_on", "lecturers", "sessions", "audience", "is_public")
        help_texts = {"lecturers": "没有定目标的空着", "audience": "可以到几百万人次"}


class RoundForm(SpanForm):
    class Meta:
        model = TalkRound
        fields = ("campaign", "name", "starts_on", "last_on", "sessions", "audience")


class LecturersChoice(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj):
        person = obj.volunteer.person
        return f"{person.name}（{person.birth_date.year}年生）" if person.birth_date else person.name


class TalkForm(PortalForm):
    """A talk that staff arrange themselves, or enter after it was held."""

    topic = forms.ModelChoiceField(label="题目", queryset=TalkTopic.objects.none())
    lecturers = LecturersChoice(
        label="宣讲员", queryset=Lecturer.objects.none(), help_text="按住 Ctrl 可以选几位",
        error_messages={"required": "请选宣讲员。"},
    )  # fmt: skip
    agreed = forms.BooleanField(
        label="本人已经答应", required=False, help_text="没有他的同意不安排（自觉自愿、量力而行）"
    )  # fmt: skip
    on = forms.DateField(label="日期", widget=DAY)
    starts = ClockField(label="开始", help_text="例如 9:00")
    minutes = forms.IntegerField(label="讲多久（分钟）", min_value=1, max_value=LONGEST, initial=60)
    host = forms.CharField(label="听讲单位", max_length=60, help_text="例如 市第三中学")
    place_kind = forms.ChoiceField(label="单位类型", choices=PlaceKind)
    division = forms.ModelChoiceField(label="所在区县", queryset=Division.objects.none(), required=False)
    place = forms.CharField(label="地点", max_length=120, help_text="线上的写平台名称")
    campaign = forms.ModelChoiceField(
        label="宣讲行动", queryset=TalkCampaign.objects.none(), required=False, empty_label="不属于哪个行动"
    )
    round = forms.ModelChoiceField(
        label="轮次", queryset=TalkRound.objects.none(), required=False, empty_label="不分轮次"
    )
    expected = forms.IntegerField(label="预计人数", required=False, min_value=1, max_value=MOST_AUDIENCE)
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(self, *args, topics, lecturers, campaigns, rounds, divisions, **more):
        super().__init__(*args, **more)
        for name, rows in (("topic", topics), ("lecturers", lecturers), ("campaign", campaigns), ("round", rounds),
                           ("division", divisions)):  # fmt: skip
            self.fields[name].queryset = rows

    def facts(self) -> TalkFacts:
        values = {name: value for name, value in self.cleaned_data.items()
                  if name in TalkFacts.__dataclass_fields__}  # fmt: skip
        return TalkFacts(**values | {"unit": values["topic"].unit, "lecturers": tuple(values["lecturers"])})

    @staticmethod
    def initial_of(talk: Talk) -> dict:
        names = ("topic", "on", "starts", "minutes", "host", "place_kind", "division", "place", "campaign", "round",
                 "expected")  # fmt: skip
        first = {name: getattr(talk, name) for name in names}
        return first | {"lecturers": list(talk.speakers.values_list("lecturer_id", flat=True)), "agreed": True}


class HeldForm(PortalForm):
    audience = forms.IntegerField(
        label="受众（人次）", min_value=0, max_value=MOST_AUDIENCE, help_text="实际来听的人数；照片可以不传",
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip


class FileForm(PortalForm):
    scan = forms.FileField(label="文件", help_text=HELP, widget=forms.ClearableFileInput(attrs={"accept": ACCEPT}))


class ReasonForm(PortalForm):
    reason = forms.CharField(label="原因", max_length=120)


class LeaveForm(PortalForm):
    on = forms.DateField(label="从哪天起不再担任", widget=DAY, initial=timezone.localdate)


class WhenForm(PortalForm):
    """When a booked talk could be: who is free then is listed."""

    on = forms.DateField(label="日期", widget=DAY)
    starts = ClockField(label="开始", help_text="例如 9:00")
    minutes = forms.IntegerField(label="讲多久（分钟）", min_value=1, max_value=LONGEST)


class AnswerForm(PortalForm):
    answer = forms.ChoiceField(
        label="他怎么说", choices=[("yes", "愿意去"), ("no", "这次不方便")], widget=forms.RadioSelect,
        error_messages={"required": "请选他怎么说。"},
    )  # fmt: skip
    topic = forms.ModelChoiceField(label="讲哪个题目", queryset=TalkTopic.objects.none(), required=False)
    campaign = forms.ModelChoiceField(
        label="算进哪个宣讲行动", queryset=TalkCampaign.objects.none(), required=False, empty_label="不属于哪个行动"
    )
    round = forms.ModelChoiceField(
        label="轮次", queryset=TalkRound.objects.none(), required=False, empty_label="不分轮次"
    )
    note = forms.CharField(label="说明", max_length=120, required=False)

    def __init__(self, *args, topics, campaigns, rounds, **more):
        super().__init__(*args, **more)
        self.fields["topic"].queryset = topics
        self.fields["campaign"].queryset = campaigns
        self.fields["round"].queryset = rounds


class BookingForm(PortalForm):
    """What a school fills in: one short page, no sign-in."""

    submit_label = "交上去"
    host = forms.CharField(label="单位名称", max_length=60, help_text="例如 云江市第三中学")
    place_kind = forms.ChoiceField(label="单位类型", choices=PlaceKind)
    division = forms.ModelChoiceField(
        label="在哪个区县", queryset=Division.objects.none(), required=False, empty_label="不清楚"
    )
    place = forms.CharField(label="在哪里讲", max_length=120, help_text="写到楼、到教室；线上的写用什么平台")
    topic = forms.ModelChoiceField(
        label="想听什么", queryset=TalkTopic.objects.none(), required=False, empty_label="请你们推荐"
    )
    expected = forms.IntegerField(
        label="大约多少人听", min_value=1, widget=forms.NumberInput(attrs={"inputmode": "numeric"})
    )
    first = forms.DateField(label="哪天方便", widget=DAY)
    second = forms.DateField(label="另外哪天也行", widget=DAY, required=False)
    third = forms.DateField(label="还有哪天也行", widget=DAY, required=False)
    part = forms.ChoiceField(label="上午还是下午", choices=ANY_PART, required=False)
    contact = forms.CharField(label="联系人", max_length=30)
    phone = forms.CharField(
        label="联系电话", max_length=30, help_text="我们打这个电话告诉您安排好了没有",
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )  # fmt: skip
    wish = forms.CharField(label="还想说的", max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args, topics, divisions, **more):
        super().__init__(*args, **more)
        self.fields["topic"].queryset = topics
        self.fields["division"].queryset = divisions

    def facts(self) -> BookingFacts:
        values = self.cleaned_data
        days = tuple(values[name] for name in ("first", "second", "third") if values[name])
        names = ("host", "place_kind", "division", "place", "topic", "expected", "part", "contact", "phone", "wish")
        return BookingFacts(days=days, **{name: values[name] for name in names})
