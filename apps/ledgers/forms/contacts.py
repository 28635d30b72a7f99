"""Forms of the ledger: a contact in under a minute, a tier, a carer, letting a duty go."""

import uuid

from django import forms
from django.utils import timezone

from apps.accounts.models import User
from apps.common.admin_forms import RecordForm
from apps.common.choices import Source
from apps.common.forms import PortalForm
from apps.common.phone import parse_phone
from apps.common.sources import TYPED
from apps.common.suggesting import SuggestingInput
from apps.ledgers.choices import By, CallOutcome, CheckResult, ContactKind, DutyKind, Level, Means, Method
from apps.ledgers.models import Contact, Duty
from apps.ledgers.rules import CALLS
from apps.ledgers.services import CheckReport, ContactFacts
from apps.people.models import Person, Whereabouts
from apps.people.services import CLEAR
from apps.registry.models import ServingLeader

from .found import GuestFields, NeedFields

KIND_OF_METHOD = {
    Method.PHONE: ContactKind.CALL,
    Method.WECHAT: ContactKind.WECHAT,
    Method.HOSPITAL: ContactKind.HOSPITAL,
}
KIND_OF_DUTY = {
    DutyKind.VETERAN_TALK: ContactKind.TALK,
    DutyKind.SPRING: ContactKind.FESTIVAL,
    DutyKind.PARTY_DAY: ContactKind.FESTIVAL,
    DutyKind.NATIONAL_DAY: ContactKind.FESTIVAL,
    DutyKind.DOUBLE_NINTH: ContactKind.FESTIVAL,
    DutyKind.HOSPITAL: ContactKind.HOSPITAL,
    DutyKind.HOSPITAL_STAY: ContactKind.HOSPITAL,
    DutyKind.DISCHARGE: ContactKind.DISCHARGE,
}
METHOD_OF_MEANS = {Means.VISIT: Method.HOME, Means.CALL: Method.PHONE, Means.LETTER: Method.LETTER}
METHOD_OF_DUTY = {
    DutyKind.VETERAN_CALL: Method.PHONE,
    DutyKind.RISK_CONTACT: Method.PHONE,
    DutyKind.FOCUS_CONTACT: Method.PHONE,
    DutyKind.HOSPITAL: Method.HOSPITAL,
    DutyKind.HOSPITAL_STAY: Method.HOSPITAL,
}
MOST_SUGGESTED = 60
SEALED = {"body_text": "body_state", "thoughts_text": "thoughts"}


def initial_for(duty: Duty) -> dict:
    """What a form opened from a duty already knows."""
    return {
        "method": METHOD_OF_MEANS.get(duty.means) or METHOD_OF_DUTY.get(duty.kind, Method.HOME),
        "kind": KIND_OF_DUTY.get(duty.kind, ""),
        "campaign": duty.basis,
    }


class ContactForm(NeedFields, GuestFields, RecordForm):
    """Who, how, what came of it; everything else may stay empty. Health and thoughts are typed into fields of their
    own and shown again only to those who may read them."""

    who = forms.ModelMultipleChoiceField(Person.objects.none(), label="看望了谁", help_text="可以不止一位")
    family = forms.ModelMultipleChoiceField(
        Person.objects.none(), label="同一家里还看望了", required=False, widget=forms.CheckboxSelectMultiple
    )
    kind = forms.ChoiceField(label="类型", required=False, choices=[("", "按方式自动填"), *ContactKind.choices])
    body_text = forms.CharField(label="身体状态", required=False, max_length=1000, widget=forms.Textarea({"rows": 2}))
    thoughts_text = forms.CharField(
        label="思想动态", required=False, max_length=1000, widget=forms.Textarea({"rows": 2})
    )
    form_token = forms.UUIDField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Contact
        fields = (
            "method", "outcome", "happened_on", "summary", "by", "place", "campaign", "leaders", "companions", "gifts",
            "money", "feedback", "needs", "source", "on_behalf_of",
        )  # fmt: skip
        widgets = {
            "method": forms.RadioSelect,
            "outcome": forms.RadioSelect,
            "summary": forms.Textarea({"rows": 3}),
            "feedback": forms.Textarea({"rows": 2}),
            "needs": forms.Textarea({"rows": 2}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "outcome" in self.fields:
            self.fields["outcome"].help_text = "电话、微信才选；家人代接的一般不算联系到本人"
            self.fields["outcome"].choices = CallOutcome.choices
        if "needs" in self.fields:
            self.fields["needs"].help_text = "以前写的一句话；新的请写进一人一策"
        if "source" in self.fields:
            self.fields["source"].choices, self.fields["source"].required = TYPED, False
        if "leaders" in self.fields:
            now = ServingLeader.objects.on(timezone.localdate())[:MOST_SUGGESTED]
            widget = SuggestingInput({"class": "vTextField"}, [str(leader) for leader in now])
            widget.attrs["maxlength"] = self.fields["leaders"].max_length
            self.fields["leaders"].widget = widget
        if self.instance.pk is None:
            self.initial.setdefault("form_token", uuid.uuid4())
            self.prepare_needs(timezone.localdate())
            return
        self.fields.pop("form_token", None)
        self.drop_needs()
        self.show_guests(self.instance.guests.all())
        self.initial["who"] = list(self.instance.persons.values_list("pk", flat=True))
        self.initial["kind"] = self.instance.kind
        for typed, stored in SEALED.items():
            if typed in self.fields:
                self.initial[typed] = getattr(self.instance, stored)

    def clean_happened_on(self):
        day = self.cleaned_data["happened_on"]
        if day > timezone.localdate():
            raise forms.ValidationError("时间不能晚于今天。")
        return day

    def clean_source(self):
        return self.cleaned_data["source"] or Source.STAFF

    def clean_form_token(self):
        return self.cleaned_data["form_token"] or uuid.uuid4()

    def clean(self):
        values = super().clean()
        if values.get("method") in CALLS and not values.get("outcome"):
            self.add_error("outcome", "请选有没有接通。")
        if not values.get("kind"):
            values["kind"] = KIND_OF_METHOD.get(values.get("method"), ContactKind.ROUTINE)
        self.check_needs(values)
        self.check_guests(values)
        return values

    def persons(self) -> list[int]:
        """Each once, in the order chosen: a need that was found is the first cadre's."""
        chosen = [*self.cleaned_data["who"], *self.cleaned_data.get("family", ())]
        asked = {key: place for place, key in enumerate(self.data.getlist(self.add_prefix("who")))}
        return sorted({person.pk for person in chosen}, key=lambda pk: (asked.get(str(pk), len(asked)), pk))

    def facts(self) -> ContactFacts:
        """What was typed; a field that this user was not shown keeps what stands on the row."""
        values = {}
        for name in ContactFacts.__dataclass_fields__:
            typed = {stored: typed for typed, stored in SEALED.items()}.get(name, name)
            if typed in self.cleaned_data:
                values[name] = self.cleaned_data[typed]
            elif self.instance.pk is not None:
                values[name] = getattr(self.instance, name)
        return ContactFacts(**values)


class CarerField(forms.ModelMultipleChoiceField):
    """Staff with how many persons each answers for now, and how many he may (`capacities`: of(user))."""

    capacities = None

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, user: User) -> str:
        unit = f"{user.unit.short_name or user.unit.name}，" if user.unit else ""
        if self.capacities is None:
            return f"{user}（{unit}现负责 {user.load} 位）"
        most = self.capacities.of(user)
        return (
            f"{user}（{unit}现负责 {user.load} 位，{f'还能加 {most - user.load} 位' if user.load < most else '已满'}）"
        )


class TierForm(PortalForm):
    """A level for one or for many; 按建议 gives each his own."""

    level = forms.ChoiceField(label="服务等级", widget=forms.RadioSelect)
    effective_on = forms.DateField(
        label="自何日起",
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text="从这天以后的第一个整周、整月、整季起安排联系看望",
    )
    note = forms.CharField(label="说明", required=False, max_length=200)
    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    WORDS = {
        Level.FIRST: "一级：高风险，每周联系、每月看望，每季度由局里看望",
        Level.SECOND: "二级：重点联系，每季度看望或联系",
        Level.THIRD: "三级：一般联系，不安排固定任务（离休干部照离休规定）",
    }

    def __init__(self, *args, advice: str = "", **kwargs):
        super().__init__(*args, **kwargs)
        offered = [(str(level.value), words) for level, words in self.WORDS.items()]
        self.fields["level"].choices = [("advice", f"按建议，每人各定各的{advice}"), *offered]

    def clean_level(self) -> int | None:
        value = self.cleaned_data["level"]
        return None if value == "advice" else int(value)


class CarerForm(PortalForm):
    """Carers for one or for many."""

    carers = CarerField(User.objects.none(), label="责任人", help_text="可以选几位，名单按单位和姓名顺序平均分给他们")
    override_reason = forms.CharField(
        label="超出人数的理由", required=False, max_length=200, help_text="超过每人上限时才需要填"
    )
    handover_note = forms.CharField(
        label="交接说明", required=False, max_length=500, widget=forms.Textarea({"rows": 2}),
        help_text="原来有责任人的，写给接手的人看",
    )  # fmt: skip

    def __init__(self, *args, carers, capacities=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["carers"].capacities = capacities
        self.fields["carers"].queryset = carers


class ReasonForm(PortalForm):
    """Why; kept on the row."""

    reason = forms.CharField(label="原因", max_length=180, widget=forms.Textarea({"rows": 2}))


class HandOverForm(PortalForm):
    handover_note = forms.CharField(
        label="交接说明", required=False, max_length=500, widget=forms.Textarea({"rows": 3})
    )


class CheckReportForm(PortalForm):
    """What somebody found who went to look, or reached him after all."""

    result = forms.ChoiceField(
        label="怎么样", widget=forms.RadioSelect,
        choices=[choice for choice in CheckResult.choices if choice[0] != CheckResult.CALLED_OFF],
    )  # fmt: skip
    by = forms.ChoiceField(label="谁去的（谁联系上的）", choices=By.choices)
    happened_on = forms.DateField(label="哪一天", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    note = forms.CharField(
        label="情况", required=False, max_length=300, widget=forms.Textarea({"rows": 3}),
        help_text="例如：门卫开门见到本人，助听器没电，没听见电话",
    )  # fmt: skip

    def report(self) -> CheckReport:
        return CheckReport(**self.cleaned_data)


class WhereaboutsForm(RecordForm):
    """A period away from home; address and number there are typed anew and shown on the person's page only."""

    typed_place = forms.CharField(
        label="那里的详细地址", required=False, max_length=300, widget=forms.TextInput({"class": "vTextField"})
    )
    typed_phone = forms.CharField(label="那里的电话", required=False, max_length=40)

    class Meta:
        model = Whereabouts
        fields = ("kind", "starts_on", "ends_on", "division", "host_unit", "document_no", "note")
        labels = {"starts_on": "哪天离开", "ends_on": "哪天回来"}
        help_texts = {"starts_on": "不知道就空着", "ends_on": "回来那天算在家；还没定就空着"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            for name in ("typed_place", "typed_phone"):
                if name in self.fields:
                    self.fields[name].help_text = "空着不改，填“清空”去掉"

    def clean_typed_phone(self):
        text = self.cleaned_data["typed_phone"].strip()
        if not text or text == CLEAR:
            return text
        try:
            return parse_phone(text).digits
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def sealed(self) -> dict[str, str]:
        return {"place": self.cleaned_data["typed_place"], "phone": self.cleaned_data["typed_phone"]}


class BackForm(PortalForm):
    back_on = forms.DateField(
        label="哪天回来", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), help_text="回来那天算在家"
    )


class FamilyForm(PortalForm):
    """Somebody of the registry, or a name that is not in it."""

    other = forms.ModelChoiceField(Person.objects.none(), label="名册里的老同志", required=False)
    name = forms.CharField(label="或者写姓名（不在名册里的）", required=False, max_length=60)
    sex = forms.ChoiceField(label="性别", required=False, choices=[("", "不填"), ("1", "男"), ("2", "女")])

    def clean(self):
        values = super().clean()
        if bool(values.get("other")) == bool((values.get("name") or "").strip()):
            raise forms.ValidationError("请从名册里选一位，或者写一个姓名（只做一样）。")
        return values
