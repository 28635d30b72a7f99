"""民主评议党员 and 谈心谈话."""

import datetime
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from apps.branches.access import Desk
from apps.branches.choices import ReviewResult
from apps.branches.models import Meeting, Review, Talk
from apps.branches.rules import Capability, able, refusal
from apps.common import audit
from apps.common.errors import BusinessError
from apps.common.voiding import void

from .deliveries import require_members
from .guards import check

FIRST_YEAR = 1949


@dataclass(frozen=True)
class Finding:
    """What was found about one member; no result takes an earlier one back."""

    result: str
    note: str = ""


@transaction.atomic
def record_reviews(
    desk: Desk, year: int, findings: Mapping[int, Finding], *, meeting: Meeting | None = None
) -> list[Review]:
    """Write the results of a year, by person id: one a member and year. Said again, what is said now holds.

    A 不合格 needs a note. Refuses years to come, people who are no members, and whoever has his result from another
    branch.
    """
    organisation = desk.organisation
    if not able(organisation.kind, Capability.LESSONS):
        raise BusinessError(refusal(organisation.kind, Capability.LESSONS), code="incapable")
    if not FIRST_YEAR <= year <= desk.today.year:
        raise BusinessError("评议年度不能晚于今年。", code="year", field="year")
    on = min(desk.today, datetime.date(year, 12, 31))
    require_members(desk, findings, on, field="result")
    there = {
        row.person_id: row
        for row in Review.objects.select_for_update(of=("self",)).filter(
            year=year, person_id__in=list(findings), voided_at__isnull=True
        )
    }
    written = []
    for pk, finding in findings.items():
        row = there.get(pk)
        if row and row.organisation_id != organisation.pk:
            raise BusinessError("有人这一年已在别的支部评议过。请核对。", code="elsewhere", field="result")
        if changed := _write(desk, row, pk, year, finding, meeting):
            written.append(changed)
    if written:
        _note("record_reviews", desk, [row.person_id for row in written])
    return written


def _write(desk: Desk, row: Review | None, pk: int, year: int, finding: Finding, meeting) -> Review | None:
    """The row as it was written; None where nothing is different."""
    note = finding.note.strip()[:200]
    if not finding.result:
        if row:
            void(row, reason="评议结果清空", actor=desk.user, people=[pk])
        return row
    if finding.result not in ReviewResult:
        raise BusinessError("没有这种评议结果。", code="result", field="result")
    if finding.result == ReviewResult.FAILED and not note:
        raise BusinessError("评为不合格的，请在说明里写明理由和帮教办法。", code="note", field="note")
    if row and (row.result, row.note) == (finding.result, note):
        return None
    row = row or Review(organisation=desk.organisation, person_id=pk, year=year)
    row.result, row.note, row.meeting = finding.result, note, meeting or row.meeting
    row.entered_by, row.by_staff = desk.user, desk.by_staff
    check(row)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise BusinessError("刚有人登记了同一位党员的评议，请刷新后再看。", code="concurrent") from error
    return row


@dataclass(frozen=True, kw_only=True)
class TalkFacts:
    """What the form about 谈心谈话 says; `officer` and `person` are person ids."""

    key: uuid.UUID
    talked_on: datetime.date
    officer: int
    person: int
    theme: str


@transaction.atomic
def record_talk(desk: Desk, facts: TalkFacts) -> Talk:
    """Write that an officer talked with a member; the same key again writes nothing."""
    if found := Talk.objects.filter(public_id=facts.key).first():
        if found.organisation_id != desk.organisation.pk:
            raise BusinessError("这张表已经用过。请回到工作台重新打开。", code="foreign_key")
        return found
    if facts.talked_on > desk.today:
        raise BusinessError("谈话日期不能晚于今天。", code="future", field="talked_on")
    if not facts.theme.strip():
        raise BusinessError("请写明谈什么。", code="theme", field="theme")
    if facts.officer == facts.person:
        raise BusinessError("谈话人和党员不能是同一个人。", code="same", field="person")
    require_members(desk, [facts.person], facts.talked_on, field="person")
    posts = desk.organisation.posts.current(facts.talked_on)
    if not posts.filter(person_id=facts.officer).exists():
        raise BusinessError("谈话人要从那天在任的书记、委员里选。", code="officer", field="officer")
    row = Talk(
        public_id=facts.key, organisation=desk.organisation, person_id=facts.person, officer_id=facts.officer,
        talked_on=facts.talked_on, theme=facts.theme.strip(), entered_by=desk.user, by_staff=desk.by_staff,
    )  # fmt: skip
    check(row)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        return Talk.objects.get(public_id=facts.key)
    _note("record_talk", desk, [facts.person])
    return row


@transaction.atomic
def take_back_talk(desk: Desk, talk: Talk) -> None:
    """Void a talk; void already: nothing happens."""
    row = Talk.objects.select_for_update(of=("self",)).get(pk=talk.pk, organisation=desk.organisation)
    void(row, reason="登记错了，撤回", actor=desk.user, people=[row.person_id])


def _note(action: str, desk: Desk, people: list[int]) -> None:
    reason = "代录" if desk.by_staff else ""
    target = f"branches.organisation:{desk.organisation.pk}"
    audit.record(action, actor=desk.user, people=people, reason=reason, target=target)
