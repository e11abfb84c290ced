"""Databases of earlier landings, with data in them, become what this one expects."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tests.support import people

pytestmark = pytest.mark.django_db(transaction=True)

LONG_AGO = datetime(2026, 1, 2, tzinfo=UTC)
KEY = "12366f9b-1230-123d-123e-123e6ae60c02"


@pytest.fixture
def migrate():
    """Migrate the app `keys` to what is named; its models as they were then."""

    def to(name):
        executor = MigrationExecutor(connection)
        executor.migrate([("keys", name)])
        return MigrationExecutor(connection).loader.project_state([("keys", name)]).apps

    newest = MigrationExecutor(connection).loader.graph.leaf_nodes("keys")[0][1]
    yield to
    to(newest)


def test_the_only_material_of_a_key_is_current_from_its_beginning(migrate):
    before = migrate("0001_initial")
    key = before.get_model("keys", "Key").objects.create(
        account=people.ACCOUNT,
        region=people.REGION,
        key_id=KEY,
        policy="{}",
        spec="SYMMETRIC_DEFAULT",
        usage="ENCRYPT_DECRYPT",
        origin="AWS_KMS",
        manager="CUSTOMER",
        state="Enabled",
        created=LONG_AGO,
        current_material="a" * 64,
    )
    materials = before.get_model("keys", "Material").objects
    materials.create(key=key, material_id="a" * 64, sealed=b"sealed", created=LONG_AGO)

    after = migrate("0002_every_kind_of_key")

    (material,) = after.get_model("keys", "Material").objects.all()
    assert (bytes(material.sealed), material.since, material.rotation) == (b"sealed", LONG_AGO, "")
    found = after.get_model("keys", "Key").objects.get(key_id=KEY)
    assert (found.state, found.primary_region, found.rotation_period) == ("Enabled", "", None)


def test_aws_managed_keys_begin_to_rotate_a_year_after_they_were_made(migrate):
    before = migrate("0002_every_kind_of_key").get_model("keys", "Key").objects
    columns = {
        "account": people.ACCOUNT,
        "region": people.REGION,
        "policy": "{}",
        "spec": "SYMMETRIC_DEFAULT",
        "usage": "ENCRYPT_DECRYPT",
        "origin": "AWS_KMS",
        "state": "Enabled",
        "created": LONG_AGO,
    }
    before.create(key_id=KEY, manager="AWS", **columns)
    before.create(key_id=KEY.replace("1", "2"), manager="CUSTOMER", **columns)

    after = migrate("0003_material").get_model("keys", "Key").objects

    managed, own = after.get(manager="AWS"), after.get(manager="CUSTOMER")
    assert (managed.rotation_period, managed.next_rotation) == (365, LONG_AGO.replace(year=2027))
    assert (own.rotation_period, own.next_rotation) == (None, None)
