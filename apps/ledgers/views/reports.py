"""报情况: hospital, coming home, moving, a need, and, under 其他, a death on two screens."""

import dataclasses
from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.models import User
from apps.branches.access import Desk
from apps.branches.desk import address, at_desk, show
from apps.common.choices import Source
from apps.common.errors import BusinessError
from apps.common.partial_date import PartialDate
from apps.ledgers.choices import HOSPITAL_KINDS, DutyKind
from apps.ledgers.desk_forms import AdmittedForm, DeathForm, DischargedForm, MovedForm, NeedForm
from apps.ledgers.models import Duty
from apps.ledgers.queries.desk import age_of, member_or_404, member_rows, members_found, reports_of
from apps.ledgers.queries.responsible import responsible_users
from apps.ledgers.services import DeathReport, report_death, report_event, report_need, take_back_report
from apps.people.choices import LifeStatus
from apps.people.models import Person
from apps.registry.choices import LifeEventKind
from apps.registry.models import LifeEvent
from apps.registry.services import life

PER_PAGE = 30
LONGEST = 60


@dataclasses.dataclass(frozen=True)
class What:
    """One thing that can be reported; `form` takes its data."""

    key: str
    label: str
    sentence: str
    icon: str
    form: Callable
    event: str = ""


WHATS = {
    what.key: what
    for what in (
        What("admitted", "住院", "住进医院了", "heart", AdmittedForm, LifeEventKind.ADMITTED),
        What("discharged", "出院", "出院回家了", "home", DischargedForm, LifeEventKind.DISCHARGED),
        What("moved", "搬家", "换了住处，或者去外地长住", "calendar", MovedForm, LifeEventKind.RELOCATED),
        What("need", "有困难", "家里有难处，或者有事要老干部局办", "help", NeedForm),
        What("other", "其他", "别的事，包括老同志离世", "form", NeedForm),
    )
}
DEATH = "death"


@require_safe
@at_desk
def report(request, desk):
    """What happened: one question."""
    context = {"whats": WHATS.values(), "person": None, "reports": reports_of(desk)[:5]}
    return show(request, desk, "desk/reports/what.html", context)


@require_safe
@at_desk
def report_about(request, desk, person):
    """What happened to this member."""
    return show(
        request, desk, "desk/reports/what.html", {"whats": WHATS.values(), "person": member_or_404(desk, person)}
    )


@require_safe
@at_desk
def report_who(request, desk, what):
    """Who it is about: names to pick, or to find."""
    chosen = asked_what(what)
    text = request.GET.get("q", "").strip()[:LONGEST]
    people, understood = members_found(desk, text, "hospital" if what == "discharged" and not text else "")
    page = Paginator(people, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "what": chosen, "rows": member_rows(desk, list(page)), "page": page, "q": text, "understood": understood,
        "query": urlencode({"q": text}), "total": f"共 {page.paginator.count} 人，按拼音排",
    }  # fmt: skip
    return show(request, desk, "desk/reports/who.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk
def report_form(request, desk, what, person):
    chosen, found = asked_what(what), living_member(desk, person)
    form = make_form(chosen, request, desk)
    if request.method == "POST" and form.is_valid():
        try:
            words = send(chosen, desk, found, form)
        except BusinessError as error:
            form.refuse(error)
        else:
            messages.success(request, words)
            return HttpResponseRedirect(address(desk, "ledgers:reports"))
    context = {
        "what": chosen, "person": found, "form": form, "age": age_of(found, desk.today),
        "death_url": address(desk, "ledgers:report_death", found.public_id) if chosen.key == "other" else "",
        "back": address(desk, "ledgers:report_who", chosen.key),
    }  # fmt: skip
    return show(request, desk, "desk/reports/form.html", context, status=422 if form.errors else 200)


def asked_what(key: str) -> What:
    if key not in WHATS:
        raise Http404
    return WHATS[key]


def living_member(desk: Desk, public_id) -> Person:
    """Nothing more is reported of somebody whose death is known or told."""
    person = member_or_404(desk, public_id)
    if person.life_status not in (LifeStatus.LIVING, LifeStatus.LOST):
        raise Http404
    return person


def make_form(what: What, request, desk: Desk):
    if what.event:
        return what.form(request.POST or None, today=desk.today)
    return what.form(request.POST or None, initial={"subject": "06" if what.key == "need" else "99"})


def send(what: What, desk: Desk, person: Person, form) -> str:
    """Report it; what to tell the one who did."""
    values = form.cleaned_data
    if not what.event:
        need = report_need(
            desk, person, subject=values["subject"], content=values["content"], form_key=values["key"],
            now=timezone.now(),
        )  # fmt: skip
        return f"报上去了。{need.handler}在办，{need.due_on.month}月{need.due_on.day}日前给您回话。"
    told = life.Report(
        what.event, PartialDate.of(values["happened_on"]), hospital=values.get("hospital", ""),
        ward=values.get("ward", ""), address=values.get("address", ""), source=Source.BRANCH,
    )  # fmt: skip
    report_event(desk, person, told)
    return after_event(what, desk, person)


def after_event(what: What, desk: Desk, person: Person) -> str:
    """Who goes to see him now, and by when."""
    kinds = {"admitted": HOSPITAL_KINDS, "discharged": (DutyKind.DISCHARGE,)}.get(what.key, ())
    duty = Duty.objects.open().filter(cadre=person.pk, kind__in=kinds).order_by("due_on", "pk").first()
    if duty is None:
        return f"{person.name}同志{what.label}，登记好了。"
    carer = User.objects.filter(pk=responsible_users([duty.pk], on=desk.today)[duty.pk]).first()
    who = "请您" if carer and carer.pk == desk.user.pk else f"已经告诉{carer}，" if carer else "工作人员会"
    return f"{person.name}同志{what.label}，登记好了。{who}{duty.due_on.month}月{duty.due_on.day}日前去看望。"


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk
def report_dead(request, desk, person):
    """Two screens: what is known with the full name typed, then name and age to be read once more."""
    found = living_member(desk, person)
    form = DeathForm(request.POST or None, today=desk.today, person=found)
    is_sure = "sure" in request.POST
    valid = request.method == "POST" and form.is_valid()
    if valid and is_sure:
        values = form.cleaned_data
        told = DeathReport(
            happened_on=PartialDate.of(values["happened_on"]), told_by=values["told_by"], detail=values["detail"]
        )
        try:
            report_death(desk, found, told, now=timezone.now())
        except BusinessError as error:
            form.refuse(error)
        else:
            messages.info(request, "已经报给老干部局。工作人员今天会联系家属，核实以后再办手续。")
            return HttpResponseRedirect(address(desk, "ledgers:reports"))
    context = {
        "person": found, "form": form, "age": age_of(found, desk.today),
        "back": address(desk, "ledgers:report_who", "other"), "values": form.cleaned_data if valid else None,
    }  # fmt: skip
    name = "desk/reports/death_sure.html" if valid and not form.errors else "desk/reports/death.html"
    return show(request, desk, name, context, status=422 if form.errors else 200)


@require_safe
@at_desk
def reports(request, desk):
    """我报过的, with how far each is."""
    return show(request, desk, "desk/reports/mine.html", {"reports": reports_of(desk)})


@require_POST
@at_desk
def take_back(request, desk, event):
    found = get_object_or_404(LifeEvent, public_id=event, reported_by=request.user)
    try:
        take_back_report(desk, found)
    except BusinessError as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, "收回了，当作没有报过。停下来的问候和看望提醒都恢复了。")
    return HttpResponseRedirect(address(desk, "ledgers:reports"))
