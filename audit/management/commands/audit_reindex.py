"""manage.py audit_reindex: what searches know, made anew from the records."""

from typing import Any

from audit.reindexing import rebuild
from service.commands import DatabaseCommand


class Command(DatabaseCommand):
    help = (
        "Make the search index of the audit trail anew from its records, which stay as they"
        " are. For when `audit_verify` says that searches do not tell what a record says."
        " The service may go on meanwhile, and the command may be stopped and begun again;"
        " run `audit_verify` afterwards, and before it if you want to know what was done."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Searches know {rebuild()} records.")
