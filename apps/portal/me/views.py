"""Pages below `/me/`. Each begins with whom it is about (`own_page`); looks by a proxy, and every look at health, are
on record before they are shown."""

import datetime as dt

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.personal_accounts import own_address
from apps.branches.access import current_posts
from apps.common import audit
from apps.common.errors import BusinessError
from apps.ledgers.queries.aftermath import farewells_of
from apps.ledgers.services.own_words import say
from apps.people import proxies
from apps.people.change_requests import ask_address, ask_phone, withdraw
from apps.people.choices import ChangeState, GrantEnd, ProxyScope
from apps.people.models import ChangeRequest, Phone, ProxyGrant
from apps.signups.choices import SignUpState
from apps.signups.models import SignUp
from apps.volunteers.queries.requests import waiting_for

from . import calendar, health, looks, measures, promises
from .forms import AddressForm, NumberForm, SayForm
from .service_days import doors_of, service_entries
from .standing import STEPS, actings, choose, chosen, own_page, show, whom

ENROL, PROMISES, HEALTH = ProxyScope.ENROL, ProxyScope.PROMISES, ProxyScope.HEALTH
ENTER = "branches.enter_for_branch"
SHOWN = 10


@never_cache
@require_safe
def home(request):
    """Where an old comrade and his family begin. Who has a post, or enters for branches, and has nobody to
    act for goes on to the workbench."""
    farewells = bool(farewells_of(request.user, timezone.localdate()))
    if not actings(request):
        if farewells:
            return redirect("portal:me_farewell")
        if current_posts(request.user) or request.user.has_perm(ENTER):
            return redirect("portal:branch")
        raise Http404
    acting = chosen(request)
    if acting is None:
        return redirect("portal:me_who")
    today = timezone.localdate()
    cadre = promises.cadre_of(acting.person.pk) if acting.may(PROMISES) else None
    helpers = promises.helpers_of(cadre, today) if cadre else []
    waiting = ChangeRequest.objects.filter(
        person=acting.person, asked_by=request.user, state=ChangeState.WAITING, voided_at__isnull=True
    ).count()
    context = {
        "today": today,
        "helper": helpers[0] if helpers else None,
        "waiting": waiting,
        "offers": SignUp.objects.active().filter(person=acting.person, state=SignUpState.OFFERED).exists(),
        "farewells": farewells,
        "helping": waiting_for(acting.person, timezone.now()),
        "doors": doors_of(acting, timezone.now()) if acting.may(ENROL) else [],
        **scopes_of(acting),
    }
    return show(request, acting, "portal/me/home.html", context)


def scopes_of(acting) -> dict:
    return {f"may_{scope.value}": acting.may(scope) for scope in ProxyScope}


@never_cache
@STEPS
def who(request):
    """您是哪一位、替谁办: where an account may act for several."""
    found = actings(request)
    if not found:
        raise Http404
    picked = next((acting for acting in found if acting.key == request.POST.get("person", "")), None)
    if picked is not None:
        choose(request, picked)
        return redirect(own_address(request, request.POST.get("next", "")) or "portal:me")
    missed = request.method == "POST"
    context = {"found": found, "missed": missed, "next": own_address(request, request.GET.get("next", ""))}
    return render(request, "portal/me/who.html", context, status=422 if missed else 200)


def note_look(request, acting, action: str, *, always: bool = False) -> None:
    if always or acting.is_proxy:
        audit.look(
            action, actor=request.user, people=[acting.person.pk], on_behalf_of=acting.on_behalf_of, request=request
        )


@own_page(scope=PROMISES)
def carer(request, acting):
    note_look(request, acting, "see_promises")
    cadre = promises.cadre_of(acting.person.pk)
    helpers = promises.helpers_of(cadre, timezone.localdate()) if cadre else []
    return show(request, acting, "portal/me/carer.html", {"helpers": helpers})


@own_page(scope=PROMISES)
def promised(request, acting):
    note_look(request, acting, "see_promises")
    cadre = promises.cadre_of(acting.person.pk)
    today = timezone.localdate()
    found = promises.promises_of(cadre, today, whom=whom(acting)) if cadre else []
    doings = measures.doings_of(cadre.pk, today) if cadre else []
    context = {"promises": found, "doings": doings, "may_say": cadre is not None}
    return show(request, acting, "portal/me/promises.html", context)


@own_page(scope=PROMISES)
def say_words(request, acting):
    """有话要说: to whoever answers for him, with a deadline; sent twice it is one."""
    cadre = promises.cadre_of(acting.person.pk)
    if cadre is None:
        raise Http404
    form = SayForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            say(
                cadre, form.cleaned_data["words"], by_family=acting.is_proxy, form_key=form.cleaned_data["key"],
                actor=request.user, now=timezone.now(),
            )  # fmt: skip
        except BusinessError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "收到了。工作人员会给您回电话。")
            return redirect("portal:me_promises")
    return show(request, acting, "portal/me/say.html", {"form": form}, status=422 if form.errors else 200)


@own_page(scope=PROMISES)
def own_calendar(request, acting):
    note_look(request, acting, "see_promises")
    return show(request, acting, "portal/me/calendar.html", {"months": calendar.by_month(entries_for(acting))})


@own_page(scope=PROMISES)
def calendar_file(request, acting):
    note_look(request, acting, "see_promises")
    text = calendar.as_file(entries_for(acting), stamp=timezone.now().astimezone(dt.UTC))
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="calendar.ics"'
    return response


def entries_for(acting) -> list[calendar.Entry]:
    cadre, on = promises.cadre_of(acting.person.pk), timezone.localdate()
    found = calendar.entries_of(acting.person, cadre, on, whom=whom(acting)) if cadre else []
    if acting.may(ProxyScope.ENROL):
        services = service_entries(acting.person, on, on + promises.AHEAD, is_proxy=acting.is_proxy)
        found = sorted([*found, *calendar.lessons_of(acting.person, on), *services])
    return found


@own_page(scope=HEALTH)
def own_health(request, acting):
    note_look(request, acting, "see_health", always=True)
    person_id = acting.person.pk
    context = {"facts": health.facts_of(person_id), "stays": health.stays_of(person_id)}
    return show(request, acting, "portal/me/health.html", context)


# Change of phone or address


@own_page(scope=ENROL)
def change(request, acting):
    """What can be changed, and what became of what was asked for; a proxy sees what he asked himself."""
    rows = ChangeRequest.objects.filter(person=acting.person, voided_at__isnull=True)
    if acting.is_proxy:
        rows = rows.filter(asked_by=request.user)
    rows = rows.select_related("grant__relative").order_by("-asked_on", "-pk")[:SHOWN]
    context = {"rows": [(row, row.asked_by_id == request.user.pk) for row in rows]}
    return show(request, acting, "portal/me/change.html", context)


@own_page(scope=ENROL)
def change_phone(request, acting):
    phones = [] if acting.is_proxy else list(Phone.objects.filter(person=acting.person))
    form = NumberForm(request.POST if request.method == "POST" else None, phones=phones)

    def ask(values):
        ask_phone(
            acting, values["number"], replaces=form.replaced(), key=values["key"], actor=request.user,
            on=timezone.localdate(),
        )  # fmt: skip

    return asked(request, acting, form, ask, "改电话", "工作人员会打新号码，听到是您本人才改。")


@own_page(scope=ENROL)
def change_address(request, acting):
    form = AddressForm(request.POST if request.method == "POST" else None)

    def ask(values):
        ask_address(acting, values["address"], key=values["key"], actor=request.user, on=timezone.localdate())

    return asked(request, acting, form, ask, "改住址", "工作人员会打您登记的电话问一问，核实以后再改。")


def asked(request, acting, form, ask, title: str, lead: str):
    """The form with one question; sent, it waits for staff."""
    if request.method == "POST" and form.is_valid():
        try:
            ask(form.cleaned_data)
        except BusinessError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "已收到，等工作人员核实。")
            return redirect("portal:me_change")
    context = {"form": form, "title": title, "lead": lead}
    return show(request, acting, "portal/me/ask.html", context, status=422 if form.errors else 200)


@own_page(scope=ENROL)
@require_POST
def take_back(request, acting):
    """Take a wish back that he made himself."""
    rows = ChangeRequest.objects.filter(person=acting.person, asked_by=request.user, voided_at__isnull=True)
    row = next((row for row in rows if str(row.public_id) == request.POST.get("request", "")), None)
    if row is None:
        raise Http404
    try:
        withdraw(row, actor=request.user, on=timezone.localdate())
    except BusinessError as refusal:
        messages.warning(request, refusal.sentence)
    else:
        messages.success(request, "已撤回。")
    return redirect("portal:me_change")


# Family


@own_page(himself=True)
def family(request, acting):
    """Who may act for me, with which rights; each stopped by one button."""
    today = timezone.localdate()
    held = ProxyGrant.objects.standing().filter(person=acting.person, ends_on__gt=today).select_related("relative")
    if request.method == "POST":
        grant = next((row for row in held if str(row.public_id) == request.POST.get("grant", "")), None)
        if grant is None:
            raise Http404
        proxies.close(grant, GrantEnd.PERSON, actor=request.user)
        messages.success(request, f"已停止。{grant.relative.name}马上不能再看、再办。想恢复，请打电话给我们。")
        return redirect("portal:me_family")
    rows = [{"grant": row, "current": row.is_current(today), "last_day": row.ends_on - calendar.DAY} for row in held]
    return show(request, acting, "portal/me/family.html", {"rows": rows})


@own_page
def own_grant(request, acting):
    """What a proxy may do, and giving it up himself."""
    if acting.grant is None:
        raise Http404
    if request.method == "POST":
        proxies.close(acting.grant, GrantEnd.PROXY, actor=request.user)
        messages.success(request, f"已停止替{acting.person.name}同志代办。")
        return redirect("portal:home")
    context = {"grant": acting.grant, "last_day": acting.grant.ends_on - calendar.DAY}
    return show(request, acting, "portal/me/grant.html", context)


@own_page(scope=PROMISES)
def looked_at(request, acting):
    """谁看过我. That a proxy asked is on record like any other look."""
    note_look(request, acting, "see_looks")
    found = looks.looks_of(
        acting.person, timezone.now(), reader=request.user, is_proxy=acting.is_proxy, whom=whom(acting)
    )
    context = {"days": found, "span": looks.DAYS}
    return show(request, acting, "portal/me/looks.html", context)
