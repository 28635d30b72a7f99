"""Making two entries of one person one: proposed by one colleague, looked at and carried out by another, undone.

See ADR 0018 and rule book 8.65. The loser is voided and an alias; nothing of his is deleted. The before-image is an
encrypted file that the nightly job removes after thirty days; until then one click takes the merge back.
"""

import datetime as dt
import json
from collections.abc import Collection, Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.common import attachments, audit
from apps.common.errors import BusinessError
from apps.common.models import Attachment
from apps.common.voiding import check_reason
from apps.ledgers.merging_facts import BY_KEY, CADRE, PERSON, Fact
from apps.people import merging
from apps.people.choices import MergeState
from apps.people.models import Person, PersonMerge, TwinPair
from apps.people.queries import known_ids
from apps.registry.models import Cadre

from .merge_rows import Moved, check_keys, move_all, move_back, pack, unpack

UNDO_DAYS = 30
VOIDED_BECAUSE = "与另一份登记是同一个人，已合并"
PURPOSE = "before_merge"


# Pairs ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def dismiss(pair: TwinPair, *, reason: str, actor) -> TwinPair:
    """Two people after all: remembered with its reason, so that nobody is asked again."""
    pair = TwinPair.objects.select_for_update(of=("self",)).get(pk=pair.pk)
    reason = check_reason(reason)
    if pair.dismissed_at is not None:
        return pair
    pair.dismissed_at, pair.dismissed_by, pair.dismiss_reason = timezone.now(), actor, reason
    pair.save(update_fields=["dismissed_at", "dismissed_by", "dismiss_reason"])
    people = [pair.low_id, pair.high_id]
    audit.record("twins.dismiss", actor=actor, people=people, reason=reason, target=f"people.twinpair:{pair.pk}")
    return pair


@transaction.atomic
def take_up_again(pair: TwinPair, *, actor) -> TwinPair:
    """Dismissed by mistake: it waits again."""
    pair = TwinPair.objects.select_for_update(of=("self",)).get(pk=pair.pk)
    if pair.dismissed_at is None:
        return pair
    pair.dismissed_at, pair.dismissed_by, pair.dismiss_reason = None, None, ""
    pair.save(update_fields=["dismissed_at", "dismissed_by", "dismiss_reason"])
    audit.record("twins.back", actor=actor, people=[pair.low_id, pair.high_id], target=f"people.twinpair:{pair.pk}")
    return pair


# The merge --------------------------------------------------------------------------------------------------------


def conflicts(winner: Person, loser: Person, on: dt.date) -> list[str]:
    """Sentences that keep two entries from being merged, found before anything is written."""
    found = []
    if winner.pk == loser.pk or winner.voided_at or loser.voided_at:
        found.append("其中一份登记已经作废或者合并过，请刷新页面。")
    if winner.sex in ("1", "2") and loser.sex in ("1", "2") and winner.sex != loser.sex:
        found.append("两份登记的性别不一样，请先核实更正。")
    for check in merging.checks:
        found += check(winner, loser, on)
    return found


@transaction.atomic
def propose(winner: Person, loser: Person, *, chosen: Collection[str], reason: str, actor, on: dt.date) -> PersonMerge:
    """One colleague has compared both and says which entry stays and which facts come from the other. It waits for the
    second look. Raises BusinessError where the two cannot be merged."""
    winner, loser = _locked(winner.pk, loser.pk)
    reason = check_reason(reason)
    _refuse(conflicts(winner, loser, on))
    wrong = set(chosen) - BY_KEY.keys()
    if wrong:
        raise BusinessError("选的项目不对，请重新打开这一页。", code="facts")
    waiting = PersonMerge.objects.filter(state=MergeState.PROPOSED)
    if known := waiting.filter(loser=loser, winner=winner).first():
        return known
    if waiting.filter(loser__in=[winner, loser]).exists() or waiting.filter(winner=loser).exists():
        raise BusinessError("其中一份登记已经提出合并，正等复核。请先办完那一件。", code="waiting")
    try:
        with transaction.atomic():
            row = PersonMerge.objects.create(
                winner=winner, loser=loser, chosen=sorted(chosen), reason=reason, proposed_by=actor,
                proposed_at=timezone.now(),
            )  # fmt: skip
    except IntegrityError as error:
        raise BusinessError("这份登记刚才已经提出合并，请刷新页面。", code="known") from error
    _note("merge.propose", row, actor, reason)
    return row


@transaction.atomic
def refuse(row: PersonMerge, *, reason: str, actor) -> PersonMerge:
    """The second look says no."""
    row = _locked_merge(row)
    if row.state == MergeState.REFUSED:
        return row
    if row.state != MergeState.PROPOSED:
        raise BusinessError("这件合并已经办过，请刷新页面。", code="state")
    row.state, row.decided_by, row.decided_at = MergeState.REFUSED, actor, timezone.now()
    row.decision_note = check_reason(reason)
    row.save(update_fields=["state", "decided_by", "decided_at", "decision_note"])
    _note("merge.refuse", row, actor, row.decision_note)
    return row


@transaction.atomic
def carry_out(row: PersonMerge, *, actor, now: dt.datetime) -> PersonMerge:
    """The second look agrees: the loser is voided and an alias, his rows and the chosen facts are the winner's.

    Refused to whoever proposed it, and where a conflict came up since; then nothing at all is written.

    See rule book 8.65.
    """
    row = _locked_merge(row)
    if row.state == MergeState.DONE:
        return row
    if row.state != MergeState.PROPOSED:
        raise BusinessError("这件合并已经办过，请刷新页面。", code="state")
    if actor.pk == row.proposed_by_id:
        raise BusinessError("合并要另一位同志复核，提出的人不能自己同意。", code="second_look")
    winner, loser = _locked(row.winner_id, row.loser_id)
    _refuse(conflicts(winner, loser, timezone.localdate(now)))
    before: dict[str, Any] = {"facts": [], "loser_voided": [PERSON]}
    values = _facts_of(loser, row.chosen)
    _void(loser, now, before)
    _take_facts(winner, values, before)
    moved = move_all(winner, loser, now)
    check_keys("有的记录没有跟过来，没有合并。请把这两份登记告诉系统管理员。")
    before |= {"rows": moved.rows, "edits": moved.edits}
    row.before = _keep(before, row, actor)
    row.moved = {label: len(pairs) for label, pairs in moved.rows.items()}
    row.moved |= {f"{label} 留下": number for label, number in moved.stayed.items()}
    row.state, row.decided_by, row.decided_at = MergeState.DONE, actor, now
    row.save(update_fields=["before", "moved", "state", "decided_by", "decided_at"])
    _note("merge.done", row, actor, row.reason)
    return row


@transaction.atomic
def undo(row: PersonMerge, *, reason: str, actor, now: dt.datetime) -> PersonMerge:
    """Take a merge back within thirty days. Rows and facts that were changed since stay with the winner and are named
    in `left`. See rule book 8.66."""
    row = _locked_merge(row)
    if row.state == MergeState.UNDONE:
        return row
    reason = check_reason(reason)
    if row.state != MergeState.DONE:
        raise BusinessError("只有已合并的才能撤销。", code="state")
    if not can_undo(row, now):
        raise BusinessError(f"合并超过 {UNDO_DAYS} 天，合并以前的内容已按规定清除，不能再撤销。", code="too_late")
    later = PersonMerge.objects.filter(loser_id=row.winner_id, state=MergeState.DONE).exists()
    if later:
        raise BusinessError("保留的那一份后来又并入了别的登记，请先撤销那一件。", code="later")
    winner, loser = _locked(row.winner_id, row.loser_id)
    assert row.before is not None
    before = json.loads(attachments.read(row.before))
    left = _give_back_facts(winner, before["facts"])
    _unvoid(loser, before["loser_voided"])
    left += move_back(Moved(rows=before["rows"], edits=before["edits"]), winner, loser)
    check_keys("合并以后又有了新的记录（例如新报的课程），不能整个撤销。请先处理新的记录，再撤销。")
    row.left, row.state = left, MergeState.UNDONE
    row.undone_by, row.undone_at = actor, now
    row.save(update_fields=["left", "state", "undone_by", "undone_at"])
    _note("merge.undo", row, actor, reason)
    return row


def can_undo(row: PersonMerge, now: dt.datetime) -> bool:
    return (
        row.state == MergeState.DONE
        and row.decided_at is not None
        and now < row.decided_at + dt.timedelta(days=UNDO_DAYS)
        and row.before is not None
        and row.before.purged_at is None
    )


# ------------------------------------------------------------------------------------------------------------------


def _locked(winner_id: int, loser_id: int) -> tuple[Person, Person]:
    """Both, locked in the order of their keys, so that two merges the other way round wait for each other."""
    rows = Person.objects.select_for_update(of=("self",)).filter(pk__in=[winner_id, loser_id]).order_by("pk")
    found = {row.pk: row for row in rows}
    return found[winner_id], found[loser_id]


def _locked_merge(row: PersonMerge) -> PersonMerge:
    return PersonMerge.objects.select_for_update(of=("self",)).get(pk=row.pk)


def _refuse(sentences: Iterable[str]) -> None:
    if found := list(sentences):
        raise BusinessError("".join(found), code="merge_conflict")


def _row_of(person: Person, which: str):
    return person if which == PERSON else Cadre.objects.select_for_update(of=("self",)).filter(pk=person.pk).first()


def _facts_of(person: Person, chosen: Iterable[str]) -> list[tuple[Fact, dict]]:
    """Values of the chosen facts, in the clear."""
    rows = {which: _row_of(person, which) for which in (PERSON, CADRE)}
    found = []
    for key in chosen:
        fact = BY_KEY[key]
        row = rows[fact.row]
        if row is not None:
            found.append((fact, {name: getattr(row, name) for name in fact.columns}))
    return found


def _take_facts(winner: Person, values: list[tuple[Fact, dict]], before: dict) -> None:
    rows = {which: _row_of(winner, which) for which in (PERSON, CADRE)}
    changed: dict[str, list[str]] = {}
    for fact, columns in values:
        row = rows[fact.row]
        if row is None:
            continue
        for name, value in columns.items():
            old = getattr(row, name)
            if pack(old) == pack(value):
                continue
            before["facts"].append([fact.row, name, pack(old), pack(value)])
            setattr(row, name, value)
            changed.setdefault(fact.row, []).append(name)
    for which, names in changed.items():
        rows[which].save(update_fields=names)


def _give_back_facts(winner: Person, facts: list[list]) -> list[list]:
    """Old values into the columns that still hold what the merge wrote; returns the rest as [model, key]."""
    rows = {which: _row_of(winner, which) for which in (PERSON, CADRE)}
    changed: dict[str, list[str]] = {}
    left = []
    for which, name, old, new in facts:
        row = rows[which]
        if pack(getattr(row, name)) != new:
            left.append([row._meta.label, row.pk])
            continue
        setattr(row, row._meta.get_field(name).attname, unpack(row._meta.get_field(name), old))
        changed.setdefault(which, []).append(name)
    for which, names in changed.items():
        rows[which].save(update_fields=names)
    return [list(pair) for pair in dict.fromkeys(tuple(pair) for pair in left)]


def _void(loser: Person, now: dt.datetime, before: dict) -> None:
    Person.objects.filter(pk=loser.pk).update(voided_at=now, void_reason=VOIDED_BECAUSE)
    if Cadre.objects.filter(pk=loser.pk, voided_at__isnull=True).update(voided_at=now):
        before["loser_voided"].append(CADRE)


def _unvoid(loser: Person, which: list[str]) -> None:
    Person.objects.filter(pk=loser.pk).update(voided_at=None, void_reason="")
    if CADRE in which:
        Cadre.objects.filter(pk=loser.pk).update(voided_at=None)


def _keep(before: dict, row: PersonMerge, actor) -> Attachment:
    return attachments.store(
        json.dumps(before, ensure_ascii=False).encode(), subject=f"people.personmerge:{row.pk}", purpose=PURPOSE,
        filename="before.json", content_type="application/json", actor=actor, keep_days=UNDO_DAYS,
    )  # fmt: skip


def _note(action: str, row: PersonMerge, actor, reason: str = "") -> None:
    audit.record(
        action, actor=actor, people=sorted({*known_ids(row.winner_id), row.loser_id}), fields=row.chosen[:40],
        reason=reason, target=f"people.personmerge:{row.pk}",
    )  # fmt: skip
