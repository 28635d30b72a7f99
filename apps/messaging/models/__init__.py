"""The outbox, what leaves by hand, and which way each recipient wants."""

from .batches import DeliveryBatch
from .outbox import ChannelState, Delivery, DeliveryItem, Message
from .preferences import ChannelPreference

__all__ = ["ChannelPreference", "ChannelState", "Delivery", "DeliveryBatch", "DeliveryItem", "Message"]
