"""后事: opened by a death in its transaction, voided when the death is undone; its tasks, papers and drafts.

Life handler `follow_death` runs for every person: it also says how long the household is left in peace.
"""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.common import audit
from apps.common.errors import BusinessError
from apps.common.partial_date import PartialDate
from apps.common.secrecy_words import refuse_marks
from apps.ledgers.choices import CareRole, CheckResult
from apps.ledgers.choices.aftermath import AftermathKind, TaskEnd
from apps.ledgers.models import (
    AftermathCase,
    AftermathHandover,
    AftermathTask,
    CareAssignment,
    FamilyInCare,
    SafetyCheck,
)
from apps.ledgers.rules.aftermath import AftermathRules, planned_tasks, quiet_until
from apps.organisation.queries import rule_values
from apps.people import households
from apps.people.choices import PhoneKind
from apps.people.models import Person, Phone, Relative
from apps.people.services import save_phone
from apps.registry.choices import LifeEventKind
from apps.registry.models import Cadre, LifeEvent

from .families import FamilyFacts, register_family
from .life import day_of

LONG_AGO = dt.timedelta(days=366)  # of a death learnt of so late, nothing is left to arrange
DEATH_UNDONE = "离世登记已撤销"
LONGEST_DRAFT = 6000
OTHER_RELATION = "97"


def follow_death(event: LifeEvent, undo: bool) -> None:
    """Life handler: a death opens a case with its tasks and leaves the household in peace for a time; undone, both
    are gone, and there again when the death stands after all."""
    if event.kind != LifeEventKind.DIED:
        return
    _end_checks(event, undo)
    if undo:
        Person.objects.filter(pk=event.person_id).update(mourned_until=None)
        AftermathCase.objects.filter(event=event, voided_at__isnull=True).update(
            voided_at=timezone.now(), void_reason=DEATH_UNDONE
        )
        return
    today = timezone.localdate()
    cadre = Cadre.objects.select_related("managing_unit").filter(pk=event.person_id, voided_at__isnull=True).first()
    rules = rule_values(AftermathRules.rule_key, on=today, unit=cadre.managing_unit if cadre else None)
    died_on = day_of(event, today)
    Person.objects.filter(pk=event.person_id).update(mourned_until=quiet_until(died_on, rules))
    if cadre is not None and died_on > today - LONG_AGO:
        _open_case(cadre, event, rules, today)


def _open_case(cadre: Cadre, event: LifeEvent, rules: AftermathRules, today: dt.date) -> None:
    known = AftermathCase.objects.filter(event=event).first()
    if known is not None:
        AftermathCase.objects.filter(pk=known.pk).update(voided_at=None, void_reason="")
        return
    owner_id = _owner(cadre, event)
    case = AftermathCase.objects.create(cadre=cadre, event=event, owner_id=owner_id, opened_on=today)
    AftermathTask.objects.bulk_create(
        AftermathTask(case=case, kind=task.kind, what=task.what, owner_id=owner_id, due_on=task.due_on)
        for task in planned_tasks(today, rules)
    )


def _end_checks(event: LifeEvent, undo: bool) -> None:
    """Nobody goes on ringing alarms about the dead; undone, he is looked for again."""
    if undo:
        SafetyCheck.objects.filter(closed_by_event=event).update(closed_at=None, result="", closed_by_event=None)
    else:
        SafetyCheck.objects.open().filter(cadre_id=event.person_id).update(
            closed_at=timezone.now(), result=CheckResult.DIED, closed_by_event=event
        )


def _owner(cadre: Cadre, event: LifeEvent) -> int | None:
    """Who cared for him until this death; else the colleague who reported it; else nobody yet."""
    ended = CareAssignment.objects.filter(cadre=cadre, closed_by_event=event, carer__is_active=True)
    carer = ended.filter(role=CareRole.PRIMARY).values_list("carer_id", flat=True).first()
    if carer is not None:
        return carer
    return event.reported_by_id if event.reported_by and event.reported_by.is_staff else None


# Tasks ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def end_task(task: AftermathTask, ended: str, *, note: str, actor, on: dt.date) -> AftermathTask:
    """Done, or not needed by the family. Again with the same end: nothing. Not needed asks for a word why."""
    task = _locked_task(task)
    if task.ended == ended:
        return task
    if task.done_on is not None:
        raise BusinessError("这件事刚才已经有人办结，请刷新页面再看。", code="ended")
    note = _tidy(note, "note")
    if ended == TaskEnd.NOT_NEEDED and not note:
        raise BusinessError("请写明是谁说不需要。", code="note", field="note")
    task.done_on, task.ended, task.done_by = on, TaskEnd(ended), actor
    task.note = note or task.note
    task.save(update_fields=["done_on", "ended", "done_by", "note"])
    _note("aftermath.task_end", task.case, actor, fields=[task.kind])
    return task


@transaction.atomic
def reopen_task(task: AftermathTask, *, actor) -> AftermathTask:
    """Ended by mistake: it is open again, and so is its case."""
    task = _locked_task(task)
    if task.done_on is None:
        return task
    task.done_on, task.ended, task.done_by = None, "", None
    task.save(update_fields=["done_on", "ended", "done_by"])
    AftermathCase.objects.filter(pk=task.case_id).update(closed_on=None, closed_by=None)
    _note("aftermath.task_reopen", task.case, actor, fields=[task.kind])
    return task


@transaction.atomic
def change_task(task: AftermathTask, *, owner, due_on: dt.date, note: str, actor) -> AftermathTask:
    """Who does it, by when, and a word about it."""
    task = _locked_task(task)
    if task.done_on is not None:
        raise BusinessError("这件事已经办结，不用再改。", code="ended")
    task.owner, task.due_on, task.note = owner, due_on, _tidy(note, "note")
    task.save(update_fields=["owner", "due_on", "note"])
    _note("aftermath.task_change", task.case, actor, fields=[task.kind])
    return task


@transaction.atomic
def add_task(case: AftermathCase, *, what: str, owner, due_on: dt.date, actor, form_key: uuid.UUID) -> AftermathTask:
    """One more thing to do for this family. Sent twice it is one; the same words stand once in a case."""
    case = _locked(case)
    known = AftermathTask.objects.filter(public_id=form_key).first()
    if known is not None:
        return known
    what = _tidy(what, "what")
    try:
        with transaction.atomic():
            task = AftermathTask.objects.create(
                public_id=form_key, case=case, kind=AftermathKind.OTHER, what=what[:60], owner=owner, due_on=due_on
            )
    except IntegrityError as error:
        raise BusinessError("这件事已经列在里面。", code="known", field="what") from error
    _note("aftermath.task_add", case, actor)
    return task


@transaction.atomic
def close_case(case: AftermathCase, *, actor, on: dt.date) -> AftermathCase:
    """Affairs are done. Refused while a task is open. Again: nothing."""
    case = _locked(case)
    if case.closed_on is not None:
        return case
    left = case.tasks.filter(done_on__isnull=True, voided_at__isnull=True).count()
    if left:
        raise BusinessError(f"还有 {left} 件事没有办结。办好或者注明不需要，再办结。", code="open_tasks")
    case.closed_on, case.closed_by = on, actor
    case.save(update_fields=["closed_on", "closed_by"])
    _note("aftermath.close", case, actor)
    return case


@transaction.atomic
def name_owner(case: AftermathCase, owner, *, actor) -> AftermathCase:
    """Whom the family turns to: named on the family's page and on the notice sheet."""
    case = _locked(case)
    case.owner = owner
    case.save(update_fields=["owner"])
    _note("aftermath.owner", case, actor)
    return case


# Papers and drafts ------------------------------------------------------------------------------------------------


@transaction.atomic
def hand_over(
    case: AftermathCase, *, what: str, to_whom: str, how: str, on_day: dt.date, actor, form_key: uuid.UUID,
    today: dt.date,
) -> AftermathHandover:  # fmt: skip
    """Record what the family was given. Handing over the notice ends the task of that kind. Sent twice it is one."""
    case = _locked(case)
    known = AftermathHandover.objects.filter(public_id=form_key).first()
    if known is not None:
        return known
    if on_day > today:
        raise BusinessError("交付的日子还没有到。", code="future", field="on_day")
    row = AftermathHandover.objects.create(
        public_id=form_key, case=case, what=_tidy(what, "what")[:100], to_whom=_tidy(to_whom, "to_whom")[:60], how=how,
        on_day=on_day, handed_by=actor,
    )  # fmt: skip
    _note("aftermath.hand_over", case, actor)
    if "告知单" in row.what:
        task = case.tasks.filter(kind=AftermathKind.NOTICE, done_on__isnull=True, voided_at__isnull=True).first()
        if task is not None:
            words = f"{row.get_how_display()}{row.to_whom}"
            end_task(task, TaskEnd.DONE, note=words[:200], actor=actor, on=today)
    return row


@transaction.atomic
def save_drafts(case: AftermathCase, *, obituary: str, biography: str, version: int, actor) -> AftermathCase:
    """Keep the drafts as edited. A colleague who saved meanwhile is not overwritten."""
    case = _locked(case)
    if case.version != version:
        raise BusinessError("这份稿子刚才已经有人改过。您打的字还在下面，请先看新的再合到一起。", code="stale")
    for field, text in (("obituary", obituary), ("biography", biography)):
        refuse_marks(text, field=field)
        if len(text) > LONGEST_DRAFT:
            raise BusinessError(f"请不超过 {LONGEST_DRAFT} 个字。", code="long", field=field)
    case.obituary, case.biography = obituary.strip(), biography.strip()
    case.save(update_fields=["obituary", "biography"])
    _note("aftermath.draft", case, actor, fields=["obituary", "biography"])
    case.refresh_from_db(fields=["version"])
    return case


@dataclass(frozen=True)
class Survivor:
    """Somebody of the family whom the bureau goes on caring for."""

    name: str
    sex: str = "0"
    birth_date: PartialDate | None = None
    phone: str = ""
    note: str = ""


@transaction.atomic
def enter_survivor(case: AftermathCase, told: Survivor, *, actor, on: dt.date, request=None) -> Person:
    """遗属建档: the survivor lives in the household of the dead from now on, with his number, and is on the register
    of 遗属 to be visited each year (rule book 8.18); the task is done.

    Somebody of that name who is in the household already, a cadre himself perhaps, is taken as he is.
    """
    case = _locked(case)
    person = case.cadre.person
    home = person.household
    name = told.name.strip()
    found = home.members.filter(name=name, voided_at__isnull=True).exclude(pk=person.pk).first() if home else None
    if found is None:
        relation = households.Relation(name, told.sex, told.birth_date)
        home = households.add_relation(person, relation, actor=actor, request=request)
        found = home.members.filter(name=name, voided_at__isnull=True).exclude(pk=person.pk).latest("pk")
    if told.phone.strip() and not found.phones.exists():
        save_phone(Phone(person=found, kind=PhoneKind.MOBILE, whose="本人"), told.phone, actor=actor, request=request)
    task = case.tasks.filter(kind=AftermathKind.SURVIVOR, done_on__isnull=True, voided_at__isnull=True).first()
    if task is not None:
        words = f"{told.note.strip()}已登记在家庭里" if told.note.strip() else "已登记在家庭里"
        end_task(task, TaskEnd.DONE, note=words[:200], actor=actor, on=on)
    _keep_in_care(case, told, actor=actor, on=on)
    _note("aftermath.survivor", case, actor, people=[found.pk])
    return found


def _keep_in_care(case: AftermathCase, told: Survivor, *, actor, on: dt.date) -> None:
    """On the register of 遗属, as the contact person of that name if there is one; whoever is on it stays as he is."""
    name = told.name.strip()
    if FamilyInCare.objects.open().filter(cadre=case.cadre_id, relative__name=name).exists():
        return
    known = Relative.objects.filter(person_id=case.cadre_id, name=name, voided_at__isnull=True).order_by("pk").first()
    facts = FamilyFacts(relative=known, name=name, relation=OTHER_RELATION, phone=told.phone, note=told.note)
    key = uuid.uuid5(case.public_id, f"family-{name}")
    register_family(facts, cadre=case.cadre, actor=actor, on=on, form_key=key)


# ------------------------------------------------------------------------------------------------------------------


def _locked(case: AftermathCase) -> AftermathCase:
    found = AftermathCase.objects.select_for_update(of=("self",)).select_related("cadre__person__household")
    case = found.get(pk=case.pk)
    if case.voided_at is not None:
        raise BusinessError("离世登记已经撤销，这里不用再办。", code="voided")
    return case


def _locked_task(task: AftermathTask) -> AftermathTask:
    case = _locked(task.case)
    task = AftermathTask.objects.select_for_update(of=("self",)).get(pk=task.pk)
    task.case = case
    return task


def _tidy(text: str, field: str) -> str:
    refuse_marks(text, field=field)
    return " ".join(text.split())[:200]


def _note(action: str, case: AftermathCase, actor, *, fields=(), people=()) -> None:
    audit.record(
        action, actor=actor, people=[case.cadre_id, *people], fields=fields, target=f"ledgers.aftermathcase:{case.pk}"
    )
