"""Who goes on a call sheet or a visit list, and what a line of either says."""

import datetime as dt
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Min, Q, QuerySet

from apps.ledgers.choices import DutyKind, Means, SheetOrder
from apps.ledgers.models import CallSheet, CallSheetLine, CareAssignment, Duty
from apps.ledgers.rules import overdue_days
from apps.organisation.models import Unit
from apps.people.choices import LifeStatus
from apps.registry.models import Cadre
from apps.registry.wording import age_of

MINE, NOBODYS = "me", "none"
CALLED = (DutyKind.VETERAN_CALL, DutyKind.RISK_CONTACT, DutyKind.FOCUS_CONTACT)
MOST_OFFERED = 200
NO_DAY = dt.date.max


@dataclass(frozen=True)
class DuePerson:
    """A cadre with what is due of him. `on_sheet`: code of a call sheet that is out and names him already."""

    cadre: Cadre
    duties: tuple[Duty, ...]
    on: dt.date
    on_sheet: str = ""

    @property
    def due_on(self) -> dt.date:
        return min(duty.due_on for duty in self.duties) if self.duties else NO_DAY

    @property
    def overdue(self) -> int:
        return overdue_days(self.due_on, self.on) if self.duties else 0

    @property
    def age(self) -> int | None:
        return age_of(self.cadre.person, self.on)

    @property
    def sex(self) -> str:
        return self.cadre.person.get_sex_display() if self.cadre.person.sex in "12" else ""

    @property
    def unit(self) -> str:
        return self.cadre.managing_unit.short_name or self.cadre.managing_unit.name

    @property
    def what(self) -> str:
        """Each kind once, with its number where there are several."""
        kinds = Counter(duty.get_kind_display() for duty in self.duties)
        return "、".join(words if count == 1 else f"{words}（{count} 次）" for words, count in kinds.items())


def due_duties(scope: QuerySet[Cadre], *, until: dt.date, on: dt.date, calls_only: bool) -> QuerySet[Duty]:
    """Open duties of living cadres in `scope` that have begun and are due on or before `until`.

    `calls_only`: those that a call keeps, as the planner or their kind says; otherwise every one.
    """
    rows = Duty.objects.open().filter(
        cadre__in=scope.values("pk"), cadre__person__life_status=LifeStatus.LIVING, due_on__lte=until,
        period_start__lte=on,
    )  # fmt: skip
    if calls_only:
        rows = rows.filter(Q(means=Means.CALL) | Q(means=Means.AS_IS, kind__in=CALLED))
    return rows


def whose_duties(duties: QuerySet[Duty], whose: str, *, carers: Collection[int]) -> QuerySet[Duty]:
    """Narrowed to people cared for by one of `carers`, or to those whom nobody answers for (`whose` NOBODYS)."""
    pairs = CareAssignment.objects.open()
    if whose == NOBODYS:
        return duties.exclude(cadre__in=pairs.primary().values("cadre"))
    return duties.filter(cadre__in=pairs.filter(carer__in=carers).values("cadre"))


def due_people(duties: QuerySet[Duty], *, on: dt.date, order: str, most: int = MOST_OFFERED) -> list[DuePerson]:
    """The cadres of `duties`, the most urgent `most` of them, in a named order. Five statements for any number."""
    first = duties.order_by().values("cadre").annotate(first=Min("due_on")).order_by("first", "cadre")
    ids = [row["cadre"] for row in first[:most]]
    found: dict[int, list[Duty]] = {}
    rows = duties.filter(cadre__in=ids).select_related("cadre__person__community", "cadre__managing_unit")
    for duty in rows.order_by("due_on", "pk"):
        found.setdefault(duty.cadre_id, []).append(duty)
    busy = codes_out(ids)
    people = [
        DuePerson(owed[0].cadre, tuple(owed), on, busy.get(owed[0].cadre_id, ""))
        for owed in found.values()
    ]  # fmt: skip
    return in_order(people, order)


def codes_out(cadre_ids: Collection[int]) -> dict[int, str]:
    """cadre id → code of the newest call sheet still out that waits for his result."""
    lines = CallSheetLine.objects.filter(
        cadre__in=cadre_ids, contact__isnull=True, sheet__paper__state__in=("printed", "to_sign")
    )
    return dict(lines.order_by("sheet_id").values_list("cadre_id", "sheet__paper__code"))


def in_order(people: list[DuePerson], order: str) -> list[DuePerson]:
    """By the named order, the key at last so that it is the same each time."""

    def key(person: DuePerson):
        cadre = person.cadre
        return {
            SheetOrder.DUE: (person.due_on, cadre.pk),
            SheetOrder.COMMUNITY: (str(cadre.person.community or "\uffff"), cadre.pk),
            SheetOrder.RANK: (cadre.order_no is None, cadre.order_no or 0, cadre.pk),
            SheetOrder.STROKES: (cadre.person.name_stroke_key, cadre.pk),
            SheetOrder.PINYIN: (cadre.person.name_sort_key, cadre.pk),
        }[SheetOrder(order)]

    return sorted(people, key=key)


# A sheet that was made -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SheetRow:
    """A line with its person as he stands now. `settled`: words that say why nothing needs to be entered."""

    line: CallSheetLine
    person: DuePerson
    settled: str = ""
    before: str = ""

    @property
    def is_open(self) -> bool:
        return not self.settled and self.line.standing_contact is None


def sheet_rows(sheet: CallSheet, *, visible: QuerySet[Cadre], on: dt.date) -> list[SheetRow]:
    """The lines in their order; of people who are not in `visible` (any more) only the number is told.

    Five statements for any number of lines.
    """
    lines = (
        sheet.lines.select_related("cadre__person__community", "cadre__managing_unit", "contact__recorded_by")
        .prefetch_related("duties__satisfied_by__recorded_by")
        .order_by("position")
    )
    rows = list(lines)
    seen = set(visible.filter(pk__in=[line.cadre_id for line in rows]).values_list("pk", flat=True))
    return [_row(line, on, line.cadre_id in seen) for line in rows]


def _row(line: CallSheetLine, on: dt.date, is_visible: bool) -> SheetRow:
    duties = tuple(sorted(line.duties.all(), key=lambda duty: (duty.due_on, duty.pk)))
    person = DuePerson(line.cadre, duties, on)
    if not is_visible:
        return SheetRow(line, person, settled="不在您的范围内")
    if line.cadre.person.life_status != LifeStatus.LIVING:
        return SheetRow(line, person, settled=f"{line.cadre.person.get_life_status_display()}，不用录")
    return SheetRow(line, person, before=_before(line, duties))


def _before(line: CallSheetLine, duties: tuple[Duty, ...]) -> str:
    """What was recorded already, from this sheet or elsewhere."""
    own = line.standing_contact
    if own is not None:
        return f"已录：{own.get_outcome_display() or '已联系'}，{_by(own)}"
    kept = [duty.satisfied_by for duty in duties if duty.satisfied_by_id]
    if kept and len(kept) == len(duties):
        return f"别处已记：{kept[0].get_method_display()}，{_by(kept[0])}，不用再录"
    if duties and all(duty.closed_on or duty.satisfied_by_id for duty in duties):
        return "这件事已结束，不用再录"
    return ""


def _by(contact) -> str:
    return f"{contact.happened_on.month}月{contact.happened_on.day}日，{contact.recorded_by or '系统'}"


def sheet_unit(user, carer) -> int | None:
    """The unit whose staff may see a sheet of `carer` made by `user`: the carer's, else the user's, else the root."""
    root = Unit.objects.get_first_root_node()
    return carer.unit_id or user.unit_id or (root.pk if root else None)
