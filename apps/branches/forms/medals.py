"""Forms of the 50-year medal: the act on ticked names, and a home delivery at the desk."""

from django import forms

from apps.branches.choices import MedalForm
from apps.common.forms import PortalForm

from .memberships import DAY


class HandingForm(PortalForm):
    """How a medal reached one member, typed by his branch."""

    submit_label = "登记送达"
    form = forms.ChoiceField(label="怎样送到", choices=MedalForm, initial=MedalForm.HOME, widget=forms.RadioSelect)
    delivered_on = forms.DateField(label="日期", widget=DAY)
    deliverer = forms.CharField(label="谁送的", max_length=60)
    serial_no = forms.CharField(label="纪念章编号", max_length=30, required=False)
