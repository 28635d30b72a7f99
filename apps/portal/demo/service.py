"""Tiers, carers, visits and hospital stays of the demo city, laid around a given day so that there is work to see."""

import datetime

from django.db import transaction

from apps.accounts.models import User
from apps.common.insert_select import execute
from apps.common.partial_date import PartialDate
from apps.ledgers.choices import FESTIVALS
from apps.ledgers.services import plan_duties, settle_duties
from apps.ledgers.services.assignments import assign_carers
from apps.ledgers.services.tiers import decide_tiers
from apps.people.models import Person
from apps.registry.choices import LifeEventKind
from apps.registry.models import Cadre
from apps.registry.services.life import Report, record

HISTORY_DAYS = 200
HOSPITALS = ("云江市第一人民医院", "云江市中医院")

# Of every hundred duties whose time has begun, most were kept; which ones follows from their own key.
CHOOSE = """
CREATE TEMPORARY TABLE demo_visits ON COMMIT DROP AS
SELECT nextval(pg_get_serial_sequence('ledgers_contact', 'id')) AS id, d.cadre_id,
       d.period_start + (luck.n %% GREATEST(LEAST(d.due_on, %(on)s) - d.period_start, 1)) AS happened_on,
       CASE WHEN d.kind LIKE '%%call' THEN 'call' WHEN d.kind LIKE '%%talk' THEN 'talk'
            WHEN d.kind = ANY(%(festivals)s) THEN 'festival' ELSE 'routine' END AS kind,
       CASE WHEN d.kind = ANY(%(festivals)s) THEN d.basis ELSE '' END AS campaign,
       CASE WHEN d.means = 'letter' THEN 'letter' WHEN d.means = 'visit' THEN 'home'
            WHEN d.means = 'call' OR d.kind LIKE '%%call' OR d.kind = 'risk_contact' THEN 'phone'
            ELSE 'home' END AS method
  FROM ledgers_duty d
  JOIN registry_cadre c ON c.person_id = d.cadre_id,
       LATERAL (SELECT abs(hashtext(c.person_id || d.kind || d.period_start)) AS n) luck
 WHERE d.satisfied_by_id IS NULL AND d.closed_on IS NULL AND d.period_start < %(on)s
   AND NOT (c.person_id %% 6 = 0 AND d.period_end > %(on)s - 50)
   AND luck.n %% 100 < CASE WHEN d.due_on < %(on)s THEN 96 ELSE 55 END
"""
CONTACTS = """
INSERT INTO ledgers_contact (id, public_id, form_key, kind, method, outcome, happened_on, campaign, recorded_by_id,
                             entered_via, summary)
SELECT id, gen_random_uuid(), gen_random_uuid(), kind, method, CASE method WHEN 'phone' THEN 'answered' ELSE '' END,
       happened_on, campaign, %(recorder)s, 'seed',
       CASE method WHEN 'phone' THEN '电话里精神好，饮食睡眠正常。' ELSE '在家，精神不错，聊了近况。' END
  FROM demo_visits
"""
PARTICIPANTS = "INSERT INTO ledgers_contactperson (contact_id, person_id) SELECT id, cadre_id FROM demo_visits"


def write_service(staff: dict[str, User], *, on: datetime.date) -> None:
    """Decide tiers as suggested, pair the neediest with carers, plan duties and record the visits of half a year."""
    head = staff["kezhang"]
    decide_tiers(Cadre.objects.living(), level=None, effective_on=on - datetime.timedelta(HISTORY_DAYS),
                 actor=head, on=on, note="演示数据")  # fmt: skip
    carers = [user for name, user in staff.items() if name.startswith("fuwu")]
    neediest = Cadre.objects.living().filter(care_tier__level=1)
    assign_carers(neediest, carers=carers, actor=head, on=on - datetime.timedelta(HISTORY_DAYS),
                  override_reason="演示数据：人手不足，经科长同意")  # fmt: skip
    plan_duties(on=on, look_back=HISTORY_DAYS)
    execute("ANALYZE ledgers_duty")
    _write_visits(carers[0], on=on)
    execute("ANALYZE ledgers_contact, ledgers_contactperson")
    settle_duties(on=on)


@transaction.atomic
def _write_visits(recorder: User, *, on: datetime.date) -> None:
    execute(CHOOSE, {"on": on, "festivals": list(FESTIVALS)})
    execute(CONTACTS, {"recorder": recorder.pk})
    execute(PARTICIPANTS)


@transaction.atomic
def write_hospital_stays(staff: dict[str, User], *, on: datetime.date) -> None:
    """A few who are in hospital now, and some who came home lately."""
    clerk = staff["jingban"]
    ill = Cadre.objects.living().filter(health__seriously_ill=True).order_by("pk")[:5]
    for number, person in enumerate(Person.objects.filter(pk__in=[cadre.pk for cadre in ill]).order_by("pk")):
        admitted = on - datetime.timedelta(12 - number)
        told = Report(LifeEventKind.ADMITTED, _exact(admitted), hospital=HOSPITALS[number % 2], ward="心内科")
        record(person, told, actor=clerk, today=on)
        if number >= 3:
            home = Report(LifeEventKind.DISCHARGED, _exact(on - datetime.timedelta(number)))
            record(person, home, actor=clerk, today=on)


def _exact(day: datetime.date) -> PartialDate:
    return PartialDate(day.year, day.month, day.day)
