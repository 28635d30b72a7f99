"""Production refuses to start unsafely; each refusal is a sentence an operator can act on."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

SAFE = {
    "DJANGO_SETTINGS_MODULE": "cadre_portal.settings.production",
    "SECRET_KEY": "0123456789abcdef" * 4,
    "FIELD_KEYS": "1:" + "ab" * 32,
    "BLIND_INDEX_KEY": "cd" * 32,
    "ALLOWED_HOSTS": "lgb.example.gov.cn",
    "DATABASE_URL": "postgresql://u:p@127.0.0.1/x",
    "REDIS_URL": "redis://127.0.0.1/1",
    "SECOND_FACTOR": "required",
    "PATH": os.environ["PATH"],
}
START = "import django; django.setup(); from django.conf import settings as s; print(s.DEBUG, s.SECOND_FACTOR)"


def start(**over) -> subprocess.CompletedProcess:
    environment = {key: value for key, value in {**SAFE, **over}.items() if value is not None}
    command = [sys.executable, "-c", START]
    return subprocess.run(
        command, env=environment, cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=60, check=False
    )


def test_production_starts_with_everything_given():
    done = start()

    assert (done.returncode, done.stdout) == (0, "False required\n"), done.stderr


@pytest.mark.parametrize(
    ("over", "sentence"),
    [
        ({"SECRET_KEY": None}, "缺少环境变量 SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY 太短"),
        ({"FIELD_KEYS": None}, "缺少环境变量 FIELD_KEYS"),
        ({"FIELD_KEYS": "1:abcd"}, "32 字节"),
        ({"BLIND_INDEX_KEY": None}, "缺少环境变量 BLIND_INDEX_KEY"),
        ({"BLIND_INDEX_KEY": "abcd"}, "BLIND_INDEX_KEY"),
        ({"DATABASE_URL": None}, "缺少环境变量 DATABASE_URL"),
        ({"REDIS_URL": None}, "缺少环境变量 REDIS_URL"),
        ({"DEBUG": "True"}, "DEBUG"),
        ({"DEBUG": "1"}, "DEBUG"),
        ({"ALLOWED_HOSTS": None}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "localhost,lgb.example.gov.cn"}, "ALLOWED_HOSTS"),
        ({"SECOND_FACTOR": "optional"}, "第二重验证"),
        ({"SECURE_SSL_REDIRECT": "true"}, "只能是 True 或 False"),
    ],
)
def test_production_refuses_to_start(over, sentence):
    done = start(**over)

    assert done.returncode != 0
    assert "ImproperlyConfigured" in done.stderr
    assert sentence in done.stderr


def test_demo_is_off_and_cookies_are_bound_to_the_host_in_production():
    script = (
        "import django; django.setup(); from django.conf import settings as s;"
        "print(s.DEMO, s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.SECURE_HSTS_SECONDS)"
    )
    environment = {**SAFE, "CADRE_DEMO": "True"}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, cwd=settings.BASE_DIR, capture_output=True, text=True,
        timeout=60, check=True,
    )  # fmt: skip

    assert done.stdout.split() == ["False", "__Host-sessionid", "__Host-csrftoken", "True", "31536000"]


def test_deployment_check_of_django_finds_nothing():
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        env=SAFE, cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
