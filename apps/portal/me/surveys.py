"""学员评价 at `/me/`, one question a screen, each answer one press; what was said so far goes along in the form. And
his own works, which he may take back."""

import uuid

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone

from apps.common.errors import BusinessError
from apps.people.choices import ProxyScope
from apps.university.models import Enrolment, StudentWork, Survey, SurveyAnswer, SurveyTaken
from apps.university.models.surveys import QUESTIONS
from apps.university.services.surveys import MAY_ANSWER, answer
from apps.university.services.works import withdraw_consent

from .standing import own_page, show

ENROL = ProxyScope.ENROL
WORDS = len(QUESTIONS)
LONGEST = 300


def waiting_surveys(person_id: int, on) -> list[Survey]:
    """Surveys of his classes that are open and that he has not answered."""
    own = Enrolment.objects.current().filter(student=person_id, state__in=MAY_ANSWER)
    rows = Survey.objects.current().filter(
        opens_on__lte=on, closes_on__gt=on, class_group__in=own.values("class_group")
    )
    done = SurveyTaken.objects.filter(enrolment__student=person_id)
    return list(rows.exclude(pk__in=done.values("survey")).select_related("class_group__course").order_by("pk"))


@own_page(himself=True)
def survey(request, acting, key):
    """The next question; after the last, thanks. His family cannot answer for him."""
    found = Survey.objects.current().filter(public_id=key).select_related("class_group__course").first()
    enrolment = found and Enrolment.objects.current().filter(
        class_group=found.class_group_id, student=acting.person.pk, state__in=MAY_ANSWER
    ).first()  # fmt: skip
    if not enrolment:
        raise Http404
    if SurveyTaken.objects.filter(survey=found, enrolment=enrolment).exists():
        messages.info(request, "这份评价您已经交过了，谢谢您。")
        return redirect("portal:me_classes")
    said = given(request.POST)
    step = next((place for place, name in enumerate(QUESTIONS) if name not in said), WORDS)
    error = ""
    if request.method == "POST" and "finish" in request.POST and step == WORDS:
        marks = {name: value or None for name, value in said.items()}
        try:
            answer(found, enrolment, marks, request.POST.get("words", "")[:LONGEST], on=timezone.localdate())
        except BusinessError as refusal:
            error = refusal.sentence
        else:
            messages.success(request, "评价收到了，谢谢您。")
            return redirect("portal:me_classes")
    field = SurveyAnswer._meta.get_field(QUESTIONS[step]) if step < WORDS else None
    context = {
        "survey": found, "said": said.items(), "current": step + 1, "total": WORDS + 1, "error": error,
        "question": str(field.verbose_name) if field else "还有什么话想对学校说？", "name": field.name if field else "",
        "choices": field.choices if field else (),
    }  # fmt: skip
    return show(request, acting, "portal/me/survey.html", context, status=422 if error else 200)


def given(data) -> dict[str, int]:
    """Answers so far, in the order of the questions; 0 for one passed over. Nothing after a gap counts."""
    said: dict[str, int] = {}
    for name in QUESTIONS:
        if data.get(name) not in ("0", "1", "2", "3"):
            break
        said[name] = int(data[name])
    return said


@own_page(scope=ENROL)
def works(request, acting):
    """What of his is shown to everybody, each with the button that takes it back."""
    rows = (
        StudentWork.objects.shown()
        .filter(student=acting.person.pk)
        .select_related("class_group__course", "student__person")
    )
    if request.method == "POST":
        work = rows.filter(public_id=_key(request.POST.get("work", ""))).first()
        if work is None:
            raise Http404
        withdraw_consent(work, actor=request.user, now=timezone.now())
        messages.success(request, "已撤下，别人看不到了。")
        return redirect("portal:me_works")
    return show(request, acting, "portal/me/works.html", {"works": list(rows)})


def _key(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
