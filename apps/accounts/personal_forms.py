"""Forms of the doors without a password: one large field each."""

from django import forms

from apps.common.forms import PortalForm


def _code_input(name: str, length: int) -> forms.TextInput:
    """Digits by the telephone's own keyboard; spaces and full-width digits are taken, so no length is forced."""
    return forms.TextInput(
        attrs={"inputmode": "numeric", "autocomplete": name, "autofocus": True, "class": "code-input", "size": length}
    )


class PhoneForm(PortalForm):
    phone = forms.CharField(
        label="您的手机号",
        max_length=30,
        help_text="填在老干部局登记过的号码",
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel-national", "autofocus": True}),
    )


class RememberForm(PortalForm):
    remember = forms.BooleanField(label="记住这部手机 90 天，下次不用再要验证码", required=False)


class CodeForm(RememberForm):
    code = forms.CharField(label="六位验证码", max_length=30, widget=_code_input("one-time-code", 8))
    field_order = ["code", "remember"]


class DigitsForm(RememberForm):
    digits = forms.CharField(label="您的四位数字", max_length=20, widget=_code_input("off", 6))
    field_order = ["digits", "remember"]
