"""Colleagues of the demo city at work: one on leave with a substitute, and calls to the bureau in every state."""

import datetime as dt
import uuid

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.services import record_absence
from apps.common.insert_select import execute
from apps.ledgers.models import CareAssignment
from apps.ledgers.services import ContactFacts, InquiryFacts, take_inquiry
from apps.ledgers.services import inquiries as services

DAY = dt.timedelta(days=1)
# How the old are reached: who answers, when, whom to ask; followed from the key, so that each run is the same.
REACH = """
UPDATE people_person SET
  reach_answers = CASE WHEN EXISTS (SELECT FROM registry_cadre c WHERE c.person_id = people_person.id
                                    AND c.living = 'alone') THEN ''
                       ELSE (ARRAY['', '老伴', '女儿', '保姆', ''])[id %% 5 + 1] END,
  reach_hours = (ARRAY['', '上午9点后', '', '下午3点后'])[id %% 4 + 1],
  reach_through = CASE WHEN id %% 11 = 0 THEN '对门赵阿姨' WHEN id %% 13 = 0 THEN '女儿' ELSE '' END,
  dialect = CASE WHEN id %% 9 = 0 THEN '云江话' ELSE '' END,
  poor_sight = id %% 17 = 0
WHERE birth_date < %s
"""
# (days ago, subject, what was said, source, caller, handler, days until due, how far it went)
CALLS = (
    (1, "03", "问住院押金怎么报销，要带哪些材料。", "call", "", "", 0, "done"),
    (2, "02", "护理费这个月少发了，请查一查。", "call", "女儿代打", "fuwu1", 5, "open"),
    (9, "06", "家里卫生间想装扶手，问能不能帮助。", "visit", "", "jingban", -2, "open"),
    (6, "01", "组织关系想转到女儿所在的社区。", "call", "", "kezhang", 1, "answered"),
    (20, "04", "想报书法班，问还有没有名额。", "visit", "", "fuwu2", -8, "closed"),
    (30, "07", "办公证要一份任职证明。", "letter", "", "fuwu3", -20, "closed"),
)


@transaction.atomic
def write_colleagues(staff: dict[str, User], *, on: dt.date) -> None:
    """A leave that began two days ago, ways to reach the old, and six calls with their answers."""
    execute(REACH, [str(on.year - 78)])
    record_absence(
        staff["fuwu2"], staff["jingban"], starts_on=on - 2 * DAY, last_day=on + 5 * DAY, reason="年休假",
        actor=staff["kezhang"], on=on,
    )  # fmt: skip
    cared = CareAssignment.objects.open().filter(carer__username__startswith="fuwu").order_by("cadre_id")
    people = list(cared.values_list("cadre_id", flat=True)[: len(CALLS)])
    for person, call in zip(people, CALLS, strict=False):
        _write_call(staff, person, call, on)


def _write_call(staff: dict[str, User], person: int, call: tuple, on: dt.date) -> None:
    ago, subject, content, source, caller, handler, due, state = call
    taker = staff["jingban"]
    taken = timezone.make_aware(dt.datetime.combine(on - ago * DAY, dt.time(9, 30)))
    facts = InquiryFacts(
        subject=subject, content=content, person_id=person, caller=caller, source=source,
        handler=staff[handler] if handler else None, due_on=on + due * DAY if handler else None,
        result="" if handler else "已告知带住院发票和医保卡，到服务窗口办。",
    )  # fmt: skip
    inquiry = take_inquiry(facts, unit=taker.unit, form_key=uuid.uuid4(), actor=taker, now=taken)
    if state not in ("answered", "closed"):
        return
    answered = max(taken, timezone.make_aware(dt.datetime.combine(inquiry.due_on - DAY, dt.time(15))))
    services.answer(inquiry, result="已经办好，可以答复。", actor=staff[handler], now=min(answered, timezone.now()))
    if state == "closed":
        day = min(inquiry.due_on, on)
        facts = ContactFacts(
            happened_on=day,
            method="phone",
            kind="call",
            outcome="answered",
            summary="已告诉本人，表示满意。",
        )
        services.close(inquiry, facts, form_key=uuid.uuid4(), actor=taker, on=on)
