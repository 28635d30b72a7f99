"""What a checked row would write: for a new person, and against the person it is about."""

import datetime as dt
import functools
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from apps.common import crypto
from apps.common.birthday import SOLAR, lunar_of
from apps.common.citizen_id import CitizenId
from apps.registry.rules import RankReading, read_rank

from .answers import NO_BIRTHDAY, Answers
from .columns import BY_KEY, CADRE, EXTRA, HEALTH, PERSON, SEALED
from .known import Known
from .readers import celebrated
from .rows import CHANGED, UNCHANGED, Row

Writes = dict[str, Any]
BIRTHDAY = ("person.birthday_calendar", "person.birthday_month", "person.birthday_day", "person.birthday_leap")
LABELS = {PERSON: "people.person", CADRE: "registry.cadre", HEALTH: "registry.health"}
# Values, beside none at all, that need no erasing.
_NOTHING: dict[str, tuple] = defaultdict(lambda: ("",), flag=(False,), codes=([],))
NO_DAY = (None, None, None, False)
# Columns that go straight from cell to attribute; the others have a rule of their own below.
SPECIAL = {"citizen_id", "birthday_calendar", "birthday", "unit", "post", "mobile", "landline", "carer", "branch"}
SPEAKS_OF_BIRTH = frozenset({"birthday", "birthday_calendar", "birth_date"})
BORN_FROM_ID = "按身份证号"


PLACES = {
    key: column.place
    for key, column in BY_KEY.items()
    if key not in SPECIAL and column.table in (PERSON, CADRE, HEALTH)
}
RANK_PLACES = {"leader_rank": "cadre.leader_rank", "grade_rank": "cadre.grade_rank"}


def places_of(keys: Iterable[str]) -> set[str]:
    """What must be known of people for rows with these columns to be compared."""
    found = {PLACES[key] for key in keys if key in PLACES}
    if SPEAKS_OF_BIRTH & set(keys):
        found.update(BIRTHDAY)
    if "post" in keys:
        found.add("cadre.former_post")
    return found


def writes_of_new(row: Row, answers: Answers, unit_id: int | None) -> Writes:
    """Everything a new person starts with. What the file leaves out of birth and sex comes from the citizen id;
    somebody without one starts without (待补证号). `unit_id` manages those whose row names no unit."""
    values = row.values
    writes: Writes = {PLACES[key]: value for key, value in values.items() if key in PLACES}
    citizen: CitizenId | None = row.citizen
    if citizen is not None:
        writes["person.citizen_id"] = citizen.number
        if "person.birth_date" not in writes:
            writes["person.birth_date"] = citizen.birth.isoformat()
            writes["person.birth_note"] = BORN_FROM_ID
        writes.setdefault("person.sex", citizen.sex)
    writes.setdefault("cadre.retire_type", answers.retire_type)
    writes["cadre.managing_unit_id"] = values.get("unit", unit_id)
    _write_birthday(writes, values, writes["person.birth_date"], answers.birthday_calendar)
    if "post" in values:
        writes.update(_rank_writes(values["post"]))
    _write_own_ranks(writes, values)
    if phones := [*values.get("mobile", ()), *values.get("landline", ())]:
        writes["phones"] = list(dict.fromkeys(phones))
    for key in ("carer", "branch"):
        if key in values:
            writes[f"{EXTRA}.{key}"] = values[key]
    return writes


def _write_birthday(writes: Writes, values: Mapping[str, Any], birth: str, calendar: str) -> None:
    calendar = values.get("birthday_calendar", calendar)
    if "birthday" in values:
        own, month, day, leap = values["birthday"]
        known_calendar = own or (calendar if calendar != NO_BIRTHDAY else SOLAR)
        writes.update(zip(BIRTHDAY, (known_calendar, month, day, leap), strict=True))
    elif calendar != NO_BIRTHDAY and (day_of_year := celebrated(birth, calendar, lunar_of)):
        writes.update(zip(BIRTHDAY, day_of_year, strict=True))


@functools.lru_cache(maxsize=4096)
def _rank(post: str) -> RankReading:
    return read_rank(post)


def _rank_writes(post: str) -> Writes:
    """The post as typed; the ranks it names, or a mark for the worklist: what cannot be mapped refuses nobody."""
    rank = _rank(post)
    writes: Writes = {"cadre.former_post": post, "cadre.rank_unmapped": not rank.is_mapped}
    if rank.leader_rank:
        writes["cadre.leader_rank"] = rank.leader_rank
    if rank.grade_rank:
        writes["cadre.grade_rank"] = rank.grade_rank
    return writes


def _write_own_ranks(writes: Writes, values: Mapping[str, Any]) -> None:
    """A column of its own says more surely what the rank is than the post as typed."""
    told = {place: values[key] for key, place in RANK_PLACES.items() if key in values}
    if told:
        writes.update(told)
        writes["cadre.rank_unmapped"] = False


class Comparison:
    """Compares rows with the people they are about. An empty cell never erases; 清空 does (rule book 1.6)."""

    def __init__(
        self,
        answers: Answers,
        unit_of_part: Mapping[int, int | None],
        phones: Mapping[int, list[dict]],
        extras: Mapping[tuple[int, str], str],
    ) -> None:
        self.answers, self.unit_of_part, self.phones, self.extras = answers, unit_of_part, phones, extras

    def compare(self, row: Row, known: Known) -> None:
        """Sets the row's person, versions, writes and kind. A person who is no cadre (any more)
        becomes one: that is new."""
        row.person_id = known["person.id"]
        row.versions = (known["person.version"], known["cadre.version"], known.get("health.version"))
        if known["cadre.person_id"] is None or known["cadre.voided_at"] is not None:
            row.writes = self._writes_of_joining(row, known)
            return
        row.writes = self._changes(row, known)
        row.kind = CHANGED if row.writes else UNCHANGED

    def _writes_of_joining(self, row: Row, known: Known) -> Writes:
        writes = writes_of_new(row, self.answers, self.unit_of_part.get(row.part))
        changes = self._changes(row, known)
        kept = {key: value for key, value in writes.items() if key.startswith(("cadre.", EXTRA))}
        return kept | {key: value for key, value in changes.items() if not key.startswith(("cadre.", EXTRA))}

    def _changes(self, row: Row, known: Known) -> Writes:
        values = row.values
        writes = self._direct(values, known)
        if row.citizen is not None and known["person.citizen_id_index"] is None:
            writes["person.citizen_id"] = row.citizen.number
        unit = values.get("unit")
        if unit is not None and unit != known["cadre.managing_unit_id"]:
            writes["cadre.managing_unit_id"] = unit
        if "post" in values and values["post"] != known["cadre.former_post"]:
            writes.update(_differing(_rank_writes(values["post"]) | self._own_ranks(values), known))
        elif own := self._own_ranks(values):
            writes.update(_differing(own, known))
        self._birthday(writes, values, known)
        self._phones(writes, row)
        for key in ("carer", "branch"):
            if key in values and self.extras.get((known["person.id"], key)) != values[key]:
                writes[f"{EXTRA}.{key}"] = values[key]
        if row.cleared:
            self._clear(writes, row, known)
        return writes

    @staticmethod
    def _direct(values: Mapping[str, Any], known: Known) -> Writes:
        """Columns that go straight from cell to attribute."""
        writes: Writes = {}
        for key, value in values.items():
            place = PLACES.get(key)
            if place is None or not differs(known[place], value):
                continue
            if place not in SEALED or _opened(place, known) != value:
                writes[place] = value
        return writes

    @staticmethod
    def _own_ranks(values: Mapping[str, Any]) -> Writes:
        own: Writes = {}
        _write_own_ranks(own, values)
        return own

    def _birthday(self, writes: Writes, values: Mapping[str, Any], known: Known) -> None:
        """The celebrated day is the person's own wish: only a column that speaks of it changes it, or a corrected
        birth date from which it had been worked out."""
        if not SPEAKS_OF_BIRTH & values.keys():
            return
        old = tuple(known[place] for place in BIRTHDAY)
        new = None
        birth = values.get("birth_date") or known["person.birth_date"] or ""
        if "birthday" in values:
            own, month, day, leap = values["birthday"]
            new = (own or values.get("birthday_calendar") or old[0] or SOLAR, month, day, leap)
        elif (calendar := values.get("birthday_calendar")) and calendar != old[0]:
            new = celebrated(birth, calendar, lunar_of)
        elif "person.birth_date" in writes and old[0]:
            followed = celebrated(known["person.birth_date"] or "", old[0], lunar_of)
            new = celebrated(birth, old[0], lunar_of) if followed == old else None
        elif "birth_date" in values and old[0] is None and known["person.birth_date"] is None:
            calendar = self.answers.birthday_calendar
            new = None if calendar == NO_BIRTHDAY else celebrated(birth, calendar, lunar_of)
        if new and new != old:
            writes.update(zip(BIRTHDAY, new, strict=True))

    def _phones(self, writes: Writes, row: Row) -> None:
        told = [*row.values.get("mobile", ()), *row.values.get("landline", ())]
        if not told:
            return
        held = {phone["number_index"] for phone in self.phones.get(row.person_id or 0, ())}
        if any(crypto.blind_index("phone", digits) not in held for _, digits in told):
            writes["phones"] = list(dict.fromkeys(told))

    def _clear(self, writes: Writes, row: Row, known: Known) -> None:
        for key in row.cleared:
            column = BY_KEY[key]
            if key in ("birthday", "birthday_calendar"):
                if known[BIRTHDAY[0]] is not None:
                    writes.update(zip(BIRTHDAY, NO_DAY, strict=True))
            elif key in ("mobile", "landline"):
                if any(phone["kind"] == key for phone in self.phones.get(row.person_id or 0, ())):
                    writes.setdefault("clear_phones", []).append(key)
            elif column.table == EXTRA:
                if self.extras.get((known["person.id"], key)):
                    writes[f"{EXTRA}.{key}"] = ""
            else:
                if known[column.place] not in (None, *_NOTHING[column.reads]):
                    writes[column.place] = column.empty


def differs(known: Any, value: Any) -> bool:
    """Whether what a file says is another value than what stands. Lists are compared without their order; a day stands
    as a date and comes as text."""
    if value.__class__ is list:
        return sorted(known or ()) != sorted(value)
    if known.__class__ is dt.date:
        return known.isoformat() != value
    return known != value if known is not None else bool(value) or value == 0 and value is not False


def _differing(writes: Writes, known: Known) -> Writes:
    return {place: value for place, value in writes.items() if differs(known[place], value)}


def _opened(place: str, known: Known) -> str:
    """Clear text of an encrypted column: ciphertext never decides whether something changed."""
    sealed = known[place]
    if sealed is None:
        return ""
    return crypto.decrypt(sealed, sealing_place(place, known["person.public_id"], known.get("health.public_id")))


def sealing_place(place: str, person: Any, health: Any) -> bytes:
    """What ciphertext of a place is bound to: health to its own row, all else to the person."""
    table, field = place.split(".")
    return crypto.place(LABELS[table], health if table == HEALTH else person, field)
