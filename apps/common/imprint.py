"""Who runs this portal and how to reach them, read from the setting ``PORTAL``.

What the footer of a Chinese public site must carry (国办发〔2017〕47号 practice): every item is a setting,
and an empty one leaves no empty label behind.
"""

from dataclasses import dataclass, field, fields
from datetime import date

from django.conf import settings


@dataclass(frozen=True)
class Imprint:
    """Facts about the bureau that stand on every page. All text; empty means: not shown.

    ``mourning`` holds (first, last) pairs of ISO dates, both inclusive, on which the pages are grey.
    """

    name: str = "老干部服务平台"
    short_name: str = "老干部服务"
    bureau: str = ""
    phone: str = ""
    phone_hours: str = ""
    address: str = ""
    site_code: str = ""
    icp: str = ""
    police_record: str = ""
    mourning: tuple = field(default=())

    @property
    def phone_link(self) -> str:
        """The number as a ``tel:`` target: digits only."""
        return "".join(character for character in self.phone if character.isdigit())


def imprint() -> Imprint:
    """The bureau's facts; an unknown key in the setting is refused, so that a typing error shows."""
    values = getattr(settings, "PORTAL", {})
    known = {item.name for item in fields(Imprint)}
    unknown = set(values) - known
    if unknown:
        raise ValueError(f"PORTAL holds unknown keys: {', '.join(sorted(unknown))}")
    return Imprint(**values)


def is_mourning(periods, on: date) -> bool:
    """Whether ``on`` lies in one of the (first, last) pairs of ISO dates, both ends inclusive."""
    return any(date.fromisoformat(first) <= on <= date.fromisoformat(last) for first, last in periods)
