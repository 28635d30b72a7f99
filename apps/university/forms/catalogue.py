"""Forms of courses and terms."""

import datetime as dt

from django import forms
from django.utils import timezone

from apps.common.admin_forms import RecordForm
from apps.common.code_lists import choices_of
from apps.university.choices.schools import PhaseKind
from apps.university.models import Course, School, Term

from .rooms import DAY

INTERESTS = "course_interest"
MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class MomentField(forms.DateTimeField):
    """A day with a time, in the browser's own control; typed text is taken as well."""

    widget = MOMENT
    default_error_messages = {"invalid": "请写成 2026-12-01 09:00。"}

    def __init__(self, **kwargs):
        super().__init__(input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d"], **kwargs)


class CourseForm(RecordForm):
    interests = forms.MultipleChoiceField(
        label="兴趣", required=False, widget=forms.CheckboxSelectMultiple, help_text="学员按这些找课，可以多选"
    )

    class Meta:
        model = Course
        fields = (
            "school", "major", "code", "name", "interests", "summary", "syllabus", "to_bring", "strenuous", "grades",
        )  # fmt: skip
        widgets = {"syllabus": forms.Textarea(attrs={"rows": 10})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "interests" in self.fields:
            self.fields["interests"].choices = choices_of(INTERESTS)

    def clean(self):
        values = super().clean()
        school, major = values.get("school"), values.get("major")
        if school and major and major.department.school_id != school.pk:
            self.add_error("major", "这个专业不是这所学校的，请重新选择。")
        if not 1 <= (values.get("grades") or 1) <= 5:
            self.add_error("grades", "学制在 1 到 5 年之间。")
        return values


class TermForm(RecordForm):
    """A term; the last day is typed, the day after it is kept."""

    last_on = forms.DateField(label="结束日期", widget=DAY)

    class Meta:
        model = Term
        fields = ("unit", "year", "season", "starts_on")
        widgets = {"starts_on": DAY}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None and "last_on" in self.fields:
            self.initial["last_on"] = self.instance.ends_on - dt.timedelta(1)

    def clean(self):
        values = super().clean()
        first, last = values.get("starts_on"), values.get("last_on")
        if first and last:
            if last <= first:
                self.add_error("last_on", "结束日期要晚于开学日期。")
            elif (last - first).days > 400:
                self.add_error("last_on", "一个学期不会超过一年，请检查日期。")
            else:
                self.instance.ends_on = last + dt.timedelta(1)
        if first and values.get("year") and values["year"] not in (first.year, first.year + 1):
            self.add_error("year", "年份和开学日期对不上。")
        return values


class PhaseForm(forms.Form):
    """One line of the phases: kind with its moments; both empty for none."""

    opens_at = MomentField(label="开始", required=False)
    closes_at = MomentField(label="结束", required=False)

    def clean(self):
        values = super().clean()
        if bool(values.get("opens_at")) != bool(values.get("closes_at")) and not self.errors:
            self.add_error(None, "开始和结束要一起填，或者都空着。")
        return values

    def window(self):
        values = self.cleaned_data
        return (values["opens_at"], values["closes_at"]) if values.get("opens_at") else None


def phase_forms(data, term: Term, school: School | None) -> list[tuple[PhaseKind, PhaseForm]]:
    """A form for each kind, filled with what stands."""
    standing = {row.kind: row for row in term.phases.filter(school=school, voided_at=None)}
    found = []
    for kind in PhaseKind:
        row = standing.get(kind)
        first = {}
        if row is not None:
            first = {
                "opens_at": timezone.localtime(row.opens_at).replace(tzinfo=None),
                "closes_at": timezone.localtime(row.closes_at).replace(tzinfo=None),
            }
        found.append((kind, PhaseForm(data, initial=first, prefix=kind.value)))
    return found
