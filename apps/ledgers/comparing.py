"""Two entries of one person side by side: what each says, where they differ, what hangs on each."""

from dataclasses import dataclass

from django.apps import apps
from django.db.models import Model

from apps.common.citizen_id import masked_citizen_id
from apps.common.code_lists import choices_of
from apps.ledgers.merging_facts import BY_KEY, CADRE, FACTS, PERSON, Fact
from apps.ledgers.services.merge_rows import counts, pack
from apps.people.choices import CODE_LISTS as PERSON_LISTS
from apps.people.models import Person, PersonMerge
from apps.registry.choices import CODE_LISTS as CADRE_LISTS
from apps.registry.models import Cadre

LISTS = PERSON_LISTS | CADRE_LISTS
HIDDEN = "有登记（不显示）"
EMPTY = "未填写"


@dataclass(frozen=True)
class Line:
    """One fact of both; `same`: nothing to choose; `better`: low or high, where only one says anything."""

    fact: Fact
    low: str
    high: str
    same: bool
    better: str = ""


@dataclass(frozen=True)
class Side:
    person: Person
    cadre: Cadre | None
    rows: list[tuple[str, int]]

    @property
    def total(self) -> int:
        return sum(number for _, number in self.rows)


def side_of(person: Person) -> Side:
    """A person with what hangs on him, by the names of the records: a statement a relation."""
    cadre = Cadre.objects.filter(pk=person.pk).select_related("managing_unit").first()
    found: dict[str, int] = {}
    for label, number in counts(person.pk).items():
        words = str(apps.get_model(label.rpartition(".")[0])._meta.verbose_name)
        found[words] = found.get(words, 0) + number
    return Side(person, cadre, sorted(found.items(), key=lambda pair: -pair[1]))


def compare(low: Side, high: Side) -> list[Line]:
    """Facts of which at least one entry says something, those that differ first."""
    lines = [_line(fact, _row(low, fact), _row(high, fact)) for fact in FACTS]
    return sorted((line for line in lines if line is not None), key=lambda line: line.same)


def _row(side: Side, fact: Fact) -> Model | None:
    return {PERSON: side.person, CADRE: side.cadre}[fact.row]


def _line(fact: Fact, low: Model | None, high: Model | None) -> Line | None:
    left, right = _values(fact, low), _values(fact, high)
    if not any(left) and not any(right):
        return None
    better = "" if any(left) and any(right) else "low" if any(left) else "high"
    # Where one is no cadre at all there is nothing to choose between.
    same = left == right or low is None or high is None
    return Line(fact, _words(fact, low), _words(fact, high), same, better)


def _values(fact: Fact, row: Model | None) -> list:
    if row is None:
        return []
    return [pack(getattr(row, row._meta.get_field(name).attname)) or "" for name in fact.columns]


def _words(fact: Fact, row: Model | None) -> str:
    """What staff read: numbers masked, sealed texts not at all."""
    if row is None:
        return "不是老干部登记"
    value = getattr(row, fact.shown)
    if value in (None, "", []):
        return EMPTY
    if fact.shown == "citizen_id":
        return masked_citizen_id(value)
    if fact.is_sealed:
        return HIDDEN
    if fact.shown == "birthday_calendar":
        return f"{row.get_birthday_calendar_display()}{row.birthday_month}月{row.birthday_day}日"
    if fact.shown in LISTS:
        names = dict(choices_of(LISTS[fact.shown]))
        values = value if isinstance(value, list) else [value]
        return "、".join(names.get(one, one) for one in values)
    if isinstance(value, bool):
        return "是" if value else "否"
    if hasattr(value, "display"):
        return value.display()
    if isinstance(value, list):
        return "、".join(map(str, value))
    display = getattr(row, f"get_{fact.shown}_display", None)
    return str(display() if display else value)


# What a merge did, in words -----------------------------------------------------------------------------------------


def moved_words(merge: PersonMerge) -> list[str]:
    """走访记录 3 条; those that stayed with the alias say so."""
    found: dict[tuple[str, bool], int] = {}
    for label, number in merge.moved.items():
        name, _, stayed = label.partition(" ")
        key = (_name_of(name.rpartition(".")[0]), bool(stayed))
        found[key] = found.get(key, 0) + number
    return [
        f"{name} {number} 条" + ("（保留的一份已经有，留在作废的那一份）" if stayed else "")
        for (name, stayed), number in sorted(found.items(), key=lambda pair: (pair[0][1], -pair[1]))
    ]


def left_words(merge: PersonMerge) -> list[str]:
    """Rows that undoing left with the winner, by kind and number."""
    return [f"{_name_of(label)}（编号 {key}）" for label, key in merge.left]


def chosen_words(merge: PersonMerge) -> str:
    return "、".join(BY_KEY[key].label for key in merge.chosen if key in BY_KEY)


def _name_of(label: str) -> str:
    try:
        return str(apps.get_model(label)._meta.verbose_name)
    except (LookupError, ValueError):
        return label
