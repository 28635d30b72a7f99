"""流动党员: registering a stay elsewhere, its end, and the secondary membership with a host branch of ours."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import transaction

from apps.branches.access import Desk
from apps.branches.choices import Link
from apps.branches.models import FloatingStay, Membership, Organisation
from apps.branches.rules.levels import LINKS, default_link
from apps.common import audit
from apps.common.errors import BusinessError
from apps.people.models import Person

from .guards import not_after_today, require_standing, save
from .memberships import join_organisation, leave_organisation
from .transfer_links import formal_link


@dataclass(frozen=True)
class Stay:
    """What is typed of a stay. An empty address leaves what is known as it is."""

    starts_on: dt.date
    city: str
    address: str = ""
    host: Organisation | None = None
    host_name: str = ""
    study: str = "host"
    contact_name: str = ""
    note: str = ""


@transaction.atomic
def register_stay(desk: Desk, person: Person, stay: Stay, *, key: uuid.UUID) -> FloatingStay:
    """A member of the desk's branch lives elsewhere from a day on; the same key is the same stay.

    His formal relation stays; a host branch of ours has him as a floating member.
    """
    not_after_today(stay.starts_on, "开始流动时间")
    if known := FloatingStay.objects.filter(public_id=key).first():
        return known
    Person.objects.select_for_update(of=("self",)).only("pk").get(pk=person.pk)
    if formal_link(person.pk, desk.organisation.pk) is None:
        raise BusinessError("他的正式组织关系不在这个支部。", code="not_here", field="person")
    row = FloatingStay(
        public_id=key, person=person, organisation=desk.organisation, entered_by=desk.user, by_staff=desk.by_staff
    )
    _put(desk, row, stay)
    audit.record("floating.add", actor=desk.user, people=[person.pk], target=f"branches.floatingstay:{row.pk}")
    return row


@transaction.atomic
def change_stay(desk: Desk, row: FloatingStay, stay: Stay) -> FloatingStay:
    """Mend what was typed of an open stay; another host takes over from today."""
    row = _locked(desk, row)
    if row.ends_on is not None:
        raise BusinessError("这次流动已经结束，不能再改。", code="ended")
    _put(desk, row, stay)
    audit.record("floating.change", actor=desk.user, people=[row.person_id], target=f"branches.floatingstay:{row.pk}")
    return row


@transaction.atomic
def end_stay(desk: Desk, row: FloatingStay, *, on: dt.date) -> FloatingStay:
    """He is back from `on`; the host branch has him no longer. Ended already, nothing changes."""
    row = _locked(desk, row)
    if row.ends_on is not None:
        return row
    not_after_today(on, "回来的日期")
    if on < row.starts_on:
        raise BusinessError(f"结束日期早于开始日期（{row.starts_on}）。", code="order", field="on")
    _leave_host(desk, row, on)
    row.ends_on = on
    save(row)
    audit.record("floating.end", actor=desk.user, people=[row.person_id], target=f"branches.floatingstay:{row.pk}")
    return row


def _locked(desk: Desk, row: FloatingStay) -> FloatingStay:
    Person.objects.select_for_update(of=("self",)).only("pk").get(pk=row.person_id)
    row = FloatingStay.objects.select_for_update(of=("self",)).select_related("person", "host").get(pk=row.pk)
    if row.organisation_id != desk.organisation.pk:
        raise BusinessError("这位同志不归这个支部登记。", code="not_yours")
    return row


def _put(desk: Desk, row: FloatingStay, stay: Stay) -> None:
    if stay.host is not None and stay.host.pk == desk.organisation.pk:
        raise BusinessError("流入地党组织不能是他自己的支部。", code="same", field="host_name")
    if stay.host is not None:
        require_standing(stay.host, stay.starts_on)
    if row.pk and row.host_id != (stay.host.pk if stay.host else None):
        _leave_host(desk, row, desk.today)
    for name in ("starts_on", "city", "host", "host_name", "study", "contact_name", "note"):
        setattr(row, name, getattr(stay, name))
    if stay.address.strip():
        row.address = stay.address.strip()
    if stay.host is not None and row.guest_id is None and not _belongs(row):
        row.guest = join_organisation(
            row.person, stay.host, on=stay.starts_on, actor=desk.user, link=_link_with(stay.host), reason="流动党员"
        )
    save(row)


def _link_with(host: Organisation) -> str:
    return Link.FLOATING if Link.FLOATING in LINKS[host.kind] else default_link(host.kind)


def _belongs(row: FloatingStay) -> bool:
    """He is a member of the host already, by whatever link: that one is left alone."""
    return Membership.objects.filter(
        person_id=row.person_id, organisation=row.host, ends_on__isnull=True, voided_at__isnull=True
    ).exists()


def _leave_host(desk: Desk, row: FloatingStay, on: dt.date) -> None:
    if row.guest_id:
        guest = Membership.objects.get(pk=row.guest_id)
        leave_organisation(guest, on=max(on, guest.starts_on), actor=desk.user, reason="流动结束")
        row.guest = None
