"""Members whom a roster names."""

import datetime
import uuid

from django.db import transaction

from apps.branches.choices import Level, Link
from apps.branches.models import Membership, Organisation
from apps.branches.rules import default_link, not_a_member
from apps.common import audit
from apps.common.insert_select import insert_rows
from apps.people.choices import LifeStatus
from apps.people.models import Person
from apps.registry.models import ImportExtra
from apps.registry.services.roster_extras import AT_ONCE, open_extras, settle


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
    people = {
        pk: (status, life == LifeStatus.LIVING)
        for pk, status, life in Person.objects.filter(pk__in=[extra.person_id for extra in extras]).values_list(
            "pk", "political_status", "life_status"
        )
    }
    outcomes: dict[str, list[int]] = {}
    joining = []
    for extra in extras:
        organisation = standing.get(extra.value) if extra.value else None
        link = default_link(organisation.kind) if organisation else Link.FORMAL
        status, is_living = people[extra.person_id]
        if organisation is None:
            outcome = "支部表里没有这个支部，请在支部里登记" if extra.value else "表里清空了支部，请在支部里办理"
        elif (extra.person_id, organisation.pk) in held:
            outcome = "已在这个支部"
        elif organisation.level != Level.BRANCH:
            outcome = f"这是{organisation.get_level_display()}，请选下面的一个党支部"
        elif link == Link.FORMAL and extra.person_id in formal:
            outcome = "正式组织关系在别的支部，要办转接"
        elif link == Link.FORMAL and not_a_member(status, is_living=is_living):
            outcome = "不是在册党员（政治面貌或离世），没有登记"
        else:
            outcome = "已登记为支部党员"
            joining.append((uuid.uuid4(), extra.person_id, organisation.pk, link, on, "随名册登记"))
        outcomes.setdefault(outcome, []).append(extra.pk)
    if joining:
        insert_rows(Membership, ("public_id", "person", "organisation", "link", "starts_on", "reason_in"), joining)
        audit.record("join_organisation", actor=None, people=[row[1] for row in joining], reason="随名册登记")
    for outcome, ids in outcomes.items():
        settle(ids, outcome)
    return len(joining)
