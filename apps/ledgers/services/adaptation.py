"""适老化改造: opening a case, its steps, calling it off, and taking the last step back."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.common import attachments, audit
from apps.common.errors import BusinessError, StaleVersion
from apps.common.models import Attachment
from apps.common.scans import Scan
from apps.ledgers.choices import MeasureDrop, Satisfaction
from apps.ledgers.choices.adaptation import AdaptationEnd, AdaptationState, FundSource, PhotoSide
from apps.ledgers.models import AdaptationItem, HomeAdaptation, Measure
from apps.ledgers.queries.adaptation import MOST_PHOTOS, photos_of, purpose_of, subject_of
from apps.ledgers.rules.adaptation import MAY_CANCEL, step_due, total_of
from apps.people.choices import LifeStatus
from apps.registry.models import Cadre

from .adaptation_steps import last_step, locked, move, put_back, repeated, rules_for, stands_at
from .needs import drop_measure, finish_measure, reopen_measure

State = AdaptationState
MOST_ITEMS = 30


@dataclass(frozen=True, kw_only=True)
class ItemFacts:
    """One line of what is built; `pk` of a standing line, or None for a new one. Price of one in yuan."""

    item: str
    place: str = ""
    number: int = 1
    price: Decimal | None = None
    note: str = ""
    pk: int | None = None


@dataclass(frozen=True, kw_only=True)
class Quote:
    quoted_on: dt.date
    contractor: str
    fund_source: str
    contractor_phone: str = ""
    subsidy: Decimal | None = None
    over_reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Acceptance:
    accepted_on: dt.date
    acceptor: str
    paid: Decimal | None = None
    note: str = ""
    no_after_photo: str = ""


@transaction.atomic
def open_case(
    *, cadre: Cadre, asked_on: dt.date, wish: str, owner: User, measure: Measure | None, actor: User, on: dt.date,
    form_key: uuid.UUID,
) -> HomeAdaptation:  # fmt: skip
    """Begin a case; the same form sent twice is one. `measure`: an open promise of his plan that the works keep."""
    cadre = Cadre.objects.select_for_update(of=("self",)).select_related("person", "managing_unit").get(pk=cadre.pk)
    standing = HomeAdaptation.objects.filter(public_id=form_key, cadre=cadre).first()
    if standing is not None:
        return standing
    if cadre.person.life_status == LifeStatus.DECEASED:
        raise BusinessError("这位老同志已登记离世。", code="deceased")
    _check_day(asked_on, on, "asked_on")
    case = HomeAdaptation(
        public_id=form_key, cadre=cadre, asked_on=asked_on, wish=wish.strip(), owner=owner, recorded_by=actor,
    )  # fmt: skip
    _link(case, measure)
    case.step_due_on = step_due(State.SURVEY, asked_on, rules_for(case, on))
    case.save()
    _note("adaptation.open", case, actor)
    return case


@transaction.atomic
def change_case(
    case: HomeAdaptation, *, wish: str, owner: User, measure: Measure | None, actor: User, version: int
) -> HomeAdaptation:
    """Mend what was asked, who sees to it and which promise it keeps; StaleVersion if somebody saved since."""
    standing = locked(case)
    if standing.version != version:
        raise StaleVersion
    standing.wish, standing.owner = wish.strip(), owner
    if measure != standing.measure:
        _link(standing, measure)
    standing.save(update_fields=["wish", "owner", "need", "measure"])
    _note("adaptation.change", standing, actor)
    return standing


def _link(case: HomeAdaptation, measure: Measure | None) -> None:
    if measure is not None and measure.need.cadre_id != case.cadre_id:
        raise BusinessError("这项办法是别的老同志的。", code="measure", field="measure")
    case.measure, case.need = measure, measure.need if measure else None


@transaction.atomic
def put_items(case: HomeAdaptation, lines: Sequence[ItemFacts], *, actor: User, version: int) -> HomeAdaptation:
    """What is to be built, in whole: lines that are not among them are taken off. Until the works are accepted."""
    standing = locked(case)
    if standing.version != version:
        raise StaleVersion
    if standing.state not in MAY_CANCEL or standing.voided_at:
        raise BusinessError("验收以后不能再改项目。要改，请先撤回验收。", code="state")
    if not lines:
        raise BusinessError("请至少填一个改造项目。", code="empty")
    if len(lines) > MOST_ITEMS:
        raise BusinessError(f"一件改造最多 {MOST_ITEMS} 个项目。", code="many")
    known = {row.pk: row for row in standing.items.filter(voided_at__isnull=True)}
    for line in lines:
        row = known.pop(line.pk or 0, None) or AdaptationItem(adaptation=standing)
        row.item, row.place, row.number = line.item, line.place.strip(), line.number
        row.price, row.note = line.price, line.note.strip()
        row.full_clean(exclude=["adaptation"])
        row.save()
    AdaptationItem.objects.filter(pk__in=known).update(voided_at=timezone.now())
    if standing.quoted is not None:
        standing.quoted = _total(standing)
    # The version moves with the lines, so that a second hand sees that they changed.
    standing.save(update_fields=["quoted"])
    standing.refresh_from_db(fields=["version"])
    _note("adaptation.items", standing, actor)
    return standing


def _total(case: HomeAdaptation) -> Decimal:
    lines = list(case.items.filter(voided_at__isnull=True).values_list("price", "number"))
    if not lines:
        raise BusinessError("请先填改造项目。", code="items")
    priced = [(price, number) for price, number in lines if price is not None]
    if len(priced) < len(lines):
        raise BusinessError("还有项目没有单价，请先在“改造项目”里填上。", code="price")
    return total_of(priced)


# Steps ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def survey(
    case: HomeAdaptation, *, surveyed_on: dt.date, surveyor: str, findings: str, no_before_photo: str = "",
    actor: User, on: dt.date,
) -> HomeAdaptation:  # fmt: skip
    """The home was looked at. Photos from before are asked for, never demanded: without one a reason says why not.
    See rule book 8.17."""
    case = locked(case)
    values: dict[str, Any] = {
        "surveyed_on": surveyed_on, "surveyor": surveyor.strip(), "findings": findings.strip(),
        "no_before_photo": no_before_photo.strip(),
    }  # fmt: skip
    if repeated(case, State.QUOTE, values):
        return case
    stands_at(case, State.SURVEY)
    _check_day(surveyed_on, on, "surveyed_on", not_before=case.asked_on, what="勘查日期不能早于提出日期。")
    if not case.items.filter(voided_at__isnull=True).exists():
        raise BusinessError("请先填改造项目，再登记勘查。", code="items")
    _photo_or_reason(case, PhotoSide.BEFORE, values["no_before_photo"], "no_before_photo")
    move(case, State.QUOTE, values, actor=actor, happened_on=surveyed_on, on=on)
    _note("adaptation.survey", case, actor)
    return case


@transaction.atomic
def quote(case: HomeAdaptation, told: Quote, *, actor: User, on: dt.date) -> HomeAdaptation:
    """What it costs, who builds and who pays. The sum is that of the items; over the bureau's limit needs a reason."""
    case = locked(case)
    values: dict[str, Any] = {
        "quoted_on": told.quoted_on, "contractor": told.contractor.strip(), "quoted": _total(case),
        "contractor_phone": told.contractor_phone.strip(), "fund_source": told.fund_source, "subsidy": told.subsidy,
        "over_reason": told.over_reason.strip(),
    }  # fmt: skip
    if repeated(case, State.WORKS, values):
        return case
    stands_at(case, State.QUOTE)
    _check_day(told.quoted_on, on, "quoted_on", not_before=case.surveyed_on, what="报价日期不能早于勘查日期。")
    if not values["contractor"]:
        raise BusinessError("请填施工单位。", code="contractor", field="contractor")
    if told.fund_source not in FundSource.values:
        raise BusinessError("请选资金来源。", code="fund", field="fund_source")
    if told.subsidy is not None and not 0 <= told.subsidy <= values["quoted"]:
        raise BusinessError("补助金额不能超过报价。", code="subsidy", field="subsidy")
    most = rules_for(case, told.quoted_on).most
    if values["quoted"] > most and not values["over_reason"]:
        raise BusinessError(
            f"报价 {values['quoted']} 元，超过每户上限 {most} 元。请写明理由。", code="over", field="over_reason"
        )
    move(case, State.WORKS, values, actor=actor, happened_on=told.quoted_on, on=on)
    _note("adaptation.quote", case, actor)
    return case


@transaction.atomic
def finish_works(
    case: HomeAdaptation, *, works_from: dt.date, works_until: dt.date, actor: User, on: dt.date
) -> HomeAdaptation:
    case = locked(case)
    values = {"works_from": works_from, "works_until": works_until}
    if repeated(case, State.ACCEPTANCE, values):
        return case
    stands_at(case, State.WORKS)
    _check_day(works_from, on, "works_from", not_before=case.surveyed_on, what="开工日期不能早于勘查日期。")
    _check_day(works_until, on, "works_until", not_before=works_from, what="完工日期不能早于开工日期。")
    move(case, State.ACCEPTANCE, values, actor=actor, happened_on=works_until, on=on)
    _note("adaptation.works", case, actor)
    return case


@transaction.atomic
def send_back(case: HomeAdaptation, *, note: str, actor: User, on: dt.date) -> HomeAdaptation:
    """What was built is not good enough: back to the works, with what must be mended."""
    case = locked(case)
    stands_at(case, State.ACCEPTANCE)
    if not note.strip():
        raise BusinessError("请写明哪里要返工。", code="note", field="note")
    values = {"acceptance_note": f"返工：{note.strip()}"[:300], "works_until": None}
    move(case, State.WORKS, values, actor=actor, happened_on=on, on=on)
    _note("adaptation.send_back", case, actor)
    return case


@transaction.atomic
def accept(case: HomeAdaptation, told: Acceptance, *, actor: User, on: dt.date) -> HomeAdaptation:
    """The works are accepted; the promise of his plan that they keep is done with it. Photos from after are asked for:
    without one a reason says why not. See rule book 8.17."""
    case = locked(case)
    values: dict[str, Any] = {
        "accepted_on": told.accepted_on, "acceptor": told.acceptor.strip(), "acceptance_note": told.note.strip(),
        "paid": case.quoted if told.paid is None else told.paid, "no_after_photo": told.no_after_photo.strip(),
    }  # fmt: skip
    if repeated(case, State.ASKING, values):
        return case
    stands_at(case, State.ACCEPTANCE)
    _check_day(told.accepted_on, on, "accepted_on", not_before=case.works_until, what="验收日期不能早于完工日期。")
    if not values["acceptor"]:
        raise BusinessError("请填验收人。", code="acceptor", field="acceptor")
    if values["paid"] is not None and values["paid"] < 0:
        raise BusinessError("结算金额不能是负数。", code="paid", field="paid")
    _photo_or_reason(case, PhotoSide.AFTER, values["no_after_photo"], "no_after_photo")
    measure = case.measure
    finishes = measure is not None and not (measure.done_on or measure.dropped_on)
    if measure is not None and finishes:
        finish_measure(
            measure, result="适老化改造已验收", done_on=told.accepted_on, actor=actor, on=on, cost=values["paid"]
        )
    move(case, State.ASKING, values, actor=actor, happened_on=told.accepted_on, on=on, finished_measure=finishes)
    _note("adaptation.accept", case, actor)
    return case


@transaction.atomic
def ask(
    case: HomeAdaptation, *, replied_on: dt.date, satisfaction: str, note: str = "", actor: User, on: dt.date
) -> HomeAdaptation:
    """He was asked whether he is content: the case is closed."""
    case = locked(case)
    values: dict[str, Any] = {"replied_on": replied_on, "satisfaction": satisfaction, "satisfaction_note": note.strip()}
    if repeated(case, State.CLOSED, values):
        return case
    stands_at(case, State.ASKING)
    if satisfaction not in Satisfaction.values:
        raise BusinessError("请选是否满意。", code="satisfaction", field="satisfaction")
    if satisfaction in (Satisfaction.POOR, Satisfaction.UNASKED) and not values["satisfaction_note"]:
        raise BusinessError("请写明哪里不满意，或者为什么没有问到。", code="note", field="note")
    _check_day(replied_on, on, "replied_on", not_before=case.accepted_on, what="回访日期不能早于验收日期。")
    move(case, State.CLOSED, values, actor=actor, happened_on=replied_on, on=on)
    _note("adaptation.ask", case, actor)
    return case


@transaction.atomic
def cancel(case: HomeAdaptation, *, because: str, note: str = "", actor: User, on: dt.date) -> HomeAdaptation:
    """Not built after all, with the reason; the promise of his plan is dropped with it."""
    case = locked(case)
    if case.state == State.CANCELLED:
        return case
    if case.state not in MAY_CANCEL:
        raise BusinessError("已经验收，不能取消。要改，请先撤回验收。", code="state")
    if because not in AdaptationEnd.values or because == AdaptationEnd.PERSON:
        raise BusinessError("请选为什么取消。", code="because", field="because")
    if because == AdaptationEnd.OTHER and not note.strip():
        raise BusinessError("请写明原因。", code="note", field="note")
    measure = case.measure
    drops = measure is not None and not (measure.done_on or measure.dropped_on)
    if measure is not None and drops:
        reason = MeasureDrop.NOT_NEEDED if because == AdaptationEnd.DECLINED else MeasureDrop.CANNOT
        words = note.strip() or str(AdaptationEnd(because).label)
        drop_measure(measure, reason=reason, note=words, actor=actor, on=on)
    values = {"cancelled_on": on, "cancel_because": because, "cancel_note": note.strip()}
    move(case, State.CANCELLED, values, actor=actor, happened_on=on, on=on, finished_measure=drops)
    _note("adaptation.cancel", case, actor)
    return case


@transaction.atomic
def take_back_step(case: HomeAdaptation, *, step_id: int, actor: User) -> HomeAdaptation:
    """Undo the last step: the case stands as before it, the promise is open again. `step_id` is the step that the user
    saw; gone already, nothing happens. What a life event ended is undone with the event."""
    case = locked(case)
    step = last_step(case)
    if step is None or step.pk < step_id:
        return case
    if step.pk != step_id:
        raise BusinessError("别的同志刚又办了一步，请刷新页面再看。", code="state")
    if case.closed_by_event_id:
        raise BusinessError("这是人员变动时结束的。如果变动登记有误，请撤销那次变动。", code="event")
    if step.finished_measure and case.measure is not None:
        reopen_measure(case.measure, actor=actor)
    put_back(case, step)
    _note("adaptation.undo", case, actor)
    return case


# Photos -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_photos(case: HomeAdaptation, side: str, photos: Sequence[Scan], *, actor: User) -> int:
    """Keep cleaned photos (common.photos) of one side of the works; returns how many. The works, not people."""
    case = locked(case)
    if case.voided_at is not None:
        raise BusinessError("这件改造已经作废。", code="voided")
    if not photos:
        raise BusinessError("请先选照片。", code="empty", field="photo")
    if len(photos_of(case, side)) + len(photos) > MOST_PHOTOS:
        raise BusinessError(f"改造前、改造后各最多 {MOST_PHOTOS} 张照片。", code="many", field="photo")
    for photo in photos:
        attachments.store(
            photo.data, subject=subject_of(case), purpose=purpose_of(side), filename=photo.filename,
            content_type=photo.content_type, actor=actor, keep_days=None,
        )  # fmt: skip
    _note("adaptation.photo", case, actor)
    return len(photos)


@transaction.atomic
def remove_photo(case: HomeAdaptation, photo: Attachment, *, actor: User) -> None:
    """Gone for good; the row says when."""
    attachments.purge(photo)
    _note("adaptation.photo", case, actor)


def _photo_or_reason(case: HomeAdaptation, side: PhotoSide, reason: str, field: str) -> None:
    if not reason and not photos_of(case, side):
        raise BusinessError(f"还没有{side.label}的照片。请先加照片，或者写明为什么没有。", code="photo", field=field)


def _check_day(day: dt.date, on: dt.date, field: str, *, not_before: dt.date | None = None, what: str = "") -> None:
    if day > on:
        raise BusinessError("日期还没有到，请核对。", code="future", field=field)
    if not_before is not None and day < not_before:
        raise BusinessError(what, code="order", field=field)


def _note(action: str, case: HomeAdaptation, actor: User) -> None:
    audit.record(action, actor=actor, people=[case.cadre_id], target=f"ledgers.homeadaptation:{case.pk}")
