"""Secrets in the console, as an operator walks through them."""

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Error, Page, expect

from tests.browser.conftest import look
from tests.support.server import Strongroom

pytestmark = pytest.mark.sqlite_only
SECRET = "correct horse battery"
FUNCTION = (
    "arn:aws:lambda:us-east-1:123456789012:function:SecretsManagerRDSPostgreSQLRotationSingleUser"
)


@pytest.fixture
def sm(server: Strongroom, scheme: str):
    """Secrets below walk-SCHEME/: a database's of three versions, and others."""
    client = server.client("secretsmanager")
    fields = {"engine": "postgres", "host": "db", "username": "shop", "password": SECRET}
    client.create_secret(
        Name=f"walk-{scheme}/db",
        SecretString=json.dumps(fields),
        Description="Where the shop keeps its orders",
        Tags=[{"Key": "team", "Value": "shop"}],
    )
    for name in ("shop", "store"):
        told = json.dumps({**fields, "username": name, "port": 5432})
        client.put_secret_value(SecretId=f"walk-{scheme}/db", SecretString=told)
    client.create_secret(Name=f"walk-{scheme}/token", SecretString=SECRET)
    yield client
    for each in client.list_secrets(IncludePlannedDeletion=True)["SecretList"]:
        for replica in each.get("ReplicationStatus", ()):
            client.remove_regions_from_replication(
                SecretId=each["ARN"], RemoveReplicaRegions=[replica["Region"]]
            )
        client.delete_secret(SecretId=each["ARN"], ForceDeleteWithoutRecovery=True)


@pytest.fixture
def failed(server: Strongroom, sm, scheme: str) -> str:
    """The name of a secret whose rotation failed, beside many whose rotation comes."""
    name = f"walk-{scheme}/db"
    rules = {"ScheduleExpression": "cron(0 16 ? * SAT *)", "Duration": "3h"}
    sm.rotate_secret(SecretId=name, RotationLambdaARN=FUNCTION, RotationRules=rules)
    now = datetime.now(UTC).replace(tzinfo=None)
    with server.database() as database:
        database.execute(
            "UPDATE rotation_rotation SET state = 'Failed', step = 'setSecret', attempts = 5, "
            "problem = ?, finished = ?, next_attempt = NULL, claim = ''",
            ("The database at db:5432 cannot be reached: connection refused.", str(now)),
        )
        database.commit()
    for number in range(5):
        other = f"walk-{scheme}/other-{number}"
        sm.create_secret(Name=other, SecretString="x")
        with server.database() as database:
            due = now.replace(hour=12) + timedelta(days=number // 4)
            database.execute(
                "UPDATE secrets_app_secret SET rotation_enabled = 1, rotation_due = ?, "
                "next_rotation = ?, rotation_days = 10, rotation_function = ? WHERE name = ?",
                (str(due), str(due + timedelta(hours=2)), FUNCTION, other),
            )
            database.commit()
    return name


@pytest.fixture
def narrowed(server: Strongroom, sm) -> Iterator[None]:
    """The administrator may not decrypt for the length of a test."""
    iam = server.client("iam")
    deny = {"Sid": "NoSecrets", "Effect": "Deny", "Action": "kms:Decrypt", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    named = {"UserName": "administrator", "PolicyName": "limits"}
    iam.put_user_policy(**named, PolicyDocument=document)
    yield
    iam.delete_user_policy(**named)


def secrets(page: Page) -> None:
    page.get_by_role("link", name="Secrets", exact=True).click()


def test_a_secret_from_its_creation_to_its_deletion_and_back(
    signed_in: Page, scheme: str, sm
) -> None:
    page, name = signed_in, f"walk-{scheme}/new"
    secrets(page)
    page.get_by_role("link", name="Create secret").click()
    page.get_by_role("link", name="Start with those of a database").click()
    expect(page.get_by_label("Key 6")).to_have_value("dbname")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Value 4").fill("shop")
    page.get_by_role("button", name="Add a row").click()
    expect(page.get_by_label("Key 11")).to_be_focused()
    page.get_by_label("Key 11").fill("note")
    page.get_by_label("Value 11").fill("added")
    page.get_by_label("Field that gets a new random password").fill("password")
    page.get_by_label("Tags").fill("team=shop")
    look(page, "secret-create", scheme)
    page.get_by_role("button", name="Create secret").click()
    expect(page.get_by_role("status").first).to_contain_text("The secret is made.")
    made = json.loads(sm.get_secret_value(SecretId=name)["SecretString"])
    assert made.keys() == {"username", "note", "password"}

    page.get_by_role("link", name="Put new value…").click()
    page.get_by_label("Key 1").first.fill("username")
    page.get_by_label("Value 1").first.fill("store")
    page.get_by_label("Keep the fields that are not listed here").check()
    look(page, "secret-put", scheme)
    page.get_by_role("button", name="Put new value").click()
    expect(
        page.get_by_role("list", name="Versions, newest first").get_by_role("listitem")
    ).to_have_count(2)

    page.get_by_role("link", name="Delete…", exact=True).click()
    page.get_by_label("Type the secret's name").fill("walk")
    page.get_by_role("button", name="Delete secret").click()
    expect(page.get_by_role("alert")).to_contain_text("This is not the secret's name.")
    look(page, "secret-delete", scheme)
    page.get_by_label("Type the secret's name").fill(name)
    page.get_by_role("button", name="Delete secret").click()
    expect(page.get_by_text("Will be deleted").first).to_be_visible()
    look(page, "secret-deleted", scheme)
    page.get_by_role("link", name="Restore…").click()
    page.get_by_role("button", name="Restore secret").click()
    expect(page.get_by_role("link", name="Reveal value…", exact=True)).to_be_visible()


def test_a_value_is_shown_field_by_field_and_gone_when_its_page_is_left(
    signed_in: Page, scheme: str, sm
) -> None:
    page = signed_in
    secrets(page)
    page.get_by_label("Words to search for").focus()
    page.keyboard.type(f"walk-{scheme}")
    page.get_by_role("button", name="Search").click()
    look(page, "secrets", scheme)
    page.get_by_role("link", name=f"walk-{scheme}/db").click()
    look(page, "secret", scheme)
    page.get_by_role("link", name="Reveal value…", exact=True).click()
    look(page, "secret-reveal", scheme)
    page.get_by_role("button", name="Reveal value").click()
    field = page.get_by_role("region", name="password")
    expect(field).to_be_hidden()
    page.get_by_text("Show password").click()
    expect(field).to_have_text(SECRET)
    look(page, "secret-value", scheme)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy password").click()
    expect(page.get_by_text("Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == SECRET
    assert SECRET not in page.url
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert SECRET not in kept
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
    assert SECRET not in page.content()
    page.get_by_role("link", name="Hide it").click()
    expect(page.get_by_role("heading", name="Versions")).to_be_visible()
    with suppress(Error):  # what the browser says to a page that it was not to keep
        page.go_back()
    expect(page.get_by_text(SECRET)).to_have_count(0)


def test_versions_are_compared_and_made_current(signed_in: Page, scheme: str, sm) -> None:
    page, home = signed_in, signed_in.url
    page.goto(f"{home}secrets/secret/?id=walk-{scheme}/db&old")
    look(page, "secret-versions", scheme)
    page.get_by_role("link", name="Compare versions…").click()
    page.get_by_role("button", name="Compare").click()
    look(page, "secret-compare", scheme)
    page.get_by_role("button", name="Reveal difference of the values").click()
    expect(page.get_by_role("row", name='Added username: "store"')).to_be_visible()
    look(page, "secret-difference", scheme)
    page.get_by_role("link", name="Back to the secret").click()
    page.get_by_role("link", name="Make version").first.click()
    expect(page.get_by_text("Dangerous.")).to_be_visible()
    look(page, "secret-current", scheme)
    page.get_by_role("button", name="Make current").click()
    expect(page.get_by_role("status").first).to_contain_text("The version is current.")
    page.get_by_role("link", name="Add label to version").first.click()
    page.get_by_label("Label").fill("blue")
    look(page, "secret-label", scheme)
    page.get_by_role("button", name="Add label").click()
    expect(page.get_by_role("link", name="Remove label blue…")).to_be_visible()


def test_a_policy_is_checked_before_it_is_put(signed_in: Page, scheme: str, sm) -> None:
    page, home = signed_in, signed_in.url
    page.goto(f"{home}secrets/policy/?id=walk-{scheme}/token")
    look(page, "secret-policy", scheme)
    text = page.get_by_label("Resource policy", exact=True)
    text.fill(text.input_value().replace('{\n        "AWS": "123456789012"\n      }', '"*"'))
    page.get_by_role("button", name="Check policy").click()
    expect(page.get_by_role("alert")).to_contain_text("PublicPolicy")
    look(page, "secret-policy-found", scheme)
    text.fill(
        text.input_value().replace('"*",\n      "Action"', '{"AWS": "123456789012"},\n"Action"')
    )
    page.get_by_role("button", name="Put policy").click()
    expect(page.get_by_text("Nothing was found that speaks against it.")).to_be_visible()
    look(page, "secret-policy-checked", scheme)
    page.get_by_role("button", name="Put policy").click()
    expect(page.get_by_role("region", name="The policy as JSON")).to_contain_text("Readers")


def test_a_password_is_made(signed_in: Page, scheme: str, sm) -> None:
    page = signed_in
    secrets(page)
    page.get_by_role("link", name="Make a password").click()
    page.get_by_label("Length").fill("40")
    page.get_by_role("button", name="Make a password").click()
    shown = page.get_by_role("region", name="Password")
    assert len(shown.inner_text()) == 40
    look(page, "password", scheme)


def test_a_secret_is_replicated(signed_in: Page, scheme: str, sm) -> None:
    page, home = signed_in, signed_in.url
    page.goto(f"{home}secrets/replicate/?id=walk-{scheme}/token")
    page.get_by_label("Region of the replica").select_option("eu-west-1")
    look(page, "secret-replicate", scheme)
    page.get_by_role("button", name="Replicate to a region").click()
    page.get_by_role("link", name="eu-west-1", exact=True).last.click()
    expect(page.get_by_text("Replica", exact=True)).to_be_visible()
    look(page, "secret-replica", scheme)
    page.goto(f"{home}secrets/unreplicate/?id=walk-{scheme}/token&of=eu-west-1")
    page.get_by_role("button", name="Delete replica").click()


def test_rotation_is_configured_with_its_next_dates_in_sight(
    signed_in: Page, scheme: str, sm
) -> None:
    page, home = signed_in, signed_in.url
    page.goto(f"{home}secrets/secret/?id=walk-{scheme}/db")
    page.get_by_role("link", name="How rotation works here").click()
    look(page, "rotation-none", scheme)
    page.get_by_role("link", name="Configure rotation…").click()
    page.get_by_label("Rotation function").select_option(FUNCTION)
    page.get_by_label("When").select_option("cron")
    page.get_by_label("Cron expression").fill("0 16 ? * SAT *")
    page.keyboard.press("Enter")  # shows, and does nothing yet
    expect(page.get_by_text("Nothing is changed yet.")).to_be_visible()
    look(page, "rotation-configure", scheme)
    page.get_by_role("button", name="Configure rotation").click()
    expect(page.get_by_role("status").first).to_contain_text("Rotation is configured.")
    expect(page.get_by_role("list", name="Steps").get_by_role("listitem")).to_have_count(4)
    look(page, "rotation", scheme)
    page.get_by_role("link", name="Cancel rotation…").click()
    look(page, "rotation-cancel", scheme)
    page.get_by_role("button", name="Cancel rotation").click()
    expect(page.get_by_role("status").first).to_contain_text("Rotation is off.")


def test_a_rotation_that_failed_is_seen_and_tried_again(
    signed_in: Page, scheme: str, failed: str
) -> None:
    page = signed_in
    page.get_by_role("link", name="Home").click()
    look(page, "home-failed", scheme)
    page.get_by_role("link", name="Failed rotations").click()
    look(page, "calendar", scheme)
    heading = page.get_by_role("heading", level=1)
    this_month = heading.inner_text()
    page.get_by_role("link", name="Next month").click()
    expect(heading).not_to_have_text(this_month)
    page.get_by_role("link", name="Previous month").click()
    expect(heading).to_have_text(this_month)
    page.get_by_role("link", name="1 more on").click()
    page.get_by_role("region", name="Failed, and not rotated since").get_by_role(
        "link", name=failed
    ).click()
    expect(page.get_by_text("cannot be reached")).to_be_visible()
    look(page, "rotation-failed", scheme)
    page.get_by_role("link", name="Try again…").click()
    look(page, "rotation-again", scheme)
    page.get_by_role("button", name="Rotate now").click()
    expect(page.get_by_role("status").first).to_contain_text("The rotation has begun.")


def test_who_may_not_decrypt_is_told_which_statement_says_so(
    signed_in: Page, scheme: str, sm, narrowed
) -> None:
    page = signed_in
    page.goto(f"{page.url}secrets/reveal/?id=walk-{scheme}/token")
    page.get_by_role("button", name="Reveal value").click()
    expect(page.get_by_role("alert")).to_contain_text("It needs kms:Decrypt")
    expect(page.get_by_role("alert")).to_contain_text("NoSecrets of")
    expect(page.get_by_role("alert")).to_be_focused()
    look(page, "secret-refused", scheme)


def test_narrow_windows_need_no_sideways_scrolling(
    signed_in: Page, scheme: str, failed: str
) -> None:
    page, home = signed_in, signed_in.url
    page.set_viewport_size({"width": 390, "height": 800})
    for address, kept in (
        ("", "secrets"),
        ("create/?database", "secret-create"),
        (f"secret/?id={failed}", "secret"),
        (f"put/?id={failed}", "secret-put"),
        (f"compare/?id={failed}", "secret-compare"),
        (f"policy/?id={failed}", "secret-policy"),
        (f"delete/?id={failed}", "secret-delete"),
        (f"rotation/?id={failed}", "rotation"),
        (f"configure/?id={failed}", "rotation-configure"),
        ("rotations/", "calendar"),
        ("password/", "password"),
    ):
        page.goto(f"{home}secrets/{address}")
        look(page, f"{kept}-narrow", scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address


def call_as_a_function(server: Strongroom, role: str, secret: str) -> None:
    """A call that is refused, by a session of `role` with the longest name of a built-in one."""
    trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    told = server.client("iam").create_role(RoleName=role, AssumeRolePolicyDocument=document)
    taken = server.client("sts").assume_role(
        RoleArn=told["Role"]["Arn"], RoleSessionName=FUNCTION.rpartition(":")[2]
    )["Credentials"]
    session = server.client(
        "secretsmanager",
        aws_access_key_id=taken["AccessKeyId"],
        aws_secret_access_key=taken["SecretAccessKey"],
        aws_session_token=taken["SessionToken"],
    )
    with suppress(session.exceptions.ClientError):
        session.describe_secret(SecretId=secret)


def test_all_of_a_table_is_in_sight_on_a_common_screen(
    signed_in: Page, server: Strongroom, scheme: str, failed: str
) -> None:
    page, home = signed_in, signed_in.url
    call_as_a_function(server, f"walk-{scheme}", failed)
    for address in ("", "secrets/", f"secrets/rotation/?id={failed}", "secrets/rotations/"):
        page.goto(f"{home}{address}")
        widths = page.locator(".scroll").evaluate_all(
            "all => all.map(each => [each.scrollWidth, each.clientWidth])"
        )
        assert all(whole <= seen for whole, seen in widths), address
