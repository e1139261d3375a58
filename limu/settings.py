"""Django's settings: the shell for pages. Its own database holds accounts alone (decision 0007).

What an operator may set stands in docs/settings.md; a house test compares."""

import os
from logging import LogRecord
from pathlib import Path
from typing import Any

from limu.account.rules import oidc_apps
from limu.page.messages import compiled
from limu.wire.accounts import account_settings
from limu.wire.database import find_database
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
LIMU_RUNS_AS = read_mode(_home, os.environ)
if LIMU_RUNS_AS == "test":
    ALLOWED_HOSTS.append("testserver")

ROOT_URLCONF = "limu.urls"
WSGI_APPLICATION = "limu.wsgi.application"
INSTALLED_APPS = [
    "django.contrib.staticfiles",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "ninja",
]
_database = find_database()
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        **(account_settings(_database) if _database else {"ENGINE": "django.db.backends.postgresql", "NAME": "limu"}),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MIDDLEWARE = [
    "limu.page.guard.number_requests",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "limu.page.guard.speak_language",
    "limu.page.guard.share_service",
    "limu.front.reply.kept_first",
    "limu.page.guard.come_back",
    "limu.front.desk_check_offline.first",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "limu.account.guard.Guard",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": sorted(PACKAGE.glob("*/templates")),
        "OPTIONS": {
            "builtins": ["limu.front.tags", "limu.page.speech"],
            "loaders": [
                (
                    "limu.page.edition.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "limu.page.frame.frame",
                "limu.page.signed.frame",
                "limu.access.site.notices",
            ],
            "string_if_invalid": "",
        },
    }
]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [compiled(_home.root / "locale")]
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

# Sessions live in the database: they can be ended. The browser forgets them when it closes; limu/account/guard.py
# ends them sooner, after 30 idle minutes or 8 hours.
IS_BEHIND_TLS = os.environ.get("LIMU_BEHIND_PROXY") == "1"
SESSION_COOKIE_NAME = "limu_session"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = IS_BEHIND_TLS
CSRF_COOKIE_NAME = "limu_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = IS_BEHIND_TLS
CSRF_FAILURE_VIEW = "limu.page.signed.stale"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

LOGIN_URL = "/account/login/"
LOGIN_REDIRECT_URL = "/account/"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
_RULES = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_RULES}.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": f"{_RULES}.UserAttributeSimilarityValidator"},
    {"NAME": f"{_RULES}.CommonPasswordValidator"},
    {"NAME": f"{_RULES}.NumericPasswordValidator"},
]

# No one signs up: an officer's account is opened by a security administrator (limu officer add).
ACCOUNT_ADAPTER = "limu.account.adapter.AccountAdapter"
ACCOUNT_FORMS = {"login": "limu.account.forms.SignInForm"}
MFA_FORMS = {
    "authenticate": "limu.account.forms.FactorForm",
    "activate_totp": "limu.account.forms.EnrolForm",
    "add_webauthn": "limu.account.forms.PasskeyForm",
}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/account/login/"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
# The lock: five failures close an account's password for a quarter of an hour (GB/T 22239-2019 8.1.4.1).
ACCOUNT_RATE_LIMITS = {"login_failed": "60/m/ip,5/15m/key", "login": "120/m/ip", "reauthenticate": "10/m/user"}
MFA_ADAPTER = "limu.account.adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "立木"
MFA_TOTP_TOLERANCE = 1
SOCIALACCOUNT_ADAPTER = "limu.account.adapter.IdentityAdapter"
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": oidc_apps(os.environ)}}

# A proxy that ends TLS says so in a header; only then do we promise TLS to browsers.
if IS_BEHIND_TLS:
    ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https"
    ALLAUTH_TRUSTED_PROXY_COUNT = 1
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    LIMU_CLIENT_ADDRESS_HEADER = "X-Forwarded-For"

LIMU_RATE_PER_MINUTE = int(os.environ.get("LIMU_RATE_PER_MINUTE", "60"))
LIMU_RATE_PER_DAY = int(os.environ.get("LIMU_RATE_PER_DAY", "2000"))
LIMU_RATE_BURST = int(os.environ.get("LIMU_RATE_BURST", "30"))
# Points of risk from which a link needs a second person (limu/linking/rules_review.py).
LIMU_DISPATCH_DAYS = int(os.environ.get("LIMU_DISPATCH_DAYS", "5"))
LIMU_LINK_SECOND_AT = int(os.environ.get("LIMU_LINK_SECOND_AT", "3"))
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
