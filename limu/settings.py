"""Django's settings: the shell for pages. No database here, the register is reached by limu/wire/database.py.

What an operator may set stands in docs/settings.md; a house test compares."""

import os
from logging import LogRecord
from pathlib import Path

from limu.wire.home import find_home
from limu.wire.keys import key
from limu.wire.mode import read_mode

PACKAGE = Path(__file__).parent
_home = find_home()

DEBUG = False
SECRET_KEY = key(_home, "django").hex()
ALLOWED_HOSTS = [
    host.strip() for host in os.environ.get("LIMU_HOSTS", "127.0.0.1,localhost,[::1]").split(",") if host.strip()
]
if read_mode(_home, os.environ) == "test":
    ALLOWED_HOSTS.append("testserver")

ROOT_URLCONF = "limu.urls"
WSGI_APPLICATION = "limu.wsgi.application"
INSTALLED_APPS = ["django.contrib.staticfiles", "ninja"]
DATABASES: dict[str, dict[str, str]] = {}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MIDDLEWARE = [
    "limu.page.guard.number_requests",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "limu.page.guard.speak_language",
    "limu.page.guard.share_service",
    "django.middleware.common.CommonMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": sorted(PACKAGE.glob("*/templates")),
        "OPTIONS": {
            "builtins": ["limu.front.tags"],
            "context_processors": ["limu.page.frame.frame"],
            "string_if_invalid": "",
        },
    }
]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATICFILES_DIRS = sorted(PACKAGE.glob("*/static"))
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600

APPEND_SLASH = False
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000

# A proxy that ends TLS says so in a header; only then do we promise TLS to browsers.
if os.environ.get("LIMU_BEHIND_PROXY") == "1":
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    LIMU_CLIENT_ADDRESS_HEADER = "X-Forwarded-For"

LIMU_RATE_PER_MINUTE = int(os.environ.get("LIMU_RATE_PER_MINUTE", "60"))
LIMU_RATE_PER_DAY = int(os.environ.get("LIMU_RATE_PER_DAY", "2000"))
LIMU_RATE_BURST = int(os.environ.get("LIMU_RATE_BURST", "30"))
LIMU_SITE = {
    slot: os.environ[name]
    for slot in ("sponsor", "operator", "contact", "site_code", "icp", "police")
    if (name := f"LIMU_SITE_{slot.upper()}") in os.environ
}


def _name_request(record: LogRecord) -> bool:
    # The visitor reads out the request's number (问题编号); the operator finds it here.
    record.number = getattr(getattr(record, "request", None), "number", "-")
    return True


# Only what broke, by path and number, never a request's query: it may hold what a visitor typed.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"number": {"()": "django.utils.log.CallbackFilter", "callback": _name_request}},
    "formatters": {"line": {"format": "{levelname} {name} {number} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "filters": ["number"], "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"django.request": {"level": "ERROR"}, "django.security.DisallowedHost": {"level": "CRITICAL"}},
}
