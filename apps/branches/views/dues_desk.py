"""What all pages of dues share: whether there are any, whose they are, which year and month is asked for."""

import datetime as dt
import functools

from django.http import Http404
from django.urls import reverse

from apps.branches.access import Desk
from apps.branches.desk import at_desk, show
from apps.branches.models import DuesPayment, Membership
from apps.branches.queries.dues import is_dues_off, takes_dues
from apps.branches.rules.capability import Capability, refusal
from apps.branches.rules.dues import month_of
from apps.people.models import Person

FIRST_YEAR = 2000


def dues_desk(view):
    """View decorator on top of `at_desk`: no pages where the module is off; where the kind of organisation takes no
    dues, one that says so."""

    @at_desk
    @functools.wraps(view)
    def wrapped(request, desk, *args, **kwargs):
        if not takes_dues(desk.organisation):
            sentence = refusal(desk.organisation.kind, Capability.DUES)
            status = 422 if request.method == "POST" else 200
            return show(request, desk, "desk/dues/refused.html", {"sentence": sentence}, status=status)
        if is_dues_off(desk.organisation, desk.today):
            raise Http404
        return view(request, desk, *args, **kwargs)

    return wrapped


def url(desk: Desk, name: str, *args) -> str:
    return reverse(f"branches:{name}", args=[desk.organisation.public_id, *args])


def year_asked(request, desk: Desk) -> int:
    """The year of the address, this year without one."""
    text = request.GET.get("year", "")
    year = int(text) if text.isascii() and text.isdecimal() and len(text) == 4 else desk.today.year
    return min(max(year, FIRST_YEAR), desk.today.year + 1)


def month_asked(request, desk: Desk) -> dt.date:
    """The month of the address, this month without one."""
    try:
        month = dt.datetime.strptime(request.GET.get("m", ""), "%Y-%m").date()  # noqa: DTZ007 (a month)
    except ValueError:
        return month_of(desk.today)
    return month if FIRST_YEAR <= month.year <= desk.today.year + 1 else month_of(desk.today)


def member_at(desk: Desk, public_id) -> Person:
    """A person who is or was a formal member here, or who paid here; 404 for all others."""
    links = Membership.objects.filter(organisation=desk.organisation, link="formal", voided_at__isnull=True)
    paid = DuesPayment.objects.filter(organisation=desk.organisation)
    here = Person.objects.filter(pk__in=links.values("person_id")) | Person.objects.filter(
        pk__in=paid.values("person_id")
    )
    found = here.filter(public_id=public_id, voided_at__isnull=True).first()
    if found is None:
        raise Http404
    return found


def payment_at(desk: Desk, public_id) -> DuesPayment:
    rows = DuesPayment.objects.filter(organisation=desk.organisation).select_related("person", "entered_by")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found
