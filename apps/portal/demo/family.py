"""Families of the demo city: a daughter in another city, a son, a form out for signature, a wish that waits."""

import datetime as dt
import uuid

from django.db import transaction

from apps.accounts.models import User
from apps.common.names import surname_of
from apps.ledgers.services.family import print_form
from apps.people import proxies
from apps.people.acting import actings_of
from apps.people.change_requests import ask_address, ask_phone
from apps.people.choices import GrantMethod, ProxyScope
from apps.people.models import Person, PersonAccount, ProxyGrant, Relative
from apps.people.services import save_relative

DAY = dt.timedelta(days=1)
# Demo telephone of the daughter; the sign-in page names it.
DAUGHTER, SON = "13900001003", "13900001033"


@transaction.atomic
def write_family(staff: dict[str, User], *, on: dt.date) -> None:
    """Through the services, for the person of `laotongzhi`; `jiashu` is his daughter. Staff get the numbers by which
    he reaches whoever looks after him."""
    own = PersonAccount.objects.filter(user__username="laotongzhi", is_proxy=False).select_related("person").first()
    daughter = User.objects.filter(username="jiashu").first()
    if own is None or daughter is None:
        return
    clerk, person = staff["jingban"], own.person
    for number, user in enumerate(staff.values(), 100):
        User.objects.filter(pk=user.pk).update(phone=f"07008800{number}")
    first = _spoken(person, "大女儿", DAUGHTER, (ProxyScope.ENROL, ProxyScope.PROMISES), clerk, on, ends=on + 330 * DAY)
    proxies.give_account(first, daughter, actor=clerk)
    User.objects.filter(pk=daughter.pk).update(display_name=first.relative.name)
    _spoken(person, "儿子", SON, (ProxyScope.HEALTH,), clerk, on, ends=on + 20 * DAY)
    _signed(clerk, on)
    _wishes(own.user, daughter, on)


def _relative(person: Person, note: str, phone: str, clerk: User) -> Relative:
    """The person's family name with a plain given name."""
    is_daughter = note == "大女儿"
    relative = Relative(
        person=person, name=surname_of(person.name) + ("晓梅" if is_daughter else "晓军"),
        relation="30" if is_daughter else "20", relation_note=note, note="住在省城",
    )  # fmt: skip
    save_relative(relative, phone, actor=clerk)
    return relative


def _spoken(person, note, phone, scopes, clerk, on, *, ends) -> ProxyGrant:
    relative = _relative(person, note, phone, clerk)
    words = f"我同意让{note}替我看、替我办，就这几样。"
    agreement = proxies.Agreement(GrantMethod.SPOKEN, on=on - 10 * DAY, heard_by=clerk, how="face", words=words)
    return proxies.grant(relative, scopes, agreement, starts_on=on - 10 * DAY, ends_on=ends, actor=clerk, today=on)


def _signed(clerk: User, on: dt.date) -> None:
    """Somebody else's form, printed and not back yet."""
    relative = (
        Relative.objects.filter(person__life_status="living", voided_at__isnull=True, is_living=True, grants=None)
        .exclude(phone_index=None).order_by("pk").first()
    )  # fmt: skip
    if relative is None:
        return
    grant = proxies.grant(
        relative, (ProxyScope.PROMISES,), proxies.Agreement(GrantMethod.SIGNED), starts_on=on, ends_on=on + 365 * DAY,
        actor=clerk, today=on,
    )  # fmt: skip
    print_form(grant, actor=clerk, on=on)


def _wishes(own: User, daughter: User, on: dt.date) -> None:
    """Father and daughter want different addresses; he also has a new number."""
    himself, proxy = actings_of(own, on)[0], actings_of(daughter, on)[0]
    ask_phone(himself, "13900001102", replaces=None, key=uuid.uuid4(), actor=own, on=on - 5 * DAY)
    ask_address(himself, "南河街道文化路12号3栋502室", key=uuid.uuid4(), actor=own, on=on - DAY)
    ask_address(proxy, "省城高新区科技三路8号2栋1101室", key=uuid.uuid4(), actor=daughter, on=on)
