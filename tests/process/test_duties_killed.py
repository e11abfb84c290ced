"""Workers that die by SIGKILL amidst their duties: each thing is done once all the same."""

import json
import random
import time
from datetime import UTC, datetime, timedelta

import pytest

from tests.keys.importing import SECRET, wrapped
from tests.process import workers

pytestmark = pytest.mark.sqlite_only  # the server brings its own database

EACH = 12  # things of a kind
KILLS = 3
MOST_DONE = 4  # before a kill
EVENTS = ("RotateKey", "DeleteKey", "DeleteExpiredKeyMaterial")


class Due:
    """Keys of which each is due for one of the duties."""

    def __init__(self, server):
        self.server, kms = server, server.client("kms")
        self.rotating = [self._created(kms) for _ in range(EACH)]
        self.going = [self._created(kms) for _ in range(EACH)]
        self.expiring = [self._created(kms, Origin="EXTERNAL") for _ in range(EACH)]
        for key in self.rotating:
            kms.enable_key_rotation(KeyId=key)
        for key in self.going:
            kms.schedule_key_deletion(KeyId=key)
        for key in self.expiring:
            self._bring(kms, key)
        self._fall_due()

    def _created(self, kms, **params):
        return kms.create_key(**params)["KeyMetadata"]["KeyId"]

    def _bring(self, kms, key):
        got = kms.get_parameters_for_import(
            KeyId=key, WrappingAlgorithm="RSAES_OAEP_SHA_256", WrappingKeySpec="RSA_2048"
        )
        kms.import_key_material(
            KeyId=key,
            ImportToken=got["ImportToken"],
            EncryptedKeyMaterial=wrapped(got["PublicKey"], "RSAES_OAEP_SHA_256", SECRET),
            ValidTo=datetime.now(UTC) + timedelta(days=1),
        )

    def _fall_due(self):
        now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
        with self.server.database() as database:
            for column, keys in (("next_rotation", self.rotating), ("deletion_date", self.going)):
                for key in keys:
                    database.execute(
                        f"UPDATE keys_key SET {column} = ? WHERE key_id = ?", (now, key)
                    )
            for key in self.expiring:
                database.execute(
                    "UPDATE keys_material SET valid_to = ? WHERE key_id = "
                    "(SELECT id FROM keys_key WHERE key_id = ?)",
                    (now, key),
                )
            database.commit()

    def column(self, query):
        """Of each key: what the query says."""
        with self.server.database() as database:
            return dict(database.execute(query).fetchall())

    def wait_for_more(self, count):
        """Until so many things more were done."""
        until, end = len(self.recorded()) + count, time.monotonic() + 30
        while len(self.recorded()) < until and time.monotonic() < end:
            time.sleep(0.002)

    def recorded(self):
        """How often each of the things was recorded, by event and key."""
        ours = {*self.rotating, *self.going, *self.expiring}
        counts = {}
        with self.server.database() as database:
            for (body,) in database.execute("SELECT body FROM audit_record"):
                record = json.loads(body)
                if record["eventName"] in EVENTS and record["eventType"] == "AwsServiceEvent":
                    key = record["resources"][0]["ARN"].rpartition("/")[2]
                    if key in ours:
                        place = (record["eventName"], key)
                        counts[place] = counts.get(place, 0) + 1
        return counts


def test_each_thing_is_done_once_though_workers_die(server):
    due = Due(server)
    for _ in range(KILLS):
        both = workers.about_to_begin(server, "keys")
        workers.begin(both)
        due.wait_for_more(random.randint(1, MOST_DONE))
        workers.kill(both)
    assert 0 < len(due.recorded()) < 3 * EACH, "no worker died amidst its duties"
    both = workers.about_to_begin(server, "keys")
    workers.begin(both)
    assert [worker.wait(60) for worker in both] == [0, 0]

    expected = {("RotateKey", key): 1 for key in due.rotating}
    expected |= {("DeleteKey", key): 1 for key in due.going}
    expected |= {("DeleteExpiredKeyMaterial", key): 1 for key in due.expiring}
    assert due.recorded() == expected
    materials = due.column(
        "SELECT k.key_id, count(*) FROM keys_key k JOIN keys_material m ON m.key_id = k.id "
        "WHERE m.sealed IS NOT NULL GROUP BY k.key_id"
    )
    states = due.column("SELECT key_id, state FROM keys_key")
    assert {materials[key] for key in due.rotating} == {2}
    assert not set(due.going) & set(states)
    assert {states[key] for key in due.expiring} == {"PendingImport"}
    assert not set(due.expiring) & set(materials)
