"""Becoming a volunteer at `/me/`, four screens: what he is glad to do, what he can, when, his own will. For himself
alone: nobody says 自愿 for another. What was answered stands in the address of the next screen; the last press makes
him a volunteer, to whom nothing is given before his signed papers are there (rule book 10.1, 10.2)."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from apps.common.errors import BusinessError
from apps.organisation.models import Unit
from apps.people.models import Person
from apps.registry.models import Cadre
from apps.volunteers.models import Volunteer
from apps.volunteers.queries import own
from apps.volunteers.services.volunteers import register

from .standing import own_page, show
from .volunteer import facts_of
from .volunteer_forms import SkillForm, WhenForm, WillForm, WishForm

WHAT, CAN, WHEN, WILL = "what", "can", "when", "will"
STEPS = (WHAT, CAN, WHEN, WILL)
FORMS = {WHAT: WishForm, CAN: SkillForm, WHEN: WhenForm, WILL: WillForm}
TITLES = {WHAT: "愿意做什么？", CAN: "会什么？", WHEN: "什么时候有空？", WILL: "本人自愿"}
KEPT = ("wishes", "skills", "times", "hours")
RING = "还没有单位能登记您，请打电话或者到队里登记。"


@own_page(himself=True)
def step(request, acting, step=WHAT):
    """One screen; who is a volunteer already goes to his page."""
    if step not in STEPS:
        raise Http404
    if own.volunteer_of(acting.person, timezone.localdate()) is not None:
        return redirect("portal:me_volunteer")
    if step != WHAT and not request.GET.getlist("wishes"):
        return redirect(address(WHAT))
    said = {name: request.GET.getlist(name) for name in KEPT if name in request.GET}
    form = FORMS[step](request.POST if request.method == "POST" else None, initial=_initial(said))
    if request.method == "POST" and form.is_valid():
        if step != WILL:
            return redirect(address(STEPS[STEPS.index(step) + 1], {**said, **form.cleaned_data}))
        if (done := _register(request, acting.person, said, form)) is not None:
            return done
    place = STEPS.index(step)
    back = address(STEPS[place - 1], said) if place else reverse("portal:me_volunteer")
    context = {"form": form, "title": TITLES[step], "number": place + 1, "total": len(STEPS), "back": back}
    return show(request, acting, "portal/me/volunteer_step.html", context, 422 if form.errors else 200)


def address(step: str, said: dict | None = None) -> str:
    query = urlencode({name: value for name, value in (said or {}).items() if value not in ([], "")}, doseq=True)
    return reverse("portal:me_volunteer_become", args=[step]) + (f"?{query}" if query else "")


def _initial(said: dict) -> dict:
    return {name: value[0] if name == "hours" else value for name, value in said.items()}


def _register(request, person: Person, said: dict, form: WillForm):
    """The page after it; None where it was refused, with the sentence on the form."""
    what, can = WishForm({"wishes": said.get("wishes", [])}), SkillForm({"skills": said.get("skills", [])})
    when = WhenForm({"times": said.get("times", []), "hours": (said.get("hours") or ["0"])[0]})
    if not (what.is_valid() and can.is_valid() and when.is_valid()):
        return redirect(address(WHAT))
    facts = facts_of({**what.cleaned_data, **can.cleaned_data, **when.cleaned_data, **form.cleaned_data})
    try:
        unit = unit_of(person)
        register(person, unit, on=timezone.localdate(), actor=request.user, facts=facts)
    except BusinessError as refusal:
        form.refuse(refusal)
        return None
    messages.success(request, "登记好了，谢谢您！请再签两张纸，签好就可以参加服务。")
    return redirect("portal:me_volunteer_papers")


def unit_of(person: Person) -> Unit:
    """Who registers him: the unit that did before, else the one that looks after the cadre."""
    before = Volunteer.objects.filter(pk=person.pk).select_related("unit").first()
    if before is not None:
        return before.unit
    cadre = Cadre.objects.filter(person=person).select_related("managing_unit").first()
    if cadre is None:
        raise BusinessError(RING, code="unit")
    return cadre.managing_unit
