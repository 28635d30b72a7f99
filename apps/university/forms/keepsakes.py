"""Forms of surveys and student works."""

import uuid

from django import forms

from apps.common.forms import PortalForm
from apps.common.photos import HELP, IMAGES
from apps.common.secrecy_forms import SecrecyMixin
from apps.university.choices.life import ConsentBy, ShownName
from apps.university.choices.students import EnrolmentState
from apps.university.models import ClassGroup, Student, SurveyAnswer
from apps.university.models.surveys import QUESTIONS

from .life import DAY


class OpenSurveyForm(PortalForm):
    last_on = forms.DateField(label="评价到哪天（含）", widget=DAY)


class SheetLine(SecrecyMixin, forms.Form):
    """One paper sheet; its key makes it one row however often it is sent."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(self, *args, **more):
        super().__init__(*args, **more)
        for name in QUESTIONS:
            field = SurveyAnswer._meta.get_field(name)
            choices = [("", "没填"), *field.choices]
            self.fields[name] = forms.TypedChoiceField(
                label=str(field.verbose_name), choices=choices, coerce=int, empty_value=None, required=False
            )
        self.fields["words"] = forms.CharField(label="还有什么话", max_length=300, required=False)


class WorkForm(PortalForm):
    student = forms.ModelChoiceField(Student.objects.none(), label="作者")
    title = forms.CharField(label="题目", max_length=60)
    photo = forms.ImageField(
        label="照片", required=False, help_text=HELP, widget=forms.ClearableFileInput(attrs={"accept": IMAGES})
    )
    text = forms.CharField(
        label="文字（诗词、文章）", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    shown_name = forms.ChoiceField(label="怎样写名字", choices=ShownName.choices, initial=ShownName.SURNAME)
    consent_by = forms.ChoiceField(label="本人怎样同意公开的", choices=ConsentBy.choices)
    consent_on = forms.DateField(label="同意的日期", widget=DAY)

    def __init__(self, data=None, files=None, *, group: ClassGroup, **more):
        super().__init__(data, files, **more)
        was = (EnrolmentState.STUDYING, EnrolmentState.COMPLETED, EnrolmentState.NOT_COMPLETED)
        rows = Student.objects.filter(enrolments__class_group=group, enrolments__state__in=was)
        self.fields["student"].queryset = (
            rows.select_related("person").order_by("person__name_sort_key", "pk").distinct()
        )
