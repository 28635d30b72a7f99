"""What the forms of volunteering share."""

import datetime as dt
import uuid

from django import forms
from django.utils import timezone

from apps.common.forms import PortalForm
from apps.common.partial_date import PartialDate

YEAR = dt.timedelta(days=366)
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
STALE = "页面过期了，请刷新后再填。"


class KeyForm(PortalForm):
    """Sent twice it is one."""

    key = forms.UUIDField(widget=forms.HiddenInput, error_messages={"invalid": STALE, "required": STALE})

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = uuid.uuid4


class DayField(forms.DateField):
    """The day of an act, today unless another is chosen; at most a year ahead."""

    def __init__(self, **kwargs):
        super().__init__(**{"widget": DAY, "initial": timezone.localdate, **kwargs})

    def clean(self, value):
        found = super().clean(value)
        if found is not None and found > timezone.localdate() + YEAR:
            raise forms.ValidationError("日期太晚了，最多提前一年登记。")
        return found


class BirthField(forms.CharField):
    """1952-03-08, 1952年3月, 1952: as precise as it is known."""

    def clean(self, value):
        text = super().clean(value)
        if not text:
            return None
        try:
            found = PartialDate.parse(text)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error
        if found.first_day > timezone.localdate():
            raise forms.ValidationError("出生日期不能晚于今天。")
        return found


class PersonChoice(forms.ModelChoiceField):
    """People of a short list; two of one name are told apart by birth."""

    def label_from_instance(self, obj):
        person = obj.person
        birth = f"（{person.birth_date.year}年生）" if person.birth_date else ""
        return f"{person.name}{birth}"
