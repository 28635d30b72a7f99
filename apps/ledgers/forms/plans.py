"""Forms of 一人一策: a need, what is promised for it, what came of it, and the call that closes it."""

import uuid

from django import forms
from django.utils import timezone

from apps.accounts.models import User
from apps.common.admin_forms import RecordForm
from apps.common.choices import Source
from apps.common.code_lists import choices_of
from apps.common.forms import PortalForm
from apps.ledgers.choices import (
    CallOutcome,
    ContactKind,
    MeasureDrop,
    Method,
    NeedOutcome,
    Satisfaction,
    Section,
    Urgency,
)
from apps.ledgers.models import Measure, Need, ServicePlan
from apps.ledgers.rules import CALLS
from apps.ledgers.services import ContactFacts
from apps.ledgers.services.need_checks import CATEGORIES, Closing, MeasureFacts, NeedFacts

DAY = {"type": "date"}
PROMISED = ("what", "provider", "owner", "due_on", "cost")
NOT_ASKED = "none"
HOW_ASKED = [*Method.choices, (NOT_ASKED, "没有问到本人")]
SOURCES = [
    (value, Source(value).label)
    for value in (
        Source.STAFF,
        Source.SELF,
        Source.FAMILY,
        Source.CALL,
        Source.VISIT,
        Source.LETTER,
        Source.BRANCH,
        Source.UNIT,
    )
]
ENDINGS = [(value, label) for value, label in NeedOutcome.choices if value != NeedOutcome.ENDED]
DROPS = [(value, label) for value, label in MeasureDrop.choices if value != MeasureDrop.ENDED]
KIND_OF_WAY = {Method.PHONE: ContactKind.CALL, Method.WECHAT: ContactKind.WECHAT, Method.HOSPITAL: ContactKind.HOSPITAL}


def day_input() -> forms.DateInput:
    return forms.DateInput(DAY, format="%Y-%m-%d")


class OwnerField(forms.ModelChoiceField):
    def label_from_instance(self, user: User) -> str:
        return f"{user}（{user.unit.short_name or user.unit.name}）" if user.unit else str(user)


class KeyedForm(PortalForm):
    """A form that makes a row: its key makes it one however often it is sent."""

    form_token = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("form_token", uuid.uuid4())

    def clean_form_token(self):
        return self.cleaned_data["form_token"] or uuid.uuid4()


class NeedForm(KeyedForm):
    """A need; what is left empty follows the rules."""

    category = forms.ChoiceField(label="哪方面")
    description = forms.CharField(
        label="需要什么", max_length=500, widget=forms.Textarea({"rows": 3}), help_text="写清要办的事，不写病情"
    )
    urgency = forms.ChoiceField(label="缓急", choices=Urgency.choices, initial=Urgency.SOON, widget=forms.RadioSelect)
    source = forms.ChoiceField(label="怎样知道的", choices=SOURCES, initial=Source.STAFF)
    found_on = forms.DateField(label="哪天发现", widget=day_input())
    section = forms.ChoiceField(
        label="列在哪一部分", required=False, choices=[("", "按“哪方面”自动"), *Section.choices]
    )
    reply_by = forms.DateField(label="答复期限", required=False, widget=day_input(), help_text="不填就按缓急自动算")
    finish_by = forms.DateField(label="办结期限", required=False, widget=day_input(), help_text="不填就按缓急自动算")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = [("", "（请选）"), *choices_of(CATEGORIES)]
        self.initial.setdefault("found_on", timezone.localdate())

    def facts(self, **more) -> NeedFacts:
        names = ("category", "description", "urgency", "source", "found_on", "section", "reply_by", "finish_by")
        return NeedFacts(**{name: self.cleaned_data[name] for name in names}, **more)


class NeedRecordForm(RecordForm):
    category = forms.ChoiceField(label="哪方面")

    class Meta:
        model = Need
        fields = ("category", "section", "description", "urgency", "source", "found_on", "reply_by", "finish_by")
        widgets = {"description": forms.Textarea({"rows": 3})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "category" in self.fields:
            self.fields["category"].choices = choices_of(CATEGORIES)
        if "source" in self.fields:
            known = dict(SOURCES)
            own = self.instance.source
            self.fields["source"].choices = SOURCES if own in known else [*SOURCES, (own, Source(own).label)]

    def facts(self) -> NeedFacts:
        row = self.instance
        return NeedFacts(
            **{name: self.cleaned_data[name] for name in self.Meta.fields},
            found_contact=row.found_contact,
            inquiry=row.inquiry,
            replied_on=row.replied_on,
        )


class MeasureForm(KeyedForm):
    """What is promised; from the library or typed."""

    what = forms.CharField(label="做什么", max_length=200, widget=forms.Textarea({"rows": 2}))
    provider = forms.CharField(
        label="由谁来做", max_length=100, required=False, help_text="例如 社区养老服务中心",
        widget=forms.TextInput({"list": "service-offers"}),
    )  # fmt: skip
    owner = OwnerField(User.objects.none(), label="责任人", required=False, empty_label="（老同志的责任人）")
    due_on = forms.DateField(label="办到哪天", required=False, widget=day_input())
    cost = forms.DecimalField(label="预计花费（元）", required=False, max_digits=10, decimal_places=2, min_value=0)
    told = forms.BooleanField(label="已经告诉本人（家属）打算这样办", required=False)

    def __init__(self, *args, owners, usual_day, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = owners
        self.fields["owner"].help_text = "盯着这件事办好的同志"
        self.fields["due_on"].help_text = f"不填就是 {usual_day:%Y-%m-%d}" if usual_day else ""

    def facts(self) -> MeasureFacts:
        return MeasureFacts(
            **{name: self.cleaned_data[name] for name in ("what", "provider", "owner", "due_on", "cost")}
        )


class MeasureRecordForm(RecordForm):
    class Meta:
        model = Measure
        fields = PROMISED
        widgets = {"what": forms.Textarea({"rows": 2})}

    def facts(self) -> MeasureFacts:
        return MeasureFacts(**{name: self.cleaned_data[name] for name in PROMISED})


class FinishForm(PortalForm):
    result = forms.CharField(label="办得怎样", max_length=300, widget=forms.Textarea({"rows": 3}))
    done_on = forms.DateField(label="哪天办好", widget=day_input())
    cost = forms.DecimalField(label="花费（元）", required=False, max_digits=10, decimal_places=2, min_value=0)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("done_on", timezone.localdate())


class DropForm(PortalForm):
    reason = forms.ChoiceField(label="为什么不再办", choices=DROPS, widget=forms.RadioSelect)
    note = forms.CharField(label="说明", max_length=200, required=False, help_text="“办不了”要写明原因")


class CallForm(KeyedForm):
    """The contact in which he was told or asked."""

    method = forms.ChoiceField(
        label="怎样联系的", choices=Method.choices, initial=Method.PHONE, widget=forms.RadioSelect
    )
    call_outcome = forms.ChoiceField(
        label="打通了吗", choices=CallOutcome.choices, initial=CallOutcome.ANSWERED, required=False,
        widget=forms.RadioSelect, help_text="打电话、微信才选；没打通的也记下，改天再打",
    )  # fmt: skip
    happened_on = forms.DateField(label="哪天", widget=day_input())
    summary = forms.CharField(label="说了什么", max_length=900, required=False, widget=forms.Textarea({"rows": 3}))
    opening = "答复需求"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("happened_on", timezone.localdate())

    def call(self) -> ContactFacts | None:
        values = self.cleaned_data
        if values["method"] == NOT_ASKED:
            return None
        by_phone = values["method"] in CALLS
        return ContactFacts(
            happened_on=values["happened_on"],
            method=values["method"],
            kind=KIND_OF_WAY.get(values["method"], ContactKind.ROUTINE),
            outcome=(values["call_outcome"] or CallOutcome.ANSWERED) if by_phone else "",
            summary="：".join(filter(None, (self.opening, values["summary"])))[:1000],
        )


class CloseNeedForm(CallForm):
    """What came of it, and what he said himself."""

    outcome = forms.ChoiceField(label="结果", choices=ENDINGS, initial=NeedOutcome.MET, widget=forms.RadioSelect)
    satisfaction = forms.ChoiceField(
        label="本人是否满意", choices=Satisfaction.choices, required=False, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label="结果说明", max_length=300, required=False, help_text="解决不了，或者没有问到本人的，要写明原因"
    )
    field_order = ("outcome", "method", "call_outcome", "happened_on", "satisfaction", "summary", "note")
    opening = "需求办结回访"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["method"].label, self.fields["method"].choices = "怎样回访的", HOW_ASKED
        self.fields["summary"].label = "他怎么说"

    def clean(self):
        values = super().clean()
        reached = values.get("method") not in CALLS or values.get("call_outcome") in (
            "", CallOutcome.ANSWERED, CallOutcome.FAMILY,
        )  # fmt: skip
        if values.get("method") != NOT_ASKED and reached and not values.get("satisfaction"):
            self.add_error("satisfaction", "请选本人是否满意；没有问到满意度的选“没有问到”。")
        return values

    def closing(self) -> Closing:
        values = self.cleaned_data
        return Closing(
            outcome=values["outcome"], note=values["note"], satisfaction=values["satisfaction"] or Satisfaction.UNASKED
        )


class PlanForm(RecordForm):
    class Meta:
        model = ServicePlan
        fields = ("summary", "wishes")
        widgets = {"summary": forms.Textarea({"rows": 5}), "wishes": forms.Textarea({"rows": 3})}
