"""secretsmanager:ListSecretVersionIds."""

from collections.abc import Sequence
from dataclasses import field
from datetime import datetime

from django.db.models import Q

from secrets_app import last_access, replicas
from secrets_app.models import Secret, SecretVersion
from secrets_app.on_secrets import SecretOperation
from secrets_app.paging import Asked
from service.operation import Call
from service.tokens import Page
from service.value import value

MOST = 100
DEFAULT_KEY = ("DefaultEncryptionKey",)


@value
class ListSecretVersionIdsInput:
    secret_id: str
    max_results: int = MOST
    next_token: str | None = None
    include_deprecated: bool | None = None


@value
class SecretVersionsListEntry:
    version_id: str
    created_date: datetime
    kms_key_ids: tuple[str, ...]
    version_stages: tuple[str, ...] | None = None
    last_accessed_date: datetime | None = None


@value
class ListSecretVersionIdsOutput:
    versions: tuple[SecretVersionsListEntry, ...]
    arn: str = field(metadata={"aws": "ARN"})
    name: str
    next_token: str | None = None


class ListSecretVersionIds(SecretOperation[ListSecretVersionIdsInput, ListSecretVersionIdsOutput]):
    """Lists a secret's versions, the oldest first; those without labels only if asked to."""

    name = "secretsmanager:ListSecretVersionIds"
    of_deleted = True

    def run(self, call: Call, given: ListSecretVersionIdsInput) -> ListSecretVersionIdsOutput:
        row = self.secret(call, given).row
        asked = Asked(call.caller, self.name, row.pk, bool(given.include_deprecated))
        after: Sequence[str | int] = asked.after(given.next_token, list)
        page = _page(row, after, given.max_results, deprecated=bool(given.include_deprecated))
        versions = tuple(_told(row, each) for each in page.items)
        return ListSecretVersionIdsOutput(versions, row.arn, row.name, asked.token(page))


def _page(
    row: Secret, after: Sequence[str | int], length: int, *, deprecated: bool
) -> Page[SecretVersion]:
    """Only versions that have a value."""
    rows = row.versions.exclude(kind="").defer("sealed").order_by("created", "id")
    if not deprecated:
        rows = rows.filter(stages__isnull=False).distinct()
    if after:
        created, key = datetime.fromisoformat(str(after[0])), after[1]
        rows = rows.filter(created__gte=created).filter(Q(created__gt=created) | Q(pk__gt=key))
    found = list(rows.prefetch_related("stages")[: length + 1])
    last = found[length - 1] if found[length:] else None
    return Page(tuple(found[:length]), last and [last.created.isoformat(), last.pk])


def _told(row: Secret, version: SecretVersion) -> SecretVersionsListEntry:
    return SecretVersionsListEntry(
        version_id=version.version_id,
        version_stages=tuple(each.label for each in version.stages.all()) or None,
        last_accessed_date=replicas.day(last_access.of_version(version)),
        created_date=version.created,
        kms_key_ids=(version.kms_key,) if version.kms_key else DEFAULT_KEY,
    )
