"""The branch's own page at the desk: facts, committee, rosters, who keeps in touch with whom."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods, require_safe

from apps.branches.access import Desk
from apps.branches.desk import at_desk, show
from apps.branches.forms.organisations import ContactsForm
from apps.branches.models import MemberContact, Organisation, OrganisationHonour, Post
from apps.branches.queries import members_of, open_posts, standings, whole_counts
from apps.branches.resources.rosters import ORDERS, Reader, committee_roster, member_roster, roster_file
from apps.branches.services.looking_after import arrange
from apps.common import audit
from apps.common.errors import BusinessError
from apps.common.printing import frame_for
from apps.people.models import Person
from apps.registry.models import Cadre

FORMER_POSTS = 50


def speaks_from_above(desk: Desk) -> bool:
    """Whether who sits at the desk is a superior: a post in an organisation above, or staff."""
    return desk.post is None or desk.post.organisation_id != desk.organisation.pk


def reader_at(desk: Desk) -> Reader:
    """A post shows everybody in it with phones (the look is logged); staff see those in their charge."""
    if desk.post is not None:
        return Reader(sees=None, phones=set)
    return Reader(
        sees=lambda ids: _visible(desk.user, "registry.view_cadre", ids),
        phones=lambda ids: _visible(desk.user, "people.view_contact", ids),
    )


def _visible(user, permission: str, ids) -> set[int]:
    if not user.has_perm(permission):
        return set()
    return set(Cadre.objects.visible_to(user, permission).filter(pk__in=ids).values_list("pk", flat=True))


def address(desk: Desk, name: str, *args) -> str:
    return reverse(f"branches:{name}", args=[desk.organisation.public_id, *args])


@require_safe
@at_desk
def overview(request, desk: Desk):
    """支部概况: facts, numbers, what is to be mended, and the ways from here."""
    one = desk.organisation
    (standing,) = standings([one], desk.today)
    below = list(
        Organisation.objects.get_children(one)
        .filter(dissolved_on__isnull=True, voided_at__isnull=True)
        .order_by("path")
    )
    counts = whole_counts([one, *below], desk.today)
    facts = [
        ("类型", f"{one.get_kind_display()}　{one.get_level_display()}"),
        ("成立日期", one.established_on), ("批复文号", one.approval_document),
        ("本届任期", _term(one)), ("活动场所", "　".join(filter(None, [one.venue, one.venue_address]))),
        ("主题党日", f"每月 {one.party_day} 日" if one.party_day else ""), ("党建品牌", one.brand),
    ]  # fmt: skip
    context = {
        "standing": standing,
        "whole": counts[one.pk],
        "findings": standing.said_to(superior=speaks_from_above(desk)),
        "facts": facts,
        "below": [(child, counts[child.pk]) for child in below],
        "honours": OrganisationHonour.objects.filter(organisation=one, voided_at__isnull=True)[:10],
    }
    return show(request, desk, "desk/organisation/overview.html", context)


def _term(one: Organisation) -> str:
    if one.term_ends_on is None:
        return ""
    began = date_format(one.term_began_on) if one.term_began_on else ""
    return f"{began}至{date_format(one.term_ends_on)}"


@require_safe
@at_desk
def committee(request, desk: Desk):
    """班子: who serves now, and who served before."""
    one = desk.organisation
    serving = open_posts([one.pk], desk.today).get(one.pk, [])
    former = (
        Post.objects.filter(organisation=one, ends_on__lte=desk.today, voided_at__isnull=True)
        .select_related("person")
        .order_by("-ends_on", "pk")[:FORMER_POSTS]
    )
    return show(request, desk, "desk/organisation/committee.html", {"serving": serving, "former": former})


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk
def looked_after(request, desk: Desk):
    """联系党员: who keeps in touch with whom, those without anybody on top; changed on the same page."""
    one = desk.organisation
    members = list(members_of(one, desk.today))
    keepers = _keepers(desk)
    rows = MemberContact.objects.filter(organisation=one, ends_on__isnull=True, voided_at__isnull=True)
    standing = dict(rows.values_list("member_id", "keeper_id"))
    members.sort(key=lambda person: person.pk in standing)
    form = ContactsForm(
        request.POST if request.method == "POST" else None, members=members, keepers=keepers, standing=standing
    )
    if request.method == "POST" and form.is_valid():
        try:
            changed = arrange(one, form.wanted(), on=desk.today, actor=desk.user, by_staff=desk.by_staff)
        except BusinessError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"已保存，改了 {changed} 位党员的联系人。" if changed else "没有改动。")
            return HttpResponseRedirect(address(desk, "contacts"))
    context = {
        "form": form,
        "members": members,
        "keepers": [(keeper, sum(value == keeper.pk for value in standing.values())) for keeper in keepers],
        "uncovered": sum(person.pk not in standing for person in members),
    }
    return show(request, desk, "desk/organisation/contacts.html", context, status=422 if form.errors else 200)


def _keepers(desk: Desk) -> list[Person]:
    """Who serves there, each once, in the order of posts."""
    held = open_posts([desk.organisation.pk], desk.today).get(desk.organisation.pk, [])
    return list({post.person_id: post.person for post in held}.values())


def roster_of(desk: Desk, kind: str, order: str):
    if kind == "committee":
        return committee_roster(desk.organisation, desk.today, reader_at(desk))
    return member_roster(desk.organisation, desk.today, reader_at(desk), order=order)


@require_safe
@at_desk
def print_roster(request, desk: Desk, kind: str):
    """党员花名册 or 班子成员名册 on A4; the look is logged before it is shown."""
    try:
        roster = roster_of(desk, kind, request.GET.get("order", ""))
    except BusinessError as refusal:
        return _refused(request, desk, refusal)
    log_roster(request, roster, "print", desk.organisation)
    frame = frame_for(
        request, roster.title, landscape=True, columns=len(roster.columns), order=roster.order, stamp=True,
        scope=roster.scope, back_url=address(desk, "overview"),
    )  # fmt: skip
    context = {
        "frame": frame, "roster": roster, "orders": ORDERS if kind == "members" else {},
        "file_url": f"{address(desk, f'{kind}_export')}?{request.GET.urlencode()}",
    }  # fmt: skip
    return show(request, desk, "print/branch_roster.html", context)


@require_safe
@at_desk
def export_roster(request, desk: Desk, kind: str):
    """The same as a workbook."""
    try:
        roster = roster_of(desk, kind, request.GET.get("order", ""))
    except BusinessError as refusal:
        return _refused(request, desk, refusal)
    log_roster(request, roster, "export", desk.organisation)
    return roster_file(request, roster)


def _refused(request, desk: Desk, refusal: BusinessError) -> HttpResponseRedirect:
    messages.error(request, refusal.sentence)
    return HttpResponseRedirect(address(desk, "overview"))


def log_roster(request, roster, action: str, organisation: Organisation) -> None:
    audit.look(
        action, actor=request.user, people=roster.people, fields=["phone"] if roster.with_phones else [],
        target=f"branches.organisation:{organisation.pk}", request=request,
    )  # fmt: skip
