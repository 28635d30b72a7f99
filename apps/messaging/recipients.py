"""Which ways lead to a recipient: his own order or the rule set's, his addresses, his consent."""

import datetime
from collections import defaultdict
from collections.abc import Collection

from apps.accounts.models import RoleGrant, User
from apps.people.choices import ConsentPurpose, PhoneKind
from apps.people.models import Consent, Person, Phone, Whereabouts

from .channels import KINDS, Needs, robot_keys, usable_channels
from .channels.webhook import EVERYWHERE
from .choices import FOR_PEOPLE
from .models import ChannelPreference
from .rules import SendingRules


class Recipients:
    """Facts about some users and persons, read at once: a handful of queries for any number."""

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
        if person_id in self.person_orders:
            return tuple(self.person_orders[person_id])
        person = self.people.get(person_id)
        return self.rules.person_order(person.reach_by) if person else ()

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
            return (away.place if away else "") or self.people[person_id].residence or ""
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
        self.people = Person.objects.in_bulk(ids) if ids else {}
        self.mobiles: dict[int, Phone] = {}
        self.phones: dict[int, Phone] = {}
        self.person_orders: dict[int, list[str]] = {}
        self.consenting: set[int] = set()
        self.away: dict[int, Whereabouts] = {}
        if not ids:
            return
        self.person_orders = {
            row.person_id: row.channels for row in ChannelPreference.objects.filter(person_id__in=ids)
        }
        agreed = Consent.objects.filter(person_id__in=ids, purpose=ConsentPurpose.SMS, withdrawn_at__isnull=True)
        self.consenting = set(agreed.values_list("person_id", flat=True))
        self.away = {row.person_id: row for row in Whereabouts.objects.on(self.on).filter(person_id__in=ids)}
        for phone in Phone.objects.filter(person_id__in=ids).order_by("position", "pk"):
            self.phones.setdefault(phone.person_id, phone)
            if phone.kind == PhoneKind.MOBILE:
                self.mobiles.setdefault(phone.person_id, phone)
