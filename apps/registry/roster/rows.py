"""A row on its way in, and what was found about it."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from apps.common.citizen_id import CitizenId, masked_citizen_id
from apps.common.phone import masked_phone

NEW, CHANGED, UNCHANGED, REFUSED = "new", "changed", "unchanged", "refused"
SHOWN = 40
KEYS_A_SHEET = 1_000_000


class Problem(NamedTuple):
    """What is wrong with a value: a code for machines, a sentence with the remedy for the clerk."""

    code: str
    sentence: str
    refuses: bool = True


class Finding(NamedTuple):
    """A problem in its place: Excel's row, the column's position (from 0) and heading, the value as it may be shown.

    `key` is that of the row; `sheet` says in words where it stands when several sheets were read.
    """

    row: int
    position: int
    column: str
    code: str
    value: str
    sentence: str
    refuses: bool
    key: int = 0
    sheet: str = ""


def row_key(part: int, number: int) -> int:
    """One number for a row of a batch: the first sheet's rows keep the numbers that Excel shows."""
    return part * KEYS_A_SHEET + number


@dataclass(slots=True)
class Row:
    """One person of the file, in sheet `part` of the batch (from 0).

    `values` maps column keys to values as they are stored; an empty cell has no entry. `cleared` are
    the columns that say 清空. `problems` are (column position, problem).
    """

    number: int
    cells: list
    part: int = 0
    values: dict[str, Any] = field(default_factory=dict)
    cleared: list[str] = field(default_factory=list)
    problems: list[tuple[int, Problem]] = field(default_factory=list)
    citizen: CitizenId | None = None
    index: bytes = b""
    kind: str = NEW
    person_id: int | None = None
    versions: tuple[int, int | None, int | None] = (0, None, None)
    writes: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> int:
        return row_key(self.part, self.number)

    @property
    def is_refused(self) -> bool:
        return any(problem.refuses for _, problem in self.problems)

    @property
    def is_warned(self) -> bool:
        return bool(self.problems) and not self.is_refused

    def refuse(self, position: int, code: str, sentence: str) -> None:
        self.problems.append((position, Problem(code, sentence)))
        self.kind = REFUSED

    def warn(self, position: int, code: str, sentence: str) -> None:
        self.problems.append((position, Problem(code, sentence, refuses=False)))


def masked(value: object, mask: str) -> str:
    """A cell as it may stand on a page or in a report of errors."""
    if value is None:
        return ""
    text = str(value).strip()
    if mask == "id":
        return masked_citizen_id(text)
    if mask == "phone":
        digits = "".join(letter for letter in text if letter.isdigit())
        return masked_phone(digits) if len(digits) >= 7 else "*" * len(digits)
    if mask == "bank":
        return "****" + text[-4:] if len(text) > 8 else "****"
    if mask == "address":
        return text[:3] + "****" if text else ""
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"
