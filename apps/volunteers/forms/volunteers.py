"""Forms about volunteers: who, what he offers, what he signed."""

from django import forms

from apps.common.code_lists import choices_of
from apps.common.forms import PortalForm
from apps.organisation.models import Community, Unit
from apps.people.newcomers import PersonFacts
from apps.volunteers.choices.volunteers import DayPart, StatementKind
from apps.volunteers.models import Volunteer
from apps.volunteers.queries.talent import SERVICES, SKILLS, TalentAsked
from apps.volunteers.rules.times import WEEKDAYS
from apps.volunteers.services.volunteers import VolunteerFacts

from .base import DAY, BirthField, DayField, KeyForm

ALL = [("", "不限")]
SEXES = [("", "按身份证号"), ("1", "男"), ("2", "女")]
HALF_DAYS = [
    (f"{day}{part}", f"周{WEEKDAYS[day - 1]}{label}") for day in range(1, 8) for part, label in DayPart.choices
]


class HoursField(forms.DecimalField):
    """Hours as typed; minutes as kept."""

    def __init__(self, **kwargs):
        super().__init__(**{"max_digits": 4, "decimal_places": 1, "min_value": 0, "max_value": 168, **kwargs})

    def clean(self, value):
        hours = super().clean(value)
        return 0 if hours is None else int(hours * 60)


class OffersForm(PortalForm):
    """What he offers; all of it may be left open. Empty contact fields leave what is on record."""

    skills = forms.MultipleChoiceField(label="专长", widget=forms.CheckboxSelectMultiple, required=False)
    strengths = forms.CharField(label="专长说明", max_length=200, required=False, help_text="职称、从业年限等")
    wishes = forms.MultipleChoiceField(label="愿意做的服务", widget=forms.CheckboxSelectMultiple, required=False)
    times = forms.MultipleChoiceField(
        label="什么时候有空", choices=HALF_DAYS, widget=forms.CheckboxSelectMultiple, required=False
    )
    weekly_hours = HoursField(
        label="每周最多几小时", required=False, help_text="按他本人的意思填，空着按年龄从宽掌握"
    )  # fmt: skip
    communities = forms.ModelMultipleChoiceField(
        label="愿意去的社区", queryset=Community.objects.none(), required=False, help_text="都不选就是在家附近"
    )
    national_no = forms.CharField(label="全国志愿服务系统编号", max_length=30, required=False)
    contact_name = forms.CharField(
        label="紧急联系人", max_length=60, required=False, help_text="已登记的空着不变，填“清空”删去"
    )
    contact_phone = forms.CharField(label="紧急联系人电话", max_length=30, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["skills"].choices = choices_of(SKILLS)
        self.fields["wishes"].choices = choices_of(SERVICES)
        self.fields["communities"].queryset = open_communities()

    def offers(self) -> VolunteerFacts:
        values = self.cleaned_data
        return VolunteerFacts(
            skills=tuple(values["skills"]), wishes=tuple(values["wishes"]), strengths=values["strengths"],
            times=tuple((int(one[0]), one[1:]) for one in values["times"]), weekly_minutes=values["weekly_hours"],
            communities=tuple(one.pk for one in values["communities"]), national_no=values["national_no"],
            contact_name=values["contact_name"], contact_phone=values["contact_phone"],
        )  # fmt: skip

    @staticmethod
    def initial_of(volunteer: Volunteer) -> dict:
        minutes = volunteer.weekly_minutes
        return {
            "skills": volunteer.skills, "wishes": volunteer.wishes, "strengths": volunteer.strengths,
            "times": [f"{row.weekday}{row.part}" for row in volunteer.times.all()],
            "weekly_hours": round(minutes / 60, 1) if minutes else None,
            "communities": list(volunteer.communities.values_list("pk", flat=True)),
            "national_no": volunteer.national_no,
        }  # fmt: skip


class UnitMixin:
    """Which unit registers him: one of those where the user may."""

    def offer_units(self, units) -> None:
        self.fields["unit"].queryset = units
        if self.fields["unit"].initial is None:
            self.fields["unit"].initial = units.first()


class PersonForm(PortalForm):
    """Somebody who is in no register: what is asked of him."""

    name = forms.CharField(label="姓名", max_length=60)
    citizen_id = forms.CharField(label="身份证号", max_length=24, required=False, help_text="没带身份证的可以先空着")
    birth_date = BirthField(label="出生日期", max_length=20, required=False, help_text="填了身份证号的可以空着")
    sex = forms.ChoiceField(label="性别", choices=SEXES, required=False)
    phone = forms.CharField(label="手机或座机", max_length=30, help_text="座机写区号，例如 0700-8800600")
    residence = forms.CharField(label="现住址", max_length=120, required=False)
    community = forms.ModelChoiceField(label="住在哪个社区", queryset=Community.objects.none(), required=False)
    known_different = forms.CharField(
        label="为什么是另一个人", max_length=120, required=False, help_text="有同名同生日的人时才填"
    )
    agreed = forms.BooleanField(
        label="已经得到他本人同意，登记和使用以上资料", error_messages={"required": "要先得到他本人同意。"}
    )

    def facts(self) -> PersonFacts:
        values = self.cleaned_data
        names = ("name", "birth_date", "citizen_id", "phone", "residence", "community", "known_different")
        return PersonFacts(**{name: values[name] for name in names}, sex=values["sex"] or "0")


def open_communities():
    return Community.objects.filter(voided_at__isnull=True, closed_on__isnull=True)


class ElderForm(PersonForm, KeyForm):
    """An old person who is no cadre and in no register yet: who needs help, who holds a post."""

    submit_label = "登记，接着填"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["community"].queryset = open_communities()


class NewcomerForm(UnitMixin, PersonForm, OffersForm, KeyForm):
    """Somebody who is in no register."""

    submit_label = "登记为志愿者"
    field_order = (
        "unit", "name", "citizen_id", "birth_date", "sex", "phone", "residence", "community", "known_different",
        "agreed",
    )  # fmt: skip

    unit = forms.ModelChoiceField(label="登记单位", queryset=Unit.objects.none())

    def __init__(self, *args, units, **kwargs):
        super().__init__(*args, **kwargs)
        self.offer_units(units)
        self.fields["community"].queryset = self.fields["communities"].queryset


class TakeInForm(UnitMixin, PortalForm):
    """Who stands there: a name among those in one's reach, or a whole number of anybody."""

    asked = forms.CharField(
        label="姓名、拼音，或完整的身份证号、手机号", max_length=40,
        help_text="按姓名只能找到您管的老干部；别的人要用完整的号码找",
    )  # fmt: skip


class FindElderForm(PortalForm):
    """Who is no cadre: by name among those in one's reach, or a whole number of anybody."""

    asked = forms.CharField(
        label="姓名、拼音，或完整的身份证号、手机号", max_length=40,
        help_text="按姓名能找到您登记的志愿者、您管的老干部的家里人（遗属）；别的人用完整的号码找",
    )  # fmt: skip


class StatementForm(KeyForm):
    submit_label = "登记"

    kind = forms.ChoiceField(label="哪种材料", choices=StatementKind.choices)
    signed_on = DayField(label="签字（起保）日期")
    ends_on = forms.DateField(
        label="到何日（不含）", widget=DAY, required=False, help_text="空着按规则：身体状况说明一年，其他长期；保险必填"
    )
    limits = forms.CharField(
        label="请勿安排", max_length=120, required=False, help_text="照他自己说的写，例如 不爬楼、不走夜路；不写病名"
    )
    insurer = forms.CharField(label="保险公司", max_length=60, required=False, help_text="保险凭证才填")
    document_no = forms.CharField(label="编号、保单号", max_length=60, required=False)
    scan = forms.FileField(label="扫描件", required=False, help_text="PDF、JPG 或 PNG")


class LeaveForm(PortalForm):
    submit_label = "退出"

    on = DayField(label="退出日期")
    reason = forms.CharField(label="原因", max_length=120, help_text="例如 身体不便、搬走了")


class TalentForm(PortalForm):
    """By GET: nothing about a person stands in it."""

    skill = forms.ChoiceField(label="专长", required=False)
    service = forms.ChoiceField(label="愿意做的服务", required=False)
    words = forms.CharField(label="专长说明里的词", max_length=20, required=False, help_text="例如 柑橘、法官")
    street = forms.ChoiceField(label="街道", required=False)
    community = forms.ModelChoiceField(
        label="社区", queryset=Community.objects.none(), required=False, empty_label="不限"
    )
    division = forms.ChoiceField(label="区县", required=False)
    weekday = forms.TypedChoiceField(
        label="星期", required=False, coerce=int, empty_value=None,
        choices=ALL + [(day, f"周{WEEKDAYS[day - 1]}") for day in range(1, 8)],
    )  # fmt: skip
    part = forms.ChoiceField(label="时段", required=False, choices=ALL + list(DayPart.choices))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["skill"].choices = ALL + choices_of(SKILLS)
        self.fields["service"].choices = ALL + choices_of(SERVICES)
        rows = Community.objects.filter(voided_at__isnull=True, closed_on__isnull=True)
        self.fields["community"].queryset = rows
        places = list(rows.order_by().values_list("street", "division", "division__name").distinct()[:2000])
        self.fields["street"].choices = ALL + [
            (one, one) for one in sorted({street for street, _, _ in places if street})
        ]
        self.fields["division"].choices = ALL + sorted({(code, name) for _, code, name in places})

    def asked(self) -> TalentAsked:
        values = {name: value for name, value in self.cleaned_data.items() if name in TalentAsked.__dataclass_fields__}
        community = values.pop("community", None)
        return TalentAsked(community=community.pk if community else None, **values)
