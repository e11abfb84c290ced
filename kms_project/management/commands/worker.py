"""manage.py worker: do what falls due."""

import os
from argparse import ArgumentParser
from typing import Any

from django.conf import settings

from kms_project import duties, processes
from secrets_app.rotation import queue
from service.commands import DatabaseCommand


class Command(DatabaseCommand):
    help = (
        "Do what falls due: deletions, rotations, checkpoints, the index of the trail. Any"
        " number of workers may run on one database. Ends on SIGTERM, when what is at hand is"
        " done; a rotation goes on with the next step elsewhere."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="do each duty once, now, and end")
        parser.add_argument(
            "--parent", type=int, metavar="PID", help="end when this process, our parent, ends"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        os.umask(0o077)
        ending = processes.end_of_process()
        if options["parent"]:
            processes.end_with_parent(options["parent"])
        found = duties.of_installed_apps()
        if options["once"]:
            for duty in found:
                duties.do(duty)
            queue.work_off()
            return
        threads = queue.Threads(settings.STRONGROOM_ROTATION_THREADS)
        threads.start()
        duties.Rota(found).run_until(ending)
        threads.end()
