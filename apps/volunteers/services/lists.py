"""Lists of volunteers coming in: received, checked by a job, confirmed, written by another; once each (rule book
10.7)."""

import datetime as dt
import uuid
from collections import defaultdict
from functools import partial

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from apps.common import attachments, audit
from apps.common.citizen_id import parse_citizen_id
from apps.common.errors import BusinessError
from apps.common.jobs import job_kind
from apps.common.models import Job
from apps.common.partial_date import PartialDate
from apps.organisation.models import Unit
from apps.people.choices import PhoneKind
from apps.people.models import Person, Phone
from apps.people.services import IdCheck, save_person, save_phone
from apps.registry.registers.lists import Lines
from apps.volunteers.models import VolunteerBatch
from apps.volunteers.models.batches import UploadBatch

from . import batches
from .batches import REFUSED, UNCHANGED, State, read_checked
from .list_checking import Checker, Outcome, merged, strengths_of
from .list_reading import read_list
from .teams import add_member
from .volunteers import VolunteerFacts, change, record_statement, register

__all__ = ["FLOW", "confirm", "discard", "read_checked", "receive"]
CHECK, APPLY = "volunteers.check_list", "volunteers.apply_list"
# The same row of the same batch makes the same paper.
PAPER_KEYS = uuid.UUID("5b0f7f0e-5f3e-4a55-9a83-6d2a1f7f10aa")


def receive(data: bytes, filename: str, unit: Unit, *, actor, request=None) -> UploadBatch:
    """Keep an uploaded list and let a job check it."""
    return batches.receive(FLOW, data, filename, actor=actor, request=request, unit=unit)


def _judge(batch: VolunteerBatch) -> tuple[Lines, list[Outcome]]:
    today = timezone.localdate()
    lines = read_list(attachments.read(batch.upload), batch.upload.filename, today=today)
    checker = Checker(lines.rows, batch.unit, batch.uploaded_by, at=lines.at, today=today)
    return lines, checker.compare(lines.rows)


def _as_row(one: Outcome) -> dict:
    return {"unit": one.team.name if one.team else "", "changes": one.changes}


FLOW = batches.Flow(VolunteerBatch, "志愿者名单", CHECK, APPLY, "volunteer.upload", _judge, _as_row)
confirm, discard = partial(batches.confirm, FLOW), partial(batches.discard, FLOW)


@job_kind(CHECK)
def check_list(job: Job) -> dict:
    return batches.run_check(FLOW, job)


@job_kind(APPLY)
def apply_list(job: Job) -> dict:
    return batches.run_apply(FLOW, job, lambda pk: write(pk, today=timezone.localdate()))


@transaction.atomic
def write(pk: int, *, today: dt.date) -> dict:
    """All rows or none; compared anew, so that what stands by now stays. Twice is once. See rule book
    10.7."""
    batch = VolunteerBatch.objects.select_for_update(of=("self",)).select_related("unit", "uploaded_by").get(pk=pk)
    if batch.state != State.APPLYING:
        return batch.counts
    lines = batches.lines_to_write(batch)
    checker = Checker(lines, batch.unit, batch.uploaded_by, at=defaultdict(int), today=today)
    written = []
    for found in checker.compare(lines):
        if found.verdict == REFUSED:
            raise batches.no_longer_fits(found.line)
        if found.verdict != UNCHANGED:
            written.append(_write_row(batch, found, today))
    VolunteerBatch.objects.filter(pk=pk).update(state=State.APPLIED, applied_at=Now())
    audit.record("volunteer.import", actor=batch.uploaded_by, people=sorted(written), target=FLOW.target(batch))
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
