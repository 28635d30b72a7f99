"""What every page of an election begins with: whose it is, and where its pages are."""

from django.http import Http404
from django.urls import reverse

from apps.branches.access import Desk
from apps.branches.models import Election

FORM = ["GET", "HEAD", "POST"]


def address(desk: Desk, name: str, *args) -> str:
    return reverse(f"branches:{name}", args=[desk.organisation.public_id, *args])


def find(desk: Desk, public_id) -> Election:
    """An election of this desk's organisation, or 404."""
    rows = Election.objects.select_related("organisation", "organisation__unit")
    found = rows.filter(public_id=public_id, organisation=desk.organisation, voided_at__isnull=True).first()
    if found is None:
        raise Http404
    return found


def page_of(desk: Desk, election: Election) -> str:
    return address(desk, "election_page", election.public_id)
