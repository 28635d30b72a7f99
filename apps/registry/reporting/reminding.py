"""Reminding of monthly reports: the liaison before and after the due day, then his section; and by hand (催报).

One message a unit, month, stage and recipient; said again, nothing happens. What waits is withdrawn when the report
comes in. A stage is valid until the next begins; a missed one is not made up for.
"""

import datetime as dt
from collections.abc import Collection

from apps.accounts.access import acting_holders
from apps.common import audit
from apps.common.errors import BusinessError
from apps.messaging.choices import DeliveryClass
from apps.messaging.models import Message
from apps.messaging.rules import ZONE, Template, register_template
from apps.messaging.services import NewMessage, post, withdraw_messages
from apps.organisation.models import Unit

from . import months
from .standing import LIAISON, MANAGE, Terms, missing_reports, reporting_units, sent_months, terms_on, units_for

SECTION_HEAD = "section_head"
AHEAD, LATE, SECTION, ASKED = "ahead", "late", "section", "asked"
LAST_DAYS = 30

for _stage, _label in (
    (AHEAD, "单位变动报告快到期"),
    (LATE, "单位变动报告逾期未报"),
    (ASKED, "科室催报单位变动报告"),
    (SECTION, "本科室逾期未报变动的单位"),
):
    register_template(Template(f"unit_report.{_stage}", _label, "个" if _stage == SECTION else "份"))


def remind_reports(now: dt.datetime) -> int:
    """Post what is due on the day of `now`: once a day is enough, again is harmless. Returns how many stand."""
    today = now.astimezone(ZONE).date()
    terms = terms_on(today)
    units = reporting_units(Unit.objects.open().values("pk"), terms)
    stages = due_stages(units, terms)
    heads = {unit.pk for unit, _, stage, _ in stages if stage == SECTION}
    holders = {
        LIAISON: acting_holders({unit.pk for unit, *_ in stages}, LIAISON, on=today),
        SECTION_HEAD: acting_holders(heads, SECTION_HEAD, on=today),
    }
    found = [
        _message(unit, month, stage, user, until)
        for unit, month, stage, until in stages
        for user in holders[SECTION_HEAD if stage == SECTION else LIAISON].get(unit.pk, ())
    ]
    return len(post(found, now=now)) if found else 0


def due_stages(units: Collection[Unit], terms: Terms) -> list[tuple[Unit, dt.date, str, dt.date]]:
    """(unit, month, stage, first day on which it is no use any more) of reports not sent, for today."""
    keys = [unit.pk for unit in units]
    sent = sent_months(keys, terms)
    found = []
    for unit in units:
        rules = terms.rules_of(unit.pk)
        latest = months.open_month(terms.today, rules)
        for month in dict.fromkeys([*terms.owed_months(unit.pk)[-1:], latest]):
            if (unit.pk, month) in sent or not _asked_for(terms, unit, month):
                continue
            due = terms.due_on(unit.pk, month)
            ahead = terms.calendar.add_workdays(due, -rules.remind_ahead)
            section = due + dt.timedelta(days=rules.remind_section)
            last = due + dt.timedelta(days=LAST_DAYS)
            spans = (AHEAD, ahead, due), (LATE, due + dt.timedelta(days=1), section), (SECTION, section, last)
            found += [(unit, month, stage, end) for stage, start, end in spans if start <= terms.today < end]
    return found


def _asked_for(terms: Terms, unit: Unit, month: dt.date) -> bool:
    """Reporting has begun by then: nobody is reminded of what was never asked."""
    began = terms.rules_of(unit.pk).first_month or terms.first_report
    return began is not None and month >= began


def ask_for_report(unit: Unit, month: dt.date, *, actor, terms: Terms, now: dt.datetime) -> list[int]:
    """催报 by a clerk: to the unit's liaison, once a day. Returns the ids of the users told; refuses units out of
    reach, reports that are there, and units without a liaison."""
    if unit.pk not in {own.pk for own in units_for(actor, MANAGE, terms)}:
        raise BusinessError("这个单位不在您的范围内，或者不用报。", code="out_of_reach")
    if (unit.pk, month) in sent_months([unit.pk], terms):
        raise BusinessError(f"{unit.name}已经报了。", code="sent")
    users = acting_holders({unit.pk}, LIAISON, on=terms.today)[unit.pk]
    if not users:
        phone = f"，电话 {unit.phone}" if unit.phone else ""
        raise BusinessError(f"{unit.name}还没有联络员账号，请直接联系单位{phone}。", code="nobody")
    _post_asked(unit, month, users, terms, now)
    audit.record("unit_report.remind", actor=actor, fields=[f"{month:%Y-%m}"], target=f"organisation.unit:{unit.pk}")
    return users


def ask_for_all(*, actor, terms: Terms, now: dt.datetime) -> tuple[int, int]:
    """催报 of everything missing in the clerk's units: (reports asked for, units without a liaison)."""
    missing = missing_reports(units_for(actor, MANAGE, terms), terms)
    holders = acting_holders({unit.pk for unit, _ in missing}, LIAISON, on=terms.today)
    asked = 0
    nobody = set()
    for unit, month in missing:
        if holders[unit.pk]:
            _post_asked(unit, month, holders[unit.pk], terms, now)
            asked += 1
        else:
            nobody.add(unit.pk)
    if asked:
        audit.record("unit_report.remind", actor=actor, fields=["all"])
    return asked, len(nobody)


def report_came(unit_id: int, month: dt.date) -> None:
    """Take back what still waits to remind of it."""
    waiting = Message.objects.filter(key__startswith=f"{_key(unit_id, month)}:", withdrawn_at__isnull=True)
    withdraw_messages(list(waiting.values_list("pk", flat=True)))


def _post_asked(unit: Unit, month: dt.date, users: list[int], terms: Terms, now: dt.datetime) -> None:
    until = terms.today + dt.timedelta(days=LAST_DAYS)
    post([_message(unit, month, ASKED, user, until, day=f"{terms.today}") for user in users], now=now)


def _key(unit_id: int, month: dt.date) -> str:
    return f"unit_report:{unit_id}:{month:%Y-%m}"


def _message(unit: Unit, month: dt.date, stage: str, user: int, until: dt.date, day: str = "") -> NewMessage:
    return NewMessage(
        key=":".join(filter(None, (_key(unit.pk, month), stage, day, str(user)))),
        delivery_class=DeliveryClass.DIGEST,
        template=f"unit_report.{stage}",
        user_id=user,
        context={"unit": unit.pk, "month": f"{month:%Y-%m}"},
        valid_until=dt.datetime.combine(until, dt.time(0), ZONE),
    )
