import pytest
from django.test import override_settings

from tests.gateway import SmsGatewayServer, SmtpSink


@pytest.fixture
def gateway():
    """An SMS gateway that knows keys, and the settings that point to it."""
    with SmsGatewayServer(delay=1.5) as server, override_settings(SMS_GATEWAY=sms_settings(server)):
        yield server


@pytest.fixture
def sink():
    """An SMTP sink, and the settings that point to it."""
    with (
        SmtpSink(delay=1.5) as server,
        override_settings(EMAIL_HOST="127.0.0.1", EMAIL_PORT=server.port, EMAIL_TIMEOUT=1),
    ):
        yield server


def sms_settings(server, **over):
    return {
        "url": server.url, "secret": server.secret, "signature": "云江老干部", "timeout": 1, "idempotent": True,
        "body": {"phone": "{phone}", "text": "{text}", "key": "{key}"}, **over,
    }  # fmt: skip
