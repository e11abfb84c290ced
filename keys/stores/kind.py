"""What a kind of custom key store is: AWS's CustomKeyStoreType, and all that depends on it."""

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Collection
from contextlib import AbstractContextManager
from typing import Any, ClassVar

from crypto.provider import Provider
from keys.models import KeyStore
from keys.stores.given import NewStore, StoreChanges
from service.errors import ValidationFailed

_COMMON = {"custom_key_store_name", "custom_key_store_type", "custom_key_store_id"}
_COMMON |= {"new_custom_key_store_name"}


class ConnectionFailed(Exception):
    """A store cannot be connected: AWS's ConnectionErrorCode."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Kind(ABC):
    """Stateless. `try_…`, `connect` and `making` may take long: no transaction is open then.

    type      AWS's CustomKeyStoreType
    origin    AWS's Origin of the keys in such a store
    members   those of NewStore and StoreChanges that are this kind's own
    required  those of `members` without which no store is made
    makes_random  whether GenerateRandom may be asked for in such a store
    """

    type: ClassVar[str]
    origin: ClassVar[str]
    members: ClassVar[Collection[str]]
    required: ClassVar[Collection[str]]
    makes_random: ClassVar[bool] = False

    def require_members(self, given: NewStore | StoreChanges) -> None:
        """Raise ValidationFailed where a member of another kind is given, or one is missing."""
        names = [field.name for field in dataclasses.fields(given)]
        there = {name for name in names if getattr(given, name) is not None}
        of_this = f"for a custom key store of type {self.type}."
        if strange := there - _COMMON - set(self.members):
            raise ValidationFailed(f"{_aws_name(min(strange))} is not valid {of_this}")
        missing = set(self.required) - there if isinstance(given, NewStore) else set()
        if missing:
            raise ValidationFailed(f"{_aws_name(min(missing))} is required {of_this}")

    def try_new(self, account: str, region: str, given: NewStore) -> None:  # noqa: B027
        """Ask what is behind a store that is to be made. Raises AWS's errors."""

    @abstractmethod
    def fill(self, store: KeyStore, given: NewStore) -> None:
        """Set the kind's columns of a store that is not saved yet, in its transaction."""

    def needs_disconnected(self, given: StoreChanges) -> bool:
        """Whether a store has to be disconnected to be changed so."""
        return any(
            getattr(given, name) is not None for name in self.members if hasattr(given, name)
        )

    def try_changes(self, store: KeyStore, given: StoreChanges) -> None:  # noqa: B027
        """Ask what is behind a store that is to be changed. Raises AWS's errors."""

    @abstractmethod
    def change(self, store: KeyStore, given: StoreChanges) -> None:
        """Set the columns of the locked row that change; saved afterwards."""

    @abstractmethod
    def connect(self, store: KeyStore) -> None:
        """Find out whether the store can be used now. Raises ConnectionFailed, AWS's errors."""

    @abstractmethod
    def provider(self, store: KeyStore) -> Provider:
        """What holds the material of the store's keys."""

    def require_key(self, xks_key_id: str | None) -> None:
        """Raise ValidationFailed unless a key is asked for as the kind wants it."""
        if xks_key_id is not None:
            raise ValidationFailed("XksKeyId is valid only for Origin EXTERNAL_KEY_STORE.")

    @abstractmethod
    def making(
        self, store: KeyStore, key_id: str, xks_key_id: str | None
    ) -> AbstractContextManager[bytes]:
        """Material for a key that is about to be, undone if it comes not to be.

        What `crypto.provider.Provider.generate` gives. Raises AWS's errors.
        """

    def left_behind(self, store: KeyStore, key_id: str) -> dict[str, Any] | None:
        """What stays in a store that was disconnected, when a key is deleted: for the record."""
        return None

    @abstractmethod
    def told(self, store: KeyStore) -> dict[str, Any]:
        """The kind's members of CustomKeyStoresListEntry."""


def _aws_name(member: str) -> str:
    return "".join(word.capitalize() for word in member.split("_"))
