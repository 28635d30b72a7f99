"""Lists of outside posts coming in (rule book 10.56); the way they go is that of `batches`."""

import datetime as dt
from collections import defaultdict
from functools import partial

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from apps.common import attachments, audit
from apps.common.errors import BusinessError
from apps.common.jobs import job_kind
from apps.common.models import Job
from apps.registry.registers.lists import Lines
from apps.signups.services.locking import lock_persons
from apps.volunteers.models import OutsidePost, PostBatch

from . import batches
from .batches import REFUSED, UNCHANGED, State
from .post_checking import Outcome, PostChecker
from .post_reading import read_posts
from .posts import save_post

CHECK, APPLY = "volunteers.check_posts", "volunteers.apply_posts"
TEXTS = ("kind", "duty", "body", "field", "level", "appointed_by", "document_no", "approval_no")


def _judge(batch: PostBatch) -> tuple[Lines, list[Outcome]]:
    lines = read_posts(attachments.read(batch.upload), batch.upload.filename, today=timezone.localdate())
    return lines, PostChecker(lines.rows, batch.uploaded_by, at=lines.at).compare(lines.rows)


FLOW = batches.Flow(
    PostBatch, "社会任职名单", CHECK, APPLY, "post.upload", _judge, lambda one: {"unit": "", "changes": one.changes}
)
receive = partial(batches.receive, FLOW)
confirm, discard = partial(batches.confirm, FLOW), partial(batches.discard, FLOW)


@job_kind(CHECK)
def check_posts(job: Job) -> dict:
    return batches.run_check(FLOW, job)


@job_kind(APPLY)
def apply_posts(job: Job) -> dict:
    return batches.run_apply(FLOW, job, write)


@transaction.atomic
def write(pk: int) -> dict:
    """All rows or none; compared anew, so that what stands by now stays. Twice is once. See rule book 10.56."""
    batch = PostBatch.objects.select_for_update(of=("self",)).select_related("uploaded_by").get(pk=pk)
    if batch.state != State.APPLYING:
        return batch.counts
    lines = batches.lines_to_write(batch)
    found = PostChecker(lines, batch.uploaded_by, at=defaultdict(int)).compare(lines)
    for one in found:
        if one.verdict == REFUSED:
            raise batches.no_longer_fits(one.line)
    fresh = [one for one in found if one.verdict != UNCHANGED]
    lock_persons(one.person.pk for one in fresh if one.person)
    for one in fresh:
        _write_row(one)
    PostBatch.objects.filter(pk=pk).update(state=State.APPLIED, applied_at=Now())
    people = sorted({one.person.pk for one in fresh if one.person})
    audit.record("post.import", actor=batch.uploaded_by, people=people, target=FLOW.target(batch))
    return batch.counts


def _write_row(one: Outcome) -> None:
    values = one.line.values
    if one.unit_id is None:
        raise batches.no_longer_fits(one.line)
    post = OutsidePost(
        unit_id=one.unit_id, person=one.person, community=one.community, place=one.place,
        starts_on=dt.date.fromisoformat(values["starts_on"]), ends_on=_day(values, "ends_on"),
        approved_on=_day(values, "approved_on"), is_association=values.get("is_association", False),
        is_paid=values.get("is_paid", False), **{key: values[key] for key in TEXTS if key in values},
    )  # fmt: skip
    try:
        save_post(post)
    except BusinessError as refusal:
        raise BusinessError(f"第 {one.line.number} 行：{refusal.sentence}", code=refusal.code) from refusal


def _day(values: dict, key: str) -> dt.date | None:
    return dt.date.fromisoformat(values[key]) if key in values else None
