"""People away, couples under one roof, a deaf man, and somebody who does not answer the telephone today."""

import datetime
import uuid

from django.db import transaction

from apps.accounts.models import User
from apps.ledgers.choices import By, CallOutcome, ContactKind, Method
from apps.ledgers.services import ContactFacts, record_contact, save_whereabouts
from apps.organisation.models import Community, Division
from apps.people import households
from apps.people.models import Person, Whereabouts
from apps.registry.models import Cadre

DAY = datetime.timedelta(days=1)
# name, kind, days since he left, days until he is back (None: stays), division, address, phone
AWAY = (
    ("欧阳䶮", "travelling", 20, 5, "460200", "三亚湾路89号", "13911119001"),
    ("吴志强", "travelling", 3, 60, "450500", "北海大道16号", "13911119002"),
    ("陈秀英", "elsewhere", 700, None, "440300", "福田区莲花路7号（女儿家）", "13911119003"),
    ("董至仁", "resettled", 4000, None, "350200", "思明区湖滨南路30号", "0592-2200119"),
)
WIFE_OF = (("闫四春", "王玉莲", "2"), ("年守岁", "刘桂芳", "2"))
ALONE_AND_SILENT = "沈闰芳"
CALLS = 2


@transaction.atomic
def write_care(staff: dict[str, User], *, on: datetime.date) -> None:
    """Through the services, so that flags, duties and alarms follow as in real life."""
    clerk = staff["jingban"]
    _write_away(clerk, on)
    _write_homes(clerk)
    silent = Cadre.objects.filter(person__name=ALONE_AND_SILENT).first()
    if silent is None:
        return
    Community.objects.filter(residents=silent.pk).update(contact_name="韩主任", contact_phone="0700-8800600")
    for _ in range(CALLS):
        facts = ContactFacts(
            happened_on=on, kind=ContactKind.CALL, method=Method.PHONE, by=By.STAFF, outcome=CallOutcome.UNANSWERED,
            summary="响了很久没人接。",
        )  # fmt: skip
        record_contact(facts, persons=[silent.pk], form_key=uuid.uuid4(), actor=clerk, on=on)


def _write_away(clerk: User, on: datetime.date) -> None:
    for name, kind, since, until, code, place, phone in AWAY:
        person = Person.objects.filter(name=name).first()
        if person is None:
            continue
        away = Whereabouts(
            person=person, kind=kind, starts_on=on - since * DAY, ends_on=on + until * DAY if until else None,
            division=Division.objects.filter(code=code).first(),
            document_no="云老干〔2015〕9号" if kind == "resettled" else "",
        )  # fmt: skip
        save_whereabouts(away, sealed={"place": place, "phone": phone}, actor=clerk, on=on)


def _write_homes(clerk: User) -> None:
    """Two couples of cadres, and two wives who are not in the registry."""
    named = {person.name: person for person in Person.objects.filter(name__in=[name for name, *_ in WIFE_OF])}
    for name, wife, sex in WIFE_OF:
        if name in named:
            households.add_relation(named[name], households.Relation(wife, sex), actor=clerk)
    with_wives = [person.pk for person in named.values()]
    men, women = (
        list(
            Person.objects.filter(cadre__living="spouse", sex=sex, household__isnull=True, life_status="living")
            .exclude(pk__in=with_wives)
            .order_by("pk")[:2]
        )
        for sex in "12"
    )
    for husband, wife in zip(men, women, strict=False):
        households.join(husband, wife, actor=clerk)
