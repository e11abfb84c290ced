"""The receiver that docs/webhooks.md shows takes what is genuine, and nothing else."""

import os
import re
import subprocess
import sys

import pytest

from notices import delivering
from notices.models import State
from tests.notices.conftest import fall_due
from tests.support.receiver import OTHER_SECRET, SECRET
from tests.support.server import PROJECT, free_port

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = (PROJECT / "docs" / "webhooks.md").read_text()


@pytest.fixture
def shown(settings, tmp_path):
    """The receiver, as it stands there, running."""
    (script,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    script = script.replace(").serve_forever()", ")\nserver.serve_forever()")
    script = script.replace("\nHTTPServer(", "\nserver = HTTPServer(")
    script = script.replace("\nserver.serve", '\nprint("listens", flush=True)\nserver.serve')
    port = free_port()
    running = subprocess.Popen(
        [sys.executable, "-c", script],
        env={**os.environ, "WEBHOOK_SECRET": SECRET, "PORT": str(port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert running.stdout.readline() == "listens\n"
    settings.STRONGROOM_WEBHOOK_URLS = [f"http://127.0.0.1:{port}/"]
    settings.STRONGROOM_WEBHOOK_SECRETS = SECRET
    yield running
    running.kill()
    running.wait()


def test_the_receiver_takes_each_event_once(shown, put):
    first = put()
    delivering.deliver_due()
    type(first).objects.update(state=State.WAITING, finished=None)
    fall_due()
    put(detail_type="Another")
    assert delivering.deliver_due() == 2

    resource = "arn:aws:ssm:us-east-1:123456789012:parameter/p"
    assert shown.stdout.readline() == f"Test Notice {resource}\n"
    assert shown.stdout.readline() == f"Another {resource}\n"


def test_the_receiver_refuses_what_is_signed_by_another(shown, put, settings):
    settings.STRONGROOM_WEBHOOK_SECRETS = OTHER_SECRET
    row = put()

    assert delivering.deliver_due() == 0
    row.refresh_from_db()
    assert row.problem == "status 401"


def test_the_receiver_refuses_what_is_old(shown, put, monkeypatch):
    class Clock:
        monotonic = staticmethod(delivering.time.monotonic)

        @staticmethod
        def time():
            return delivering.time.time() - 400

    monkeypatch.setattr("notices.posting.time", Clock)
    row = put()

    assert delivering.deliver_due() == 0
    row.refresh_from_db()
    assert row.problem == "status 401"
