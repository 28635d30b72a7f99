"""The embedded portal of `bin/run`: the demo, on one machine, with keys that the launcher made."""

from cadre_portal.env import env_bool, env_keys, env_list, env_str

from .base import *  # noqa: F403

DEBUG = env_bool("DEBUG", False)
SECRET_KEY = env_str("SECRET_KEY")
FIELD_KEYS = env_keys("FIELD_KEYS")
BLIND_INDEX_KEY = bytes.fromhex(env_str("BLIND_INDEX_KEY"))
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS")
SECOND_FACTOR = env_str("SECOND_FACTOR", "optional")
DEMO = env_bool("CADRE_DEMO", True)
