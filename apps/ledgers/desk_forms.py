"""Forms of the workbench that need the ledger: few fields, plain words; the services decide."""

import datetime as dt
import uuid

from django import forms

from apps.branches.forms import DAY
from apps.common.choices import Source
from apps.common.code_lists import choices_of
from apps.common.forms import PortalForm
from apps.common.names import search_form
from apps.ledgers.queries.desk import CONDOLENCE_SUBJECT
from apps.people.models import Person

from .choices import By, CallOutcome, ContactKind, Method
from .forms import KIND_OF_METHOD
from .forms.found import NEED_ROWS, NeedFields
from .rules import CALLS
from .services import ContactFacts

METHODS = (Method.HOME, Method.HOSPITAL, Method.CARE_HOME, Method.PHONE, Method.WECHAT)
OUTCOMES = (CallOutcome.ANSWERED, CallOutcome.FAMILY, CallOutcome.UNANSWERED, CallOutcome.OUT_OF_SERVICE)
LONG = {"rows": 4}


class KeyedForm(PortalForm):
    """`key` names what the form makes: sent twice it is one. Kept with what was typed (static/js/draft.js)."""

    key = forms.UUIDField(widget=forms.HiddenInput({"data-draft-key": ""}))

    def __init__(self, *args, **kwargs):
        kwargs["initial"] = {"key": uuid.uuid4(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)


def no_later(day: dt.date, today: dt.date) -> dt.date:
    if day > today:
        raise forms.ValidationError(f"不能晚于今天（{today.month}月{today.day}日）。")
    return day


class VisitForm(NeedFields, KeyedForm):
    """How, when, what came of it, and what he needs."""

    submit_label = "记下"
    method = forms.ChoiceField(
        label="怎样联系的", widget=forms.RadioSelect, choices=[(one.value, one.label) for one in METHODS]
    )
    outcome = forms.ChoiceField(
        label="电话、微信接通了吗", required=False, widget=forms.RadioSelect, help_text="登门、到医院的不用选",
        choices=[(one.value, one.label) for one in OUTCOMES],
    )  # fmt: skip
    happened_on = forms.DateField(label="哪一天", widget=DAY)
    summary = forms.CharField(
        label="说一句他的情况", required=False, max_length=1000, widget=forms.Textarea(LONG),
        help_text="例如：精神不错，想参加下次党日。病情不用写在这里。",
    )  # fmt: skip

    field_order = ("method", "outcome", "happened_on", "summary")

    def __init__(self, *args, today: dt.date, **kwargs):
        self.today = today
        super().__init__(*args, **kwargs)
        self.prepare_needs(today)
        for category, text, _ in NEED_ROWS:
            self.fields[category].label = "他有什么事要办"
            self.fields[text].label = "说一句是什么事"
        for _, _, reply in NEED_ROWS:
            self.fields[reply].label = "哪天前给他回话"

    def first(self):
        """What is always asked."""
        return [self[name] for name in self.field_order]

    def needs(self):
        """Rows of what he needs, each (category, text, day)."""
        return [[self[name] for name in row] for row in NEED_ROWS]

    def clean_happened_on(self):
        return no_later(self.cleaned_data["happened_on"], self.today)

    def clean(self):
        values = super().clean()
        self.check_needs(values)
        if values.get("method") in CALLS and not values.get("outcome"):
            self.add_error("outcome", "请选电话（微信）有没有接通。")
        return values

    def facts(self, *, kind: str, campaign: str, on_behalf_of) -> ContactFacts:
        method = self.cleaned_data["method"]
        calls = method in CALLS
        return ContactFacts(
            happened_on=self.cleaned_data["happened_on"],
            kind=(not calls and kind) or KIND_OF_METHOD.get(method, ContactKind.ROUTINE),
            method=method,
            by=By.BRANCH,
            outcome=self.cleaned_data["outcome"],
            source=Source.BRANCH,
            campaign=campaign,
            summary=self.cleaned_data["summary"],
            on_behalf_of=on_behalf_of,
        )


class OnDayForm(PortalForm):
    """A day, today unless said otherwise."""

    happened_on = forms.DateField(label="哪一天", widget=DAY)

    def __init__(self, *args, today: dt.date, **kwargs):
        self.today = today
        kwargs["initial"] = {"happened_on": today, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)

    def clean_happened_on(self):
        return no_later(self.cleaned_data["happened_on"], self.today)


class AdmittedForm(OnDayForm):
    submit_label = "报住院"
    happened_on = forms.DateField(label="哪天住的院", widget=DAY)
    hospital = forms.CharField(label="哪家医院", max_length=80)
    ward = forms.CharField(label="科室、床位", required=False, max_length=60)


class DischargedForm(OnDayForm):
    submit_label = "报出院"
    happened_on = forms.DateField(label="哪天出的院", widget=DAY)


class MovedForm(OnDayForm):
    submit_label = "报搬家"
    happened_on = forms.DateField(label="哪天搬的", widget=DAY)
    address = forms.CharField(
        label="新地址", max_length=120, help_text="写到门牌号，例如 河滨路12号3栋502。去外地的，写上哪个省哪个市。"
    )


class NeedForm(KeyedForm):
    submit_label = "报给老干部局"
    subject = forms.ChoiceField(label="哪一类事", widget=forms.RadioSelect)
    content = forms.CharField(
        label="说说是什么事", max_length=2000, widget=forms.Textarea({"rows": 6}),
        help_text="可以用手机的语音输入，也可以从微信里粘贴过来。",
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        lines = choices_of("inquiry_subject")
        self.fields["subject"].choices = [line for line in lines if line[0] != CONDOLENCE_SUBJECT]


class DeathForm(OnDayForm):
    """First screen: which day, who said so, and the full name typed, so that nobody is reported by a slip."""

    submit_label = "下一步"
    name = forms.CharField(label="请写出这位老同志的全名", max_length=100)
    happened_on = forms.DateField(label="哪天离世的", widget=DAY, help_text="说不准就写大概的日子，工作人员会核实。")
    told_by = forms.CharField(label="听谁说的", max_length=40, help_text="例如 儿子、邻居、医院")
    detail = forms.CharField(
        label="还有什么要告诉我们", required=False, max_length=300, widget=forms.Textarea({"rows": 3}),
        help_text="例如 家属的意思、告别的时间地点",
    )  # fmt: skip

    def __init__(self, *args, person: Person, **kwargs):
        self.person = person
        super().__init__(*args, **kwargs)

    def clean_name(self):
        if search_form(self.cleaned_data["name"]) != search_form(self.person.name):
            raise forms.ValidationError(f"写的名字和“{self.person.name}”不一样，请看清楚是哪一位。")
        return self.person.name
