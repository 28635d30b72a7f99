"""Which ways lead to a recipient: his own order or the rule set's, his addresses, his consent."""

import datetime
from collections import defaultdict
from collections.abc import Collection
from functools import cached_property
from typing import NamedTuple

from django.db import connection

from apps.accounts.models import RoleGrant, User
from apps.people.choices import ConsentPurpose, PhoneKind
from apps.people.models import Person, Phone, Whereabouts

from .channels import KINDS, Needs, robot_keys, usable_channels
from .channels.webhook import EVERYWHERE
from .choices import FOR_PEOPLE
from .models import ChannelPreference
from .rules import SendingRules

# Asked in every act that tells somebody: plain, so that little time goes into making the statement.
WAYS = """
SELECT p.id, p.reach_by, w.channels,
       EXISTS (SELECT FROM people_consent c WHERE c.person_id = p.id AND c.purpose = %s AND c.withdrawn_at IS NULL)
FROM people_person p LEFT JOIN messaging_channelpreference w ON w.person_id = p.id
WHERE p.id = ANY(%s)
"""


class Ways(NamedTuple):
    """How one person is reached: by his file, by his own order of channels (None: none), whether he agreed to texts."""

    reach_by: str
    channels: list[str] | None
    agreed: bool


class Recipients:
    """Facts about some users and persons: a handful of queries for any number. Addresses of persons are read when the
    first of them is asked for."""

    def __init__(
        self, user_ids: Collection[int], person_ids: Collection[int], *, rules: SendingRules, on: datetime.date
    ):
        self.rules = rules
        self.on = on
        self.usable = usable_channels()
        self._read_users({pk for pk in user_ids if pk})
        self._read_people({pk for pk in person_ids if pk})

    # Orders

    def lanes_of_user(self, user_id: int, delivery_class: str) -> list[tuple[str, ...]]:
        """Orders tried side by side: his own one, or the rule set's."""
        if user_id in self.user_orders:
            return [tuple(self.user_orders[user_id])]
        return self.rules.staff_lanes(delivery_class)

    def order_of_person(self, person_id: int) -> tuple[str, ...]:
        """His own order, or the one that follows from how he is reached."""
        ways = self.people.get(person_id)
        if ways is None:
            return ()
        return self.rules.person_order(ways.reach_by) if ways.channels is None else tuple(ways.channels)

    def next_for_user(self, user_id: int, order: Collection[str], tried: Collection[str] = ()) -> str | None:
        """The first channel of an order that can reach him and was not tried."""
        return next((c for c in order if c not in tried and c in self.usable and self.user_address(user_id, c)), None)

    def next_for_person(self, person_id: int, tried: Collection[str] = ()) -> str | None:
        order = self.order_of_person(person_id)
        return next((channel for channel in order if channel not in tried and self.suits(person_id, channel)), None)

    def suits(self, person_id: int, channel: str) -> bool:
        """Whether a channel is set up, serves him, has his consent where it needs one, and an address."""
        kind = KINDS[channel]
        if channel not in self.usable or channel not in FOR_PEOPLE or person_id not in self.people:
            return False
        if kind.consent and person_id not in self.consenting:
            return False
        return kind.needs == Needs.NOTHING or bool(self.person_address(person_id, channel))

    # Addresses

    def user_address(self, user_id: int, channel: str) -> str:
        """Number, mail address, or the code of the unit whose robot he hears; empty when there is none."""
        user, needs = self.users.get(user_id), KINDS[channel].needs
        if user is None or not user.is_active:
            return ""
        if needs == Needs.ROBOT:
            return self._robot(user_id)
        return user.email if needs == Needs.EMAIL else user.phone if needs == Needs.MOBILE else ""

    def person_address(self, person_id: int, channel: str) -> str:
        """Mobile number, postal address, or any number that may be rung; where he is now goes before his home."""
        needs = KINDS[channel].needs
        if needs == Needs.MOBILE:
            return self._number(self.mobiles.get(person_id))
        away = self.away.get(person_id)
        if needs == Needs.POSTAL:
            return (away.place if away else "") or self.homes[person_id].residence or ""
        return (away.phone if away else "") or self._number(self.phones.get(person_id))

    @staticmethod
    def _number(phone: Phone | None) -> str:
        return phone.number if phone else ""

    def _robot(self, user_id: int) -> str:
        keys = robot_keys()
        own = next((code for code in self.unit_codes.get(user_id, ()) if code in keys), "")
        return own or (EVERYWHERE if EVERYWHERE in keys else "")

    # Reading

    def _read_users(self, ids: set[int]) -> None:
        self.users = User.objects.in_bulk(ids) if ids else {}
        rows = ChannelPreference.objects.filter(user_id__in=ids) if ids else ()
        self.user_orders = {row.user_id: row.channels for row in rows}
        self.unit_codes: dict[int, list[str]] = defaultdict(list)
        if ids and robot_keys() - {EVERYWHERE}:
            grants = RoleGrant.objects.current(self.on).filter(user_id__in=ids).order_by("pk")
            for user, code in grants.values_list("user_id", "unit__code"):
                self.unit_codes[user].append(code)

    def _read_people(self, ids: set[int]) -> None:
        self.people: dict[int, Ways] = {}
        if ids:
            with connection.cursor() as cursor:
                cursor.execute(WAYS, [ConsentPurpose.SMS, list(ids)])
                self.people = {row[0]: Ways(*row[1:]) for row in cursor.fetchall()}
        self.consenting = {person for person, ways in self.people.items() if ways.agreed}

    @cached_property
    def homes(self) -> dict[int, Person]:
        return Person.objects.only("public_id", "residence").in_bulk(self.people)

    @cached_property
    def away(self) -> dict[int, Whereabouts]:
        return {row.person_id: row for row in Whereabouts.objects.on(self.on).filter(person_id__in=self.people)}

    @cached_property
    def phones(self) -> dict[int, Phone]:
        """The first number of each, of any kind."""
        return {person: numbers[0] for person, numbers in self._numbers.items()}

    @cached_property
    def mobiles(self) -> dict[int, Phone]:
        """The first mobile number of each who has one."""
        found = {}
        for person, numbers in self._numbers.items():
            mobile = next((phone for phone in numbers if phone.kind == PhoneKind.MOBILE), None)
            if mobile:
                found[person] = mobile
        return found

    @cached_property
    def _numbers(self) -> dict[int, list[Phone]]:
        found: dict[int, list[Phone]] = defaultdict(list)
        for phone in Phone.objects.filter(person_id__in=self.people).order_by("position", "pk"):
            found[phone.person_id].append(phone)
        return found
