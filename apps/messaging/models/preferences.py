"""Which ways somebody wants to be told, in his order."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from apps.common.models import Versioned
from apps.messaging.choices import Channel
from apps.people.models import Person


class ChannelPreference(Versioned):
    """The order of one recipient, a colleague or an old person. Tried from the front, each channel once; without a
    row the rule set's order holds. An empty order of a colleague means the inbox alone."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="channel_preference",
        verbose_name="同事",
    )
    person = models.OneToOneField(
        Person, models.CASCADE, null=True, blank=True, related_name="channel_preference", verbose_name="老同志"
    )
    channels = ArrayField(models.CharField(max_length=8, choices=Channel), verbose_name="先后", blank=True)

    class Meta(Versioned.Meta):
        verbose_name = "接收方式"
        verbose_name_plural = "接收方式"
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, person__isnull=True) | Q(user__isnull=True, person__isnull=False),
                name="channelpreference_one_recipient",
            )
        ]

    def __str__(self) -> str:
        return "、".join(Channel(channel).label for channel in self.channels)
