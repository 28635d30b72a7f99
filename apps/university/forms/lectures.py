"""Forms of 公益大讲堂 on the staff side."""

import uuid

from django import forms
from django.utils import timezone

from apps.common.admin_forms import RecordForm
from apps.common.forms import PortalForm
from apps.signups.choices import SignUpSource
from apps.university.models import Lecture, LectureSeries
from apps.university.services.lectures import MOST_SEATS, LectureFacts

MOMENT = {"widget": forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")}


class LectureSeriesForm(RecordForm):
    class Meta:
        model = LectureSeries
        fields = ["school", "name", "summary"]


class LectureForm(PortalForm):
    """A lecture as it is typed; the service decides."""

    series = forms.ModelChoiceField(label="系列", queryset=LectureSeries.objects.none())
    title = forms.CharField(label="题目", max_length=80)
    summary = forms.CharField(label="讲什么", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    speaker = forms.CharField(label="主讲人", max_length=60)
    starts_at = forms.DateTimeField(label="开始", **MOMENT)
    ends_at = forms.DateTimeField(label="结束", **MOMENT)
    place = forms.CharField(label="地点", max_length=120, help_text="写清楚楼层，有没有电梯")
    seats = forms.IntegerField(label="座位", min_value=1, max_value=MOST_SEATS)
    opens_at = forms.DateTimeField(label="开始报名", **MOMENT)
    closes_at = forms.DateTimeField(label="截止报名", required=False, help_text="空着就到开讲为止", **MOMENT)

    def facts(self) -> LectureFacts:
        return LectureFacts(**self.cleaned_data)

    @staticmethod
    def initial_of(lecture: Lecture) -> dict:
        offering = lecture.offering
        moments = {"starts_at": lecture.starts_at, "ends_at": lecture.ends_at, "opens_at": offering.opens_at,
                   "closes_at": offering.closes_at}  # fmt: skip
        plain = {name: getattr(lecture, name) for name in ("series", "title", "summary", "speaker", "place")}
        local = {name: timezone.localtime(at) if at else None for name, at in moments.items()}
        return {**plain, **local, "seats": offering.places.capacity}


class CallerForm(PortalForm):
    """Somebody who rings or comes: found by a whole number, never by browsing."""

    submit_label = "替他报名"
    who = forms.CharField(
        label="身份证号、学员卡号或手机号", max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    way = forms.ChoiceField(
        label="怎样报的", widget=forms.RadioSelect, initial=SignUpSource.PHONE,
        choices=[(SignUpSource.PHONE, "打电话来"), (SignUpSource.DESK, "到窗口来")],
    )  # fmt: skip
    form_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)


class CancelForm(PortalForm):
    submit_label = "取消这一场"
    reason = forms.CharField(label="为什么取消", max_length=120, help_text="报了名的人会收到取消的通知")


class TurnoutForm(PortalForm):
    submit_label = "保存人数"
    came = forms.IntegerField(label="报名的来了几位", min_value=0, max_value=MOST_SEATS)
    walk_ins = forms.IntegerField(
        label="没报名来听的几位", min_value=0, max_value=MOST_SEATS, help_text="只记人数，不记姓名"
    )


class LeaveForm(PortalForm):
    submit_label = "退掉这个座位"
    reason = forms.CharField(label="原因", max_length=120, initial="本人来电退出")
