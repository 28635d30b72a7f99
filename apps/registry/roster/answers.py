"""What no column says, answered once for the whole batch by the clerk (kept in `ImportBatch.options`)."""

from dataclasses import asdict, dataclass, field

from apps.common.birthday import SOLAR

CREATE = "create"
NO_BIRTHDAY = "none"


@dataclass(frozen=True, slots=True)
class Answers:
    """`None` means not answered yet.

    retire_type: code for rows that do not say. unit_id: managing unit for rows that do not say. calendar: by which
    calendar birthdays are kept where no column says (`none`: leave them open). units: unknown name → unit id or
    `create`. create_units: create every unknown one. apart: rows the clerk says are another person than the namesake.
    asked: the clerk has seen the questions; what he left open then refuses its rows.
    """

    sheet: str | None = None
    retire_type: str | None = None
    unit_id: int | None = None
    calendar: str | None = None
    units: dict[str, int | str] = field(default_factory=dict)
    create_units: bool = False
    apart: tuple[int, ...] = ()
    asked: bool = False

    @property
    def birthday_calendar(self) -> str:
        return self.calendar or SOLAR

    def as_json(self) -> dict:
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict) -> "Answers":
        known = {name: values[name] for name in cls.__slots__ if name in values}
        if "apart" in known:
            known["apart"] = tuple(known["apart"])
        return cls(**known)
