"""Forms of accounts and grants."""

from django import forms

from apps.common.admin_forms import RecordForm
from apps.common.forms import PortalForm

from .models import BoundCertificate, RoleGrant


class ReasonForm(PortalForm):
    """An act on an account that needs its reason on record."""

    reason = forms.CharField(label="原因", max_length=200)


class CertificateForm(RecordForm):
    """Whose certificate it is, as the proxy names it."""

    class Meta:
        model = BoundCertificate
        fields = ["user", "serial", "subject", "reason"]


class SheetCodeForm(PortalForm):
    """The code that is asked for."""

    number = forms.IntegerField(widget=forms.HiddenInput)
    code = forms.CharField(
        label="口令",
        max_length=20,
        help_text="八位数字，空格可写可不写",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True}),
    )


class UnlockForm(PortalForm):
    password = forms.CharField(
        label="密码",
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )


class GrantForm(RecordForm):
    """A new grant: who, what, where, from when until when, on what ground."""

    class Meta:
        model = RoleGrant
        fields = ["user", "role", "unit", "community", "starts_on", "ends_on", "reason"]
        widgets = {
            "starts_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "ends_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }
        help_texts = {
            "unit": "包括它的全部下级单位；社区联络员填派出单位",
            "ends_on": "从这一天起不再有效；长期有效就空着",
            "reason": "例如任职文件",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "reason" in self.fields:
            self.fields["reason"].required = True

    def _get_validation_exclusions(self):
        """The constraint against a second grant looks at `revoked_at`, which no form shows."""
        return super()._get_validation_exclusions() - {"revoked_at"}
