"""看党员: the list, one member, and what a visit or a call brought."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponseRedirect
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from apps.branches import drafts
from apps.branches.access import Desk
from apps.branches.choices import PostKind
from apps.branches.desk import address, at_desk, show
from apps.branches.due import DueLine
from apps.branches.models import Post
from apps.common import audit
from apps.common.errors import BusinessError
from apps.common.form_keys import key_of, keyed_address, sending_address
from apps.ledgers.choices import EnteredVia, Method
from apps.ledgers.desk_forms import METHODS, VisitForm
from apps.ledgers.forms import initial_for
from apps.ledgers.looks import reach_to_show
from apps.ledgers.models import Contact, Duty, SafetyCheck
from apps.ledgers.queries.desk import FILTERS, member_or_404, member_page, member_rows, members_found
from apps.ledgers.queries.desk_due import lines_of
from apps.ledgers.queries.promises import promised_to
from apps.ledgers.rules.needs import measure_standing
from apps.ledgers.services.visits import record_visit as put_visit
from apps.people.choices import LifeStatus
from apps.people.models import Person
from apps.registry.models import Cadre

FORM = "visit"
KEYS_TOLD = 10
PER_PAGE = 30
LONGEST = 60


@require_safe
@at_desk
def members(request, desk):
    text = request.GET.get("q", "").strip()[:LONGEST]
    shown = request.GET.get("show", "")
    shown = shown if shown in dict(FILTERS) else ""
    people, understood = members_found(desk, text, shown)
    page = Paginator(people, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "rows": member_rows(desk, list(page)),
        "page": page,
        "q": text,
        "show": shown,
        "filters": [(key, label, f"?{urlencode({'show': key, 'q': text})}") for key, label in FILTERS],
        "query": urlencode({"q": text, "show": shown}),
        "understood": understood,
        "text": names_text(desk, list(page), shown) if page.paginator.num_pages == 1 else "",
        "total": f"共 {page.paginator.count} 人，按拼音排",
    }
    return show(request, desk, "desk/members/list.html", context)


def names_text(desk: Desk, people: list[Person], shown: str) -> str:
    """The list for the WeChat group: names only, and never of those in hospital, alone or away."""
    if shown in ("hospital", "alone", "away"):
        return ""
    names = [person.name for person in people]
    heading = desk.organisation.name + (f"（{dict(FILTERS)[shown]}）" if shown else "党员名单")
    return f"{heading}，{len(names)} 人：" + "、".join(names) if names else ""


@require_safe
@at_desk
def member(request, desk, person):
    """One member; the look at phone and address is logged with the page."""
    found = member_or_404(desk, person)
    audit.look("open", actor=request.user, people=[found.pk], fields=["desk"], target="ledgers:member", request=request)
    context = {
        "person": found,
        "member": member_page(desk, found),
        "reach": reach_to_show(request, [found.pk]).get(found.pk),
        "lines": [DueLine(due, *due.tag(desk.today)) for due in lines_of(desk, found)],
        "visit_url": address(desk, "ledgers:visit", found.public_id),
        "report_url": address(desk, "ledgers:report_about", found.public_id),
        "promises": promise_lines(found, desk.today),
        "is_living": found.life_status in (LifeStatus.LIVING, LifeStatus.LOST),
        "draft_url": drafts.address_of(desk, FORM, str(found.public_id)) if "recorded" in request.GET else "",
    }
    return show(request, desk, "desk/members/member.html", context)


def promise_lines(person: Person, on) -> list[dict]:
    """What the bureau promised him and has not done yet, for his secretary."""
    return [
        {"what": row.what, "who": row.provider or row.owner.display_name, "standing": measure_standing(row, on)}
        for row in promised_to(person.pk, on)
        if row.done_on is None
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk
def visit(request, desk, person):
    """Three fields and what he needs; says what the visit settled. What is typed keeps itself, here and on the server,
    under a key of its own: sent again after a lost connection it is one visit."""
    found = member_or_404(desk, person)
    subject = str(found.public_id)
    typed = drafts.kept(desk, FORM, subject) if request.method != "POST" else None
    if typed is not None and recorded(request, key_in(typed)):
        drafts.drop(desk, FORM, subject)
        typed = None
    if request.method != "POST":
        if (elsewhere := keyed_address(request, key_in(typed))) is not None:
            return elsewhere
        if recorded(request, key_of(request)):
            return told_before(request, desk, found)
    duty = asked_duty(request, found)
    known = initial_for(duty) if duty else {}
    initial = {"key": key_of(request), **visit_initial(request, desk, known), **(said_in(typed) if typed else {})}
    form = VisitForm(request.POST or None, today=desk.today, initial=initial)
    cadre = Cadre.objects.filter(pk=found.pk).exists()
    if request.method == "POST" and cadre and form.is_valid():
        try:
            sentences = record_visit(request, desk, found, form, known)
        except BusinessError as error:
            form.refuse(error)
        else:
            for tone, sentence in sentences:
                messages.add_message(request, tone, sentence)
            drafts.drop(desk, FORM, subject)
            return HttpResponseRedirect(f"{address(desk, 'ledgers:member', found.public_id)}?recorded=1")
    context = {
        "form": form,
        "person": found,
        "is_cadre": cadre,
        "reach": reach_to_show(request, [found.pk]).get(found.pk),
        "back": address(desk, "ledgers:member", found.public_id),
        "duty": duty,
        "typed": typed,
        "draft_url": drafts.address_of(desk, FORM, subject),
        "action": sending_address(request),
        "used": " ".join(map(str, keys_used(request, found))),
    }
    return show(request, desk, "desk/members/visit.html", context, status=422 if form.errors else 200)


def recorded(request, key: uuid.UUID | None) -> bool:
    """Whether this user's form of that key became a visit."""
    return key is not None and Contact.objects.filter(form_key=key, recorded_by=request.user).exists()


def keys_used(request, person: Person) -> list[uuid.UUID]:
    """Keys of this user's last forms about this person that became visits: a browser drops what it kept of them."""
    rows = Contact.objects.filter(participants__person=person, recorded_by=request.user).order_by("-pk")
    return list(rows.values_list("form_key", flat=True)[:KEYS_TOLD])


def told_before(request, desk: Desk, person: Person):
    messages.info(request, "这次走访已经记下了，没有重复。要再记一次，请再点“记走访”。")
    return HttpResponseRedirect(f"{address(desk, 'ledgers:member', person.public_id)}?recorded=1")


def said_in(typed: drafts.Kept) -> dict:
    """What was typed, for the form to begin with; its key is in the address already."""
    known = VisitForm.base_fields
    return {name: value for name, value in typed.fields if name in known and name != "key"}


def key_in(typed: drafts.Kept | None) -> uuid.UUID | None:
    """The key of the form that a draft belongs to."""
    try:
        return uuid.UUID(dict(typed.fields).get("key", "")) if typed else None
    except ValueError:
        return None


def visit_initial(request, desk: Desk, known: dict) -> dict:
    method = request.GET.get("method", "")
    if method not in METHODS:
        method = known.get("method", "") if known.get("method") in METHODS else Method.HOME
    return {"happened_on": desk.today, "method": method}


def asked_duty(request, person: Person) -> Duty | None:
    """The duty that the button belonged to; it decides the kind of the visit."""
    number = request.GET.get("duty", "")
    if not number.isdecimal() or len(number) > 18:
        return None
    return Duty.objects.filter(pk=int(number), cadre=person.pk).first()


def record_visit(request, desk: Desk, person: Person, form: VisitForm, known: dict) -> list[tuple[int, str]]:
    """Write it down; what to tell: (level, sentence)."""
    facts = form.facts(
        kind=known.get("kind", ""), campaign=known.get("campaign", ""), on_behalf_of=secretary_account(desk)
    )
    contact = put_visit(
        facts, persons=[person.pk], form_key=form.cleaned_data["key"], actor=request.user, on=desk.today,
        via=EnteredVia.BRANCH, needs=form.found_needs(),
    )  # fmt: skip
    kept = [duty.get_kind_display() for duty in contact.satisfied_duties.order_by("due_on", "pk")]
    done = f"这次办结了 {len(kept)} 件要办的事：{'、'.join(dict.fromkeys(kept))}。" if kept else ""
    needs = contact.needs_found.order_by("reply_by", "pk")
    found = [f"{need.reply_by.month}月{need.reply_by.day}日前答复" for need in needs if need.reply_by]
    asked = f"{len(found)} 件要办的事报给了老干部局，{'、'.join(dict.fromkeys(found))}。" if found else ""
    told = [(messages.SUCCESS, f"记下了。{done}{asked}")]
    if SafetyCheck.objects.open().filter(last_call=contact).exists():
        told.append((messages.WARNING, f"{person.name}同志今天几次没有接通。请马上去家里看看，或者请人去看看。"))
    return told


def secretary_account(desk: Desk):
    """For whom staff enter: the branch's secretary, where he has an account."""
    if not desk.by_staff:
        return None
    posts = Post.objects.current(desk.today).filter(organisation=desk.organisation, kind=PostKind.SECRETARY)
    post = posts.filter(user__isnull=False).select_related("user").first()
    return post.user if post else None
