"""The suite: real Postgres and broker, fixed keys, no secrets."""

import os

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
