"""What is typed about cards and newspapers."""

from django import forms

from apps.common.forms import PortalForm

from .treatments import DAY


class CopyForm(PortalForm):
    year = forms.IntegerField(label="续订到哪一年", min_value=2000, max_value=2100)


class CardForm(PortalForm):
    number = forms.CharField(label="新卡号", max_length=40)
    hospital = forms.CharField(label="定点医院", max_length=80)
    issued_on = forms.DateField(label="发卡日期", widget=DAY)
    valid_until = forms.DateField(label="有效期到", widget=DAY)
    handed_to = forms.CharField(label="谁领的", max_length=40, required=False)

    def clean(self):
        values = super().clean()
        if values.get("issued_on") and values.get("valid_until") and values["valid_until"] < values["issued_on"]:
            self.add_error("valid_until", "有效期不能早于发卡日期。")
        return values
