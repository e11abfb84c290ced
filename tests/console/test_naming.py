"""Names of keys in the console: given with the key or later, taken away, and found by."""

import pytest

from audit.models import Record
from keys import aliases
from keys.models import Alias, Key
from tests.console.browsing import KEYS, Browser, text_of
from tests.support import people

pytestmark = pytest.mark.django_db


def named(key_id: str) -> set[str]:
    return set(Alias.objects.filter(key__key_id=key_id).values_list("name", flat=True))


# -- with a new key


def test_an_alias_that_is_taken_makes_no_key_and_loses_nothing_that_was_typed(admin):
    key_id = admin.create_key(alias="orders")

    given = {"alias": "orders", "description": "For other orders", "tags": "team=shop"}
    response = admin.send(f"{KEYS}create/", 400, **given)
    assert Key.objects.get().key_id == key_id
    assert "alias/orders already exists" in text_of(response)
    for typed in ('value="orders"', 'value="For other orders"', "team=shop</textarea>"):
        assert typed in response.content.decode()
    assert b'aria-invalid="true"' in response.content
    last = bytes(Record.objects.latest("id").body)
    assert b'"errorCode":"AlreadyExistsException"' in last
    assert b'"eventName":"CreateAlias"' in last


def test_an_alias_of_awss_makes_no_key(admin):
    page = text_of(admin.send(f"{KEYS}create/", 400, alias="aws/shop"))

    assert "Aliases that begin with alias/aws/ are made by AWS alone." in page
    assert not Key.objects.exists()


def test_who_may_give_no_alias_makes_no_key_by_asking_for_one(db):
    maker = Browser(people.user("maker", "kms:CreateKey"))

    page = text_of(maker.send(f"{KEYS}create/", 403, alias="orders"))
    assert "It needs kms:CreateAlias" in page
    assert not Key.objects.exists()
    maker.send(f"{KEYS}create/")
    assert Key.objects.count() == 1


def test_an_alias_that_is_taken_meanwhile_is_told_with_the_way_out(admin, monkeypatch):
    admin.create_key(alias="orders")
    monkeypatch.setattr(aliases, "require_free", lambda *given: None)

    key_id = admin.create_key(alias="orders")
    page = admin.get(f"{KEYS}{key_id}/")
    assert "The key is made, but it has not got the alias alias/orders:" in text_of(page)
    assert f'href="{KEYS}{key_id}/aliases/add/"' in page.content.decode()


# -- later


@pytest.mark.parametrize("typed", ["web/shop", "alias/web/shop"])
def test_an_alias_is_added(admin, typed):
    key_id = admin.create_key()

    admin.send(f"{KEYS}{key_id}/aliases/add/", alias=typed)
    assert named(key_id) == {"alias/web/shop"}
    assert "The alias is added." in admin.read(f"{KEYS}{key_id}/")


@pytest.mark.parametrize(
    ("typed", "status", "says"),
    [
        ("", 422, "This field is required."),
        ("no spaces", 422, "letters, digits"),
        ("taken", 400, "alias/taken already exists"),
        ("aws/mine", 400, "are made by AWS alone"),
    ],
)
def test_an_alias_that_cannot_be_added_is_told_at_its_field(admin, typed, status, says):
    admin.create_key(alias="taken")
    key_id = admin.create_key()

    response = admin.send(f"{KEYS}{key_id}/aliases/add/", status, alias=typed)
    assert says in text_of(response)
    assert b'aria-invalid="true"' in response.content
    assert f'value="{typed}"'.encode() in response.content or not typed
    assert named(key_id) == set()


def test_an_alias_is_deleted_and_the_key_stays(admin):
    key_id = admin.create_key(alias="web/shop")
    address = f"{KEYS}{key_id}/aliases/web/shop/delete/"

    assert address in admin.get(f"{KEYS}{key_id}/").content.decode()
    assert "Whoever calls the key by alias/web/shop finds nothing" in admin.read(address)
    assert named(key_id)
    admin.send(address)
    assert named(key_id) == set()
    assert "The alias is deleted." in admin.read(f"{KEYS}{key_id}/")


def test_another_keys_alias_is_not_deleted(admin):
    other = admin.create_key(alias="other")
    key_id = admin.create_key(alias="orders")

    admin.get(f"{KEYS}{key_id}/aliases/other/delete/", 404)
    admin.send(f"{KEYS}{key_id}/aliases/other/delete/", 404)
    assert named(other) == {"alias/other"}


@pytest.mark.parametrize(
    ("path", "operation"),
    [("aliases/add/", "kms:CreateAlias"), ("aliases/orders/delete/", "kms:DeleteAlias")],
)
def test_policies_decide_about_names(admin, path, operation):
    key_id = admin.create_key(alias="orders")
    auditor = Browser(people.user("auditor", "kms:List*", "kms:Describe*"))

    page = text_of(auditor.send(f"{KEYS}{key_id}/{path}", 403, alias="more"))
    assert f"It needs {operation}" in page
    assert named(key_id) == {"alias/orders"}


# -- to find a key by


@pytest.mark.parametrize(
    "name",
    ["{}", " {} ", "arn:aws:kms:us-east-1:123456789012:key/{}", "alias/web/shop", "web/shop"],
)
def test_a_key_is_found_by_its_names(admin, name):
    key_id = admin.create_key(alias="web/shop")
    admin.create_key(alias="other")

    found = admin.get(f"{KEYS}find/", 302, name=name.format(key_id))
    assert found["Location"] == f"{KEYS}{key_id}/"


def test_a_key_is_found_by_how_its_id_begins(admin):
    first, second = admin.create_key(), admin.create_key()
    Key.objects.filter(key_id=first).update(key_id=f"aaaa{first[4:]}")
    Key.objects.filter(key_id=second).update(key_id=f"aabb{second[4:]}")

    assert admin.get(f"{KEYS}find/", 302, name="AAB")["Location"] == f"{KEYS}aabb{second[4:]}/"
    both = admin.read(f"{KEYS}find/", name="aa")
    assert f"aaaa{first[4:]}" in both
    assert f"aabb{second[4:]}" in both


def test_that_nothing_is_found_is_told_in_plain_words(admin):
    assert admin.get(f"{KEYS}find/", 302)["Location"] == KEYS
    for name in ("demo", "alias/none", "no such thing", "0" * 8, "arn:aws:kms:nonsense"):
        response = admin.get(f"{KEYS}find/", 404, name=name)
        assert f"No key in us-east-1 is called “{name}”." in text_of(response)
        assert f'value="{name}"' in response.content.decode()


def test_an_arn_of_another_region_is_looked_for_there(admin):
    arn = "arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-4000-8000-000000000000"

    found = admin.get(f"{KEYS}find/", 302, name=arn)["Location"]
    assert found.startswith("/console/eu-west-1/keys/find/?name=arn")


def test_keys_are_not_found_by_those_who_may_not_list_or_describe_them(admin):
    key_id = admin.create_key(alias="orders")
    nobody = Browser(people.user("nobody"))

    for name in (key_id, key_id[:6], "orders"):
        assert "kms:DescribeKey" in nobody.read(f"{KEYS}find/", 403, name=name)
