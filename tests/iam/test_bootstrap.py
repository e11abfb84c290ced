"""The first account and its administrator."""

import pytest

from iam.authorize import authorize
from iam.bootstrap import first_account
from iam.models import AccessKey, Account, User
from service.operation import Check
from tests.support import people

pytestmark = pytest.mark.django_db


def test_the_administrator_of_the_first_account_may_do_anything():
    credential = first_account("999988887777")

    assert credential.principal.arn == "arn:aws:iam::999988887777:user/administrator"
    authorize(people.caller_of(credential.principal), Check("kms:CreateKey"))


def test_a_second_start_finds_what_the_first_made():
    assert first_account(people.ACCOUNT) == first_account(people.ACCOUNT)
    assert Account.objects.count() == User.objects.count() == AccessKey.objects.count() == 1


def test_the_access_key_may_be_given_at_first_start():
    credential = first_account(people.ACCOUNT, "AKIAGIVEN", "a given secret")

    assert (credential.access_key_id, credential.secret) == ("AKIAGIVEN", "a given secret")


def test_an_administrator_whose_keys_are_all_inactive_gets_a_new_one():
    first = first_account(people.ACCOUNT)
    AccessKey.objects.update(active=False)

    assert first_account(people.ACCOUNT).access_key_id != first.access_key_id
