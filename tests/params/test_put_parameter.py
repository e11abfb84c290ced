"""PutParameter: what makes a parameter, or its next version, and what does not."""

import pytest

from tests.keys.using import refused
from tests.params.using import arn

pytestmark = pytest.mark.django_db(transaction=True)

EXISTS = (
    "The parameter already exists. To overwrite this value, set the overwrite option in the "
    "request to true."
)


def test_a_parameter_is_made_and_read(ssm):
    made = ssm.put("/app/url", "https://example.com")

    assert (made.version, made.tier) == (1, "Standard")
    told = ssm.get("/app/url")
    assert (told.name, told.type, told.value) == ("/app/url", "String", "https://example.com")
    assert (told.version, told.data_type) == (1, "text")
    assert told.arn == arn("app/url")


def test_a_parameter_is_overwritten_only_if_that_is_said(ssm):
    ssm.put("p", "one")

    with refused("ParameterAlreadyExists", EXISTS):
        ssm.put("/p", "two")
    assert ssm.put("/p", "two", Overwrite=True).version == 2

    told = ssm.get("p")
    assert (told.name, told.value, told.version) == ("p", "two", 2)


def test_a_secure_string_is_told_encrypted_unless_decryption_is_asked_for(ssm):
    ssm.put("s", "the secret", Type="SecureString")

    assert "the secret" not in ssm.get("s").value
    assert ssm.get("s", WithDecryption=True).value == "the secret"


def test_an_advanced_secure_string_is_as_long_as_8_kb(ssm):
    ssm.put("s", "x" * 8192, Type="SecureString", Tier="Advanced")

    assert ssm.get("s", WithDecryption=True).value == "x" * 8192
