"""Whether a waiting delivery may still go, asked again at the moment it is taken up."""

import datetime
from collections.abc import Collection, Sequence

from django.db.models import Count

from apps.messaging.channels import KINDS, Needs
from apps.messaging.choices import Channel, DeliveryClass, DeliveryState, Outcome
from apps.messaging.models import Delivery, DeliveryItem
from apps.messaging.recipients import Recipients
from apps.messaging.rules import SendingRules, template
from apps.people.choices import LifeStatus
from apps.people.queries import mourning_among

GONE = (Outcome.NOT_LIVING, Outcome.BASIS_GONE, Outcome.MOURNING)


def is_frozen(row: Delivery) -> bool:
    """Without decrypting: a key that is missing must not keep others from being sent."""
    return row.__dict__["payload"] is not None


def too_late(row: Delivery, now: datetime.datetime) -> str | None:
    limits = [item.message.valid_until for item in row.items.all()]
    over = row.valid_until is not None and row.valid_until <= now
    if row.resolved_at is None and (over or (limits and all(limit and limit <= now for limit in limits))):
        return Outcome.EXPIRED
    return None


def recipient_verdict(row: Delivery, recipients: Recipients) -> str | None:
    """A colleague with a working account; a living person, consenting where the channel asks it, and reached so."""
    if row.user_id:
        return None if row.user.is_active else Outcome.NO_RECIPIENT
    if row.person.life_status != LifeStatus.LIVING or row.person.voided_at:
        return Outcome.NOT_LIVING
    if row.delivery_class == DeliveryClass.CODE:
        return None
    if row.channel not in recipients.order_of_person(row.person_id):
        return Outcome.NOT_REACHED_SO
    if KINDS[row.channel].consent and row.person_id not in recipients.consenting:
        return Outcome.NO_CONSENT
    return None


def mourning(rows: Sequence[Delivery], on: datetime.date) -> set[int]:
    """Of the people whom celebrating messages in these deliveries are about: those whose household mourns. No
    statement where nothing celebrates."""
    messages = (item.message for row in rows for item in row.items.all())
    about = {message.about_id for message in messages if message.about_id and template(message.template).celebrates}
    return mourning_among(about, on) if about else set()


def content_verdict(row: Delivery, mourners: Collection[int] = ()) -> str | None:
    """Messages about people who no longer live, that celebrate somebody of `mourners`, or were taken back, are left
    out of what is rendered now; once frozen, a payload goes unless nothing in it holds any more."""
    items = list(row.items.all())
    reasons = {item.pk: _withheld(item, mourners) for item in items}
    if all(reasons.values()):
        return next(iter(reasons.values()), Outcome.BASIS_GONE)
    if not is_frozen(row):
        for item in items:
            item.withheld = reasons[item.pk]
        DeliveryItem.objects.bulk_update([item for item in items if item.withheld], ["withheld"])
    return None


def _withheld(item: DeliveryItem, mourners: Collection[int]) -> str:
    message = item.message
    if message.withdrawn_at:
        return Outcome.BASIS_GONE
    if message.about_id and template(message.template).about_living:
        about = message.about
        if about.life_status != LifeStatus.LIVING or about.voided_at:
            return Outcome.NOT_LIVING
    if message.about_id in mourners and template(message.template).celebrates:
        return Outcome.MOURNING
    return ""


def address_verdict(row: Delivery, address: str) -> str | None:
    return None if address or KINDS[row.channel].needs == Needs.NOTHING else Outcome.NO_ADDRESS


class DailyCap:
    """Texts of the day that left or may have left, a number; codes are not counted."""

    def __init__(self, rows: Sequence[Delivery], rules: SendingRules):
        self.most = rules.sms_daily_cap
        users = {row.user_id for row in rows if row.user_id and row.channel == Channel.SMS}
        used = (DeliveryState.SENT, DeliveryState.CLAIMED, DeliveryState.UNKNOWN)
        found = Delivery.objects.filter(
            user_id__in=users, channel=Channel.SMS, state__in=used, on_day__in={row.on_day for row in rows}
        ).exclude(delivery_class=DeliveryClass.CODE)
        self.spent: dict[int, int] = dict(found.values_list("user_id").annotate(Count("pk"))) if users else {}

    def verdict(self, row: Delivery) -> str | None:
        if row.channel != Channel.SMS or row.delivery_class == DeliveryClass.CODE or not row.user_id:
            return None
        self.spent[row.user_id] = self.spent.get(row.user_id, 0) + 1
        return Outcome.OVER_CAP if self.spent[row.user_id] > self.most else None


def end(row: Delivery, verdict: str) -> None:
    row.state = DeliveryState.WITHDRAWN if verdict in GONE else DeliveryState.FAILED
    row.outcome = verdict
    changed = ["state", "outcome"]
    if row.delivery_class == DeliveryClass.CODE:
        row.payload = None
        changed.append("payload")
    row.save(update_fields=changed)
