"""What was chosen on the screens of asking for help stands in the address of the next one; place and words never do."""

import datetime as dt
from functools import cached_property
from urllib.parse import urlencode

from apps.common.form_keys import KEY

from .forms.asking import AT_HOME
from .rules.times import DAY_ENDS

WHAT, DAY, TIME, CHECK = "what", "day", "time", "check"
STEPS = (WHAT, DAY, TIME, CHECK)
SERVICE, ON, STARTS, LENGTH, COINS = "service", "on", "starts", "length", "coins"


class Wishes:
    """What the address says so far; nonsense in it counts as not said."""

    def __init__(self, request):
        self.request = request

    def _number(self, name: str, least: int, most: int) -> int | None:
        text = self.request.GET.get(name, "")
        number = int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else -1
        return number if least <= number <= most else None

    @cached_property
    def service(self) -> str:
        code = self.request.GET.get(SERVICE, "")
        return code if code in AT_HOME else ""

    @cached_property
    def on(self) -> dt.date | None:
        try:
            return dt.date.fromisoformat(self.request.GET.get(ON, ""))
        except ValueError:
            return None

    @cached_property
    def starts(self) -> int | None:
        return self._number(STARTS, 0, DAY_ENDS - 1)

    @cached_property
    def length(self) -> int | None:
        return self._number(LENGTH, 1, DAY_ENDS)

    @property
    def missing(self) -> str:
        """The first question without an answer; empty when all were answered."""
        if not self.service:
            return WHAT
        if self.on is None:
            return DAY
        return TIME if self.starts is None or self.length is None or self.starts + self.length > DAY_ENDS else ""

    def query(self, **over) -> str:
        asked = self.request.GET
        said = {name: asked[name] for name in (KEY, SERVICE, ON, STARTS, LENGTH, COINS) if name in asked}
        return urlencode({**said, **over})
