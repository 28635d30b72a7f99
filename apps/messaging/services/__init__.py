"""Every write to the outbox that means something to the bureau."""

from .batches import Result, call_off_batch, give_paper, make_batch, mark_taken, settle_batch
from .codes import send_code
from .deciding import Receipt, confirm_delivered, mark_read, send_again, take_receipt, withdraw_messages
from .posting import NewMessage, post
from .preferences import set_channels, set_sms_consent
from .results import import_results
from .rounds import Round, Told, go_round

__all__ = [
    "NewMessage", "Receipt", "Result", "Round", "Told", "call_off_batch", "confirm_delivered", "give_paper",
    "go_round", "import_results", "make_batch", "mark_read", "mark_taken", "post", "send_again", "send_code",
    "set_channels", "set_sms_consent", "settle_batch", "take_receipt", "withdraw_messages",
]  # fmt: skip
