"""Outside posts: taken, ended, renewed; 党员报到 confirmed (rule book 10.50–10.52, 10.54)."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction

from apps.branches.models import Membership
from apps.common import audit
from apps.common.errors import BusinessError
from apps.people.choices import LifeStatus
from apps.people.models import Person
from apps.registry.models import Cadre
from apps.volunteers.choices.posts import PostEnd
from apps.volunteers.models import OutsidePost, PartyReport

GONE = (LifeStatus.DECEASED, LifeStatus.DEATH_REPORTED)


def unit_of(person: Person) -> int | None:
    """The unit to which a record of somebody falls: the one that manages the cadre; None for others."""
    return Cadre.objects.filter(pk=person.pk).values_list("managing_unit", flat=True).first()


def refuse_gone(person: Person, field: str = "person") -> None:
    if person.life_status in GONE:
        raise BusinessError("他登记为已离世或正在核实，不能再登记。登记错了的，请先更正。", code="life", field=field)


def locked(pk: int) -> Person:
    """The person, locked: what is written about him at once waits."""
    return Person.objects.select_for_update(no_key=True, of=("self",)).get(pk=pk)


def tidy(text: str) -> str:
    return " ".join(text.split())


@transaction.atomic
def save_post(post: OutsidePost) -> OutsidePost:
    """Store a post as typed: names without stray blanks, the district of its community filled in. Raises BusinessError
    for the dead and for the same post twice at one time. What ended it is forgotten when its end is moved.
    See rule book 10.50."""
    person = locked(post.person_id)
    if post.pk is None:
        refuse_gone(person)
    post.body, post.duty, post.place = tidy(post.body), tidy(post.duty), tidy(post.place)
    if post.community is not None:
        post.division_id = post.division_id or post.community.division_id
        if post.division_id != post.community.division_id:
            raise BusinessError("这个社区不在所选的区县里，请核对。", code="division", field="community")
    before = OutsidePost.objects.filter(pk=post.pk).values_list("ends_on", flat=True).first() if post.pk else None
    if post.pk and before != post.ends_on:
        post.ended_because, post.ended_note = "", ""
    _store(post)
    return post


@transaction.atomic
def end_post(post: OutsidePost, *, ends_on: dt.date, because: str, note: str = "", actor) -> OutsidePost:
    """He holds it no longer from `ends_on`. Ended the same already: nothing happens. See rule book 10.50."""
    locked(post.person_id)
    post = OutsidePost.objects.select_for_update(of=("self",)).get(pk=post.pk)
    if (post.ends_on, post.ended_because) == (ends_on, because):
        return post
    if ends_on <= post.starts_on:
        raise BusinessError(f"要晚于开始日期 {post.starts_on:%Y-%m-%d}。", code="order", field="ends_on")
    if post.ends_on is not None and ends_on > post.ends_on:
        raise BusinessError(
            f"任期到 {post.ends_on:%Y-%m-%d} 为止，不能更晚。还要接着任的，请办续任。", code="late", field="ends_on"
        )
    if hasattr(post, "renewed_as") and post.renewed_as.voided_at is None:
        raise BusinessError("已经办了续任，请在续任的那一条上办离任。", code="renewed")
    post.ends_on, post.ended_because, post.ended_note = ends_on, PostEnd(because), note.strip()[:120]
    post.save(update_fields=["ends_on", "ended_because", "ended_note"])
    _note("post.end", post, actor)
    return post


@transaction.atomic
def renew(
    post: OutsidePost, *, until: dt.date | None, document_no: str = "", approval_no: str = "",
    approved_on: dt.date | None = None, actor,
) -> OutsidePost:  # fmt: skip
    """The next term, from the day on which this one ends until `until` (exclusive; None: without an end). Renewed
    already: that one. Approval is asked anew for each term, so it is not carried over.
    See rule book 10.50."""
    person = locked(post.person_id)
    post = OutsidePost.objects.select_for_update(of=("self",)).get(pk=post.pk)
    known = OutsidePost.objects.filter(renewed_from=post).first()
    if known is not None and known.voided_at is None:
        return known
    if known is not None:
        raise BusinessError("续任登记过又作废了，请恢复那一条再改。", code="voided")
    if post.ends_on is None:
        raise BusinessError("这个岗位没有定任期，不用续任。", code="endless")
    if post.ended_because:
        raise BusinessError("已经登记离任，不能续任。又担任的，请新增一条。", code="ended")
    refuse_gone(person)
    if until is not None and until <= post.ends_on:
        raise BusinessError(f"要晚于这一任的结束日期 {post.ends_on:%Y-%m-%d}。", code="order", field="until")
    names = (
        "unit_id", "person_id", "kind", "duty", "body", "field", "level", "division_id", "community_id", "place",
        "appointed_by", "is_association", "is_paid",
    )  # fmt: skip
    made = OutsidePost(
        **{name: getattr(post, name) for name in names}, starts_on=post.ends_on, ends_on=until, renewed_from=post,
        document_no=document_no.strip()[:80], approval_no=approval_no.strip()[:80], approved_on=approved_on,
    )  # fmt: skip
    _store(made)
    _note("post.renew", made, actor)
    return made


def _store(post: OutsidePost) -> None:
    try:
        post.validate_constraints()
    except ValidationError as refusal:
        raise BusinessError("".join(refusal.messages), code="constraint") from refusal
    post.save()


@transaction.atomic
def save_party_report(report: PartyReport) -> PartyReport:
    """Store 党员报到 with the organisation that he belongs to on that day. See rule book 10.54."""
    person = locked(report.person_id)
    if report.pk is None:
        refuse_gone(person)
    if report.organisation_id is None:
        rows = Membership.objects.current(report.on).filter(person=person).order_by("-starts_on")
        report.organisation_id = rows.values_list("organisation", flat=True).first()
    try:
        report.validate_constraints()
    except ValidationError as refusal:
        raise BusinessError("".join(refusal.messages), code="constraint") from refusal
    report.save()
    return report


@transaction.atomic
def confirm_party_report(report: PartyReport, *, on: dt.date, by: str, actor) -> PartyReport:
    """The community's party organisation said that he reported; confirmed already: nothing happens.
    See rule book 10.54."""
    report = PartyReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
    if report.confirmed_on is not None:
        return report
    if on < report.on:
        raise BusinessError(f"不能早于报到日期 {report.on:%Y-%m-%d}。", code="order", field="on")
    if not by.strip():
        raise BusinessError("请写社区确认人。", code="by", field="by")
    report.confirmed_on, report.confirmed_by = on, by.strip()[:40]
    report.save(update_fields=["confirmed_on", "confirmed_by"])
    audit.record(
        "party_report.confirm", actor=actor, people=[report.person_id], target=f"volunteers.partyreport:{report.pk}"
    )
    return report


def _note(action: str, post: OutsidePost, actor) -> None:
    audit.record(action, actor=actor, people=[post.person_id], target=f"volunteers.outsidepost:{post.pk}")
