"""Changing the password, on its page and by IAM's own operation."""

import pytest
from django.test import Client

from audit.models import Record
from console import throttle
from console.models import Operator
from console.operations.change_password import ChangePassword
from service.call import call
from service.errors import ServiceError
from tests.console.browsing import HOME, PASSWORD, Browser, sign_in, text_of
from tests.support import people

pytestmark = pytest.mark.django_db
PAGE = "/console/password/"
NEW = "quite another passphrase"


def given(old: str = PASSWORD, new: str = NEW, again: str | None = None) -> dict[str, str]:
    return {"old": old, "new": new, "again": new if again is None else again}


def test_the_new_password_counts_and_the_old_does_not(admin):
    admin.send(PAGE, **given())

    assert sign_in(Client(), "admin", NEW).status_code == 302
    assert sign_in(Client(), "admin", PASSWORD).status_code == 200


def test_the_session_goes_on_and_others_end(admin):
    elsewhere = Client()
    sign_in(elsewhere, "admin")
    admin.send(PAGE, **given())

    admin.get(HOME)
    assert elsewhere.get(HOME).status_code == 302


@pytest.mark.parametrize(
    ("wrong", "status", "told"),
    [
        (given(again="different"), 422, "This is not the same password."),
        (given(old="wrong"), 403, "The old password was incorrect."),
        (given(new="short"), 400, "too short"),
        (given(new="administrator"), 400, "too common"),
        ({}, 422, "This field is required."),
    ],
)
def test_what_is_wrong_is_told_and_nothing_changes(admin, wrong, status, told):
    page = text_of(admin.send(PAGE, status, **wrong))

    assert told in page
    assert "Your policies" not in page
    assert sign_in(Client(), "admin", PASSWORD).status_code == 302


def test_who_is_not_allowed_to_cannot(db):
    browser = Browser(people.user("ben"))

    assert "It needs iam:ChangePassword" in text_of(browser.send(PAGE, 403, **given()))


def test_guessing_the_old_password_is_slowed_down(admin):
    for _ in range(throttle.BY_NAME.free):
        admin.send(PAGE, 403, **given(old="wrong"))

    assert "Too many failed attempts." in text_of(admin.send(PAGE, 422, **given()))


def test_no_password_is_in_the_trail(admin):
    admin.send(PAGE, **given())
    admin.send(PAGE, 403, **given(old="a wrong old one", new="another new one"))

    trail = b"".join(bytes(body) for body in Record.objects.values_list("body", flat=True))
    assert b"ChangePassword" in trail
    for password in (PASSWORD, NEW, "a wrong old one", "another new one"):
        assert password.encode() not in trail


def test_a_user_without_a_password_has_none_to_change(db):
    caller = people.caller_of(people.user("robot", "*"))

    with pytest.raises(ServiceError) as raised:
        call(caller, ChangePassword, {"OldPassword": PASSWORD, "NewPassword": NEW})
    assert raised.value.query_code == "NoSuchEntity"
    assert not Operator.objects.exists()
