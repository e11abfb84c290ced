"""Where the proxies of external key stores are, by the settings."""

import json

import pytest
from django.core.checks import run_checks
from django.test import override_settings

from keys.stores import endpoints


def of(**places):
    return override_settings(STRONGROOM_XKS_ENDPOINTS=json.dumps(places))


def problems():
    return list(endpoints.problems())


def test_an_endpoint_is_where_it_says_unless_the_settings_know_better():
    with of(**{"https://Proxy.example": "https://10.0.0.7:8443"}):
        assert endpoints.url("https://proxy.EXAMPLE") == "https://10.0.0.7:8443"
        assert endpoints.url("https://other.example") == "https://other.example"
    assert endpoints.url("https://proxy.example") == "https://proxy.example"


@pytest.mark.parametrize(
    "places",
    [
        {},
        {"https://proxy.example": "https://10.0.0.7:8443"},
        {"https://proxy.example": "http://127.0.0.1:9000", "https://b": "http://[::1]:1"},
    ],
)
def test_sound_settings_are_no_problem(places):
    with of(**places):
        assert not problems()


@pytest.mark.parametrize(
    ("places", "says"),
    [
        ({"proxy.example": "https://10.0.0.7"}, "is not https:// and a host"),
        ({"https://proxy.example:443": "https://10.0.0.7"}, "is not https:// and a host"),
        ({"https://proxy.example": "10.0.0.7"}, "is neither https://"),
        ({"https://proxy.example": "ftp://10.0.0.7"}, "is neither https://"),
        ({"https://proxy.example": "https://x:port"}, "is no URL"),
        ({"https://proxy.example": "https://10.0.0.7/acme"}, "more than a host"),
        ({"https://proxy.example": "https://me@10.0.0.7"}, "more than a host"),
        ({"https://proxy.example": "http://10.0.0.7"}, "is plain HTTP"),
    ],
)
def test_a_place_that_cannot_be_is_told(places, says):
    with of(**places):
        (problem,) = problems()
        assert says in problem
        (error,) = [each for each in run_checks() if each.id == "keys.E002"]
        assert error.msg == problem


def test_plain_http_elsewhere_may_be_allowed():
    with of(**{"https://a": "http://10.0.0.7"}), override_settings(STRONGROOM_XKS_ALLOW_HTTP=True):
        assert not problems()


@pytest.mark.parametrize("text", ["{", "[]", '{"https://a": 1}'])
def test_what_is_no_json_object_of_urls_is_told(text):
    with override_settings(STRONGROOM_XKS_ENDPOINTS=text):
        assert problems() == ["STRONGROOM_XKS_ENDPOINTS is not a JSON object of URLs."]


def test_a_bundle_that_is_not_there_and_a_time_that_cannot_be_are_told(tmp_path):
    with override_settings(
        STRONGROOM_XKS_CA_BUNDLE=str(tmp_path / "none.pem"), STRONGROOM_XKS_TIMEOUT_MS=0
    ):
        assert ["where there is no file" in each for each in problems()] == [True, False]
        assert "between 1 and 10000" in problems()[1]
