"""People of units and ranks that must not be held here are not written (list: `organisation.barred`)."""

from apps.common.code_lists import names_of
from apps.common.errors import BusinessError
from apps.organisation.barred import Barred, barred_entries, bars

from .models import Cadre

__all__ = ["Barred", "barred_entries", "bars", "refuse_barred"]
UNITS = ("managing_unit", "counting_unit")
RANKS = ("leader_rank", "grade_rank")


def refuse_barred(cadre: Cadre, *, field: str | None = None) -> None:
    """Raise BusinessError where his units, ranks or post name what is barred; at `field`, or at the one concerned."""
    entries = barred_entries()
    if not entries:
        return
    texts = {name: str(getattr(cadre, name)) for name in UNITS if getattr(cadre, f"{name}_id")}
    texts |= {name: names_of(name).get(code, "") for name in RANKS if (code := getattr(cadre, name))}
    texts["former_post"] = cadre.former_post
    for name, text in texts.items():
        if sentence := bars(text, entries):
            raise BusinessError(sentence, code="barred", field=field or name)
