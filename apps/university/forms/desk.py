"""Forms of the desk: the one box, the review before a sign-up, reasons for staff acts."""

from django import forms

from apps.common.forms import PortalForm
from apps.signups.choices import SignUpSource
from apps.university.rules.desk import LONGEST

WAYS = [(SignUpSource.DESK, "本人到窗口"), (SignUpSource.PHONE, "电话里报")]


class BoxForm(PortalForm):
    """Whatever a reader types or a hand: the text is read by `queries.desk.find`, and kept nowhere."""

    box = forms.CharField(
        label="刷身份证、学员卡，或输入手机号、班号",
        max_length=LONGEST,
        error_messages={"required": "请刷身份证、学员卡，或输入手机号、班号，再按回车。"},
        widget=forms.Textarea({"rows": 1, "autofocus": True, "autocomplete": "off", "data-scan": True}),
    )


class WayForm(PortalForm):
    """How the person stands before the clerk; his consent to the entry is asked in words on the page."""

    way = forms.ChoiceField(label="怎样报的", choices=WAYS, initial=SignUpSource.DESK, widget=forms.RadioSelect)


class DrawForm(WayForm):
    """Choices of a draw in order, how many of them at most, and who comes along."""

    companion = forms.CharField(
        label="同报的另一位（夫妻、结伴）",
        max_length=60,
        required=False,
        help_text="身份证号、学员卡号或手机号；两位同中同候补。一个人报的空着",
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    def __init__(self, *args, classes, most: int, wants: int = 1, chosen=(), is_new: bool = True, **kwargs):
        super().__init__(*args, **kwargs)
        if not is_new:
            del self.fields["companion"]
        options = [("", "不填"), *((str(one.pk), one.offering.title) for one in classes)]
        for place in range(1, most + 1):
            first = str(chosen[place - 1]) if place <= len(chosen) else ""
            self.fields[f"choice_{place}"] = forms.ChoiceField(
                label=f"第 {place} 志愿", choices=options, initial=first, required=place == 1
            )
        numbers = [(str(number), f"{number} 门") for number in range(1, most + 1)]
        self.fields["wants"] = forms.ChoiceField(label="最多要几门", choices=numbers, initial=str(wants))
        self.order_fields([name for name in self.fields if name.startswith("choice_")] + ["wants", "companion", "way"])

    def chosen(self) -> list[int]:
        """Keys of classes in the order of preference; empty places are passed over."""
        places = sorted((name for name in self.fields if name.startswith("choice_")), key=lambda name: int(name[7:]))
        return [int(self.cleaned_data[name]) for name in places if self.cleaned_data.get(name)]


class ReasonForm(PortalForm):
    reason = forms.CharField(
        label="原因", max_length=120, widget=forms.Textarea({"rows": 2}), help_text="写清楚，以后查得到"
    )

    def clean_reason(self):
        reason = self.cleaned_data["reason"].strip()
        if len(reason) < 2:
            raise forms.ValidationError("请把原因写清楚。")
        return reason
