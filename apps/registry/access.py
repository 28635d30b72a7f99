"""Who may see and act on cadres. The socket itself stands in `scopes`, below the models that use it."""

from .models import Cadre
from .scopes import CHANGE, VIEW, scopes

__all__ = ["CHANGE", "VIEW", "changeable_by", "is_visible", "scopes"]


def is_visible(user, cadre_id: int) -> bool:
    return Cadre.objects.current().visible_to(user).filter(pk=cadre_id).exists()


def changeable_by(user, cadre_id: int, permission: str = CHANGE) -> bool:
    """Whether one of the user's scopes that carries `permission` covers this cadre: seeing elsewhere is not enough."""
    return Cadre.objects.current().visible_to(user, permission).filter(pk=cadre_id).exists()
