"""An operator's walk through the console, by what a person sees: labels, headings, buttons."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import keep
from tests.support.server import Strongroom

pytestmark = pytest.mark.sqlite_only


def test_a_key_from_its_creation_to_its_deletion_and_back(signed_in: Page, scheme: str) -> None:
    page, alias = signed_in, f"walked-{scheme}"
    page.get_by_role("link", name="Keys", exact=True).click()
    page.get_by_role("link", name="Create key").click()
    page.get_by_label("Alias").fill(alias)
    page.get_by_label("Description").fill("Made by a walk through the console")
    page.get_by_label("Tags").fill("team=shop")
    keep(page, "create", scheme)
    page.get_by_role("button", name="Create key").click()

    expect(page.get_by_role("heading", name=f"alias/{alias}")).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("The key is made.")
    keep(page, "key", scheme)
    page.get_by_role("link", name="Disable…").click()
    expect(page.get_by_text("Dangerous.")).to_be_visible()
    keep(page, "disable", scheme)
    page.get_by_role("button", name="Disable key").click()
    expect(page.get_by_role("status")).to_contain_text("The key is disabled.")

    page.get_by_role("link", name="Schedule deletion…").click()
    page.get_by_label("Days to wait").fill("7")
    page.get_by_label("Type the key's id").fill("another")
    page.get_by_role("button", name="Schedule deletion").click()
    expect(page.get_by_role("alert")).to_contain_text("This is not the key's id")
    keep(page, "delete", scheme)
    page.get_by_label("Type the key's id").fill(f"alias/{alias}")
    page.get_by_role("button", name="Schedule deletion").click()
    expect(page.get_by_text("Pending deletion")).to_be_visible()
    keep(page, "pending", scheme)

    page.get_by_role("link", name="Cancel deletion…").click()
    page.get_by_role("button", name="Cancel deletion").click()
    expect(page.get_by_role("status")).to_contain_text("The key will not be deleted.")
    page.get_by_role("link", name="Keys", exact=True).click()
    expect(page.get_by_role("row").filter(has_text=f"alias/{alias}")).to_contain_text("Disabled")
    keep(page, "keys", scheme)


def test_the_trail_tells_what_was_done(signed_in: Page, scheme: str) -> None:
    page = signed_in
    page.get_by_role("link", name="Audit trail").click()
    page.get_by_label("Event").fill("ConsoleLogin")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("row").nth(1)).to_contain_text("administrator")
    expect(page.get_by_role("row").nth(1)).to_contain_text("UTC")
    keep(page, "audit", scheme)
    page.get_by_role("row").nth(1).get_by_role("link").click()
    expect(page.get_by_label("The record as JSON")).to_contain_text("signin.amazonaws.com")
    keep(page, "event", scheme)


def test_identities_are_shown(signed_in: Page, scheme: str) -> None:
    page = signed_in
    page.get_by_role("link", name="Identities").click()
    page.get_by_role("link", name="administrator").click()
    expect(page.get_by_role("heading", name="administrator")).to_be_visible()
    expect(page.get_by_text("arn:aws:iam::aws:policy/AdministratorAccess")).to_be_visible()
    keep(page, "user", scheme)


def test_home_shows_what_failed(signed_in: Page, scheme: str) -> None:
    page = signed_in
    page.get_by_role("link", name="Keys", exact=True).click()
    page.get_by_label("Key id or its beginning").fill("nothing")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("alert")).to_contain_text("No key in us-east-1 is called “nothing”.")
    keep(page, "not-found", scheme)
    page.get_by_role("link", name="Home").click()
    expect(page.get_by_role("region", name="Recent failures")).to_contain_text("NotFoundException")
    keep(page, "home", scheme)


def test_a_wrong_password_is_told(page: Page, server: Strongroom, scheme: str) -> None:
    page.goto(f"{server.url}/console/")
    page.get_by_label("Username").fill("nobody")
    page.get_by_label("Password").fill("guess")
    page.get_by_label("Password").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("The username or the password is wrong.")
    keep(page, "sign-in", scheme)


def test_the_console_can_be_walked_with_the_keyboard(signed_in: Page) -> None:
    page = signed_in
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    page.locator("summary", has_text="Region").focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="eu-west-1").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/console/eu-west-1/$"))


def test_the_scheme_can_be_chosen_and_stays(signed_in: Page, scheme: str) -> None:
    page = signed_in
    expect(page.locator("html")).to_have_class("dark" if scheme == "dark" else "")
    page.get_by_role("button", name="Light mode" if scheme == "dark" else "Dark mode").click()
    page.reload()
    expect(page.locator("html")).to_have_class("" if scheme == "dark" else "dark")


def test_nothing_is_fetched_from_elsewhere(signed_in: Page, server: Strongroom) -> None:
    hosts: set[str | None] = set()
    signed_in.on("request", lambda request: hosts.add(urlsplit(request.url).hostname))
    signed_in.reload()

    assert hosts == {"127.0.0.1"}


def test_signing_out_ends_it(signed_in: Page) -> None:
    page = signed_in
    page.get_by_text("Signed in as").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("status")).to_contain_text("You are signed out.")
    page.go_back()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def test_what_failed_is_where_the_page_begins(signed_in: Page, scheme: str) -> None:
    page = signed_in
    page.get_by_role("link", name="Create key").or_(
        page.get_by_role("link", name="Create the first one")
    ).first.click()
    page.get_by_label("Alias").fill("no spaces")
    page.get_by_role("button", name="Create key").click()
    keep(page, "error", scheme)

    expect(page.get_by_role("alert")).to_be_focused()
    expect(page).to_have_title(re.compile("^Error: "))
    red = page.get_by_role("alert").evaluate("each => getComputedStyle(each).borderLeftColor")
    expect(page.get_by_label("Alias")).to_have_css("border-color", red)
    page.get_by_role("alert").get_by_role("link", name="Alias").click()
    expect(page.get_by_label("Alias")).to_be_focused()


def test_all_of_a_table_is_in_sight_on_a_common_screen(signed_in: Page, server: Strongroom) -> None:
    page, kms = signed_in, server.client("kms")
    key_id = kms.create_key(Description="A description of some length" * 9)["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName=f"alias/of/some/length/{key_id}", TargetKeyId=key_id)
    kms.disable_key(KeyId=key_id)
    with pytest.raises(kms.exceptions.DisabledException):
        kms.generate_data_key_without_plaintext(KeyId=key_id, KeySpec="AES_256")

    for name in ("Home", "Keys"):
        page.get_by_role("link", name=name, exact=True).click()
        widths = page.locator(".scroll").evaluate_all(
            "all => all.map(each => [each.scrollWidth, each.clientWidth])"
        )
        assert widths
        assert all(whole <= seen for whole, seen in widths)


def test_a_narrow_window_needs_no_sideways_scrolling(signed_in: Page, scheme: str) -> None:
    page = signed_in
    page.set_viewport_size({"width": 380, "height": 800})
    keep(page, "narrow", scheme)

    assert page.evaluate("document.documentElement.scrollWidth") <= 380
    above = page.get_by_role("main").evaluate("each => each.getBoundingClientRect().top")
    assert above < 800 / 6
    page.get_by_role("link", name="Keys", exact=True).click()
    ordinary = page.locator("tbody tr").filter(has_not_text="of/some/length")
    heights = ordinary.evaluate_all("all => all.map(each => each.offsetHeight)")
    assert max(heights) < 100


def test_every_part_of_a_page_is_in_a_landmark(signed_in: Page) -> None:
    outside = signed_in.evaluate(
        """() => [...document.querySelectorAll("body *")]
            .filter(each => !each.children.length && each.textContent.trim())
            .filter(each => !each.closest("header, nav, main, .skip"))
            .map(each => each.textContent)"""
    )

    assert outside == []
    expect(signed_in.get_by_role("banner")).to_have_count(1)
