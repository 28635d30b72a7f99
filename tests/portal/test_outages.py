"""What a page says when a part of the portal is away."""

import pytest
from django.conf import settings
from django.core.cache import caches
from django.test import override_settings

pytestmark = pytest.mark.django_db
NOWHERE = {"default": settings.CACHES["default"] | {"LOCATION": "unix:///nowhere/valkey.sock"}}


def test_signing_in_by_phone_without_valkey_says_to_try_again(client):
    with override_settings(CACHES=NOWHERE):
        answer = client.post("/account/phone/", {"phone": "13900000009"})
        caches["default"].close()

    assert answer.status_code == 503
    assert "过几分钟再试" in answer.content.decode()
