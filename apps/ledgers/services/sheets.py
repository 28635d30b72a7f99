"""Call sheets: made from duties, entered row by row when they are back."""

import datetime as dt
import math
import uuid
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.common import audit, papers
from apps.common.choices import PaperState
from apps.common.errors import BusinessError
from apps.ledgers.choices import By, CallOutcome, ContactKind, EnteredVia, Method
from apps.ledgers.models import CallSheet, CallSheetLine, Contact
from apps.ledgers.queries.sheets import DuePerson, sheet_unit

from .contacts import ContactFacts, NewContact, record_contacts

KIND = "电话单"
MOST_LINES = 60
LINES_ON_FIRST_PAGE, LINES_ON_A_PAGE = 9, 10
RECALL_DAYS = 3
# Nobody was spoken to: the same line may be called and entered once more.
MAY_CALL_AGAIN = (CallOutcome.UNANSWERED, CallOutcome.OUT_OF_SERVICE, CallOutcome.FAMILY)


@transaction.atomic
def make_sheet(
    people: Collection[DuePerson],
    *,
    carer: User,
    actor: User,
    on: dt.date,
    until: dt.date,
    order: str,
    form_key: uuid.UUID,
    outside: Collection[int] = (),
    reason: str = "",
) -> CallSheet:
    """A sheet with a code, one line a cadre in the order given, to be back within three days.

    `form_key`: the form sent twice is one sheet. `outside`: ids of people who are neither the actor's nor the carer's
    to call; for them a reason is asked and kept in the audit.
    """
    standing = CallSheet.objects.filter(public_id=form_key, made_by=actor).first()
    if standing is not None:
        return standing
    if not people:
        raise BusinessError("请至少选一位老同志。", code="nobody", field="pick")
    if len(people) > MOST_LINES:
        raise BusinessError(f"一张电话单最多 {MOST_LINES} 位，请分几次打印。", code="too_many", field="pick")
    if outside and not reason.strip():
        sentence = f"有 {len(outside)} 位不归您和打电话的人负责，请写明为什么由他来打。"
        raise BusinessError(sentence, code="reason", field="reason")
    sheet = CallSheet(public_id=form_key, carer=carer, on_day=on, until=until, order=order, made_by=actor)
    sheet.paper = papers.print_paper(
        KIND,
        f"{carer} {on.month}月{on.day}日电话单（{len(people)} 位）",
        "",
        actor=actor,
        unit_id=sheet_unit(actor, carer),
        due_on=on + dt.timedelta(days=RECALL_DAYS),
        pages=1 + math.ceil(max(len(people) - LINES_ON_FIRST_PAGE, 0) / LINES_ON_A_PAGE),
    )
    sheet.save()
    papers.belongs_to(sheet.paper, sheet)
    _put_lines(sheet, people)
    if outside:
        audit.record("print", actor=actor, people=outside, reason=reason, target=f"ledgers.callsheet:{sheet.pk}")
    return sheet


def _put_lines(sheet: CallSheet, people: Collection[DuePerson]) -> None:
    lines = CallSheetLine.objects.bulk_create(
        CallSheetLine(sheet=sheet, position=place, cadre=person.cadre) for place, person in enumerate(people, 1)
    )
    through = CallSheetLine.duties.through
    through.objects.bulk_create(
        through(callsheetline_id=line.pk, duty_id=duty.pk)
        for line, person in zip(lines, people, strict=True)
        for duty in person.duties
    )


# Back again -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class LineResult:
    """What stands on one line of the paper. `form_key` is the one that the page was shown with."""

    line_id: int
    form_key: uuid.UUID
    outcome: str
    happened_on: dt.date
    summary: str = ""
    needs: str = ""


@dataclass
class Entered:
    """How many lines were recorded, and a sentence for each that was not; `is_back` when none is left to enter."""

    saved: int = 0
    refused: dict[int, str] = field(default_factory=dict)
    is_back: bool = False


@transaction.atomic
def enter_results(
    sheet: CallSheet, results: Collection[LineResult], *, actor: User, on: dt.date, finish: bool = False
) -> Entered:
    """Record what came back: one contact a line, all of them through `record_contacts`.

    A refused line leaves the others standing. The same form sent twice records nothing twice; a line that somebody
    else entered meanwhile is refused with his name. The sheet is taken back when every line has a result or needs
    none, or with `finish` though some were not called. Refuses a cancelled sheet.
    """
    sheet = CallSheet.objects.select_for_update(of=("self",)).select_related("paper", "carer").get(pk=sheet.pk)
    if sheet.paper.state == PaperState.CANCELLED:
        raise BusinessError("这张电话单已经作废，不能再录。要用请重新打印一张。", code="cancelled")
    lines = {line.pk: line for line in sheet.lines.select_related("contact__recorded_by")}
    done = Entered()
    wanted: dict[uuid.UUID, tuple[CallSheetLine, LineResult]] = {}
    for result in results:
        line = lines.get(result.line_id)
        try:
            if line is not None and _is_new(line, result):
                wanted.setdefault(line.form_key, (line, result))
        except BusinessError as refusal:
            done.refused[result.line_id] = refusal.sentence
    _enter(sheet, wanted, done, actor=actor, on=on)
    done.is_back = not done.refused and (finish or not left_open(sheet).exists())
    if done.is_back:
        _take_back(sheet, actor=actor, on=on)
    return done


def left_open(sheet: CallSheet):
    """Lines without a result of which something is still owed."""
    return sheet.lines.filter(
        contact__isnull=True, duties__satisfied_by__isnull=True, duties__closed_on__isnull=True
    ).distinct()


def _is_new(line: CallSheetLine, result: LineResult) -> bool:
    """Whether a contact is to be recorded: not where this very form had recorded it before."""
    if result.form_key != line.form_key:
        if line.contact is not None and line.contact.form_key == result.form_key:
            return False
        raise BusinessError(_already(line), code="entered")
    if line.standing_contact is not None and line.outcome not in MAY_CALL_AGAIN:
        raise BusinessError(_already(line), code="entered")
    return True


def _enter(
    sheet: CallSheet,
    wanted: dict[uuid.UUID, tuple[CallSheetLine, LineResult]],
    done: Entered,
    *,
    actor: User,
    on: dt.date,
) -> None:
    """Record the results by form key, and note on their lines and in `done` what came of it."""
    forms = [
        NewContact(facts=_facts(sheet, result, actor), persons=(line.cadre_id,), form_key=key)
        for key, (line, result) in wanted.items()
    ]
    recorded = record_contacts(forms, actor=actor, on=on, via=EnteredVia.SHEET)
    for key, (line, result) in wanted.items():
        if key in recorded.refused:
            done.refused[line.pk] = recorded.refused[key].sentence
        else:
            line.contact, line.outcome = recorded.contacts[key], result.outcome
    entered = [line for key, (line, _) in wanted.items() if key in recorded.contacts]
    CallSheetLine.objects.bulk_update(entered, ["contact", "outcome"])
    done.saved = len(entered)


def _facts(sheet: CallSheet, result: LineResult, actor: User) -> ContactFacts:
    return ContactFacts(
        happened_on=result.happened_on,
        kind=ContactKind.CALL,
        method=Method.PHONE,
        by=By.STAFF if sheet.carer.is_staff else By.BRANCH,
        outcome=result.outcome,
        summary=result.summary,
        needs=result.needs,
        on_behalf_of=sheet.carer if sheet.carer_id != actor.pk else None,
    )


def _already(line: CallSheetLine) -> str:
    contact: Contact | None = line.contact
    if contact is None:
        return "这一行刚才有变动，请刷新页面再录。"
    words = CallOutcome(line.outcome).label if line.outcome else "已联系"
    return f"这一行已经录过：{words}，{contact.happened_on.month}月{contact.happened_on.day}日，{contact.recorded_by}。"


def _take_back(sheet: CallSheet, *, actor: User, on: dt.date) -> None:
    CallSheet.objects.filter(pk=sheet.pk, entered_at__isnull=True).update(entered_by=actor, entered_at=timezone.now())
    if sheet.paper.state in papers.OUT:
        papers.take_back(sheet.paper, actor=actor, on=on)
