"""What an evaluation asks of the branch, in sentences (settings.DESK_DUE)."""

from apps.branches.access import Desk
from apps.branches.choices import EvaluationState
from apps.branches.desk import address
from apps.branches.due import Due
from apps.branches.models import Evaluation
from apps.branches.models.evaluation import OPEN_STATES
from apps.branches.rules.evaluation import EvaluationRules
from apps.organisation.queries import rule_values

MOST = 5


def evaluations_due(desk: Desk) -> list[Due]:
    """Self-assessments still open whose day of submission is near or behind, and those sent back."""
    rows = list(
        Evaluation.objects.filter(organisation=desk.organisation, state__in=OPEN_STATES, voided_at__isnull=True)
        .select_related("standard")
        .order_by("due_on", "pk")[:MOST]
    )
    if not rows:
        return []
    days = rule_values(EvaluationRules.rule_key, on=desk.today).due_days
    found = []
    for row in rows:
        back = row.state == EvaluationState.RETURNED
        if not back and (row.due_on - desk.today).days > days:
            continue
        words = f"{row}评估" + ("被退回，请改好再呈报。" if back else "自评还没有呈报。")
        page = address(desk, "branches:evaluation", row.public_id)
        found.append(Due(row.due_on, words, (("接着填", page),) if page else ()))
    return found
