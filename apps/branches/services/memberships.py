"""Joining and leaving a party organisation, taking and giving up a post."""

import datetime

from django.db import transaction

from apps.branches.choices import Level, Link, PostKind
from apps.branches.models import Membership, Organisation, Post
from apps.branches.rules import BranchRules
from apps.branches.rules.sizes import seat_refusal
from apps.common import audit
from apps.common.errors import BusinessError
from apps.organisation.queries import rule_values
from apps.people.choices import LifeStatus
from apps.people.models import Person

from .guards import not_after_today, require_standing, save


@transaction.atomic
def join_organisation(
    person: Person,
    organisation: Organisation,
    *,
    on: datetime.date,
    actor,
    link: str = Link.FORMAL,
    reason: str = "",
    group: Organisation | None = None,
) -> Membership:
    """Record that a person belongs to an organisation from `on` (inclusive), in one of its groups where one is named.

    A formal link to another organisation is closed on that day: there is one formal link (domain 2.2). The same call
    again changes nothing.
    """
    not_after_today(on, "转入日期")
    require_standing(organisation, on)
    Person.objects.select_for_update().get(pk=person.pk)
    open_links = Membership.objects.filter(person=person, ends_on__isnull=True, voided_at__isnull=True)
    if same := open_links.filter(organisation=organisation, link=link).first():
        return same
    if link == Link.FORMAL:
        for former in open_links.filter(link=Link.FORMAL):
            close_membership(former, on, "转往" + str(organisation)[:50])
    membership = Membership(
        person=person, organisation=organisation, link=link, starts_on=on, reason_in=reason, group=group
    )
    save(membership)
    audit.record("join_organisation", actor=actor, people=[person.pk], target=f"branches.membership:{membership.pk}")
    return membership


@transaction.atomic
def leave_organisation(membership: Membership, *, on: datetime.date, actor, reason: str = "") -> Membership:
    """Close a membership on `on` (exclusive); closed already, it stays as it is."""
    not_after_today(on, "转出日期")
    membership = Membership.objects.select_for_update(of=("self",)).get(pk=membership.pk)
    if membership.ends_on is None:
        close_membership(membership, on, reason)
        audit.record(
            "leave_organisation",
            actor=actor,
            people=[membership.person_id],
            target=f"branches.membership:{membership.pk}",
        )
    return membership


def close_membership(membership: Membership, on: datetime.date, reason: str) -> None:
    if on < membership.starts_on:
        raise BusinessError(f"日期早于他加入现在党组织的日期（{membership.starts_on}）。", code="order", field="on")
    membership.ends_on, membership.reason_out = on, reason[:60]
    membership.save(update_fields=["ends_on", "reason_out"])


@transaction.atomic
def appoint(
    person: Person,
    organisation: Organisation,
    *,
    kind: str,
    on: datetime.date,
    actor,
    user=None,
    how: str = "",
    document_no: str = "",
) -> Post:
    """Give a committee post from `on`; with `user` its holder's account may work for the branch while it lasts.

    The post's term is the organisation's. Somebody may hold posts in several organisations, or two in one. A committee
    of more than the rule set's most is refused (domain 3.1).
    """
    not_after_today(on, "任职日期")
    require_standing(organisation, on)
    Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    held = Post.objects.filter(
        person=person, organisation=organisation, kind=kind, ends_on__isnull=True, voided_at__isnull=True
    ).first()
    if held:
        return held
    if person.life_status != LifeStatus.LIVING:
        raise BusinessError("他已离世，不能任职。", code="deceased", field="person")
    _require_seat(organisation, kind, on)
    term_ends_on = organisation.term_ends_on
    if term_ends_on and term_ends_on < on:
        term_ends_on = None
    post = Post(
        person=person, organisation=organisation, kind=kind, starts_on=on, user=user, how=how, document_no=document_no,
        term_ends_on=term_ends_on,
    )  # fmt: skip
    save(post)
    audit.record("appoint", actor=actor, people=[person.pk], fields=[kind], target=f"branches.post:{post.pk}")
    return post


def _require_seat(organisation: Organisation, kind: str, on: datetime.date) -> None:
    if (kind == PostKind.GROUP_LEADER) != (organisation.level == Level.GROUP):
        raise BusinessError("组长是党小组的职务，党小组也只设组长。", code="group", field="kind")
    serving = Post.objects.filter(organisation=organisation, ends_on__isnull=True, voided_at__isnull=True)
    rules = rule_values(BranchRules.rule_key, on=on, unit=organisation.unit)
    if sentence := seat_refusal(list(serving.values_list("kind", flat=True)), kind, rules=rules):
        raise BusinessError(sentence, code="seats", field="kind")


@transaction.atomic
def dismiss(post: Post, *, on: datetime.date, actor, reason: str = "") -> Post:
    """End a post on `on` (exclusive); its account's rights end with it."""
    not_after_today(on, "免职日期")
    post = Post.objects.select_for_update(of=("self",)).get(pk=post.pk)
    if post.ends_on is None:
        if on < post.starts_on:
            raise BusinessError(f"免职日期早于任职日期（{post.starts_on}）。", code="order", field="on")
        post.ends_on, post.reason_out = on, reason[:60]
        post.save(update_fields=["ends_on", "reason_out"])
        target = f"branches.post:{post.pk}"
        audit.record("dismiss", actor=actor, people=[post.person_id], target=target, reason=reason)
    return post
