"""Putting a delivery into the words of its channel, once: they are frozen, encrypted, with it."""

import json
from collections import Counter

from django.conf import settings

from apps.common.crypto import blind_index
from apps.messaging.choices import Channel
from apps.messaging.models import Delivery, Message
from apps.messaging.recipients import Recipients
from apps.messaging.rules import filled, mail_text, sms_text, template, webhook_text, with_signature
from apps.organisation.queries import rule_values

FIELD_OF = {Channel.SMS: "sms", Channel.SMS_FILE: "sms", Channel.PRINT: "card", Channel.SHEET: "call"}


def address_of(row: Delivery, recipients: Recipients) -> str:
    if row.user_id:
        return recipients.user_address(row.user_id, row.channel)
    return recipients.person_address(row.person_id, row.channel)


def freeze_words(row: Delivery, address: str, texts: "PersonWords") -> None:
    """Set payload and address index; the row is saved by the caller."""
    payload = _for_person(row, address, texts) if row.person_id else _for_staff(row, address)
    row.address_index = blind_index("phone", address) if row.channel in (Channel.SMS, Channel.SMS_FILE) else None
    row.payload = json.dumps(payload, ensure_ascii=False)


class PersonWords:
    """Texts of the rule sets in force on the day a message is for, each read once."""

    def __init__(self):
        self.known: dict = {}

    def text(self, row: Delivery, values: dict[str, str]) -> str:
        """The words for the first message that still holds, filled in; a person's delivery carries one."""
        message = first_message(row)
        kind = template(message.template)
        key = (kind.texts, row.on_day)
        if key not in self.known:
            self.known[key] = rule_values(key[0], on=row.on_day)
        facts = kind.facts({**message.context, "person": row.person_id}) if kind.facts else {}
        return filled(getattr(self.known[key], kind.part + FIELD_OF[Channel(row.channel)]), {**values, **facts})


def first_message(row: Delivery) -> Message:
    """The first message of a delivery that still holds."""
    return next(item.message for item in row.items.all() if not item.withheld)


def _for_person(row: Delivery, address: str, texts: PersonWords) -> dict:
    values = {"姓名": row.person.name, "局名": settings.PORTAL["bureau"], "电话": settings.PORTAL["phone"]}
    text = texts.text(row, values)
    if row.channel == Channel.SMS:
        text = with_signature(text, settings.SMS_GATEWAY["signature"])
    return {"to": address, "name": row.person.name, "text": text}


def _for_staff(row: Delivery, address: str) -> dict:
    counts = Counter(item.message.template for item in row.items.all() if not item.withheld)
    if row.channel == Channel.SMS:
        return {"to": address, "text": sms_text(counts, signature=settings.SMS_GATEWAY["signature"])}
    if row.channel == Channel.SMS_FILE:
        signature = settings.SMS_GATEWAY["signature"]
        text = sms_text(counts, signature=signature).removeprefix(f"【{signature}】")
        return {"to": address, "name": row.user.display_name, "text": text}
    if row.channel == Channel.WEBHOOK:
        return {"to": address, "phone": row.user.phone, "text": webhook_text(counts)}
    subject, text = mail_text(counts, bureau=settings.PORTAL["bureau"], day=row.on_day)
    return {"to": address, "subject": subject, "text": text}
