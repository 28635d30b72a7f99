"""Taking a year's notice into the calendar of working days."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from apps.common import audit
from apps.common.errors import BusinessError
from apps.organisation.models import CalendarDay
from apps.organisation.notices import NoticeDay

REPLACED = "以新的通知为准"


@dataclass(frozen=True)
class CalendarChanges:
    """What a notice changes: days added, changed (the row as it stands with the new day), taken out, and left."""

    added: list[NoticeDay] = field(default_factory=list)
    changed: list[tuple[CalendarDay, NoticeDay]] = field(default_factory=list)
    removed: list[CalendarDay] = field(default_factory=list)
    unchanged: int = 0

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.changed or self.removed)

    @property
    def sentence(self) -> str:
        if self.is_empty:
            return f"{self.unchanged} 天都已经在表里，没有变化。"
        counts = (("新增", len(self.added)), ("修改", len(self.changed)), ("作废", len(self.removed)))
        words = "，".join(f"{label} {count} 天" for label, count in counts if count)
        return f"已写入：{words}。到期日随后按新的安排重排。"


def compare(days: Sequence[NoticeDay], *, document_no: str, whole_year: bool = False) -> CalendarChanges:
    """What `take_in` would do with the table as it stands."""
    return _compare(days, _standing(days), document_no=document_no, whole_year=whole_year)


@transaction.atomic
def take_in(days: Sequence[NoticeDay], *, document_no: str, actor, whole_year: bool = False) -> CalendarChanges:
    """Write a notice's days; the same again changes nothing. With `whole_year`, days of those years that it does not
    name are voided. Raises BusinessError without days or document number."""
    if not days or not document_no.strip():
        raise BusinessError("请写明文号，并至少写一天的安排。", code="empty", field="document_no")
    rows = _standing(days).select_for_update()
    changes = _compare(days, rows, document_no=document_no, whole_year=whole_year)
    for row in changes.removed:
        row.voided_at, row.void_reason = timezone.now(), REPLACED
        row.save(update_fields=["voided_at", "void_reason"])
    for row, entry in changes.changed:
        row.kind, row.name, row.document_no = entry.kind, entry.name or row.name, document_no
        row.save(update_fields=["kind", "name", "document_no"])
    CalendarDay.objects.bulk_create(
        [CalendarDay(day=e.day, kind=e.kind, name=e.name, document_no=document_no) for e in changes.added]
    )
    if not changes.is_empty:
        years = ",".join(str(year) for year in sorted({entry.day.year for entry in days}))
        audit.record("import_calendar", actor=actor, target=f"organisation.calendarday:{years}"[:60])
    return changes


def _standing(days: Collection[NoticeDay]):
    years = {entry.day.year for entry in days}
    return CalendarDay.objects.filter(day__year__in=years, voided_at__isnull=True).order_by("day")


def _compare(days: Sequence[NoticeDay], rows, *, document_no: str, whole_year: bool) -> CalendarChanges:
    standing = {row.day: row for row in rows}
    named = {entry.day for entry in days}
    changes = CalendarChanges(removed=[row for day, row in standing.items() if whole_year and day not in named])
    same = 0
    for entry in days:
        row = standing.get(entry.day)
        if row is None:
            changes.added.append(entry)
        elif (row.kind, row.name, row.document_no) == (entry.kind, entry.name or row.name, document_no):
            same += 1
        else:
            changes.changed.append((row, entry))
    return CalendarChanges(changes.added, changes.changed, changes.removed, same)
