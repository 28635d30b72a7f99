"""Writes of membership and posts. Admin, imports and transfers call these."""

import datetime
import uuid

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from apps.common import audit
from apps.common.errors import BusinessError
from apps.common.insert_select import insert_rows
from apps.people.models import Person
from apps.registry.choices import LifeEventKind
from apps.registry.models import ImportExtra, LifeEvent
from apps.registry.services.roster_extras import AT_ONCE, open_extras, settle

from .choices import Kind, Link
from .models import Membership, Organisation, Post
from .rules import last_day_of_life

TREE_LOCK = 7_240_003


def _check(record: Membership | Post) -> None:
    """Run the model's own checks; raises BusinessError with the constraint's sentence."""
    try:
        record.full_clean()
    except ValidationError as error:
        raise BusinessError(error.messages[0], code="invalid") from error


def _save(record: Membership | Post, **save) -> None:
    """Save under the constraints; a neighbour who was quicker gets the same sentence."""
    _check(record)
    try:
        with transaction.atomic():
            record.save(**save)
    except IntegrityError as error:
        raise BusinessError("刚有人改了同一位老同志的组织关系或任职，请刷新后再看。", code="concurrent") from error


def _not_after_today(on: datetime.date, what: str) -> None:
    if on > timezone.localdate():
        raise BusinessError(f"{what}不能晚于今天；将来的变动到时再登记。", code="future", field="on")


def _require_standing(organisation: Organisation, on: datetime.date) -> None:
    if organisation.voided_at or (organisation.dissolved_on and organisation.dissolved_on <= on):
        raise BusinessError("这个党组织已撤销，请选择现有的党组织。", code="dissolved", field="organisation")


@transaction.atomic
def add_organisation(organisation: Organisation, *, parent: Organisation | None, actor) -> Organisation:
    """Found an organisation below `parent`, or on top."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TREE_LOCK])
    if parent is not None:
        parent = Organisation.objects.get(pk=parent.pk)
        _require_standing(parent, timezone.localdate())
    try:
        with transaction.atomic():
            organisation = (
                Organisation.objects.add_child(parent, instance=organisation)
                if parent
                else Organisation.objects.add_root(instance=organisation)
            )
    except IntegrityError as error:
        raise BusinessError("已有同名的党组织。", code="duplicate", field="name") from error
    audit.record("add_organisation", actor=actor, target=f"branches.organisation:{organisation.pk}")
    return organisation


@transaction.atomic
def join_organisation(
    person: Person, organisation: Organisation, *, on: datetime.date, actor, link: str = Link.FORMAL, reason: str = ""
) -> Membership:
    """Record that a person belongs to an organisation from `on` (inclusive).

    A formal link to another organisation is closed on that day: there is one formal link (domain 2.2). The same call
    again changes nothing.
    """
    _not_after_today(on, "转入日期")
    _require_standing(organisation, on)
    Person.objects.select_for_update().get(pk=person.pk)
    open_links = Membership.objects.filter(person=person, ends_on__isnull=True, voided_at__isnull=True)
    if same := open_links.filter(organisation=organisation, link=link).first():
        return same
    if link == Link.FORMAL:
        for former in open_links.filter(link=Link.FORMAL):
            _end(former, on, "转往" + str(organisation)[:50])
    membership = Membership(person=person, organisation=organisation, link=link, starts_on=on, reason_in=reason)
    _save(membership)
    audit.record("join_organisation", actor=actor, people=[person.pk], target=f"branches.membership:{membership.pk}")
    return membership


LINK_OF_KIND: dict[str, Link] = {
    Kind.FORMAL: Link.FORMAL,
    Kind.AWAY: Link.FORMAL,
    Kind.FLOATING: Link.FLOATING,
    Kind.TEMPORARY: Link.TEMPORARY,
    Kind.FUNCTIONAL: Link.FUNCTIONAL,
}


@transaction.atomic
def take_up_rosters(*, on: datetime.date) -> int:
    """Make members of the people whose roster names their branch; returns how many joined.

    Set-based. Whoever has a formal link elsewhere keeps it: moving is a transfer, which a clerk arranges. What came of
    each stands on the batch's page.
    """
    extras = list(
        open_extras(ImportExtra.Kind.BRANCH).select_for_update(of=("self",)).select_related("batch")[:AT_ONCE]
    )
    standing: dict[str, Organisation] = {}
    for one in Organisation.objects.filter(voided_at__isnull=True, dissolved_on__isnull=True):
        standing.setdefault(one.short_name, one)
        standing[one.name] = one
    links = Membership.objects.filter(
        person_id__in=[extra.person_id for extra in extras], ends_on__isnull=True, voided_at__isnull=True
    )
    held = set(links.values_list("person_id", "organisation_id"))
    formal = set(links.filter(link=Link.FORMAL).values_list("person_id", flat=True))
    outcomes: dict[str, list[int]] = {}
    joining = []
    for extra in extras:
        organisation = standing.get(extra.value)
        if organisation is None or not extra.value:
            outcome = "支部表里没有这个支部，请在支部里登记" if extra.value else "表里清空了支部，请在支部里办理"
        elif (extra.person_id, organisation.pk) in held:
            outcome = "已在这个支部"
        elif LINK_OF_KIND[organisation.kind] == Link.FORMAL and extra.person_id in formal:
            outcome = "正式组织关系在别的支部，要办转接"
        else:
            outcome = "已登记为支部党员"
            joining.append(
                (uuid.uuid4(), extra.person_id, organisation.pk, LINK_OF_KIND[organisation.kind], on, "随名册登记")
            )
        outcomes.setdefault(outcome, []).append(extra.pk)
    if joining:
        insert_rows(Membership, ("public_id", "person", "organisation", "link", "starts_on", "reason_in"), joining)
        audit.record("join_organisation", actor=None, people=[row[1] for row in joining], reason="随名册登记")
    for outcome, ids in outcomes.items():
        settle(ids, outcome)
    return len(joining)


@transaction.atomic
def leave_organisation(membership: Membership, *, on: datetime.date, actor, reason: str = "") -> Membership:
    """Close a membership on `on` (exclusive); closed already, it stays as it is."""
    _not_after_today(on, "转出日期")
    membership = Membership.objects.select_for_update(of=("self",)).get(pk=membership.pk)
    if membership.ends_on is None:
        _end(membership, on, reason)
        audit.record(
            "leave_organisation",
            actor=actor,
            people=[membership.person_id],
            target=f"branches.membership:{membership.pk}",
        )
    return membership


def _end(membership: Membership, on: datetime.date, reason: str) -> None:
    if on < membership.starts_on:
        raise BusinessError(f"日期早于他加入现在党组织的日期（{membership.starts_on}）。", code="order", field="on")
    membership.ends_on, membership.reason_out = on, reason[:60]
    membership.save(update_fields=["ends_on", "reason_out"])


@transaction.atomic
def appoint(person: Person, organisation: Organisation, *, kind: str, on: datetime.date, actor, user=None) -> Post:
    """Give a committee post from `on`; with `user` its holder's account may work for the branch while it lasts."""
    _not_after_today(on, "任职日期")
    _require_standing(organisation, on)
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    held = Post.objects.filter(
        person=person, organisation=organisation, kind=kind, ends_on__isnull=True, voided_at__isnull=True
    ).first()
    if held:
        return held
    post = Post(person=person, organisation=organisation, kind=kind, starts_on=on, user=user)
    _save(post)
    audit.record("appoint", actor=actor, people=[person.pk], fields=[kind], target=f"branches.post:{post.pk}")
    return post


@transaction.atomic
def dismiss(post: Post, *, on: datetime.date, actor, reason: str = "") -> Post:
    """End a post on `on` (exclusive); its account's rights end with it."""
    _not_after_today(on, "免职日期")
    post = Post.objects.select_for_update(of=("self",)).get(pk=post.pk)
    if post.ends_on is None:
        if on < post.starts_on:
            raise BusinessError(f"免职日期早于任职日期（{post.starts_on}）。", code="order", field="on")
        post.ends_on = on
        post.save(update_fields=["ends_on"])
        target = f"branches.post:{post.pk}"
        audit.record("dismiss", actor=actor, people=[post.person_id], target=target, reason=reason)
    return post


def close_by_death(event: LifeEvent, undo: bool) -> None:
    """Life handler: a death ends membership and posts; undone, exactly these are open again (design 2, socket 2).

    A seat that was filled meanwhile stays with its new holder: the old post remains closed.
    """
    if event.kind != LifeEventKind.DIED:
        return
    if undo:
        _reopen(event)
        return
    known_on = timezone.localdate(event.decided_at or event.reported_at)
    day = last_day_of_life(event.happened_on, known_on)
    for model in (Membership, Post):
        for row in model.objects.select_for_update().filter(
            person_id=event.person_id, ends_on__isnull=True, voided_at__isnull=True
        ):
            row.ends_on, row.closed_by_event = max(day, row.starts_on), event
            row.save(update_fields=["ends_on", "closed_by_event"])


def _reopen(event: LifeEvent) -> None:
    for model in (Membership, Post):
        for row in model.objects.select_for_update(of=("self",)).filter(closed_by_event=event).order_by("pk"):
            row.ends_on, row.closed_by_event = None, None
            try:
                with transaction.atomic():
                    row.save(update_fields=["ends_on", "closed_by_event"])
            except IntegrityError:
                continue
