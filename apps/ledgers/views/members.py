"""看党员: the list, one member, and what a visit or a call brought."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponseRedirect
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from apps.branches.access import Desk
from apps.branches.choices import PostKind
from apps.branches.desk import address, at_desk, show
from apps.branches.due import DueLine
from apps.branches.models import Post
from apps.common import audit
from apps.common.errors import BusinessError
from apps.ledgers.choices import EnteredVia, Method
from apps.ledgers.desk_forms import METHODS, VisitForm
from apps.ledgers.forms import initial_for
from apps.ledgers.looks import reach_to_show
from apps.ledgers.models import Duty, SafetyCheck
from apps.ledgers.queries.desk import FILTERS, member_or_404, member_page, member_rows, members_found
from apps.ledgers.queries.desk_due import lines_of
from apps.ledgers.services import record_contact
from apps.people.choices import LifeStatus
from apps.people.models import Person
from apps.registry.models import Cadre

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
        "text": names_text(desk, people, dict(FILTERS)[shown] if shown else "")
        if page.paginator.num_pages == 1
        else "",
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
        "is_living": found.life_status in (LifeStatus.LIVING, LifeStatus.LOST),
    }
    return show(request, desk, "desk/members/member.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk
def visit(request, desk, person):
    """Three fields; says what the visit settled."""
    found = member_or_404(desk, person)
    duty = asked_duty(request, found)
    known = initial_for(duty) if duty else {}
    form = VisitForm(request.POST or None, today=desk.today, initial=visit_initial(request, desk, known))
    cadre = Cadre.objects.filter(pk=found.pk).exists()
    if request.method == "POST" and cadre and form.is_valid():
        try:
            sentences = record_visit(request, desk, found, form, known)
        except BusinessError as error:
            form.refuse(error)
        else:
            for tone, sentence in sentences:
                messages.add_message(request, tone, sentence)
            return HttpResponseRedirect(address(desk, "ledgers:member", found.public_id))
    context = {
        "form": form,
        "person": found,
        "is_cadre": cadre,
        "reach": reach_to_show(request, [found.pk]).get(found.pk),
        "back": address(desk, "ledgers:member", found.public_id),
        "duty": duty,
    }
    return show(request, desk, "desk/members/visit.html", context, status=422 if form.errors else 200)


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
    contact = record_contact(
        facts, persons=[person.pk], form_key=form.cleaned_data["key"], actor=request.user, on=desk.today,
        via=EnteredVia.BRANCH,
    )  # fmt: skip
    kept = [duty.get_kind_display() for duty in contact.satisfied_duties.order_by("due_on", "pk")]
    done = f"这次办结了 {len(kept)} 件要办的事：{'、'.join(dict.fromkeys(kept))}。" if kept else ""
    told = [(messages.SUCCESS, f"记下了。{done}")]
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
