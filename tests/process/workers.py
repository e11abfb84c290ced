"""Worker processes that begin their duties when they are told to."""

import subprocess
import sys

from tests.support.server import PROJECT

_WORKER = """
import importlib, sys
import django
django.setup()
found = [importlib.import_module(f"{app}.duties") for app in sys.argv[1:]]
print("ready", flush=True)
input()
for module in found:
    for duty in module.DUTIES:
        duty.run()
"""


def about_to_begin(server, *apps, count=2):
    """Workers that do each duty of the apps once, in order."""
    environment = {**server.environment(), "DJANGO_SETTINGS_MODULE": "kms_project.settings"}
    begun = [
        subprocess.Popen(
            [sys.executable, "-c", _WORKER, *apps],
            cwd=PROJECT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(count)
    ]
    for worker in begun:
        assert worker.stdout.readline() == "ready\n"
    return begun


def begin(workers):
    for worker in workers:
        worker.stdin.write("\n")
        worker.stdin.flush()


def kill(workers):
    for worker in workers:
        worker.kill()
        worker.wait()
