"""`/courses/`: classes to look for, one class, its form on paper, and the door to enrolment. Nothing personal."""

import uuid
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.common import attachments
from apps.common.code_lists import names_of
from apps.common.display import COOKIE, Display
from apps.common.navigation import resolve
from apps.common.printing import PrintFrame
from apps.university.models import ClassGroup
from apps.university.queries import catalogue
from apps.university.queries.catalogue import AFTERNOON, MORNING, Card, Wish
from apps.university.rules.letters import SAFETY_LETTER
from apps.university.rules.openings import Phase, how_given
from apps.university.rules.when import WEEKDAYS

PER_PAGE, PER_ELDER_PAGE = 12, 6
LONGEST = 40
INTERESTS = "course_interest"
HALVES = {MORNING: "上午", AFTERNOON: "下午和晚上"}
POSTER_KINDS = ("image/jpeg", "image/png")
PUBLIC_FOR = {"Cache-Control": "public, max-age=3600"}
LINES = 3  # preferences on the blank form


@login_not_required
@require_safe
def courses(request):
    """Large cards, by what he likes, near him, when he is free."""
    now = timezone.now()
    interests, places = names_of(INTERESTS), catalogue.districts(now)
    wish = wish_of(request, interests, {place.pk for place in places})
    most = PER_ELDER_PAGE if Display.from_cookie(request.COOKIES.get(COOKIE, "")).elder else PER_PAGE
    page = Paginator(catalogue.with_facts(catalogue.found(wish, now)), most).get_page(request.GET.get("page"))
    chosen = asked(wish)
    context = {
        "page": page, "cards": catalogue.cards_of(page.object_list, now), "wish": wish,
        "query": urlencode(chosen), "total": f"共 {page.paginator.count} 个班",
        "groups": groups_of(wish, interests, places), "is_filtered": bool(chosen),
        "without_text": [pair for pair in chosen.items() if pair[0] != "q"], "is_near": bool(wish.near),
        "everything": address({**chosen, "all": "1"}), "current": address({**chosen, "all": ""}),
    }  # fmt: skip
    return render(request, "university/courses.html", context)


def wish_of(request, interests, districts) -> Wish:
    """From the address; what is no choice counts for nothing."""
    said = request.GET
    weekday = said.get("day", "")
    return Wish(
        interest=said.get("like", "") if said.get("like", "") in interests else "",
        district=said.get("near", "") if said.get("near", "") in districts else "",
        campus=_uuid_text(said.get("campus", "")),
        weekday=int(weekday) if weekday in {str(day) for day in range(1, 8)} else 0,
        half=said.get("half", "") if said.get("half", "") in HALVES else "",
        text=said.get("q", "").replace("\x00", "").strip()[:LONGEST],
        everything=said.get("all", "") == "1",
        near=catalogue.own_districts(request.user),
    )


def _uuid_text(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return ""


def asked(wish: Wish) -> dict[str, str]:
    """The wish as parameters of an address."""
    values = {
        "q": wish.text, "like": wish.interest, "near": wish.district, "campus": wish.campus,
        "day": str(wish.weekday or ""), "half": wish.half, "all": "1" if wish.everything else "",
    }  # fmt: skip
    return {name: value for name, value in values.items() if value}


def address(values: dict[str, str]) -> str:
    return f"{reverse('university:courses')}?{urlencode({name: value for name, value in values.items() if value})}"


def groups_of(wish: Wish, interests, places) -> list[dict]:
    """The three questions, each with its answers as links, and the one given."""
    said = asked(wish)
    days = [(str(number), f"周{name}") for number, name in enumerate(WEEKDAYS, 1)]
    return [
        _group("我喜欢什么", "heart", said, "like", list(interests.items())),
        _group("离我近", "home", said, "near", [(place.pk, place.name) for place in places]),
        _group("我什么时候有空", "clock", said, "day", days, also=("half", list(HALVES.items()))),
    ]


def _group(title: str, icon: str, said: dict, name: str, choices: list, also: tuple[str, list] | None = None) -> dict:
    rows = [(name, choices), *([also] if also else [])]
    given = [dict(options)[said[key]] for key, options in rows if said.get(key) in dict(options)]
    return {
        "title": title, "icon": icon, "given": "、".join(given),
        "clear": address({key: value for key, value in said.items() if key not in [key for key, _ in rows]}),
        "choices": [
            {"label": label, "url": address({**said, key: code}), "is_on": said.get(key) == code}
            for key, options in rows
            for code, label in options
        ],
    }  # fmt: skip


def card_or_404(key) -> Card:
    card = catalogue.card_of(key, timezone.now())
    if card is None:
        raise Http404
    return card


@login_not_required
@require_safe
def class_page(request, key):
    card = card_or_404(key)
    context = {
        "card": card, "how": how_given(card.opening, card.now), "is_open": card.is_open,
        "others": [] if card.phase in (Phase.FREE, Phase.LOTTERY) else others_of(card),
    }  # fmt: skip
    return render(request, "university/class.html", context)


def others_of(card: Card) -> list[Card]:
    found = catalogue.similar(card.group, card.now)
    return [one for one in found if one.phase in (Phase.FREE, Phase.LOTTERY)]


@login_not_required
@require_safe
def poster(request, key):
    group = ClassGroup.objects.current().filter(public_id=key).select_related("course__poster").first()
    kept = group.course.poster if group else None
    if kept is None or kept.purged_at or kept.content_type not in POSTER_KINDS:
        raise Http404
    return HttpResponse(attachments.read(kept), content_type=kept.content_type, headers=PUBLIC_FOR)


@login_not_required
@require_safe
def join(request, key):
    """To the questions for who is signed in; a visitor reads his ways: by phone code, by telephone, on paper."""
    card = card_or_404(key)
    questions = resolve_join(card)
    if request.user.is_authenticated and questions:
        return redirect(questions)
    door = resolve("account_phone") or reverse("account_login")
    context = {"card": card, "door": f"{door}?{urlencode({'next': questions})}" if questions else ""}
    return render(request, "university/join.html", context)


def resolve_join(card: Card) -> str:
    """The first question of enrolment, which the floor above asks."""
    return reverse("portal:me_join", args=[card.group.public_id])


@login_not_required
@require_safe
def class_form(request, key):
    """The paper twin of the questions, with this class filled in."""
    card = card_or_404(key)
    return render(request, "university/paper_form.html", paper_of(card, str(card.group.school)))


@login_not_required
@require_safe
def blank_form(request):
    return render(request, "university/paper_form.html", paper_of(None, "老年大学"))


def paper_of(card: Card | None, school: str) -> dict:
    back = reverse("university:class", args=[card.group.public_id]) if card else reverse("university:courses")
    frame = PrintFrame(
        title="老年大学报名表", printed_by="网上下载", printed_at=timezone.now(), scope=school, back_url=back
    )  # fmt: skip
    return {"frame": frame, "card": card, "lines": range(2, LINES + 1), "letter": SAFETY_LETTER}
