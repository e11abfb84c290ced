"""JSON in snake_case becomes AWS-shaped params, and outputs become JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from rest.members import from_text, read, write
from service.errors import SerializationFailed, ServiceError, ValidationFailed


@dataclass(frozen=True, slots=True)
class Tag:
    tag_key: str
    tag_value: str


@dataclass(frozen=True, slots=True)
class Thing:
    key_id: str = ""
    plaintext: bytes | None = None
    number_of_bytes: int | None = None
    dry_run: bool | None = None
    since: datetime | None = None
    tags: tuple[Tag, ...] = ()
    grant_tokens: tuple[str, ...] = ()
    encryption_context: Mapping[str, str] | None = None
    policy: str | None = None
    named: str | None = field(default=None, metadata={"aws": "NAMED"})


JSON = {
    "key_id": "k",
    "plaintext": "cA==",
    "number_of_bytes": 1,
    "dry_run": True,
    "since": "2026-01-02T03:04:05Z",
    "tags": [{"tag_key": "x", "tag_value": "y"}],
    "grant_tokens": ["a"],
    "encryption_context": {"App": "x"},
    "policy": {"Version": "2012-10-17", "Statement": []},
    "named": "n",
}


def test_every_kind_of_member_is_read():
    assert read(Thing, JSON) == {
        "KeyId": "k",
        "Plaintext": b"p",
        "NumberOfBytes": 1,
        "DryRun": True,
        "Since": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        "Tags": [{"TagKey": "x", "TagValue": "y"}],
        "GrantTokens": ["a"],
        "EncryptionContext": {"App": "x"},
        "Policy": '{"Version":"2012-10-17","Statement":[]}',
        "NAMED": "n",
    }


def test_every_kind_of_member_is_written():
    made = Thing(
        key_id="k",
        plaintext=b"p",
        number_of_bytes=1,
        dry_run=True,
        since=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        tags=(Tag("x", "y"),),
        grant_tokens=("a",),
        encryption_context={"App": "x"},
        policy='{"Version":"2012-10-17","Statement":[]}',
        named="n",
    )

    assert write(made) == JSON


def test_null_is_absent_and_absent_is_not_told():
    assert read(Thing, {"key_id": None}) == {}
    assert "plaintext" not in write(Thing())


@pytest.mark.parametrize(
    ("member", "value", "says"),
    [
        ("key_id", 1, "key_id must be a string"),
        ("number_of_bytes", True, "number_of_bytes must be an integer"),
        ("number_of_bytes", 1.0, "number_of_bytes must be an integer"),
        ("dry_run", "true", "dry_run must be true or false"),
        ("plaintext", "p p", "plaintext must be base64"),
        ("plaintext", "ü", "plaintext must be base64"),
        ("plaintext", [], "plaintext must be a string"),
        ("since", "yesterday", "since must be a time with a zone"),
        ("since", "2026-01-02T03:04:05", "since must be a time with a zone"),
        ("since", "0001-01-01T00:00:00+23:59", "since must be a time with a zone"),
        ("tags", {}, "tags must be a list"),
        ("tags", ["x"], "tags.0 must be an object"),
        ("tags", [{"tag_key": 1}], "tags.0.tag_key must be a string"),
        ("grant_tokens", [1], "grant_tokens.0 must be a string"),
        ("encryption_context", {"a": 1}, "encryption_context must be a string"),
        ("policy", "{}", "policy must be an object"),
    ],
)
def test_a_member_of_the_wrong_kind_is_named_and_its_value_is_not_told(member, value, says):
    with pytest.raises(SerializationFailed) as raised:
        read(Thing, {member: value})

    assert raised.value.message.startswith(says)


@pytest.mark.parametrize("given", [{"keyid": 1}, {"KeyId": "k"}, {"tags": [{"key": "x"}]}])
def test_an_unknown_member_is_refused(given):
    with pytest.raises(ValidationFailed, match="Unknown member"):
        read(Thing, given)


def test_text_out_of_a_query_is_read_by_its_kind():
    assert from_text(bool, "true", "n") is True
    assert from_text(bool, "false", "n") is False
    assert from_text(int, "12", "n") == 12
    assert from_text(str, "12", "n") == "12"
    with pytest.raises(ServiceError):
        from_text(int, "twelve", "n")
