"""Temporary credentials open by their token alone, for as long as they are, and no further."""

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iam import access_keys, authenticate, revision, session_tokens, sessions
from iam.authenticate import Arrival
from iam.errors import ExpiredToken, InvalidSignature, UnrecognizedClient
from iam.models import Role
from iam.principals import user_principal
from service.caller import PrincipalKind
from tests.iam.sts import signing
from tests.support import people

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 4, 3, 2, 1, 999, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def taken():
    return people.role("deploy", "kms:*", path="/team/", tags={"Team": "blue", "Stage": "test"})


@pytest.fixture
def made(taken):
    return sessions.assume(taken, "monday", NOW, HOUR, tags={"team": "red"})


def test_credentials_look_like_awss(made):
    assert made.access_key_id.startswith("ASIA")
    assert (len(made.access_key_id), len(made.secret)) == (20, 40)
    assert made.expiration == NOW.replace(microsecond=0) + HOUR
    assert len(made.session_token) < 1000


def test_neither_secret_nor_token_is_in_a_repr_and_no_two_are_alike(taken, made):
    again = sessions.assume(taken, "monday", NOW, HOUR)

    assert made.secret not in repr(made)
    assert made.session_token not in repr(made)
    assert made.secret.encode() not in base64.b64decode(made.session_token)
    assert {made.access_key_id, made.secret, made.session_token}.isdisjoint(
        {again.access_key_id, again.secret, again.session_token}
    )


def test_whoever_signs_with_them_is_the_roles_session(taken, made):
    who = signing(made, at=NOW).principal

    assert who.kind is PrincipalKind.ASSUMED_ROLE
    assert who.arn == "arn:aws:sts::123456789012:assumed-role/deploy/monday"
    assert who.role_arn == "arn:aws:iam::123456789012:role/team/deploy"
    assert who.id == f"{taken.unique_id}:monday"
    assert who.name == "deploy"
    assert who.session == sessions.lasting(NOW, HOUR, tags={"team": "red"})
    assert who == sessions.principal_of(taken, "monday", who.session)


def test_a_sessions_tags_override_its_roles_in_any_case(made):
    assert signing(made, at=NOW).principal.tags == {"Stage": "test", "team": "red"}


def test_all_that_a_session_has_comes_out_of_its_token(taken):
    session = sessions.lasting(
        NOW,
        HOUR,
        policy=people.policy(people.statement("Allow", "kms:List*")),
        policy_arns=["arn:aws:iam::aws:policy/AdministratorAccess"],
        tags={"a": "1", "b": ""},
        transitive=["b"],
        source_identity="ann",
    )

    assert signing(sessions.of_role(taken, "m@x", session), at=NOW).principal.session == session


# -- when they end


def test_they_end_at_their_second_also_in_a_process_that_knows_them(made):
    last = made.expiration - timedelta(microseconds=1)

    assert signing(made, at=last).principal.name == "deploy"
    with pytest.raises(ExpiredToken) as refused:
        signing(made, at=made.expiration)
    assert refused.value.query_code == "ExpiredToken"
    assert refused.value.message == "The security token included in the request is expired"


def test_they_end_with_their_role_and_do_not_come_back_with_its_name(taken, made):
    caller = signing(made, at=NOW)
    assert caller.still_holds()
    taken.delete()
    people.role("deploy", "kms:*", path="/team/")

    assert not caller.still_holds()
    with pytest.raises(UnrecognizedClient):
        signing(made, at=NOW)


def test_a_role_of_the_same_id_in_another_account_is_another(taken, made):
    Role.objects.update(account=people.account(people.OTHER_ACCOUNT))

    with pytest.raises(UnrecognizedClient):
        signing(made, at=NOW)


def test_a_users_session_ends_with_the_user_not_with_its_key():
    alice = people.user("alice")
    key = access_keys.create(people.account(), alice)
    made = sessions.of_long_term(user_principal(alice), sessions.lasting(NOW, HOUR))
    alice.access_keys.filter(id=key.access_key_id).delete()

    caller = signing(made, at=NOW)
    assert caller.principal == replace(user_principal(alice), session=sessions.lasting(NOW, HOUR))
    assert caller.still_holds()
    alice.delete()
    assert not caller.still_holds()
    with pytest.raises(UnrecognizedClient):
        signing(made, at=NOW)


def test_roots_session_is_roots():
    made = sessions.of_long_term(people.root(), sessions.lasting(NOW, HOUR))
    caller = signing(made, at=NOW)

    assert (caller.principal.kind, caller.account) == (PrincipalKind.ROOT, people.ACCOUNT)
    assert caller.still_holds()


def test_what_became_of_the_role_since_counts(taken, made):
    assert signing(made, at=NOW).principal.tags["Stage"] == "test"
    Role.objects.update(tags={"Stage": "live"})
    revision.forget()

    assert signing(made, at=NOW).principal.tags == {"Stage": "live", "team": "red"}


# -- what does not open


def refused(made, **changed):
    with pytest.raises(UnrecognizedClient) as raised:
        signing(made, at=NOW, **changed)
    assert raised.value.code == "UnrecognizedClientException"
    assert raised.value.query_code == "InvalidClientTokenId"
    assert raised.value.message == "The security token included in the request is invalid."


@pytest.mark.parametrize("token", ["x", "AAAA", "é", "A" * 4100, "====", "Ab" * 700, "AQ=="])
def test_a_garbled_token_is_refused(made, token):
    refused(made, token=token)


def test_a_key_of_a_session_is_nothing_without_its_token(made):
    refused(made, token="")


def test_a_token_is_of_one_key_alone(taken, made):
    other = sessions.assume(taken, "monday", NOW, HOUR)
    long_term = access_keys.create(people.account(), people.user("alice"))

    refused(made, key=other.access_key_id, secret=other.secret)
    refused(made, key=other.access_key_id)
    refused(made, key=long_term.access_key_id, secret=long_term.secret)


def test_a_token_is_of_the_account_that_sealed_it(made):
    foreign = people.role("deploy", number=people.OTHER_ACCOUNT)
    sessions.assume(foreign, "monday", NOW, HOUR)  # that account has a wrapping key, too
    raw = base64.b64decode(made.session_token)
    moved = raw[:1] + people.OTHER_ACCOUNT.encode() + raw[13:]

    refused(made, token=base64.b64encode(moved).decode())


def test_a_signature_of_another_secret_is_refused_also_where_the_session_is_known(made):
    for _ in range(2):
        with pytest.raises(InvalidSignature):
            signing(made, at=NOW, secret="another")
        signing(made, at=NOW)


FEW = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@FEW
@given(place=st.integers(0, 10_000), letter=st.sampled_from("AZaz09+/="))
def test_no_letter_of_a_token_can_be_another(made, place, letter):
    token = made.session_token
    place %= len(token)
    changed = token[:place] + letter + token[place + 1 :]
    if changed != token:
        refused(made, token=changed)


@FEW
@given(cut=st.integers(1, 5_000), more=st.text("AB+/=", max_size=8))
def test_no_part_of_a_token_opens(made, cut, more):
    token = made.session_token
    changed = token[: cut % len(token)] + more
    if changed != token:
        refused(made, token=changed or "x")


# -- what they cost


def test_a_session_is_opened_once_while_nothing_changes(made, monkeypatch):
    opened, known = [], session_tokens.opened
    monkeypatch.setattr(
        session_tokens, "opened", lambda *given: opened.append(given) or known(*given)
    )
    snapshot = people.caller_of(people.root()).snapshot
    monkeypatch.setattr(revision, "current", lambda: snapshot)
    signing(made, at=NOW)

    with CaptureQueriesContext(connection) as asked:
        signing(made, at=NOW)

    assert len(opened) == 1
    assert len(asked) == 0


@pytest.mark.parametrize("least", [0, 1, 1000, 1001, 1003, 4095, 4096])
def test_a_token_is_as_long_as_it_was_asked_to_be(taken, least):
    session = sessions.lasting(NOW, HOUR)
    made = sessions.of_role(taken, "monday", session, least_letters=least)

    assert least <= len(made.session_token) <= max(4 * -(-least // 4), 600)
    assert signing(made, at=NOW).principal.session == session


# -- whose record it is


def test_who_comes_with_a_token_that_has_expired_is_recorded_in_its_account():
    foreign = people.role("deploy", number=people.OTHER_ACCOUNT)
    made = sessions.assume(foreign, "monday", NOW, HOUR)
    claim = f"AWS4-HMAC-SHA256 Credential={made.access_key_id}/20260504/us-east-1/kms/aws4_request"

    def account(token):
        return authenticate.stranger(claim, Arrival("id", NOW, "aws"), token).account

    assert account(made.session_token) == people.OTHER_ACCOUNT
    assert account("x") == people.ACCOUNT
