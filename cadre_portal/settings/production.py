"""A bureau's own servers: refuses to start without secrets, with DEBUG, or with a default host."""

import os

from django.core.exceptions import ImproperlyConfigured

from cadre_portal.env import env_bool, env_int, env_keys, env_list, env_str

from .base import *  # noqa: F403

if os.environ.get("DEBUG", "False") != "False":
    raise ImproperlyConfigured("正式环境不能打开 DEBUG。")
DEBUG = False
SECRET_KEY = env_str("SECRET_KEY")
if len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("SECRET_KEY 太短：至少 50 个随机字符。")
FIELD_KEYS = env_keys("FIELD_KEYS")
BLIND_INDEX_KEY = bytes.fromhex(env_str("BLIND_INDEX_KEY"))
if len(BLIND_INDEX_KEY) < 32:
    raise ImproperlyConfigured("BLIND_INDEX_KEY 应是 32 字节的十六进制。")
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS")
if not ALLOWED_HOSTS or set(ALLOWED_HOSTS) & {"*", "127.0.0.1", "localhost"}:
    raise ImproperlyConfigured("ALLOWED_HOSTS 要写明本单位的域名，不能为空、* 或本机地址。")
if SECOND_FACTOR == "optional":  # noqa: F405
    raise ImproperlyConfigured("正式环境的工作人员必须使用第二重验证（SECOND_FACTOR=required，或写明接受哪几种）。")
DEMO = False

SECURE_SSL_REDIRECT = env_bool("SECURE_SSL_REDIRECT", True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None  # noqa: F405
SECURE_HSTS_SECONDS = env_int("SECURE_HSTS_SECONDS", 31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
# The browsers' preload list is for whole domains, which are not the bureau's to promise.
SECURE_HSTS_PRELOAD = False
SILENCED_SYSTEM_CHECKS = ["security.W021"]
SESSION_COOKIE_NAME = "__Host-sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken"
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
