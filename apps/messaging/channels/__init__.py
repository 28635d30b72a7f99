"""Clients of the channels that leave the portal. Each says exactly what it knows about one attempt."""

from django.conf import settings

from apps.messaging.choices import Channel

from .base import Answer, Attempt, Sender
from .sms import SmsGateway
from .smtp import SmtpSender

__all__ = ["Answer", "Attempt", "Sender", "enabled_channels", "knows_keys", "sender_for", "send_timeout"]


def enabled_channels() -> list[str]:
    """Pushed channels with an address in the settings."""
    return [
        channel.value
        for channel, address in ((Channel.SMS, settings.SMS_GATEWAY["url"]), (Channel.EMAIL, settings.EMAIL_HOST))
        if address
    ]


def knows_keys(channel: str) -> bool:
    """Whether the other side recognises a repeated send key, so that a repeat is safe."""
    return channel == Channel.SMS and settings.SMS_GATEWAY["idempotent"]


def send_timeout(channel: str) -> int:
    """Seconds that one attempt may take at most on each of its waits."""
    return settings.SMS_GATEWAY["timeout"] if channel == Channel.SMS else settings.EMAIL_TIMEOUT


def sender_for(channel: str) -> Sender:
    """A sender to be used as a context manager; it keeps its connection between attempts."""
    if channel == Channel.SMS:
        return SmsGateway(**{name: settings.SMS_GATEWAY[name] for name in ("url", "secret", "timeout", "body")})
    return SmtpSender(
        settings.EMAIL_HOST,
        settings.EMAIL_PORT,
        timeout=settings.EMAIL_TIMEOUT,
        user=settings.EMAIL_HOST_USER,
        password=settings.EMAIL_HOST_PASSWORD,
        use_tls=settings.EMAIL_USE_TLS,
        from_address=settings.DEFAULT_FROM_EMAIL,
    )
