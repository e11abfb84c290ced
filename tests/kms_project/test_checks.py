"""Settings that contradict each other keep the server from starting, and say what to do."""

import pytest

from kms_project.checks import settings_agree


@pytest.fixture
def found(settings):
    """The ids of the errors that given settings lead to."""

    def check(**given):
        for name, value in given.items():
            setattr(settings, name, value)
        return [error.id for error in settings_agree(None)]

    return check


def test_the_defaults_agree(found):
    assert found() == []


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"STRONGROOM_TLS_CERTIFICATE": __file__}, "E001"),
        ({"STRONGROOM_TLS_KEY": __file__}, "E001"),
        ({"STRONGROOM_TLS_CLIENT_CA": __file__}, "E002"),
        ({"STRONGROOM_TLS_CERTIFICATE": "/nowhere", "STRONGROOM_TLS_KEY": __file__}, "E003"),
        ({"STRONGROOM_ACCOUNT_ID": "12345"}, "E004"),
        ({"STRONGROOM_ACCOUNT_ID": "123456789012\n"}, "E004"),
        ({"STRONGROOM_REGIONS": ["us-east-1", "mars-north-1"]}, "E005"),
        ({"STRONGROOM_TRUSTED_PROXIES": ["10.0.0.1/8"]}, "E006"),
        ({"STRONGROOM_TRUSTED_PROXIES": ["proxy.example.com"]}, "E006"),
        ({"STRONGROOM_WORKERS": 0}, "E007"),
        ({"STRONGROOM_THREADS": 0}, "E007"),
        ({"STRONGROOM_MAX_BODY_BYTES": -1}, "E007"),
        ({"PORT": 65536}, "E007"),
        ({"STRONGROOM_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE"}, "E008"),
        ({"STRONGROOM_SECRET_ACCESS_KEY": "s" * 40}, "E008"),
        ({"STRONGROOM_ACCESS_KEY_ID": "a/b", "STRONGROOM_SECRET_ACCESS_KEY": "s" * 40}, "E008"),
        (
            {
                "STRONGROOM_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
                "STRONGROOM_SECRET_ACCESS_KEY": "short",
            },
            "E008",
        ),
        ({"DATABASES": {"default": {"ATOMIC_REQUESTS": True}}}, "E009"),
    ],
)
def test_a_contradiction_has_an_id(found, given, error):
    assert found(**given) == [f"strongroom.{error}"]


def test_no_message_tells_the_secret(settings):
    settings.STRONGROOM_SECRET_ACCESS_KEY = "hunter2"
    settings.STRONGROOM_ACCESS_KEY_ID = "AKIAIOSFODNN7EXAMPLE"

    assert not any("hunter2" in error.msg for error in settings_agree(None))
