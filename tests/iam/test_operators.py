"""As whom a command on the server calls."""

import pytest

from iam.errors import NoSuchEntity
from iam.operators import Operator, principal
from iam.principals import role_principal, root_principal, user_principal
from tests.support import people

pytestmark = pytest.mark.django_db


def test_a_command_calls_as_root_or_as_who_is_named():
    alice, reader = people.user("alice"), people.role("reader")

    assert principal(people.ACCOUNT) == root_principal(people.ACCOUNT)
    assert principal(people.ACCOUNT, user="alice") == user_principal(alice)
    assert principal(people.ACCOUNT, role="reader") == role_principal(reader)


def test_who_is_not_there_calls_nothing():
    people.user("alice"), people.role("reader")

    for account, name in (
        (people.OTHER_ACCOUNT, {"user": "alice"}),
        (people.OTHER_ACCOUNT, {"role": "reader"}),
        (people.ACCOUNT, {"user": "reader"}),
        (people.ACCOUNT, {"role": "alice"}),
        (people.OTHER_ACCOUNT, {}),
    ):
        with pytest.raises(NoSuchEntity, match="cannot be found"):
            principal(account, **name)


def test_each_call_is_one_of_its_own():
    operator = Operator(root_principal(people.ACCOUNT), "eu-west-1", "manage.py x")

    one, other = operator.caller(), operator.caller()

    assert one.request_id != other.request_id
    assert (one.door, one.region, one.user_agent) == ("command", "eu-west-1", "manage.py x")
