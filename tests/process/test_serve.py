"""The server as an operator runs it: what it refuses, how it ends, TLS."""

import os
import signal
import ssl
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.error import URLError

import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from tests.support.certificates import Authority
from tests.support.server import Strongroom

pytestmark = pytest.mark.sqlite_only  # each brings its own database

CANARY = "canary-4711-in-the-environment"


@pytest.fixture
def start(tmp_path):
    """Start a server with these settings; it is stopped after the test."""
    started = []

    def run(**settings):
        started.append(Strongroom(tmp_path / f"home{len(started)}", **settings))
        started[-1].start()
        return started[-1]

    yield run
    for each in started:
        each.stop()


def status(url, context=None):
    with urllib.request.urlopen(url, context=context, timeout=10) as answer:
        return answer.status


def children(pid):
    """Of all its threads: a child is that of the thread that started it."""
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    return {int(child) for each in lists for child in each.read_text().split()}


def is_alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def eventually(holds, seconds=60):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.05)


@contextmanager
def under_load(strongroom):
    """Eight clients ask for something all the time; how they end is their own business."""
    ending = threading.Event()

    def ask(client):
        while not ending.is_set():
            with suppress(BotoCoreError, ClientError):
                client.generate_random(NumberOfBytes=8)

    config = Config(read_timeout=5, retries={"total_max_attempts": 1})
    with ThreadPoolExecutor(8) as pool:
        for _ in range(8):
            pool.submit(ask, strongroom.client("kms", config=config))
        time.sleep(1)
        try:
            yield
        finally:
            ending.set()


def test_a_server_without_a_bootstrap_says_what_to_do(tmp_path):
    with pytest.raises(RuntimeError, match=r"Run `manage\.py bootstrap` first"):
        Strongroom(tmp_path / "home").manage("serve")


def test_a_database_of_an_older_version_is_not_served(tmp_path):
    strongroom = Strongroom(tmp_path / "home")
    strongroom.prepare()
    strongroom.manage("migrate", "audit", "zero")

    with pytest.raises(RuntimeError, match=r"lacks \d migrations, the first of them audit"):
        strongroom.manage("serve")


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_a_server_that_is_told_to_end_more_than_once_ends(start, signum):
    """As Ctrl-C does it, and service managers: the whole group, and the processes themselves."""
    for _ in range(2):
        strongroom = start()
        with under_load(strongroom):
            below = children(strongroom._process.pid)
            began = time.monotonic()
            for _ in range(3):
                os.killpg(strongroom._process.pid, signum)
                for each in below:
                    with suppress(ProcessLookupError):
                        os.kill(each, signum)
            strongroom._process.wait(20)
            eventually(lambda: not any(map(is_alive, below)))  # noqa: B023
        assert time.monotonic() - began < 20


def test_a_server_whose_first_process_is_killed_leaves_none_behind(start):
    for _ in range(2):
        strongroom = start()
        with under_load(strongroom):
            below = children(strongroom._process.pid)
            os.kill(strongroom._process.pid, signal.SIGKILL)
            strongroom._process.wait(20)
            eventually(lambda: not any(map(is_alive, below)))  # noqa: B023


def test_a_database_under_another_root_key_is_not_served(tmp_path):
    strongroom, other = Strongroom(tmp_path / "home"), Strongroom(tmp_path / "other")
    strongroom.prepare()
    other.manage("bootstrap")
    (other.home / "root.key").rename(strongroom.home / "root.key")

    with pytest.raises(RuntimeError, match=r"sealing\.E002"):
        strongroom.manage("serve")


def test_settings_that_contradict_each_other_are_not_served(tmp_path):
    strongroom = Strongroom(tmp_path / "home")
    strongroom.prepare()
    strongroom._settings["STRONGROOM_TLS_KEY"] = __file__

    with pytest.raises(RuntimeError, match=r"strongroom\.E001"):
        strongroom.manage("serve")


@pytest.mark.parametrize(
    ("command", "setting", "says"),
    [
        ("bootstrap", {"STRONGROOM_REGIONS": "us-east-1,mars-1"}, r"strongroom\.E005"),
        ("bootstrap", {"STRONGROOM_HOME": "/proc/nowhere"}, "CommandError: "),
        ("bootstrap", {"DATABASE_URL": "postgres://u:p@127.0.0.1:1/n"}, "does not answer: "),
        ("serve", {"STRONGROOM_WORKERS": "abc"}, r"strongroom\.E010"),
        ("serve", {"DATABASE_URL": "postgres://u:p@127.0.0.1:1/n"}, "does not answer: "),
    ],
)
def test_settings_that_cannot_serve_are_told_in_a_few_lines(tmp_path, command, setting, says):
    strongroom = Strongroom(tmp_path / "home", **setting)
    strongroom.home.mkdir(mode=0o700)

    with pytest.raises(RuntimeError, match=says) as refused:
        strongroom.manage(command)
    assert "ended with 1" in str(refused.value)
    assert "Traceback" not in str(refused.value)


def test_a_port_that_is_taken_is_told_in_a_line(start, tmp_path):
    server, second = start(), Strongroom(tmp_path / "second")
    second.prepare()
    second.port = server.port

    with pytest.raises(
        RuntimeError, match=r"Cannot listen on .* Address already in use"
    ) as refused:
        second.manage("serve")
    assert str(refused.value).count("\n") == 2


def test_it_ends_soon_and_well_when_it_is_told_to(start):
    server = start()
    process = server._process
    began = time.monotonic()

    server.stop()

    assert process.returncode == 0
    assert time.monotonic() - began < 10


def test_it_ends_soon_whenever_it_is_told_to_even_while_it_starts(tmp_path):
    server = Strongroom(tmp_path / "home")
    for moment in (0, 0.02, 0.05, 0.1):
        server.start()
        time.sleep(moment)
        began = time.monotonic()
        server.stop()
        assert time.monotonic() - began < 10


def test_it_ends_when_it_is_told_to_while_a_process_is_being_replaced(tmp_path):
    server = Strongroom(tmp_path / "home")
    for attempt in range(6):
        server.start()
        eventually(lambda: len(children(server._process.pid)) == 2)
        os.kill(min(children(server._process.pid)), signal.SIGKILL)
        time.sleep(attempt / 1000)
        began = time.monotonic()
        server.stop()
        assert time.monotonic() - began < 10


def test_a_process_that_dies_is_replaced(start):
    server = start()
    pid = server._process.pid
    eventually(lambda: len(children(pid)) == 2)
    before = children(pid)

    os.kill(min(before), signal.SIGKILL)

    eventually(lambda: len(children(pid)) == 2 and children(pid) != before)
    assert status(f"{server.url}/healthz") == 200


def test_however_often_all_processes_die_they_are_replaced(start):
    server = start()
    pid = server._process.pid
    eventually(lambda: len(children(pid)) == 2)
    dead = set()

    def living():
        return children(pid) - dead

    for _ in range(3):
        dying = living()
        for process in dying:
            os.kill(process, signal.SIGKILL)
        dead |= dying
        eventually(lambda: len(living()) == 2)

    assert status(f"{server.url}/healthz") == 200


def test_no_process_outlives_the_server(start):
    server = start()
    workers = children(server._process.pid)

    server._process.kill()
    server._process.wait()

    eventually(lambda: not any(map(is_alive, workers)))


def test_it_keeps_the_worker_running_and_ends_it(tmp_path):
    server = Strongroom(tmp_path / "home")
    server.start("--with-worker")
    pid = server._process.pid

    def worker():
        found = [child for child in children(pid) if "\0worker\0" in command(child)]
        return found[0] if found else 0

    eventually(worker)
    first = worker()
    os.kill(first, signal.SIGKILL)
    eventually(lambda: worker() not in (0, first))
    second = worker()
    server.stop()

    assert not is_alive(second)


def command(pid):
    with open(f"/proc/{pid}/cmdline") as file:
        return file.read()


def test_over_tls_it_is_who_its_certificate_says(start, tmp_path):
    authority = Authority(tmp_path)
    own = authority.identity("server")
    server = start(STRONGROOM_TLS_CERTIFICATE=str(own.certificate), STRONGROOM_TLS_KEY=str(own.key))
    context = ssl.create_default_context(cafile=str(authority.certificate))

    assert status(f"{server.url}/healthz", context) == 200
    identity = server.client("sts", verify=str(authority.certificate)).get_caller_identity()
    assert identity["Account"] == "123456789012"
    with pytest.raises(URLError, match="CERTIFICATE_VERIFY_FAILED"):
        status(f"{server.url}/healthz")


def test_where_clients_have_to_show_certificates_others_are_not_let_in(start, tmp_path):
    authority, stranger = Authority(tmp_path), Authority(tmp_path, "stranger")
    own, known = authority.identity("server"), authority.identity("client")
    server = start(
        STRONGROOM_TLS_CERTIFICATE=str(own.certificate),
        STRONGROOM_TLS_KEY=str(own.key),
        STRONGROOM_TLS_CLIENT_CA=str(authority.certificate),
    )

    def asked_as(identity):
        context = ssl.create_default_context(cafile=str(authority.certificate))
        if identity:
            context.load_cert_chain(identity.certificate, identity.key)
        return status(f"{server.url}/healthz", context)

    assert asked_as(known) == 200
    for refused in (None, stranger.identity("other")):
        with pytest.raises(OSError, match=r"(?i)alert|reset|closed|eof"):
            asked_as(refused)


def test_what_is_asked_for_is_not_in_the_log(start):
    server = start(STRONGROOM_METRICS_TOKEN=CANARY)

    with pytest.raises(URLError):
        status(f"{server.url}/metrics?token={CANARY}")

    assert CANARY.encode() not in server.log()


def page(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return str(answer.read().decode())


def test_several_processes_tell_the_sum_of_their_calls(start):
    server = start()
    calls = 20
    sts = server.client("sts")
    for _ in range(calls):
        sts.get_caller_identity()

    expected = f'strongroom_calls_total{{code="",operation="sts:GetCallerIdentity"}} {calls}.0'
    end = time.monotonic() + 10
    while expected not in (told := page(f"{server.url}/metrics")) and time.monotonic() < end:
        time.sleep(0.1)  # each process adds what it counted once a second

    assert expected in told
    assert not (server.home / "metrics").exists()  # a full disk must not end who counts
