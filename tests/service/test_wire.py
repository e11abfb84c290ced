"""AWS-shaped values become frozen dataclasses and back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from service.wire import decode, encode


@dataclass(frozen=True, slots=True)
class Tag:
    tag_key: str
    tag_value: str


@dataclass(frozen=True, slots=True)
class Thing:
    key_id: str
    plaintext: bytes = b""
    grant_tokens: tuple[str, ...] = ()
    tags: tuple[Tag, ...] | None = None
    first: Tag | None = None
    encryption_context: Mapping[str, str] | None = None
    created: datetime | None = None
    sse_kms: str | None = field(default=None, metadata={"aws": "SSEKms"})


WHEN = datetime(2026, 1, 2, tzinfo=UTC)
PARAMS = {
    "KeyId": "k",
    "Plaintext": b"p",
    "GrantTokens": ["a", "b"],
    "Tags": [{"TagKey": "x", "TagValue": "y"}],
    "First": {"TagKey": "x", "TagValue": "y"},
    "EncryptionContext": {"x": "y"},
    "Created": WHEN,
    "SSEKms": "named",
}
THING = Thing("k", b"p", ("a", "b"), (Tag("x", "y"),), Tag("x", "y"), {"x": "y"}, WHEN, "named")


def test_params_become_the_input():
    assert decode(Thing, PARAMS) == THING


def test_an_output_becomes_params():
    assert encode(THING) == PARAMS


def test_absent_members_take_the_default_and_unknown_ones_are_ignored():
    assert decode(Thing, {"KeyId": "k", "Tags": None, "Unknown": 1}) == Thing("k")


def test_none_is_left_out_and_empty_is_kept():
    assert encode(Thing("k", tags=())) == {
        "KeyId": "k",
        "Plaintext": b"",
        "GrantTokens": [],
        "Tags": [],
    }


def test_a_value_that_has_no_members_stays_what_it_is_in_a_list_too():
    time = datetime(2026, 12, 31, tzinfo=UTC)

    assert encode([time, "text", None]) == [time, "text", None]
