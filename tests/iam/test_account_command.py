"""manage.py account."""

import io
import re

import orjson
import pytest
from django.core.management import CommandError, call_command

from audit.models import Record
from iam import access_keys
from iam.authorize import authorize
from iam.models import Account
from service.errors import Unavailable
from service.operation import Check
from tests.support import people

pytestmark = pytest.mark.django_db(transaction=True)


def run(*words: str) -> str:
    out = io.StringIO()
    call_command("account", *words, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def test_an_account_is_made_with_an_administrator_who_has_an_access_key():
    told = run("create", people.OTHER_ACCOUNT)

    found = re.fullmatch(r"export AWS_ACCESS_KEY_ID=(\S+) AWS_SECRET_ACCESS_KEY=(\S+)\n", told)
    credential = access_keys.opened(found[1])
    assert credential.secret == found[2]
    assert credential.principal.arn == f"arn:aws:iam::{people.OTHER_ACCOUNT}:user/administrator"
    authorize(people.caller_of(credential.principal), Check("kms:CreateKey"))


def test_its_trail_begins_with_that_and_without_the_secret():
    told = run("create", people.OTHER_ACCOUNT)

    (record,) = [bytes(each.body) for each in Record.objects.all()]
    event = orjson.loads(record)
    assert event["eventName"] == "CreateAccount"
    assert event["recipientAccountId"] == people.OTHER_ACCOUNT
    assert event["additionalEventData"] == {"door": "command"}
    assert told.rpartition("=")[2].strip().encode() not in record


def test_an_account_that_is_there_is_not_made_again_nor_its_key_told():
    people.account()

    with pytest.raises(CommandError, match="There is an account 123456789012 already"):
        run("create", people.ACCOUNT)


@pytest.mark.parametrize("given", ["12345678901", "1234567890123", "12345678901x", "\u0661" * 12])
def test_an_id_has_twelve_digits(given):
    with pytest.raises(CommandError, match="twelve digits"):
        run("create", given)


def test_without_a_record_there_is_no_account(monkeypatch):
    def refuse(*_, **__):
        raise Unavailable

    monkeypatch.setattr("iam.management.commands.account.Event", refuse)
    with pytest.raises(CommandError, match="ServiceUnavailableException"):
        run("create", people.OTHER_ACCOUNT)

    assert not Account.objects.exists()


def test_accounts_are_listed():
    run("create", people.OTHER_ACCOUNT)

    assert re.fullmatch(rf"{people.OTHER_ACCOUNT}  made [\d-]+ [\d:]+ UTC\n", run("list"))
