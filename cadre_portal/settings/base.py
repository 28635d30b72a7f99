"""What holds in every environment. Secrets have no value here."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured

from cadre_portal.env import env_bool, env_choice, env_int, env_json, env_list, env_object, env_str, env_subset

from .menus import DESK_DUE, DESK_ENTRIES, PUBLIC_NAVIGATION, STAFF_NAVIGATION, STAFF_SWITCHES  # noqa: F401 (settings)

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = Path(env_str("CADRE_VAR_DIR", str(BASE_DIR / "var")))

INSTALLED_APPS = [
    "apps.common",
    "apps.organisation",
    "apps.accounts",
    "apps.people",
    "apps.messaging",
    "apps.registry",
    "apps.branches",
    "apps.signups",
    "apps.university",
    "apps.volunteers",
    "apps.ledgers",
    "apps.reminders",
    "apps.reports",
    "apps.portal",
    "cadre_portal.apps.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "crispy_bootstrap5",
    "import_export",
    "treebeard",
    "csp",
    "pgtrigger",
    "pghistory",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "apps.common.middleware.SecurityHeadersMiddleware",
    "apps.common.client_address.ClientAddressMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "apps.accounts.personal_middleware.RememberedDeviceMiddleware",
    "apps.accounts.middleware.SessionLimitsMiddleware",
    "apps.accounts.personal_middleware.RightDoorMiddleware",
    "apps.accounts.middleware.StaffDoorMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "apps.portal.outages.OutageMiddleware",
]

# Which doors this server opens (docs/zones.md). all: one server. inner: the bureau's network, everything. outer: the
# internet side, where no registry, ledger or admin page exists and staff do not sign in.
PORTAL_ZONE = env_choice("PORTAL_ZONE", "all", "all", "inner", "outer")
ROOT_URLCONF = "cadre_portal.urls_outer" if PORTAL_ZONE == "outer" else "cadre_portal.urls"
WSGI_APPLICATION = "cadre_portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "apps.common.context_processors.portal",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"


# Where this is not set, the trigger functions catch an error for every row, and each such catch walks all foreign-key
# checks still pending in the transaction: bulk updates became quadratic.
IGNORE_NO_TRIGGER = "pgtrigger.ignore={}"


def database(url: str) -> dict:
    """Django settings of a `postgresql://user:password@host:port/name?option=value` address."""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": {**options, "options": f"{options.get('options', '')} -c {IGNORE_NO_TRIGGER}".strip()},
        "TIME_ZONE": "Asia/Shanghai",
        "CONN_MAX_AGE": env_int("DATABASE_CONN_MAX_AGE", 60),
        "CONN_HEALTH_CHECKS": True,
    }


# Two roles: the owner migrates, the application runs and may only insert and read the audit (design 3).
DATABASE_URL = env_str("DATABASE_URL")
if env_str("CADRE_DATABASE_ROLE", "app") == "owner":
    DATABASE_URL = env_str("DATABASE_OWNER_URL", DATABASE_URL)
DATABASES = {"default": database(DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env_str("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL.replace("redis+socket://", "unix://").replace("virtual_host=", "db="),
        "TIMEOUT": 300,
        "KEY_PREFIX": "cadre",
    }
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "apps.accounts.access.RoleBackend",
    "apps.branches.access.PostBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "apps.accounts.passwords.ProfileValidator"},
]
# dengbao: three character classes, 90 days, the last five barred. asvs: length and the list of common ones only.
PASSWORD_PROFILE = env_str("PASSWORD_PROFILE", "dengbao")
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/" if PORTAL_ZONE == "outer" else "/admin/"
LOGOUT_REDIRECT_URL = "/"

ACCOUNT_ADAPTER = "apps.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
# Per-address figures are generous because a whole bureau sits behind one address; per-account ones are not.
ACCOUNT_RATE_LIMITS = {
    "login_failed": env_str("LOGIN_FAILED_LIMIT", "60/m/ip,5/15m/key"),
    "login": "120/m/ip",
    # Of one address: codes asked for, codes tried, digits of cards tried. What one number may is fixed (phone_codes).
    "phone_code": env_str("PHONE_CODE_LIMIT", "60/h/ip"),
    "phone_code_try": "120/h/ip",
    "card_try": "60/h/ip",
    # Certificates looked up by number and surname.
    "certificate_check": "60/h/ip",
    # Talks booked by schools; what is refused counts too.
    "talk_booking": "30/h/ip",
    "service_certificate_check": "60/h/ip",
}
# Socket 3 (design 2): who somebody without a staff role is today, and what texts the codes that were asked for.
ACCOUNT_STANDINGS = "apps.branches.standings.account_standings"
SIGN_IN_BELL = "apps.branches.tasks.serve_sign_in"
# The address in QR codes on cards: that of the internet side, where there is one; empty: the server that prints.
PUBLIC_URL = env_str("PUBLIC_URL", "").rstrip("/")
MFA_ADAPTER = "apps.accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "老干部服务平台"
# required: staff cannot work without TOTP. optional: the demo, with a banner. Or a list of what is accepted, of totp,
# certificate, sheet, network (docs/sign-in.md).
SECOND_FACTOR = env_subset("SECOND_FACTOR", "required", {"totp", "certificate", "sheet", "network"})
# Networks from which staff pages open (`10.1.0.0/16,192.168.5.7`); empty: from anywhere.
STAFF_NETWORKS = env_list("STAFF_NETWORKS")
# Networks that count as a second factor where `network` is accepted; by default those of the staff.
SECOND_FACTOR_NETWORKS = env_list("SECOND_FACTOR_NETWORKS") or STAFF_NETWORKS
if "network" in SECOND_FACTOR and not SECOND_FACTOR_NETWORKS:
    raise ImproperlyConfigured(
        "SECOND_FACTOR 里写了 network，就要在 SECOND_FACTOR_NETWORKS 或 STAFF_NETWORKS 写明网段。"
    )
# Proxies whose X-Forwarded-For is believed: addresses, networks, or `unix` for a peer on a socket.
TRUSTED_PROXIES = env_list("TRUSTED_PROXIES")
if "certificate" in SECOND_FACTOR and not TRUSTED_PROXIES:
    raise ImproperlyConfigured("SECOND_FACTOR 里写了 certificate，就要在 TRUSTED_PROXIES 写明验证证书的代理服务器。")
# How the proxy hands on a client certificate that it verified; believed from TRUSTED_PROXIES only.
CERTIFICATE_HEADERS = {
    "verify": env_str("CERTIFICATE_VERIFY_HEADER", "X-Client-Verify"),
    "serial": env_str("CERTIFICATE_SERIAL_HEADER", "X-Client-Serial"),
    "subject": env_str("CERTIFICATE_SUBJECT_HEADER", "X-Client-Subject"),
}

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_ABSOLUTE_SECONDS = 12 * 3600
SESSION_IDLE_SECONDS = {
    "staff": env_int("STAFF_IDLE_MINUTES", 15) * 60,
    "people": env_int("PEOPLE_IDLE_MINUTES", 240) * 60,
}
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "apps.portal.views.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = Path(env_str("MEDIA_ROOT", str(VAR_DIR / "media")))
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": MEDIA_ROOT},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Where the proxy serves lesson files itself (nginx: internal; alias of MEDIA_ROOT); empty: this server streams them.
LESSON_ACCEL_PREFIX = env_str("LESSON_ACCEL_PREFIX", "")
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
DATA_UPLOAD_MAX_NUMBER_FILES = 400  # one roster a unit; the form says how many are taken

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

CELERY_BROKER_URL = REDIS_URL
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600}
# The schedule file must be writable by the beat's own account and is only a cache of this table.
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"
CELERY_BEAT_SCHEDULE = {
    "tick": {
        "task": "apps.reminders.tasks.tick",
        "schedule": float(env_int("TICK_SECONDS", 60)),
        "options": {"expires": 55},  # rings that nobody answered do not pile up
    },
    "purge-payloads": {"task": "apps.messaging.tasks.purge_payloads", "schedule": crontab(hour=3, minute=40)},
    "seal-audit": {"task": "apps.common.tasks.seal_audit", "schedule": 60.0},
    "requeue-jobs": {"task": "apps.common.tasks.requeue_expired_jobs", "schedule": 60.0},
    "purge-sign-in-codes": {"task": "apps.accounts.tasks.purge_sign_in_codes", "schedule": crontab(hour=3, minute=10)},
    "purge-kept-posts": {"task": "apps.accounts.tasks.purge_kept_posts", "schedule": crontab(minute=50)},
    "purge-drafts": {"task": "apps.branches.tasks.purge_drafts", "schedule": crontab(hour=3, minute=10)},
    "purge-aid-drafts": {"task": "apps.ledgers.tasks.purge_aid_drafts", "schedule": crontab(hour=3, minute=15)},
    "find-twins": {"task": "apps.ledgers.tasks.look_for_twins", "schedule": crontab(hour=4, minute=10)},
    "lapse-offers": {
        "task": "apps.signups.tasks.lapse_offers",
        "schedule": crontab(minute="*/5"),
        "options": {"expires": 280},
    },
    "turn-requests": {
        "task": "apps.volunteers.tasks.turn_requests",
        "schedule": crontab(minute="*/5"),
        "options": {"expires": 280},
    },
    "tell-draw-results": {
        "task": "apps.signups.tasks.tell_draw_results",
        "schedule": 60.0,
        "options": {"expires": 55},
    },
    "purge-lesson-files": {
        "task": "apps.university.tasks.purge_lesson_files",
        "schedule": crontab(hour=3, minute=30),
    },
    # Soon after midnight, and each hour in case the night was missed: a class that has begun is left alone.
    "begin-classes": {"task": "apps.university.tasks.begin_classes", "schedule": crontab(minute=5)},
    "make-shifts": {"task": "apps.volunteers.tasks.make_shifts", "schedule": crontab(hour=3, minute=45)},
    "purge-blobs": {"task": "apps.common.tasks.purge_blobs", "schedule": crontab(hour=3, minute=20)},
}

# Channels of the outbox (design 4C). An empty URL or host switches that channel off: staff see it in the day's figures.
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = env_str("EMAIL_HOST", "")
EMAIL_PORT = env_int("EMAIL_PORT", 25)
EMAIL_HOST_USER = env_str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env_str("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env_bool("EMAIL_USE_TLS", False)
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = env_str("DEFAULT_FROM_EMAIL", "noreply@localhost")
WEBHOOK_BODY = {"msgtype": "text", "text": {"content": "{text}", "mentioned_mobile_list": ["{phone}"]}}
WEBHOOK = {
    "url": env_str("WEBHOOK_URL", ""),
    "secret": env_str("WEBHOOK_SECRET", ""),
    # Robots of single units: {"unit code": {"url": …, "secret": …}}; the others hear WEBHOOK_URL, if there is one.
    "units": env_object("WEBHOOK_UNITS", {}),
    # none, query (timestamp and sign in the address, as 浙政钉 asks), header (as our SMS gateway).
    "sign": env_choice("WEBHOOK_SIGN", "none", "none", "query", "header"),
    "body": env_object("WEBHOOK_BODY", WEBHOOK_BODY),
    "timeout": env_int("WEBHOOK_TIMEOUT", 10),
}
SMS_GATEWAY: dict[str, Any] = {
    "url": env_str("SMS_GATEWAY_URL", ""),
    "secret": env_str("SMS_GATEWAY_SECRET", ""),
    "signature": env_str("SMS_SIGNATURE", "老干部局"),
    "timeout": env_int("SMS_TIMEOUT", 10),
    "idempotent": env_bool("SMS_IDEMPOTENT", True),
    # The gateway's own field names; {phone}, {text} and {key} are filled in. Vendors with registered texts add theirs.
    "body": env_json("SMS_BODY", {"phone": "{phone}", "text": "{text}", "key": "{key}"}),
}

# What every page says about the bureau; an empty value leaves no empty label behind.
PORTAL = {
    "name": env_str("PORTAL_NAME", "云江市老干部服务平台"),
    "short_name": env_str("PORTAL_SHORT_NAME", "云江老干部"),
    "bureau": env_str("PORTAL_BUREAU", "中共云江市委老干部局"),
    "phone": env_str("PORTAL_PHONE", "0000-000 0000"),
    "phone_hours": env_str("PORTAL_PHONE_HOURS", "工作日上午8点半到12点，下午2点到5点半"),
    "address": env_str("PORTAL_ADDRESS", "云江市河滨路 1 号"),
    "icp": env_str("PORTAL_ICP", ""),
    "police_record": env_str("PORTAL_POLICE_RECORD", ""),
    "site_code": env_str("PORTAL_SITE_CODE", ""),
}
DEMO = env_bool("CADRE_DEMO", False)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env_str("LOG_LEVEL", "INFO")},
}
PGHISTORY_INSTALL_CONTEXT_FUNC_ON_MIGRATE = True
