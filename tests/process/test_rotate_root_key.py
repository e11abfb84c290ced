"""The root key is rotated while servers run: nobody who calls notices, and a kill loses nothing."""

import json
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from tests.support import postgresql, softhsm
from tests.support.server import PROJECT, Strongroom
from tests.support.softhsm import MODULE, PIN, SoftHsm

pytestmark = pytest.mark.sqlite_only  # each brings its own database

CLIENTS = 4
REGIONS = ("us-east-1", "us-west-1", "eu-west-1")
MORE_REGIONS = ("eu-central-1", "ap-south-1", "sa-east-1")
ONCE = Config(retries={"max_attempts": 0}, connect_timeout=5, read_timeout=20)


@pytest.fixture
def run(tmp_path):
    """Start a server with these settings; it is stopped after the test."""
    started = []

    def start(*options, **settings):
        started.append(Strongroom(tmp_path / f"home{len(started)}", **settings))
        started[-1].start(*options)
        return started[-1]

    yield start
    for each in started:
        each.stop()


@pytest.fixture
def hsm(tmp_path):
    """SoftHSM2 with two tokens and a file with their PIN."""
    made = SoftHsm(tmp_path / "hsm")
    for label in ("one", "other"):
        made.make_token(label)
    pin = tmp_path / "pin"
    pin.write_text(PIN)
    pin.chmod(0o600)
    return made


def in_token(hsm, label):
    pin = hsm.tokens.parent.parent / "pin"
    return f"pkcs11:token={label};object=root?module-path={MODULE}&pin-source=file:{pin}"


def sealed_everywhere(server, regions=REGIONS):
    """A ciphertext in each region, and so a wrapping key."""
    made = {}
    for region in regions:
        kms = server.client("kms", region_name=region)
        key_id = kms.create_key()["KeyMetadata"]["KeyId"]
        made[region] = kms.encrypt(KeyId=key_id, Plaintext=region.encode())["CiphertextBlob"]
    return made


def opens(server, blobs):
    return all(
        server.client("kms", region_name=region).decrypt(CiphertextBlob=blob)["Plaintext"]
        == region.encode()
        for region, blob in blobs.items()
    )


def restart(server, uri):
    """With the root key at `uri`, and all that was remembered forgotten."""
    server.stop()
    server._settings["STRONGROOM_ROOT_KEY_URI"] = uri
    server.start()


def rows(server, query):
    with server.database() as database:
        return database.execute(query).fetchall()


def under(server):
    return {each for (each,) in rows(server, "SELECT root_key_id FROM sealing_wrappingkey")}


def id_of(path):
    return path.read_text().split()[1]


def is_ready(server):
    time.sleep(1.1)  # an answer is remembered for a second
    try:
        with urlopen(f"{server.url}/readyz", timeout=10) as answer:
            return answer.status == 200
    except HTTPError:
        return False


def eventually(holds, seconds=20):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.05)


class Load:
    """Clients that use keys, and make them where there was none, until they are told to stop."""

    def __init__(self, servers, blobs):
        regions = (*blobs, *MORE_REGIONS)
        self.calls, self.failed = 0, []
        self._blobs, self._new = blobs, list(MORE_REGIONS)
        self._clients = [
            {each: server.client("kms", region_name=each, config=ONCE) for each in regions}
            for server in servers
        ]
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._work, args=(n,)) for n in range(CLIENTS)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        eventually(lambda: self.calls > CLIENTS)
        return self

    def __exit__(self, *raised):
        self._stop.set()
        for thread in self._threads:
            thread.join(30)

    def _work(self, number):
        clients = self._clients[number % len(self._clients)]
        while not self._stop.is_set():
            try:
                self._call(clients)
                self.calls += 1
            except (ClientError, BotoCoreError) as error:
                self.failed.append(str(error))

    def _call(self, clients):
        if self._new and random.random() < 0.02:
            region = self._new.pop()
            clients[region].create_key()
            return
        region, blob = random.choice(list(self._blobs.items()))
        assert clients[region].decrypt(CiphertextBlob=blob)["Plaintext"] == region.encode()


def test_under_load_no_call_fails_and_nothing_is_left_under_the_old_root_key(run, tmp_path):
    server = run("--with-worker")
    blobs = sealed_everywhere(server)
    old, new = server.home / "root.key", tmp_path / "new.key"
    with Load([server], blobs) as load:
        time.sleep(1)
        said = server.manage("rotate_root_key", "--to", new.as_uri())
        time.sleep(1)

    assert load.failed == []
    assert load.calls > 50
    assert "each opens" in said
    assert under(server) == {id_of(new)}
    assert "Nothing was changed" in server.manage("audit_verify")
    sealed_everywhere(server, ("eu-south-1",))
    assert under(server) == {id_of(new)}

    old.unlink()
    restart(server, new.as_uri())
    assert opens(server, blobs)
    assert b"sealing." not in server.log()
    names = {
        event["EventName"]
        for event in server.client("cloudtrail").lookup_events(
            LookupAttributes=[
                {"AttributeKey": "EventName", "AttributeValue": "FinishRootKeyRotation"}
            ]
        )["Events"]
    }
    assert names == {"FinishRootKeyRotation"}


def test_a_restart_with_the_old_setting_works_while_the_old_root_key_is_there(run, tmp_path):
    server = run()
    blobs = sealed_everywhere(server)
    server.manage("rotate_root_key", "--to", (tmp_path / "new.key").as_uri())

    restart(server, (server.home / "root.key").as_uri())
    server.manage("bootstrap")
    assert opens(server, blobs)
    assert b"sealing.W001" in server.log()

    server.stop()
    (server.home / "root.key").unlink()
    with pytest.raises(RuntimeError, match=r"(?s)sealing\.E002.*new\.key is familiar"):
        server.manage("serve")


def test_of_two_at_once_one_waits_and_both_end_well(run, tmp_path):
    server = run()
    blobs = sealed_everywhere(server)
    new, another = tmp_path / "new.key", tmp_path / "another.key"
    commands = [
        subprocess.Popen(
            [sys.executable, "manage.py", "rotate_root_key", "--to", path.as_uri()],
            cwd=PROJECT,
            env=server.environment(),
            stdout=subprocess.PIPE,
        )
        for path in (new, new, another)
    ]

    for command in commands:
        command.communicate(timeout=60)
        assert command.returncode == 0
    ((current,),) = rows(server, "SELECT root_key_id FROM sealing_currentrootkey")
    assert current in (id_of(new), id_of(another))
    assert under(server) == {current}
    assert opens(server, blobs)


def test_killed_at_any_moment_under_load_the_next_one_finishes(run, tmp_path):
    server = run()
    blobs = sealed_everywhere(server)
    with Load([server], blobs) as load:
        for attempt in range(9):
            new = tmp_path / f"new{attempt // 3}.key"
            command = subprocess.Popen(
                [sys.executable, "manage.py", "rotate_root_key", "--to", new.as_uri()],
                cwd=PROJECT,
                env=server.environment(),
                stdout=subprocess.DEVNULL,
            )
            time.sleep(random.uniform(0.8, 2.5))
            command.send_signal(signal.SIGKILL)
            command.wait()
        server.manage("rotate_root_key", "--to", new.as_uri())

    assert load.failed == []
    assert under(server) == {id_of(new)}
    assert "Nothing was changed" in server.manage("audit_verify")
    for other in [server.home / "root.key", *tmp_path.glob("new[01].key")]:
        other.unlink()
    restart(server, new.as_uri())
    assert opens(server, blobs)


def test_killed_at_each_line_every_database_opens_and_the_next_one_finishes(tmp_path):
    """See tests/process/rotate_and_die.py, which does it in one process for all lines."""
    server = Strongroom(tmp_path / "home")
    server.prepare()

    done = subprocess.run(
        [sys.executable, "-m", "tests.process.rotate_and_die"],
        cwd=PROJECT,
        env=server.environment(),
        capture_output=True,
        text=True,
        timeout=600,
    )

    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    assert json.loads(done.stdout.splitlines()[-1])["lines"] > 50


# -- several machines


@pytest.fixture
def machines(tmp_path):
    """Two servers, each with a home and files of its own, on one PostgreSQL."""
    programs = postgresql.newest_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed")
    with postgresql.running(programs) as url:
        one = Strongroom(tmp_path / "one", DATABASE_URL=url)
        other = Strongroom(tmp_path / "other", DATABASE_URL=url)
        one.start()
        shutil.copytree(one.home, other.home)
        other.start()
        yield one, other
        other.stop()
        one.stop()


def test_other_machines_follow_when_they_have_the_new_root_key(machines, tmp_path):
    """The URI is the same everywhere, so here both find the one file."""
    one, other = machines
    new = tmp_path / "new.key"
    blobs = sealed_everywhere(one)
    with pytest.raises(RuntimeError, match="Nothing was moved yet"):
        one.manage("rotate_root_key", "--to", new.as_uri())
    assert id_of(new) in other.manage("rotate_root_key", "--to", new.as_uri(), "--dry-run")

    with Load(machines, blobs) as load:
        time.sleep(1)
        one.manage("rotate_root_key", "--to", new.as_uri(), "--on-every-machine")
        time.sleep(2)

    assert load.failed == []
    assert load.calls > 50
    assert "Nothing was changed" in one.manage("audit_verify")
    for machine in machines:
        (machine.home / "root.key").unlink()
        restart(machine, new.as_uri())
        assert opens(machine, blobs)
    looked = one.manage("rotate_root_key", "--to", new.as_uri(), "--dry-run")
    assert "\n0 wrapping keys would be wrapped anew" in looked


# -- tokens


@softhsm.needed
def test_from_a_file_to_tokens_and_back_no_call_fails(run, hsm, tmp_path):
    server = run(**hsm.environment)
    blobs = sealed_everywhere(server)
    with Load([server], blobs) as load:
        for uri in (in_token(hsm, "one"), in_token(hsm, "other"), (tmp_path / "back").as_uri()):
            server.manage("rotate_root_key", "--to", uri)
            time.sleep(0.5)

    assert load.failed == []
    assert under(server) == {id_of(tmp_path / "back")}
    hsm.take_away()
    restart(server, (tmp_path / "back").as_uri())
    assert opens(server, blobs)


@softhsm.needed
def test_a_first_start_makes_its_root_key_in_the_token(run, hsm):
    server = run(STRONGROOM_ROOT_KEY_URI=in_token(hsm, "one"), **hsm.environment)
    blobs = sealed_everywhere(server)

    assert not (server.home / "root.key").exists()
    restart(server, in_token(hsm, "one"))
    server.manage("bootstrap")
    assert opens(server, blobs)


@softhsm.needed
def test_while_the_token_is_away_what_is_open_goes_on_and_all_else_is_unavailable(run, hsm):
    settings = {"STRONGROOM_WORKERS": "1", **hsm.environment}
    server = run(STRONGROOM_ROOT_KEY_URI=in_token(hsm, "one"), **settings)
    blobs = sealed_everywhere(server, REGIONS[:2])
    restart(server, in_token(hsm, "one"))
    here, elsewhere = (
        server.client("kms", region_name=region, config=ONCE) for region in REGIONS[:2]
    )
    assert here.decrypt(CiphertextBlob=blobs[REGIONS[0]])["Plaintext"] == REGIONS[0].encode()
    assert is_ready(server)

    hsm.take_away()
    for _ in range(3):
        assert here.decrypt(CiphertextBlob=blobs[REGIONS[0]])["Plaintext"]
        with pytest.raises(ClientError) as refused:
            elsewhere.decrypt(CiphertextBlob=blobs[REGIONS[1]])
        assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503
        assert refused.value.response["Error"]["Code"] == "ServiceUnavailableException"
    assert not is_ready(server)
    assert PIN.encode() not in server.log()

    hsm.bring_back()
    eventually(lambda: is_ready(server))
    assert opens(server, blobs)


@softhsm.needed
def test_a_server_whose_token_is_away_does_not_start(run, hsm):
    server = run(STRONGROOM_ROOT_KEY_URI=in_token(hsm, "one"), **hsm.environment)
    server.stop()
    hsm.take_away()

    with pytest.raises(RuntimeError, match=r"sealing\.E001"):
        server.manage("serve")
