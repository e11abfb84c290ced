"""A secret's versions as they came one after the other, the newest first."""

from datetime import datetime
from typing import Any

from console.pages import Page
from console.refusals import Refusal
from secrets_app.operations.describe_secret import DescribeSecretOutput
from secrets_app.operations.list_secret_version_ids import (
    DEFAULT_KEY,
    ListSecretVersionIds,
    SecretVersionsListEntry,
)
from service.value import value


@value
class Entry:
    """A version. `created` is None of one that a rotation began and has not given a value yet.

    `key`: the KMS key of its value; empty for the account's default.
    """

    version_id: str
    labels: tuple[str, ...]
    created: datetime | None = None
    accessed: datetime | None = None
    key: str = ""


@value
class Timeline:
    entries: tuple[Entry, ...] = ()
    after: str | None = None
    refusal: Refusal | None = None


def versions(page: Page, told: DescribeSecretOutput, *, old: bool, after: str = "") -> Timeline:
    """A page of them: those with labels, with `old` also the others, as far as they are kept."""
    asked: dict[str, Any] = {"SecretId": told.arn, "IncludeDeprecated": old}
    answer = page.try_to_ask(ListSecretVersionIds, asked | ({"NextToken": after} if after else {}))
    if answer.refusal is not None:
        return Timeline(refusal=answer.refusal)
    found = tuple(map(_entry, answer.output.versions[::-1]))
    place = answer.output.next_token
    return Timeline(found if place else (*_begun(told, found, old), *found), place)


def _entry(told: SecretVersionsListEntry) -> Entry:
    return Entry(
        told.version_id,
        told.version_stages or (),
        told.created_date,
        told.last_accessed_date,
        "" if told.kms_key_ids == DEFAULT_KEY else told.kms_key_ids[0],
    )


def _begun(told: DescribeSecretOutput, found: tuple[Entry, ...], old: bool) -> list[Entry]:
    """Versions that have labels and no value: ListSecretVersionIds does not tell them."""
    known = {each.version_id for each in found}
    stages = told.version_ids_to_stages or {}
    return [Entry(name, labels) for name, labels in stages.items() if name not in known]
