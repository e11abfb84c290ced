"""The Principal element: whom a statement of a resource policy speaks of."""

import re
from collections.abc import Mapping, Sequence
from enum import IntEnum

from service.caller import Principal, PrincipalKind
from service.value import value

KINDS = frozenset({"AWS", "Service", "Federated", "CanonicalUser"})
_ACCOUNT = re.compile(r"\d{12}", re.ASCII)
_ARN = re.compile(
    r"arn:aws[\w-]*:(?:iam|sts)::(\d{12}):(root|(?:user|role|assumed-role|federated-user)/.+)",
    re.ASCII,
)
_UNIQUE_ID = re.compile(r"A(?:IDA|ROA)[A-Z0-9]{12,124}", re.ASCII)
_SERVICE = re.compile(r"[\w-]+(\.[\w-]+)+", re.ASCII)


class Match(IntEnum):
    """How a statement names a principal; the greater, the closer.

    ACCOUNT   through its account: the account's own policies have to allow it too
    EVERYONE  "*", or one of the principals that NotPrincipal leaves
    ROLE      the role of its session
    ITSELF    by its own name
    """

    NONE = 0
    ACCOUNT = 1
    EVERYONE = 2
    ROLE = 3
    ITSELF = 4


def _bare(arn: str) -> str:
    """An ARN without its partition: the same identity has a name in each."""
    return arn.split(":", 2)[-1]


@value
class Principals:
    """A parsed Principal or NotPrincipal. ARNs are without their partition."""

    everyone: bool
    names: frozenset[str]
    accounts: frozenset[str]
    services: frozenset[str]
    others: bool  # NotPrincipal: everyone but these

    def match(self, principal: Principal) -> Match:
        """As on AWS, "*" speaks of services too."""
        if self.others:
            return Match.NONE if self._leaves_out(principal) else Match.EVERYONE
        if principal.kind is PrincipalKind.SERVICE:
            named = principal.name in self.services
            return Match.ITSELF if named else self._everyone()
        if self._names(principal.id, principal.arn):
            return Match.ITSELF
        if self._names_role(principal):
            return Match.ITSELF if principal.kind is PrincipalKind.ROLE else Match.ROLE
        if principal.account in self.accounts and principal.kind is PrincipalKind.ROOT:
            return Match.ITSELF
        if principal.account in self.accounts and not self.everyone:
            return Match.ACCOUNT
        return self._everyone()

    @property
    def named_accounts(self) -> frozenset[str]:
        """The accounts that are named, as such or as those of users and roles."""
        return self.accounts.union(name.split(":")[2] for name in self.names if ":" in name)

    @property
    def unique_ids(self) -> frozenset[str]:
        """Users and roles that are named by what does not tell their account."""
        return frozenset(filter(_UNIQUE_ID.fullmatch, self.names))

    def _everyone(self) -> Match:
        return Match.EVERYONE if self.everyone else Match.NONE

    def _leaves_out(self, principal: Principal) -> bool:
        """AWS holds NotPrincipal against all that a principal is, and wants all of it listed.

        That is its account, then its role, then itself.
        """
        if self.everyone:
            return True
        if principal.kind is PrincipalKind.SERVICE:
            return principal.name in self.services
        if principal.account not in self.accounts:
            return False
        if principal.kind is PrincipalKind.ROOT:
            return True
        by_role = not principal.role_arn or self._names_role(principal)
        return by_role and self._names(principal.id, principal.arn)

    def _names(self, unique_id: str, arn: str) -> bool:
        return unique_id in self.names or _bare(arn) in self.names

    def _names_role(self, principal: Principal) -> bool:
        # a session's id is ROLE-ID:SESSION-NAME
        unique_id = principal.id.partition(":")[0]
        return bool(principal.role_arn) and self._names(unique_id, principal.role_arn)


def parse(value: object, *, others: bool) -> Principals:
    """Raises ValueError, which says what is wrong."""
    if value == "*":
        value = {"AWS": "*"}
    if not isinstance(value, Mapping) or not value:
        raise ValueError('must be "*" or an object')
    names: set[str] = set()
    accounts: set[str] = set()
    for text in _texts(value, "AWS"):
        _sort_in(text, names, accounts)
    if strange := sorted(set(value) - KINDS):
        raise ValueError(f"has the unknown kind {strange[0]}")
    for kind in ("Federated", "CanonicalUser"):  # nobody of these kinds can call here
        _texts(value, kind)
    services = frozenset(_texts(value, "Service"))
    if unfit := sorted(text for text in services if not _SERVICE.fullmatch(text)):
        raise ValueError(f"names {unfit[0]}, which can be no service")
    return Principals("*" in names, frozenset(names), frozenset(accounts), services, others)


def _sort_in(text: str, names: set[str], accounts: set[str]) -> None:
    arn = _ARN.fullmatch(text)
    if _ACCOUNT.fullmatch(text):
        accounts.add(text)
    elif arn and arn[2] == "root":
        accounts.add(arn[1])
    elif text == "*" or _UNIQUE_ID.fullmatch(text):
        names.add(text)
    elif arn and "*" not in text and "?" not in text:
        names.add(_bare(text))
    else:
        raise ValueError(f"names {text}, which can be no principal")


def _texts(value: Mapping[str, object], kind: str) -> Sequence[str]:
    found = value.get(kind, [])
    texts = [found] if isinstance(found, str) else found
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise ValueError(f"must have texts under {kind}")
    return texts
