"""Every kind of key in the console: made, listed and described by what AWS's metadata tell."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from keys.admin import rows
from keys.models import ConnectionState, Key, KeyState, KeyStore
from keys.specs import SPECS
from keys.states import state_of
from tests.console.browsing import KEYS, text_of
from tests.console.test_keys import many_keys
from tests.support import people

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)


def test_every_spec_can_be_chosen_with_each_of_its_usages(admin):
    offered = set(
        re.findall(r'<option value="(\w+ \w+)"', admin.get(f"{KEYS}create/").content.decode())
    )

    assert offered == {
        f"{name} {usage}" for name, spec in SPECS.items() for usage in spec.algorithms
    }


def test_a_key_is_made_as_it_was_chosen(admin):
    key_id = admin.create_key(kind="ECC_NIST_P256 SIGN_VERIFY", multi_region="on")

    key = Key.objects.get()
    assert (key.spec, key.usage, key.multi_region) == ("ECC_NIST_P256", "SIGN_VERIFY", True)
    page = admin.read(f"{KEYS}{key_id}/")
    for told in ("ECC_NIST_P256, SIGN_VERIFY", "Algorithms ECDSA_SHA_256", "Multi-Region Primary"):
        assert told in page
    assert "ECC_NIST_P256 SIGN_VERIFY Multi-Region primary" in admin.read(KEYS)


def test_a_key_may_wait_for_its_material(admin):
    key_id = admin.create_key(origin="EXTERNAL")

    assert "Pending import" in admin.read(f"{KEYS}{key_id}/")
    assert "Origin EXTERNAL" in admin.read(f"{KEYS}{key_id}/")
    assert "EXTERNAL" in admin.read(KEYS)


def test_when_imported_material_expires_is_shown(admin):
    key_id = admin.create_key()
    expiry = NOW + timedelta(days=3)
    Key.objects.update(origin="EXTERNAL", valid_to=expiry)

    assert f"Material expires {expiry:%Y-%m-%d %H:%M:%S} UTC" in admin.read(f"{KEYS}{key_id}/")
    assert f"expires {expiry:%Y-%m-%d %H:%M:%S} UTC" in admin.read(KEYS)


@pytest.mark.parametrize("given", [{"kind": "RSA_1024 SIGN_VERIFY"}, {"origin": "AWS_CLOUDHSM"}])
def test_what_is_not_offered_is_not_made(admin, given):
    admin.send(f"{KEYS}create/", 422, **given)

    assert not Key.objects.exists()


def test_a_replica_leads_to_its_primary(admin):
    key_id = admin.create_key(multi_region="on")
    primary = Key.objects.get()
    Key.objects.create(
        **{
            field: getattr(primary, field)
            for field in ("account", "key_id", "policy", "spec", "usage", "origin", "manager")
        },
        region="eu-west-1",
        primary_region="us-east-1",
        multi_region=True,
        state="Enabled",
        created=NOW,
    )

    page = admin.get(f"/console/eu-west-1/keys/{key_id}/")
    assert "Replica of us-east-1" in text_of(page)
    assert f'href="{KEYS}{key_id}/"' in page.content.decode()
    assert "replicas in eu-west-1" in admin.read(f"{KEYS}{key_id}/")


# -- states


def store(state: str) -> KeyStore:
    return KeyStore.objects.create(
        account=people.ACCOUNT,
        region=people.REGION,
        store_id=f"cks-{state}",
        name=state,
        type="AWS_CLOUDHSM",
        state=state,
        created=NOW,
        sealed_secret=b"",
    )


def test_keys_are_counted_by_the_states_that_operations_see(admin):
    """The database counts, `keys.states` decides: they must not differ."""
    stores = [None, *(store(state) for state in ConnectionState)]
    expiries = [None, NOW - timedelta(days=1), NOW + timedelta(days=1)]
    made = iter(many_keys(len(KeyState) * len(stores) * len(expiries)))
    for state in KeyState:
        for held in stores:
            for expiry in expiries:
                key = next(made)
                key.state, key.store, key.valid_to = state, held, expiry
                key.save()

    caller = people.caller_of(admin.user)
    expected: dict[str, set[str]] = {}
    for key in Key.objects.select_related("store"):
        expected.setdefault(state_of(key, caller.time), set()).add(key.key_id)
    assert rows.count_by_state(caller) == {state: len(ids) for state, ids in expected.items()}
    for state in KeyState:
        assert set(rows.in_state(caller, state, "", 1000)) == expected.get(state, set())


def test_a_state_leads_to_the_keys_that_are_in_it(admin):
    first, second = admin.create_key(), admin.create_key()
    admin.send(f"{KEYS}{first}/disable/")

    assert f'href="{KEYS}?state=Disabled"' in admin.get(KEYS.removesuffix("keys/")).content.decode()
    page = admin.read(KEYS, state="Disabled")
    assert first in page
    assert second not in page
    assert second in admin.read(KEYS, state="nonsense")


def test_the_list_of_a_state_goes_on_where_a_page_ended(admin):
    made = [key.key_id for key in many_keys(120)]

    shown, after = [], ""
    while after is not None:
        page = admin.get(KEYS, state="Enabled", after=after)
        shown += [key.key_id for key in page.context["keys"]]
        after = page.context["after"]
    assert shown == made
    assert "state=Enabled&amp;after=" in admin.get(KEYS, state="Enabled").content.decode()
