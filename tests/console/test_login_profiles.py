"""A user's password for the console, as IAM tells of it and takes it away."""

import pytest

from console.models import Operator
from tests.console.browsing import HOME
from tests.iam.asking import Client, code, refusal, root
from tests.support import people

pytestmark = pytest.mark.django_db


def test_who_may_sign_in_has_a_login_profile(admin):
    told = Client(admin.user).GetLoginProfile().login_profile

    assert (told.user_name, told.password_reset_required) == ("admin", False)
    assert told.create_date == Operator.objects.get().created


def test_whose_password_is_taken_away_is_signed_out(admin):
    admin.get(HOME)
    root().DeleteLoginProfile(UserName="admin")

    admin.get(HOME, 302)
    assert code(root().GetLoginProfile, UserName="admin") == "NoSuchEntity"


def test_what_is_not_there_is_not_taken_away():
    people.user("ann")

    assert refusal(root().DeleteLoginProfile, UserName="ann") == (
        "NoSuchEntity",
        "Login Profile for User ann cannot be found.",
    )
