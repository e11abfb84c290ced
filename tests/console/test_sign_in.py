"""Signing in and out: who gets in, how guessing is slowed, and what the trail holds of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.sessions.models import Session
from django.test import Client

from audit import search
from console import throttle
from console.duties import DUTIES
from console.models import Operator, SignInFailures
from console.sign_in import AT_A_TIME, SignInBusy
from kms_project import settings as production
from service.errors import Unavailable
from tests.console.browsing import HOME, PASSWORD, SIGN_IN, operator, sign_in, text_of
from tests.support import people

pytestmark = pytest.mark.django_db
ADDRESS = "127.0.0.1"
WRONG = "The username or the password is wrong."


@pytest.fixture
def ada() -> Operator:
    return operator(people.user("ada", "*"))


@pytest.fixture
def client() -> Client:
    return Client()


def recorded() -> list[Any]:
    query = search.Query(people.ACCOUNT, "us-east-1", event_name="ConsoleLogin")
    return [found.event for found in search.find(query, limit=50)]


def test_nobody_sees_a_page_without_signing_in(client):
    for page in (HOME, f"{HOME}keys/", f"{HOME}audit/", "/console/"):
        response = client.get(page)
        assert response.status_code == 302
        assert response["Location"].startswith(SIGN_IN)


def test_the_right_password_opens_the_console(client, ada):
    response = sign_in(client, "ada")

    assert response.status_code == 302
    assert client.get(HOME).status_code == 200


def test_without_a_wish_signing_in_leads_to_the_console(client, ada):
    assert sign_in(client, "ada")["Location"] == "/console/"


def test_after_signing_in_one_is_where_one_wanted_to_be(client, ada):
    response = client.post(f"{SIGN_IN}?next={HOME}keys/", {"username": "ada", "password": PASSWORD})

    assert response["Location"] == f"{HOME}keys/"


def test_signing_in_leads_to_no_other_site(client, ada):
    given = {"username": "ada", "password": PASSWORD, "next": "https://elsewhere.example/"}
    response = client.post(SIGN_IN, given)

    assert "elsewhere" not in response["Location"]


@pytest.mark.parametrize(
    ("username", "password"), [("ada", "wrong"), ("nobody", PASSWORD), ("ADA", PASSWORD)]
)
def test_a_wrong_name_and_a_wrong_password_are_answered_alike(client, ada, username, password):
    response = sign_in(client, username, password)

    assert response.status_code == 200
    assert WRONG in text_of(response)
    assert f'value="{password}"' not in response.content.decode()
    assert client.get(HOME).status_code == 302


def test_an_operator_who_was_switched_off_does_not_get_in(client, ada):
    Operator.objects.filter(pk=ada.pk).update(is_active=False)

    assert WRONG in text_of(sign_in(client, "ada"))


def test_an_operator_who_is_switched_off_is_out_at_once(client, ada):
    sign_in(client, "ada")
    Operator.objects.filter(pk=ada.pk).update(is_active=False)

    assert client.get(HOME).status_code == 302


def test_an_operator_goes_with_the_iam_user(client, ada):
    sign_in(client, "ada")
    ada.user.delete()

    assert not Operator.objects.filter(username="ada").exists()
    assert client.get(HOME).status_code == 302


def test_a_success_is_recorded_as_aws_does(client, ada):
    sign_in(client, "ada", HTTP_USER_AGENT="a browser")

    (event,) = recorded()
    assert event["eventSource"] == "signin.amazonaws.com"
    assert event["eventType"] == "AwsConsoleSignIn"
    assert event["responseElements"] == {"ConsoleLogin": "Success"}
    assert event["userIdentity"]["arn"] == ada.user.arn
    assert event["sourceIPAddress"] == "127.0.0.1"
    assert event["userAgent"] == "a browser"
    assert event["additionalEventData"] == {"door": "console"}
    assert "errorCode" not in event


def test_a_failure_is_recorded_with_whom_it_was_about(client, ada):
    sign_in(client, "ada", "wrong")

    (event,) = recorded()
    assert event["errorMessage"] == "Failed authentication"
    assert event["responseElements"] == {"ConsoleLogin": "Failure"}
    assert event["userIdentity"]["userName"] == "ada"


def test_a_name_that_nobody_has_is_not_recorded(client):
    sign_in(client, "my secret password")

    (event,) = recorded()
    assert event["userIdentity"]["type"] == "Unknown"
    assert "my secret password" not in str(event)


def test_who_cannot_be_recorded_does_not_get_in(client, ada, monkeypatch):
    def fails(event: object) -> None:
        raise Unavailable

    monkeypatch.setattr("console.sign_in.trail.record", fails)

    assert Unavailable.default_message in text_of(sign_in(client, "ada"))
    assert client.get(HOME).status_code == 302


def test_after_some_failures_even_the_right_password_has_to_wait(client, ada):
    with time_machine.travel(0, tick=False) as clock:
        for _ in range(throttle.BY_NAME.free):
            sign_in(client, "ada", "wrong")

        assert "Too many failed attempts. Try again in 1 second." in text_of(sign_in(client, "ada"))
        clock.shift(2)
        assert sign_in(client, "ada").status_code == 302


def test_a_blocked_attempt_is_recorded_too(client, ada):
    with time_machine.travel(0, tick=False):
        for _ in range(throttle.BY_NAME.free + 1):
            sign_in(client, "ada", "wrong")

    codes = {event["errorCode"] for event in recorded()}
    assert codes == {"FailedAuthentication", "TooManyFailedAttempts"}


def test_one_address_does_not_lock_another_out(client, ada):
    for _ in range(throttle.BY_NAME.free):
        sign_in(client, "ada", "wrong")

    assert sign_in(client, "ada", REMOTE_ADDR="198.51.100.7").status_code == 302


def test_a_success_forgets_the_failures(client, ada):
    for _ in range(throttle.BY_NAME.free - 1):
        sign_in(client, "ada", "wrong")
    sign_in(client, "ada")

    assert not SignInFailures.objects.filter(subject=throttle.subject("ada", ADDRESS)).exists()
    counted = SignInFailures.objects.get(subject=throttle.origin(ADDRESS))
    assert counted.count == throttle.BY_NAME.free - 1  # the success itself is no failure


def test_an_address_that_tries_many_names_has_to_wait(client, ada):
    with time_machine.travel(0, tick=False) as clock:
        for number in range(throttle.BY_ADDRESS.free):
            assert WRONG in text_of(sign_in(client, f"nobody{number}", "wrong"))

        assert "Try again in 1 second." in text_of(sign_in(client, "ada"))
        assert sign_in(Client(), "ada", REMOTE_ADDR="198.51.100.7").status_code == 302
        clock.shift(2)
        assert sign_in(client, "ada").status_code == 302


def test_signing_in_does_not_pay_for_an_address_failures():
    now = datetime.now(UTC)
    origin = throttle.origin(ADDRESS)
    for _ in range(throttle.BY_ADDRESS.free):
        throttle.admit(origin, now, throttle.BY_ADDRESS)
    later = now + timedelta(seconds=2)
    throttle.admit(origin, later, throttle.BY_ADDRESS)
    throttle.take_back(origin, later)

    assert not throttle.admit(origin, later, throttle.BY_ADDRESS)
    assert throttle.admit(origin, later, throttle.BY_ADDRESS) == timedelta(seconds=2)


def test_an_hour_later_an_address_may_fail_again():
    now = datetime.now(UTC)
    for _ in range(throttle.BY_ADDRESS.free):
        throttle.admit("somewhere", now, throttle.BY_ADDRESS)
    later = now + timedelta(hours=1, minutes=2)

    assert not throttle.admit("somewhere", later, throttle.BY_ADDRESS)
    assert not throttle.admit("somewhere", later, throttle.BY_ADDRESS)


def test_who_has_a_network_has_not_all_of_its_addresses():
    assert throttle.origin("2001:db8::1") == throttle.origin("2001:db8::ffff:2")
    assert throttle.origin("2001:db8::1") != throttle.origin("2001:db8:0:1::1")
    assert throttle.origin("192.0.2.1") != throttle.origin("192.0.2.2")
    assert throttle.origin("::ffff:192.0.2.1") != throttle.origin("::ffff:192.0.2.2")
    assert throttle.origin("") != throttle.origin("192.0.2.1")
    assert throttle.subject("ada", "2001:db8::1") == throttle.subject("ada", "2001:db8::2")


def test_only_so_many_passwords_are_looked_at_at_a_time(client, ada, monkeypatch):
    """Each takes memory, and anyone may have one looked at."""
    inside: list[str] = []

    def looked_at(request: object, username: str, password: str) -> Operator:
        inside.append(username)
        if len(inside) < 10:
            answers.append(text_of(sign_in(Client(), f"another{len(inside)}", PASSWORD)))
        return ada

    answers: list[str] = []
    monkeypatch.setattr("console.sign_in.authenticate", looked_at)

    sign_in(client, "ada")

    assert len(inside) == AT_A_TIME
    assert SignInBusy.default_message in answers[0]
    assert "TooManyRequestsException" in {event.get("errorCode") for event in recorded()}


def test_waits_double_up_to_a_quarter_of_an_hour():
    waits = [
        throttle.BY_NAME.wait_after(throttle.BY_NAME.free + more).total_seconds()
        for more in range(12)
    ]

    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]
    assert throttle.BY_NAME.wait_after(10_000) == throttle.BY_NAME.most_wait


def test_what_was_typed_as_a_name_is_not_stored(client):
    sign_in(client, "my secret password")

    stored = str(list(SignInFailures.objects.values()))
    assert SignInFailures.objects.count() == 2
    assert "my secret password" not in stored
    assert "127.0.0.1" not in stored


def test_of_two_attempts_at_once_only_one_is_looked_at(monkeypatch):
    subject = throttle.subject("ada", "127.0.0.1")
    now = datetime.now(UTC)
    throttle.admit(subject, now)
    stale = SignInFailures.objects.get(subject=subject)
    throttle.admit(subject, now)
    monkeypatch.setattr(
        SignInFailures.objects.__class__, "get_or_create", lambda *_, **__: (stale, False)
    )

    assert throttle.admit(subject, now) == throttle.AT_ONCE


def test_failures_of_yesterday_are_forgotten():
    now = datetime.now(UTC)
    for _ in range(throttle.BY_NAME.free):
        throttle.admit("somebody", now)
    tomorrow = now + timedelta(days=1, minutes=1)

    assert not throttle.admit("somebody", tomorrow)
    assert SignInFailures.objects.get().count == 1


def test_what_has_expired_is_cleared(client, ada):
    (clear,) = DUTIES
    with time_machine.travel("2030-01-01T00:00:00Z", tick=False) as clock:
        sign_in(client, "ada")
        sign_in(Client(), "nobody")
        clear.run()
        assert (Session.objects.count(), SignInFailures.objects.count()) == (1, 2)
        clock.shift(timedelta(days=1, seconds=1))
        clear.run()

    assert not Session.objects.exists()
    assert not SignInFailures.objects.exists()


def test_signing_out_ends_the_session_on_the_server(client, ada):
    sign_in(client, "ada")
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert "signed out" in text_of(client.post("/console/logout/"))

    client.cookies[settings.SESSION_COOKIE_NAME] = cookie
    assert client.get(HOME).status_code == 302


def test_a_link_cannot_sign_anybody_out(client, ada):
    sign_in(client, "ada")

    assert client.get("/console/logout/").status_code == 405
    assert client.get(HOME).status_code == 200


def test_a_session_ends_after_twelve_hours_however_busy(client, ada):
    with time_machine.travel("2030-01-01T00:00:00Z", tick=False) as clock:
        sign_in(client, "ada")
        clock.shift(timedelta(hours=11, minutes=59))
        assert client.get(HOME).status_code == 200
        clock.shift(timedelta(minutes=2))
        assert client.get(HOME).status_code == 302


def test_the_session_cookie_is_the_consoles_alone(client, ada):
    sign_in(client, "ada")

    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert cookie["path"] == "/console/"
    assert not cookie["max-age"]  # it ends with the browser


def test_passwords_are_hashed_with_argon2(ada, settings):
    settings.PASSWORD_HASHERS = production.PASSWORD_HASHERS  # the tests' own are quick
    ada.set_password(PASSWORD)

    assert ada.password.startswith("argon2$argon2id$")
    assert "$m=47104,t=2,p=1$" in ada.password


def test_a_hash_that_cost_more_memory_is_made_anew_at_signing_in(client, ada, settings):
    settings.PASSWORD_HASHERS = production.PASSWORD_HASHERS
    ada.password = Argon2PasswordHasher().encode(PASSWORD, "a salt of its own")
    ada.save()
    assert "$m=102400," in ada.password

    assert sign_in(client, "ada").status_code == 302

    ada.refresh_from_db()
    assert "$m=47104,t=2,p=1$" in ada.password


def test_signing_in_needs_the_forms_token(ada):
    strict = Client(enforce_csrf_checks=True)

    assert sign_in(strict, "ada").status_code == 403
