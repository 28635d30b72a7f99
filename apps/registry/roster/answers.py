"""What no column says, answered once for the whole batch by the clerk (kept in `ImportBatch.options`)."""

from dataclasses import asdict, dataclass, field

from apps.common.birthday import SOLAR

CREATE = "create"
NO_BIRTHDAY = "none"
SUPPLEMENT, UPDATE, FULL = "supplement", "update", "full"


@dataclass(frozen=True, slots=True)
class Answers:
    """`None` means not answered yet.

    kind: SUPPLEMENT adds and corrects; UPDATE corrects and adds nobody; FULL lists everybody of its units, so that who
    is missing can be named.
    left_out: labels of sheets not to be read. retire_type: code for rows that do not say. unit_id: managing unit for
    rows that do not say; sheet_units: the same for one sheet, by its label. calendar: by which calendar birthdays are
    kept where no column says (`none`: leave them open). units: unknown name → unit id or `create`. create_units:
    create every unknown one. apart: keys of rows the clerk says are another person than the namesake.
    asked: the clerk has seen the questions; what he left open then refuses its rows.
    """

    kind: str = SUPPLEMENT
    left_out: tuple[str, ...] = ()
    retire_type: str | None = None
    unit_id: int | None = None
    sheet_units: dict[str, int] = field(default_factory=dict)
    calendar: str | None = None
    units: dict[str, int | str] = field(default_factory=dict)
    create_units: bool = False
    apart: tuple[int, ...] = ()
    asked: bool = False

    @property
    def is_full(self) -> bool:
        return self.kind == FULL

    @property
    def birthday_calendar(self) -> str:
        return self.calendar or SOLAR

    def as_json(self) -> dict:
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict) -> "Answers":
        known = {name: values[name] for name in cls.__slots__ if name in values}
        for name in ("apart", "left_out"):
            if name in known:
                known[name] = tuple(known[name])
        return cls(**known)
