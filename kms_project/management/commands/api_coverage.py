"""Print docs/coverage.md."""

from typing import Any

from django.core.management.base import BaseCommand

from kms_project.coverage import document


class Command(BaseCommand):
    help = "Print what of AWS's API is built, as docs/coverage.md has it."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(document(), ending="")
