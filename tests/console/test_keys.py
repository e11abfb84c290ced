"""Keys in the console: everything goes down the road, and policies decide."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from iam import revision
from iam.models import InlinePolicy
from keys.models import Key, Material
from tests.console.browsing import HOME, KEYS, Browser, text_of
from tests.support import people

pytestmark = pytest.mark.django_db
BOUNDS = ("BEGIN", "COMMIT")  # of transactions: a record each
ACTIONS = ("enable", "disable", "delete", "keep")


def state(key_id: str) -> str:
    return Key.objects.get(key_id=key_id).state


def looking_on() -> Browser:
    """Who may look at keys and do nothing to them."""
    return Browser(people.user("auditor", "kms:List*", "kms:Describe*", "kms:Get*"))


def test_a_key_is_made_with_alias_description_and_tags(admin):
    key_id = admin.create_key(alias="orders", description="For orders", tags="team=shop\nempty=\n")

    page = admin.read(f"{KEYS}{key_id}/")
    assert "The key is made." in page
    for told in ("alias/orders", "For orders", "team", "shop", "empty", f"key/{key_id}", "Enabled"):
        assert told in page


def test_an_alias_may_be_written_out(admin):
    key_id = admin.create_key(alias="alias/orders")

    assert "alias/orders" in admin.read(f"{KEYS}{key_id}/")
    assert "alias/alias" not in admin.read(f"{KEYS}{key_id}/")


def test_a_key_is_made_in_the_region_of_the_page(admin):
    admin.send("/console/eu-west-1/keys/create/")

    assert Key.objects.get().region == "eu-west-1"
    assert "There are no keys" in admin.read(KEYS)


@pytest.mark.parametrize("given", [{"alias": "no spaces"}, {"tags": "nothing"}, {"tags": "=x"}])
def test_what_cannot_be_a_key_is_told_at_its_field(admin, given):
    response = admin.send(f"{KEYS}create/", 422, **given)

    assert b'aria-invalid="true"' in response.content
    assert not Key.objects.exists()


def test_what_the_service_refuses_is_told(admin):
    page = text_of(admin.send(f"{KEYS}create/", 400, tags="aws:reserved=1"))

    assert "This did not succeed." in page
    assert not Key.objects.exists()


def test_the_list_tells_alias_state_and_time_with_its_zone(admin):
    key_id = admin.create_key(alias="orders")

    page = admin.read(KEYS)
    created = Key.objects.get().created.astimezone(UTC)
    for told in (key_id, "alias/orders", "Enabled", f"{created:%Y-%m-%d %H:%M:%S} UTC"):
        assert told in page


def test_the_list_goes_on_where_a_page_ended(admin):
    made = [key.key_id for key in many_keys(60)]

    first = admin.get(KEYS)
    second = admin.get(KEYS, after=first.context["after"])
    shown = [key.key_id for page in (first, second) for key in page.context["keys"]]
    assert shown == made
    assert second.context["after"] is None
    assert "Next page" in text_of(first)
    assert "First page" in text_of(second)


def test_a_key_is_disabled_and_enabled(admin):
    key_id = admin.create_key()

    admin.send(f"{KEYS}{key_id}/disable/")
    assert state(key_id) == "Disabled"
    assert "The key is disabled." in admin.read(f"{KEYS}{key_id}/")
    admin.send(f"{KEYS}{key_id}/enable/")
    assert state(key_id) == "Enabled"


@pytest.mark.parametrize("name", ["{}", "alias/orders", "orders"])
def test_a_deletion_is_scheduled_by_who_types_the_keys_name(admin, name):
    key_id = admin.create_key(alias="orders")

    admin.send(f"{KEYS}{key_id}/delete/", days="7", name=name.format(key_id))
    assert state(key_id) == "PendingDeletion"
    waiting = Key.objects.get().deletion_date - datetime.now(UTC)
    assert waiting.days in (6, 7)
    assert "Will be deleted" in admin.read(f"{KEYS}{key_id}/")


@pytest.mark.parametrize(
    "given",
    [
        {"days": "7", "name": ""},
        {"days": "7", "name": "another key"},
        {"days": "6", "name": "alias/orders"},
        {"days": "31", "name": "alias/orders"},
        {},
    ],
)
def test_no_deletion_is_scheduled_by_mistake(admin, given):
    key_id = admin.create_key(alias="orders")

    admin.send(f"{KEYS}{key_id}/delete/", 422, **given)
    assert state(key_id) == "Enabled"


def test_what_may_be_typed_is_shown(admin):
    key_id = admin.create_key(alias="web/shop")

    page = admin.read(f"{KEYS}{key_id}/delete/")
    assert key_id in page
    assert "Aliases alias/web/shop" in page


def test_another_keys_alias_does_not_confirm(admin):
    admin.create_key(alias="other")
    key_id = admin.create_key(alias="orders")

    admin.send(f"{KEYS}{key_id}/delete/", 422, days="7", name="alias/other")
    assert state(key_id) == "Enabled"


def test_a_deletion_is_cancelled(admin):
    key_id = admin.create_key()
    admin.send(f"{KEYS}{key_id}/delete/", days="7", name=key_id)

    admin.send(f"{KEYS}{key_id}/keep/")
    assert state(key_id) == "Disabled"


def test_what_the_keys_state_forbids_is_told(admin):
    key_id = admin.create_key()

    assert "is not pending deletion" in text_of(admin.send(f"{KEYS}{key_id}/keep/", 400))


@pytest.mark.parametrize("action", ["enable", "disable", "delete", "aliases/add"])
def test_what_cannot_be_done_has_no_button(admin, action):
    key_id = admin.create_key()
    admin.send(f"{KEYS}{key_id}/delete/", days="7", name=key_id)

    response = admin.get(f"{KEYS}{key_id}/{action}/")
    page = text_of(response)
    assert "This cannot be done. The key is pending deletion." in page
    assert "Cancel deletion…" in page
    assert b'<button type="submit" class="danger"' not in response.content
    assert b'<button type="submit" class="primary"' not in response.content


def test_a_key_that_aws_manages_is_only_looked_at(admin):
    ssm = admin.get(f"{KEYS}find/", 302, name="alias/aws/ssm")["Location"]

    page = admin.read(ssm)
    assert "AWS managed" in page
    assert "…" not in page
    assert "AWS managed" in admin.read(KEYS)
    assert "AWS manages it" in admin.read(f"{ssm}disable/")


@pytest.mark.parametrize("action", ACTIONS)
def test_looking_at_an_action_does_nothing(admin, action):
    key_id = admin.create_key()

    admin.get(f"{KEYS}{key_id}/{action}/")
    assert state(key_id) == "Enabled"


@pytest.mark.parametrize("action", ["disable", "delete"])
def test_dangerous_actions_are_named_as_such(admin, action):
    assert "Dangerous." in admin.read(f"{KEYS}{admin.create_key()}/{action}/")


@pytest.mark.parametrize("action", ACTIONS)
def test_an_action_needs_the_pages_token(admin, action):
    key_id = admin.create_key()
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = admin.client.cookies

    given = {"days": "7", "name": key_id}
    assert strict.post(f"{KEYS}{key_id}/{action}/", given).status_code == 403
    assert state(key_id) == "Enabled"


@pytest.mark.parametrize(
    ("action", "operation", "before"),
    [
        ("disable", "kms:DisableKey", "Enabled"),
        ("enable", "kms:EnableKey", "Disabled"),
        ("delete", "kms:ScheduleKeyDeletion", "Enabled"),
        ("keep", "kms:CancelKeyDeletion", "PendingDeletion"),
    ],
)
def test_what_policies_do_not_allow_is_not_done(admin, action, operation, before):
    key_id = admin.create_key()
    Key.objects.update(state=before)

    given = {"days": "7", "name": key_id}
    page = text_of(looking_on().send(f"{KEYS}{key_id}/{action}/", 403, **given))
    assert "Your policies do not allow this." in page
    assert f"It needs {operation}" in page
    assert "No statement of any policy allows it." in page
    assert state(key_id) == before


def test_a_refusal_names_the_statement(admin):
    key_id = admin.create_key()
    ben = people.user("ben", "*")
    deny = people.statement("Deny", "kms:DisableKey") | {"Sid": "NotOnFridays"}
    people.attach(ben, deny, name="limits")

    page = text_of(Browser(ben).send(f"{KEYS}{key_id}/disable/", 403))
    assert f"It was refused by NotOnFridays of {ben.arn}/limits" in page
    assert state(key_id) == "Enabled"


def test_a_page_that_is_refused_says_what_it_needs(admin):
    key_id = admin.create_key()
    nobody = Browser(people.user("nobody"))

    for page, action in [
        (KEYS, "kms:ListKeys"),
        (f"{KEYS}{key_id}/", "kms:DescribeKey"),
        (f"{KEYS}find/?name={key_id}", "kms:DescribeKey"),
        (f"{HOME}audit/", "cloudtrail:LookupEvents"),
    ]:
        assert action in nobody.read(page, 403)


def test_a_refused_part_of_a_page_leaves_the_rest(admin):
    key_id = admin.create_key(alias="orders", tags="team=shop")
    some = Browser(people.user("some", "kms:DescribeKey"))

    page = some.read(f"{KEYS}{key_id}/")
    for needed in ("kms:GetKeyPolicy", "kms:ListResourceTags", "cloudtrail:LookupEvents"):
        assert needed in page
    assert "shop" not in page


def test_a_key_that_may_not_be_described_is_but_an_id_in_the_list(admin):
    key_id = admin.create_key(alias="orders", description="Rather secret")
    some = Browser(people.user("some", "kms:ListKeys"))

    page = some.read(KEYS)
    assert key_id in page
    assert "Your policies do not allow you to describe this key." in page
    assert "orders" not in page
    assert "Rather secret" not in page


def test_policies_count_from_the_next_request_on(admin):
    key_id = admin.create_key()
    auditor = looking_on()
    auditor.get(f"{KEYS}{key_id}/")

    InlinePolicy.objects.filter(user=auditor.user).delete()
    revision.move_on()
    auditor.get(f"{KEYS}{key_id}/", 403)


def test_no_page_shows_material_or_a_password(admin):
    key_id = admin.create_key(alias="orders")
    sealed = bytes(Material.objects.get().sealed)

    for page in (HOME, KEYS, f"{KEYS}{key_id}/", f"{HOME}audit/"):
        content = admin.get(page).content
        assert sealed.hex().encode() not in content
        assert b"argon2" not in content
        assert b"sealed" not in content


def test_what_was_written_by_others_is_escaped(admin):
    key_id = admin.create_key(description="<script>alert(1)</script>")

    for page in (KEYS, f"{KEYS}{key_id}/", f"{KEYS}{key_id}/disable/"):
        assert b"<script>alert" not in admin.get(page).content


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("count", [2, 200])
def test_pages_ask_the_database_little_however_many_keys(admin, count):
    many_keys(count)
    key_id = admin.create_key(alias="orders")

    for page in (HOME, KEYS, f"{KEYS}{key_id}/", f"{HOME}audit/"):
        with CaptureQueriesContext(connection) as asked:
            admin.get(page)
        statements = [query["sql"] for query in asked.captured_queries]
        assert len([each for each in statements if not each.startswith(BOUNDS)]) <= 30


def test_unknown_regions_and_keys_are_not_found(admin):
    admin.get("/console/us-east-9/keys/", 404)
    assert "NotFoundException" in admin.read(f"{KEYS}{'0' * 36}/", 404)


def test_the_admins_own_pages_are_not_there(admin):
    for path in ("keys/key/", "keys/key/add/", "auth/", "jsi18n/", "password_change/", "search/"):
        admin.get(f"/console/{path}", 404)


def many_keys(count: int) -> list[Key]:
    return Key.objects.bulk_create(
        Key(
            account=people.ACCOUNT,
            region=people.REGION,
            key_id=f"{number:08x}-0000-4000-8000-000000000000",
            policy=people.policy(
                people.statement("Allow", "kms:*")
                | {"Principal": {"AWS": f"arn:aws:iam::{people.ACCOUNT}:root"}}
            ),
            spec="SYMMETRIC_DEFAULT",
            usage="ENCRYPT_DECRYPT",
            origin="AWS_KMS",
            manager="CUSTOMER",
            state="Enabled",
            created=datetime.now(UTC),
        )
        for number in range(count)
    )
