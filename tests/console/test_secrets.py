"""Secrets in the console: everything goes down the road, and no page tells a value unasked."""

import json
import uuid
from typing import Any

import orjson
import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audit.models import Record
from secrets_app.models import Secret, SecretTag
from tests.console.browsing import HOME, SECRETS, Browser, text_of
from tests.secrets_app.using import Secrets
from tests.support import people

pytestmark = pytest.mark.django_db
BOUNDS = ("BEGIN", "COMMIT")  # of transactions: a record each
VALUE = "correct-horse-battery"
FIELDS = json.dumps({"username": "shop", "password": VALUE, "port": 5432})
# who may look at secrets, and neither read nor change one
LOOKS = (
    *("secretsmanager:DescribeSecret", "secretsmanager:ListSecret*"),
    *("secretsmanager:GetResourcePolicy", "cloudtrail:LookupEvents"),
)
PAGES = ("secret", "reveal", "put", "edit", "compare", "policy", "tag", "replicate", "delete")


@pytest.fixture
def sm(admin) -> Secrets:
    return Secrets(admin.user)


def at(page: str, id: str = "db/password", **more: object) -> str:
    """The address of a page about a secret."""
    query = "".join(f"&{key}={told}" for key, told in more.items())
    return f"{SECRETS}{page}/?id={id}{query}"


def value(*pairs: tuple[str, str], **more: str) -> dict[str, Any]:
    """What the form of a value sends."""
    keys, values = [key for key, _ in pairs], [told for _, told in pairs]
    given = {"pairs_key": keys, "pairs_value": values, "token": str(uuid.uuid4())}
    return {**given, "exclude": "", "text": "", "generate": "", **more}


def recorded(name: str) -> list[dict[str, Any]]:
    """Records of an operation, as they were written."""
    bodies = [orjson.loads(bytes(each.body)) for each in Record.objects.order_by("id")]
    return [body for body in bodies if body["eventName"] == name]


def names(response: Any) -> list[str]:
    return [line.told.name for line in response.context["secrets"]]


# -- the list


def test_a_list_without_secrets_says_what_to_do_next(admin):
    assert "Create the first one" in admin.read(SECRETS)


def test_secrets_are_listed_by_name_with_what_aws_tells_of_them(admin, sm):
    sm.create("shop/db", Description="Of the database")
    sm.create("alone")

    page = admin.get(SECRETS)
    assert names(page) == ["alone", "shop/db"]
    for each in ("Of the database", "Off", "never", "UTC"):
        assert each in text_of(page)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"name": "shop"}, ["shop/cache", "shop/db"]),
        ({"name": "!shop"}, ["store"]),
        ({"description": "data"}, ["shop/db"]),
        ({"tag_key": "te"}, ["shop/db", "store"]),
        ({"tag_value": "red"}, ["store"]),
        ({"all": "blue"}, ["shop/db"]),
        ({"name": "shop", "tag_key": "team"}, ["shop/db"]),
        ({"sort": "created-date desc"}, ["store", "shop/cache", "shop/db"]),
        ({"deleted": "on"}, ["gone", "shop/cache", "shop/db", "store"]),
        ({"name": "none"}, []),
    ],
)
def test_secrets_are_found_by_awss_filters(admin, sm, asked, found):
    sm.create("shop/db", Description="Of the database", Tags=[{"Key": "team", "Value": "blue"}])
    sm.create("shop/cache")
    sm.create("store", Tags=[{"Key": "team", "Value": "red"}])
    sm.create("gone")
    sm("DeleteSecret", SecretId="gone")

    page = admin.get(SECRETS, **asked)
    assert names(page) == found
    if not found:
        assert "No secret in us-east-1 matches." in text_of(page)


def test_what_cannot_be_searched_for_is_told(admin):
    assert "This cannot be searched for." in admin.read(SECRETS, 422, sort="size")


def test_pages_go_on_where_the_last_ended(admin, sm):
    for number in range(60):
        sm.create(f"n{number:02}", None)

    first = admin.get(SECRETS, name="n")
    assert "Next page" in text_of(first)
    second = admin.get(SECRETS, name="n", after=first.context["after"])
    assert names(first) + names(second) == [f"n{number:02}" for number in range(60)]


def test_who_may_not_list_is_told_so(db):
    told = Browser(people.user("ben")).read(SECRETS, 403)

    assert "It needs secretsmanager:ListSecrets" in told


# -- making one


def test_a_secret_is_made_of_fields(admin, sm):
    given = value(("username", "shop"), ("password", VALUE), ("", ""), ("port", ""))
    more = {"name": "db/password", "description": "Mine", "tags": "team=blue\nstage=test"}
    where = admin.send(f"{SECRETS}create/", **given, **more)["Location"]

    assert json.loads(sm.read("db/password")) == {"username": "shop", "password": VALUE}
    told = admin.read(where)
    for each in ("The secret is made.", "db/password", "Mine", "team", "AWSCURRENT"):
        assert each in told
    assert VALUE not in told


def test_a_secret_is_made_of_a_text_as_it_was_typed(admin, sm):
    admin.send(f"{SECRETS}create/", **value(text=" a\r\nb "), name="plain")

    assert sm.read("plain") == " a\nb "


def test_a_secret_can_be_made_without_a_value(admin, sm):
    admin.send(f"{SECRETS}create/", **value(), name="empty")

    assert "the secret has no value yet" in admin.read(at("secret", "empty"))
    assert "The secret has no value yet." in admin.read(at("reveal", "empty"))


def test_a_password_is_made_for_a_field_and_nobody_sees_it(admin, sm):
    given = value(("username", "shop"), generate="password", exclude="abc")
    admin.send(f"{SECRETS}create/", **given, name="db/password")

    made = json.loads(sm.read("db/password"))
    assert len(made["password"]) == 32
    assert not set("abc") & set(made["password"])
    [record] = recorded("GetRandomPassword")
    assert record["additionalEventData"]["door"] == "console"


def test_the_form_begins_with_rows_for_fields(admin):
    assert b'value="dbname"' in admin.get(f"{SECRETS}create/?database").content
    assert b'value="dbname"' not in admin.get(f"{SECRETS}create/").content


def test_a_key_of_ones_own_is_used(admin, sm):
    admin.create_key(alias="shop")
    admin.send(f"{SECRETS}create/", **value(text="x"), name="a", key_id="alias/shop")

    assert Secret.objects.get().kms_key == "alias/shop"
    assert "alias/shop" in admin.read(at("secret", "a"))
    assert b'<option value="alias/shop">' in admin.get(f"{SECRETS}create/").content


@pytest.mark.parametrize(
    ("given", "field", "status"),
    [
        ({"name": ""}, "name", 422),
        ({"name": "taken"}, "name", 400),
        ({"key_id": "alias/none"}, "key_id", 400),
        ({"tags": "no tag"}, "tags", 422),
        ({"text": "both"}, "__all__", 422),
        ({"generate": "username"}, "generate", 422),
        ({"pairs_key": ["a", "a"], "pairs_value": ["1", "2"]}, "pairs", 422),
        ({"pairs_key": [""], "pairs_value": ["1"]}, "pairs", 422),
    ],
)
def test_what_was_wrong_is_told_at_its_field_and_no_secret_sent_back(
    admin, sm, given, field, status
):
    sm.create("taken")
    right = {**value(("username", "typed-value")), "name": "new", "description": "Kept"}
    response = admin.send(f"{SECRETS}create/", status, **{**right, **given})

    assert field in response.context["form"].errors
    assert b"typed-value" not in response.content
    assert "Kept" in response.content.decode()
    assert "A secret is not sent back to you" in text_of(response)
    assert Secret.objects.count() == 1


def test_sending_a_form_twice_makes_one_secret(admin):
    given = {**value(text="x"), "name": "once"}
    for _ in range(2):
        admin.send(f"{SECRETS}create/", **given)

    assert Secret.objects.get().versions.count() == 1


# -- a password


def test_passwords_are_made_by_the_rules_and_shown_in_one_answer(admin):
    assert "Make a password" in admin.read(f"{SECRETS}password/")
    given = {"PasswordLength": "12", "ExcludePunctuation": "on", "ExcludeCharacters": "0"}
    page = admin.send(f"{SECRETS}password/", 200, **given)

    password = page.context["password"]
    assert (len(password), password.isalnum()) == (12, True)
    assert page.headers["Cache-Control"] == "no-store"
    assert password.encode() not in b"".join(bytes(each.body) for each in Record.objects.all())


def test_rules_that_leave_nothing_are_told(admin):
    admin.send(f"{SECRETS}password/", 422, PasswordLength="0")
    given = {"PasswordLength": "2", "RequireEachIncludedType": "on"}
    assert "too short" in text_of(admin.send(f"{SECRETS}password/", 400, **given))


def test_who_may_not_make_passwords_makes_none(db):
    ben = Browser(people.user("ben", "secretsmanager:CreateSecret"))

    told = text_of(ben.send(f"{SECRETS}password/", 403, PasswordLength="12"))
    assert "It needs secretsmanager:GetRandomPassword" in told
    given = {**value(generate="password"), "name": "a"}
    assert "GetRandomPassword" in text_of(ben.send(f"{SECRETS}create/", 403, **given))
    assert not Secret.objects.exists()


# -- a secret


def test_a_secrets_page_tells_everything_but_the_value(admin, sm):
    tags = [{"Key": "team", "Value": "shop"}]
    arn = sm.create("db/password", FIELDS, Description="Of the database", Tags=tags)
    sm("ReplicateSecretToRegions", SecretId=arn, AddReplicaRegions=[{"Region": "eu-west-1"}])
    sm("PutResourcePolicy", SecretId=arn, ResourcePolicy=policy("Readers"))

    told = admin.read(at("secret"))
    for each in (
        *("db/password", arn, "Of the database", "aws/secretsmanager", "AWSCURRENT", "team"),
        *("eu-west-1", "In sync", "Readers", "UTC", "CreateSecret", "never", "Off"),
    ):
        assert each in told
    assert VALUE not in told


@pytest.mark.parametrize("page", PAGES)
def test_no_page_tells_a_value_unasked(admin, sm, page):
    sm.create("db/password", FIELDS)

    for address in (at(page), SECRETS, HOME, f"{HOME}audit/"):
        assert VALUE not in admin.get(address).content.decode()
    assert recorded("GetSecretValue") == []


@pytest.mark.parametrize("page", PAGES)
def test_a_secret_that_is_not_there_is_told(admin, page):
    assert "ResourceNotFoundException" in admin.read(at(page), 404)
    admin.get(f"{SECRETS}{page}/", 404)


@pytest.mark.parametrize("page", ["untag", "unlabel", "label", "current", "unreplicate"])
def test_a_page_about_nothing_in_particular_is_not_found(admin, sm, page):
    sm.create()

    admin.get(at(page), 404)


def test_the_trail_leads_to_a_secret(admin, sm):
    arn = sm.create()

    page = admin.get(f"{HOME}audit/")
    assert f"secrets/secret/?id={arn.replace(':', '%3A').replace('/', '%2F')}".encode() in (
        page.content
    )
    assert "db/password" in admin.read(at("secret", arn))


def test_what_was_written_by_others_is_escaped(admin, sm):
    script = "<script>alert(1)</script>"
    sm.create("a", json.dumps({script: script}), Description=script)
    sm.put("a", script)
    versions = {label: name for name, labels in sm.stages("a").items() for label in labels}

    both = {"before": versions["AWSPREVIOUS"], "after": versions["AWSCURRENT"]}
    for response in (
        admin.get(at("secret", "a")),
        admin.send(at("reveal", "a"), 200),
        admin.send(at("reveal", "a", version=versions["AWSPREVIOUS"]), 200),
        admin.send(at("compare", "a", **both), 200),
        admin.get(SECRETS),
    ):
        assert b"<script>alert" not in response.content


def test_a_refused_part_of_the_page_leaves_the_rest(admin, sm):
    sm.create(Description="Of the database")

    told = Browser(people.user("ben", "secretsmanager:DescribeSecret")).read(at("secret"))
    for needed in (
        *("secretsmanager:ListSecretVersionIds", "secretsmanager:GetResourcePolicy"),
        "cloudtrail:LookupEvents",
    ):
        assert f"It needs {needed}" in told
    assert "Of the database" in told


def test_pages_ask_the_database_little(admin, sm, transactional_db):
    for number in range(60):
        sm.create(f"n{number:02}", Tags=[{"Key": "team", "Value": "blue"}])
    for number in range(30):
        sm.put("n00", f"value {number}", "AWSCURRENT", f"own-{number % 18}")

    versions = {label: name for name, labels in sm.stages("n00").items() for label in labels}
    both = {"before": versions["AWSPREVIOUS"], "after": versions["AWSCURRENT"]}
    for address in (
        *(SECRETS, f"{SECRETS}?tag_key=team&all=n&deleted=on", f"{SECRETS}create/"),
        *(at(page, "n00") for page in PAGES),
        *(at("secret", "n00", old=""), at("compare", "n00", **both)),
    ):
        with CaptureQueriesContext(connection) as asked:
            admin.get(address)
        statements = [query["sql"] for query in asked.captured_queries]
        assert len([each for each in statements if not each.startswith(BOUNDS)]) <= 30, address


# -- revealing


def test_a_value_is_revealed_by_an_action_of_its_own(admin, sm):
    sm.create("db/password", FIELDS)

    assert "audit trail will say" in admin.read(at("reveal"))
    assert recorded("GetSecretValue") == []
    shown = admin.send(at("reveal"), 200)
    assert shown.context["fields"] == [("username", "shop"), ("password", VALUE), ("port", "5432")]
    assert shown.headers["Cache-Control"] == "no-store"
    [read] = recorded("GetSecretValue")
    assert read["additionalEventData"]["door"] == "console"
    assert read["requestParameters"]["versionId"] == shown.context["shown"].version_id
    assert "GetSecretValue secretsmanager Success admin" in admin.read(at("secret"))


def test_a_text_is_revealed_as_it_is_and_bytes_as_base64(admin, sm):
    sm.create("text", "[1, 2]")
    sm.create("bytes", None, SecretBinary=b"\0\1")

    assert "[1, 2]" in text_of(admin.send(at("reveal", "text"), 200))
    told = text_of(admin.send(at("reveal", "bytes"), 200))
    assert "AAE=" in told
    assert "Base64" in told


def test_a_version_is_revealed_by_its_id(admin, sm):
    sm.create("a", VALUE)
    first = next(iter(sm.stages("a")))
    sm.put("a", "another")

    shown = text_of(admin.send(at("reveal", "a", version=first), 200))
    assert VALUE in shown
    assert "another" not in shown
    told = text_of(admin.send(at("reveal", "a", version="0" * 32), 404))
    assert "ResourceNotFoundException" in told


def test_a_revealed_value_stays_nowhere(admin, sm):
    sm.create("a", VALUE)
    shown = admin.send(at("reveal", "a"), 200)

    assert VALUE not in str(shown.cookies) + str(shown.headers)
    assert all(VALUE not in str(each.get_decoded()) for each in Session.objects.all())
    assert all(VALUE.encode() not in bytes(each.body) for each in Record.objects.all())


def test_who_may_not_use_the_key_is_told_what_kms_refused(admin, sm):
    sm.create("a", VALUE)
    ben = people.user("ben", *LOOKS, "secretsmanager:*")
    deny = people.statement("Deny", "kms:Decrypt") | {"Sid": "NoSecrets"}
    people.attach(ben, deny, name="limits")

    told = text_of(Browser(ben).send(at("reveal", "a"), 403))
    assert "It needs kms:Decrypt" in told
    assert f"It was refused by NoSecrets of {ben.arn}/limits" in told
    assert VALUE not in told


# -- a new value


def current(sm: Secrets, id: str = "db/password") -> str:
    stages = sm.stages(id).items()
    return next((name for name, labels in stages if "AWSCURRENT" in labels), "")


def test_a_new_value_is_current_and_the_last_one_previous(admin, sm):
    sm.create()
    before = current(sm)
    admin.send(at("put"), **value(text="new"), current=before)

    assert sm.read("db/password") == "new"
    assert sm.stages("db/password")[before] == ["AWSPREVIOUS"]


def test_fields_that_are_not_listed_can_stay(admin, sm):
    sm.create("db/password", FIELDS)
    given = value(("username", "other"), generate="password")
    admin.send(at("put"), **given, current=current(sm), merge="on")

    made = json.loads(sm.read("db/password"))
    assert made["username"] == "other"
    assert made["port"] == 5432
    assert made["password"] != VALUE
    reads = [each for each in recorded("GetSecretValue") if "door" in each["additionalEventData"]]
    assert "console" in [each["additionalEventData"]["door"] for each in reads]


def test_fields_that_stay_are_read_as_the_operator(admin, sm):
    sm.create("db/password", FIELDS)
    ben = Browser(people.user("ben", *LOOKS, "secretsmanager:PutSecretValue", "kms:*"))

    given = value(("username", "other"), current=current(sm), merge="on")
    assert "It needs secretsmanager:GetSecretValue" in text_of(ben.send(at("put"), 403, **given))
    assert json.loads(sm.read("db/password"))["username"] == "shop"


def test_a_text_has_no_fields_to_keep(admin, sm):
    sm.create()

    given = value(("username", "other"), current=current(sm), merge="on")
    assert "no fields that could be kept" in text_of(admin.send(at("put"), 422, **given))


def test_a_form_without_a_value_puts_nothing(admin, sm):
    sm.create()

    assert "Give fields or a text." in text_of(
        admin.send(at("put"), 422, **value(), current=current(sm))
    )


def test_what_somebody_else_put_meanwhile_is_not_replaced_unseen(admin, sm):
    sm.create()
    seen = current(sm)
    sm.put("db/password", "theirs")

    told = admin.send(at("put"), 422, **value(text="mine"), current=seen)
    assert "Somebody else made another version current meanwhile" in text_of(told)
    assert sm.read("db/password") == "theirs"
    admin.send(at("put"), **value(text="mine"), current=told.context["form"]["current"].value())
    assert sm.read("db/password") == "mine"


# -- versions


def test_versions_are_on_a_line_the_newest_first(admin, sm):
    sm.create()
    for number in range(3):
        sm.put("db/password", str(number))

    few = admin.get(at("secret")).context["timeline"].entries
    assert [each.labels for each in few] == [("AWSCURRENT",), ("AWSPREVIOUS",)]
    everything = admin.get(at("secret", old="")).context["timeline"].entries
    assert [each.labels for each in everything][2:] == [(), ()]
    assert "no label" in admin.read(at("secret", old=""))


def test_a_version_that_a_rotation_began_is_told(admin, sm):
    sm.create()
    row = Secret.objects.get()
    begun = row.versions.create(version_id="b" * 36, created=row.created)
    row.stages.create(version=begun, label="AWSPENDING")

    told = admin.read(at("secret"))
    assert "AWSPENDING Begun by a rotation" in told


def test_many_versions_are_told_in_pages(admin, sm):
    sm.create()
    for number in range(105):
        sm.put("db/password", str(number))

    first = admin.get(at("secret", old="")).context["timeline"]
    second = admin.get(SECRETS + "secret/", id="db/password", old="", after=first.after)
    assert len(first.entries) == 100
    assert len(second.context["timeline"].entries) == 6


@pytest.fixture
def two(sm) -> dict[str, str]:
    """The ids of two versions."""
    sm.create("db/password", FIELDS)
    sm.put("db/password", FIELDS.replace("shop", "store"))
    stages = {label: name for name, labels in sm.stages("db/password").items() for label in labels}
    return {"before": stages["AWSPREVIOUS"], "after": stages["AWSCURRENT"]}


def test_versions_are_compared_and_values_only_by_an_action(admin, two):
    chosen = admin.get(at("compare")).context["form"]
    assert chosen["before"].value() == two["before"]
    assert "store" not in admin.read(at("compare", **two))
    assert recorded("GetSecretValue") == []
    told = [
        (each.mark, each.text) for each in admin.send(at("compare", **two), 200).context["lines"]
    ]
    assert told[-2:] == [("removed", 'username: "shop"'), ("added", 'username: "store"')]
    read = [each["requestParameters"]["versionId"] for each in recorded("GetSecretValue")]
    assert read == [two["before"], two["after"]]


def test_what_cannot_be_compared_is_told(admin, two):
    wrong = two | {"before": "x"}
    assert "These cannot be compared." in admin.read(at("compare", **wrong), 422)
    same = two | {"before": two["after"]}
    assert "Both values are the same." in text_of(admin.send(at("compare", **same), 200))


def test_comparing_needs_the_permission_to_read(admin, two):
    ben = Browser(people.user("ben", *LOOKS))

    told = text_of(ben.send(at("compare", **two), 403))
    assert "It needs secretsmanager:GetSecretValue" in told
    assert "store" not in told
    only = Browser(people.user("only", "secretsmanager:DescribeSecret"))
    assert "ListSecretVersionIds" in only.read(at("compare", **two), 403)


def test_making_a_version_current_says_what_applications_will_read(admin, sm, two):
    asked = admin.read(at("current", version=two["before"]))
    assert "Dangerous." in asked
    assert f"read version {two['before']} from now on" in asked
    admin.send(at("current", version=two["before"]))

    assert sm.stages("db/password")[two["before"]] == ["AWSCURRENT"]
    assert "current already" in admin.read(at("current", version=two["before"]))


def test_labels_are_put_on_moved_and_taken_off(admin, sm, two):
    for version in two.values():
        admin.send(at("label", version=version), label="blue")
    assert "blue" in sm.stages("db/password")[two["after"]]
    wrong = text_of(admin.send(at("label", version=two["before"]), 422, label="AWSCURRENT"))
    assert "choose “Make current” instead" in wrong

    assert "label blue finds nothing" in admin.read(
        at("unlabel", version=two["after"], label="blue")
    )
    admin.send(at("unlabel", version=two["after"], label="blue"))
    assert "blue" not in sm.stages("db/password")[two["after"]]


# -- what it is like


def test_description_and_key_are_changed(admin, sm):
    sm.create(Description="Old")
    admin.create_key(alias="shop")

    form = admin.get(at("edit")).context["form"]
    assert form["description"].value() == "Old"
    admin.send(at("edit"), description="", key_id="alias/shop")
    row = Secret.objects.get()
    assert (row.description, row.kms_key) == ("", "alias/shop")
    admin.send(at("edit"), description="", key_id="")
    assert Secret.objects.get().kms_key == ""
    told = admin.send(at("edit"), 400, description="", key_id="alias/none")
    assert "key_id" in told.context["form"].errors


def test_a_key_that_stays_is_not_asked_for_again(admin, sm):
    sm.create()

    admin.send(at("edit"), description="New", key_id="")
    assert "kmsKeyId" not in recorded("UpdateSecret")[-1]["requestParameters"]


def test_tags_are_set_and_removed(admin, sm):
    sm.create(Tags=[{"Key": "team", "Value": "blue"}])

    form = admin.get(at("tag", tag="team", value="blue")).context["form"]
    assert (form["tag"].value(), form["value"].value()) == ("team", "blue")
    admin.send(at("tag"), tag="team", value="red")
    assert SecretTag.objects.get().value == "red"
    assert "reserved" in text_of(admin.send(at("tag"), 400, tag="aws:x", value=""))
    assert "tag team no more" in admin.read(at("untag", tag="team"))
    admin.send(at("untag", tag="team"))
    assert not SecretTag.objects.exists()


# -- its policy


def policy(sid: str, principal: object = None, action: str = "secretsmanager:*") -> str:
    told = {"Sid": sid, "Effect": "Allow", "Principal": principal or {"AWS": people.ACCOUNT}}
    return people.policy({**told, "Action": action, "Resource": "*"})


def test_a_policy_is_checked_and_its_findings_shown_before_it_is_put(admin, sm):
    sm.create()
    text = policy("Everybody", "*")

    checked = admin.send(at("policy"), 200, policy=text, block="")
    assert "Everybody allows every principal" in text_of(checked)
    assert Secret.objects.get().policy == ""
    sent = checked.context["form"]["checked"].value()
    other = text.replace("Everybody", "Anybody")
    admin.send(at("policy"), 200, policy=other, checked=sent)  # another text is checked again
    assert Secret.objects.get().policy == ""
    told = admin.send(at("policy"), 400, policy=text, checked=sent, block="on")
    assert "PublicPolicyException" in told.context["form"].errors or "broad access" in text_of(told)
    admin.send(at("policy"), policy=text, checked=sent)
    assert Secret.objects.get().policy == text


def test_a_policy_without_findings_shows_what_differs(admin, sm):
    sm.create()
    sm("PutResourcePolicy", SecretId="db/password", ResourcePolicy=policy("Old"))

    assert "Old" in admin.get(at("policy")).context["form"]["policy"].value()
    checked = admin.send(at("policy"), 200, policy=policy("New"))
    assert "Nothing was found" in text_of(checked)
    assert checked.context["lines"]


def test_what_is_no_policy_is_told_at_the_field(admin, sm):
    sm.create()

    told = admin.send(at("policy"), 400, policy="{}")
    assert "policy" in told.context["form"].errors
    admin.send(at("policy"), 422, policy="")


def test_a_policy_is_deleted(admin, sm):
    sm.create()
    sm("PutResourcePolicy", SecretId="db/password", ResourcePolicy=policy("Old"))

    admin.send(at("policy/delete"))
    assert Secret.objects.get().policy == ""


# -- replicas


def test_a_secret_is_replicated_and_the_replica_deleted(admin, sm):
    sm.create()

    regions = [
        name for name, _ in admin.get(at("replicate")).context["form"].fields["region"].choices
    ]
    assert "eu-west-1" in regions
    assert "us-east-1" not in regions
    admin.send(at("replicate"), region="eu-west-1")
    told = admin.read(at("secret"))
    assert "eu-west-1 In sync" in told
    assert "They have to go first." in admin.read(at("delete"))
    there = "/console/eu-west-1/secrets/secret/?id=db/password"
    assert "Replica" in admin.read(there)
    assert "changed only there" in admin.read(there.replace("secret/?", "put/?"))
    admin.send(at("unreplicate", of="eu-west-1"))
    assert Secret.objects.count() == 1


def test_a_replica_becomes_a_secret_of_its_own(admin, sm):
    sm.create(AddReplicaRegions=[{"Region": "eu-west-1", "KmsKeyId": "alias/aws/secretsmanager"}])
    there = "/console/eu-west-1/secrets/promote/?id=db/password"

    admin.send(there)
    assert not Secret.objects.filter(primary__isnull=False).exists()
    assert "It is no replica." in admin.read(there)


# -- deletion


def test_a_secret_is_deleted_by_who_types_its_name_and_restored(admin, sm):
    sm.create()

    assert "Dangerous." in admin.read(at("delete"))
    for wrong in ("", "db", "db/password "):
        admin.send(at("delete"), 422, days="7", name=wrong + "x")
    admin.send(at("delete"), 422, days="6", name="db/password")
    admin.send(at("delete"), 422, days="", name="db/password")
    where = admin.send(at("delete"), days="7", name="db/password")["Location"]
    told = admin.read(where)
    assert "Will be deleted" in told
    assert "Not shown while the secret waits for its deletion." in told
    assert "It has to be restored first." in admin.read(at("reveal"))

    admin.send(at("restore"))
    assert Secret.objects.get().deletion_date is None
    assert "It is not scheduled for deletion." in admin.read(at("restore"))


def test_by_force_a_secret_goes_at_once(admin, sm):
    sm.create()

    admin.send(at("delete"), days="30", force="on", name="db/password")
    assert not Secret.objects.exists()


# -- of every action

GIVEN: dict[str, Any] = {
    **value(text="x"),
    **{"name": "db/password", "days": "7", "label": "x", "tag": "x", "description": "x"},
    **{"region": "eu-west-1", "policy": policy("New")},
}
ACTIONS = {
    "reveal": "GetSecretValue",
    "put": "PutSecretValue",
    "label": "UpdateSecretVersionStage",
    "current": "UpdateSecretVersionStage",
    "unlabel": "UpdateSecretVersionStage",
    "edit": "UpdateSecret",
    "tag": "TagResource",
    "untag": "UntagResource",
    "policy": "ValidateResourcePolicy",
    "policy/delete": "DeleteResourcePolicy",
    "replicate": "ReplicateSecretToRegions",
    "unreplicate": "RemoveRegionsFromReplication",
    "delete": "DeleteSecret",
}


def address(action: str, sm: Secrets) -> str:
    version = next(iter(sm.stages("db/password")))
    return at(action, version=version, label="blue", tag="team", of="eu-west-1")


@pytest.mark.parametrize("action", ACTIONS)
def test_looking_at_an_action_does_nothing(admin, sm, action):
    sm.create()
    before = Secret.objects.values().get()

    admin.get(address(action, sm))
    assert Secret.objects.values().get() == before
    assert recorded("GetSecretValue") == []


@pytest.mark.parametrize("action", ACTIONS)
def test_an_action_needs_the_pages_token(admin, sm, action):
    sm.create()
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = admin.client.cookies

    assert strict.post(address(action, sm), GIVEN).status_code == 403


@pytest.mark.parametrize("action", ACTIONS)
def test_what_policies_do_not_allow_is_not_done(admin, sm, action):
    sm.create()
    sm.put("db/password", "another", "blue")
    page, before = address(action, sm), Secret.objects.values().get()
    ben = people.user("ben", "*")
    deny = people.statement("Deny", f"secretsmanager:{ACTIONS[action]}") | {"Sid": "NotBen"}
    people.attach(ben, deny, name="limits")

    told = text_of(Browser(ben).send(page, 403, **GIVEN, current=current(sm)))
    assert f"It needs secretsmanager:{ACTIONS[action]}" in told
    assert f"It was refused by NotBen of {ben.arn}/limits" in told
    assert Secret.objects.values().get() == before


@pytest.mark.parametrize(
    ("page", "operation", "region"),
    [
        ("create/", "CreateSecret", "us-east-1"),
        ("restore/?id=db/password", "RestoreSecret", "us-east-1"),
        ("promote/?id=db/password", "StopReplicationToReplica", "eu-west-1"),
        ("policy/?id=db/password", "PutResourcePolicy", "us-east-1"),
    ],
)
def test_what_else_policies_do_not_allow_is_not_done(admin, sm, page, operation, region):
    sm.create(AddReplicaRegions=[{"Region": "eu-west-1"}])
    if operation == "RestoreSecret":
        sm(
            "RemoveRegionsFromReplication",
            SecretId="db/password",
            RemoveReplicaRegions=["eu-west-1"],
        )
        sm("DeleteSecret", SecretId="db/password")
    ben = people.user("ben", "*")
    deny = people.statement("Deny", f"secretsmanager:{operation}") | {"Sid": "NotBen"}
    people.attach(ben, deny, name="limits")

    given = {**GIVEN, "name": "another"}
    told = text_of(Browser(ben).send(f"/console/{region}/secrets/{page}", 403, **given))
    assert f"It needs secretsmanager:{operation}" in told
    assert f"It was refused by NotBen of {ben.arn}/limits" in told
