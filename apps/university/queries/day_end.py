"""窗口日结: what was done on one day, by class and by whom."""

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import Count, Q
from django.utils import timezone

from apps.signups.choices import SignUpSource, SignUpState
from apps.signups.models import SignUp
from apps.university.models import School

DESK_SOURCES = (SignUpSource.DESK, SignUpSource.PHONE, SignUpSource.PAD)
# column: label; in the order of the sheet
COLUMNS = (
    ("asked", "报名"), ("desk", "窗口"), ("phone", "电话"), ("pad", "登记本"), ("web", "本人网上"), ("proxy", "家属"),
    ("seated", "其中录取"), ("waiting", "其中候补"), ("applied", "其中等抽签"), ("undone", "当天撤销"),
    ("left", "当天退出"),
)  # fmt: skip


@dataclass
class DayLine:
    """One line: a class or a clerk, and its counts by `COLUMNS`."""

    name: str
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys([key for key, _ in COLUMNS], 0))

    @property
    def cells(self) -> list[int]:
        return [self.counts[key] for key, _ in COLUMNS]


def day_end(school: School, day: dt.date) -> tuple[list[DayLine], list[DayLine], DayLine]:
    """(by class, by clerk, the sum) of sign-ups made, taken back or given up on a day at the classes of a school; by
    clerk only what staff entered. Counted by when they were entered, the pad's too. Two statements for each."""
    start = timezone.make_aware(dt.datetime.combine(day, dt.time()))
    end = timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time()))
    rows = SignUp.objects.filter(offering__class_group__school=school, voided_at__isnull=True).order_by()
    made = rows.filter(created_at__gte=start, created_at__lt=end).exclude(source=SignUpSource.CONTINUING)
    ended = rows.filter(ended_at__gte=start, ended_at__lt=end)
    by_class = _lines("offering__title", made, ended)
    by_clerk = _lines("entered_by__display_name", made.filter(source__in=DESK_SOURCES),
                      ended.filter(source__in=DESK_SOURCES))  # fmt: skip
    total = DayLine("合计")
    for line in by_class:
        for key, number in line.counts.items():
            total.counts[key] += number
    return by_class, by_clerk, total


def _lines(by: str, made, ended) -> list[DayLine]:
    found: dict[str, DayLine] = {}
    counted = made.values(by).annotate(
        asked=Count("pk"),
        **{str(source): Count("pk", filter=Q(source=source))
           for source in (*DESK_SOURCES, SignUpSource.WEB, SignUpSource.PROXY)},
        seated=Count("pk", filter=Q(state=SignUpState.SEATED)),
        waiting=Count("pk", filter=Q(state__in=(SignUpState.WAITING, SignUpState.OFFERED))),
        applied=Count("pk", filter=Q(state=SignUpState.APPLIED)),
    )  # fmt: skip
    over = ended.values(by).annotate(
        undone=Count("pk", filter=Q(state=SignUpState.UNDONE)), left=Count("pk", filter=Q(state=SignUpState.WITHDRAWN))
    )
    for row in [*counted, *over]:
        name = row.pop(by) or "（没有登记人）"
        line = found.setdefault(name, DayLine(name))
        line.counts.update(row)
    return [line for _, line in sorted(found.items()) if any(line.counts.values())]
