"""One question a screen: the new number, the new address."""

import uuid

from django import forms

from apps.common.forms import PortalForm
from apps.people.models import Phone

KEEP = "keep"
STALE = "页面放得太久了，请刷新以后再填一次。"


class KeyedForm(PortalForm):
    """Sent twice it is one request."""

    key = forms.UUIDField(widget=forms.HiddenInput, error_messages={"invalid": STALE, "required": STALE})

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = uuid.uuid4


class NumberForm(KeyedForm):
    """`phones`: the person's own, where who asks may see their last four digits."""

    submit_label = "提交，等工作人员核实"
    number = forms.CharField(
        label="新的电话号码", max_length=40, help_text="手机号，或者带区号的座机，例如 0700-8800123",
        widget=forms.TextInput({"inputmode": "tel", "autocomplete": "tel"}),
    )  # fmt: skip
    old = forms.ChoiceField(label="原来的号码怎么办", widget=forms.RadioSelect)

    def __init__(self, *args, phones: list[Phone], **kwargs):
        super().__init__(*args, **kwargs)
        self.phones = {str(place): phone for place, phone in enumerate(phones, 1)}
        choices = [
            (place, f"不用尾号 {phone.number[-4:]} 的{phone.get_kind_display()}了")
            for place, phone in self.phones.items()
        ]
        if choices:
            self.fields["old"].choices = [*choices, (KEEP, "都留着，多加一个")]
            self.fields["old"].initial = choices[0][0]
        else:
            del self.fields["old"]

    def replaced(self) -> Phone | None:
        return self.phones.get(self.cleaned_data.get("old", KEEP))


class AddressForm(KeyedForm):
    submit_label = "提交，等工作人员核实"
    address = forms.CharField(
        label="新的住址", max_length=200, help_text="写到门牌号，例如 南河街道文化路12号3栋502室",
        widget=forms.Textarea({"rows": 3, "autocomplete": "street-address"}),
    )  # fmt: skip


class SayForm(KeyedForm):
    """有话要说."""

    submit_label = "交给工作人员"
    words = forms.CharField(
        label="您想说什么", max_length=500, widget=forms.Textarea({"rows": 5}),
        help_text="不用写病情、身份证号和银行卡号",
    )  # fmt: skip
