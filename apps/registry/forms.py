"""Forms of the registry: the record of a cadre with his person row, changes of standing, life events, search."""

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.db.models.expressions import DatabaseDefault

from apps.common.admin_forms import RecordForm
from apps.common.code_lists import choices_of
from apps.common.errors import BusinessError
from apps.common.fields import PartialDateField
from apps.common.scans import ACCEPT, HELP
from apps.common.secrecy_forms import SecrecyMixin
from apps.common.sources import source_field
from apps.organisation.models import Unit
from apps.people import choices as people_choices
from apps.people.models import Person, Phone, Relative
from apps.people.services import tidy_name

from . import choices
from .models import Cadre, Health
from .services.persons import Typed

CODE_LISTS = people_choices.CODE_LISTS | choices.CODE_LISTS
LISTS_OF_CODES = ("special_difficulties", "wishes")
KEEP = "不改就空着；要删去请填“清空”"

PERSON_FIELDS = (
    "name", "former_name", "sex", "birth_date", "birth_note", "ethnicity", "native_place", "political_status",
    "birthday_calendar", "birthday_month", "birthday_day", "birthday_leap", "birthday_leap_policy",
    "birthday_greeting", "residence_division", "community", "household", "reach_by", "reach_note",
    "reach_through", "reach_answers", "reach_hours", "hard_of_hearing", "poor_sight", "dialect",
)  # fmt: skip
CADRE_FIELDS = (
    "order_no", "retired_on", "work_start", "joined_party_on", "full_member_on", "party_age_from", "org_area",
    "former_post", "unit_nature", "staff_category", "professional_title", "education", "managed_level", "in_beijing",
    "resettled", "lives_away", "marital", "living", "children_count", "special_difficulties", "wishes", "interests",
    "note",
)  # fmt: skip
# Set when a person is added; changed later only through `services.standing`.
STANDING_FIELDS = (
    "retire_type", "retire_type_since", "managing_unit", "counting_unit", "leader_rank", "grade_rank", "treatment",
    "treatment_document", "medical_treatment",
)  # fmt: skip
SEALED_FIELDS = ("residence", "registered_address")
MONEY_FIELDS = ("bank_account", "pension")


def use_code_lists(form: forms.BaseForm) -> None:
    """Turn code fields of a form into choices of their lists; a value no longer offered stays selectable."""
    for name, code_list in CODE_LISTS.items():
        if name not in form.fields:
            continue
        old = form.fields[name]
        offered = choices_of(code_list)
        common = {"label": old.label, "required": old.required, "help_text": old.help_text}
        if name in LISTS_OF_CODES:
            form.fields[name] = forms.MultipleChoiceField(
                choices=offered, widget=forms.CheckboxSelectMultiple, **{**common, "required": False}
            )
            continue
        present = form.initial.get(name) or ""
        if present and present not in dict(offered):
            offered = [*offered, (present, present)]
        form.fields[name] = forms.ChoiceField(choices=[("", "（未填）"), *offered], **common)


def opening_value(row: Model, name: str):
    """What a form shows first for a field: of an unsaved row the plain default, never the database's expression."""
    item = row._meta.get_field(name)
    value = item.value_from_object(row)
    return item.db_default if isinstance(value, DatabaseDefault) else value


def forget_keeping(form: forms.ModelForm) -> None:
    """A new record has nothing to keep: its fields drop the hint how to keep or clear the old value."""
    if form.instance.pk is None:
        for item in form.fields.values():
            if item.help_text == KEEP:
                item.help_text = ""


class CadreForm(RecordForm):
    """A cadre and his person row as one form. Encrypted values are never shown in it: what is typed replaces them."""

    citizen_id = forms.CharField(label="身份证号", required=False, max_length=40, help_text=KEEP, strip=True)
    residence = forms.CharField(label="现居住地址", required=False, max_length=300, help_text=KEEP)
    registered_address = forms.CharField(label="户籍地址", required=False, max_length=300, help_text=KEEP)
    typed_bank_account = forms.CharField(label="银行账号", required=False, max_length=60, help_text=KEEP)
    typed_pension = forms.CharField(label="养老金（离休费）", required=False, max_length=60, help_text=KEEP)
    reading = forms.CharField(
        label="姓名读音",
        required=False,
        max_length=120,
        help_text="多音字才填，每字一个拼音加声调，例如 shan4 tian2 fang1",
    )
    phone = forms.CharField(label="电话", required=False, max_length=40, help_text="手机，或带区号的座机")
    accepted_because = forms.CharField(
        label="为什么仍然这样登记", required=False, max_length=200, help_text="保存时有提醒才需要填"
    )

    class Meta:
        model = Cadre
        fields: tuple[str, ...] = ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.person = self.instance.person if self.instance.pk else Person()
        for name in PERSON_FIELDS:
            if name in self.fields:
                self.initial.setdefault(name, opening_value(self.person, name))
        forget_keeping(self)
        use_code_lists(self)

    def parts(self):
        return [self.instance.person, self.instance] if self.instance.pk else [self.instance]

    def clean_name(self):
        return _tidy(self.cleaned_data["name"], "name")

    def clean_former_name(self):
        text = self.cleaned_data["former_name"]
        return _tidy(text, "former_name") if text else ""

    def _post_clean(self):
        """Put the person's values on his row and ask its own checks, next to the cadre's."""
        super()._post_clean()
        names = [name for name in PERSON_FIELDS if name in self.fields]
        for name in names:
            if name in self.cleaned_data:
                setattr(self.person, name, self.cleaned_data[name])
        others = [item.name for item in Person._meta.fields if item.name not in names]
        for check in (
            lambda: self.person.clean_fields(exclude=[*others, *self.errors]),
            lambda: self.person.validate_constraints(exclude=others),
        ):
            try:
                check()
            except ValidationError as error:
                self._add_person_errors(error)

    def _add_person_errors(self, error: ValidationError) -> None:
        found = error.error_dict if hasattr(error, "error_dict") else {None: error.error_list}
        for name, messages in found.items():
            self.add_error(name if name in self.fields else None, messages)

    def typed(self) -> Typed:
        values = self.cleaned_data
        return Typed(
            citizen_id=values.get("citizen_id", ""),
            sealed={name: values.get(name, "") for name in SEALED_FIELDS}
            | {name: values.get(f"typed_{name}", "") for name in MONEY_FIELDS},
            reading=values.get("reading", ""),
            phone=values.get("phone", ""),
            accepted_because=values.get("accepted_because", ""),
        )


def _tidy(text: str, field: str) -> str:
    try:
        return tidy_name(text, field=field)
    except BusinessError as error:
        raise forms.ValidationError(error.sentence) from error


class PhoneForm(RecordForm):
    typed_number = forms.CharField(label="号码", required=False, max_length=40)

    class Meta:
        model = Phone
        fields = ("whose", "position")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["typed_number"].help_text = "不改就空着"


class RelativeForm(RecordForm):
    typed_phone = forms.CharField(label="电话", required=False, max_length=40, help_text=KEEP)

    class Meta:
        model = Relative
        fields = ("name", "relation", "relation_note", "is_emergency", "is_proxy", "is_living", "note")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        use_code_lists(self)
        forget_keeping(self)
        if not choices_of("relation"):
            self.fields["relation"] = forms.CharField(label="关系代码", max_length=4, initial="97")

    def clean_name(self):
        return _tidy(self.cleaned_data["name"], "name")


class HealthForm(RecordForm):
    typed_chronic = forms.CharField(label="病史", required=False, max_length=1000, help_text=KEEP)
    typed_medication = forms.CharField(label="长期用药", required=False, max_length=1000, help_text=KEEP)

    class Meta:
        model = Health
        fields = (
            "condition", "ability", "ability_scale", "ability_score", "assessed_on", "seriously_ill",
            "frequent_illness", "hospital", "green_card", "green_card_until",
        )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        forget_keeping(self)
        use_code_lists(self)


class LifeEventForm(SecrecyMixin, forms.Form):
    """What somebody tells about a person (design 2, socket 2)."""

    kind = forms.ChoiceField(label="什么情况", choices=choices.LifeEventKind)
    happened_on = PartialDateField().formfield(label="什么时候", required=True)
    hospital = forms.CharField(label="医院", required=False, max_length=80, help_text="住院才填")
    ward = forms.CharField(label="科室床位", required=False, max_length=60)
    unit = forms.ModelChoiceField(Unit.objects.none(), label="调入单位", required=False, help_text="调整管理单位才填")
    document_no = forms.CharField(label="文号", required=False, max_length=80)
    address = forms.CharField(label="新地址", required=False, max_length=300, help_text="迁居才填")
    detail = forms.CharField(
        label="详细情况", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    source = source_field()

    def __init__(self, *args, units, unit_widget=None, **kwargs):
        super().__init__(*args, **kwargs)
        if unit_widget is not None:
            self.fields["unit"].widget = unit_widget
        self.fields["unit"].queryset = units

    def clean_happened_on(self):
        value = PartialDateField().to_python(self.cleaned_data["happened_on"])
        if value is None:
            raise forms.ValidationError("请填写时间，只知道年月就写到月。")
        return value


class ReasonForm(SecrecyMixin, forms.Form):
    reason = forms.CharField(label="原因", max_length=200)


class StandingForm(SecrecyMixin, forms.Form):
    """A change of unit, type, rank or treatment, or the correction of a typing error."""

    way = forms.ChoiceField(
        label="这是",
        choices=[("change", "变动：以前的值保留为经历"), ("correct", "更正：以前录错了")],
        widget=forms.RadioSelect,
        initial="change",
    )
    since = forms.DateField(
        label="自何日起",
        required=False,
        help_text="例如 2026-01-01；变动必须填",
        input_formats=["%Y-%m-%d", "%Y.%m.%d", "%Y/%m/%d"],
    )
    document_no = forms.CharField(label="文号", required=False, max_length=80)

    scan = forms.FileField(
        label="文件扫描件", required=False, help_text=HELP, widget=forms.FileInput(attrs={"accept": ACCEPT})
    )

    def __init__(self, *args, value_field: forms.Field, with_scan: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields = {"value": value_field, **self.fields}
        if not with_scan:
            del self.fields["scan"]

    def clean(self):
        values = super().clean()
        if values.get("way") == "change" and not values.get("since") and "since" not in self.errors:
            self.add_error("since", "变动要写明自哪一天起。")
        if values.get("way") == "correct" and values.get("scan"):
            self.add_error("scan", "更正不留文件。要附文件请选“变动”，或者不附。")
        return values


class SearchForm(forms.Form):
    q = forms.CharField(max_length=100, required=False, strip=True)
