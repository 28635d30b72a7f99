"""The stock admin of the registry. `CadreAdminBase` is registered in `ledgers.admin`, with what is added there."""

from .cadre import CadreAdminBase
from .life import LifeEventAdmin
from .parts import HealthAdmin, PersonAdmin, PhoneAdmin, RelativeAdmin

__all__ = ["CadreAdminBase", "HealthAdmin", "LifeEventAdmin", "PersonAdmin", "PhoneAdmin", "RelativeAdmin"]
