"""Questions of asking for help, one a screen: at `/me/`, and at the desk of a branch."""

import datetime as dt

from django import forms

from apps.common.code_lists import names_of
from apps.common.forms import PortalForm
from apps.volunteers.choices.requests import Consent, Effort
from apps.volunteers.rules.times import day_words, length_words, span_words

NEXT = "下一步"
# What an old comrade or his family asks for at home; staff enter everything else.
AT_HOME = ("hospital", "company", "errand", "outing", "repair", "phone", "haircut", "meal", "legal", "other")
OTHER_DAY, HOME, ELSEWHERE = "other", "home", "other"
DAYS_SHOWN = 8
FIRST_HOUR, LAST_HOUR = 7, 20
LENGTHS = (30, 60, 90, 120, 180, 240)
DAY = dt.timedelta(days=1)


class WhatForm(PortalForm):
    submit_label = NEXT
    service = forms.ChoiceField(
        label="想请人帮什么忙？", widget=forms.RadioSelect, error_messages={"required": "请选一项。"}
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        names = names_of("volunteer_service")
        self.fields["service"].choices = [(code, names[code]) for code in AT_HOME if code in names]


class DayForm(PortalForm):
    """The next days to press, or another one."""

    submit_label = NEXT
    day = forms.ChoiceField(label="哪一天？", widget=forms.RadioSelect, error_messages={"required": "请选哪一天。"})
    other = forms.DateField(
        label="别的日子", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="上面选了“别的日子”才填",
    )  # fmt: skip

    def __init__(self, *args, today: dt.date, **kwargs):
        super().__init__(*args, **kwargs)
        days = [today + DAY * count for count in range(1, DAYS_SHOWN)]
        near = {today + DAY: "明天", today + 2 * DAY: "后天"}
        choices = [(day.isoformat(), f"{near.get(day, '')}　{day_words(day)}".strip()) for day in days]
        self.fields["day"].choices = [*choices, (OTHER_DAY, "别的日子")]

    def clean(self):
        values = super().clean()
        if values.get("day") == OTHER_DAY and not values.get("other") and "other" not in self.errors:
            self.add_error("other", "请填哪一天。")
        return values

    def chosen(self) -> dt.date:
        said = self.cleaned_data["day"]
        return self.cleaned_data["other"] if said == OTHER_DAY else dt.date.fromisoformat(said)


class TimeForm(PortalForm):
    submit_label = NEXT
    starts = forms.TypedChoiceField(label="几点来？", coerce=int, initial=9 * 60)
    length = forms.TypedChoiceField(
        label="大约要多久？", coerce=int, widget=forms.RadioSelect, initial=120,
        choices=[(minutes, length_words(minutes)) for minutes in LENGTHS],
        error_messages={"required": "请选大约多久。"},
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        every = range(FIRST_HOUR * 60, LAST_HOUR * 60, 30)
        self.fields["starts"].choices = [(minute, span_words(minute, minute).split("–")[0]) for minute in every]


class WhereForm(PortalForm):
    """The last screen: where, what to know; never in an address."""

    submit_label = ""
    where = forms.ChoiceField(
        label="到哪里？", widget=forms.RadioSelect, choices=[(HOME, "家里"), (ELSEWHERE, "别的地方")], initial=HOME
    )
    place = forms.CharField(
        label="别的地方是哪里", max_length=200, required=False, help_text="例如 市第一人民医院门诊大门"
    )
    efforts = forms.MultipleChoiceField(
        label="会用到", choices=Effort.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    details = forms.CharField(
        label="还想告诉他什么", max_length=500, required=False, widget=forms.Textarea({"rows": 3}),
        help_text="只给答应来的志愿者看，不用写病情",
    )  # fmt: skip
    spends = forms.BooleanField(label="用存的时间币", required=False)

    def __init__(self, *args, available: int, has_home: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if available <= 0:
            del self.fields["spends"]
        else:
            self.fields["spends"].help_text = f"现在能用{length_words(available)}；先预留，服务以后按确认的时长扣"
        if not has_home:
            self.fields["where"].initial = ELSEWHERE

    def clean(self):
        values = super().clean()
        if values.get("where") == ELSEWHERE and not values.get("place"):
            self.add_error("place", "请写到哪里。")
        return values

    def chosen_place(self) -> str:
        return self.cleaned_data["place"] if self.cleaned_data["where"] == ELSEWHERE else ""


class BranchWhereForm(WhereForm):
    """The last screen at the desk of a branch: nobody asks for another without his yes. His minutes are his own to
    use."""

    consent = forms.ChoiceField(
        label="本人愿意请人帮忙吗？", choices=Consent.choices, widget=forms.RadioSelect,
        error_messages={"required": "请先问过本人，再选是怎么问的。"},
    )  # fmt: skip
    field_order = ["where", "place", "efforts", "details", "consent"]

    def __init__(self, *args, has_home: bool, **kwargs):
        super().__init__(*args, available=0, has_home=has_home, **kwargs)
