"""The settings of webhooks: what may not be is told before the server starts."""

import pytest

from notices.checks import webhooks_are_sound
from tests.support.receiver import OTHER_SECRET, SECRET

URL = "https://hooks.example/path?token=canary"


@pytest.fixture
def said(settings):
    """What the check says of the settings."""

    def check(urls=(URL,), secrets=SECRET, bundle=""):
        settings.STRONGROOM_WEBHOOK_URLS = list(urls)
        settings.STRONGROOM_WEBHOOK_SECRETS = secrets
        settings.STRONGROOM_WEBHOOK_CA_BUNDLE = bundle
        found = webhooks_are_sound(None)
        assert {each.id for each in found} <= {"notices.E001"}
        text = "\n".join(each.msg for each in found)
        assert "canary" not in text
        return text

    return check


def test_the_defaults_are_sound(said):
    assert said((), "") == ""


@pytest.mark.parametrize(
    "url", [URL, "http://127.0.0.1:8080", "http://localhost/x", "http://[::1]:1"]
)
def test_https_and_this_machine_are_told(said, url):
    assert said([url]) == ""


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://hooks.example", "this machine only"),
        ("http://127.0.0.1.example", "this machine only"),
        ("ftp://hooks.example", "https://"),
        ("hooks.example", "https://"),
        ("https://", "https://"),
        ("https://[", "no URL"),
        ("https://a.example:x", "no URL"),
        ("https://user:canary@a.example", "user name"),
        ("https://a.example/#canary", "fragment"),
        ("https://a.example/ä", "ASCII"),
        ("https://a.example/" + "x" * 1000, "1000 characters"),
    ],
)
def test_other_urls_are_refused(said, url, says):
    assert says in said([URL, url])
    assert "the 2. of them" in said([URL, url])


def test_a_url_is_named_once(said):
    assert "twice" in said([URL, URL])


@pytest.mark.parametrize(
    ("secrets", "says"),
    [
        ("", "needs STRONGROOM_WEBHOOK_SECRETS"),
        ("canary", "begin with whsec_"),
        ("whsec_canary!", "base64"),
        ("whsec_Y2FuYXJ5", "24 to 64 bytes"),
        (f"{SECRET},whsec_" + "YWFh" * 22, "24 to 64 bytes"),
    ],
)
def test_secrets_that_cannot_be_are_refused(said, secrets, says):
    assert says in said(secrets=secrets)


def test_several_secrets_may_be_separated_by_commas_or_lines(said):
    assert said(secrets=f"{SECRET}, {OTHER_SECRET}") == ""
    assert said(secrets=f"{SECRET}\n{OTHER_SECRET}") == ""


def test_a_bundle_that_is_not_there_is_told(said):
    assert "no file" in said(bundle="/nowhere")
