"""请假 at `/me/`, by himself or by whoever may enrol him. No proof, no approval (rule book 9.54)."""

import datetime as dt
import uuid

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from apps.common.errors import BusinessError
from apps.common.forms import PortalForm
from apps.people.choices import ProxyScope
from apps.university.choices.life import ToldBy
from apps.university.choices.schools import SessionState
from apps.university.choices.students import EnrolmentState
from apps.university.models import ClassGroup, ClassSession, Enrolment, Leave, Student
from apps.university.rules.classes import moment
from apps.university.services.attendance import note_leave, take_back_leave

from .standing import own_page, show

DAY = dt.timedelta(days=1)
ENROL = ProxyScope.ENROL
ALL = "all"


class LeaveForm(PortalForm):
    submit_label = "请假"
    which = forms.ChoiceField(label="哪个班", widget=forms.RadioSelect)
    first_on = forms.DateField(label="从哪天起", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    last_on = forms.DateField(
        label="到哪天（这天也请假）", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reason = forms.CharField(label="原因", max_length=60, required=False)
    form_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(self, data=None, *, classes, **more):
        super().__init__(data, **more)
        names = [(str(one.public_id), str(one)) for one in classes]
        self.fields["which"].choices = names if len(names) == 1 else [(ALL, "我的所有班"), *names]
        self.fields["which"].initial = self.fields["which"].choices[0][0]


def own_classes(student: Student) -> list[ClassGroup]:
    inside = Enrolment.objects.current().filter(student=student, state=EnrolmentState.STUDYING)
    rows = ClassGroup.objects.filter(pk__in=inside.values("class_group")).select_related("course", "school")
    return list(rows.order_by("first_on", "pk"))


def next_lesson_day(classes: list[ClassGroup], today: dt.date) -> dt.date:
    """The day of his next lesson after today; tomorrow where none is planned."""
    lessons = ClassSession.objects.filter(class_group__in=classes, starts_at__gte=moment(today + DAY, 0))
    lessons = lessons.filter(voided_at__isnull=True).exclude(state=SessionState.CANCELLED)
    first = lessons.order_by("starts_at").values_list("starts_at", flat=True).first()
    return timezone.localdate(first) if first else today + DAY


def student_of(acting) -> Student | None:
    return Student.objects.current().filter(pk=acting.person.pk).first()


@own_page(scope=ENROL)
def leave(request, acting):
    """What he has asked for and still lies ahead, and one form."""
    student, today = student_of(acting), timezone.localdate()
    classes = own_classes(student) if student else []
    form = None
    if classes:
        first = dict.fromkeys(("first_on", "last_on"), next_lesson_day(classes, today))
        form = LeaveForm(request.POST if request.method == "POST" else None, classes=classes, initial=first)
        if request.method == "POST" and form.is_valid() and save(request, acting, student, classes, form, today):
            messages.success(request, "已请假，老师点名时看得到。")
            return redirect("portal:me_leave")
    coming = Leave.objects.filter(student=student, until__gt=today, voided_at__isnull=True) if student else []
    context = {
        "form": form,
        "leaves": [(one, one.until - DAY) for one in coming.select_related("class_group__course")] if student else [],
        "phones": {one.school.phone: one.school for one in classes}.values(),
    }  # fmt: skip
    status = 422 if form is not None and form.errors else 200
    return show(request, acting, "portal/me/leave.html", context, status=status)


def save(request, acting, student, classes, form, today) -> bool:
    values = form.cleaned_data
    group = next((one for one in classes if str(one.public_id) == values["which"]), None)
    try:
        note_leave(
            student, group, first_on=values["first_on"], until=values["last_on"] + DAY, reason=values["reason"],
            by=ToldBy.PROXY if acting.is_proxy else ToldBy.WEB, actor=request.user, grant=acting.grant, on=today,
            form_key=values["form_key"],
        )  # fmt: skip
    except BusinessError as refusal:
        form.refuse(refusal)
        return False
    return True


@own_page(scope=ENROL)
def end(request, acting, key):
    """He comes after all."""
    one = Leave.objects.filter(public_id=key, student=acting.person.pk, voided_at__isnull=True).first()
    if one is None:
        raise Http404
    if request.method == "POST":
        take_back_leave(one, actor=request.user, now=timezone.now())
        messages.success(request, "已销假，照常上课。")
        return redirect("portal:me_leave")
    context = {"leave": one, "last_on": one.until - DAY, "back": reverse("portal:me_leave")}
    return show(request, acting, "portal/me/leave_end.html", context)
