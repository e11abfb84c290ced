"""Whose word about a request's origin counts."""

import pytest

from service.peer import peer


def asked(remote="203.0.113.7", scheme="http", **headers):
    return peer({"REMOTE_ADDR": remote, "wsgi.url_scheme": scheme, **headers})


@pytest.fixture
def behind_proxies(settings):
    settings.STRONGROOM_TRUSTED_PROXIES = ["10.0.0.0/8", "::1"]


def test_the_connection_says_where_a_request_comes_from():
    assert asked() == ("203.0.113.7", False)
    assert asked(scheme="https") == ("203.0.113.7", True)
    assert peer({}) == ("", False)


def test_a_stranger_cannot_claim_another_address_or_tls(behind_proxies):
    claimed = {"HTTP_X_FORWARDED_FOR": "10.1.1.1", "HTTP_X_FORWARDED_PROTO": "https"}

    assert asked(**claimed) == ("203.0.113.7", False)


def test_without_trusted_proxies_nobody_is_believed():
    claimed = {"HTTP_X_FORWARDED_FOR": "8.8.8.8", "HTTP_X_FORWARDED_PROTO": "https"}

    assert asked("127.0.0.1", **claimed) == ("127.0.0.1", False)


def test_a_trusted_proxy_is_believed(behind_proxies):
    said = {"HTTP_X_FORWARDED_FOR": "198.51.100.4", "HTTP_X_FORWARDED_PROTO": "https"}

    assert asked("10.0.0.1", **said) == ("198.51.100.4", True)
    assert asked("::1", **said) == ("198.51.100.4", True)


def test_what_a_client_wrote_before_its_proxy_did_is_not_believed(behind_proxies):
    said = {"HTTP_X_FORWARDED_FOR": "1.1.1.1, 198.51.100.4, 10.0.0.2"}

    assert asked("10.0.0.1", **said) == ("198.51.100.4", False)


def test_a_proxy_that_took_plain_http_makes_the_call_insecure(behind_proxies):
    said = {"HTTP_X_FORWARDED_PROTO": "https, http"}

    assert asked("10.0.0.1", "https", **said) == ("10.0.0.1", False)


def test_what_is_no_address_is_not_taken_for_one(behind_proxies):
    assert asked("10.0.0.1", HTTP_X_FORWARDED_FOR="198.51.100.4, unknown") == ("10.0.0.1", False)
    assert asked("not an address")[0] == "not an address"


def test_an_ipv4_address_is_one_on_an_ipv6_socket_too(behind_proxies):
    assert asked("::ffff:203.0.113.7")[0] == "203.0.113.7"
    assert asked("::ffff:10.0.0.1", HTTP_X_FORWARDED_FOR="::ffff:8.8.8.8")[0] == "8.8.8.8"
    assert asked("::ffff:nonsense")[0] == "::ffff:nonsense"
