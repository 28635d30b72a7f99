"""组织关系随人走: what was decided about a member who moved away, once for each move."""

import uuid

from django.db import transaction

from apps.branches.access import Desk
from apps.branches.choices import AwayDecision
from apps.branches.models import MoveDecision
from apps.branches.queries.moves import Move
from apps.common import audit
from apps.common.errors import BusinessError


@transaction.atomic
def decide_move(desk: Desk, move: Move, decision: str, *, key: uuid.UUID, reason: str = "") -> MoveDecision:
    """Note the decision; one that another noted meanwhile stands. 不转 needs a reason.

    办转接 and 登记为流动党员 are done on their own pages, which the caller opens next; he is asked about again only
    where neither was done and this is not noted.
    """
    if decision == AwayDecision.STAY and not reason.strip():
        raise BusinessError("请写明为什么不转。", code="missing", field="reason")
    kind, _, number = move.source.partition("-")
    source = {"whereabouts_id": int(number)} if kind == "away" else {"event_id": int(number)}
    row, created = MoveDecision.objects.get_or_create(
        **source,
        defaults={
            "public_id": key, "person": move.person, "organisation": move.organisation, "decision": decision,
            "reason": reason.strip()[:100], "decided_on": desk.today, "entered_by": desk.user,
            "by_staff": desk.by_staff,
        },
    )  # fmt: skip
    if created:
        audit.record(
            "move.decide", actor=desk.user, people=[move.person.pk], fields=[decision],
            target=f"branches.movedecision:{row.pk}",
        )  # fmt: skip
    return row
