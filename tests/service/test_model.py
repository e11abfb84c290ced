"""Every constraint of botocore's models is held, and worded as AWS words it."""

from datetime import UTC, datetime

import pytest
from botocore.model import DenormalizedStructureBuilder, ListShape, MapShape, StructureShape

from service import constraints, model
from service.errors import ValidationFailed
from service.redaction import HIDDEN, recordable

SERVICES = ("kms", "ssm", "secretsmanager", "cloudtrail", "sts", "iam")
LONG = "x" * 2049


def failures(name, params):
    with pytest.raises(ValidationFailed) as refused:
        model.operation(name).validate(params)
    return refused.value.message


@pytest.mark.parametrize(
    ("name", "params", "says"),
    [
        (
            "kms:GenerateRandom",
            {"NumberOfBytes": 0},
            "Value '0' at 'numberOfBytes' failed to satisfy constraint: "
            "Member must have value greater than or equal to 1",
        ),
        (
            "kms:GenerateRandom",
            {"NumberOfBytes": 1025},
            "Value '1025' at 'numberOfBytes' failed to satisfy constraint: "
            "Member must have value less than or equal to 1024",
        ),
        (
            "kms:DescribeKey",
            {},
            "Value null at 'keyId' failed to satisfy constraint: Member must not be null",
        ),
        (
            "kms:DescribeKey",
            {"KeyId": LONG},
            f"Value '{LONG}' at 'keyId' failed to satisfy constraint: "
            "Member must have length less than or equal to 2048",
        ),
        (
            "kms:Encrypt",
            {"KeyId": "k", "Plaintext": b""},
            "Value at 'plaintext' failed to satisfy constraint: "
            "Member must have length greater than or equal to 1",
        ),
        (
            "kms:CreateAlias",
            {"AliasName": "alias/a b", "TargetKeyId": "k"},
            "Value 'alias/a b' at 'aliasName' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$",
        ),
        (
            "sts:AssumeRole",
            {"RoleArn": "arn:aws:iam::123456789012:role/r", "RoleSessionName": "J\u00fcrgen"},
            "Value 'J\u00fcrgen' at 'roleSessionName' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: [\\w+=,.@-]*",
        ),
        (
            "kms:GenerateDataKey",
            {"KeyId": "k", "KeySpec": "AES_512"},
            "Value 'AES_512' at 'keySpec' failed to satisfy constraint: "
            "Member must satisfy enum value set: [AES_256, AES_128]",
        ),
        (
            "kms:CreateKey",
            {"Tags": [{"TagKey": "a", "TagValue": "b"}, {"TagKey": "", "TagValue": "b"}]},
            "Value '' at 'tags.2.member.tagKey' failed to satisfy constraint: "
            "Member must have length greater than or equal to 1",
        ),
        (
            "kms:UntagResource",
            {"KeyId": "k", "TagKeys": ["a", ""]},
            "Value '[a, ]' at 'tagKeys' failed to satisfy constraint: "
            "Member must satisfy constraint: [Member must have length less than or equal to 128, "
            "Member must have length greater than or equal to 1]",
        ),
        (
            "kms:UntagResource",
            {"KeyId": "k", "TagKeys": ["a", None]},
            "Value '[a, null]' at 'tagKeys' failed to satisfy constraint: Member must not be null",
        ),
        (
            "kms:Encrypt",
            {"KeyId": "k", "Plaintext": b"p", "EncryptionContext": {"a": None}},
            "Value '{a=null}' at 'encryptionContext' failed to satisfy constraint: "
            "Map value must not be null",
        ),
        (
            "secretsmanager:CreateSecret",
            {"Name": "n", "ForceOverwriteReplicaSecret": True, "SecretString": ""},
            "Value at 'secretString' failed to satisfy constraint: "
            "Member must have length greater than or equal to 1",
        ),
    ],
)
def test_what_does_not_hold_is_told_as_aws_tells_it(name, params, says):
    assert failures(name, params) == f"1 validation error detected: {says}"


def test_several_failures_are_counted_and_joined():
    assert failures("kms:Encrypt", {}) == (
        "2 validation errors detected: Value null at 'keyId' failed to satisfy constraint: "
        "Member must not be null; Value null at 'plaintext' failed to satisfy constraint: "
        "Member must not be null"
    )


def test_patterns_of_unicodes_properties_hold_of_all_letters():
    tag = {"Key": "\u043a\u043b\u044e\u0447", "Value": "\u00fc"}
    arn = "arn:aws:iam::123456789012:role/r"
    given = {"RoleArn": arn, "RoleSessionName": "monday", "Tags": [tag]}
    model.operation("sts:AssumeRole").validate(given)


def test_what_holds_and_what_is_unknown_passes():
    model.operation("kms:Encrypt").validate(
        {"KeyId": "k", "Plaintext": b"p", "EncryptionContext": {"a": "b"}, "Unheard": object()}
    )
    model.operation("sts:GetCallerIdentity").validate({})


def test_maps_are_held_by_their_keys_and_values():
    shape = (
        DenormalizedStructureBuilder()
        .with_members(
            {
                "M": {
                    "type": "map",
                    "key": {"type": "string", "max": 2},
                    "value": {"type": "string", "pattern": "[a-z]+"},
                },
                "L": {
                    "type": "list",
                    "member": {"type": "list", "member": {"type": "string", "max": 1}},
                },
                "T": {"type": "boolean"},
            }
        )
        .build_model()
    )
    check = constraints.compiled(shape)

    assert check({"M": {"ab": "x"}, "L": [["a"], None], "T": True}, "") == [
        "Value '[[a], null]' at 'l' failed to satisfy constraint: Member must not be null"
    ]
    assert check({"M": {"abc": "x"}}, "") == [
        "Value '{abc=x}' at 'm' failed to satisfy constraint: Map keys must satisfy constraint: "
        "[Member must have length less than or equal to 2]"
    ]
    assert check({"M": {"a": "1"}}, "")[0].endswith(
        "Map value must satisfy constraint: "
        "[Member must satisfy regular expression pattern: [a-z]+]"
    )
    assert "at 'l.1.member'" in check({"L": [["ab"]]}, "")[0]


@pytest.mark.parametrize(
    ("name", "params", "path"),
    [
        ("kms:CreateKey", {"Description": "a\0b"}, "Value 'a\0b' at 'description'"),
        ("kms:CreateKey", {"Tags": [{"TagKey": "k", "TagValue": "\0"}]}, "tags.1.member.tagValue"),
        ("kms:UntagResource", {"KeyId": "k", "TagKeys": ["a", "\0"]}, "'tagKeys'"),
        (
            "kms:Encrypt",
            {"KeyId": "k", "Plaintext": b"p", "EncryptionContext": {"\0": ""}},
            "{\0=}",
        ),
        (
            "kms:Encrypt",
            {"KeyId": "k", "Plaintext": b"p", "EncryptionContext": {"": "\0"}},
            "{=\0}",
        ),
        ("secretsmanager:CreateSecret", {"Name": "n", "SecretString": "\0"}, "at 'secretString'"),
        ("cloudtrail:LookupEvents", {"NextToken": "\0"}, "at 'nextToken'"),
        ("iam:ListUsers", {"PathPrefix": "/", "Marker": "a\0"}, "at 'marker'"),
    ],
)
def test_no_text_may_have_a_nul_which_a_database_may_not_store(name, params, path):
    (found,) = [each for each in failures(name, params).split("; ") if "NUL" in each]
    assert path in found
    assert found.endswith(
        " failed to satisfy constraint: Member must not contain the character NUL"
    )


def test_bytes_may_have_a_nul():
    model.operation("kms:Encrypt").validate({"KeyId": "k", "Plaintext": b"\0"})


def test_truth_is_told_in_lower_case():
    assert constraints.told([True, False]) == "[true, false]"


@pytest.mark.parametrize("name", SERVICES)
def test_every_shape_of_every_service_compiles(name):
    for action in model.service(name).operation_names:
        model.operation(f"{name}:{action}")


def test_an_operation_that_aws_has_not_is_unknown():
    with pytest.raises(KeyError):
        model.operation("kms:Frobnicate")


# -- what may be recorded


def _secret_paths(shape, value="canary"):
    """Parameters in which every member holds the canary, if the model lets it hold anything."""
    if isinstance(shape, StructureShape):
        return {name: _secret_paths(member) for name, member in shape.members.items()}
    if isinstance(shape, ListShape):
        return [_secret_paths(shape.member)]
    if isinstance(shape, MapShape):
        return {"key": _secret_paths(shape.value)}
    return {
        "blob": value.encode(),
        "boolean": True,
        "integer": 1,
        "long": 1,
        "timestamp": datetime(2026, 1, 1, tzinfo=UTC),
    }.get(shape.type_name, value if shape.metadata.get("sensitive") else "plain")


def _walkable(shape, depth=0):
    """Whether the shape is a tree: some of ssm's contain themselves."""
    if depth > 12:
        return False
    inner = [shape.member] if isinstance(shape, ListShape) else []
    inner += [shape.value] if isinstance(shape, MapShape) else []
    inner += list(shape.members.values()) if isinstance(shape, StructureShape) else []
    return all(_walkable(each, depth + 1) for each in inner)


@pytest.mark.parametrize("name", SERVICES)
def test_no_operation_records_what_is_sensitive(name):
    for action in model.service(name).operation_names:
        found = model.operation(f"{name}:{action}")
        for shape in (found.input_shape, found.output_shape):
            if shape is not None and _walkable(shape):
                assert "canary" not in repr(recordable(shape, _secret_paths(shape))), action


def test_what_is_recorded_has_cloudtrails_names():
    shape = model.operation("kms:Encrypt").input_shape

    assert recordable(
        shape,
        {
            "KeyId": "k",
            "Plaintext": b"secret",
            "EncryptionContext": {"App": "x"},
            "DryRun": None,
            "Unknown": "secret",
        },
    ) == {"keyId": "k", "encryptionContext": {"App": "x"}}


def test_a_sensitive_text_is_hidden_and_a_time_is_told():
    shape = model.operation("secretsmanager:PutSecretValue").input_shape
    assert recordable(shape, {"SecretId": "s", "SecretString": "secret"}) == {
        "secretId": "s",
        "secretString": HIDDEN,
    }
    shape = model.operation("cloudtrail:LookupEvents").input_shape
    assert recordable(shape, {"StartTime": datetime(2026, 1, 1, tzinfo=UTC)}) == {
        "startTime": "2026-01-01T00:00:00Z"
    }


def test_grant_tokens_are_left_out():
    shape = model.operation("kms:CreateGrant").output_shape
    assert recordable(shape, {"GrantId": "g", "GrantToken": "t"}) == {"grantId": "g"}
    shape = model.operation("kms:DescribeKey").input_shape
    assert recordable(shape, {"KeyId": "k", "GrantTokens": ["t"]}) == {"keyId": "k"}


def test_nothing_given_is_nothing_recorded():
    found = model.operation("kms:ListKeys")

    assert found.recordable_input({}) is None
    assert found.recordable_output(None) is None


def test_what_was_not_given_is_recorded_as_nothing():
    shape = model.operation("kms:UntagResource").input_shape

    assert recordable(shape, {"KeyId": "k", "TagKeys": ["a", None]}) == {
        "keyId": "k",
        "tagKeys": ["a", None],
    }


def test_an_app_describes_operations_that_aws_has_none_of():
    shapes = model.operation("kms-xks-proxy:Decrypt")

    assert shapes.recordable_input({"ExternalKeyId": "x", "Ciphertext": b"x"}) == {
        "externalKeyId": "x"
    }
    with pytest.raises(KeyError):
        model.operation("kms-xks-proxy:ListKeys")
