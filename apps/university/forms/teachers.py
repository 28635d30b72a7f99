"""Forms of teachers: who applies, how he was tried, for how long he is hired."""

from django import forms

from apps.common.admin_forms import RecordForm
from apps.common.fields import PartialDateFormField
from apps.common.forms import PortalForm
from apps.university.choices.teachers import AssessmentKind, AssessmentResult
from apps.university.models import School, Teacher

from .rooms import DAY


class ApplyForm(PortalForm):
    school = forms.ModelChoiceField(School.objects.none(), label="学校", empty_label="（请选）")
    name = forms.CharField(label="姓名", max_length=100)
    sex = forms.ChoiceField(label="性别", choices=[("", "（请选）"), ("1", "男"), ("2", "女")])
    birth_date = PartialDateFormField(label="出生年月", required=False, help_text="例如 1960-03 或 1960-03-02")
    mobile = forms.CharField(label="手机号码", max_length=40, required=False)
    citizen_id = forms.CharField(
        label="身份证号", max_length=40, required=False, help_text="填了就能认出系统里已有的同一个人"
    )
    subjects = forms.CharField(label="能教什么", max_length=120, help_text="例如 书法、国画")
    experience = forms.CharField(
        label="简历", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 6})
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["school"].queryset = School.objects.visible_to(user, "university.add_teacher").current()


class TeacherForm(RecordForm):
    class Meta:
        model = Teacher
        fields = ("subjects", "experience")
        widgets = {"experience": forms.Textarea(attrs={"rows": 8})}


class AssessmentForm(PortalForm):
    held_on = forms.DateField(label="日期", widget=DAY)
    kind = forms.ChoiceField(label="方式", choices=AssessmentKind.choices)
    result = forms.ChoiceField(label="结果", choices=AssessmentResult.choices)
    by = forms.CharField(label="谁来评", max_length=80)
    opinion = forms.CharField(label="意见", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3}))


class HireForm(PortalForm):
    starts_on = forms.DateField(label="聘期开始", widget=DAY)
    last_on = forms.DateField(label="聘期到", widget=DAY)
    document_no = forms.CharField(label="聘书编号、文号", max_length=80, required=False)


class EndForm(PortalForm):
    on = forms.DateField(label="解聘日期", widget=DAY)
    reason = forms.CharField(label="原因", max_length=200)


class AsideForm(PortalForm):
    state = forms.ChoiceField(label="怎么办", choices=[("reserve", "备用"), ("refused", "不聘")])
    reason = forms.CharField(label="原因", max_length=200)


class TeacherPhoneForm(PortalForm):
    mobile = forms.CharField(label="手机号码", max_length=40)
