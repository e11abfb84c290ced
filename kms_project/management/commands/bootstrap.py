"""manage.py bootstrap: make what a server needs."""

import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

from crypto.errors import CannotOpen, RootKeyUnavailable
from kms_project import first_start
from service.errors import Unavailable


class Command(BaseCommand):
    help = (
        "Make what is missing: STRONGROOM_HOME, the database's tables, the root key, the first"
        " account with its administrator, the console's operator, and the files for AWS"
        " clients. Changes nothing that is there. Run it before each start of a new version;"
        " it may be killed and repeated at any time."
    )
    requires_system_checks = ()  # some of what they ask for is made here

    def handle(self, *args: Any, **options: Any) -> None:
        os.umask(0o077)
        self.check(tags=["security"], include_deployment_checks=False)
        try:
            first_start.run()
        except (RootKeyUnavailable, CannotOpen) as error:
            raise CommandError(str(error)) from None
        except Unavailable as error:
            raise CommandError(f"{error} The log says what failed.") from None
        except OperationalError as error:
            says = str(error).partition("\n")[0]
            raise CommandError(f"The database does not answer: {says}") from None
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from None
        home = settings.STRONGROOM_HOME
        self.stdout.write(f"Strongroom is at {first_start.url()} and keeps its state in {home}.")
        self.stdout.write(f"Its console is at {first_start.url()}/console/: sign in as")
        self.stdout.write(f"administrator with the password in {home / 'console-password'}.")
        self.stdout.write("For AWS clients, paste this line into a shell:\n\n")
        self.stdout.write(first_start.exports() + "\n\n")
