"""Which unit a name means: in a cell, in the name of a sheet or file, in a title above the header."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .answers import CREATE, Answers
from .nearest import Nearest
from .readers import fold
from .rows import Problem

NEW_UNIT = "new:"
SHORTEST_IN_TEXT = 3


@dataclass(slots=True)
class UnknownUnit:
    name: str
    rows: int = 0
    nearest: list[tuple[int, str]] = field(default_factory=list)


class Units:
    """`by_name` is folded name → id of open units, `names` id → name, `scope` the ids the clerk may import into (None:
    all). Keeps the names it did not know; each is looked up once."""

    def __init__(
        self, by_name: Mapping[str, int], names: Mapping[int, str], scope: frozenset[int] | None, answers: Answers
    ) -> None:
        self.by_name, self.names, self.scope, self.answers = by_name, names, scope, answers
        self.unknown: dict[str, UnknownUnit] = {}
        self._found: dict[str, tuple[Any, Problem | None]] = {}
        self._nearest = Nearest({name: pk for pk, name in names.items()})
        self._longest_first = sorted((name for name in by_name if len(name) >= SHORTEST_IN_TEXT), key=len, reverse=True)

    def find(self, name: str) -> tuple[Any, Problem | None]:
        """(unit id or NEW_UNIT + name, None), or (None, why not). Counts a row for a name it does not know."""
        if name not in self._found:
            self._found[name] = self._look(name)
        if name in self.unknown:
            self.unknown[name].rows += 1
        return self._found[name]

    def _look(self, name: str) -> tuple[Any, Problem | None]:
        pk = self.by_name.get(fold(name))
        if pk is None:
            answer = self.answers.units.get(name)
            if answer == CREATE or (answer is None and self.answers.create_units):
                return NEW_UNIT + name, None
            pk = answer if isinstance(answer, int) else None
        if pk is None:
            near = self._nearest.to(name)
            self.unknown[name] = UnknownUnit(name, 0, near)
            advice = f"最接近的是：{'、'.join(near_name for _, near_name in near)}。" if near else ""
            return None, Problem("unknown_unit", f"单位表里没有“{name}”。{advice}请改成单位全称，或选择新建这个单位。")
        if not self.is_ours(pk):
            return None, Problem("out_of_scope", f"“{name}”不归您管，这一行不能由您导入。请交给该单位的经办人。")
        return pk, None

    def is_ours(self, pk: int | None) -> bool:
        return self.scope is None or pk in self.scope

    def named_in(self, texts: Iterable[str]) -> int | None:
        """The unit that a sheet's name, its titles or its file's name speaks of: the name itself, else the longest
        name inside the text. None when there is none, or two that do not contain each other."""
        for text in texts:
            folded = fold(text)
            exact = self.by_name.get(folded)
            if exact is not None:
                return exact
            found = [name for name in self._longest_first if name in folded]
            apart = [name for name in found if not any(name != other and name in other for other in found)]
            if len({self.by_name[name] for name in apart}) == 1:
                return self.by_name[apart[0]]
        return None
