import pytest
from django.test import override_settings

from apps.common.crypto import blind_index
from apps.messaging.services import NewMessage
from apps.people.models import Consent, Person, Phone
from tests.builders import make_person
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


def greeting(person: Person, **over) -> NewMessage:
    values = {"key": f"g{person.pk}", "delivery_class": "urgent", "template": "birthday.greeting"}
    return NewMessage(**{**values, "person_id": person.pk, "about_id": person.pk, **over})


def make_reachable(name="李德厚", *, number="13900000009", consent=True, **over) -> Person:
    """A person with a mobile number, who agreed to texts unless told otherwise."""
    person = make_person(name, **over)
    if number:
        add_phone(person, number)
    if consent:
        Consent.objects.create(person=person, purpose="sms", wording="1")
    return person


def add_phone(person: Person, number: str, kind: str = "mobile") -> None:
    Phone(person=person, kind=kind, number=number, number_index=blind_index("phone", number), last4_index=b"x").save()
