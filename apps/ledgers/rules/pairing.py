"""Whom to propose as carer: whoever is near already and has room (rule book 8.53). Pure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Nearness:
    """What ties a possible carer to somebody. `room`: how many more he may answer for (rule book
    8.53)."""

    room: int
    of_household: str = ""
    in_community: int = 0
    same_unit: bool = False
    unit_above: bool = False

    @property
    def reasons(self) -> tuple[str, ...]:
        found = (
            f"已负责同住的{self.of_household}" if self.of_household else "",
            f"已负责本社区 {self.in_community} 位" if self.in_community else "",
            "在他的管理单位" if self.same_unit else "",
            "在他的上级单位" if self.unit_above else "",
        )
        return tuple(filter(None, found))

    @property
    def order(self) -> tuple:
        """Nearest first: one home, one community, one unit; of equals whoever has more room."""
        return (not self.of_household, not self.in_community, not self.same_unit, not self.unit_above, -self.room)


def is_proposed(near: Nearness) -> bool:
    """A carer with room and some tie (rule book 8.53)."""
    return near.room > 0 and bool(near.reasons)
