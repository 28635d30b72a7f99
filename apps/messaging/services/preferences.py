"""Which ways a recipient wants, and whether an old person agreed to texts."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models.functions import Now

from apps.common import audit
from apps.messaging.choices import FOR_PEOPLE, FOR_STAFF, channels_named
from apps.messaging.models import ChannelPreference
from apps.people.choices import ConsentPurpose
from apps.people.models import Consent

WORDING = "短信问候-1"


def set_channels(channels: Sequence[str] | None, *, actor, user=None, person=None, request=None) -> None:
    """Keep the order of one recipient; None goes back to the rule set's. Raises ValueError for a channel that does
    not serve him, or for a person without any: somebody must be able to reach him."""
    target = {"user": user} if user is not None else {"person": person}
    if channels is not None:
        channels = channels_named(channels, among=FOR_STAFF if user is not None else FOR_PEOPLE)
        if person is not None and not channels:
            raise ValueError("老同志至少要有一种方式。")
    with transaction.atomic():
        if channels is None:
            ChannelPreference.objects.filter(**target).delete()
        else:
            ChannelPreference.objects.update_or_create(**target, defaults={"channels": list(channels)})
        audit.record(
            "messaging.set_channels", actor=actor, people=[person.pk] if person is not None else [],
            target=f"user:{user.pk}" if user is not None else "", request=request,
        )  # fmt: skip


def set_sms_consent(person, agreed: bool, *, actor, request=None) -> bool:
    """Record that an old person agreed to texts, or takes it back; withdrawal stops them at once. False when it
    stood so already."""
    standing = Consent.objects.filter(person=person, purpose=ConsentPurpose.SMS, withdrawn_at__isnull=True)
    with transaction.atomic():
        if agreed == standing.exists():
            return False
        if agreed:
            Consent.objects.create(person=person, purpose=ConsentPurpose.SMS, wording=WORDING, recorded_by=actor)
        else:
            standing.update(withdrawn_at=Now())
        action = "messaging.sms_consent" if agreed else "messaging.sms_consent_withdrawn"
        audit.record(action, actor=actor, people=[person.pk], request=request)
    return True
