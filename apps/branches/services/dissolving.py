"""Dissolving an organisation and merging it into another: its members move on one day, nobody is ever nowhere."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.branches.choices import ActKind, Link
from apps.branches.models import MemberContact, Membership, Organisation, OrganisationAct, Post
from apps.branches.rules import not_a_member, wrong_link
from apps.common import audit
from apps.common.errors import BusinessError
from apps.people.choices import LifeStatus

from .guards import not_after_today, require_standing
from .organisations import lock_tree, note_act


@transaction.atomic
def dissolve(
    organisation: Organisation,
    *,
    on: dt.date,
    document_no: str,
    reason: str,
    actor,
    target: Organisation | None = None,
    merged: bool = False,
) -> OrganisationAct:
    """Close an organisation on `on` (exclusive): formal relations go on in `target` from that day, other links and all
    posts end. With `merged` both histories say 并入.

    Refused while organisations stand below it, and while it has formal relations and no target. Can be undone on the
    day it was entered (`undo_dissolution`). The sum of formal members is the same at every moment.
    """
    organisation = _dissolvable(organisation, on, document_no)
    links = list(
        Membership.objects.select_for_update(of=("self",))
        .filter(organisation=organisation, ends_on__isnull=True, voided_at__isnull=True)
        .select_related("person")
        .order_by("pk")
    )
    _require_order(links, on)
    formal = [link for link in links if link.link == Link.FORMAL]
    target = _checked_target(organisation, target, formal, on)
    word = ("并入" if merged else "撤销，转到") + (target.name if target else "")
    ids = [link.pk for link in links]
    Membership.objects.filter(pk__in=ids).update(ends_on=on, reason_out=(word if target else "党组织撤销")[:60])
    opened: list[int] = []
    if target:
        doubled, opened = _open_in(target, formal, on, f"{organisation.name}{'并入' if merged else '撤销'}")
        ids += doubled
    posts = _close_posts(organisation, on, document_no)
    contacts = _close_contacts(organisation, on)
    organisation.dissolved_on, organisation.dissolution_document = on, document_no
    organisation.dissolution_reason = reason[:100]
    organisation.save(update_fields=["dissolved_on", "dissolution_document", "dissolution_reason"])
    told = []
    if merged and target:
        note = f"{organisation.name}并入，{len(formal)} 人"
        told = [note_act(target, ActKind.MERGED, on=on, document_no=document_no, note=note).pk]
    act = note_act(
        organisation, ActKind.MERGED if merged else ActKind.DISSOLVED, on=on, document_no=document_no, note=reason,
        target=target, moved={"closed": ids, "opened": opened, "posts": posts, "contacts": contacts, "told": told},
    )  # fmt: skip
    audit.record(
        "merge_organisation" if merged else "dissolve_organisation", actor=actor,
        people=[link.person_id for link in links], target=f"branches.organisation:{organisation.pk}",
    )  # fmt: skip
    return act


def _dissolvable(organisation: Organisation, on: dt.date, document_no: str) -> Organisation:
    """The organisation, locked; refused where it may not be dissolved at all."""
    lock_tree()
    not_after_today(on, "撤销日期")
    organisation = Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    require_standing(organisation, on)
    if organisation.dissolved_on:
        raise BusinessError("这个党组织已经撤销。", code="dissolved")
    if not document_no:
        raise BusinessError("请填批复文号。", code="document", field="document_no")
    _require_nothing_below(organisation)
    return organisation


def _require_nothing_below(organisation: Organisation) -> None:
    below = Organisation.objects.get_descendants(organisation).filter(dissolved_on__isnull=True, voided_at__isnull=True)
    if number := below.count():
        raise BusinessError(
            f"下面还有 {number} 个党组织（{below.first()}等），请先撤销它们或调整它们的上级。", code="below"
        )


def _require_order(links: list[Membership], on: dt.date) -> None:
    late = [link for link in links if link.starts_on > on]
    if late:
        raise BusinessError(
            f"{late[0].person}等 {len(late)} 人在 {late[0].starts_on} 才加入，撤销日期不能早于这一天。",
            code="order",
            field="on",
        )


def _checked_target(
    organisation: Organisation, target: Organisation | None, formal: list[Membership], on: dt.date
) -> Organisation | None:
    if target is None:
        if formal:
            raise BusinessError(
                f"它有 {len(formal)} 名党员的正式组织关系，请选他们转到哪个党支部。", code="members", field="target"
            )
        return None
    if target.pk == organisation.pk:
        raise BusinessError("请选另一个党支部。", code="same", field="target")
    target = Organisation.objects.select_for_update(of=("self",)).get(pk=target.pk)
    require_standing(target, on)
    if target.established_on and target.established_on > on:
        raise BusinessError(f"“{target}”在 {target.established_on} 才成立。", code="order", field="target")
    if sentence := wrong_link(target.kind, target.level, Link.FORMAL):
        raise BusinessError(sentence, code="target", field="target")
    for link in formal:
        living = link.person.life_status == LifeStatus.LIVING
        if sentence := not_a_member(link.person.political_status, is_living=living):
            raise BusinessError(f"{link.person}：{sentence}", code="not_a_member")
    return target


def _open_in(target: Organisation, formal: list[Membership], on: dt.date, reason: str) -> tuple[list[int], list[int]]:
    """New formal links in `target` (second list); a secondary one that somebody has there already is closed (first)."""
    people = [link.person_id for link in formal]
    there = Membership.objects.filter(
        organisation=target, person_id__in=people, ends_on__isnull=True, voided_at__isnull=True
    )
    doubled = list(there.values_list("pk", flat=True))
    there.update(ends_on=on, reason_out="转为正式组织关系")
    rows = [
        Membership(person_id=pk, organisation=target, link=Link.FORMAL, starts_on=on, reason_in=reason[:60])
        for pk in people
    ]
    try:
        with transaction.atomic():
            return doubled, [row.pk for row in Membership.objects.bulk_create(rows)]
    except IntegrityError as error:
        raise BusinessError("刚有人改了他们的组织关系，请刷新后再办。", code="concurrent") from error


def _close_posts(organisation: Organisation, on: dt.date, document_no: str) -> list[int]:
    posts = list(Post.objects.filter(organisation=organisation, ends_on__isnull=True, voided_at__isnull=True))
    for post in posts:
        post.ends_on, post.reason_out = max(on, post.starts_on), f"党组织撤销 {document_no}"[:60]
        post.save(update_fields=["ends_on", "reason_out"])
    return [post.pk for post in posts]


def _close_contacts(organisation: Organisation, on: dt.date) -> list[int]:
    contacts = list(
        MemberContact.objects.filter(organisation=organisation, ends_on__isnull=True, voided_at__isnull=True)
    )
    for contact in contacts:
        contact.ends_on = max(on, contact.starts_on)
        contact.save(update_fields=["ends_on"])
    return [contact.pk for contact in contacts]


@transaction.atomic
def undo_dissolution(act: OrganisationAct, *, actor, today: dt.date) -> Organisation:
    """Take back a dissolution or merger on the day it was entered, while its members are where it put them."""
    lock_tree()
    act = OrganisationAct.objects.select_for_update(of=("self",)).get(pk=act.pk)
    organisation = Organisation.objects.select_for_update(of=("self",)).get(pk=act.organisation_id)
    if act.voided_at or act.kind not in (ActKind.DISSOLVED, ActKind.MERGED) or organisation.dissolved_on is None:
        raise BusinessError("这次撤销已经取消，或者不能取消。", code="state")
    if timezone.localdate(act.created_at) != today:
        raise BusinessError("撤销只能在登记的当天取消。过了当天请重新成立，再办转接。", code="late")
    moved = act.moved
    opened = Membership.objects.select_for_update(of=("self",)).filter(pk__in=moved["opened"])
    if any(row.ends_on or row.voided_at for row in opened):
        raise BusinessError("已有党员又转走了，不能取消。请重新成立，再办转接。", code="moved")
    opened.update(voided_at=timezone.now(), void_reason="取消撤销党组织")
    Membership.objects.filter(pk__in=moved["closed"]).update(ends_on=None, reason_out="")
    Post.objects.filter(pk__in=moved["posts"]).update(ends_on=None, reason_out="")
    MemberContact.objects.filter(pk__in=moved["contacts"]).update(ends_on=None)
    organisation.dissolved_on, organisation.dissolution_document, organisation.dissolution_reason = None, "", ""
    organisation.save(update_fields=["dissolved_on", "dissolution_document", "dissolution_reason"])
    OrganisationAct.objects.filter(pk__in=moved["told"]).update(voided_at=timezone.now(), void_reason="当天取消")
    act.voided_at, act.void_reason = timezone.now(), "当天取消"
    act.save(update_fields=["voided_at", "void_reason"])
    audit.record("undo_dissolution", actor=actor, target=f"branches.organisation:{organisation.pk}")
    return organisation
