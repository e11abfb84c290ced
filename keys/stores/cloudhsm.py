"""AWS_CLOUDHSM stores: their keys are made in a PKCS#11 token, and never leave it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from threading import Lock
from typing import Any

from crypto.errors import TokenFault, TokenUnavailable, UnsupportedKeySpec
from crypto.hsm import HsmProvider
from crypto.token import Token
from keys.errors import (
    ClusterInUse,
    ClusterMisconfigured,
    ClusterNotFound,
    ClusterNotRelated,
    IncorrectTrustAnchor,
)
from keys.models import KeyStore, KeyStoreType
from keys.specs import AWS_CLOUDHSM, SYMMETRIC_DEFAULT
from keys.stores import clusters, secrets
from keys.stores.clusters import Cluster
from keys.stores.given import NewStore, StoreChanges
from keys.stores.kind import ConnectionFailed, Kind
from service.caller import Caller
from service.errors import Unavailable

_CODES: Mapping[TokenFault, str] = {
    TokenFault.NO_TOKEN: "INSUFFICIENT_CLOUDHSM_HSMS",
    TokenFault.NO_USER: "USER_NOT_FOUND",
    TokenFault.WRONG_PIN: "INVALID_CREDENTIALS",
    TokenFault.PIN_LOCKED: "USER_LOCKED_OUT",
    TokenFault.TIMED_OUT: "NETWORK_ERRORS",
    TokenFault.OTHER: "NETWORK_ERRORS",
}

# By store, each with what it was made from: a store that was changed, or connected again,
# has a PIN that was sealed anew, and so it gets a token that has not refused any yet.
_providers: dict[str, tuple[str, bytes, HsmProvider]] = {}
_one_at_a_time = Lock()


class CloudHsm(Kind):
    type = KeyStoreType.AWS_CLOUDHSM
    origin = AWS_CLOUDHSM
    members = ("cloud_hsm_cluster_id", "key_store_password", "trust_anchor_certificate")
    required = members
    makes_random = True

    def fill(self, store: KeyStore, given: NewStore) -> None:
        cluster = _named(given.cloud_hsm_cluster_id or "")
        store.trust_anchor = given.trust_anchor_certificate or ""
        if cluster.anchor and _anchor(store) != cluster.anchor:
            raise IncorrectTrustAnchor(
                f"The trust anchor certificate is not that of {cluster.id} in the settings."
            )
        store.cluster_id = cluster.id
        for other in KeyStore.objects.filter(account=store.account, type=self.type):
            if _is_behind(cluster, other):
                raise ClusterInUse(f"{cluster.id} is the cluster of {other.store_id}.")
        secrets.seal(store, given.key_store_password or "")

    def change(self, store: KeyStore, given: StoreChanges) -> None:
        if given.cloud_hsm_cluster_id is not None:
            cluster = _named(given.cloud_hsm_cluster_id)
            if not _is_behind(cluster, store):
                raise ClusterNotRelated(f"{cluster.id} is not related to {store.cluster_id}.")
            store.cluster_id = cluster.id
        if given.key_store_password is not None:
            secrets.seal(store, given.key_store_password)

    def connect(self, caller: Caller, store: KeyStore) -> None:
        cluster = clusters.find(store.cluster_id)
        if cluster is None:
            raise ConnectionFailed("CLUSTER_NOT_FOUND")
        try:
            HsmProvider(_token(cluster, store)).connect()
        except TokenUnavailable as error:
            if error.reason == TokenFault.NO_MODULE:
                raise _misconfigured(cluster.id) from None
            raise ConnectionFailed(_CODES[TokenFault(error.reason)]) from None
        except UnsupportedKeySpec:
            raise _misconfigured(cluster.id) from None

    def provider(self, store: KeyStore) -> HsmProvider:
        with _one_at_a_time:  # for two tokens would both try a wrong PIN
            made_of = store.cluster_id, bytes(store.sealed_secret)
            *known, provider = _providers.get(store.store_id, (None,))
            if provider is None or tuple(known) != made_of:
                # a cluster that the settings do not have any more: there is nothing to be loaded
                nothing = Cluster(store.cluster_id, "", "", None, b"")
                provider = HsmProvider(_token(clusters.find(store.cluster_id) or nothing, store))
                _providers[store.store_id] = (*made_of, provider)
            return provider

    @contextmanager
    def making(
        self, caller: Caller, store: KeyStore, key_id: str, xks_key_id: str | None
    ) -> Iterator[bytes]:
        provider = self.provider(store)
        try:
            handle = provider.make(SYMMETRIC_DEFAULT, key_id)
        except TokenUnavailable as error:
            raise ClusterMisconfigured(
                f"{store.cluster_id} has no HSM that could make a key ({error.reason})."
            ) from None
        try:
            yield handle
        except Unavailable:
            raise  # there may be a key now that needs it
        except BaseException:
            with suppress(TokenUnavailable):
                provider.discard(handle)
            raise

    def left_behind(self, store: KeyStore, key_id: str) -> dict[str, Any]:
        return {
            "customKeyStoreId": store.store_id,
            "clusterId": store.cluster_id,
            "backingKeyLabel": key_id,
            "backingKeysDeletionStatus": "FAILURE",
        }

    def told(self, store: KeyStore) -> dict[str, Any]:
        return {
            "cloud_hsm_cluster_id": store.cluster_id,
            "trust_anchor_certificate": store.trust_anchor,
        }


def _named(cluster_id: str) -> Cluster:
    cluster = clusters.find(cluster_id)
    if cluster is None:
        raise ClusterNotFound(f"There is no {cluster_id} in this service's settings.")
    return cluster


def _is_behind(cluster: Cluster, store: KeyStore) -> bool:
    """Whether the cluster is the store's, or a copy: those have the same trust anchor."""
    if cluster.id == store.cluster_id:
        return True
    return bool(cluster.anchor) and cluster.anchor == _anchor(store)


def _anchor(store: KeyStore) -> bytes:
    with suppress(ValueError):
        return clusters.certificate(store.trust_anchor)
    return b""


def _token(cluster: Cluster, store: KeyStore) -> Token:
    return Token(
        cluster.module, lambda: secrets.opened(store), label=cluster.token, slot=cluster.slot
    )


def _misconfigured(cluster_id: str) -> ClusterMisconfigured:
    return ClusterMisconfigured(
        f"What the settings name for {cluster_id} is no HSM that keys could be held in."
    )
