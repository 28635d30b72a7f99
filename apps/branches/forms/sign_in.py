"""Forms of the ways people without a staff role sign in."""

from django import forms

from apps.common.forms import PortalForm


class OpenPhoneForm(PortalForm):
    """Which of the numbers on record; their choices are set by the page."""

    submit_label = "开通"
    number = forms.ChoiceField(label="用哪个登记的号码登录", widget=forms.RadioSelect)

    def __init__(self, *args, numbers, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["number"].choices = numbers


class CardForm(PortalForm):
    """The four digits, chosen by the person, typed by the clerk."""

    digits = forms.CharField(
        label="本人选的四位数字",
        max_length=12,
        help_text="请本人自己定，别用生日、1234。卡上不印，也不要写在卡上",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    repeated = forms.CharField(
        label="再填一次",
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def clean(self):
        values = super().clean()
        if {"digits", "repeated"} <= values.keys() and values["digits"] != values["repeated"]:
            self.add_error("repeated", "两次填的不一样，请再核对。")
        return values


class TellForm(PortalForm):
    """The clerk has called the number shown, nobody else's."""

    called = forms.BooleanField(label="我已经拨打上面登记的号码，接电话的是本人")
