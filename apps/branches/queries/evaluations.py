"""Reads over evaluations: whose, how far, with what points. Ordered by the tree, never by points (domain 3.15)."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Q, QuerySet

from apps.branches.choices import EvaluationAct, ItemNature
from apps.branches.models import Evaluation, EvaluationLine
from apps.branches.rules.evaluation import plain, total
from apps.common.models import Attachment

EVIDENCE = "evaluation"
STAGES = (("自评", "self_points"), ("初核", "verified_points"), ("复核", "rechecked_points"), ("命名", "final_points"))


@dataclass
class Part:
    """One section of an evaluation, as one screen."""

    number: int
    section: str
    lines: list[EvaluationLine] = field(default_factory=list)

    @property
    def needed(self) -> int:
        return sum(line.item.nature == ItemNature.NORMAL for line in self.lines)

    @property
    def filled(self) -> int:
        return sum(line.item.nature == ItemNature.NORMAL and line.self_points is not None for line in self.lines)

    @property
    def is_done(self) -> bool:
        return self.filled == self.needed and (
            self.needed > 0 or any(line.self_points is not None for line in self.lines)
        )

    @property
    def points(self) -> str:
        return plain(total_of(self.lines, "self_points"))


def of_organisation(organisation) -> QuerySet[Evaluation]:
    rows = Evaluation.objects.filter(organisation=organisation, voided_at__isnull=True)
    return rows.select_related("standard", "organisation", "unit").order_by("-year", "pk")


def parts_of(evaluation: Evaluation) -> list[Part]:
    """Its sections in the order of the items; one query."""
    parts: dict[str, Part] = {}
    for line in evaluation.lines.select_related("item").order_by("item__number", "pk"):
        part = parts.setdefault(line.item.section, Part(len(parts) + 1, line.item.section))
        part.lines.append(line)
    return list(parts.values())


def all_lines(parts: Iterable[Part]) -> list[EvaluationLine]:
    return [line for part in parts for line in part.lines]


def total_of(lines: Iterable[EvaluationLine], column: str) -> Decimal | None:
    return total((getattr(line, column), line.item.nature) for line in lines)


def totals_of(lines: list[EvaluationLine]) -> list[tuple[str, str]]:
    """(words, sum) of each stage; empty where nothing was given."""
    return [(label, plain(total_of(lines, column))) for label, column in STAGES]


def evidence_of(lines: Iterable[EvaluationLine]) -> dict[int, list[Attachment]]:
    """Attachments by line id; one query."""
    subjects = {f"branches.evaluationline:{line.pk}": line.pk for line in lines}
    found: dict[int, list[Attachment]] = defaultdict(list)
    rows = Attachment.objects.filter(subject__in=list(subjects), purpose=EVIDENCE, purged_at__isnull=True)
    for one in rows.order_by("pk"):
        found[subjects[one.subject]].append(one)
    return found


def said_last(evaluation: Evaluation) -> str:
    """What was written with the last return or refusal, while it stands."""
    last = evaluation.steps.order_by("-pk").first()
    return last.note if last and last.act in (EvaluationAct.RETURN, EvaluationAct.DECLINE) else ""


def expiring(rows: QuerySet[Evaluation], on: datetime.date, days: int) -> QuerySet[Evaluation]:
    """Named ones whose validity ends within so many days, or has ended within a year."""
    first, last = on - datetime.timedelta(365), on + datetime.timedelta(days)
    return rows.filter(Q(state="named"), valid_until__range=(first, last), voided_at__isnull=True)
