"""Parameters in the console, as an operator walks through them."""

import json
import re
from collections.abc import Iterator
from contextlib import suppress

import pytest
from playwright.sync_api import Error, Page, expect

from tests.browser.conftest import look
from tests.support.server import Strongroom

pytestmark = pytest.mark.sqlite_only
SECRET = "correct horse battery"


@pytest.fixture
def ssm(server: Strongroom, scheme: str):
    """Parameters below /walk-SCHEME/: a text of three versions, and many others."""
    client = server.client("ssm")
    text = "host = db\nport = 5432\nuser = shop\npool = 5\nssl = on\n"
    for value in (text, text.replace("5432", "6432"), text.replace("ssl = on\n", "")):
        client.put_parameter(
            Name=f"/walk-{scheme}/db/settings", Value=value, Type="String", Overwrite=True
        )
    for name in ("db/url", "cache/url", "title"):
        client.put_parameter(
            Name=f"/walk-{scheme}/{name}", Value="x", Type="String", Overwrite=True
        )
    yield client
    found = client.get_parameters_by_path(Path=f"/walk-{scheme}", Recursive=True)["Parameters"]
    client.delete_parameters(Names=[each["Name"] for each in found])


@pytest.fixture
def narrowed(server: Strongroom, ssm) -> Iterator[None]:
    """The administrator may not decrypt for the length of a test."""
    iam = server.client("iam")
    deny = {"Sid": "NoSecrets", "Effect": "Deny", "Action": "kms:Decrypt", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    named = {"UserName": "administrator", "PolicyName": "limits"}
    iam.put_user_policy(**named, PolicyDocument=document)
    yield
    iam.delete_user_policy(**named)


def parameters(page: Page) -> None:
    page.get_by_role("link", name="Parameters", exact=True).click()


def test_a_secret_from_its_creation_to_its_deletion(signed_in: Page, scheme: str, ssm) -> None:
    page, name = signed_in, f"/walk-{scheme}/db/password"
    parameters(page)
    page.get_by_role("link", name="Create parameter").click()
    page.get_by_label("Name").fill(name)
    page.get_by_label("Type", exact=True).select_option("SecureString")
    page.get_by_label("Value").fill(SECRET)
    page.get_by_label("Tags").fill("team=shop")
    look(page, "parameter-create", scheme)
    page.get_by_role("button", name="Create parameter").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("The parameter is made.")
    look(page, "parameter", scheme)

    page.get_by_role("link", name="Reveal value…").click()
    look(page, "parameter-reveal", scheme)
    page.get_by_role("button", name="Reveal value").click()
    expect(page.get_by_role("region", name="Value")).to_have_text(SECRET)
    expect(page.get_by_role("region", name="Value")).to_be_focused()
    look(page, "parameter-value", scheme)
    page.get_by_role("link", name="Hide it").click()
    expect(page.get_by_text(SECRET)).to_have_count(0)
    expect(page.get_by_role("region", name="What was done with this parameter")).to_contain_text(
        "PutParameter"
    )

    page.get_by_role("link", name="Put new version…").click()
    page.get_by_label("Value").fill("another")
    look(page, "parameter-change", scheme)
    page.get_by_role("button", name="Put new version").click()
    expect(page.get_by_role("status")).to_contain_text("The new version is made.")

    page.get_by_role("link", name="Set tag…").click()
    page.get_by_label("Name").fill("stage")
    page.get_by_label("Value").fill("test")
    look(page, "parameter-tag", scheme)
    page.get_by_role("button", name="Set tag").click()
    expect(page.get_by_text("stage = test")).to_be_visible()

    page.get_by_role("link", name="Delete…").click()
    page.get_by_label("Type the parameter's name").fill("/walk")
    page.get_by_role("button", name="Delete parameter").click()
    expect(page.get_by_role("alert")).to_contain_text("This is not the parameter's name.")
    look(page, "parameter-delete", scheme)
    page.get_by_label("Type the parameter's name").fill(name)
    page.get_by_role("button", name="Delete parameter").click()
    expect(page.get_by_role("status")).to_contain_text("The parameter is deleted.")
    expect(page.get_by_role("heading", name=f"/walk-{scheme}/db", exact=True)).to_be_visible()


def test_the_tree_is_walked_down_and_up(signed_in: Page, scheme: str, ssm) -> None:
    page = signed_in
    parameters(page)
    look(page, "parameters", scheme)
    page.get_by_role("link", name=f"walk-{scheme}/ 4 parameters").click()
    expect(page.get_by_role("row")).to_have_count(2)
    look(page, "parameters-path", scheme)
    page.get_by_role("link", name="db/").click()
    page.get_by_role("link", name="settings").click()
    where = page.get_by_role("navigation", name="Where this is")
    expect(where).to_contain_text("settings")
    where.get_by_role("link", name=f"walk-{scheme}").click()
    expect(page.get_by_role("link", name="cache/")).to_be_visible()


def test_a_parameter_is_found_by_the_keyboard_alone(signed_in: Page, scheme: str, ssm) -> None:
    page = signed_in
    parameters(page)
    page.get_by_label("Go to a name").focus()
    page.keyboard.type(f"/walk-{scheme}/db")
    page.keyboard.press("Enter")
    expect(page.get_by_role("row")).to_have_count(3)
    look(page, "parameters-found", scheme)
    page.get_by_label("Name begins with").focus()
    page.keyboard.press("End")
    page.keyboard.type("/s")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=f"/walk-{scheme}/db/settings")).to_be_visible()
    parameters(page)
    page.get_by_role("link", name="More ways to find…").click()
    page.get_by_label("Label").fill("nobody")
    page.keyboard.press("Enter")
    expect(page.get_by_text("No parameter in us-east-1 matches.")).to_be_visible()
    look(page, "parameters-none", scheme)


def test_versions_are_labelled_and_compared(signed_in: Page, scheme: str, ssm) -> None:
    page = signed_in
    page.goto(f"{page.url}parameters/history/?name=/walk-{scheme}/db/settings")
    page.get_by_role("link", name="Add labels to version 2…").click()
    page.get_by_label("Labels").fill("prod 1st")
    page.get_by_role("button", name="Add labels").click()
    expect(page.get_by_role("alert")).to_contain_text("These can be no labels: 1st.")
    look(page, "parameter-label", scheme)
    page.get_by_label("Labels").fill("prod")
    page.get_by_role("button", name="Add labels").click()
    expect(page.get_by_role("row").nth(2)).to_contain_text("prod")
    look(page, "parameter-history", scheme)

    page.get_by_label("From version").select_option("1")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_text("5432")).to_have_count(0)
    look(page, "parameter-compare", scheme)
    page.get_by_role("button", name="Reveal difference of the values").click()
    rows = page.get_by_role("region", name="Difference of the values").get_by_role("row")
    expect(rows.filter(has_text="Removed")).to_have_text([re.compile("Removed.*ssl = on")])
    look(page, "parameter-difference", scheme)

    page.get_by_role("link", name="All versions").click()
    page.get_by_role("link", name="Remove label prod…").click()
    page.get_by_role("button", name="Remove label").click()
    expect(page.get_by_role("status")).to_contain_text("The label is removed.")


def test_a_value_is_hidden_again_when_its_page_is_left(signed_in: Page, scheme: str, ssm) -> None:
    page, name = signed_in, f"/walk-{scheme}/hidden"
    ssm.put_parameter(Name=name, Value=SECRET, Type="SecureString", Overwrite=True)
    page.goto(f"{page.url}parameters/reveal/?name={name}")
    page.get_by_role("button", name="Reveal value").click()
    expect(page.get_by_text(SECRET)).to_be_visible()
    assert SECRET not in page.url
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert SECRET not in kept
    page.get_by_role("link", name="Hide it").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    with suppress(Error):  # what the browser says to a page that it was not to keep
        page.go_back()
    expect(page.get_by_text(SECRET)).to_have_count(0)


def test_a_page_that_the_browser_keeps_has_no_secret(signed_in: Page, scheme: str, ssm) -> None:
    page, name = signed_in, f"/walk-{scheme}/kept"
    ssm.put_parameter(Name=name, Value=SECRET, Type="SecureString", Overwrite=True)
    page.goto(f"{page.url}parameters/reveal/?name={name}")
    page.get_by_role("button", name="Reveal value").click()
    expect(page.get_by_text(SECRET)).to_be_visible()
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
    expect(page.get_by_role("region", name="Value")).to_have_text("Hidden again.")


def test_who_may_not_decrypt_is_told_which_statement_says_so(
    signed_in: Page, scheme: str, ssm, narrowed
) -> None:
    page, name = signed_in, f"/walk-{scheme}/refused"
    ssm.put_parameter(Name=name, Value=SECRET, Type="SecureString", Overwrite=True)
    page.goto(f"{page.url}parameters/reveal/?name={name}")
    page.get_by_role("button", name="Reveal value").click()
    expect(page.get_by_role("alert")).to_contain_text("It needs kms:Decrypt")
    expect(page.get_by_role("alert")).to_contain_text("NoSecrets of")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_text(SECRET)).to_have_count(0)
    look(page, "parameter-refused", scheme)


def test_narrow_windows_need_no_sideways_scrolling(signed_in: Page, scheme: str, ssm) -> None:
    page, home = signed_in, signed_in.url
    page.set_viewport_size({"width": 380, "height": 800})
    name = f"/walk-{scheme}/db/settings"
    for address, kept in (
        ("", "parameters-narrow"),
        (f"?path=/walk-{scheme}/db", "parameters-path-narrow"),
        ("find/?tier=Standard", "parameters-found-narrow"),
        (f"parameter/?name={name}", "parameter-narrow"),
        (f"history/?name={name}", "parameter-history-narrow"),
        (f"compare/?name={name}&before=1&after=3", "parameter-compare-narrow"),
        ("create/", "parameter-create-narrow"),
    ):
        page.goto(f"{home}parameters/{address}")
        look(page, kept, scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= 380, address


def test_all_of_a_table_is_in_sight_on_a_common_screen(signed_in: Page, scheme: str, ssm) -> None:
    page, home = signed_in, signed_in.url
    name = f"/walk-{scheme}/db/settings"
    for address in (f"?path=/walk-{scheme}/db", f"history/?name={name}", "find/?tier=Standard"):
        page.goto(f"{home}parameters/{address}")
        widths = page.locator(".scroll").evaluate_all(
            "all => all.map(each => [each.scrollWidth, each.clientWidth])"
        )
        assert widths
        assert all(whole <= seen for whole, seen in widths)
