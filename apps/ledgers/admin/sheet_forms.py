"""Forms of printed lists: who goes on one, and what came back on a line of it."""

import datetime as dt
import uuid

from django import forms

from apps.common.forms import PortalForm
from apps.common.secrecy_forms import SecrecyMixin
from apps.ledgers.choices import CallOutcome, SheetOrder
from apps.ledgers.queries.sheets import MINE, NOBODYS, SheetRow
from apps.ledgers.services import LineResult

CALLS, EVERYTHING = "calls", "all"
DATE = forms.DateInput({"type": "date"}, format="%Y-%m-%d")


class ChooseForm(forms.Form):
    """Sent by GET: whose people, due until when, calls or everything, in which order."""

    whose = forms.ChoiceField(label="谁的")
    until = forms.DateField(label="到哪天到期", widget=DATE)
    what = forms.ChoiceField(label="哪些事", choices=[(CALLS, "只要打电话的"), (EVERYTHING, "全部（含上门）")])
    order = forms.ChoiceField(label="排列", choices=SheetOrder)

    def __init__(self, query, *, carers: list[tuple[str, str]], on: dt.date):
        week_end = on + dt.timedelta(days=6 - on.weekday())
        first = {"whose": MINE, "until": week_end.isoformat(), "what": CALLS, "order": SheetOrder.DUE.value}
        asked = {name: query[name] for name in first if query.get(name)}
        super().__init__({**first, **asked}, label_suffix="")
        self.fields["whose"].choices = [(MINE, "我负责的"), *carers, (NOBODYS, "没有责任人的")]
        self.on = on

    def clean_until(self) -> dt.date:
        until = self.cleaned_data["until"]
        if until > self.on + dt.timedelta(days=92):
            raise forms.ValidationError("最多选到三个月以后。")
        return until


class PickForm(PortalForm):
    """The ticked people, and why, where some of them are somebody else's."""

    reason = forms.CharField(
        label="用途", required=False, max_length=180, help_text="名单里有不归您负责的人时才要填，例如 替李科长打一轮"
    )
    form_key = forms.UUIDField(widget=forms.HiddenInput)

    def clean_form_key(self) -> uuid.UUID:
        return self.cleaned_data["form_key"]


class LineForm(SecrecyMixin, forms.Form):
    """One line of a sheet that came back. Left wholly empty it says nothing."""

    outcome = forms.ChoiceField(label="接通情况", required=False, choices=[("", "没打"), *CallOutcome.choices])
    happened_on = forms.DateField(label="哪天打的", required=False, widget=DATE)
    summary = forms.CharField(label="情况", required=False, max_length=1000)
    needs = forms.CharField(label="需办事项", required=False, max_length=1000)
    form_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, row: SheetRow, **kwargs):
        super().__init__(*args, prefix=f"r{row.line.position}", label_suffix="", **kwargs)
        self.row = row

    def clean(self):
        values = super().clean()
        if values.get("outcome"):
            if not values.get("happened_on") and "happened_on" not in self.errors:
                self.add_error("happened_on", "请填哪天打的。")
        elif values.get("summary") or values.get("needs"):
            self.add_error("outcome", "请选接通情况。")
        return values

    def result(self) -> LineResult | None:
        """What to record; None where the line was left empty."""
        values = self.cleaned_data
        if not values.get("outcome"):
            return None
        return LineResult(
            line_id=self.row.line.pk, form_key=values["form_key"], outcome=values["outcome"],
            happened_on=values["happened_on"], summary=values["summary"], needs=values["needs"],
        )  # fmt: skip
