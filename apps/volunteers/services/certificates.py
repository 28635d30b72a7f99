"""Certificates of service: asked for, accepted, issued, published, printed, revoked. Alone writes ServiceCertificate.

Locks: the person, then the unit whose numbers are given out.
"""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone

from apps.common import audit
from apps.common.errors import BusinessError
from apps.common.papers import new_code
from apps.common.voiding import check_reason
from apps.organisation.models import Unit
from apps.organisation.queries import rule_values
from apps.signups.services.locking import lock_persons
from apps.volunteers.choices.certificates import GIVEN, UNDER_WAY, CertificateState
from apps.volunteers.models import ServiceCertificate, Team, Volunteer
from apps.volunteers.queries.certificates import Served, served
from apps.volunteers.rules.certificates import CertificateRules, code_of
from apps.volunteers.rules.times import length_words

NOTHING = "还没有队长确认过的志愿时长，暂时开不了证明。请先请队长确认。"
NOTHING_NEW = "从上一份证明以后还没有新的志愿时长，原来的证明一直有效，可以再打印。"
DAY = dt.timedelta(days=1)


@transaction.atomic
def apply(
    volunteer: Volunteer, *, actor, now: dt.datetime, first: dt.date | None = None, until: dt.date | None = None,
    unit: Unit | None = None, purpose: str = "",
) -> list[ServiceCertificate]:  # fmt: skip
    """Ask for a certificate of days [first, until), by default of everything up to today: one of each unit in whose
    teams he served, since who records certifies. What is under way, or valid for the same days, is found, not made
    again. Raises BusinessError: nothing confirmed, too little, nothing new. See rule book 10.70."""
    lock_persons([volunteer.pk])
    until = min(until or timezone.localdate(now) + DAY, timezone.localdate(now) + DAY)
    if first is not None and first >= until:
        raise BusinessError("结束日期要晚于开始日期。", code="order", field="last")
    found = served([volunteer.pk], first, until, unit.pk if unit else None)
    if not found:
        raise BusinessError(NOTHING, code="nothing")
    made, refusals = [], []
    for (_, of), sums in sorted(found.items()):
        try:
            made.append(_apply(volunteer, of, sums, first or sums.first, until, purpose, actor, now))
        except BusinessError as refusal:
            refusals.append(refusal)
    if not made:
        raise refusals[0]
    return made


def _apply(volunteer, unit, sums: Served, first, until, purpose, actor, now) -> ServiceCertificate:
    rows = ServiceCertificate.objects.current().filter(volunteer=volunteer, unit=unit)
    waiting = rows.filter(state__in=UNDER_WAY).first()
    if waiting is not None:
        return waiting
    valid = rows.valid()
    if (known := valid.filter(starts_on=first, ends_on=until).first()) is not None:
        return known
    if valid.filter(starts_on=first, ends_on__lt=until, minutes=sums.minutes, count=sums.count).exists():
        raise BusinessError(NOTHING_NEW, code="nothing_new")
    _check_enough(unit, sums, timezone.localdate(now))
    row = ServiceCertificate.objects.create(
        volunteer=volunteer, unit_id=unit, starts_on=first, ends_on=until, purpose=purpose.strip()[:60],
        applied_at=now, applied_by=actor,
    )  # fmt: skip
    _note("apply", row, actor)
    return row


def _check_enough(unit: int, sums: Served, on: dt.date) -> None:
    rules = rule_values(CertificateRules.rule_key, on=on, unit=Unit.objects.get(pk=unit))
    if sums.minutes < rules.least_minutes:
        raise BusinessError(
            f"现在有{length_words(sums.minutes)}，满{length_words(rules.least_minutes)}可以开证明。", code="little"
        )


@transaction.atomic
def accept(row: ServiceCertificate, *, actor, now: dt.datetime) -> ServiceCertificate:
    """受理. Accepted already, or issued, it stays so."""
    row = _locked(row)
    if row.state != CertificateState.APPLIED:
        _check_not_refused(row)
        return row
    row.state, row.accepted_at, row.accepted_by = CertificateState.ACCEPTED, now, actor
    row.save(update_fields=["state", "accepted_at", "accepted_by"])
    _note("accept", row, actor)
    return row


@transaction.atomic
def refuse(row: ServiceCertificate, *, reason: str, actor, now: dt.datetime) -> ServiceCertificate:
    """Not to be issued; he reads why."""
    reason = check_reason(reason)[:120]
    row = _locked(row)
    if row.state == CertificateState.REFUSED:
        return row
    if row.state not in UNDER_WAY:
        raise BusinessError("证明已经开具，不能再退回。有误的请撤销。", code="state")
    row.state, row.refusal, row.accepted_at, row.accepted_by = CertificateState.REFUSED, reason, now, actor
    row.save(update_fields=["state", "refusal", "accepted_at", "accepted_by"])
    _note("refuse", row, actor, reason)
    return row


@transaction.atomic
def issue(row: ServiceCertificate, *, actor, now: dt.datetime) -> ServiceCertificate:
    """开具: hours and number of services are taken from the records that are confirmed by now, and stand from then on.
    Whoever issues accepts with it. Issued already it stays as it is. Raises BusinessError: nothing confirmed any more,
    too little. See rule book 10.70."""
    row = _locked(row)
    if row.state in GIVEN:
        return row
    _check_not_refused(row)
    on = timezone.localdate(now)
    sums = served([row.volunteer_id], row.starts_on, row.ends_on, row.unit_id).get((row.volunteer_id, row.unit_id))
    if sums is None:
        raise BusinessError(NOTHING, code="nothing")
    _check_enough(row.unit_id, sums, on)
    Unit.objects.select_for_update(no_key=True, of=("self",)).get(pk=row.unit_id)
    numbers = ServiceCertificate.objects.filter(unit=row.unit_id, year=on.year)
    row.year, row.number = on.year, (numbers.aggregate(last=Max("number"))["last"] or 0) + 1
    row.code, row.check_code = code_of(row.unit_id, row.year, row.number), new_code()
    row.name, row.minutes, row.count = row.volunteer.person.name, sums.minutes, sums.count
    row.services = list(sums.services)
    row.accepted_at, row.accepted_by = row.accepted_at or now, row.accepted_by or actor
    row.state, row.issued_on, row.issued_by = CertificateState.ISSUED, on, actor
    row.save()
    _note("issue", row, actor)
    return row


def issue_team(
    team: Team, first: dt.date, until: dt.date, *, actor, now: dt.datetime
) -> tuple[list[ServiceCertificate], int]:
    """For everybody who served in this team on days [first, until): of all he did for the unit in that time. Returns
    the certificates and how many had too little. Each by itself, so that one who waits for another holds up nobody."""
    rows = Volunteer.objects.filter(records__team=team, records__on__gte=first, records__on__lt=until)
    made, left = [], 0
    for volunteer in rows.distinct().order_by("pk"):
        try:
            for row in apply(volunteer, first=first, until=until, unit=team.unit, actor=actor, now=now):
                made.append(issue(row, actor=actor, now=now))
        except BusinessError:
            left += 1
    return made, left


@transaction.atomic
def publish(rows: Iterable[ServiceCertificate], *, actor, on: dt.date) -> int:
    """公示: shown by initials for as many days as the rules say. Published or revoked ones stay. How many."""
    keys = [row.pk for row in rows]
    waiting = ServiceCertificate.objects.current().filter(
        pk__in=keys, state=CertificateState.ISSUED, revoked_on__isnull=True
    )  # fmt: skip
    found = list(waiting.select_for_update(of=("self",)).order_by("pk"))
    values = {"state": CertificateState.PUBLISHED, "published_on": on}
    ServiceCertificate.objects.filter(pk__in=[row.pk for row in found]).update(**values)
    if found:
        _note_many("publish", found, actor)
    return len(found)


@transaction.atomic
def count_print(rows: Iterable[ServiceCertificate], *, actor) -> int:
    """They were printed once more. How many of them are valid."""
    found = list(ServiceCertificate.objects.valid().filter(pk__in=[row.pk for row in rows]).order_by("pk"))
    ServiceCertificate.objects.filter(pk__in=[row.pk for row in found]).update(printed=F("printed") + 1)
    if found:
        _note_many("print", found, actor)
    return len(found)


@transaction.atomic
def revoke(row: ServiceCertificate, *, reason: str, actor, on: dt.date) -> ServiceCertificate:
    """It was wrong or forged: the check page says so from now on, its number is never given again. Revoked already it
    stays so. See rule book 10.71."""
    reason = check_reason(reason)[:120]
    row = _locked(row)
    if row.revoked_on is not None:
        return row
    if row.state not in GIVEN:
        raise BusinessError("还没有开具，不用撤销。不能开的请退回。", code="state")
    row.revoked_on, row.revoke_reason, row.revoked_by = on, reason, actor
    row.save(update_fields=["revoked_on", "revoke_reason", "revoked_by"])
    _note("revoke", row, actor, reason)
    return row


def _locked(row: ServiceCertificate) -> ServiceCertificate:
    lock_persons([row.volunteer_id])
    rows = ServiceCertificate.objects.select_for_update(of=("self",)).select_related("volunteer__person", "unit")
    found = rows.get(pk=row.pk)
    if found.voided_at is not None:
        raise BusinessError("这份申请已经作废。", code="voided")
    return found


def _check_not_refused(row: ServiceCertificate) -> None:
    if row.state == CertificateState.REFUSED:
        raise BusinessError("这份申请已经退回。请重新申请一份。", code="state")


def _note(act: str, row: ServiceCertificate, actor, reason: str = "") -> None:
    target = f"volunteers.servicecertificate:{row.pk}"
    audit.record(f"service_certificate.{act}", actor=actor, people=[row.volunteer_id], target=target, reason=reason)


def _note_many(act: str, rows: list[ServiceCertificate], actor) -> None:
    """One entry for one act on many."""
    what = "volunteers.servicecertificate"
    target = f"{what}:{rows[0].pk}" if len(rows) == 1 else f"{what}×{len(rows)}"
    people = sorted({row.volunteer_id for row in rows})
    audit.record(f"service_certificate.{act}", actor=actor, people=people, target=target)
