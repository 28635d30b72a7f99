"""入党申请 and the steps of 发展党员 (rule book 7.22, 7.23). Each step in order, with its least time between."""

import datetime as dt
import uuid

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from apps.branches.access import Desk
from apps.branches.choices import RecruitStage
from apps.branches.models import Membership, Organisation, Recruit, RecruitStep
from apps.branches.rules.recruits import (
    DAY_OF,
    OPEN_STAGES,
    RecruitRules,
    earliest,
    months_later,
    next_stage,
    prolonged_until,
)
from apps.common import audit
from apps.common.errors import BusinessError
from apps.common.partial_date import PartialDate
from apps.organisation.queries import rule_values
from apps.people.choices import LifeStatus
from apps.people.models import Person
from apps.registry.models import LifeEvent
from apps.registry.services.party import MEMBER, PROBATIONARY, restore_party_standing, set_party_standing

from .guards import not_after_today, require_standing, save
from .memberships import join_organisation

Stage = RecruitStage
OF_THE_PARTY = (MEMBER, PROBATIONARY)


@transaction.atomic
def apply_to_join(desk: Desk, person: Person, *, key: uuid.UUID, on: dt.date, note: str = "") -> Recruit:
    """Note the written application of a non-member with the desk's branch; the same key is the same application.

    Refused for members, and in an organisation whose kind recruits nobody.
    """
    not_after_today(on, "申请日期")
    if known := Recruit.objects.filter(public_id=key).first():
        return known
    locked = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if locked.life_status != LifeStatus.LIVING:
        raise BusinessError("他的情况正在核实，请先问老干部局。", code="not_living", field="person")
    if locked.political_status in OF_THE_PARTY:
        raise BusinessError("他已经是党员，不用再登记入党申请。", code="member", field="person")
    require_standing(desk.organisation, on)
    row = Recruit(
        public_id=key, person=person, organisation=desk.organisation, applied_on=on, entered_by=desk.user,
        by_staff=desk.by_staff,
    )  # fmt: skip
    save(row)
    _note(desk, row, on, note)
    return row


@transaction.atomic
def advance(
    desk: Desk,
    recruit: Recruit,
    stage: str,
    *,
    on: dt.date,
    note: str = "",
    document_no: str = "",
    introducers: str = "",
) -> Recruit:
    """The branch has decided: on to `stage`, which must be the next. Done already, nothing changes.

    接收为预备党员 sets the political status and opens the formal membership; 转正 sets the day from which party age
    counts. What stood there is kept with the step.
    """
    row = _locked(desk, recruit)
    if row.stage == stage:
        return row
    if next_stage(row.stage) != stage:
        raise BusinessError(f"现在是“{row.get_stage_display()}”，不能直接到这一步。请刷新再看。", code="order")
    not_after_today(on, "日期")
    rules = rule_values(RecruitRules.rule_key, on=on)
    first = earliest(stage, _days(row), rules)
    if first is not None and on < first:
        raise BusinessError(f"按规定这一步不早于 {first:%Y年%-m月%-d日}。", code="too_early", field="on")
    if stage == Stage.PROBATIONARY and not introducers.strip():
        raise BusinessError("请写两位入党介绍人。", code="missing", field="introducers")
    before = _take_effect(desk, row, stage, on, rules)
    setattr(row, DAY_OF[stage], on)
    row.stage, row.introducers = stage, introducers.strip() or row.introducers
    save(row)
    _note(desk, row, on, note, document_no, before)
    return row


@transaction.atomic
def prolong(desk: Desk, recruit: Recruit, *, months: int, on: dt.date, note: str) -> Recruit:
    """Prolong the probation, once (rule book 7.23)."""
    row = _locked(desk, recruit)
    if row.stage != Stage.PROBATIONARY:
        raise BusinessError("只有预备党员才能延长预备期。", code="order")
    if row.prolonged:
        raise BusinessError("预备期已经延长过一次，不能再延长。", code="once")
    not_after_today(on, "日期")
    assert row.probation_until is not None  # set with 预备党员
    try:
        row.probation_until = prolonged_until(row.probation_until, months, rule_values(RecruitRules.rule_key, on=on))
    except ValueError as error:
        raise BusinessError(str(error), code="months", field="months") from error
    row.prolonged = True
    save(row)
    _note(desk, row, on, f"延长预备期 {months} 个月。{note}", before={"prolonged": months})
    return row


@transaction.atomic
def stop(desk: Desk, recruit: Recruit, *, on: dt.date, reason: str) -> Recruit:
    """Stop at his wish or by decision. A 预备党员 whose admission is cancelled is no member any more."""
    row = _locked(desk, recruit)
    if row.stage == Stage.STOPPED:
        return row
    if row.stage not in OPEN_STAGES:
        raise BusinessError("已经转正，不能在这里终止。", code="order")
    not_after_today(on, "日期")
    before = {"stage": row.stage}
    if row.stage == Stage.PROBATIONARY:
        before |= set_party_standing(row.person, "13", actor=desk.user)
        _close_membership(row, on)
    row.stage, row.stopped_on = Stage.STOPPED, on
    save(row)
    _note(desk, row, on, reason, before=before)
    return row


@transaction.atomic
def step_back(desk: Desk, recruit: Recruit) -> Recruit:
    """Take back the last step on the day it was typed, with what it changed in the person's file."""
    row = _locked(desk, recruit)
    last = row.steps.order_by("-pk").first()
    if last is None or timezone.localdate(last.at) != desk.today or row.steps.count() < 2:
        raise BusinessError("只有当天登记的一步可以撤回；登记错了请找老干部局。", code="too_late")
    before = last.before
    if "political_status" in before:
        restore_party_standing(row.person, before, actor=desk.user)
    if "prolonged" in before:
        row.prolonged, row.probation_until = False, months_later(_admitted_on(row), _probation(row))
    elif last.stage == Stage.STOPPED:
        row.stage, row.stopped_on = before["stage"], None
        _reopen_membership(row)
    else:
        setattr(row, DAY_OF[last.stage], None)
        row.stage = row.steps.order_by("-pk")[1].stage
        if last.stage == Stage.PROBATIONARY:
            row.probation_until = None
            _void_membership(row)
    save(row)
    last.delete()
    audit.record("recruit.back", actor=desk.user, people=[row.person_id], target=f"branches.recruit:{row.pk}")
    return row


def recruit_died(event: LifeEvent, on: dt.date) -> None:
    """An application of the dead ends there."""
    for row in Recruit.objects.open().select_for_update(of=("self",)).filter(person_id=event.person_id):
        row.stage_before, row.stage, row.stopped_on, row.closed_by_event = row.stage, Stage.STOPPED, on, event
        row.save(update_fields=["stage_before", "stage", "stopped_on", "closed_by_event"])


def recruit_lives(event: LifeEvent) -> None:
    """The death is undone: exactly these go on."""
    Recruit.objects.filter(closed_by_event=event).update(
        stage=F("stage_before"), stage_before="", stopped_on=None, closed_by_event=None, updated_at=Now()
    )


def _locked(desk: Desk, recruit: Recruit) -> Recruit:
    Person.objects.select_for_update(of=("self",)).only("pk").get(pk=recruit.person_id)
    row = Recruit.objects.select_for_update(of=("self",)).select_related("person", "organisation").get(pk=recruit.pk)
    if row.organisation_id != desk.organisation.pk:
        raise BusinessError("这件申请不归这个支部办。", code="not_yours")
    return row


def _days(row: Recruit) -> dict[str, dt.date | None]:
    return {name: getattr(row, name) for name in (*DAY_OF.values(), "probation_until")}


def _take_effect(desk: Desk, row: Recruit, stage: str, on: dt.date, rules: RecruitRules) -> dict:
    day = PartialDate(on.year, on.month, on.day)
    if stage == Stage.PROBATIONARY:
        before = set_party_standing(row.person, PROBATIONARY, joined_on=day, actor=desk.user)
        organisation = Organisation.objects.get(pk=row.organisation_id)
        row.joined = join_organisation(row.person, organisation, on=on, actor=desk.user, reason="接收为预备党员")
        row.probation_until = months_later(on, rules.probation_months)
        return before
    if stage == Stage.FULL:
        return set_party_standing(row.person, MEMBER, full_on=day, actor=desk.user)
    return {}


def _probation(row: Recruit) -> int:
    return rule_values(RecruitRules.rule_key, on=_admitted_on(row)).probation_months


def _admitted_on(row: Recruit) -> dt.date:
    assert row.admitted_on is not None  # he is or was 预备党员
    return row.admitted_on


def _joined(row: Recruit) -> Membership:
    """The membership that his admission opened, locked."""
    assert row.joined_id is not None  # set with 预备党员
    return Membership.objects.select_for_update(of=("self",)).get(pk=row.joined_id)


def _close_membership(row: Recruit, on: dt.date) -> None:
    joined = _joined(row)
    if joined.ends_on is None:
        joined.ends_on, joined.reason_out = max(on, joined.starts_on), "取消预备党员资格"
        joined.save(update_fields=["ends_on", "reason_out"])


def _reopen_membership(row: Recruit) -> None:
    if row.joined_id:
        joined = _joined(row)
        joined.ends_on, joined.reason_out = None, ""
        try:
            with transaction.atomic():
                joined.save(update_fields=["ends_on", "reason_out"])
        except IntegrityError as error:
            raise BusinessError("他的组织关系后来又有变动，不能撤回。", code="changed_later") from error


def _void_membership(row: Recruit) -> None:
    joined = _joined(row)
    if joined.ends_on is not None:
        raise BusinessError("他的组织关系后来又有变动，不能撤回。", code="changed_later")
    joined.voided_at, joined.void_reason = timezone.now(), "撤回接收预备党员"
    joined.save(update_fields=["voided_at", "void_reason"])
    row.joined = None


def _note(desk: Desk, row: Recruit, on: dt.date, note: str, document_no: str = "", before: dict | None = None) -> None:
    RecruitStep.objects.create(
        recruit=row, stage=row.stage, on=on, note=note[:200], document_no=document_no, before=before or {},
        entered_by=desk.user, by_staff=desk.by_staff,
    )  # fmt: skip
    action = f"recruit.{row.stage}"
    audit.record(action, actor=desk.user, people=[row.person_id], target=f"branches.recruit:{row.pk}")
