"""Workers that die by SIGKILL amidst expirations and posts: each thing is done, and told."""

import json
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from tests.params.policies import ends
from tests.process import workers
from tests.support.receiver import SECRET, Receiver
from tests.support.server import Strongroom

pytestmark = pytest.mark.sqlite_only  # the server brings its own database

EACH = 12
KILLS = 2
MOST_SECONDS = 60


@pytest.fixture
def receiver():
    running = Receiver()
    yield running
    running.stop()


@pytest.fixture
def telling(receiver, tmp_path):
    """A server that tells the receiver."""
    running = Strongroom(
        tmp_path / "home",
        STRONGROOM_WEBHOOK_URLS=receiver.url,
        STRONGROOM_WEBHOOK_SECRETS=SECRET,
    )
    running.start()
    yield running
    running.stop()


def change(server, statement, *values):
    with server.database() as database:
        database.execute(statement, values)
        database.commit()


def asked(server, query):
    with server.database() as database:
        return database.execute(query).fetchall()


def now():
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")


def wait_until(holds):
    end = time.monotonic() + MOST_SECONDS
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.002)


def expirations(server):
    """How often each parameter's expiration was recorded."""
    records = (json.loads(body) for (body,) in asked(server, "SELECT body FROM audit_record"))
    return Counter(
        record["serviceEventDetails"]["parameterName"]
        for record in records
        if record["eventName"] == "DeleteParameter" and record["eventType"] == "AwsServiceEvent"
    )


def finish(server):
    """Have two workers do all that is left, claims of the dead included."""
    change(server, "UPDATE notices_delivery SET next_attempt = ? WHERE finished IS NULL", now())
    both = workers.about_to_begin(server, "params", "notices")
    workers.begin(both)
    assert [worker.wait(MOST_SECONDS) for worker in both] == [0, 0]


def test_each_parameter_expires_once_and_is_told_though_workers_die(telling, receiver):
    ssm = telling.client("ssm")
    policy = json.dumps([ends(datetime.now(UTC) + timedelta(days=1))])
    names = [f"/p/{number}" for number in range(EACH)]
    for name in names:
        ssm.put_parameter(Name=name, Value="x", Type="String", Tier="Advanced", Policies=policy)
    change(telling, "UPDATE params_parameter SET expires = ?", now())

    for number in range(1, KILLS + 1):
        both = workers.about_to_begin(telling, "params", "notices")
        workers.begin(both)
        wait_until(lambda number=number: len(expirations(telling)) >= 3 * number)
        workers.kill(both)
    assert len(expirations(telling)) < EACH, "no worker died amidst its duties"
    finish(telling)

    assert expirations(telling) == dict.fromkeys(names, 1)
    assert asked(telling, "SELECT count(*) FROM params_parameter") == [(0,)]
    told = {event["id"]: event for event in receiver.events}.values()
    kinds = Counter(event["detail"].get("operation", "policy") for event in told)
    assert kinds == {"Create": EACH, "Delete": EACH, "policy": EACH}
    assert asked(telling, "SELECT DISTINCT state FROM notices_delivery") == [("Delivered",)]


def test_a_worker_that_dies_before_the_answer_leaves_its_post_to_another(telling, receiver):
    telling.client("ssm").put_parameter(Name="p", Value="x", Type="String")
    receiver.status = "slow"
    first = workers.about_to_begin(telling, "notices", count=1)
    workers.begin(first)
    wait_until(lambda: receiver.asked == 1)
    workers.kill(first)
    assert asked(telling, "SELECT state, attempts FROM notices_delivery") == [("Waiting", 1)]

    receiver.status = 200
    finish(telling)

    assert asked(telling, "SELECT state, attempts FROM notices_delivery") == [("Delivered", 2)]
    (one, again) = receiver.ids()
    assert one == again
