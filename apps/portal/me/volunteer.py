"""我的志愿服务 at `/me/`: coming shifts, hours, papers, what he offers; by himself or by whoever may enrol him."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from apps.common.code_lists import names_of
from apps.common.errors import BusinessError
from apps.people.choices import ProxyScope
from apps.signups.choices import SignUpState
from apps.volunteers.access import led_teams
from apps.volunteers.choices.requests import ProposalState, RequestState
from apps.volunteers.models import Proposal, Team
from apps.volunteers.qr import qr_image
from apps.volunteers.queries import own
from apps.volunteers.queries.records import name_of
from apps.volunteers.queries.requests import asked_of
from apps.volunteers.queries.sign_codes import OWN_FEED, feed_key
from apps.volunteers.queries.teams import teams_of
from apps.volunteers.rules.times import day_words, length_words, span_words
from apps.volunteers.services.volunteers import SERVICES, SKILLS, VolunteerFacts, change

from .help import Told
from .standing import own_page, show
from .volunteer_forms import HALF_DAYS, HOURS, SkillForm, WhenForm, WishForm, read_times

ENROL = ProxyScope.ENROL
PER_PAGE = 30
ALL = "all"
# What he offers, changed one part at a time: form, heading.
PARTS = {"what": (WishForm, "愿意做什么"), "can": (SkillForm, "会什么"), "when": (WhenForm, "什么时候有空")}


@own_page(scope=ENROL)
def home(request, acting):
    """Offers first: they have a day; then what comes, what waits, hours in one number, and the ways on."""
    now = timezone.now()
    today = timezone.localdate(now)
    volunteer = own.volunteer_of(acting.person, today)
    if volunteer is None:
        return show(request, acting, "portal/me/volunteer_none.html")
    places = own.places_of(acting.person, now)
    papers = own.own_papers(volunteer, today)
    himself = not acting.is_proxy
    asked = list(asked_of(acting.person, now)) if himself else []
    coming = [one for one in places if one.is_active and one.card.shift.on >= today
              and one.state != SignUpState.OFFERED]  # fmt: skip
    context = {
        "volunteer": volunteer, "year": today.year, "hours": length_words(own.hours_of(volunteer.pk, today.year)),
        "offers": [one for one in places if one.state == SignUpState.OFFERED],
        "coming": _by_day(coming, [row for row in asked if _lies_ahead(row)]),
        "over": [one for one in reversed(places) if not one.is_active or one.card.shift.on < today],
        "lacking": [one for one in papers if one.tone == "late"],
        "ending": [one for one in papers if one.tone == "soon"],
        "teams": teams_of([volunteer.pk], today).get(volunteer.pk, []),
        "led": _led(request, today) if himself else [],
        "asked": any(row.state == ProposalState.ASKED for row in asked), "today": today,
        "feed": _feed(request, volunteer) if himself else "",
    }  # fmt: skip
    return show(request, acting, "portal/me/volunteer.html", context)


def _lies_ahead(row: Proposal) -> bool:
    """Said yes to, and not entered yet."""
    return row.state == ProposalState.ACCEPTED and row.request.state != RequestState.DONE


def _by_day(places, agreed) -> list[dict]:
    """His places in shifts and the requests he said yes to, the next first."""
    found = [(one.card.shift.on, one.card.shift.starts, {"place": one}) for one in places]
    found += [(row.request.on, row.request.starts, {"row": row, "help": Told(row.request)}) for row in agreed]
    return [shown for _, _, shown in sorted(found, key=lambda one: one[:2])]


def _led(request, today) -> list[Team]:
    mine = led_teams(request.user, today)
    return list(Team.objects.of_teams(mine).order_by("name")) if mine else []


def _feed(request, volunteer) -> str:
    return request.build_absolute_uri(reverse("volunteers:own_feed", args=[feed_key(OWN_FEED, volunteer.public_id)]))


@own_page(scope=ENROL)
def hours(request, acting):
    """志愿时长 in one number, with every record behind it; of this year, or of all."""
    today = timezone.localdate()
    volunteer = own.volunteer_of(acting.person, today)
    if volunteer is None:
        return redirect("portal:me_volunteer")
    year = None if request.GET.get("years") == ALL else today.year
    rows = own.own_records(volunteer.pk, year)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    lines = [
        {
            "name": name_of(row), "team": row.team, "day": day_words(row.on), "year": row.on.year, "row": row,
            "time": span_words(row.starts, row.ends), "length": length_words(row.minutes),
        }
        for row in page.object_list
    ]  # fmt: skip
    context = {
        "year": year, "this_year": today.year, "hours": length_words(own.hours_of(volunteer.pk, year)), "page": page,
        "lines": lines, "waiting": length_words(found) if (found := own.waiting_minutes(rows)) else "",
        "query": f"years={ALL}" if year is None else "", "total": f"共 {page.paginator.count} 次", "today": today,
    }  # fmt: skip
    return show(request, acting, "portal/me/volunteer_hours.html", context)


@own_page(scope=ENROL)
def papers(request, acting):
    """What he signed and when it ends; what he asked not to be given."""
    today = timezone.localdate()
    volunteer = own.volunteer_of(acting.person, today)
    if volunteer is None:
        return redirect("portal:me_volunteer")
    return show(request, acting, "portal/me/volunteer_papers.html", {"papers": own.own_papers(volunteer, today)})


@own_page(scope=ENROL)
def card(request, acting):
    """The code that the leader scans when he comes; it says nothing but which volunteer it is."""
    volunteer = own.volunteer_of(acting.person, timezone.localdate())
    if volunteer is None:
        return redirect("portal:me_volunteer")
    return show(request, acting, "portal/me/volunteer_card.html", {"code": qr_image(str(volunteer.public_id))})


# What he offers -------------------------------------------------------------------------------------------------------


def offered(volunteer) -> dict:
    """What he can do, is glad to do and when, in words."""
    services, skills = names_of(SERVICES), names_of(SKILLS)
    parts = dict(HALF_DAYS)
    times = sorted(volunteer.times.values_list("weekday", "part"), key=lambda one: (one[0], "am pm eve".index(one[1])))
    return {
        "wishes": [services.get(code, code) for code in volunteer.wishes],
        "skills": [skills.get(code, code) for code in volunteer.skills],
        "times": [parts[f"{day}{part}"] for day, part in times],
        "most": length_words(volunteer.weekly_minutes) if volunteer.weekly_minutes else "",
    }  # fmt: skip


@own_page(scope=ENROL)
def offer(request, acting):
    """What he offers, read."""
    volunteer = own.volunteer_of(acting.person, timezone.localdate())
    if volunteer is None:
        return redirect("portal:me_volunteer")
    return show(request, acting, "portal/me/volunteer_offer.html", offered(volunteer))


@own_page(scope=ENROL)
def change_offer(request, acting, part):
    """One part of it, changed on its own page: what, what he can, when."""
    if part not in PARTS:
        raise Http404
    today = timezone.localdate()
    volunteer = own.volunteer_of(acting.person, today)
    if volunteer is None:
        return redirect("portal:me_volunteer")
    form = PARTS[part][0](request.POST if request.method == "POST" else None, initial=_initial(volunteer, part))
    form.submit_label = "保存"
    if request.method == "POST" and form.is_valid():
        try:
            change(volunteer, facts_of(form.cleaned_data), actor=request.user, on=today)
        except BusinessError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "改好了。")
            return redirect("portal:me_volunteer_offer")
    context = {"form": form, "title": PARTS[part][1], "back": reverse("portal:me_volunteer_offer")}
    return show(request, acting, "portal/me/volunteer_step.html", context, 422 if form.errors else 200)


def _initial(volunteer, part: str) -> dict:
    if part != "when":
        return {"wishes": volunteer.wishes, "skills": volunteer.skills}
    hours = (volunteer.weekly_minutes or 0) // 60
    times = [f"{day}{half}" for day, half in volunteer.times.values_list("weekday", "part")]
    return {"times": times, "hours": hours if hours in dict(HOURS) else 0}


def facts_of(values: dict) -> VolunteerFacts:
    """Of a form's answers; what was not asked stays as it is."""
    return VolunteerFacts(
        wishes=tuple(values["wishes"]) if "wishes" in values else None,
        skills=tuple(values["skills"]) if "skills" in values else None,
        times=read_times(values["times"]) if "times" in values else None,
        weekly_minutes=values["hours"] * 60 if "hours" in values else None,
        contact_name=values.get("contact_name", ""), contact_phone=values.get("contact_phone", ""),
    )  # fmt: skip
