"""Temporary credentials: made for a role, a user or root, and opened again by their token.

Nothing of a session is stored. What may change during it (whether its role or user is still
there, their policies and tags) is read whenever the revision has moved on; the rest is in
the token. So a session ends when it expires, or when whose it is was deleted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime, timedelta

from crypto.errors import CannotOpen
from iam import access_keys, session_tokens
from iam.access_keys import Credential
from iam.errors import ExpiredToken, UnrecognizedClient
from iam.models import Account, Role, User, access_key_id
from iam.principals import root_principal, session_principal, user_principal
from iam.session_tokens import Contents
from iam.sigv4 import Authorization
from service.caller import NOTHING, Principal, PrincipalKind, Session
from service.snapshot import Snapshot
from service.value import value

MOST_KEPT = 5_000  # opened sessions; each may have policies and tags of some kilobytes


@value
class TemporaryCredentials:
    """What a program signs with until `expiration` (UTC)."""

    access_key_id: str
    expiration: datetime
    secret: str = field(repr=False)
    session_token: str = field(repr=False)


def lasting(
    time: datetime,
    duration: timedelta,
    *,
    policy: str = "",
    policy_arns: Sequence[str] = (),
    tags: Mapping[str, str] = NOTHING,
    transitive: Sequence[str] = (),
    source_identity: str = "",
) -> Session:
    """A session from `time` on (whole seconds count), with what `service.caller.Session` has."""
    issued = time.replace(microsecond=0)
    return Session(
        issued=issued,
        expires=issued + duration,
        policy=policy,
        policy_arns=tuple(policy_arns),
        tags=tags,
        transitive=tuple(transitive),
        source_identity=source_identity,
    )


def principal_of(role: Role, session_name: str, session: Session | None = None) -> Principal:
    """Who a session of the role is. Its name is AWS's: 2 to 64 of `[A-Za-z0-9_+=,.@-]`.

    `session`: what it has beside its name; none for calls of this process as the role.
    """
    return session_principal(role, session_name, session)


def assume(
    role: Role,
    session_name: str,
    time: datetime,
    duration: timedelta,
    *,
    policy: str = "",
    tags: Mapping[str, str] = NOTHING,
) -> TemporaryCredentials:
    """Credentials of a session of the role. Whether somebody may have them is not asked."""
    return of_role(role, session_name, lasting(time, duration, policy=policy, tags=tags))


def of_role(
    role: Role, session_name: str, session: Session, *, least_letters: int = 0
) -> TemporaryCredentials:
    """The same for a session with all that it may have, and a token of `least_letters` or more.

    Policies and tags must be within the limits of `iam.session_limits`.
    """
    contents = _contents(PrincipalKind.ASSUMED_ROLE, role.unique_id, session, session_name)
    return _made(role.account_id, contents, least_letters)


def of_long_term(
    principal: Principal, session: Session, *, least_letters: int = 0
) -> TemporaryCredentials:
    """Credentials of a session of a user, or of an account's root."""
    contents = _contents(principal.kind, principal.id, session)
    return _made(principal.account, contents, least_letters)


def found(authorization: Authorization, snapshot: Snapshot, time: datetime) -> Credential:
    """The credential that a token stands for, if it is one of that access key.

    Raises UnrecognizedClient, or ExpiredToken.
    """
    key_id, token = authorization.access_key_id, authorization.token
    credential, expires = snapshot.get(
        ("session", key_id, token), lambda: _opened(key_id, token), MOST_KEPT
    )
    if expires <= time:
        raise ExpiredToken
    return credential


def require_service(principal: Principal, service: str) -> None:
    """Raise UnrecognizedClient, as AWS does, if a user's session asks IAM without MFA."""
    if service == "iam" and principal.kind is not PrincipalKind.ASSUMED_ROLE:
        raise UnrecognizedClient


def still_holds(principal: Principal) -> bool:
    """Whether the one whose session it is is still there."""
    owner_id = principal.id.partition(":")[0]  # a role's session's id is ROLE-ID:SESSION-NAME
    return _owner(principal.account, principal.kind, owner_id) is not None


def account_of(key_id: str, token: str) -> str | None:
    """The account in which the token was made for that access key; it may have expired since."""
    try:
        return session_tokens.opened(token, key_id)[0]
    except CannotOpen:
        return None


def _contents(
    kind: PrincipalKind, owner_id: str, session: Session, session_name: str = ""
) -> Contents:
    return Contents(kind, owner_id, session_name, session, access_keys.new_secret())


def _made(account: str, contents: Contents, least_letters: int) -> TemporaryCredentials:
    key_id = access_key_id("ASIA")
    token = session_tokens.seal(account, key_id, contents, least_letters)
    return TemporaryCredentials(key_id, contents.session.expires, contents.secret, token)


def _opened(key_id: str, token: str) -> tuple[Credential, datetime]:
    try:
        account, contents = session_tokens.opened(token, key_id)
    except CannotOpen:
        raise UnrecognizedClient from None
    owner = _owner(account, contents.kind, contents.unique_id)
    if owner is None:
        raise UnrecognizedClient
    principal = _principal(owner, contents)
    return Credential(key_id, principal, contents.secret), contents.session.expires


def _principal(owner: Account | Role | User, contents: Contents) -> Principal:
    if isinstance(owner, Role):
        return session_principal(owner, contents.session_name, contents.session)
    known = user_principal(owner) if isinstance(owner, User) else root_principal(owner.id)
    return replace(known, session=contents.session)


def _owner(account: str, kind: PrincipalKind, owner_id: str) -> Account | Role | User | None:
    if kind is PrincipalKind.ASSUMED_ROLE:
        return Role.objects.filter(account_id=account, unique_id=owner_id).first()
    if kind is PrincipalKind.USER:
        return User.objects.filter(account_id=account, unique_id=owner_id).first()
    return Account.objects.filter(id=account).first()
