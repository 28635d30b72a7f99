"""Enrolment at `/me/`, one question a screen, five at most (rule book 9.43).

Nothing is kept on the way: what was answered stands in the address of the next screen, so that going back, coming back
after a lost connection or sending twice asks for the same; papers are signed at their own screen and stay signed. The
key of the form goes along and makes one sign-up, however often it is sent.
"""

import datetime as dt
import functools
import uuid
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from apps.common.errors import BusinessError
from apps.common.form_keys import KEY, key_of
from apps.common.phone import masked_phone
from apps.people.acting import Acting
from apps.people.choices import ProxyScope
from apps.people.models import Person, Phone
from apps.signups.choices import Mode, RoundState, SignUpSource
from apps.signups.kinds import kind_of
from apps.signups.models import Offering
from apps.signups.services import seats, tickets
from apps.university.models import ClassGroup
from apps.university.queries import catalogue, own
from apps.university.queries.catalogue import Card
from apps.university.queries.classes import offering_of
from apps.university.queries.students import papers_refusal
from apps.university.rules.openings import OPEN, Phase, how_given

from . import join_papers
from .join_forms import ChoicesForm, PapersForm
from .standing import STEPS, actings, choose, chosen, show

WHO, CHOICES, PAPERS, PHONE, REVIEW = "who", "choices", "papers", "phone", "review"
CHOICE, WITH, SIGNED = "c", "with", "signed"
LOOKED_AT = 6  # similar classes of which it is asked whether he may have them
PAGES = {
    WHO: "portal/me/join_who.html", CHOICES: "portal/me/join_choices.html", PAPERS: "portal/me/join_papers.html",
    PHONE: "portal/me/join_phone.html", REVIEW: "portal/me/join_review.html",
}  # fmt: skip
REFUSED, NOBODY = "portal/me/join_refused.html", "portal/me/join_nobody.html"


def door(view):
    """Whom the account may enrol: nobody reads how it is done without; more than one is asked for whom."""

    @functools.wraps(view)
    def wrapped(request, key, step=""):
        people = [acting for acting in actings(request) if acting.may(ProxyScope.ENROL)]
        if not people:
            return _nobody(request, key)
        acting = people[0] if len(people) == 1 else next((one for one in people if one == chosen(request)), None)
        return view(request, people, acting, key, step)

    return never_cache(STEPS(wrapped))


def _nobody(request, key):
    """Signed in, but for nobody: staff, secretaries."""
    card = catalogue.card_of(key, timezone.now())
    if card is None:
        raise Http404
    return render(request, NOBODY, {"card": card}, status=404)


@dataclass
class Join:
    """One person's way to one class: what the address says, and which screens it takes."""

    request: object
    acting: Acting
    card: Card
    now: dt.datetime
    several: bool

    @property
    def group(self) -> ClassGroup:
        return self.card.group

    @property
    def person(self) -> Person:
        return self.acting.person

    @property
    def on(self) -> dt.date:
        return timezone.localdate(self.now)

    @property
    def is_draw(self) -> bool:
        return self.card.phase == Phase.LOTTERY

    @cached_property
    def papers(self) -> join_papers.Papers:
        return join_papers.needed(self.acting, self.group, self.on)

    @cached_property
    def chosen(self) -> list[str]:
        """Public ids of the classes wished for, in order; the one he came from first."""
        said = [text for text in self.request.GET.getlist(CHOICE) if catalogue_key(text)]
        return said or [str(self.group.public_id)]

    @cached_property
    def partner(self) -> Person | None:
        wanted = self.request.GET.get(WITH, "")
        return next((one for one in self.partners if str(one.public_id) == wanted), None)

    @cached_property
    def partners(self) -> list[Person]:
        """With whom he may stand on one ticket: those of his home, for himself; for a proxy, whom he acts for too."""
        if self.acting.is_proxy:
            people = [one.person for one in actings(self.request) if one.may(ProxyScope.ENROL)]
            return [one for one in people if one.pk != self.person.pk and _one_home(one, self.person)]
        if self.person.household_id is None:
            return []
        home = Person.objects.living().filter(household=self.person.household_id).exclude(pk=self.person.pk)
        return list(home.order_by("pk"))

    @property
    def steps(self) -> list[str]:
        found = [WHO] if self.several else []
        found += [CHOICES] if self.is_draw else []
        found += [PAPERS] if self.papers.asked or SIGNED in self.request.GET else []
        return [*found, PHONE, REVIEW]

    def url(self, step: str, **over) -> str:
        """A screen with all that was said so far."""
        asked = self.request.GET
        said = {name: asked.getlist(name) for name in (KEY, CHOICE, WITH, SIGNED) if name in asked} | over
        said = {name: value for name, value in said.items() if value}
        query = f"?{urlencode(said, doseq=True)}" if said else ""
        return f"{reverse('portal:me_join_step', args=[self.group.public_id, step])}{query}"

    def after(self, step: str, **over) -> str:
        steps = self.steps
        place = steps.index(step) + 1 if step in steps else 0
        return self.url(steps[place], **over)

    def frame(self, step: str) -> dict:
        """What each screen shows around its question."""
        steps = self.steps
        place = steps.index(step)
        back = self.url(steps[place - 1]) if place else reverse("university:class", args=[self.group.public_id])
        return {
            "card": self.card, "number": place + 1, "total": len(steps), "back": back, "step": step,
            "is_draw": self.is_draw,
        }  # fmt: skip

    def page(self, step: str, context: dict, status: int = 200):
        return show(self.request, self.acting, PAGES[step], {**self.frame(step), **context}, status)

    @cached_property
    def refusal(self) -> str:
        """Why he may not have a place here; empty when he may."""
        if self.card.phase not in OPEN:
            return f"{self.card.standing}。"
        key = self.person.pk
        found = kind_of(self.group.offering).refusals(self.group.offering, [key], self.on).get(key, "")
        for_papers = papers_refusal(self.group, [key], self.on).get(key, "") if found and self.papers.settles else ""
        return "" if found == for_papers else found  # he signs them at their own screen


def catalogue_key(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _one_home(one: Person, other: Person) -> bool:
    return one.household_id is not None and one.household_id == other.household_id


@door
def begin(request, people, acting, key, step):
    """The first screen, with a new key."""
    first = WHO if len(people) > 1 else "next"
    fresh = urlencode({KEY: str(uuid.uuid4())})
    return redirect(f"{reverse('portal:me_join_step', args=[key, first])}?{fresh}")


@door
def step(request, people, acting, key, step):
    """One screen. All that speaks against it is said before anything is asked. See rule book 9.43."""
    if key_of(request) is None:
        return redirect("portal:me_join", key)
    if step == REVIEW and request.method == "POST" and acting is not None:
        return _confirm(request, acting, key)
    card = catalogue.card_of(key, timezone.now())
    if card is None:
        raise Http404
    if acting is None or step == WHO:
        return _who(request, people, acting, card)
    join = Join(request, acting, card, card.now, len(people) > 1)
    return _standing(join) or _refused(join) or _ask(join, step)


def _who(request, people, acting, card: Card):
    picked = next((one for one in people if one.key == request.POST.get("person", "")), None)
    if picked is not None:
        choose(request, picked)
        return redirect(Join(request, picked, card, card.now, True).url("next"))
    missed = request.method == "POST"
    context = {"card": card, "people": people, "acting": acting, "missed": missed}
    return render(request, PAGES[WHO], context, status=422 if missed else 200)


def _standing(join: Join):
    """Who is in already, or has a ticket of this draw, goes to its page."""
    row = own.standing_one(join.person, join.group)
    if row is not None and row.ticket_id is None:
        messages.info(join.request, "这个班已经报过了，不用再报。")
        return redirect("portal:me_sign_up", row.public_id)
    if join.is_draw:
        ticket = row.ticket if row else own.ticket_of(join.person, join.group.offering.round)
        if ticket is not None:
            messages.info(join.request, "这一批抽签已经填过一张表，要改志愿、加班，在这里改。")
            return redirect("portal:me_ticket", ticket.public_id)
    return None


def _refused(join: Join, sentence: str = ""):
    sentence = sentence or join.refusal
    if not sentence:
        return None
    others = [one for one in catalogue.similar(join.group, join.now, most=LOOKED_AT) if one.phase in OPEN]
    fitting = [
        one for one in others if not kind_of(one.group.offering).refusals(one.group.offering, [join.person.pk], join.on)
    ]
    context = {"card": join.card, "sentence": sentence, "others": fitting[:2]}
    return show(join.request, join.acting, REFUSED, context, 200)


def _ask(join: Join, step: str):
    if step == "next":  # the first question after for whom
        return redirect(join.url(join.steps[1] if join.several else join.steps[0]))
    if step not in join.steps:
        if step in (CHOICES, PAPERS):
            return redirect(join.url(PHONE))
        raise Http404
    return {CHOICES: _choices, PAPERS: _papers, PHONE: _phone, REVIEW: _review}[step](join)


def _choices(join: Join):
    """志愿 in order, and whether both of a couple go on one ticket."""
    offered = choices_of(join.group, join.acting, join.on)
    initial = {f"choice_{place}": value for place, value in enumerate(join.chosen, 1)}
    if join.partner:
        initial["partner"] = str(join.partner.public_id)
    data = join.request.POST if join.request.method == "POST" else None
    form = ChoicesForm(
        data, initial=initial, classes=offered, most=join.group.offering.round.most_choices, partners=join.partners
    )
    if data is not None and form.is_valid():
        partner = form.cleaned_data.get("partner", "")
        return redirect(join.after(CHOICES, **{CHOICE: form.chosen(), WITH: [partner] if partner else []}))
    context = {"form": form, "how": how_given(join.card.opening, join.now)}
    return join.page(CHOICES, context, 422 if form.errors else 200)


def choices_of(group: ClassGroup, acting: Acting, on: dt.date) -> list[tuple[str, str]]:
    """(public id, words) of the classes of one draw, the one he came from first."""
    rows = catalogue.shown(on).filter(offering__round=group.offering.round_id)
    rows = catalogue.with_facts(rows).order_by("course__name", "code", "pk")
    cards = [Card(one, None, None) for one in rows]
    return [
        (str(card.group.public_id), f"{card.group}　{card.week}　{card.place}")
        for card in sorted(cards, key=lambda card: card.group.pk != group.pk)
    ]


def _papers(join: Join):
    """健康和安全: said for himself, or by his family, who sign as who they are."""
    if not join.papers.asked:  # back from the next screen: it is signed
        return redirect(join.url(PHONE))
    data = join.request.POST if join.request.method == "POST" else None
    form = PapersForm(data, papers=join.papers, acting=join.acting)
    if data is not None and form.is_valid():
        if form.has_doubts:
            return _refused(join, "身体有顾虑的，先和学校说一说再报，工作人员帮您挑合适的班。")
        try:
            join_papers.sign(
                join.acting, join.group, join.papers, actor=join.request.user, on=join.on, key=key_of(join.request)
            )
        except BusinessError as refusal:
            form.refuse(refusal)
        else:
            return redirect(join.url(PHONE, **{SIGNED: ["1"]}))
    return join.page(PAPERS, {"form": form, "papers": join.papers}, 422 if form.errors else 200)


def _phone(join: Join):
    """怎么联系您: what is on record, so that the school can ring."""
    phones = list(Phone.objects.filter(person=join.person))
    shown = [] if join.acting.is_proxy else [masked_phone(phone.number) for phone in phones]
    proxy = masked_phone(join.acting.grant.relative.phone or "") if join.acting.grant else ""
    context = {
        "phones": shown, "has_phones": bool(phones), "own_phone": proxy,
        "next": join.after(PHONE), "change": reverse("portal:me_change_phone"),
    }  # fmt: skip
    return join.page(PHONE, context)


def _review(join: Join, refusal: str = ""):
    """请核对: all that was answered, each with a way to change it."""
    titles = dict(choices_of(join.group, join.acting, join.on)) if join.is_draw else {}
    context = {
        "choices": [titles[one] for one in join.chosen if one in titles], "partner": join.partner, "refusal": refusal,
        "papers": join.papers, "change_choices": join.url(CHOICES), "key": key_of(join.request),
        "may_wait": join.card.phase == Phase.FULL,
    }  # fmt: skip
    return join.page(REVIEW, context, 422 if refusal else 200)


# The last press: few statements, one call -------------------------------------------------------------------------


def _confirm(request, acting: Acting, key):
    """One sign-up or one ticket, however often it is sent; then its page."""
    now = timezone.now()
    offering = offering_of(key)
    if offering is None:
        raise Http404
    try:
        if _is_drawn(offering):
            group = ClassGroup.objects.current().select_related("offering__round").get(public_id=key)
            return redirect("portal:me_ticket", _apply(request, acting, group, now).public_id)
        row = seats.sign_up(
            offering, acting.person, source=source_of(acting), actor=request.user, now=now,
            form_key=key_of(request), grant=acting.grant,
        )  # fmt: skip
    except BusinessError as refusal:
        return _not_taken(request, acting, key, refusal.sentence)
    return redirect("portal:me_sign_up", row.public_id)


def _is_drawn(offering: Offering) -> bool:
    return offering.mode == Mode.LOTTERY and offering.round.state != RoundState.PUBLISHED


def source_of(acting: Acting) -> str:
    return SignUpSource.PROXY if acting.is_proxy else SignUpSource.WEB


def _apply(request, acting: Acting, group: ClassGroup, now: dt.datetime):
    join = Join(request, acting, Card(group, None, now), now, False)
    by_key = {
        str(one.public_id): one.offering
        for one in ClassGroup.objects.current()
        .filter(public_id__in=join.chosen, offering__round=group.offering.round_id)
        .select_related("offering")
    }
    wanted = list(dict.fromkeys(by_key[one] for one in join.chosen if one in by_key))
    persons = [acting.person, *([join.partner] if join.partner else [])]
    return tickets.apply(
        group.offering.round, persons, wanted, wants=1, source=source_of(acting), actor=request.user, now=now,
        form_key=key_of(request), grant=acting.grant,
    )  # fmt: skip


def _not_taken(request, acting: Acting, key, sentence: str):
    """A refusal at the last moment: calm where he is in already, else why, and what else fits."""
    card = catalogue.card_of(key, timezone.now())
    join = Join(request, acting, card, card.now, False)
    return _standing(join) or _refused(join, sentence)
