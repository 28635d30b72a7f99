"""The suite: real Postgres and broker, fixed keys, no secrets."""

import os
import re

os.environ.setdefault("DATABASE_CONN_MAX_AGE", "0")

from .base import *  # noqa: F403

DEBUG = False
SECRET_KEY = "test-only-not-a-secret"  # noqa: S105
FIELD_KEYS = {1: bytes(range(32)), 2: bytes(range(32, 64))}
BLIND_INDEX_KEY = bytes(range(64, 96))
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}  # noqa: F405
SECOND_FACTOR = "optional"


def of_worker(address: str) -> str:
    """Each worker of pytest-xdist has a Redis database of its own, because every test clears it; pytest-django gives
    it a Postgres database of its own. The number in the address stays with runs without workers."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if not worker:
        return address
    start, number = re.fullmatch(r"(.*(?:=|[^/]/))(\d+)", address).groups()
    return f"{start}{int(number) + 1 + int(worker.removeprefix('gw'))}"


REDIS_URL = CELERY_BROKER_URL = of_worker(REDIS_URL)  # noqa: F405
CACHES = {"default": {**CACHES["default"], "LOCATION": of_worker(CACHES["default"]["LOCATION"])}}  # noqa: F405
