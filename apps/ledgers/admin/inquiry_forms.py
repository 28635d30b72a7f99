"""Forms of 来电来访登记: take it down, pass it on, say what came of it, answer the caller."""

import uuid

from django import forms
from django.utils import timezone

from apps.accounts.models import User
from apps.common.admin_forms import RecordForm
from apps.common.choices import Source
from apps.common.code_lists import choices_of
from apps.common.forms import PortalForm
from apps.ledgers.choices import CallOutcome, Method
from apps.ledgers.models import Inquiry
from apps.ledgers.queries.inquiries import SUBJECTS
from apps.ledgers.services import ContactFacts, InquiryFacts
from apps.registry.models import Cadre
from apps.registry.wording import age_of

WAYS_IN = [(value, Source(value).label) for value in (Source.CALL, Source.VISIT, Source.LETTER, Source.FAMILY)]
AT_ONCE, PASS_ON = "done", "pass"
DAY_FIELD = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
KIND_OF_WAY = {Method.PHONE: "call", Method.WECHAT: "wechat"}


def person_words(cadre: Cadre) -> str:
    """王秀兰（退休 · 81 岁 · 云江市水利局）"""
    age = age_of(cadre.person, timezone.localdate())
    unit = cadre.managing_unit.short_name or cadre.managing_unit.name
    facts = (cadre.get_retire_type_display(), f"{age} 岁" if age is not None else "", unit)
    return f"{cadre.person.name}（{' · '.join(filter(None, facts))}）"


class HandlerField(forms.ModelChoiceField):
    def label_from_instance(self, user: User) -> str:
        return f"{user}（{user.unit.short_name or user.unit.name}）" if user.unit else str(user)


class InquiryForm(PortalForm):
    """Who, what about, what was said; then handled at once or passed on. `found`: cadres that the search box gave."""

    asked = forms.CharField(
        label="哪位老同志", required=False, max_length=100, help_text="姓名、拼音首字母、电话或证件后四位"
    )
    person = forms.TypedChoiceField(
        label="找到的人", required=False, coerce=int, empty_value=None, widget=forms.RadioSelect
    )
    caller = forms.CharField(
        label="来人是谁", required=False, max_length=60, help_text="不是本人才填，例如 女儿王敏；不在名册里的也写这里"
    )
    caller_phone = forms.CharField(label="回电号码", required=False, max_length=40)
    source = forms.ChoiceField(label="怎样来的", choices=WAYS_IN, initial=Source.CALL, widget=forms.RadioSelect)
    subject = forms.ChoiceField(label="什么事")
    content = forms.CharField(label="他说了什么", max_length=1000, widget=forms.Textarea({"rows": 3}))
    way = forms.ChoiceField(
        label="怎样办", choices=[(AT_ONCE, "当场办结"), (PASS_ON, "转给别人办")], widget=forms.RadioSelect,
        error_messages={"required": "请选当场办结，还是转给别人办。"},
    )  # fmt: skip
    result = forms.CharField(
        label="怎样答复的",
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 2}),
        help_text="当场办结的写",
    )
    handler = HandlerField(
        User.objects.none(), label="承办人", required=False, empty_label="（请选）", help_text="转办才选"
    )
    due_on = forms.DateField(label="办理期限", required=False, widget=DAY_FIELD)
    form_token = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, found: list[Cadre], handlers, usual_day, **kwargs):
        super().__init__(*args, **kwargs)
        self.found = found
        self.fields["person"].choices = [(cadre.pk, person_words(cadre)) for cadre in found]
        if not found:
            self.fields["person"].widget = forms.HiddenInput()
        self.fields["subject"].choices = [("", "（请选）"), *choices_of(SUBJECTS)]
        self.fields["handler"].queryset = handlers
        self.fields["due_on"].help_text = f"不填就是 {usual_day:%Y-%m-%d}（按规定的工作日数）"
        self.initial.setdefault("form_token", uuid.uuid4())
        if len(found) == 1:
            self.initial.setdefault("person", found[0].pk)

    def clean_form_token(self):
        return self.cleaned_data["form_token"] or uuid.uuid4()

    def clean(self):
        values = super().clean()
        if values.get("person") is None and "person" not in self.errors:
            if len(self.found) == 1 and values.get("asked"):
                values["person"] = self.found[0].pk
            elif self.found:
                self.add_error("person", f"找到 {len(self.found)} 位，请选一位。")
            elif values.get("asked") and not values.get("caller"):
                self.add_error("asked", "没有找到这位老同志。请换个写法再找；不在名册里，就在“来人是谁”里写明。")
        if values.get("way") == PASS_ON and values.get("handler") is None and "handler" not in self.errors:
            self.add_error("handler", "转给别人办，要选承办人。")
        return values

    def facts(self) -> InquiryFacts:
        values = self.cleaned_data
        passed = values["way"] == PASS_ON
        return InquiryFacts(
            subject=values["subject"],
            content=values["content"],
            person_id=values["person"],
            caller=values["caller"],
            caller_phone=values["caller_phone"],
            source=values["source"],
            result="" if passed else values["result"],
            handler=values["handler"] if passed else None,
            due_on=values["due_on"] if passed else None,
        )


class PassOnForm(PortalForm):
    handler = HandlerField(User.objects.none(), label="承办人", empty_label="（请选）")
    due_on = forms.DateField(label="办理期限", required=False, widget=DAY_FIELD)
    note = forms.CharField(label="为什么转", required=False, max_length=180)

    def __init__(self, *args, handlers, usual_day, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["handler"].queryset = handlers
        self.fields["due_on"].help_text = f"不填就是 {usual_day:%Y-%m-%d}（按规定的工作日数）"


class AnswerForm(PortalForm):
    result = forms.CharField(label="办理结果", max_length=1000, widget=forms.Textarea({"rows": 4}))


class CloseForm(PortalForm):
    """The contact that gave the answer."""

    method = forms.ChoiceField(
        label="怎样回复的", choices=Method.choices, initial=Method.PHONE, widget=forms.RadioSelect
    )
    outcome = forms.ChoiceField(
        label="打通了吗", choices=CallOutcome.choices, initial=CallOutcome.ANSWERED, required=False,
        widget=forms.RadioSelect, help_text="打电话、微信才选；没打通的也记下，改天再打",
    )  # fmt: skip
    happened_on = forms.DateField(label="哪天", widget=DAY_FIELD)
    summary = forms.CharField(label="怎么答复的，他怎么说", max_length=1000, widget=forms.Textarea({"rows": 3}))
    form_token = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("form_token", uuid.uuid4())
        self.initial.setdefault("happened_on", timezone.localdate())

    def clean_form_token(self):
        return self.cleaned_data["form_token"] or uuid.uuid4()

    def clean_happened_on(self):
        day = self.cleaned_data["happened_on"]
        if day > timezone.localdate():
            raise forms.ValidationError("日期不能晚于今天。")
        return day

    def facts(self) -> ContactFacts:
        values = self.cleaned_data
        by_phone = values["method"] in (Method.PHONE, Method.WECHAT)
        return ContactFacts(
            happened_on=values["happened_on"],
            method=values["method"],
            kind=KIND_OF_WAY.get(values["method"], "routine"),
            outcome=(values["outcome"] or CallOutcome.ANSWERED) if by_phone else "",
            summary=f"来电来访回复：{values['summary']}"[:1000],
        )


class CorrectionForm(RecordForm):
    """What was written down, to be mended; encrypted texts are shown to whoever may open the record."""

    content_text = forms.CharField(label="他说了什么", max_length=1000, widget=forms.Textarea({"rows": 3}))
    phone_text = forms.CharField(label="回电号码", max_length=40, required=False)
    subject = forms.ChoiceField(label="什么事")

    class Meta:
        model = Inquiry
        fields = ("subject", "source", "caller")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["subject"].choices = choices_of(SUBJECTS)
        if "source" in self.fields:
            self.fields["source"].choices = WAYS_IN
        self.initial["content_text"] = self.instance.content
        self.initial["phone_text"] = self.instance.caller_phone

    def values(self) -> dict[str, str]:
        typed = self.cleaned_data
        plain = {name: typed[name] for name in ("subject", "source", "caller")}
        return plain | {"content": typed["content_text"], "caller_phone": typed["phone_text"]}
