"""Forms of a route: who goes when, whom to see, and what came back of each door."""

import uuid

from django import forms
from django.utils import timezone

from apps.accounts.models import User
from apps.common.admin_forms import RecordForm
from apps.common.code_lists import choices_of
from apps.common.forms import PortalForm
from apps.common.secrecy_forms import SecrecyMixin
from apps.ledgers.choices.campaigns import Handed
from apps.ledgers.models import VisitRoute
from apps.ledgers.queries.visit_routes import KEEP, STRIKE, StopRow
from apps.ledgers.services.visit_results import StopResult
from apps.ledgers.services.visit_routes import REDIRECTS, RouteFacts
from apps.ledgers.services.visits import FoundNeed
from apps.people.models import Person
from apps.registry.models import ServingLeader

DATE = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
ENTERED = (Handed.GIVEN, Handed.BY_PROXY, Handed.UNCLAIMED)
DECISIONS = [(STRIKE, "划去，不去了"), *((one.value, f"改为{one.label}") for one in REDIRECTS), (KEEP, "照原来的去")]


class RouteForm(RecordForm):
    """A leader in office or a colleague, the day, who goes along, the vehicle."""

    leader = forms.ModelChoiceField(ServingLeader.objects.none(), label="慰问领导", required=False)
    visitor = forms.ModelChoiceField(User.objects.none(), label="走访人", required=False, help_text="没有领导去的才选")
    form_key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = VisitRoute
        fields = ("on_day", "leader", "visitor", "companions", "vehicle", "campaign", "unit")
        widgets = {"on_day": DATE}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "leader" in self.fields:
            # Who is in office on the day is checked when the day is known; those gone by today are never offered.
            self.fields["leader"].queryset = ServingLeader.objects.on(timezone.localdate()).order_by("order_no", "pk")
        if self.instance.pk is None:
            self.initial.setdefault("form_key", uuid.uuid4())
        else:
            self.fields.pop("form_key", None)

    def clean(self):
        values = super().clean()
        if {"leader", "visitor"} <= self.fields.keys() and not values.get("leader") and not values.get("visitor"):
            self.add_error("leader", "请选慰问领导，或者走访人。")
        return values

    def facts(self) -> RouteFacts:
        names = RouteFacts.__dataclass_fields__
        return RouteFacts(**{name: value for name, value in self.cleaned_data.items() if name in names})


class AddPeopleForm(PortalForm):
    who = forms.ModelMultipleChoiceField(Person.objects.none(), label="去看谁", help_text="可以选几位；一家人算一户")
    asked = forms.CharField(
        label="谁同意的", required=False, max_length=80, help_text="“公开活动须先请示”的老同志才要填"
    )


class StopForm(SecrecyMixin, forms.Form):
    """One door of a route that came back. Left wholly empty it says nothing."""

    handed = forms.ChoiceField(label="领取情况", required=False)
    happened_on = forms.DateField(label="日期", required=False, widget=DATE)
    receiver = forms.CharField(label="代领人", required=False, max_length=60)
    relation = forms.CharField(label="代领关系", required=False, max_length=30)
    summary = forms.CharField(label="情况", required=False, max_length=1000)
    feedback = forms.CharField(label="意见建议", required=False, max_length=1000)
    category = forms.ChoiceField(label="要办的事", required=False)
    need = forms.CharField(label="什么事", required=False, max_length=500)
    form_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, row: StopRow, has_money: bool, **kwargs):
        super().__init__(*args, prefix=f"s{row.stop.pk}", label_suffix="", **kwargs)
        self.row = row
        plain = [(Handed.GIVEN, "见到了"), (Handed.BY_PROXY, "见到家人"), (Handed.UNCLAIMED, "没见到")]
        choices = [(one.value, one.label) for one in ENTERED] if has_money else plain
        self.fields["handed"].choices = [("", "还没去"), *choices]
        self.fields["category"].choices = [("", "没有"), *choices_of("need_category")]

    def clean(self):
        values = super().clean()
        if not values.get("handed"):
            if any(values.get(name) for name in ("receiver", "summary", "feedback", "need")):
                self.add_error("handed", "请选领取情况。")
            return values
        if not values.get("happened_on") and "happened_on" not in self.errors:
            self.add_error("happened_on", "请填日期。")
        if values["handed"] == Handed.BY_PROXY:
            for name, words in (("receiver", "请写代领人。"), ("relation", "请写代领关系。")):
                if not (values.get(name) or "").strip():
                    self.add_error(name, words)
        if bool(values.get("category")) != bool((values.get("need") or "").strip()):
            self.add_error("need" if values.get("category") else "category", "要办的事，类别和内容都要写。")
        return values

    def result(self) -> StopResult | None:
        """What to record; None where the line was left empty."""
        values = self.cleaned_data
        if not values.get("handed"):
            return None
        need = None
        if values["category"]:
            need = FoundNeed(category=values["category"], description=values["need"].strip())
        return StopResult(
            stop_id=self.row.stop.pk, form_key=values["form_key"], handed=values["handed"],
            happened_on=values["happened_on"], receiver=values["receiver"], relation=values["relation"],
            summary=values["summary"], feedback=values["feedback"], need=need,
        )  # fmt: skip
