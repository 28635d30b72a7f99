"""Whom rosters changed: the rooms above plan for them what follows, and say here that they did."""

from collections.abc import Collection

from django.db.models import QuerySet

from apps.registry.models import ImportBatch


def batches_to_plan() -> QuerySet[ImportBatch]:
    """Written or undone since anybody planned for their people (`touched`); oldest first."""
    return ImportBatch.objects.filter(awaits_plan=True).order_by("pk")


def planned(batches: Collection[int]) -> None:
    """What follows from these batches is planned."""
    ImportBatch.objects.filter(pk__in=batches).update(awaits_plan=False, touched=[])
