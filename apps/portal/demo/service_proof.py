"""Certificates of service: valid and published, revoked, asked for; through the services that the pages use."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.common.errors import BusinessError
from apps.volunteers.choices.shifts import RecordState
from apps.volunteers.models import ServiceCertificate, ServiceRecord, Volunteer
from apps.volunteers.rules.help import moment
from apps.volunteers.services import certificates

MOST = 8
DAY = dt.timedelta(days=1)


@transaction.atomic
def write_service_proof(staff: dict[str, User], *, on: dt.date) -> None:
    """Nothing where a certificate was asked for already. The last one asked waits; the one before it was revoked."""
    if ServiceCertificate.objects.exists():
        return
    clerk = staff["jingban"]
    served = ServiceRecord.objects.current().filter(state=RecordState.CONFIRMED).order_by().values("volunteer")
    now, made = moment(on - 3 * DAY, 10 * 60), []
    for volunteer in Volunteer.objects.visible_to(clerk).filter(pk__in=served).order_by("pk")[:MOST]:
        try:
            made += certificates.apply(volunteer, actor=clerk, now=now)
        except BusinessError:  # not enough hours yet
            continue
    for row in made[1:]:
        certificates.issue(row, actor=clerk, now=now)
    issued = made[2:]
    certificates.publish(issued, actor=clerk, on=timezone.localdate(now))
    certificates.count_print(issued, actor=clerk)
    if issued:
        certificates.revoke(issued[-1], reason="有一次服务记错了人", actor=clerk, on=on)
