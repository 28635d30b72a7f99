"""Who is being asked whether his class may be joined to another."""

from collections.abc import Collection

from django.db.models import QuerySet

from apps.university.choices.life import MergeState
from apps.university.models import MergeAnswer


def open_answers(enrolments: Collection[int]) -> QuerySet[MergeAnswer]:
    """Lines of merges that still ask; an answer already given may be changed."""
    return MergeAnswer.objects.filter(
        enrolment__in=enrolments, merge__state=MergeState.ASKING, merge__voided_at__isnull=True
    ).select_related("merge__class_group__course", "merge__class_group__school", "enrolment")
