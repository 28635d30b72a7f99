"""Forms of organisation life at the desk: what is typed; the services decide. Choices are given by the views."""

import uuid

from django import forms

from apps.branches.choices import DeliveryForm, ReviewResult, StudyForm
from apps.branches.models import Programme
from apps.common.forms import PortalForm, PortalRecordForm

from .memberships import DAY

People = list[tuple[int, str]]
UNSAID = ("", "请选择")


class KeyedForm(PortalForm):
    """Carries the key that makes it one record however often it is sent."""

    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, initial=None, **kwargs):
        super().__init__(*args, initial={"key": uuid.uuid4(), **(initial or {})}, **kwargs)


class DeliverForm(KeyedForm):
    """送学: three fields to fill, the rest if wanted."""

    submit_label = "记下来"

    person = forms.TypedChoiceField(label="送给谁", coerce=int)
    delivered_on = forms.DateField(label="哪天送的", widget=DAY)
    form = forms.ChoiceField(label="怎么送的", choices=DeliveryForm, widget=forms.RadioSelect)
    content = forms.CharField(label="送了什么、讲了什么", max_length=200, help_text="例如 学习材料一份，讲了全会精神")
    wishes = forms.CharField(label="他的意见和需要", max_length=200, required=False)
    deliverer = forms.TypedChoiceField(label="谁去送的", coerce=int, required=False, empty_value=None)

    def __init__(self, *args, members: People, at_hand: People, asks_whom: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["deliverer"].choices = [("", "不填"), *at_hand]
        if asks_whom:
            self.fields["person"].choices = [UNSAID, *members]
        else:
            del self.fields["person"]


class StudyRecordForm(KeyedForm):
    """One theme that some members studied."""

    submit_label = "记下来"

    studied_on = forms.DateField(label="哪天", widget=DAY)
    form = forms.ChoiceField(label="怎么学的", choices=StudyForm, widget=forms.RadioSelect)
    theme = forms.CharField(label="学了什么", max_length=120)
    hours = forms.DecimalField(label="学时", max_digits=4, decimal_places=1, required=False, help_text="不计学时就空着")
    people = forms.TypedMultipleChoiceField(label="哪些党员", coerce=int, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args, members: People, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["people"].choices = members


class TalkForm(KeyedForm):
    """谈心谈话: who with whom, when, about what."""

    submit_label = "记下来"

    talked_on = forms.DateField(label="哪天谈的", widget=DAY)
    person = forms.TypedChoiceField(label="和哪位党员谈", coerce=int)
    officer = forms.TypedChoiceField(label="谁去谈的", coerce=int)
    theme = forms.CharField(label="谈什么", max_length=120, help_text="写主题就行，例如 身体和家里情况；心里话不用写")

    def __init__(self, *args, members: People, officers: People, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [UNSAID, *members]
        self.fields["officer"].choices = [UNSAID, *officers]


class ReviewLineForm(PortalForm):
    """One member's line of the year's 民主评议."""

    result = forms.ChoiceField(label="评议结果", choices=[("", "没有评议"), *ReviewResult.choices], required=False)
    note = forms.CharField(label="说明", max_length=200, required=False)


class VoidForm(PortalForm):
    submit_label = "作废这次会议"

    reason = forms.CharField(label="为什么作废", max_length=200, help_text="例如 记重了、日期记错了")


class ReasonForm(PortalForm):
    reason = forms.CharField(label="用途", max_length=200, help_text="会写进文件和操作记录")


class ProgrammeForm(PortalRecordForm):
    """A branch's own order of items."""

    class Meta:
        model = Programme
        fields = ["name", "items", "own_items"]
        widgets = {"items": forms.Textarea(attrs={"rows": 8}), "own_items": forms.Textarea(attrs={"rows": 5})}
