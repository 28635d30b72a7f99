"""The one search box: names, readings, initials, phones, ids (design 7). Every branch of it uses an index."""

import re
from dataclasses import dataclass
from enum import Enum

from django.db.models import Q, QuerySet

from apps.common import crypto
from apps.common.citizen_id import tidy_citizen_id
from apps.common.names import name_keys, query_grams, search_form
from apps.common.phone import parse_phone
from apps.people.models import Person, Phone

from .models import Cadre

LONGEST = 100
MOST = 50
ENOUGH = 300
LAST_CHARACTER = "\U0010ffff"
_ID_18 = re.compile(r"\d{17}[\dXx]")
_LAST_4 = re.compile(r"\d{3}[\dXx]")
_LATIN = re.compile(r"[a-z][a-z' ]*")


class Asked(Enum):
    """What kind of thing was typed; kept in the audit instead of the text."""

    NOTHING = "nothing"
    CITIZEN_ID = "citizen_id"
    LAST_FOUR = "last_four"
    PHONE = "phone"
    LATIN = "pinyin"
    NAME = "name"
    WRONG = "not_understood"

    @property
    def is_number(self) -> bool:
        """Whether the text is a personal number, which must stand in no address and no log."""
        return self in (Asked.CITIZEN_ID, Asked.LAST_FOUR, Asked.PHONE, Asked.WRONG)


@dataclass(frozen=True)
class Search:
    """Conditions on Person: what matches, and what matches to the letter and comes first."""

    asked: Asked
    condition: Q | None
    exact: Q | None = None


def read_search(text: str) -> Search:
    """What a typed text asks for, as a condition on Person's own columns."""
    text = text.strip()[:LONGEST]
    number = tidy_citizen_id(text)
    if not text:
        return Search(Asked.NOTHING, None)
    if _ID_18.fullmatch(number):
        return Search(Asked.CITIZEN_ID, Q(citizen_id_index=crypto.blind_index("citizen_id", number.upper())))
    if _LAST_4.fullmatch(number):
        return Search(Asked.LAST_FOUR, _last_four(number.upper()))
    if any(letter.isdigit() for letter in number):
        return _by_phone(text)
    folded = search_form(text)
    if not folded:
        return Search(Asked.WRONG, None)
    if _LATIN.fullmatch(folded):
        letters = folded.replace(" ", "").replace("'", "")
        return Search(Asked.LATIN, _by_letters(letters), Q(name_initials=letters) | Q(name_pinyin=letters))
    return Search(Asked.NAME, _by_name(text), Q(name=text))


def _last_four(digits: str) -> Q:
    """As one set of keys: an OR of a column and a subquery would read every person."""
    phones = Phone.objects.filter(last4_index=crypto.blind_index("phone_last4", digits)).order_by()
    people = Person.objects.filter(citizen_id_last4=crypto.blind_index("citizen_id_last4", digits)).order_by()
    return Q(pk__in=people.values("pk").union(phones.values("person_id")))


def _by_phone(text: str) -> Search:
    try:
        digits = parse_phone(text).digits
    except ValueError:
        return Search(Asked.WRONG, None)
    phones = Phone.objects.filter(number_index=crypto.blind_index("phone", digits)).values("person_id")
    return Search(Asked.PHONE, Q(pk__in=phones))


def _by_letters(letters: str) -> Q:
    """Initials or full reading from the beginning; Latin names are found by their pieces too."""
    found = Q(name_initials__startswith=letters) | Q(name_pinyin__startswith=letters)
    grams = query_grams(letters)
    return found | Q(search_grams__contains=grams) if len(letters) > 3 and grams else found


def _by_name(text: str) -> Q:
    """One common character is too much for the grams: names that begin with it lie together in the sort order."""
    grams = query_grams(text)
    if grams:
        return Q(search_grams__contains=grams)
    start = name_keys(text).sort_key
    return Q(name_sort_key__gte=start, name_sort_key__lt=start + LAST_CHARACTER)


def find_people(text: str) -> tuple[Asked, QuerySet[Person]]:
    """People who match, of everybody: narrow it by a scope before anything is shown."""
    search = read_search(text)
    rows = Person.objects.filter(voided_at__isnull=True)
    if search.condition is None:
        return search.asked, rows.none()
    return search.asked, rows.filter(search.condition).order_by("name_sort_key", "id")


def find_cadres(text: str, user, *, most: int = MOST) -> tuple[Asked, list[Cadre]]:
    """Cadres whom `user` may see and who match, at most `most`: those to the letter first, then by name.

    Where very many match, the best `most` of the first few hundred found: the page then asks for more letters, and
    no question sorts tens of thousands.
    """
    search = read_search(text)
    if search.condition is None:
        return search.asked, []
    scope = Cadre.objects.current().visible_to(user).filter(person__voided_at__isnull=True).order_by()
    exact = _keys(scope, search.exact, most) if search.exact is not None else []
    others = _keys(scope.exclude(pk__in=exact), search.condition, ENOUGH) if len(exact) < most else []
    rows = Cadre.objects.filter(pk__in=[*exact, *others]).select_related("person", "managing_unit")
    first = set(exact)
    ranked = sorted(rows, key=lambda row: (row.pk not in first, row.person.name_sort_key, row.pk))
    return search.asked, ranked[:most]


def _keys(scope, condition: Q, most: int) -> list[int]:
    return list(scope.filter(of_person(condition)).values_list("pk", flat=True)[:most])


def of_person(condition: Q) -> Q:
    """A condition on Person as one on Cadre."""
    children = [
        of_person(child) if isinstance(child, Q) else (f"person__{child[0]}", child[1]) for child in condition.children
    ]
    return Q(*children, _connector=condition.connector, _negated=condition.negated)


def find_outsider(text: str, user) -> Person | None:
    """The person with exactly this citizen id who is outside the user's scope: shown masked, always logged."""
    search = read_search(text)
    if search.asked is not Asked.CITIZEN_ID:
        return None
    person = Person.objects.filter(search.condition, voided_at__isnull=True).first()
    if person is None or Cadre.objects.current().visible_to(user).filter(pk=person.pk).exists():
        return None
    return person
