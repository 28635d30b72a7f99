"""Taking waiting deliveries under a lease, after asking again whether they may still go."""

import datetime
import json
import uuid
from collections import Counter
from collections.abc import Sequence

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Prefetch, Q
from django.db.models.functions import Now

from apps.common.crypto import blind_index
from apps.messaging.channels import knows_keys, send_timeout
from apps.messaging.choices import Channel, DeliveryClass, DeliveryState, Outcome
from apps.messaging.models import ChannelState, Delivery, DeliveryItem
from apps.messaging.rules import ZONE, SendingRules, is_quiet, mail_text, sms_text, template
from apps.organisation.queries import rule_values
from apps.people.choices import ConsentPurpose, LifeStatus, PhoneKind, ReachBy
from apps.people.models import Consent, Phone

BATCH = 20
LEASE_FACTOR = 3


def lease_of(channel: str) -> datetime.timedelta:
    """Three waits of the other side (trust, pattern for reminders)."""
    return datetime.timedelta(seconds=LEASE_FACTOR * send_timeout(channel))


def claim(channel: str, now: datetime.datetime) -> list[Delivery]:
    """Claim what may go now: several where the other side knows keys, else one, so that a death leaves one doubt.

    Those that may not go any more end here. `now` decides day and quiet hours; leases and waits go by the database
    clock. The claimed carry one `claim` token and their frozen payload.
    """
    while True:
        claimed, ended = _claim_once(channel, now)
        if claimed or not ended:
            return claimed


def _claim_once(channel: str, now: datetime.datetime) -> tuple[list[Delivery], int]:
    """(claimed, number of those that ended here)."""
    today = now.astimezone(ZONE).date()
    rules = rule_values(SendingRules.rule_key, on=today)
    with transaction.atomic():
        size = _size(channel)
        rows = _waiting(channel, today, is_quiet(now, rules), size) if size else []
        verdicts = _verdicts(rows, now, rules)
        token = uuid.uuid4()
        claimed = [row for row in rows if verdicts[row.pk] is None]
        for row in rows:
            if verdict := verdicts[row.pk]:
                _end(row, verdict)
            else:
                _freeze(row, token)
        Delivery.objects.filter(pk__in=[row.pk for row in claimed]).update(lease_until=Now() + lease_of(channel))
    return claimed, len(rows) - len(claimed)


def _size(channel: str) -> int:
    """How many to claim: none while the breaker is open, one to try after a pause."""
    state = ChannelState.objects.filter(channel=channel).annotate(
        is_open=Q(open_until__gt=Now()), is_trial=Q(open_until__lte=Now())
    )
    flags = state.values_list("is_open", "is_trial").first() or (False, False)
    if flags[0]:
        return 0
    return 1 if flags[1] or not knows_keys(channel) else BATCH


def _waiting(channel: str, today: datetime.date, quiet: bool, size: int) -> list[Delivery]:
    rows = Delivery.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        channel=channel, state=DeliveryState.PENDING, next_attempt_at__lte=Now(), on_day__lte=today
    )
    if quiet:
        rows = rows.filter(delivery_class=DeliveryClass.CODE)
    items = DeliveryItem.objects.select_related("message__about").order_by("pk")
    return list(
        rows.select_related("user", "person")
        .prefetch_related(Prefetch("items", queryset=items))
        .order_by("next_attempt_at", "pk")[:size]
    )


def _verdicts(rows: Sequence[Delivery], now: datetime.datetime, rules: SendingRules) -> dict[int, str | None]:
    """Delivery id → why it may not go; None when it may. Withheld items are marked, the payload is prepared."""
    facts = _PersonFacts(rows)
    spent = _spent(rows)
    verdicts = {}
    for row in rows:
        verdict = _too_late(row, now) or _recipient_verdict(row, facts) or _content_verdict(row)
        if verdict is None and not _is_frozen(row):
            address = facts.address(row)
            if not address:
                verdict = Outcome.NO_ADDRESS
            else:
                row.address_index = blind_index("phone", address) if row.channel == Channel.SMS else None
                row.payload = json.dumps(_payload(row, address), ensure_ascii=False)
                verdict = _cap_verdict(row, spent, rules)
        verdicts[row.pk] = verdict
    return verdicts


def _is_frozen(row: Delivery) -> bool:
    """Without decrypting: a key that is missing must not keep others from being sent."""
    return row.__dict__["payload"] is not None


def _too_late(row: Delivery, now: datetime.datetime) -> str | None:
    limits = [item.message.valid_until for item in row.items.all()]
    over = row.valid_until is not None and row.valid_until <= now
    if row.resolved_at is None and (over or (limits and all(limit and limit <= now for limit in limits))):
        return Outcome.EXPIRED
    return None


def _recipient_verdict(row: Delivery, facts: "_PersonFacts") -> str | None:
    if row.user_id:
        return None if row.user.is_active else Outcome.NO_RECIPIENT
    if row.person.life_status != LifeStatus.LIVING or row.person.voided_at:
        return Outcome.NOT_LIVING
    if row.delivery_class == DeliveryClass.CODE:
        return None
    if row.person.reach_by != ReachBy.MOBILE:
        return Outcome.NOT_REACHED_SO
    return None if row.person_id in facts.consenting else Outcome.NO_CONSENT


def _content_verdict(row: Delivery) -> str | None:
    """Messages about people who no longer live, or taken back, are left out of what is rendered now; once frozen, a
    payload goes unless nothing in it holds any more."""
    items = list(row.items.all())
    reasons = {item.pk: _withheld(item) for item in items}
    if items and all(reasons.values()):
        return next(iter(reasons.values()))
    if not _is_frozen(row):
        for item in items:
            item.withheld = reasons[item.pk]
        DeliveryItem.objects.bulk_update([item for item in items if item.withheld], ["withheld"])
    return None


def _withheld(item: DeliveryItem) -> str:
    message = item.message
    if message.withdrawn_at:
        return Outcome.BASIS_GONE
    if message.about_id and template(message.template).about_living:
        about = message.about
        if about.life_status != LifeStatus.LIVING or about.voided_at:
            return Outcome.NOT_LIVING
    return ""


def _payload(row: Delivery, address: str) -> dict:
    counts = Counter(item.message.template for item in row.items.all() if not item.withheld)
    if row.channel == Channel.SMS:
        return {"to": address, "text": sms_text(counts, signature=settings.SMS_GATEWAY["signature"])}
    subject, text = mail_text(counts, bureau=settings.PORTAL["bureau"], day=row.on_day)
    return {"to": address, "subject": subject, "text": text}


def _spent(rows: Sequence[Delivery]) -> dict[int | None, int]:
    """user id → texts of the day that left or may have left."""
    users = {row.user_id for row in rows if row.user_id and row.channel == Channel.SMS}
    used = (DeliveryState.SENT, DeliveryState.CLAIMED, DeliveryState.UNKNOWN)
    found = Delivery.objects.filter(
        user_id__in=users, channel=Channel.SMS, state__in=used, on_day__in={row.on_day for row in rows}
    ).exclude(delivery_class=DeliveryClass.CODE)
    return dict(found.values_list("user_id").annotate(Count("pk")))


def _cap_verdict(row: Delivery, spent: dict, rules: SendingRules) -> str | None:
    if row.channel != Channel.SMS or row.delivery_class == DeliveryClass.CODE or not row.user_id:
        return None
    spent[row.user_id] = spent.get(row.user_id, 0) + 1
    return Outcome.OVER_CAP if spent[row.user_id] > rules.sms_daily_cap else None


def _end(row: Delivery, verdict: str) -> None:
    gone = verdict in (Outcome.NOT_LIVING, Outcome.BASIS_GONE)
    row.state = DeliveryState.WITHDRAWN if gone else DeliveryState.FAILED
    row.outcome = verdict
    row.save(update_fields=["state", "outcome"])


def _freeze(row: Delivery, token: uuid.UUID) -> None:
    row.state, row.claim, row.attempts = DeliveryState.CLAIMED, token, row.attempts + 1
    row.lease_until = row.next_attempt_at  # set by the database clock right after, in the same transaction
    row.save(update_fields=["state", "claim", "attempts", "payload", "address_index", "lease_until"])


class _PersonFacts:
    """Consents and mobile numbers of the persons among the recipients, read once a claim."""

    def __init__(self, rows: Sequence[Delivery]):
        ids = {row.person_id for row in rows if row.person_id}
        self.consenting = set(
            Consent.objects.filter(
                person_id__in=ids, purpose=ConsentPurpose.SMS, withdrawn_at__isnull=True
            ).values_list("person_id", flat=True)
        )
        self.mobiles: dict[int, Phone] = {}
        for phone in Phone.objects.filter(person_id__in=ids, kind=PhoneKind.MOBILE).order_by("position", "pk"):
            self.mobiles.setdefault(phone.person_id, phone)

    def address(self, row: Delivery) -> str:
        if row.user_id:
            return row.user.phone if row.channel == Channel.SMS else row.user.email
        phone = self.mobiles.get(row.person_id)
        return phone.number if phone else ""
