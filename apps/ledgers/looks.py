"""Phones in the open where they are needed: whoever must reach somebody sees how, and the look is logged silently."""

from collections.abc import Collection

from apps.common import audit
from apps.people.queries import reach_of
from apps.people.rules import Reach

from .access import open_to

SEEN = "see_contact"


def reach_to_show(request, person_ids: Collection[int]) -> dict[int, Reach]:
    """person id → how to reach him, for a page about to be rendered; numbers and address only of those whose they
    are open to the user (`open_to`). One audit entry a page names them all, committed when this returns; raises
    RuntimeError inside a transaction. Start from people the user may see. A fixed number of statements.
    """
    ids = set(person_ids)
    if not ids:
        return {}
    found = reach_of(ids, with_phones=open_to(request.user, ids))
    log_reach(request, found)
    return found


def log_reach(request, found: dict[int, Reach]) -> None:
    """The entry about numbers and addresses that a page is about to show; none if it shows none."""
    seen = sorted(pk for pk, reach in found.items() if reach.numbers or reach.address)
    if seen:
        audit.look(
            SEEN,
            actor=request.user,
            people=seen,
            fields=["phone", "residence"],
            target=request.resolver_match.view_name if request.resolver_match else "",
            request=request,
        )
