"""Questions of becoming a volunteer and of what he offers: what he can do, when he is free, his own will."""

from django import forms

from apps.common.code_lists import names_of
from apps.common.forms import PortalForm
from apps.volunteers.choices.volunteers import DayPart
from apps.volunteers.rules.times import WEEKDAYS
from apps.volunteers.services.volunteers import MOST_SKILLS, SERVICES, SKILLS

NEXT = "下一步"
HOURS = ((0, "说不准，到时再看"), (2, "2小时"), (4, "4小时"), (6, "6小时"), (10, "10小时"))
HALF_DAYS = tuple(
    (f"{day}{part}", f"周{name}{label}") for day, name in enumerate(WEEKDAYS, 1) for part, label in DayPart.choices
)
CODES = {code for code, _ in HALF_DAYS}
BY_DAY = [
    (f"周{name}", [(f"{day}{part}", label) for part, label in DayPart.choices]) for day, name in enumerate(WEEKDAYS, 1)
]
MANY = f"最多选 {MOST_SKILLS} 项，请挑最主要的。"


def _ticks(label: str, **more) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(label=label, widget=forms.CheckboxSelectMultiple, **more)


class WishForm(PortalForm):
    """What he is glad to do: codes of a list."""

    submit_label = NEXT
    wishes = _ticks("愿意做什么？", error_messages={"required": "请至少选一项。"})

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["wishes"].choices = list(names_of(SERVICES).items())

    def clean_wishes(self):
        return _few(self.cleaned_data["wishes"])


class SkillForm(PortalForm):
    """What he can do."""

    submit_label = NEXT
    skills = _ticks("会什么？", required=False, help_text="没有特别的，不选也行")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["skills"].choices = list(names_of(SKILLS).items())

    def clean_skills(self):
        return _few(self.cleaned_data["skills"])


def _few(codes: list[str]) -> list[str]:
    if len(codes) > MOST_SKILLS:
        raise forms.ValidationError(MANY)
    return codes


class WhenForm(PortalForm):
    """Half days of the week, and how much a week at most (量力而行)."""

    submit_label = NEXT
    times = _ticks("什么时候有空？", choices=BY_DAY, required=False, help_text="说不准的，不选也行")
    hours = forms.TypedChoiceField(
        label="每周最多做多久？", choices=HOURS, coerce=int, widget=forms.RadioSelect, initial=0,
        help_text="量力而行，多了不安排",
    )  # fmt: skip


class WillForm(PortalForm):
    """His own statement, and whom to ring if something happens to him."""

    submit_label = "确定，登记为志愿者"
    willing = forms.BooleanField(
        label="我自愿参加志愿服务，不要报酬；身体不舒服就不去，随时可以说不。",
        error_messages={"required": "自愿的，请打个勾；再想想也没有关系。"},
    )
    contact_name = forms.CharField(label="万一有事，打给谁？", max_length=30, help_text="例如 女儿李梅")
    contact_phone = forms.CharField(label="他的电话", max_length=30)


def read_times(codes) -> tuple[tuple[int, str], ...]:
    """(weekday, part of the day) of codes such as 1am; others count for nothing."""
    return tuple((int(code[0]), code[1:]) for code in codes if code in CODES)
