"""Forms of team leaders: few fields, filled in from the last time."""

from django import forms

from apps.common.forms import PortalForm

from .shifts import DAY, MOST_PLACES, ClockField


class NextShiftForm(PortalForm):
    """One more shift of a project."""

    submit_label = ""
    on = forms.DateField(label="哪天", **DAY)
    starts = ClockField(label="几点开始", help_text="例如 9:00")
    ends = ClockField(label="几点结束", help_text="例如 11:00")
    capacity = forms.IntegerField(label="需要几位", min_value=1, max_value=MOST_PLACES, initial=5)
    place = forms.CharField(label="在哪里", max_length=120)
