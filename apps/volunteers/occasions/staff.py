"""What the staff of volunteering are reminded of on a working day: rows (template, subject, unit id)."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import F

from apps.messaging.rules import ZONE
from apps.signups.choices import OfferingState
from apps.volunteers.choices.certificates import UNDER_WAY
from apps.volunteers.models import ServiceCertificate, Shift, VolunteerStatement
from apps.volunteers.rules.reminders import VolunteerReminders

from .people import DAY
from .posts import posts_ending

APPLIED, SHORT, PAPERS = "volunteers.certificate_waits", "volunteers.shift_short", "volunteers.papers_end"
POSTS = "volunteers.posts_end"
MOST = 2000

Row = tuple[str, str, int]


def staff_to_remind(on: dt.date, rules: VolunteerReminders) -> Iterator[Row]:
    """The subject names what, and from when on it is told anew: applications each week, posts once a stage, all else
    once. Requests that nobody takes are reported by `services.help_clock`. See rule book 10.52, 10.73."""
    week = "{}-{}".format(*on.isocalendar()[:2])
    before = dt.datetime.combine(on - rules.apply_days * DAY, dt.time(), ZONE)
    waiting = ServiceCertificate.objects.current().filter(state__in=UNDER_WAY, applied_at__lt=before)
    for pk, unit in waiting.order_by("pk").values_list("pk", "unit_id")[:MOST]:
        yield APPLIED, f"certificate:{pk}:{week}", unit
    for pk, day, unit in short_shifts(on, on + rules.short_ahead * DAY).values_list("pk", "on", "team__unit_id")[:MOST]:
        yield SHORT, f"shift:{pk}:{day}", unit
    papers = VolunteerStatement.objects.current().filter(
        ends_on__gt=on, ends_on__lte=on + rules.paper_ahead * DAY, volunteer__left_on__isnull=True,
        volunteer__voided_at__isnull=True,
    )  # fmt: skip
    for pk, day, unit in papers.order_by("pk").values_list("pk", "ends_on", "volunteer__unit_id")[:MOST]:
        yield PAPERS, f"paper:{pk}:{day}", unit
    for days, posts in posts_ending(on):
        for pk, day, unit in posts.order_by("pk").values_list("pk", "ends_on", "unit_id")[:MOST]:
            yield POSTS, f"post:{pk}:{day}:{days}", unit


def short_shifts(on: dt.date, last: dt.date):
    """Shifts after a day, up to `last`, with places that nobody has."""
    rows = Shift.objects.current().filter(
        on__gt=on, on__lte=last, offering__state=OfferingState.OPEN,
        offering__places__taken__lt=F("offering__places__capacity"),
    )  # fmt: skip
    return rows.order_by("on", "pk")
