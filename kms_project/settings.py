"""Every setting, read from the environment in this one file. docs/settings.md explains each."""

from pathlib import Path

import environ

env = environ.FileAwareEnv()

BASE_DIR = Path(__file__).resolve().parent.parent

# -- where things lie
STRONGROOM_HOME = Path(env.str("STRONGROOM_HOME", default=str(BASE_DIR / "var"))).resolve()
STRONGROOM_ROOT_KEY_FILE = Path(
    env.str("STRONGROOM_ROOT_KEY_PATH", default=str(STRONGROOM_HOME / "root.key"))
)

# -- what is served
STRONGROOM_ACCOUNT_ID = env.str("STRONGROOM_ACCOUNT_ID", default="123456789012")
STRONGROOM_REGIONS = env.list("STRONGROOM_REGIONS", default=[])
STRONGROOM_MAX_BODY_BYTES = env.int("STRONGROOM_MAX_BODY_BYTES", default=1024 * 1024)

# -- Django
DEBUG = env.bool("STRONGROOM_DEBUG", default=False)
SECRET_KEY = env.str("STRONGROOM_DJANGO_SECRET_KEY", default="")
ALLOWED_HOSTS = env.list("STRONGROOM_ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
ROOT_URLCONF = "kms_project.urls"
WSGI_APPLICATION = "kms_project.wsgi.application"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-us"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "sealing",
    "iam",
    "audit",
    "keys",
]

MIDDLEWARE: list[str] = []

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
    "default": env.db("DATABASE_URL", default=f"sqlite:///{STRONGROOM_HOME / 'strongroom.sqlite3'}")
}
