"""Several short querysets read in one statement, for pages that collect from many tables (design 7: budgets).

Each queryset is compiled as it stands; its columns are laid into slots of their own type, so that parts of any shape
fit into one UNION ALL and the driver reads every value as ever. They come back as the same instances, values or
tuples that the queryset alone would give. `prefetch_related` still asks on its own. Meant for pages: a few rows a part.
"""

from collections import Counter
from itertools import chain

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet

Slot = tuple[str, int]


def read_together(parts: dict[str, QuerySet]) -> dict[str, list]:
    """name → rows of each queryset in its own order, all read in one statement; the querysets are not evaluated."""
    found: dict[str, list] = {name: [] for name in parts}
    compiled = {name: part for name, rows in parts.items() if (part := _Part.of(rows)) is not None}
    if not compiled:
        return found
    slots = _slots(compiled.values())
    pieces = [part.piece(place, slots) for place, part in enumerate(compiled.values())]
    params = list(chain.from_iterable(part.params for part in compiled.values()))
    rows: list[list[tuple]] = [[] for _ in compiled]
    with connections[next(iter(compiled.values())).queryset.db].cursor() as cursor:
        cursor.execute(" UNION ALL ".join(pieces), params)
        for row in cursor.fetchall():
            rows[row[0]].append(row)
    at = {slot: place for place, slot in enumerate(slots, 2)}
    for part_rows, (name, part) in zip(rows, compiled.items(), strict=True):
        found[name] = part.instances(sorted(part_rows, key=lambda row: row[1]), at)
    return found


def _slots(parts) -> list[Slot]:
    """As many columns of each type as the part with most of them has."""
    most: Counter[str] = Counter()
    for part in parts:
        most |= Counter(kind for kind, _ in part.slots)
    return [(kind, number) for kind in sorted(most) for number in range(most[kind])]


class _Part:
    """One queryset with its statement, and the way back from slots to what the queryset gives."""

    def __init__(self, queryset: QuerySet, compiler, sql: str, params) -> None:
        self.queryset, self.compiler, self.sql, self.params = queryset, compiler, sql, params
        seen: Counter[str] = Counter()
        self.slots: list[Slot] = []
        for expression, *_ in compiler.select:
            kind = _base_type(expression.output_field.db_type(compiler.connection))
            self.slots.append((kind, seen[kind]))
            seen[kind] += 1

    @classmethod
    def of(cls, rows: QuerySet) -> "_Part | None":
        """None where the queryset can have no rows."""
        queryset = rows.all()
        compiler = queryset.query.get_compiler(using=queryset.db)
        try:
            sql, params = compiler.as_sql()
        except EmptyResultSet:
            return None
        return cls(queryset, compiler, sql, params)

    def piece(self, place: int, slots: list[Slot]) -> str:
        own = {slot: f"c{number}" for number, slot in enumerate(self.slots)}
        columns = ", ".join(f"{own.get(slot, 'NULL')}::{slot[0]}" for slot in slots)
        names = ", ".join(own.values())
        return f"SELECT {place}, row_number() OVER (), {columns} FROM ({self.sql}) AS p{place}({names})"  # noqa: S608

    def instances(self, rows: list[tuple], at: dict[Slot, int]) -> list:
        """What the queryset gives for these rows: its own iteration, fed with them instead of a cursor."""
        places = [at[slot] for slot in self.slots]
        results = [[tuple(row[place] for place in places) for row in rows]]
        self.compiler.execute_sql = lambda *args, **kwargs: results
        self.queryset.query.get_compiler = lambda *args, **kwargs: self.compiler
        return list(self.queryset)


def _base_type(db_type: str) -> str:
    """A column type without its length: varchar(20)[] is varchar[]."""
    name, _, rest = db_type.partition("(")
    return f"{name.strip()}{'[]' if rest.endswith('[]') else ''}"
