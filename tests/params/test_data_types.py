"""Data types: what a value has to be."""

import pytest

from tests.keys.using import refused

pytestmark = pytest.mark.django_db

FITS = {
    "text": ["anything", " "],
    "aws:ssm:integration": ["anything"],
    "aws:ec2:image": ["ami-0123456789abcdef0", "ami-12345678"],
    "aws:region": ["eu-central-1", "cn-north-1"],
    "aws:account:id": ["123456789012"],
    "boolean": ["true", "false"],
    "integer": ["0", "-12", "+7"],
    "float": ["1", "-1.5", ".5", "1.", "1e-9"],
    "binary": ["AAEC", "eA=="],
    "hostname": ["localhost", "a-b.example.com"],
    "email": ["a.b+c@example.com"],
    "ipv4-address": ["192.0.2.1"],
    "ipv6-address": ["2001:db8::1", "::"],
    "url": ["https://example.com/x?y", "postgres://user@host:5432/db"],
    "json": ['{"a": [1, null]}', "1"],
    "jsonc": ['{"a": "//no", /* yes */ "b": 1 // and\n}'],
}
DOES_NOT = {
    "aws:ec2:image": ["ami-", "ami-XYZ45678", "x"],
    "aws:region": ["eu-nowhere-1", ""],
    "aws:account:id": ["12345678901", "1234567890123"],
    "boolean": ["True", "1"],
    "integer": ["1.0", "x", "\u0661"],
    "float": ["1e", ".", "nan"],
    "binary": ["A", "ä", "-_"],
    "hostname": ["-a", "a..b", "a_b", "x" * 64],
    "email": ["a", "a@", "@b", "a b@c"],
    "ipv4-address": ["256.0.0.1", "1.2.3", "::1"],
    "ipv6-address": ["1.2.3.4", ":::"],
    "url": ["example.com", "https://", "https://a b", "https://[x"],
    "json": ["{", "{'a': 1}", "[" * 4000, "NaN", "[-Infinity]"],
    "jsonc": ['{"a": 1', "// nothing"],
}
ADVANCED = {"url", "json", "jsonc"}


@pytest.mark.parametrize(("name", "value"), [(n, v) for n in FITS for v in FITS[n]])
def test_what_fits_is_taken(ssm, name, value):
    tier = "Advanced" if name in ADVANCED else "Standard"
    ssm.put("p", value, DataType=name, Tier=tier)

    assert (ssm.get("p").data_type, ssm.get("p").value) == (name, value)


@pytest.mark.parametrize(("name", "value"), [(n, v) for n in DOES_NOT for v in DOES_NOT[n] if v])
def test_what_does_not_is_refused_without_being_told(ssm, name, value):
    message = f"The parameter value is not valid for the data type {name}."
    with refused("ValidationException", message):
        ssm.put("p", value, DataType=name, Tier="Advanced")


@pytest.mark.parametrize("name", ["Text", "not_text", "something weird"])
def test_other_data_types_are_not_known(ssm, name):
    with refused(
        "ValidationException",
        f"The following data type is not supported: {name} (Data type names are all lowercase.)",
    ):
        ssm.put("p", DataType=name)


def test_an_image_is_a_string(ssm):
    with refused("ValidationException"):
        ssm.put("p", "ami-12345678", DataType="aws:ec2:image", Type="SecureString")


def test_some_are_for_advanced_parameters(ssm):
    with refused("ValidationException"):
        ssm.put("p", "{}", DataType="json")
    assert ssm.put("p", "{}", DataType="json", Tier="Intelligent-Tiering").tier == "Advanced"
