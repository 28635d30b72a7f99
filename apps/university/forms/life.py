"""Forms of class life: what is typed; the services decide."""

import uuid

from django import forms

from apps.common.forms import PortalForm
from apps.common.secrecy_forms import SecrecyMixin
from apps.university.choices.life import Answer, Decision, Presence, Told, ToldBy
from apps.university.choices.schools import TeacherState
from apps.university.choices.students import EnrolmentState
from apps.university.models import ClassGroup, ClassSession, Room, School, Teacher
from apps.university.rules.lessons import ZONE, moment_at
from apps.university.rules.when import fee_words

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
TIME = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class ActForm(PortalForm):
    """An act with its key, so that the same form sent twice is one act."""

    form_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)


class ReasonedForm(ActForm):
    reason = forms.CharField(label="原因", max_length=120, help_text="会写进给学员的通知，例如“老师生病”“教室检修”")


class MoveForm(ReasonedForm):
    """Another time, another room."""

    field_order = ("day", "starts", "ends", "room", "reason", "anyway", "form_key")
    day = forms.DateField(label="改到哪天", widget=DAY)
    starts = forms.TimeField(label="上课", widget=TIME)
    ends = forms.TimeField(label="下课", widget=TIME)
    room = forms.ModelChoiceField(Room.objects.none(), label="教室", required=False, empty_label="没有固定教室")
    anyway = forms.BooleanField(label="有学员冲突也这样办", required=False, help_text="学员这个时间另外有课时才用勾")

    def __init__(self, data=None, *, session: ClassSession, **more):
        begin, end = session.starts_at.astimezone(ZONE), session.ends_at.astimezone(ZONE)
        first = {"day": begin.date(), "starts": begin.time(), "ends": end.time(), "room": session.room_id}
        super().__init__(data, initial={**first, **more.pop("initial", {})}, **more)
        self.fields["room"].queryset = rooms_of(session.class_group.school)

    def moments(self) -> dict:
        values = self.cleaned_data
        return {
            "starts_at": moment_at(values["day"], values["starts"]),
            "ends_at": moment_at(values["day"], values["ends"]), "room": values["room"],
        }  # fmt: skip


class MakeUpForm(MoveForm):
    field_order = ("day", "starts", "ends", "room", "teacher", "reason", "anyway", "form_key")
    teacher = forms.ModelChoiceField(Teacher.objects.none(), label="老师", required=False, empty_label="原来的主讲老师")

    def __init__(self, data=None, *, session: ClassSession, **more):
        super().__init__(data, session=session, **more)
        self.fields["day"].label = "哪天补课"
        self.fields["day"].initial = self.initial["day"] = None
        self.fields["teacher"].queryset = teachers_of(session.class_group.school)


class SubstituteForm(ReasonedForm):
    field_order = ("teacher", "reason", "form_key")
    teacher = forms.ModelChoiceField(Teacher.objects.none(), label="代课老师")

    def __init__(self, data=None, *, school: School, **more):
        super().__init__(data, **more)
        self.fields["teacher"].queryset = teachers_of(school)


def rooms_of(school: School):
    return Room.objects.current().filter(campus__school=school, closed_on__isnull=True).select_related("campus")


def teachers_of(school: School):
    able = (TeacherState.HIRED, TeacherState.RESERVE)
    return Teacher.objects.current().filter(school=school, state__in=able).select_related("person")


class CountForm(PortalForm):
    counted = forms.IntegerField(label="实到人数", min_value=0, max_value=2000, help_text="先照考勤表填总数，再逐个录")


class RollLine(forms.Form):
    state = forms.ChoiceField(label="考勤", choices=[("", "　"), *Presence.choices], required=False)


class CallLine(SecrecyMixin, forms.Form):
    """A line of a call sheet."""

    told = forms.ChoiceField(label="结果", choices=[("", "没打"), *Told.choices], required=False)
    note = forms.CharField(label="说明", max_length=60, required=False)


class AnswerLine(SecrecyMixin, forms.Form):
    answer = forms.ChoiceField(label="答复", choices=[("", "没答复"), *Answer.choices], required=False)
    note = forms.CharField(label="说明", max_length=60, required=False)


class DecisionLine(forms.Form):
    state = forms.ChoiceField(
        label="结业", choices=[
            (EnrolmentState.COMPLETED, "结业"), (EnrolmentState.NOT_COMPLETED, "不结业")
        ],
    )  # fmt: skip


class TapForm(PortalForm):
    """The cursor stands here; a reader types and ends with Enter."""

    submit_label = "确定"
    card = forms.CharField(
        label="请刷卡或扫学员卡上的码", max_length=200,
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off", "inputmode": "text"}),
    )  # fmt: skip


class AbsenceCallForm(PortalForm):
    reached = forms.ChoiceField(label="联系结果", choices=Told.choices, widget=forms.RadioSelect)
    said = forms.CharField(label="本人或家属怎么说", max_length=200, required=False)


class AbsenceDecisionForm(PortalForm):
    decision = forms.ChoiceField(
        label="决定", widget=forms.RadioSelect,
        choices=[(Decision.KEEP, "保留名额，继续上课"), (Decision.LEAVE, "退课，名额给候补的学员")],
    )  # fmt: skip


class StaffLeaveForm(ActForm):
    """A leave that came in by telephone or at the desk."""

    field_order = ("class_group", "first_on", "last_on", "by", "reason", "form_key")
    class_group = forms.ModelChoiceField(
        ClassGroup.objects.none(), label="哪个班", required=False, empty_label="他的所有班"
    )
    first_on = forms.DateField(label="从哪天起", widget=DAY)
    last_on = forms.DateField(label="到哪天（含）", widget=DAY)
    by = forms.ChoiceField(label="怎样请的", choices=[(one.value, one.label) for one in (ToldBy.PHONE, ToldBy.DESK)])
    reason = forms.CharField(label="原因", max_length=60, required=False)


class FindStudentForm(PortalForm):
    submit_label = "找"
    card = forms.CharField(label="学员卡号", max_length=200, help_text="刷卡、扫码或者手输")


class ClassChangeForm(ReasonedForm):
    """`money`: what changing to a class means in money, in words."""

    field_order = ("target", "reason", "form_key")
    target = forms.ModelChoiceField(ClassGroup.objects.none(), label="换到哪个班")

    def __init__(self, data=None, *, classes, money=None, **more):
        super().__init__(data, **more)
        self.fields["target"].queryset = classes
        self.fields["target"].label_from_instance = lambda one: choice_words(one) + (f"　{money(one)}" if money else "")
        self.fields["reason"].help_text = ""


class MergeForm(ClassChangeForm):
    def __init__(self, data=None, *, classes, **more):
        super().__init__(data, classes=classes, **more)
        self.fields["target"].label = "并到哪个班"
        self.fields["reason"].help_text = "会写进给学员的通知"


def choice_words(one: ClassGroup) -> str:
    times = "、".join(slot_words(slot) for slot in one.slots.all())
    return f"{one.school} {one}　{times}　{fee_words(one.fee)}　余 {max(one.free, 0)} 个名额"


def slot_words(slot) -> str:
    return f"周{'一二三四五六日'[slot.weekday - 1]}{slot.starts // 60}:{slot.starts % 60:02d}"


class WithdrawForm(PortalForm):
    reason = forms.CharField(label="撤销原因", max_length=120)


class CertificateCheckForm(PortalForm):
    submit_label = "查验"
    code = forms.CharField(label="证书编号", max_length=20, help_text="印在证书下方，例如 2026-012-0007")
    surname = forms.CharField(label="证书上的姓", max_length=20)
