"""Places, who asked for one, who was offered one, and the draws between them."""

from .draws import Round, Ticket, TicketHolder
from .offerings import Occupied, Offering, OfferingTime, Places
from .sign_ups import Offer, OfferAttempt, SignUp, SignUpQuerySet

__all__ = [
    "Occupied", "Offer", "OfferAttempt", "Offering", "OfferingTime", "Places", "Round", "SignUp", "SignUpQuerySet",
    "Ticket", "TicketHolder",
]  # fmt: skip
