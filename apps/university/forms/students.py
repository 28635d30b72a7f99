"""Forms about students: somebody new, papers that came back, a new card, a breach of discipline."""

import uuid

from django import forms
from django.utils import timezone

from apps.common.admin_forms import RecordForm
from apps.common.code_lists import choices_of
from apps.common.forms import PortalForm
from apps.common.partial_date import PartialDate
from apps.university.choices.statements import SignerRelation, StatementKind
from apps.university.choices.students import StudentKind
from apps.university.models import Misconduct, School, Student
from apps.university.services.newcomers import Newcomer

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
STALE = "页面过期了，请刷新后再填。"
SEXES = [("", "按身份证号"), ("1", "男"), ("2", "女")]


class KeyForm(PortalForm):
    """Sent twice it is one."""

    key = forms.UUIDField(widget=forms.HiddenInput, error_messages={"invalid": STALE, "required": STALE})

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = uuid.uuid4


class PastDay(forms.DateField):
    """A day, not to come."""

    def __init__(self, **kwargs):
        super().__init__(**{"widget": DAY, "initial": timezone.localdate, **kwargs})

    def validate(self, value):
        super().validate(value)
        if value and value > timezone.localdate():
            raise forms.ValidationError("日期不能晚于今天。")


class BirthField(forms.CharField):
    """1952-03-08, 1952年3月, 1952: as precise as it is known."""

    def clean(self, value):
        text = super().clean(value)
        if not text:
            return None
        try:
            found = PartialDate.parse(text)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error
        if found.first_day > timezone.localdate():
            raise forms.ValidationError("出生日期不能晚于今天。")
        return found


class NewcomerForm(KeyForm):
    """Somebody who is in no registry."""

    submit_label = "登记为学员"

    school = forms.ModelChoiceField(label="学校", queryset=School.objects.none())
    name = forms.CharField(label="姓名", max_length=60)
    citizen_id = forms.CharField(
        label="身份证号", max_length=24, required=False, help_text="没带身份证的可以先空着，以后补"
    )
    birth_date = BirthField(label="出生日期", max_length=20, required=False, help_text="填了身份证号的可以空着")
    sex = forms.ChoiceField(label="性别", choices=SEXES, required=False)
    phone = forms.CharField(label="手机或座机", max_length=30, help_text="座机写区号，例如 0700-8800600")
    residence = forms.CharField(label="现住址", max_length=120, required=False)
    kind = forms.ChoiceField(
        label="人员类型", choices=StudentKind.choices, initial=StudentKind.OTHER,
        help_text="外地离退休干部选离休或退休；在本市老干部名册里的，请在上一页用身份证号找",
    )  # fmt: skip
    former_unit = forms.CharField(label="原单位名称", max_length=100, required=False)
    level = forms.CharField(label="级别", max_length=40, required=False)
    strengths = forms.CharField(label="特长", max_length=120, required=False)
    contact_name = forms.CharField(label="紧急联系人", max_length=60)
    contact_relation = forms.ChoiceField(label="是他的什么人", required=False)
    contact_phone = forms.CharField(label="紧急联系人电话", max_length=30)
    known_different = forms.CharField(
        label="为什么是另一个人", max_length=120, required=False, help_text="有同名同生日的人时才填"
    )

    def __init__(self, *args, schools, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["school"].queryset = schools
        if self.fields["school"].initial is None:
            self.fields["school"].initial = schools.first()
        self.fields["contact_relation"].choices = choices_of("relation")
        self.fields["contact_relation"].initial = "97"

    def facts(self) -> Newcomer:
        values = {name: value for name, value in self.cleaned_data.items() if name not in ("key", "school", "secrecy")}
        known = Newcomer.__dataclass_fields__
        return Newcomer(**{**{k: v for k, v in values.items() if k in known}, "sex": values["sex"] or "0"})


class StudentForm(RecordForm):
    """What a school itself knows of a student; name, phone and address are the person's."""

    class Meta:
        model = Student
        fields = ("kind", "level", "former_unit", "strengths")


class StatementForm(KeyForm):
    submit_label = "登记交回"

    school = forms.ModelChoiceField(label="交到哪所学校", queryset=School.objects.none())
    kinds = forms.MultipleChoiceField(
        label="交回了哪些", choices=StatementKind.choices, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请勾选交回了哪些材料。"},
    )  # fmt: skip
    signed_on = PastDay(label="签字日期")
    relation = forms.ChoiceField(label="谁签的", choices=SignerRelation.choices, initial=SignerRelation.SELF)
    signer = forms.CharField(label="签字人姓名", max_length=60, required=False, help_text="本人签的空着")

    def __init__(self, *args, schools, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["school"].queryset = schools
        self.fields["school"].initial = schools.first()


class ReasonForm(PortalForm):
    """An act that asks for a reason only. `seen`: what the page showed."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    reason = forms.CharField(label="原因", max_length=60)


class VoidForm(PortalForm):
    submit_label = "作废"

    reason = forms.CharField(label="为什么作废", max_length=200, help_text="例如 登记到别人名下、日期写错")


class MisconductForm(RecordForm):
    class Meta:
        model = Misconduct
        fields = ("student", "school", "happened_on", "cause", "handled")


class ExactForm(PortalForm):
    """Who stands there: found by a whole number, never by browsing."""

    asked = forms.CharField(
        label="身份证号、手机号或学员卡号", max_length=40, help_text="要完整的号码；读卡器、扫码枪也可以"
    )
