"""Forms of the pad and of the numbers for those who wait."""

import datetime as dt

from django import forms
from django.utils import timezone

from apps.common.forms import PortalForm
from apps.common.secrecy_forms import SecrecyMixin
from apps.university.models import School, Term
from apps.university.models.desk import MOST_LINES, MOST_NUMBERS


class PadForm(PortalForm):
    school = forms.ModelChoiceField(School.objects.none(), label="学校", empty_label=None)
    term = forms.ModelChoiceField(Term.objects.none(), label="学期", empty_label=None)
    lines = forms.IntegerField(
        label="印多少行", min_value=1, max_value=MOST_LINES, initial=60, help_text="一页 20 行，后面附现在能报的班"
    )

    def __init__(self, *args, schools, terms, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["school"].queryset, self.fields["term"].queryset = schools, terms


class PadDayForm(PortalForm):
    """Of all the lines of a pad: the day on which they were written."""

    used_on = forms.DateField(label="哪天登记的", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))

    def clean_used_on(self):
        day = self.cleaned_data["used_on"]
        if day > timezone.localdate() or day < timezone.localdate() - dt.timedelta(days=60):
            raise forms.ValidationError("请填登记的那一天，不晚于今天，不早于 60 天前。")
        return day


class PadLineForm(SecrecyMixin, forms.Form):
    """One line: time, who, class. Left empty, the line is not entered."""

    time = forms.CharField(label="时间", required=False, max_length=5, widget=forms.TextInput({"size": 5}))
    who = forms.CharField(label="身份证号、卡号或手机号", required=False, max_length=60,
                          widget=forms.TextInput({"size": 20, "autocomplete": "off"}))  # fmt: skip
    class_no = forms.CharField(label="班级编号", required=False, max_length=60, widget=forms.TextInput({"size": 8}))

    def clean_time(self):
        """8:05, 0805, 8.05 and 8：05 are all times."""
        text = self.cleaned_data["time"].strip().replace("：", ":").replace(".", ":").replace("．", ":")
        if not text:
            return None
        if ":" not in text and text.isdecimal() and len(text) in (3, 4):
            text = f"{text[:-2]}:{text[-2:]}"
        hours, _, minutes = text.partition(":")
        if not (hours.isascii() and hours.isdecimal() and minutes.isascii() and minutes.isdecimal()):
            raise forms.ValidationError("时间写成 9:05 这样。")
        if int(hours) > 23 or int(minutes) > 59:
            raise forms.ValidationError("没有这个时间，写成 9:05 这样。")
        return dt.time(int(hours), int(minutes))

    def clean(self):
        values = super().clean()
        self.is_empty = not any((values.get("time"), values.get("who"), values.get("class_no"), self.errors))
        if not self.is_empty and not self.errors:
            if not values.get("who"):
                self.add_error("who", "请填是谁。")
            if not values.get("class_no"):
                self.add_error("class_no", "请填班级编号。")
        return values


class HeldBackForm(forms.Form):
    held_back = forms.IntegerField(
        label="留给登记本", min_value=0, max_value=2000, widget=forms.NumberInput({"size": 4})
    )


class NumbersForm(PortalForm):
    school = forms.ModelChoiceField(School.objects.none(), label="学校", empty_label=None)
    on_day = forms.DateField(label="哪天", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    size = forms.IntegerField(
        label="从 1 号印到几号", min_value=1, max_value=MOST_NUMBERS, initial=60, help_text="一张 A4 印 20 个，撕下来发"
    )

    def __init__(self, *args, schools, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["school"].queryset = schools

    def clean_on_day(self):
        day, today = self.cleaned_data["on_day"], timezone.localdate()
        if not today <= day <= today + dt.timedelta(days=60):
            raise forms.ValidationError("请填今天到 60 天以内的日子。")
        return day


class HandedOutForm(PortalForm):
    number = forms.IntegerField(label="发到几号", min_value=0, max_value=MOST_NUMBERS)
