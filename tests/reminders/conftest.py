from tests.messaging.conftest import gateway, sink  # noqa: F401
