"""Committees, a functional branch, an expired term, honours, 联系党员 and inspections for the demo city."""

import datetime as dt

from django.db import transaction

from apps.accounts.models import User
from apps.branches.choices import HonourLevel, Kind, Level, Link, PostKind
from apps.branches.models import Inspection, MemberContact, Membership, Organisation, Post
from apps.branches.services import add_organisation, appoint, give_honour, join_organisation
from apps.branches.services.inspections import answer_finding, recheck, record_inspection
from apps.branches.services.looking_after import arrange

CLUB = "云江市老年书画社功能型党支部"
COMMITTEE = (PostKind.SECRETARY, PostKind.ORGANISATION, PostKind.PUBLICITY)
YEAR = dt.timedelta(365)
MOST = 400


@transaction.atomic
def write_organisation_life(staff: dict[str, User], *, on: dt.date) -> None:
    """Nothing where inspections stand already. The first branches get a committee of three, the last stay without."""
    if Inspection.objects.exists():
        return
    head = staff["kezhang"]
    own = Post.objects.filter(user__username="shuji").select_related("organisation").first()
    branches = list(
        Organisation.objects.filter(level=Level.BRANCH, kind__in=[Kind.FORMAL, Kind.AWAY]).order_by("path")[:MOST]
    )
    for place, branch in enumerate(branches):
        if place % 5 != 4:
            _committee(branch, own, on)
    if len(branches) > 2:
        ended = on - dt.timedelta(40)
        Organisation.objects.filter(pk=branches[1].pk).update(
            term_ends_on=ended, term_began_on=ended.replace(year=ended.year - 3, day=min(ended.day, 28))
        )
    if own:
        _own_branch(own.organisation, head, on)
        _club(own.organisation, head, on)


def _members(branch: Organisation) -> list:
    links = Membership.objects.filter(organisation=branch, link=Link.FORMAL, ends_on__isnull=True)
    links = links.filter(person__birth_date__gte="1945", voided_at__isnull=True).select_related("person")
    return [link.person for link in links.order_by("pk")[:4]]


def _committee(branch: Organisation, own: Post | None, on: dt.date) -> None:
    """Elected when the term began, as far as seats are free; young enough to serve."""
    since = min(branch.term_began_on or on - YEAR, on)
    serving = {post.kind for post in branch.posts.filter(ends_on__isnull=True, voided_at__isnull=True)}
    people = iter([one for one in _members(branch) if own is None or one.pk != own.person_id])
    for kind in COMMITTEE:
        person = next(people, None) if kind not in serving else None
        if person is not None:
            appoint(person, branch, kind=kind, on=since, actor=None, how="elected", document_no="云离退工委〔2024〕6号")


def _own_branch(branch: Organisation, head: User, on: dt.date) -> None:
    Organisation.objects.filter(pk=branch.pk).update(
        short_name="南河一支部", venue="南河社区党群服务中心", venue_address="南河街12号二楼", brand="银辉南河",
        brand_note="老党员包楼栋，每周三在社区服务站值班。", formation="community", composition="retired",
    )  # fmt: skip
    branch.refresh_from_db()
    give_honour(
        branch, actor=head, name="示范离退休干部党支部", level=HonourLevel.CITY, awarded_on=on - 2 * YEAR,
        awarded_by="中共云江市委老干部局", document_no="云老干〔2024〕9号",
    )  # fmt: skip
    keepers = [post.person_id for post in branch.posts.filter(ends_on__isnull=True).order_by("pk")]
    members = Membership.objects.current(on).filter(organisation=branch).values_list("person_id", flat=True)
    wanted = {
        pk: keeper for number, pk in enumerate(sorted(members)[:-2]) if (keeper := keepers[number % len(keepers)]) != pk
    }
    if not MemberContact.objects.filter(organisation=branch).exists():
        arrange(branch, wanted, on=on, actor=head, by_staff=True)
    past = record_inspection(
        Inspection(
            organisation=branch, inspected_on=on - dt.timedelta(50), inspectors="许文博、周晓岚",
            subject="组织生活和党费收缴检查", summary="组织生活正常，记录还要更完整。",
        ),
        [("主题党日记录缺少讨论内容", on - dt.timedelta(20)), ("党费收缴公示不及时", on + dt.timedelta(6)),
         ("流动党员联系记录不全", on - dt.timedelta(3))],
        actor=head,
    )  # fmt: skip
    first = past.findings.get(position=1)
    answer_finding(first, answer="已补写三次记录，以后当天写完。", on=on - dt.timedelta(25), actor=head, by_staff=True)
    recheck(first, result="done", on=on - dt.timedelta(18), note="已补齐", actor=head)


def _club(branch: Organisation, head: User, on: dt.date) -> None:
    """A functional branch: its members keep their formal relation where it is."""
    club = add_organisation(
        Organisation(
            name=CLUB, short_name="书画社支部", kind=Kind.FUNCTIONAL, level=Level.BRANCH, unit=branch.unit,
            formation="club", established_on=on - YEAR, approval_document="云离退工委〔2025〕3号",
        ),
        parent=Organisation.objects.get_root_nodes().first(), actor=head,
    )  # fmt: skip
    for person in _members(branch):
        join_organisation(person, club, on=on - YEAR, actor=head, link=Link.FUNCTIONAL, reason="书画社成员")
    leader = club.memberships.select_related("person").first()
    if leader:
        appoint(
            leader.person, club, kind=PostKind.SECRETARY, on=on - YEAR, actor=head, how="appointed",
            document_no="云离退工委〔2025〕3号",
        )  # fmt: skip
