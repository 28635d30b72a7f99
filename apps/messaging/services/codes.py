"""A code for signing in, on its way to a phone."""

import datetime
import json
import uuid

from django.conf import settings
from django.db import transaction

from apps.common.crypto import blind_index
from apps.messaging.channels import enabled_channels
from apps.messaging.choices import Channel, DeliveryClass
from apps.messaging.models import Delivery, DeliveryItem, Message
from apps.messaging.rules import ZONE, Template, register_template, with_signature

TEMPLATE = "sign_in.code"
register_template(Template(key=TEMPLATE, label="登录验证码"))


@transaction.atomic
def send_code(
    user_id: int, number: str, text: str, *, key: str, now: datetime.datetime, valid_until: datetime.datetime
) -> bool:
    """Put a text with a code into the outbox, for a number of its own rather than the account's; False where no SMS
    gateway is set up. The words are encrypted from the start and emptied when the delivery ends; quiet hours do not
    hold; it goes by SMS alone and stands in no inbox. The same key again changes nothing."""
    if Channel.SMS not in enabled_channels():
        return False
    today = now.astimezone(ZONE).date()
    message, is_new = Message.objects.get_or_create(
        key=key,
        defaults={
            "delivery_class": DeliveryClass.CODE, "template": TEMPLATE, "user_id": user_id, "on_day": today,
            "valid_until": valid_until,
        },
    )  # fmt: skip
    if not is_new:
        return True
    words = {"to": number, "text": with_signature(text, settings.SMS_GATEWAY["signature"])}
    delivery = Delivery(
        public_id=uuid.uuid4(), channel=Channel.SMS, delivery_class=DeliveryClass.CODE, user_id=user_id, on_day=today,
        valid_until=valid_until, payload=json.dumps(words, ensure_ascii=False),
        address_index=blind_index("phone", number),
    )  # fmt: skip
    delivery.save(force_insert=True)
    DeliveryItem.objects.create(delivery=delivery, message=message, channel=Channel.SMS)
    return True
