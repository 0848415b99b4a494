"""The site's settings. One machine needs none of the variables below.

===================== ==============================================================================
FAULTLINE_DATA        the folder for everything that is written (default ``.data`` in the checkout)
FAULTLINE_HOSTS       names under which the site is reached, besides this machine's loopback names
FAULTLINE_HTTPS       1: behind a proxy that speaks TLS and sets X-Forwarded-Proto
FAULTLINE_SHARED      1: several people use this site, so nobody is the local learner
FAULTLINE_MAX_LABS    how many live labs one host runs (default 8; each is about 12 processes)
FAULTLINE_MAX_VIRTUAL how many virtual ones (default 100; each is a process, twins share one)
FAULTLINE_SECRET_KEY  the secret of all processes of a scaled site (default: one in the data folder)
FAULTLINE_DEBUG       1: Django's debug pages and static files straight from the checkout
REDIS_URL             scaled: the Channels layer of all sites and hosts
DATABASE_URL          scaled: PostgreSQL instead of SQLite
===================== ==============================================================================
"""

from os import environ
from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONCE, NONE, SELF

from lab.web.data_folder import open_data_folder, secret_key

BASE_FOLDER = Path(__file__).resolve().parent.parent
DATA_FOLDER = Path(environ.get("FAULTLINE_DATA") or BASE_FOLDER / ".data").absolute()
REDIS_URL = environ.get("REDIS_URL", "")
DATABASE_URL = environ.get("DATABASE_URL", "")
HTTPS = environ.get("FAULTLINE_HTTPS") == "1"
DEBUG = environ.get("FAULTLINE_DEBUG") == "1"

FAULTLINE_SHARED = bool(
    REDIS_URL or DATABASE_URL or HTTPS or environ.get("FAULTLINE_SHARED") == "1"
)
FAULTLINE_LABS_PER_OWNER = 1 if FAULTLINE_SHARED else 3
FAULTLINE_MAX_LABS = int(environ.get("FAULTLINE_MAX_LABS", "8"))
FAULTLINE_MAX_VIRTUAL = int(environ.get("FAULTLINE_MAX_VIRTUAL", "100"))
FAULTLINE_IDLE_S = 1800.0
FAULTLINE_SANDBOX = "toyshop"

open_data_folder(DATA_FOLDER)
SECRET_KEY = environ.get("FAULTLINE_SECRET_KEY") or secret_key(DATA_FOLDER)

# ── Who may come in, and what a page may do ──────────────────────────────────────────────────────

ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
ALLOWED_HOSTS += [name for name in environ.get("FAULTLINE_HOSTS", "").split(",") if name]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [NONCE],  # modules that a module imports inherit its nonce
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_SSL_REDIRECT = HTTPS
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]  # subdomains are their owner's affair
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SESSION_COOKIE_NAME = "faultline_session"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_NAME = "faultline_csrf"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SAMESITE = "Strict"
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 << 10

# ── Composition ──────────────────────────────────────────────────────────────────────────────────

INSTALLED_APPS = [
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "csp",
    "lab.web",
    "lessons",
]
MIDDLEWARE = [
    "lab.web.api.shape.api_errors",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "lab.urls"
ASGI_APPLICATION = "lab.asgi.application"
LAB_HOST = "lab.web.host.LabHost"
EMBEDDED_HOST = "lab.web.embedded.EmbeddedHost"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_FOLDER / "templates"],
        "OPTIONS": {
            "context_processors": ["django.template.context_processors.request"],
            "builtins": ["django.templatetags.static", "lab.web.templatetags.assets"],
        },
    }
]
USE_I18N = False
TIME_ZONE = "UTC"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ── What is kept ─────────────────────────────────────────────────────────────────────────────────

_SQLITE: dict[str, Any] = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": DATA_FOLDER / "faultline.sqlite3",
    "OPTIONS": {
        "timeout": 5,
        "transaction_mode": "IMMEDIATE",  # a reader that turns writer cannot wait, it fails
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL",
    },
}
DATABASES = {"default": dj_database_url.parse(DATABASE_URL) if DATABASE_URL else _SQLITE}

# ── What sites and lab hosts say to each other ───────────────────────────────────────────────────

CHANNEL_CAPACITY = 500
"""Messages that may wait in one channel; the layer drops what exceeds it, nobody waits."""
_IN_MEMORY = {
    "BACKEND": "channels.layers.InMemoryChannelLayer",
    "CONFIG": {"capacity": CHANNEL_CAPACITY, "expiry": 10},
}
_REDIS = {
    "BACKEND": "lab.web.redis_layer.RedisLayer",
    "CONFIG": {
        "url": REDIS_URL,
        "prefix": "faultline",
        "capacity": CHANNEL_CAPACITY,
        "expiry": 10,
    },
}
CHANNEL_LAYERS = {"default": _REDIS if REDIS_URL else _IN_MEMORY}

# ── Static files ─────────────────────────────────────────────────────────────────────────────────

STATIC_URL = "/static/"
STATIC_ROOT = DATA_FOLDER / "static"
STATICFILES_DIRS = [BASE_FOLDER / "static"]
NODE_MODULES = BASE_FOLDER / "node_modules"
STATICFILES_FINDERS = ["lab.web.assets.PageFinder", "lab.web.assets.PackageFinder"]
_HASHED, _PLAIN = (
    "lab.web.assets.HashedModules",
    "django.contrib.staticfiles.storage.StaticFilesStorage",
)
STORAGES = {"staticfiles": {"BACKEND": _PLAIN if DEBUG else _HASHED}}

# ── What is logged: to standard error, one line an event ─────────────────────────────────────────

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)-7s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"django": {"handlers": [], "level": "ERROR", "propagate": True}},
}
