"""How schools of the four levels stand to each other (rule book 9.23). Values in, values out."""

from apps.university.choices.schools import SchoolLevel

ORDER = (SchoolLevel.CITY, SchoolLevel.COUNTY, SchoolLevel.TOWN, SchoolLevel.VILLAGE)
DEPTH: dict[str, int] = {level: depth for depth, level in enumerate(ORDER)}


def may_be_above(level: str, parent_level: str) -> bool:
    """A school stands under one of its own level (分校) or of a higher one; levels may be left out (rule book 9.23)."""
    return DEPTH[parent_level] <= DEPTH[level]


def in_tree_order(rows: list[tuple[int, int | None]]) -> list[tuple[int, int]]:
    """(key, depth) of rows (key, parent key) with each below its parent, in the order given. A parent that is not
    among them counts as none; a ring is broken where it is met first."""
    below: dict[int | None, list[int]] = {}
    known = {key for key, _ in rows}
    for key, parent in rows:
        below.setdefault(parent if parent in known else None, []).append(key)
    ordered: list[tuple[int, int]] = []
    seen: set[int] = set()

    def walk(parent: int | None, depth: int) -> None:
        for key in below.get(parent, ()):
            if key not in seen:
                seen.add(key)
                ordered.append((key, depth))
                walk(key, depth + 1)

    walk(None, 0)
    return ordered + [(key, 0) for key, _ in rows if key not in seen]
