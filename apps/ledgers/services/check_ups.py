"""体检 of a year, one by one or for a group."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction

from apps.accounts.models import User
from apps.common import audit
from apps.common.errors import BusinessError, StaleVersion
from apps.ledgers.choices.medical import CheckUpState
from apps.ledgers.models import CheckUp
from apps.registry.models import Cadre

FIRST_YEAR = 2000
MOST_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class CheckUpFacts:
    """What a check-up form says; `findings` are kept encrypted. The day stands for 已体检 only."""

    state: str
    done_on: dt.date | None = None
    place: str = ""
    reason: str = ""
    findings: str = ""
    recheck_by: dt.date | None = None
    rechecked_on: dt.date | None = None

    def columns(self) -> dict:
        return {
            "state": self.state, "done_on": self.done_on, "place": self.place.strip(), "reason": self.reason.strip(),
            "findings": self.findings.strip(), "recheck_by": self.recheck_by, "rechecked_on": self.rechecked_on,
        }  # fmt: skip


@transaction.atomic
def record_check_up(facts: CheckUpFacts, *, cadre: Cadre, year: int, actor: User, on: dt.date) -> CheckUp:
    """Write down this year's; one a person and year, so that the same form sent twice is one row. Another answer for
    the same year is refused: it is mended on its page."""
    _check(facts, year, on)
    Cadre.objects.select_for_update(of=("self",)).get(pk=cadre.pk)
    standing = CheckUp.objects.filter(cadre=cadre, year=year, voided_at__isnull=True).first()
    if standing is not None:
        if (standing.state, standing.done_on) == (facts.state, facts.done_on):
            return standing
        raise BusinessError(
            f"{year} 年的体检已经登记为“{standing.get_state_display()}”，请打开那一条更正。", code="known"
        )
    row = CheckUp.objects.create(cadre=cadre, year=year, recorded_by=actor, **facts.columns())
    _note("check_up.record", [cadre.pk], actor, f"ledgers.checkup:{row.pk}")
    return row


@transaction.atomic
def change_check_up(row: CheckUp, facts: CheckUpFacts, *, actor: User, on: dt.date, version: int) -> CheckUp:
    """Mend it; empty findings leave what is known. StaleVersion if somebody saved since `version`."""
    standing = CheckUp.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if standing.version != version:
        raise StaleVersion
    _check(facts, standing.year, on)
    values = facts.columns()
    values["findings"] = values["findings"] or standing.findings
    for name, value in values.items():
        setattr(standing, name, value)
    standing.save(update_fields=list(values))
    _note("check_up.change", [standing.cadre_id], actor, f"ledgers.checkup:{standing.pk}")
    return standing


@transaction.atomic
def record_check_ups(
    cadres: Collection[int], *, facts: CheckUpFacts, year: int, actor: User, on: dt.date
) -> tuple[int, int]:
    """The same for a group that went together; (newly written, already known). Two statements, whatever the number.

    `cadres` must already be limited to those whom `actor` may change.
    """
    _check(facts, year, on)
    ids = sorted(set(cadres))
    if not ids:
        raise BusinessError("请先勾选老同志。", code="nobody")
    if len(ids) > MOST_AT_ONCE:
        raise BusinessError(f"一次最多登记 {MOST_AT_ONCE} 位。", code="many")
    # In one order, so that two grids with the same people take turns.
    list(Cadre.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk").values_list("pk"))
    known = set(
        CheckUp.objects.filter(cadre__in=ids, year=year, voided_at__isnull=True).values_list("cadre_id", flat=True)
    )
    fresh = [pk for pk in ids if pk not in known]
    CheckUp.objects.bulk_create(CheckUp(cadre_id=pk, year=year, recorded_by=actor, **facts.columns()) for pk in fresh)
    if fresh:
        _note("check_up.record", fresh, actor, "ledgers.checkup:batch")
    return len(fresh), len(known)


def _check(facts: CheckUpFacts, year: int, on: dt.date) -> None:
    if not FIRST_YEAR <= year <= on.year:
        raise BusinessError("年度不对，请核对。", code="year", field="year")
    done = facts.state == CheckUpState.DONE
    if done and facts.done_on is None:
        raise BusinessError("请填体检日期。", code="day", field="done_on")
    if not done and facts.done_on is not None:
        raise BusinessError("没有体检的不填日期。", code="day", field="done_on")
    if facts.done_on is not None and (facts.done_on > on or facts.done_on.year != year):
        raise BusinessError(f"体检日期要在 {year} 年里，不能晚于今天。", code="day", field="done_on")
    if not done and not facts.reason.strip():
        raise BusinessError("请写明没参加的原因。", code="reason", field="reason")
    if facts.rechecked_on and (not facts.recheck_by or facts.rechecked_on > on):
        raise BusinessError("复查日期不对，请核对。", code="recheck", field="rechecked_on")


def _note(action: str, people: list[int], actor: User, target: str) -> None:
    audit.record(action, actor=actor, people=people, fields=["check_up"], target=target)
