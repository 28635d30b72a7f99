"""A team leader's shifts, on his phone: what comes, who comes, signing people in and out, closing a shift."""

import datetime as dt
import uuid

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from apps.common import audit
from apps.common.errors import BusinessError
from apps.signups.choices import OfferingState
from apps.volunteers.choices.shifts import ProjectState, SignWay, TurnState
from apps.volunteers.forms.closing_grid import CloseGrid, signed_words
from apps.volunteers.forms.shifts import ReasonForm, WhoForm
from apps.volunteers.forms.team_shifts import NextShiftForm
from apps.volunteers.models import Project, Shift, Team, TeamMember, Volunteer
from apps.volunteers.qr import qr_image
from apps.volunteers.queries import shift_lists as lists
from apps.volunteers.queries.members import named
from apps.volunteers.queries.sign_codes import TEAM_FEED, code_of, feed_key
from apps.volunteers.queries.turns import find_turn, turns_of
from apps.volunteers.rules.times import day_words, span_words
from apps.volunteers.services import shifts as acts
from apps.volunteers.services import turns as signing

from .leading import leader_page

SHOWN = 40
WEEK = dt.timedelta(days=7)
NOBODY = "队里没有“{}”。请核对姓名，或者请工作人员先登记为队员。"


def shift_or_404(team: Team, key: uuid.UUID) -> Shift:
    rows = Shift.objects.of_teams([team.pk]).current().select_related(
        "team__unit", "project", "request", "offering__places", "leader__person"
    )  # fmt: skip
    found = rows.filter(public_id=key).first()
    if found is None:
        raise Http404
    return found


def address(team: Team, shift: Shift | None = None, act: str = "") -> str:
    name = f"volunteers:team_shift{f'_{act}' if act else ''}" if shift else "volunteers:team_shifts"
    return reverse(name, args=[team.public_id, *([shift.public_id] if shift else [])])


def line_of(team: Team, shift: Shift, today: dt.date) -> dict:
    words, tone = lists.state_words(shift, today)
    places = shift.offering.places
    return {
        "what": shift.project or shift.offering.title, "day": "今天" if shift.on == today else day_words(shift.on),
        "time": span_words(shift.starts, shift.ends), "place": shift.place, "words": words, "tone": tone,
        "taken": places.taken, "capacity": places.capacity, "url": address(team, shift), "today": shift.on == today,
        "close_url": address(team, shift, "close"),
    }  # fmt: skip


@leader_page
def team_shifts(request, team: Team):
    """What has to be closed, what comes, and the next of each project."""
    today = timezone.localdate()
    rows = Shift.objects.of_teams([team.pk])
    projects = Project.objects.current().filter(team=team, state=ProjectState.OPEN).order_by("name")
    feed = reverse("volunteers:team_feed", args=[feed_key(TEAM_FEED, team.public_id)])
    context = {
        "team": team, "projects": list(projects[:SHOWN]),
        "to_close": [line_of(team, row, today) for row in lists.to_close(rows, today)[:SHOWN]],
        "coming": [line_of(team, row, today) for row in lists.coming(rows, today)[:SHOWN]],
        "feed": request.build_absolute_uri(feed),
    }  # fmt: skip
    return render(request, "volunteers/team_shifts.html", context)


@leader_page
def team_shift_new(request, team: Team, project):
    """One more of its kind: filled from the last, a week later."""
    row = Project.objects.current().filter(team=team, public_id=project, state=ProjectState.OPEN).first()
    if row is None:
        raise Http404
    form = NextShiftForm(request.POST if request.method == "POST" else None, initial=_next_of(row))
    if request.method == "POST" and form.is_valid():
        facts = acts.ShiftFacts(team=team, project=row, **form.cleaned_data)
        try:
            made = acts.create_shift(facts, actor=request.user, now=timezone.now())
        except BusinessError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "排好了，志愿者可以报名了。")
            return HttpResponseRedirect(address(team, made))
    context = {"team": team, "form": form, "title": f"排一班：{row}", "button": "排好", "back": address(team)}
    return render(request, "volunteers/team_act.html", context, status=422 if form.errors else 200)


def _next_of(project: Project) -> dict:
    last = lists.last_of(project.shifts.all())
    today = timezone.localdate()
    if last is None:
        return {"on": today + WEEK, "place": project.place}
    on = last.on + WEEK
    while on < today:
        on += WEEK
    return {
        "on": on, "starts": last.starts, "ends": last.ends, "place": last.place,
        "capacity": last.offering.places.capacity,
    }  # fmt: skip


@leader_page
def team_shift(request, team: Team, shift):
    """Who comes, with a large button each; the code to scan; somebody who stands there and is not on the list."""
    row, today = shift_or_404(team, shift), timezone.localdate()
    form = WhoForm(request.POST if request.method == "POST" else None)
    sentence = ""
    if request.method == "POST":
        try:
            messages.success(request, _pressed(request, team, row, form))
            return HttpResponseRedirect(request.path)
        except BusinessError as refusal:
            sentence = refusal.sentence
    turns = list(turns_of(row))
    if turns:
        people = [turn.volunteer_id for turn in turns]
        audit.look("open", actor=request.user, people=people, target=f"volunteers.shift:{row.pk}", request=request)
    live = row.offering.state == OfferingState.OPEN
    is_today = live and row.on == today
    code = request.build_absolute_uri(reverse("volunteers:sign_shift", args=[code_of(row)])) if is_today else ""
    context = {
        "team": team, "shift": row, "line": line_of(team, row, today), "sentence": sentence, "is_today": is_today,
        "live": live, "over": live and timezone.now() >= acts.begins_at(row.on, row.starts), "form": WhoForm(),
        "turns": [(turn, signed_words(turn)) for turn in turns], "code": qr_image(code) if code else "",
        "waiting": lists.waiting_counts([row]).get(row.offering_id, 0), "back": address(team),
        "close_url": address(team, row, "close"), "cancel_url": address(team, row, "cancel"),
    }  # fmt: skip
    return render(request, "volunteers/team_shift.html", context, status=422 if sentence else 200)


def _pressed(request, team: Team, row: Shift, form: WhoForm) -> str:
    """One button of the page; the sentence that says what was done."""
    now, act = timezone.now(), request.POST.get("act", "")
    if act == "add":
        if not form.is_valid():
            raise BusinessError("请填姓名。", code="name")
        return _added(team, row, form, request, now)
    if act == "scan":
        turn = find_turn(row, request.POST.get("who", ""))
        if turn is None:
            raise BusinessError("名单上没有这一位。请核对，或者用下面的“加一位”。", code="nobody")
        act = "out" if turn.state == TurnState.CAME else "in"
    else:
        turn = turns_of(row).filter(public_id=_uuid(request.POST.get("turn", ""))).first()
    if turn is None:
        raise BusinessError("名单刚变了，请再点一次。", code="stale")
    name = turn.volunteer.person.name
    if act == "in":
        signing.sign_in(turn, now, SignWay.LEADER, request.user)
        return f"{name}签到了。"
    if act == "out":
        signing.sign_out(turn, now, SignWay.LEADER, request.user)
        return f"{name}签退了。"
    if act == "undo":
        signing.mark(turn, TurnState.EXPECTED, actor=request.user)
        return f"{name}的签到取消了。"
    raise BusinessError("没有看懂点的是哪个按钮，请再点一次。", code="act")


def _added(team: Team, row: Shift, form: WhoForm, request, now) -> str:
    members = TeamMember.objects.on(row.on).filter(team=team).values("volunteer")
    among = Volunteer.objects.filter(pk__in=members).select_related("person")
    volunteer = named(form.cleaned_data["who"], list(among), nobody=NOBODY)
    turn = signing.bring(row, volunteer, actor=request.user, now=now, form_key=form.cleaned_data["form_key"])
    signing.sign_in(turn, now, SignWay.LEADER, request.user)
    return f"{volunteer.person.name}加上了，也签到了。"


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


@leader_page
def team_shift_close(request, team: Team, shift):
    """Who came and how long: one block each, saved whole."""
    row = shift_or_404(team, shift)
    if row.offering.state != OfferingState.OPEN:
        return HttpResponseRedirect(address(team, row))
    grid = CloseGrid(row, request.POST if request.method == "POST" else None)
    if request.method == "POST" and grid.is_valid():
        try:
            closed = grid.close(actor=request.user, now=timezone.now())
        except BusinessError as refusal:
            grid.refuse(refusal)
        else:
            messages.success(request, grid.done_words(closed))
            return HttpResponseRedirect(address(team))
    context = {"team": team, "grid": grid, "line": line_of(team, row, timezone.localdate()), "back": address(team, row)}
    return render(request, "volunteers/team_close.html", context, status=422 if grid.has_errors else 200)


@leader_page
def team_shift_cancel(request, team: Team, shift):
    row = shift_or_404(team, shift)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            told = acts.cancel_shift(row, actor=request.user, now=timezone.now(), reason=form.cleaned_data["reason"])
        except BusinessError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"已经取消，会通知报了名的 {told} 位。")
            return HttpResponseRedirect(address(team))
    context = {
        "team": team, "form": form, "title": f"取消这一班：{row.project or row.offering.title}", "button": "取消这一班",
        "back": address(team, row), "lead": "取消以后不能恢复，报了名的人都会收到通知。",
    }  # fmt: skip
    return render(request, "volunteers/team_act.html", context, status=422 if form.errors else 200)
