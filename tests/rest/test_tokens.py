"""API tokens: made and told once, listed without their secrets, revoked at once."""

import hashlib
import io
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from botocore.credentials import Credentials
from django.core.management import CommandError, call_command
from django.db import OperationalError

from iam import access_keys, authenticate, revision
from iam.models import User
from keys.models import Key
from kms_project.operations import OPERATIONS
from rest.models import ApiToken
from rest.operations.create_service_specific_credential import MOST_TOKENS
from service.call import call
from service.errors import ServiceError
from tests.rest.asking import Rest, last_record, problem, records, token_of
from tests.support import people

SERVICE = "execute-api.amazonaws.com"


def made(response) -> dict[str, str]:
    assert response.status_code == 201, response.content
    told: dict[str, str] = response.json()
    return told


def test_a_token_is_made_and_told_once(rest, administrator):
    told = made(rest.post("tokens", {"credential_age_days": 30}))

    secret = told.pop("service_credential_secret")
    assert re.fullmatch("strong_[0-9a-f]{72}", secret)
    assert Rest(token=secret).get("whoami").json()["arn"] == administrator.arn
    (listed,) = rest.get("tokens").json()["service_specific_credentials"]
    assert listed.pop("last_used_date")
    assert listed == told


@pytest.mark.parametrize("error", [OperationalError, OSError])
def test_a_call_goes_on_without_a_note_that_could_not_be_written(
    bearer, monkeypatch, caplog, error
):
    def fails(**given):
        raise error("database or disk is full")

    monkeypatch.setattr(ApiToken.objects.all().__class__, "update", lambda _, **given: fails())

    assert bearer.get("keys").status_code == 200
    assert f"was not noted: {error.__name__} at " in caplog.text
    assert "disk is full" not in caplog.text


def test_only_the_digest_of_a_token_is_kept(rest):
    secret = made(rest.post("tokens", {"credential_age_days": 30}))["service_credential_secret"]

    token = ApiToken.objects.get()
    assert bytes(token.digest) == hashlib.sha256(secret.encode()).digest()
    assert secret not in json.dumps(records())


def test_a_token_lives_as_long_as_was_asked(rest):
    told = made(rest.post("tokens", {"credential_age_days": 30}))

    lives = datetime.fromisoformat(told["expiration_date"]) - datetime.now(UTC)
    assert timedelta(days=29, hours=23) < lives <= timedelta(days=30)


@pytest.mark.parametrize("days", [None, 0, -1, 366, 36600])
def test_a_token_that_lives_for_ever_is_not_made(rest, days):
    refused = rest.post("tokens", {"credential_age_days": days})

    assert problem(refused) == (400, "ValidationException")
    assert not ApiToken.objects.exists()


def test_a_token_makes_no_token(bearer):
    refused = bearer.post("tokens", {"credential_age_days": 1})

    assert problem(refused) == (403, "AccessDeniedException")
    assert ApiToken.objects.count() == 1


def test_a_token_may_revoke_itself(bearer):
    assert bearer.delete(f"tokens/{ApiToken.objects.get().id}").status_code == 204

    assert problem(bearer.get("whoami")) == (401, "UnrecognizedClientException")


class Slow(io.BytesIO):
    """A body that comes when its token has been revoked."""

    def read(self, *size):
        ApiToken.objects.all().delete()
        revision.forget()
        return super().read(*size)


def test_a_token_that_is_revoked_while_its_body_is_held_back_is_refused(bearer, monkeypatch):
    monkeypatch.setattr(authenticate, "MOMENT", 0.0)

    refused = bearer.post("keys", {}, environ={"wsgi.input": Slow(b"{}")})

    assert problem(refused) == (401, "UnrecognizedClientException")
    assert not Key.objects.exists()


def test_a_change_is_not_made_with_a_token_that_is_revoked_meanwhile(bearer, monkeypatch):
    move_on = revision.move_on

    def late():
        move_on()
        ApiToken.objects.all().delete()

    monkeypatch.setattr(revision, "move_on", late)

    assert problem(bearer.post("keys", {})) == (401, "UnrecognizedClientException")
    assert not Key.objects.exists()


def test_a_user_has_so_many_tokens_and_no_more(rest, administrator):
    for _ in range(MOST_TOKENS):
        token_of(administrator)

    refused = rest.post("tokens", {"credential_age_days": 1})

    assert problem(refused) == (409, "LimitExceededException")


def test_one_sees_and_revokes_nobody_elses_tokens(rest):
    token_of(people.user("other"))
    theirs = ApiToken.objects.get().id

    assert rest.get("tokens").json()["service_specific_credentials"] == []
    assert problem(rest.delete(f"tokens/{theirs}")) == (404, "NoSuchEntityException")
    assert ApiToken.objects.filter(id=theirs).exists()


def test_an_expired_token_says_so(rest, administrator):
    token_of(administrator, lifetime=timedelta(seconds=-1))

    (listed,) = rest.get("tokens").json()["service_specific_credentials"]
    assert listed["status"] == "Expired"


def test_root_has_no_tokens(credentials):
    account = people.account()
    key = access_keys.create(account, None)
    root = Rest(Credentials(key.access_key_id, key.secret))

    for refused in (
        root.get("tokens"),
        root.post("tokens", {"credential_age_days": 1}),
        root.delete("tokens/ACCAAAAAAAAAAAAAAAAAA"),
    ):
        assert problem(refused) == (400, "ValidationException")


# -- the same as IAM's operations


def ask(who, name, **params):
    return call(people.caller_of(who), OPERATIONS[f"iam:{name}"], params)


@pytest.fixture
def user(transactional_db) -> User:
    return people.user("ann", "iam:*")


def create(who, **params):
    given = {"ServiceName": SERVICE, "CredentialAgeDays": 1, **params}
    return ask(who, "CreateServiceSpecificCredential", **given).service_specific_credential


def test_an_administrator_manages_the_tokens_of_others(user):
    people.user("bob")
    token = create(user, UserName="bob")

    listed = ask(user, "ListServiceSpecificCredentials", UserName="bob")
    assert [
        each.service_specific_credential_id for each in listed.service_specific_credentials
    ] == [token.service_specific_credential_id]
    ask(
        user,
        "DeleteServiceSpecificCredential",
        UserName="bob",
        ServiceSpecificCredentialId=token.service_specific_credential_id,
    )
    assert not ApiToken.objects.exists()


def test_a_policy_may_let_users_manage_their_own_tokens_only(user):
    own = people.user("own")
    own_arn = "arn:aws:iam::*:user/${aws:username}"
    people.attach(own, people.statement("Allow", "iam:*", resource=own_arn))

    assert create(own, UserName="own").user_name == "own"
    with pytest.raises(ServiceError) as refused:
        create(own, UserName="ann")
    assert refused.value.code == "AccessDeniedException"


def test_who_may_not_ask_does_not_learn_who_there_is(user):
    nobody = people.user("nobody")

    told = set()
    for name in ("ann", "not there"):
        with pytest.raises(ServiceError) as refused:
            create(nobody, UserName=name.replace(" ", "-"))
        told.add(refused.value.code)
    assert told == {"AccessDeniedException"}


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"UserName": "nowhere"}, "NoSuchEntityException"),
        ({"UserName": "ann", "ServiceName": "codecommit.amazonaws.com"}, "NotSupportedService"),
    ],
)
def test_a_token_for_none_or_for_another_service_is_not_made(user, params, code):
    with pytest.raises(ServiceError) as refused:
        create(user, **params)
    assert refused.value.code == code


def test_tokens_of_other_services_are_none(user):
    create(user, UserName="ann")

    listed = ask(user, "ListServiceSpecificCredentials", ServiceName="codecommit.amazonaws.com")
    assert listed.service_specific_credentials == ()


def test_all_users_tokens_are_not_listed_at_once(user):
    with pytest.raises(ServiceError) as refused:
        ask(user, "ListServiceSpecificCredentials", AllUsers=True)
    assert refused.value.code == "ValidationException"


def test_a_tokens_secret_is_not_recorded(user):
    token = create(user, UserName="ann")

    record = last_record()
    told = record["responseElements"]["serviceSpecificCredential"]
    assert told["serviceSpecificCredentialId"] == token.service_specific_credential_id
    assert token.service_credential_secret not in json.dumps(record)
    assert record["resources"][0]["ARN"] == user.arn
    assert token.service_credential_secret not in repr(token)


# -- manage.py api_token


def run(*words: str) -> str:
    out = io.StringIO()
    call_command("api_token", *words, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def test_the_command_makes_a_token_that_works_and_prints_nothing_else(administrator):
    (secret,) = run("create", "administrator", "--days", "7").splitlines()

    assert Rest(token=secret).get("whoami").status_code == 200
    created = records()[0]
    assert created["eventName"] == "CreateServiceSpecificCredential"
    assert created["userIdentity"]["type"] == "Root"
    assert secret not in json.dumps(records())


def test_the_command_lists_and_revokes(administrator):
    secret = run("create", "administrator").strip()
    token = ApiToken.objects.get()
    assert run("list", "administrator").startswith(f"{token.id}  Active")
    assert "never used" in run("list", "administrator")

    assert run("revoke", "administrator", token.id) == f"{token.id} is revoked\n"

    assert run("list", "administrator") == ""
    assert problem(Rest(token=secret).get("whoami")) == (401, "UnrecognizedClientException")


@pytest.mark.parametrize(
    "words",
    [
        ("create", "nowhere"),
        ("create", "administrator", "--days", "1000"),
        ("revoke", "administrator", "ACCAAAAAAAAAAAAAAAAAA"),
        ("list", "administrator", "--account", "210987654321"),
    ],
)
def test_the_command_says_what_was_refused(administrator, words):
    account = ("--account", words[3]) if "--account" in words else ()
    rest_of = [word for word in words if word not in account]

    with pytest.raises(CommandError, match=r"(NoSuchEntity|Validation)Exception: "):
        run(*account, *rest_of)
