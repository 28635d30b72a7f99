"""What a checked row would write: for a new person, and against the person it is about."""

import functools
from collections.abc import Mapping
from typing import Any

from apps.common import crypto
from apps.common.birthday import SOLAR, lunar_of
from apps.common.citizen_id import CitizenId
from apps.registry.rules import RankReading, read_rank

from .answers import NO_BIRTHDAY, Answers
from .checking import Rules
from .columns import BY_KEY, CADRE, EXTRA, PERSON
from .known import Known
from .readers import celebrated
from .rows import CHANGED, UNCHANGED, Row

Writes = dict[str, Any]
BIRTHDAY = ("person.birthday_calendar", "person.birthday_month", "person.birthday_day", "person.birthday_leap")
NO_DAY = (None, None, None, False)
SEALED = {"person.residence", "person.registered_address", "cadre.bank_account"}
EMPTY_IS_NULL = {
    "person.birth_date", "cadre.joined_party_on", "cadre.full_member_on", "cadre.retired_on", "cadre.work_start",
    "cadre.order_no",
}  # fmt: skip
# Columns that go straight from cell to attribute; the others have a rule of their own below.
SPECIAL = {"citizen_id", "birthday_calendar", "birthday", "unit", "post", "mobile", "landline", "carer", "branch"}
BORN_FROM_ID = "按身份证号"


PLACES = {
    key: f"{column.table}.{column.field}"
    for key, column in BY_KEY.items()
    if key not in SPECIAL and column.table in (PERSON, CADRE)
}


def writes_of_new(row: Row, rules: Rules, answers: Answers) -> Writes:
    """Everything a new person starts with. What the file leaves out of birth and sex comes from the citizen id."""
    values = row.values
    writes: Writes = {PLACES[key]: value for key, value in values.items() if key in PLACES}
    citizen: CitizenId | None = row.citizen
    assert citizen is not None
    writes["person.citizen_id"] = citizen.number
    if "person.birth_date" not in writes:
        writes["person.birth_date"] = citizen.birth.isoformat()
        writes["person.birth_note"] = BORN_FROM_ID
    writes.setdefault("person.sex", citizen.sex)
    writes.setdefault("cadre.retire_type", answers.retire_type)
    writes["cadre.managing_unit_id"] = values.get("unit", answers.unit_id)
    _write_birthday(writes, values, writes["person.birth_date"], answers.birthday_calendar)
    if "post" in values:
        writes.update(_rank_writes(values["post"]))
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


class Comparison:
    """Compares rows with the people they are about. An empty cell never erases; 清空 does."""

    def __init__(
        self,
        rules: Rules,
        answers: Answers,
        phones: Mapping[int, list[dict]],
        extras: Mapping[tuple[int, str], str],
    ) -> None:
        self.rules, self.answers, self.phones, self.extras = rules, answers, phones, extras

    def compare(self, row: Row, known: Known) -> None:
        """Sets the row's person, versions, writes and kind. A person who is no cadre (any more)
        becomes one: that is new."""
        row.person_id = known["person.id"]
        row.versions = (known["person.version"], known["cadre.version"])
        if known["cadre.person_id"] is None or known["cadre.voided_at"] is not None:
            row.writes = self._writes_of_joining(row, known)
            return
        row.writes = self._changes(row, known)
        row.kind = CHANGED if row.writes else UNCHANGED

    def _writes_of_joining(self, row: Row, known: Known) -> Writes:
        writes = writes_of_new(row, self.rules, self.answers)
        changes = self._changes(row, known)
        kept = {key: value for key, value in writes.items() if key.startswith(("cadre.", EXTRA))}
        return kept | {key: value for key, value in changes.items() if not key.startswith(("cadre.", EXTRA))}

    def _changes(self, row: Row, known: Known) -> Writes:
        writes: Writes = {}
        for key, value in row.values.items():
            place = PLACES.get(key)
            if place is None:
                continue
            if known[place] != value and (place not in SEALED or _opened(place, known) != value):
                writes[place] = value
        values = row.values
        unit = values.get("unit")
        if unit is not None and unit != known["cadre.managing_unit_id"]:
            writes["cadre.managing_unit_id"] = unit
        if "post" in values and values["post"] != known["cadre.former_post"]:
            writes.update(_differing(_rank_writes(values["post"]), known))
        self._birthday(writes, values, known)
        self._phones(writes, row)
        for key in ("carer", "branch"):
            if key in values and self.extras.get((known["person.id"], key)) != values[key]:
                writes[f"{EXTRA}.{key}"] = values[key]
        if row.cleared:
            self._clear(writes, row, known)
        return writes

    def _birthday(self, writes: Writes, values: Mapping[str, Any], known: Known) -> None:
        """The celebrated day is the person's own wish: only a column that speaks of it changes it, or a corrected
        birth date from which it had been worked out."""
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
                place = f"{column.table}.{column.field}"
                empty = None if place in EMPTY_IS_NULL or place in SEALED else ""
                if known[place] not in (None, ""):
                    writes[place] = empty


def _differing(writes: Writes, known: Known) -> Writes:
    return {place: value for place, value in writes.items() if known[place] != value}


def _opened(place: str, known: Known) -> str:
    """Clear text of an encrypted column: ciphertext never decides whether something changed."""
    sealed = known[place]
    if sealed is None:
        return ""
    return crypto.decrypt(sealed, crypto.place(_label(place), known["person.public_id"], place.split(".")[1]))


def _label(place: str) -> str:
    return "people.person" if place.startswith("person.") else "registry.cadre"
