"""From what a request names to the secret, loaded once for each revision."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from iam.authorize import decision_for
from secrets_app import conditions, names
from secrets_app.errors import ResourceNotFound
from secrets_app.models import Secret, SecretVersion
from secrets_app.models import Stage as StageRow
from secrets_app.names import SecretId
from service.caller import Caller
from service.later import Later
from service.operation import Call, Check
from service.resource import Resource
from service.value import value

TYPE = "AWS::SecretsManager::Secret"
CURRENT, PENDING, PREVIOUS = "AWSCURRENT", "AWSPENDING", "AWSPREVIOUS"
MOST_REMEMBERED = 4_000  # secrets, each with a policy of up to 20 KB
MOST_VALUES = 500  # each of up to 64 KB


@value
class Loaded:
    """A secret as it was read, with the versions that have staging labels. Nobody changes it.

    versions  by their labels, without their values
    """

    row: Secret
    arn: str
    versions: Mapping[str, SecretVersion]
    resource: Resource

    def stages_of(self, version: SecretVersion) -> tuple[str, ...]:
        return tuple(label for label, each in self.versions.items() if each.pk == version.pk)

    @property
    def stages(self) -> Mapping[str, tuple[str, ...]]:
        """The labels of each version that has some, by its id."""
        return {each.version_id: self.stages_of(each) for each in self.versions.values()}


@value
class Named:
    """What a request named: the resource to ask for, and the secret if there is one."""

    name: SecretId
    resource: Resource
    secret: Loaded | None

    @property
    def found(self) -> Loaded:
        """Raises ResourceNotFound."""
        if self.secret is None:
            raise ResourceNotFound
        return self.secret


def named(call: Call, text: str) -> Named:
    """The secret that `text` names; its resource says so where it is not there.

    Raises ValidationFailed if `text` cannot name a secret.
    """
    return call.once(("secret", text), lambda: find(call.caller, text))


def find(caller: Caller, text: str) -> Named:
    """As `named`, once more each time."""
    name = names.parse(caller, text)
    secret = _find(caller, name)
    if secret is None:
        return Named(name, missing(name), None)
    return Named(name, secret.resource, secret)


def missing(name: SecretId) -> Resource:
    return Resource(name.missing_arn, name.account, TYPE, missing=ResourceNotFound())


def discreet(call: Call, named: Named, check: Check) -> Check:
    """`check`, as it may be put.

    Who may not touch a secret of another account is told the same as if it were not there.
    """
    caller = call.caller
    if named.secret is None or named.secret.row.account == caller.account:
        return check
    if decision_for(caller, check).allowed:
        return check
    return replace(check, resource=missing(named.name))


def by_name(caller: Caller, account: str, region: str, name: str) -> Loaded | None:
    """The secret of the name, unless its deletion is due."""
    key = ("secret", account, region, name)
    found = caller.snapshot.get(key, lambda: _load(account, region, name), MOST_REMEMBERED)
    return None if found is None or is_gone(found.row, caller.time) else found


def is_gone(row: Secret, time: datetime) -> bool:
    """Whether the secret's deletion is due, though nobody may have come round to it yet."""
    return row.deletion_date is not None and row.deletion_date <= time


def version_of(caller: Caller, secret: Loaded, version_id: str) -> SecretVersion | None:
    """A secret's version by its id, with a label or without one, without its value."""
    for version in secret.versions.values():
        if version.version_id == version_id:
            return version
    return caller.snapshot.get(
        ("secret version", secret.row.pk, version_id),
        lambda: _unlabelled(secret.row, version_id),
        MOST_REMEMBERED,
    )


def sealed_of(caller: Caller, version: SecretVersion) -> bytes | None:
    """A version's value as it is stored; None if it has none yet."""
    return caller.snapshot.get(
        ("secret value", version.pk), lambda: read_sealed(version), MOST_VALUES
    )


def read_sealed(version: SecretVersion) -> bytes | None:
    """The same, read anew."""
    rows = SecretVersion.objects.filter(pk=version.pk)
    sealed = rows.values_list("sealed", flat=True).first()
    return None if sealed is None else bytes(sealed)


def stages_of(row: Secret) -> Mapping[str, SecretVersion]:
    """The versions that have labels, by them, without their values. In the order of labelling."""
    rows = StageRow.objects.filter(secret=row).select_related("version").defer("version__sealed")
    return {each.label: each.version for each in rows.order_by("id")}


def _find(caller: Caller, name: SecretId) -> Loaded | None:
    """By a whole ARN, else by the name, which is also what a partial ARN is."""
    if name.region != caller.region:
        return None
    if name.parts is not None:
        plain, suffix = name.parts
        found = by_name(caller, name.account, name.region, plain)
        if found is not None and found.row.suffix == suffix:
            return found
    return by_name(caller, name.account, name.region, name.name)


def _load(account: str, region: str, name: str) -> Loaded | None:
    """Two queries; tags are another, if a policy asks for them."""
    row = Secret.objects.filter(account=account, region=region, name=name).first()
    if row is None:
        return None
    arn = row.arn
    return Loaded(row, arn, stages_of(row), resource_of(row, arn))


def read_tags(row: Secret) -> dict[str, str]:
    """In the order in which they were added."""
    return dict(row.tags.order_by("id").values_list("name", "value"))


def resource_of(row: Secret, arn: str) -> Resource:
    tags: Mapping[str, str] = Later(lambda: read_tags(row))
    return Resource(
        arn,
        row.account,
        TYPE,
        policy=row.policy or None,
        tags=tags,
        conditions=Later(lambda: conditions.of_secret(row, tags)),
    )


def _unlabelled(row: Secret, version_id: str) -> SecretVersion | None:
    return row.versions.filter(version_id=version_id).defer("sealed").first()
