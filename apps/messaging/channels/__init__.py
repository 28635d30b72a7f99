"""The channels behind one interface: what each is (`KINDS`), and clients of those that a sender pushes out."""

from django.conf import settings

from apps.messaging.choices import Channel

from .base import Answer, Attempt, Sender
from .kinds import KINDS, Kind, Needs, Way, enabled_channels, knows_keys, send_timeout, usable_channels
from .sms import SmsGateway
from .smtp import SmtpSender
from .webhook import WebhookRobot, robot_keys

__all__ = [
    "KINDS", "Answer", "Attempt", "Kind", "Needs", "Sender", "Way", "enabled_channels", "knows_keys", "robot_keys",
    "send_timeout", "sender_for", "usable_channels",
]  # fmt: skip


def sender_for(channel: str) -> Sender:
    """A sender to be used as a context manager; it keeps its connection between attempts."""
    if channel == Channel.SMS:
        return SmsGateway(**{name: settings.SMS_GATEWAY[name] for name in ("url", "secret", "timeout", "body")})
    if channel == Channel.WEBHOOK:
        return WebhookRobot(**settings.WEBHOOK)
    return SmtpSender(
        settings.EMAIL_HOST,
        settings.EMAIL_PORT,
        timeout=settings.EMAIL_TIMEOUT,
        user=settings.EMAIL_HOST_USER,
        password=settings.EMAIL_HOST_PASSWORD,
        use_tls=settings.EMAIL_USE_TLS,
        from_address=settings.DEFAULT_FROM_EMAIL,
    )
