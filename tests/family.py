"""A family for tests: an old comrade with his own account, a daughter and a son, each with theirs."""

import datetime as dt
from dataclasses import dataclass

from apps.accounts.models import User
from apps.common import crypto
from apps.people import proxies
from apps.people.choices import GrantMethod
from apps.people.models import PersonAccount, ProxyGrant, Relative
from apps.registry.models import Cadre
from tests.builders import LONG_AGO, make_cadre, make_unit, make_user

TODAY = dt.date(2026, 11, 22)
DAY = dt.timedelta(days=1)
NEXT_YEAR = TODAY + 365 * DAY


@dataclass
class Family:
    cadre: Cadre
    clerk: User
    own: User
    daughter: User
    son: User
    grants: dict[str, ProxyGrant]


def make_relative(cadre: Cadre, name: str, phone: str = "13900007001") -> Relative:
    relative = Relative(person=cadre.person, name=name, relation="30")
    relative.phone, relative.phone_index = phone, crypto.blind_index("phone", phone)
    relative.save()
    return relative


def spoken(clerk: User, on: dt.date = TODAY) -> proxies.Agreement:
    return proxies.Agreement(GrantMethod.SPOKEN, on=on, heard_by=clerk, how="face", words="让她替我办。")


def grant_to(relative: Relative, scopes, *, clerk: User, user: User | None = None, today=TODAY, ends=None):
    row = proxies.grant(
        relative, scopes, spoken(clerk, today), starts_on=today, ends_on=ends or today + 365 * DAY, actor=clerk,
        today=today,
    )  # fmt: skip
    return proxies.give_account(row, user, actor=clerk) if user else row


def make_family(today: dt.date = TODAY) -> Family:
    """The daughter may enrol and see promises, the son may see health."""
    unit = make_unit()
    clerk = make_user("clerk", role="clerk", unit=unit)
    cadre = make_cadre("李德厚", unit=unit)
    own, daughter, son = (make_user(name, is_staff=False) for name in ("own", "daughter", "son"))
    PersonAccount.objects.create(user=own, person=cadre.person, starts_on=LONG_AGO)
    first, second = make_relative(cadre, "李晓梅"), make_relative(cadre, "李晓军", "13900007002")
    grants = {
        "daughter": grant_to(first, ["enrol", "promises"], clerk=clerk, user=daughter, today=today),
        "son": grant_to(second, ["health"], clerk=clerk, user=son, today=today),
    }
    return Family(cadre, clerk, own, daughter, son, grants)
