"""A recent death with what is done after it, and somebody who is in the registry twice."""

import datetime as dt
import uuid

from apps.accounts.models import User
from apps.common.partial_date import PartialDate
from apps.ledgers.models import AftermathCase
from apps.ledgers.queries.twins import find_twins
from apps.ledgers.services import aftermath
from apps.people.models import Person, PersonAccount, Phone, ProxyGrant
from apps.people.services import save_person, save_phone
from apps.registry.choices import LifeEventKind
from apps.registry.models import Cadre
from apps.registry.services import life

DAY = dt.timedelta(days=1)
TWIN_PHONE = "13900002066"


def write_aftermath(staff: dict[str, User], *, on: dt.date) -> None:
    """Through the services; people whom other stories tell of are left alone."""
    clerk = staff["jingban"]
    told_of = {
        *PersonAccount.objects.values_list("person_id", flat=True),
        *ProxyGrant.objects.values_list("person_id", flat=True),
    }
    rows = Cadre.objects.current().visible_to(clerk, "registry.change_cadre").exclude(pk__in=told_of)
    rows = rows.exclude(care_assignments__isnull=False).exclude(health__in_hospital_since__isnull=False)
    rows = rows.filter(person__life_status="living", person__posts=None, on_hold=False)
    cadres = list(rows.select_related("person", "managing_unit").order_by("person__birth_date", "-pk")[:2])
    if len(cadres) == 2:
        _death(cadres[0], clerk, on)
        _twin(cadres[1], clerk, on)


def _death(cadre: Cadre, clerk: User, on: dt.date) -> None:
    """Four days ago; the condolence is paid, the notice handed over, the widow not entered yet."""
    life.record(cadre.person, life.Report(LifeEventKind.DIED, PartialDate.of(on - 4 * DAY)), actor=clerk, today=on)
    case = AftermathCase.objects.standing().filter(cadre=cadre).first()
    if case is None:
        return
    aftermath.name_owner(case, clerk, actor=clerk)
    visit = case.tasks.get(kind="condolence")
    aftermath.end_task(visit, "done", note="局领导和原单位一起到家里吊唁，慰问了家属", actor=clerk, on=on)
    aftermath.hand_over(
        case, what="后事办理一次告知单", to_whom="长子", how="hand", on_day=on, actor=clerk, form_key=uuid.uuid4(),
        today=on,
    )  # fmt: skip


def _twin(cadre: Cadre, clerk: User, on: dt.date) -> None:
    """Entered a second time from a list of a unit: only the month of birth, no number, the same telephone."""
    person = cadre.person
    birth = PartialDate.parse(f"{str(person.birth_date)[:7]}") if person.birth_date else None
    if not person.phones.exists():
        save_phone(Phone(person=person, whose="本人"), TWIN_PHONE, actor=clerk)
    phone = person.phones.order_by("position", "pk").first()
    again = Person(name=person.name, sex=person.sex, birth_date=birth, native_place=person.native_place or "江苏南通")
    save_person(again, sealed={})
    Cadre.objects.create(
        person=again, retire_type=cadre.retire_type, managing_unit=cadre.managing_unit,
        counting_unit=cadre.counting_unit, former_post=f"{cadre.former_post}（退休）" if cadre.former_post else "科员",
    )  # fmt: skip
    save_phone(Phone(person=again, whose="本人"), phone.number, actor=clerk)
    find_twins(on)
