"""`/volunteers/`: what one can do as a volunteer, one shift, and the door to taking part. Nothing personal."""

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.common.display import COOKIE, Display
from apps.common.navigation import resolve
from apps.people.acting import actings_of
from apps.people.choices import ProxyScope
from apps.volunteers.queries import front
from apps.volunteers.queries.front import Card, Wish
from apps.volunteers.rules.times import WEEKDAYS

PER_PAGE, PER_ELDER_PAGE = 12, 6
LONGEST = 40
HALVES = {"am": "上午", "pm": "下午", "eve": "晚上"}


def per_page(request) -> int:
    return PER_ELDER_PAGE if Display.from_cookie(request.COOKIES.get(COOKIE, "")).elder else PER_PAGE


def said_text(request) -> str:
    return request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST]


@login_not_required
@require_safe
def shifts(request):
    """Large cards, by kind of service, near him, when he is free."""
    now = timezone.now()
    services, places = front.services(now), front.districts(now)
    wish = wish_of(request, services, {place.pk for place in places})
    page = Paginator(front.found(wish, now), per_page(request)).get_page(request.GET.get("page"))
    chosen = asked(wish)
    context = {
        "page": page, "cards": [Card(row, now) for row in page.object_list], "wish": wish,
        "query": urlencode(chosen), "total": f"共 {page.paginator.count} 次", "is_filtered": bool(chosen),
        "groups": groups_of(wish, services, places), "is_near": bool(wish.near),
        "without_text": [pair for pair in chosen.items() if pair[0] != "q"],
    }  # fmt: skip
    return render(request, "volunteers/shifts.html", context)


def wish_of(request, services, districts) -> Wish:
    """From the address; what is no choice counts for nothing."""
    said = request.GET
    weekday = said.get("day", "")
    return Wish(
        service=said.get("what", "") if said.get("what", "") in services else "",
        district=said.get("near", "") if said.get("near", "") in districts else "",
        weekday=int(weekday) if weekday in {str(day) for day in range(1, 8)} else 0,
        half=said.get("half", "") if said.get("half", "") in HALVES else "",
        text=said_text(request), near=front.own_districts(request.user),
    )  # fmt: skip


def asked(wish: Wish) -> dict[str, str]:
    """The wish as parameters of an address."""
    values = {
        "q": wish.text, "what": wish.service, "near": wish.district, "day": str(wish.weekday or ""), "half": wish.half,
    }  # fmt: skip
    return {name: value for name, value in values.items() if value}


def groups_of(wish: Wish, services, places) -> list[dict]:
    """The three questions, each with its answers as links, and the one given."""
    said, base = asked(wish), reverse("volunteers:shifts")
    days = [(str(number), f"周{name}") for number, name in enumerate(WEEKDAYS, 1)]
    return [
        group_of(base, "我想做什么", "heart", said, [("what", list(services.items()))]),
        group_of(base, "离我近", "home", said, [("near", [(place.pk, place.name) for place in places])]),
        group_of(base, "我什么时候有空", "clock", said, [("day", days), ("half", list(HALVES.items()))]),
    ]


def group_of(base: str, title: str, icon: str, said: dict[str, str], rows: list[tuple[str, list]]) -> dict:
    """One question: `rows` are (parameter, choices of code and words); choices lead to `base` with all else kept."""
    given = [dict(choices)[said[name]] for name, choices in rows if said.get(name) in dict(choices)]
    keys = [name for name, _ in rows]
    return {
        "title": title, "icon": icon, "given": "、".join(given),
        "clear": address(base, {name: value for name, value in said.items() if name not in keys}),
        "choices": [
            {"label": label, "url": address(base, {**said, name: code}), "is_on": said.get(name) == code}
            for name, choices in rows
            for code, label in choices
        ],
    }  # fmt: skip


def address(base: str, values: dict[str, str]) -> str:
    kept = urlencode({name: value for name, value in values.items() if value})
    return f"{base}?{kept}" if kept else base


def card_or_404(key) -> Card:
    card = front.shift_of(key, timezone.now())
    if card is None:
        raise Http404
    return card


@login_not_required
@require_safe
def shift(request, key):
    card = card_or_404(key)
    return render(request, "volunteers/shift.html", {"card": card, "others": front.others_of(card)})


@login_not_required
@require_safe
def join(request, key):
    """To the questions for who is signed in and may take part; others read their ways: by phone code, by telephone, on
    paper."""
    card = card_or_404(key)
    questions = reverse("portal:me_volunteer_join", args=[card.shift.public_id])
    return _entered(request, questions, "volunteers/join.html", {"card": card})


@login_not_required
@require_safe
def ask(request):
    """请志愿者帮忙: on to the questions, or the ways to ask without them."""
    return _entered(request, reverse("portal:me_help_new"), "volunteers/ask.html", {})


@login_not_required
@require_safe
def become(request):
    questions = reverse("portal:me_volunteer_become", args=["what"])
    return _entered(request, questions, "volunteers/become.html", {}, himself=True)


def _entered(request, questions: str, template: str, context: dict, *, himself: bool = False):
    """On to the questions below `/me/` for who may answer them (`himself`: for nobody but himself); for the others the
    page of ways, with the sign-in that comes back there."""
    people = actings_of(request.user, timezone.localdate()) if request.user.is_authenticated else []
    if any(acting.may(ProxyScope.ENROL) and not (himself and acting.is_proxy) for acting in people):
        return redirect(questions)
    door = resolve("account_phone") or reverse("account_login")
    more = {"door": f"{door}?{urlencode({'next': questions})}", "is_stranger": request.user.is_authenticated}
    return render(request, template, {**context, **more})
