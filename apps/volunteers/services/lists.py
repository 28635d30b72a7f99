"""Lists of volunteers coming in: received, checked by a job, confirmed, written by another; once each (rule book
10.7)."""

import datetime as dt
import json
import uuid
from collections import Counter, defaultdict

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from apps.common import attachments, audit
from apps.common.citizen_id import parse_citizen_id
from apps.common.errors import BusinessError
from apps.common.jobs import job_kind, report_progress
from apps.common.models import Job
from apps.common.partial_date import PartialDate
from apps.common.services import start_job
from apps.organisation.models import Unit
from apps.people.choices import PhoneKind
from apps.people.models import Person, Phone
from apps.people.services import IdCheck, save_person, save_phone
from apps.registry.registers.lists import Line, refused_rows
from apps.volunteers.models import VolunteerBatch

from .list_checking import CHANGED, NEW, REFUSED, UNCHANGED, Checker, Outcome, merged, strengths_of
from .list_reading import read_list
from .teams import add_member
from .volunteers import VolunteerFacts, change, record_statement, register

CHECK, APPLY = "volunteers.check_list", "volunteers.apply_list"
State = VolunteerBatch.State
# The same row of the same batch makes the same paper.
PAPER_KEYS = uuid.UUID("5b0f7f0e-5f3e-4a55-9a83-6d2a1f7f10aa")


@transaction.atomic
def receive(data: bytes, filename: str, unit: Unit, *, actor, request=None) -> VolunteerBatch:
    """Keep an uploaded list and let a job check it."""
    upload = attachments.store(
        data, subject="volunteers.volunteerbatch", purpose="志愿者名单", filename=filename, actor=actor
    )
    batch = VolunteerBatch.objects.create(unit=unit, upload=upload, uploaded_by=actor)
    audit.record("volunteer.upload", actor=actor, target=_target(batch), request=request)
    _queue(batch, CHECK, "检查", actor)
    return batch


@transaction.atomic
def confirm(batch: VolunteerBatch, *, version: int, actor) -> VolunteerBatch:
    """Let a previewed list be written. `version` is that of the preview seen; confirming twice has one effect."""
    if not (batch.counts.get(NEW) or batch.counts.get(CHANGED)):
        raise BusinessError("这张表里没有要写入的内容。", code="nothing")
    claimed = VolunteerBatch.objects.filter(pk=batch.pk, state=State.PREVIEW, version=version).update(
        state=State.APPLYING
    )
    batch.refresh_from_db()
    if claimed:
        _queue(batch, APPLY, "写入", actor)
    elif batch.state not in (State.APPLYING, State.APPLIED):
        raise BusinessError("这一批的情况已经变了，请看过最新的预览再确认。", code="state")
    return batch


def discard(batch: VolunteerBatch) -> None:
    """Give up a list that was not written."""
    rows = VolunteerBatch.objects.filter(pk=batch.pk, state__in=(State.RECEIVED, State.PREVIEW))
    rows.update(state=State.DISCARDED)


def read_checked(batch: VolunteerBatch) -> dict:
    """`unknown` headings and `rows` as checked; empty once purged."""
    try:
        return json.loads(attachments.read(batch.checked)) if batch.checked else {"unknown": [], "rows": []}
    except FileNotFoundError:
        return {"unknown": [], "rows": []}


def _queue(batch: VolunteerBatch, kind: str, act: str, actor) -> None:
    job = start_job(kind, f"{act}志愿者名单（第 {batch.pk} 批）", actor=actor, params={"batch": batch.pk})
    VolunteerBatch.objects.filter(pk=batch.pk).update(job=job)
    batch.refresh_from_db()


@job_kind(CHECK)
def check_list(job: Job) -> dict:
    """Read and compare the upload; a file that cannot be taken is a result, not a failure."""
    batch = VolunteerBatch.objects.select_related("upload", "uploaded_by", "unit").get(pk=job.params["batch"])
    if batch.state != State.RECEIVED:
        return batch.counts
    report_progress(job, 10, 100, "正在检查")
    today = timezone.localdate()
    try:
        lines = read_list(attachments.read(batch.upload), batch.upload.filename, today=today)
    except BusinessError as refusal:
        VolunteerBatch.objects.filter(pk=batch.pk, state=State.RECEIVED).update(
            state=State.REFUSED, refusal=refusal.sentence[:500]
        )
        return {}
    outcomes = Checker(lines.rows, batch.unit, batch.uploaded_by, at=lines.at, today=today).compare(lines.rows)
    counts = {verdict: 0 for verdict in (NEW, CHANGED, UNCHANGED, REFUSED)} | Counter(one.verdict for one in outcomes)
    refused = [one.line for one in outcomes if one.verdict == REFUSED]
    with transaction.atomic():
        kept = {"checked": _keep(batch, "检查结果", "checked.json", _as_json(lines.unknown, outcomes))}
        if refused:
            kept["report"] = _keep(
                batch, "不能导入的行", "没有导入的志愿者.xlsx", refused_rows(lines, refused)
            )  # fmt: skip
        VolunteerBatch.objects.filter(pk=batch.pk, state=State.RECEIVED).update(
            state=State.PREVIEW, counts=dict(counts), **kept
        )
    return dict(counts)


@job_kind(APPLY)
def apply_list(job: Job) -> dict:
    """Write a confirmed list. What no longer fits goes back to be looked at again, with nothing written."""
    report_progress(job, 10, 100, "正在写入")
    pk = job.params["batch"]
    try:
        return write(pk, today=timezone.localdate())
    except BusinessError as refusal:
        VolunteerBatch.objects.filter(pk=pk, state=State.APPLYING).update(
            state=State.REFUSED, refusal=refusal.sentence[:500]
        )
        raise


@transaction.atomic
def write(pk: int, *, today: dt.date) -> dict:
    """All rows or none; compared anew, so that what stands by now stays. Twice is once. See rule book
    10.7."""
    batch = VolunteerBatch.objects.select_for_update(of=("self",)).select_related("unit", "uploaded_by").get(pk=pk)
    if batch.state != State.APPLYING:
        return batch.counts
    kept = [row for row in read_checked(batch)["rows"] if row["verdict"] in (NEW, CHANGED)]
    lines = [Line(row["number"], [], row["values"]) for row in kept]
    checker = Checker(lines, batch.unit, batch.uploaded_by, at=defaultdict(int), today=today)
    written = []
    for found in checker.compare(lines):
        if found.verdict == REFUSED:
            raise BusinessError(
                f"第 {found.line.number} 行和现在的登记对不上了，没有写入。请重新上传再看一遍。", code="changed"
            )
        if found.verdict != UNCHANGED:
            written.append(_write_row(batch, found, today))
    VolunteerBatch.objects.filter(pk=pk).update(state=State.APPLIED, applied_at=Now())
    audit.record("volunteer.import", actor=batch.uploaded_by, people=sorted(written), target=_target(batch))
    return batch.counts


def _write_row(batch: VolunteerBatch, found: Outcome, today: dt.date) -> int:
    values, actor = found.line.values, batch.uploaded_by
    person = found.person or _person(values, actor, today)
    joined = dt.date.fromisoformat(values["joined"]) if "joined" in values else today
    try:
        volunteer = register(person, batch.unit, on=joined, actor=actor)
        facts = VolunteerFacts(
            skills=tuple(merged(volunteer.skills, values.get("skills"))),
            wishes=tuple(merged(volunteer.wishes, values.get("wishes"))),
            strengths=strengths_of(values) or None, national_no=values.get("national_no"),
            contact_name=values.get("contact_name", ""), contact_phone=values.get("contact_phone", ""),
        )  # fmt: skip
        change(volunteer, facts, actor=actor, on=today)
        for kind in found.papers:
            record_statement(
                volunteer, kind, signed_on=dt.date.fromisoformat(values[kind]), actor=actor, on=today,
                form_key=uuid.uuid5(PAPER_KEYS, f"{batch.public_id}{found.line.number}{kind}"),
            )  # fmt: skip
        if found.team is not None:
            add_member(found.team, volunteer, on=max(joined, found.team.founded_on or joined), actor=actor)
    except BusinessError as refusal:
        raise BusinessError(f"第 {found.line.number} 行：{refusal.sentence}", code=refusal.code) from refusal
    return volunteer.pk


def _person(values: dict, actor, today: dt.date) -> Person:
    """Somebody who is in no register."""
    person = Person(name=values["name"], birth_date=PartialDate.parse(values["birth"]), sex=values.get("sex", "0"))
    check = IdCheck(parse_citizen_id(values["citizen_id"], on=today)) if "citizen_id" in values else None
    save_person(person, sealed={}, check=check)
    if "phone" in values:
        save_phone(Phone(person=person, kind=PhoneKind.MOBILE, whose="本人"), values["phone"], actor=actor)
    return person


def _keep(batch: VolunteerBatch, purpose: str, filename: str, data: bytes):
    return attachments.store(data, subject=_target(batch), purpose=purpose, filename=filename, actor=batch.uploaded_by)


def _as_json(unknown: list[str], outcomes: list[Outcome]) -> bytes:
    """The rows to write, and what the preview shows of each: never a number among the words."""
    rows = [
        {
            "number": one.line.number, "verdict": one.verdict, "name": one.line.values.get("name", ""),
            "unit": one.team.name if one.team else "", "changes": one.changes,
            "faults": list(dict.fromkeys(one.line.faults.values())),
            "values": one.line.values if one.verdict != REFUSED else {},
        }
        for one in outcomes
    ]  # fmt: skip
    return json.dumps({"unknown": unknown, "rows": rows}, ensure_ascii=False).encode()


def _target(batch: VolunteerBatch) -> str:
    return f"volunteers.volunteerbatch:{batch.pk}"
