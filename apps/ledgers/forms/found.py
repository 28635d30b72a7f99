"""Fields for what a visit brought: needs with the day by which he is told, and guests who are in no registry."""

import datetime as dt

from django import forms
from django.utils import timezone

from apps.common.code_lists import choices_of
from apps.common.secrecy_forms import SecrecyMixin
from apps.ledgers.choices import Urgency
from apps.ledgers.choices.campaigns import GuestKind
from apps.ledgers.rules.needs import NeedRules, reply_day
from apps.ledgers.services.visits import FoundNeed, Guest
from apps.organisation.queries import rule_values, work_calendar

MOST = 3
PLACES = range(1, MOST + 1)
CATEGORIES = "need_category"
NEED_PARTS, GUEST_PARTS = ("category", "text", "reply"), ("name", "kind", "unit")
NEED_ROWS = tuple(tuple(f"need{place}_{part}" for part in NEED_PARTS) for place in PLACES)
GUEST_ROWS = tuple(tuple(f"guest{place}_{part}" for part in GUEST_PARTS) for place in PLACES)


def nth(place: int, word: str = "件") -> str:
    """Nothing for the first, 第 2 件： for the second."""
    return "" if place == 1 else f"第 {place} {word}："


def _need_fields() -> dict[str, forms.Field]:
    found: dict[str, forms.Field] = {}
    for place in PLACES:
        found[f"need{place}_category"] = forms.ChoiceField(label=f"{nth(place)}哪方面", required=False)
        found[f"need{place}_text"] = forms.CharField(
            label=f"{nth(place)}什么事", required=False, max_length=500, widget=forms.Textarea({"rows": 2})
        )
        found[f"need{place}_reply"] = forms.DateField(
            label=f"{nth(place)}哪天前答复", required=False,
            widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        )  # fmt: skip
    return found


def _guest_fields() -> dict[str, forms.Field]:
    found: dict[str, forms.Field] = {}
    for place in PLACES:
        found[f"guest{place}_name"] = forms.CharField(label=f"{nth(place, '位')}姓名", required=False, max_length=60)
        found[f"guest{place}_kind"] = forms.ChoiceField(
            label=f"{nth(place, '位')}哪种人", required=False, choices=GuestKind.choices
        )
        found[f"guest{place}_unit"] = forms.CharField(label=f"{nth(place, '位')}单位", required=False, max_length=100)
    return found


def usual_reply_day(found_on: dt.date) -> dt.date:
    """The last day to answer a need found on a day, by the rules in force today."""
    rules = rule_values(NeedRules.rule_key, on=timezone.localdate())
    return reply_day(found_on, Urgency.SOON, rules, work_calendar())


class NeedFields(SecrecyMixin, forms.Form):
    """Needs found on a visit, up to three; left empty they say nothing."""

    locals().update(_need_fields())

    def prepare_needs(self, found_on: dt.date) -> None:
        """Offer the categories and fill in the day by rule."""
        usual = usual_reply_day(found_on)
        for category, _, reply in NEED_ROWS:
            self.fields[category].choices = [("", "没有"), *choices_of(CATEGORIES)]
            self.initial.setdefault(reply, usual)

    def drop_needs(self) -> None:
        for name in (name for row in NEED_ROWS for name in row):
            self.fields.pop(name, None)

    def check_needs(self, values: dict) -> None:
        for category, text, _ in NEED_ROWS:
            if category not in self.fields:
                continue
            if values.get(category) and not (values.get(text) or "").strip():
                self.add_error(text, "请写明是什么事。")
            if (values.get(text) or "").strip() and not values.get(category):
                self.add_error(category, "请选是哪方面的事。")

    def found_needs(self) -> list[FoundNeed]:
        """What was filled in, in its order."""
        values = self.cleaned_data
        return [
            FoundNeed(category=values[category], description=values[text].strip(), reply_by=values.get(reply))
            for category, text, reply in NEED_ROWS
            if values.get(category) and (values.get(text) or "").strip()
        ]


class GuestFields(SecrecyMixin, forms.Form):
    """Up to three people whom the visit also served; left empty they say nothing."""

    locals().update(_guest_fields())

    def show_guests(self, guests) -> None:
        for row, guest in zip(GUEST_ROWS, guests, strict=False):
            for name, value in zip(row, (guest.name, guest.kind, guest.unit), strict=True):
                self.initial.setdefault(name, value)

    def check_guests(self, values: dict) -> None:
        seen = set()
        for name, _, unit in GUEST_ROWS:
            typed = (values.get(name) or "").strip()
            if not typed and (values.get(unit) or "").strip():
                self.add_error(name, "请写明姓名。")
            if typed and typed in seen:
                self.add_error(name, "这个名字已经写过一次。")
            seen.add(typed)

    def found_guests(self) -> list[Guest]:
        values = self.cleaned_data
        return [
            Guest(name=values[name].strip(), kind=values.get(kind) or GuestKind.ARMY, unit=values.get(unit, "").strip())
            for name, kind, unit in GUEST_ROWS
            if (values.get(name) or "").strip()
        ]
