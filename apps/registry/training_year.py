"""A year of training at a glance: how much there was, who had some, who had none."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Sum

from .models import Attendance, Training, Worker


@dataclass(frozen=True)
class TrainingYear:
    """Figures over the workers of a queryset. `serving` are those at work on `on`; `without` of them had none."""

    year: int
    serving: int
    trained: int
    times: int
    hours: Decimal
    trainings: int

    @property
    def without(self) -> int:
        return self.serving - self.trained


def attended(workers, year: int):
    """Attendances of these workers in trainings that begin in the year."""
    return Attendance.objects.filter(
        worker__in=workers.order_by().values("pk"),
        training__in=Training.objects.in_year(year).order_by().values("pk"),
    )


def year_of(workers, year: int, *, on: dt.date) -> TrainingYear:
    """Two questions to the database, whatever the number of people."""
    serving = workers.serving(on).order_by()
    found = attended(serving, year).aggregate(
        people=Count("worker", distinct=True),
        times=Count("pk"),
        hours=Sum("training__hours"),
        trainings=Count("training", distinct=True),
    )
    return TrainingYear(
        year, serving.count(), found["people"], found["times"], found["hours"] or Decimal(0), found["trainings"]
    )


def by_unit(workers, year: int, *, on: dt.date) -> list[tuple[str, int, int, Decimal]]:
    """(unit, at work, of them trained, hours) for each unit, in the order of the tree."""
    serving = workers.serving(on).order_by()
    people = dict(serving.values_list("unit").annotate(count=Count("pk")).values_list("unit", "count"))
    trained = {
        unit: (count, hours)
        for unit, count, hours in attended(serving, year)
        .values_list("worker__unit")
        .annotate(people=Count("worker", distinct=True), hours=Sum("training__hours"))
    }
    units = Worker._meta.get_field("unit").related_model.objects.filter(pk__in=people).values_list("pk", "name")
    return [(name, people[pk], *trained.get(pk, (0, Decimal(0)))) for pk, name in units]


def without_training(workers, year: int, *, on: dt.date):
    """Those at work who had none in the year."""
    return workers.serving(on).exclude(pk__in=attended(workers, year).values("worker"))


def trainings_of(worker: Worker) -> list[Training]:
    """All of one worker, newest first."""
    return list(
        Training.objects.filter(attendances__worker=worker, voided_at__isnull=True).order_by("-starts_on", "-pk")
    )
