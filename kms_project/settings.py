"""Every setting, read from the environment in this one file. docs/settings.md explains each."""

from pathlib import Path

from kms_project.environment import Environment

env = Environment()

BASE_DIR = Path(__file__).resolve().parent.parent

# -- where things lie
STRONGROOM_HOME = Path(env.str("STRONGROOM_HOME", default=str(BASE_DIR / "var"))).resolve()
STRONGROOM_ROOT_KEY_PATH = env.str("STRONGROOM_ROOT_KEY_PATH", default="")
STRONGROOM_ROOT_KEY_URI = (
    env.str("STRONGROOM_ROOT_KEY_URI", default="")
    or Path(STRONGROOM_ROOT_KEY_PATH or STRONGROOM_HOME / "root.key").absolute().as_uri()
)
STRONGROOM_ROOT_KEY_PIN = env.secret("STRONGROOM_ROOT_KEY_PIN")

# -- HSMs: which PKCS#11 token stands behind a CloudHSM cluster's id (docs/key-stores.md)
STRONGROOM_HSM_CLUSTERS = env.secret("STRONGROOM_HSM_CLUSTERS")

# -- external key stores: where their proxies are, and what is asked of TLS
STRONGROOM_XKS_ENDPOINTS = env.secret("STRONGROOM_XKS_ENDPOINTS")
STRONGROOM_XKS_CA_BUNDLE = env.str("STRONGROOM_XKS_CA_BUNDLE", default="")
STRONGROOM_XKS_TIMEOUT_MS = env.int("STRONGROOM_XKS_TIMEOUT_MS", default=250)
STRONGROOM_XKS_ALLOW_HTTP = env.bool("STRONGROOM_XKS_ALLOW_HTTP", default=False)

# -- Parameter Store
STRONGROOM_MAX_STANDARD_PARAMETERS = env.int("STRONGROOM_MAX_STANDARD_PARAMETERS", default=10_000)
STRONGROOM_MAX_ADVANCED_PARAMETERS = env.int("STRONGROOM_MAX_ADVANCED_PARAMETERS", default=100_000)

# -- rotation of secrets
STRONGROOM_ROTATION_THREADS = env.int("STRONGROOM_ROTATION_THREADS", default=4)

# -- notices: where they are posted to, what signs the posts, and what is asked of TLS
STRONGROOM_WEBHOOK_URLS = env.list("STRONGROOM_WEBHOOK_URLS", default=[])
STRONGROOM_WEBHOOK_SECRETS = env.secret("STRONGROOM_WEBHOOK_SECRETS")
STRONGROOM_WEBHOOK_CA_BUNDLE = env.str("STRONGROOM_WEBHOOK_CA_BUNDLE", default="")

# -- rotation functions: how Python handlers are run, and how endpoints are reached
STRONGROOM_ENDPOINT_URL = env.str("STRONGROOM_ENDPOINT_URL", default="")
STRONGROOM_HANDLER_USER = env.str("STRONGROOM_HANDLER_USER", default="")
STRONGROOM_HANDLER_MEMORY_MB = env.int("STRONGROOM_HANDLER_MEMORY_MB", default=1024)
STRONGROOM_ROTATION_LOG_DIR = env.str("STRONGROOM_ROTATION_LOG_DIR", default="")
STRONGROOM_ROTATION_CA_BUNDLE = env.str("STRONGROOM_ROTATION_CA_BUNDLE", default="")
STRONGROOM_ROTATION_ALLOW_HTTP = env.bool("STRONGROOM_ROTATION_ALLOW_HTTP", default=False)

# -- what is served, and where
HOST = env.str("HOST", default="127.0.0.1")
PORT = env.int("PORT", default=8000)
STRONGROOM_WORKERS = env.int("STRONGROOM_WORKERS", default=2)
STRONGROOM_THREADS = env.int("STRONGROOM_THREADS", default=16)
STRONGROOM_PIN_WORKERS = env.bool("STRONGROOM_PIN_WORKERS", default=True)
STRONGROOM_REGIONS = env.list("STRONGROOM_REGIONS", default=[])
STRONGROOM_MAX_BODY_BYTES = env.int("STRONGROOM_MAX_BODY_BYTES", default=1024 * 1024)
STRONGROOM_TRUSTED_PROXIES = env.list("STRONGROOM_TRUSTED_PROXIES", default=[])
STRONGROOM_METRICS_TOKEN = env.secret("STRONGROOM_METRICS_TOKEN")

# -- TLS
STRONGROOM_TLS_CERTIFICATE = env.str("STRONGROOM_TLS_CERTIFICATE", default="")
STRONGROOM_TLS_KEY = env.str("STRONGROOM_TLS_KEY", default="")
STRONGROOM_TLS_CLIENT_CA = env.str("STRONGROOM_TLS_CLIENT_CA", default="")
STRONGROOM_BEHIND_TLS = env.bool("STRONGROOM_BEHIND_TLS", default=False)

# -- what the first start makes
STRONGROOM_ACCOUNT_ID = env.str("STRONGROOM_ACCOUNT_ID", default="123456789012")
STRONGROOM_ACCESS_KEY_ID = env.str("STRONGROOM_ACCESS_KEY_ID", default="")
STRONGROOM_SECRET_ACCESS_KEY = env.secret("STRONGROOM_SECRET_ACCESS_KEY")

# -- Django
DEBUG = False
SECRET_KEY_FILE = STRONGROOM_HOME / "django-secret-key"
SECRET_KEY = env.secret("STRONGROOM_DJANGO_SECRET_KEY") or env.stored(SECRET_KEY_FILE)
ALLOWED_HOSTS = [
    "127.0.0.1",
    "localhost",
    "[::1]",
    HOST,
    *env.list("STRONGROOM_ALLOWED_HOSTS", default=[]),
]
ROOT_URLCONF = "kms_project.urls"
WSGI_APPLICATION = "kms_project.wsgi.application"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-us"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "console.apps.ConsoleAdminConfig",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "kms_project",
    "sealing",
    "iam",
    "audit",
    "notices",
    "keys",
    "params",
    "secrets_app",
    "secrets_app.rotation",
    "django_tasks_db",
    "console",
    "rest",
    "xks_proxy",
    "rest_framework",
    "drf_spectacular",
]

MIDDLEWARE = [
    # these two first: they are for what the others answer, too
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "console.middleware.ContentSecurityPolicy",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]

# -- signing in to the console: a session ends with the browser, and after 12 hours at most
AUTH_USER_MODEL = "console.Operator"
LOGIN_REDIRECT_URL = "/console/"
PASSWORD_HASHERS = ["console.hashers.Argon2"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = "/console/"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

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
            ]
        },
    }
]

DATABASES = {
    "default": {
        **env.db("DATABASE_URL", default=f"sqlite:///{STRONGROOM_HOME / 'strongroom.sqlite3'}"),
        "ATOMIC_REQUESTS": False,  # the road opens the transactions
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["ENGINE"] = "kms_project.sqlite"

# -- what takes long is done by workers, out of a queue in the database
TASKS = {
    "default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["rotation"]},
}

# -- the console's files come out of the packages; there is nothing to collect
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600
WHITENOISE_ALLOW_ALL_ORIGINS = False

# -- browsers
IS_TLS = bool(STRONGROOM_TLS_CERTIFICATE) or STRONGROOM_BEHIND_TLS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_TLS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if IS_TLS else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
# A form's origin is told by its scheme. `kms_project.wsgi` sets it, as `service.peer` finds it.
SECURE_PROXY_SSL_HEADER = None

# -- logs: to stderr, one line each, without what an exception says
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "kms_project.logs.Line"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "strongroom": {"level": "INFO"},
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
    },
}

# -- REST's schema
SPECTACULAR_SETTINGS = {
    "TITLE": "Strongroom",
    "DESCRIPTION": "Keys, parameters, and the trail of what was done with them.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "POSTPROCESSING_HOOKS": [],
}
