"""Members of a desk in the year's medal list, and whose political birthday falls in a month (settings.DESK_DUE)."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet
from django.db.models.functions import Substr

from apps.branches.access import Desk, desk_organisation_ids, people_at
from apps.branches.choices import MedalState
from apps.branches.desk import address
from apps.branches.due import Due
from apps.branches.models import MedalBatch, MedalCandidate
from apps.branches.rules.party_age import MedalRules
from apps.organisation.queries import rule_values
from apps.people.choices import LifeStatus
from apps.registry.models import Cadre

from .medals import batch_of, candidates_of, prepare_from


def batch_at(desk: Desk) -> tuple[MedalBatch | None, MedalRules]:
    rules = rule_values(MedalRules.rule_key, on=desk.today, unit=desk.organisation.unit)
    return batch_of(desk.today), rules


def candidates_at(desk: Desk, batch: MedalBatch) -> QuerySet[MedalCandidate]:
    """Living members of the desk and of those below it in a year's list; what was refused is told by word of mouth."""
    rows = candidates_of(batch).filter(
        organisation_id__in=desk_organisation_ids(desk), person_id__in=people_at(desk).values("pk"),
        person__life_status=LifeStatus.LIVING,
    )  # fmt: skip
    return rows.exclude(state=MedalState.REFUSED)


def medals_due(desk: Desk) -> list[Due]:
    """One line while members wait to be reviewed, one while medals approved are not handed out."""
    batch, rules = batch_at(desk)
    page = address(desk, "branches:medal")
    if batch is None or not page or desk.today < prepare_from(batch.year, rules):
        return []
    rows, day = candidates_at(desk, batch), rules.day_of(batch.year)
    states = list(rows.order_by().values_list("state", "behaved_well"))
    waiting = sum(state in (MedalState.PROPOSED, MedalState.DOUBTFUL) and not well for state, well in states)
    approved = sum(state == MedalState.APPROVED for state, _ in states)
    acts = (("看名单", page),)
    found = [Due(day, f"光荣在党50年：{waiting} 位党员等审核一贯表现。", acts)] if waiting else []
    return [*found, Due(day, f"光荣在党50年：{approved} 枚纪念章等送达登记。", acts)] if approved else found


@dataclass(frozen=True)
class PoliticalBirthday:
    """`day` None: only the month of admission is known. `years` since admission, on the anniversary."""

    cadre: Cadre
    month: int
    day: int | None
    years: int

    @property
    def when(self) -> str:
        return f"{self.month}月{self.day}日" if self.day else f"{self.month}月（日期不详）"


def political_birthdays(desk: Desk, first: dt.date) -> list[PoliticalBirthday]:
    """Living members admitted in the month of `first` of an earlier year: known days first, then those without.

    By 入党时间, not by the start of party age (domain 3.3).
    """
    rows = (
        Cadre.objects.living()
        .filter(pk__in=people_at(desk).values("pk"), person__political_status__in=("01", "02"))
        .annotate(admitted=Substr("joined_party_on", 6, 2))
        .filter(admitted=f"{first.month:02d}")
        .select_related("person")
        .order_by("person__name_stroke_key", "pk")
    )
    found = [
        PoliticalBirthday(row, first.month, row.joined_party_on.day, first.year - row.joined_party_on.year)
        for row in rows if row.joined_party_on.year < first.year
    ]  # fmt: skip
    return sorted(found, key=lambda one: one.day or 32)
