"""Forms of donations and of surrogate parents."""

import uuid

from django import forms
from django.utils import timezone

from apps.common.admin_forms import RecordForm
from apps.common.forms import PortalForm
from apps.volunteers.models import Donation, SurrogatePairing

from .base import DAY


class DonationForm(RecordForm):
    class Meta:
        model = Donation
        fields = ("team", "item", "quantity", "measure", "value", "donor", "on", "recipient", "person", "given_on",
                  "note")  # fmt: skip
        help_texts = {
            "value": "不估值就空着；这里不收钱",
            "given_on": "还没送出去的空着",
            "person": "受赠的是名册里的老同志才选",
        }


class HandOnForm(PortalForm):
    recipient = forms.CharField(label="送给了谁", max_length=60, required=False, help_text="学校、村、困难群众等")
    given_on = forms.DateField(label="哪天送到", widget=DAY, initial=timezone.localdate)


class PairingForm(RecordForm):
    notes_typed = forms.CharField(
        label="备注", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="加密保存；空着就不改，写“清空”就删掉。不写孩子的姓名、证件号和电话",
    )  # fmt: skip

    class Meta:
        model = SurrogatePairing
        fields = ("volunteer", "child", "school", "grade", "starts_on", "consent_on")

    def clean_child(self):
        return "".join(self.cleaned_data["child"].split()).upper()


class ContactForm(PortalForm):
    on = forms.DateField(label="哪天", widget=DAY, initial=timezone.localdate)
    words = forms.CharField(
        label="做了什么", max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="例如 一起写作业、买了文具。不写孩子的姓名、证件号和电话",
    )  # fmt: skip
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)


class EndForm(PortalForm):
    on = forms.DateField(label="从哪天起结束", widget=DAY, initial=timezone.localdate)
    reason = forms.CharField(label="原因", max_length=120, help_text="例如 孩子随父母去外地上学")
