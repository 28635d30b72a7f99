"""Which letter of thanks is to be printed."""

from django import forms
from django.utils import timezone

from apps.common.forms import PortalForm
from apps.volunteers.choices.letters import LetterKind
from apps.volunteers.queries.letters import Occasion

BACK_TO = 2000


class LetterForm(PortalForm):
    submit_label = "打印"
    kind = forms.ChoiceField(label="哪一种", choices=LetterKind.choices, widget=forms.RadioSelect)
    year = forms.IntegerField(label="哪一年", min_value=BACK_TO)

    def __init__(self, *args, **more):
        super().__init__(*args, **more)
        today = timezone.localdate()
        self.fields["year"].max_value = today.year
        self.initial.setdefault("kind", LetterKind.YEAR)
        self.initial.setdefault("year", today.year)

    def clean_year(self) -> int:
        year, now = self.cleaned_data["year"], timezone.localdate().year
        if year > now:
            raise forms.ValidationError(f"这一年还没有到，请填 {now} 年或者以前。")
        return year

    def occasion(self) -> Occasion:
        return Occasion(self.cleaned_data["kind"], self.cleaned_data["year"], self.cleaned_data.get("month"))


class LettersForm(LetterForm):
    """For all of a list."""

    month = forms.TypedChoiceField(
        label="几月加入的（周年的信）", required=False, coerce=int, empty_value=None,
        choices=[("", "全年"), *((number, f"{number}月") for number in range(1, 13))],
        help_text="年终的信不用选",
    )  # fmt: skip

    def clean(self):
        values = super().clean()
        if values.get("kind") == LetterKind.YEAR:
            values["month"] = None
        return values
