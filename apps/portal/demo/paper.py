"""Paper of the demo city: a call sheet that waits for its results, one that is entered, and a form long overdue."""

import datetime
import uuid

from apps.accounts.models import User
from apps.common import papers
from apps.ledgers.choices import CallOutcome, SheetOrder
from apps.ledgers.models import CallSheet
from apps.ledgers.queries.sheets import MINE, NOBODYS, due_duties, due_people, whose_duties
from apps.ledgers.services import LineResult, enter_results, make_sheet
from apps.registry.models import Cadre

WEEK = datetime.timedelta(days=7)
LINES = 14
LATE = datetime.timedelta(days=12)


def write_papers(staff: dict[str, User], *, on: datetime.date) -> None:
    """Needs tiers, carers and planned duties."""
    head = staff["kezhang"]
    _sheet(NOBODYS, staff["jingban"], head, on)
    carers = [user for name, user in sorted(staff.items()) if name.startswith("fuwu")]
    sheet = next((made for carer in carers if (made := _sheet(MINE, carer, head, on)) is not None), None)
    if sheet is not None:
        _enter(sheet, head, on)
    _overdue_form(head, on)


def _sheet(whose: str, carer: User, head: User, on: datetime.date) -> CallSheet | None:
    until = on + 5 * WEEK
    duties = due_duties(Cadre.objects.living(), until=until, on=on, calls_only=True)
    people = due_people(whose_duties(duties, whose, carers=[carer.pk]), on=on, order=SheetOrder.DUE, most=LINES)
    if not people:
        return None
    return make_sheet(
        people, carer=carer, actor=head, on=on, until=until, order=SheetOrder.DUE, form_key=uuid.uuid4(),
        outside=[person.cadre.pk for person in people] if whose == NOBODYS else (), reason="月底前集中联系一轮",
    )  # fmt: skip


def _enter(sheet: CallSheet, head: User, on: datetime.date) -> None:
    results = [
        LineResult(line_id=line.pk, form_key=line.form_key, outcome=CallOutcome.ANSWERED, happened_on=on,
                   summary="精神好，说最近天冷少出门。")
        for line in sheet.lines.select_related("contact")
    ]  # fmt: skip
    enter_results(sheet, results, actor=head, on=on)


def _overdue_form(head: User, on: datetime.date) -> None:
    """Signed by a leader for two weeks now."""
    paper = papers.print_paper(
        "走访慰问登记表", "重阳节走访慰问登记表（领导签字、盖章）", f"ledgers.visits:{on.year}", actor=head,
        unit_id=head.unit_id, due_on=on - LATE + WEEK, pages=2,
    )  # fmt: skip
    papers.hand_over(paper, "分管局领导", actor=head, on=on - LATE)
