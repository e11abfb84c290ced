"""Replicas in another account: made there, associated from here, kept in step with the primary.

The replica's owner makes it with CrossAccountPrimaryARN; its policy lets the primary's
account replicate into it. The primary's owner associates it. From then on its description,
versions and staging labels follow the primary's, sealed under the replica's own key as
whoever changes the primary, or as the role that the association names.

https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_AssociateCrossAccountReplica.html
"""

import json
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from iam.models import Role
from iam.policy.document import Policy, PolicyKind
from iam.policy.principals import Match
from iam.principals import role_principal
from secrets_app import replicas
from secrets_app.errors import InvalidParameter
from secrets_app.models import CrossAccountReplica, Secret, Status
from secrets_app.replicas import New
from secrets_app.sealing import VIA
from secrets_app.shapes import CrossAccountPrimary, CrossAccountReplicaEntry
from secrets_app.values import Values
from service.arns import Arn
from service.caller import Caller, Principal, PrincipalKind
from service.errors import AccessDenied, ServiceError

ACCEPT = "secretsmanager:AcceptCrossAccountReplication"
SHARED = ("description",)


def require_sound(caller: Caller, primary: str) -> Arn:
    """The ARN of a secret that one of the caller's may follow. Raises InvalidParameter."""
    try:
        arn = Arn.parse(primary)
    except ValueError:
        raise InvalidParameter(f"{primary} is not the ARN of a secret.") from None
    here = (caller.partition, "secretsmanager", caller.region)
    if (arn.partition, arn.service, arn.region) != here or not arn.resource.startswith("secret:"):
        raise InvalidParameter(
            "A primary secret and its cross-account replica must be in the same Region and "
            "partition."
        )
    if arn.account == caller.account:
        raise InvalidParameter("A cross-account replica is in another account than its primary.")
    return arn


def policy_for(primary: Arn) -> str:
    """The replica's policy: the primary's account may replicate into it."""
    statement = {
        "Sid": "AllowCrossAccountReplication",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:{primary.partition}:iam::{primary.account}:root"},
        "Action": ACCEPT,
        "Resource": "*",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def of_primary(row: Secret) -> CrossAccountReplica | None:
    rows = CrossAccountReplica.objects.filter(secret=row.pk).select_related("replica")
    return rows.first()


def prepare(values: Values, row: Secret, new: New = None) -> None:
    """Seal what `follow` will want, if the secret is a primary."""
    link = of_primary(row)
    if link is None or link.status == Status.DETACHED:
        return
    with suppress(ServiceError):  # it fails in the same way when the replica is written
        seal_all(values, row, link, new)


def seal_all(values: Values, row: Secret, link: CrossAccountReplica, new: New = None) -> None:
    """Seal for the replica what `bring` will want. Raises what keeps it from that."""
    replicas.seal_for(_as(values, link.role), row, link.replica, new)


def follow(values: Values, row: Secret, now: datetime) -> None:
    """Bring the secret's replica in another account in step with it. Its row is locked."""
    link = of_primary(row)
    if link is None or link.status == Status.DETACHED:
        return
    try:
        bring(values, row, link, now)
    except ServiceError as error:
        link.status = Status.FAILED
        link.message = f"Replication failed: {error.for_people}"[:4096]
    else:
        link.status, link.message = Status.IN_SYNC, ""
    link.save(update_fields=["status", "message"])


def bring(values: Values, row: Secret, link: CrossAccountReplica, now: datetime) -> None:
    """Raises what keeps the replica from being like its primary."""
    replicas.bring(_as(values, link.role), row, link.replica, now, SHARED)


def promote(replica: Secret) -> None:
    """Make the replica a secret of its own; its primary is told that it has left."""
    link = CrossAccountReplica.objects.get(replica=replica)
    replica.cross_account_primary = replica.policy = ""
    replica.save(update_fields=["cross_account_primary", "policy"])
    if link.secret_id is None:
        link.delete()
    else:
        link.status, link.message = Status.DETACHED, ""
        link.save(update_fields=["status", "message"])


def detach(link: CrossAccountReplica) -> None:
    """The primary has no part in it any more; the replica waits to be made one of its own."""
    if not link.replica.cross_account_primary:
        link.delete()
        return
    link.secret, link.status, link.message = None, Status.DETACHED, ""
    link.save(update_fields=["secret", "status", "message"])


def primary_told(row: Secret) -> CrossAccountPrimary | None:
    """What a replica tells of its primary."""
    if not row.cross_account_primary:
        return None
    link = CrossAccountReplica.objects.get(replica=row.pk)
    return CrossAccountPrimary(row.cross_account_primary, link.status, link.message or None)


def replicas_told(caller: Caller, row: Secret) -> tuple[CrossAccountReplicaEntry, ...] | None:
    """What a primary tells of its replica."""
    link = caller.snapshot.get(("secret link", row.pk), lambda: of_primary(row))
    if link is None:
        return None
    entry = CrossAccountReplicaEntry(
        link.replica.arn, link.status, link.role or None, link.message or None
    )
    return (entry,)


def _as(values: Values, role: str) -> Values:
    """The values as the role that replicates; without one, as the caller. Raises AccessDenied."""
    return values if not role else values.as_other(role, lambda caller: _assumed(caller, role))


def _assumed(caller: Caller, arn: str) -> Caller:
    """Secrets Manager as the role, if that trusts it."""
    parsed = Arn.parse(arn)
    name = parsed.resource.rpartition("/")[2]
    role = Role.objects.filter(account=parsed.account, name=name).first()
    if role is None or not _trusts(role):
        raise AccessDenied(f"Secrets Manager can't assume the role {arn}.")
    return replace(caller, principal=role_principal(role), access_key_id="")


def _trusts(role: Role) -> bool:
    service = Principal(PrincipalKind.SERVICE, "", arn="", id="", name=VIA)
    statements = Policy.parse(role.trust_policy, PolicyKind.TRUST).statements
    named = [each.allows for each in statements if each.match(service) is Match.ITSELF]
    return bool(named) and all(named)
