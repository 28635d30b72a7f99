"""For whom a signed-in account may act today: himself, or those whose grants it holds. Read at every request."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from .choices import LifeStatus, ProxyScope
from .models import Person, ProxyGrant

EVERYTHING = frozenset(ProxyScope)


@dataclass(frozen=True)
class Acting:
    """One person for whom an account may act; `grant` is that of a proxy, none for the person himself."""

    person: Person
    grant: ProxyGrant | None = None

    @property
    def is_proxy(self) -> bool:
        return self.grant is not None

    @property
    def key(self) -> str:
        """Says which one was chosen; kept in the session only."""
        return str(self.person.public_id)

    @property
    def scopes(self) -> frozenset[ProxyScope]:
        return EVERYTHING if self.grant is None else frozenset(self.grant.scopes)

    def may(self, scope: str) -> bool:
        return scope in self.scopes

    @property
    def on_behalf_of(self) -> int | None:
        """For the audit: whom the account acts for, where it is not his own."""
        return self.person.pk if self.grant else None


def actings_of(user, on: dt.date) -> list[Acting]:
    """Everybody `user` may act for on a day, himself first. Two queries, for a proxy three; nobody who has died, whose
    death is confirmed.

    Rooms above (sign-up, courses) ask `may(ProxyScope.ENROL)` of one of these before they act for somebody.
    """
    if not getattr(user, "is_active", False):
        return []
    own = Person.objects.filter(
        Q(accounts__ends_on__isnull=True) | Q(accounts__ends_on__gt=on), accounts__user=user,
        accounts__is_proxy=False, accounts__starts_on__lte=on,
    )  # fmt: skip
    found = [Acting(person) for person in own.order_by("accounts__pk")]
    known = {acting.person.pk for acting in found}
    found += [Acting(row.person, row) for row in _held(user, on) if row.person_id not in known]
    return [acting for acting in found if _is_there(acting.person)]


def _held(user, on: dt.date) -> list[ProxyGrant]:
    """Most have none: that is asked first, without all that is read of the persons."""
    rows = ProxyGrant.objects.current(on).filter(user=user).order_by("starts_on", "pk")
    keys = list(rows.values_list("pk", flat=True))
    found = ProxyGrant.objects.select_related("person", "relative").in_bulk(keys) if keys else {}
    return [found[key] for key in keys]


def acting_for(user, person_id: int, scope: str, on: dt.date) -> Acting | None:
    """How `user` may do what `scope` covers for a person on a day; None: not at all."""
    found = (acting for acting in actings_of(user, on) if acting.person.pk == person_id and acting.may(scope))
    return next(found, None)


def _is_there(person: Person) -> bool:
    return person.voided_at is None and person.life_status != LifeStatus.DECEASED
