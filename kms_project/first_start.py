"""The first start: makes what is not there yet, and leaves alone what is.

It may be killed at any line and begun again, and several may run at once. Each step either
is done or is not, and the files are written last, when what they speak of is committed.
"""

import configparser
import secrets
import shlex
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

from console.bootstrap import first_operator
from iam.access_keys import Credential
from iam.bootstrap import first_account
from iam.models import Account
from kms_project import files
from kms_project.alone import MAKING, alone
from kms_project.environment import read_secret
from kms_project.settings import env
from sealing import root

PROFILE = "strongroom"
REGION = "us-east-1"


def run() -> None:
    """Raises crypto.errors.RootKeyUnavailable, CannotOpen, service.errors.Unavailable, and
    the database's errors."""
    home: Path = settings.STRONGROOM_HOME
    files.private_directory(home)
    with alone(MAKING):
        _django_secret_key()
        _migrate()
        root.create()
        _administrator(home / "aws" / "credentials")
        _operator(home / "console-password")
        write_client_config()


def write_client_config() -> None:
    """The file that tells AWS clients where this server is; it follows HOST and PORT.

    The aws CLI's version 1 would put the page at a URL in the place of the URL, for instance
    of an XksProxyUriEndpoint.
    """
    path = settings.STRONGROOM_HOME / "aws" / "config"
    files.private_directory(path.parent)
    text = f"[profile {PROFILE}]\nregion = {REGION}\nendpoint_url = {url()}\n"
    text += "cli_follow_urlparam = false\n"
    files.write_if_new(path, text)


def url() -> str:
    """Where clients on this machine find the server."""
    everywhere = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104
    host = everywhere.get(settings.HOST, settings.HOST)
    scheme = "https" if settings.STRONGROOM_TLS_CERTIFICATE else "http"
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{settings.PORT}"


def exports() -> str:
    """The line to paste into a shell."""
    folder = settings.STRONGROOM_HOME / "aws"
    values = {
        "AWS_SHARED_CREDENTIALS_FILE": str(folder / "credentials"),
        "AWS_CONFIG_FILE": str(folder / "config"),
        "AWS_PROFILE": PROFILE,
    }
    return "export " + " ".join(f"{name}={shlex.quote(value)}" for name, value in values.items())


def _django_secret_key() -> None:
    """Signs sessions and page tokens. This process, too, may have started without one."""
    if env.secret("STRONGROOM_DJANGO_SECRET_KEY"):
        return
    key = read_secret(settings.SECRET_KEY_FILE)
    if not key:
        key = secrets.token_urlsafe(64)
        files.write(settings.SECRET_KEY_FILE, key + "\n")
    settings.SECRET_KEY = key


def _migrate() -> None:
    """All migrations in one transaction.

    Django may commit a migration and the note that it was applied apart. Who is killed in
    between would leave tables that the next attempt makes again, and fails.
    """
    with connection.constraint_checks_disabled(), transaction.atomic():
        call_command("migrate", interactive=False, verbosity=0)


def _administrator(path: Path) -> None:
    """The first account and its administrator's key, unless both were made and written down.

    What was deleted since then was deleted on purpose, and stays so. A file that speaks of
    another database goes first, so that it is not taken for a sign after a kill.
    """
    account = Account.objects.filter(id=settings.STRONGROOM_ACCOUNT_ID)
    if _written_key_id(path) and account.exists():
        return
    path.unlink(missing_ok=True)
    credential = first_account(
        settings.STRONGROOM_ACCOUNT_ID,
        settings.STRONGROOM_ACCESS_KEY_ID,
        settings.STRONGROOM_SECRET_ACCESS_KEY,
    )
    files.private_directory(path.parent)
    files.write(path, _profile(credential))


def _profile(credential: Credential) -> str:
    return (
        f"[{PROFILE}]\n"
        f"aws_access_key_id = {credential.access_key_id}\n"
        f"aws_secret_access_key = {credential.secret}\n"
    )


def _written_key_id(path: Path) -> str:
    profiles = configparser.RawConfigParser()
    profiles.read(path)
    return profiles.get(PROFILE, "aws_access_key_id", fallback="")


def _operator(path: Path) -> None:
    """The console's administrator. The password is on disk before the operator is committed:
    whoever is killed between the two makes another operator, and another password, next time.
    """
    with transaction.atomic():
        password = first_operator(settings.STRONGROOM_ACCOUNT_ID)
        if password is not None:
            files.write(path, password + "\n")
