"""A death turns an application over to the family, and is undone again (rule book 8.47; domain 3.12, 2.1.4)."""

import datetime as dt

from django.db import transaction

from apps.common.errors import BusinessError
from apps.ledgers.choices.aid import AidAct, AidApplicant, AidState
from apps.ledgers.models import AidApplication, AidStep
from apps.ledgers.rules.aid import UNPAID
from apps.registry.models import Cadre, LifeEvent

from .aid_steps import last_step, locked, put_back, store, take

State = AidState


def aid_of_the_dead(cadre: Cadre, event: LifeEvent, undo: bool, today: dt.date) -> None:
    """On a death, what is not paid yet goes on as the family's; what was decided goes back to the meeting and its money
    to the fund. On undo exactly these turn back. Runs in the event's transaction and refuses nothing. See rule book
    8.47."""
    if undo:
        for row in AidApplication.objects.filter(closed_by_event=event).order_by("pk"):
            _turn_back(row, event, today)
        return
    rows = AidApplication.objects.standing().filter(cadre=cadre, for_survivors=False)
    for row in rows.filter(state__in=(*UNPAID, State.RETURNED)).order_by("pk"):
        _turn_over(row, event, today)


def _turn_over(application: AidApplication, event: LifeEvent, today: dt.date) -> None:
    row = locked(application)
    changes: dict = {
        "for_survivors": True, "applicant": AidApplicant.SURVIVOR, "applicant_name": "", "applicant_relation": "",
        "closed_by_event": event, "before_event": {"state": row.state},
    }  # fmt: skip
    decided = row.state in (State.DECIDED, State.NOTICED)
    if decided:
        changes |= {"granted": None, "meeting": None, "decided_by": None, "decided_on": None, "notice": None}
    take(
        row, AidAct.SURVIVORS, on=max(today, row.applied_on), actor=event.decided_by,
        changes=changes, note="老同志离世", state=State.REVIEWED if decided else row.state,
    )  # fmt: skip


def _turn_back(application: AidApplication, event: LifeEvent, today: dt.date) -> None:
    row = locked(application)
    step = row.steps.filter(act=AidAct.SURVIVORS, undone=False).order_by("-pk").first()
    if step is None:
        return
    last = last_step(row)
    untouched = last is not None and last.pk == step.pk
    note = "离世登记已撤销，仍由本人办理"
    try:
        with transaction.atomic():
            if untouched:
                put_back(row, step)
            else:
                _only_applicant(row, step)
    except BusinessError:
        # Its money went to others, or another application stands: it goes on from where it is, as his own.
        row = locked(application)
        _only_applicant(row, step)
        note = "离世登记已撤销，请重新上会"
    AidStep.objects.create(
        application=row, act=AidAct.UNDO, on=today, state_before=row.state, entered_by=None, note=note
    )


OF_THE_APPLICANT = ("for_survivors", "applicant", "applicant_name", "applicant_relation")


def _only_applicant(row: AidApplication, step: AidStep) -> None:
    """Staff went on meanwhile: what they did stays, the applicant is himself again. Paid to the family stays theirs."""
    row.closed_by_event, row.before_event = None, None
    names = ["closed_by_event", "before_event"]
    if row.state not in (State.PAID, State.CLOSED):
        for name in OF_THE_APPLICANT:
            setattr(row, name, step.kept[name])
        names += OF_THE_APPLICANT
    store(row, names)
    AidStep.objects.filter(pk=step.pk).update(undone=True)
