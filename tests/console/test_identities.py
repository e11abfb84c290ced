"""Users and what they have, in the console."""

import pytest

from iam import access_keys
from tests.console.browsing import HOME, Browser
from tests.support import people

pytestmark = pytest.mark.django_db
USERS = f"{HOME}identities/"


def test_users_are_there_with_a_page_each(admin):
    made = access_keys.create(admin.user.account, admin.user)

    assert f"{admin.user.arn} {admin.user.unique_id}" in admin.read(USERS)
    page = admin.read(f"{USERS}admin/")
    for told in (made.access_key_id, "Active", "allowed"):
        assert told in page
    assert made.secret not in page


def test_users_are_paged(admin):
    for number in range(60):
        people.user(f"user-{number}")

    first = admin.get(USERS)
    second = admin.get(USERS, after=first.context["after"])
    assert len(first.context["users"]) + len(second.context["users"]) == 61


def test_policies_decide_about_these_pages_too(admin):
    browser = Browser(people.user("ben", "iam:ListAccessKeys"))

    assert "iam:ListUsers" in browser.read(USERS, 403)
    assert "iam:ListUserPolicies" in browser.read(f"{USERS}admin/")
    assert "cannot be found" in browser.read(f"{USERS}nobody/", 404)
