"""EXTERNAL_KEY_STORE stores: half of each of their keys is held by an XKS proxy."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from crypto import external
from crypto.errors import MaterialUnavailable, XksError
from crypto.external import ExternalProvider
from crypto.keyring import Keyring
from crypto.provider import Request
from crypto.xks import Client, Proxy
from crypto.xks.answers import ENABLED
from keys.errors import (
    XksKeyAlreadyInUse,
    XksKeyInvalidConfiguration,
    XksProxyUriEndpointInUse,
    XksProxyUriInUse,
    XksProxyUriUnreachable,
    XksProxyVpcServiceInUse,
)
from keys.models import ConnectionState, KeyStore, KeyStoreType
from keys.specs import EXTERNAL_KEY_STORE
from keys.stores import endpoints, proxy_errors, requests, secrets
from keys.stores.given import NewStore, StoreChanges
from keys.stores.kind import ConnectionFailed, Kind
from keys.stores.told import ProxyConfiguration
from service.caller import Caller
from service.errors import ServiceError, ValidationFailed

PUBLIC, VPC = "PUBLIC_ENDPOINT", "VPC_ENDPOINT_SERVICE"
VERSION = "/v1"  # of the proxy API: the only one there is
MOST_CLIENTS = 1_000
SECONDS = 300.0  # that a credential stays open

_COLUMNS = {
    "xks_proxy_uri_endpoint": "xks_endpoint",
    "xks_proxy_uri_path": "xks_path",
    "xks_proxy_connectivity": "xks_connectivity",
    "xks_proxy_vpc_endpoint_service_name": "xks_vpc_service",
    "xks_proxy_vpc_endpoint_service_owner": "xks_vpc_owner",
}
_WHILE_CONNECTED = {"xks_proxy_uri_path", "xks_proxy_authentication_credential"}

_clients: Keyring[Client] = Keyring(MOST_CLIENTS, SECONDS)
# by store, each with what it was made from, as in `keys.stores.cloudhsm`
_providers: dict[str, tuple[tuple[object, ...], ExternalProvider]] = {}


class External(Kind):
    type = KeyStoreType.EXTERNAL_KEY_STORE
    origin = EXTERNAL_KEY_STORE
    required = (
        "xks_proxy_uri_endpoint",
        "xks_proxy_uri_path",
        "xks_proxy_authentication_credential",
        "xks_proxy_connectivity",
    )
    members = tuple({*required, *_COLUMNS})

    def try_new(self, caller: Caller, given: NewStore) -> None:
        store = KeyStore(account=caller.account, region=caller.region, type=self.type)
        _fill(store, given)
        _require_free(store)
        if store.xks_connectivity == PUBLIC:
            _require_health(requests.of(caller, "CreateCustomKeyStore"), store, _secret(given))

    def fill(self, store: KeyStore, given: NewStore) -> None:
        _fill(store, given)
        _require_free(store)
        secrets.seal(store, _secret(given))

    def needs_disconnected(self, given: StoreChanges) -> bool:
        names = set(self.members) - _WHILE_CONNECTED
        return any(getattr(given, name) is not None for name in names)

    def try_changes(self, caller: Caller, store: KeyStore, given: StoreChanges) -> None:
        if not any(getattr(given, name) is not None for name in self.members):
            return
        changed = KeyStore(**{f.attname: getattr(store, f.attname) for f in _fields()})
        _fill(changed, given)
        _require_free(changed)
        if changed.xks_connectivity == PUBLIC or changed.state == ConnectionState.CONNECTED:
            secret = _secret(given) or secrets.opened(store)
            _require_health(requests.of(caller, "UpdateCustomKeyStore"), changed, secret)

    def change(self, store: KeyStore, given: StoreChanges) -> None:
        _fill(store, given)
        _require_free(store)
        if secret := _secret(given):
            secrets.seal(store, secret)

    def connect(self, caller: Caller, store: KeyStore) -> None:
        try:
            client = _client(store, secrets.opened(store))
            found = client.health(requests.of(caller, "ConnectCustomKeyStore"))
        except XksError as error:
            raise ConnectionFailed(proxy_errors.of_connection(error)) from None
        if not found.is_usable:
            raise ConnectionFailed("XKS_PROXY_NOT_REACHABLE")

    def provider(self, store: KeyStore) -> ExternalProvider:
        way = _way(store)
        known = _providers.get(store.store_id)
        if known is not None and known[0] == way:
            return known[1]
        made = ExternalProvider(lambda: _clients.get(way, lambda: _opened(store)))
        _providers[store.store_id] = way, made
        return made

    def require_key(self, xks_key_id: str | None) -> None:
        if xks_key_id is None:
            raise ValidationFailed("XksKeyId is required for Origin EXTERNAL_KEY_STORE.")

    def require_free(self, store: KeyStore, xks_key_id: str | None) -> None:
        if store.keys.filter(xks_key_id=xks_key_id).exists():
            raise XksKeyAlreadyInUse(
                f"The external key {xks_key_id} is that of another KMS key in {store.store_id}."
            )

    @contextmanager
    def making(
        self, caller: Caller, store: KeyStore, key_id: str, xks_key_id: str | None
    ) -> Iterator[bytes]:
        external_key = xks_key_id or ""
        try:
            client = _client(store, secrets.opened(store))
            found = client.metadata(external_key, requests.of(caller, "CreateKey"))
        except XksError as error:
            raise proxy_errors.of_new_key(error) from None
        if found.spec != "AES_256" or not {"ENCRYPT", "DECRYPT"} <= set(found.usage):
            raise XksKeyInvalidConfiguration(
                f"The external key {external_key} is not a 256-bit AES key that encrypts and "
                "decrypts."
            )
        if found.status != ENABLED:
            raise XksKeyInvalidConfiguration(proxy_errors.TEXTS["InvalidStateException"])
        yield external.material(external_key)

    def refusal(self, arn: str, store: KeyStore, error: MaterialUnavailable) -> ServiceError:
        return proxy_errors.of_use(error)

    def told(self, store: KeyStore) -> dict[str, Any]:
        configuration = ProxyConfiguration(
            connectivity=store.xks_connectivity,
            access_key_id=store.xks_access_key_id,
            uri_endpoint=store.xks_endpoint,
            uri_path=store.xks_path,
            vpc_endpoint_service_name=store.xks_vpc_service or None,
            vpc_endpoint_service_owner=store.xks_vpc_owner or None,
        )
        return {"xks_proxy_configuration": configuration}


def _fields() -> Any:
    return KeyStore._meta.concrete_fields


def _secret(given: NewStore | StoreChanges) -> str:
    """Empty where none is given."""
    credential = given.xks_proxy_authentication_credential
    return credential.raw_secret_access_key if credential else ""


def _fill(store: KeyStore, given: NewStore | StoreChanges) -> None:
    """Set what is given, and what follows from it. Raises ValidationFailed."""
    for member, column in _COLUMNS.items():
        value = getattr(given, member)
        if value is not None:
            setattr(store, column, value)
    credential = given.xks_proxy_authentication_credential
    if credential is not None:
        store.xks_access_key_id = credential.access_key_id
    if not store.xks_path.endswith(VERSION):
        raise ValidationFailed("The version in XksProxyUriPath must be v1.")
    if store.xks_connectivity == VPC:
        store.xks_vpc_owner = store.xks_vpc_owner or store.account
        if not store.xks_vpc_service:
            raise ValidationFailed(
                f"XksProxyVpcEndpointServiceName is required for XksProxyConnectivity {VPC}."
            )
        return
    if given.xks_proxy_vpc_endpoint_service_name or given.xks_proxy_vpc_endpoint_service_owner:
        raise ValidationFailed(
            f"XksProxyVpcEndpointServiceName is not valid for XksProxyConnectivity {PUBLIC}."
        )
    store.xks_vpc_service = store.xks_vpc_owner = ""


def _require_free(store: KeyStore) -> None:
    """Raise where another store of the account and region has what must be one's alone."""
    others = _others(store)
    same = others.filter(xks_endpoint__iexact=store.xks_endpoint)
    if same.filter(xks_path=store.xks_path).exists():
        raise XksProxyUriInUse(
            f"{store.xks_endpoint}{store.xks_path} is the proxy of another external key store."
        )
    shared = same if store.xks_connectivity == VPC else same.filter(xks_connectivity=VPC)
    if shared.exists():
        raise XksProxyUriEndpointInUse(
            f"{store.xks_endpoint} is in use by an external key store, and is not to be shared "
            f"where XksProxyConnectivity is {VPC}."
        )
    if store.xks_vpc_service and others.filter(xks_vpc_service=store.xks_vpc_service).exists():
        raise XksProxyVpcServiceInUse(
            f"{store.xks_vpc_service} is in use by another external key store."
        )


def _others(store: KeyStore) -> QuerySet[KeyStore]:
    rows = KeyStore.objects.filter(account=store.account, region=store.region, type=store.type)
    return rows.exclude(pk=store.pk)


def _require_health(request: Request, store: KeyStore, secret: str) -> None:
    try:
        found = _client(store, secret).health(request)
    except XksError as error:
        raise proxy_errors.of_store(error) from None
    if not found.is_usable:
        raise XksProxyUriUnreachable(proxy_errors.ALL_UNAVAILABLE)


def _client(store: KeyStore, secret: str) -> Client:
    """Raises XksInsecure."""
    proxy = Proxy(
        url=endpoints.url(store.xks_endpoint),
        path=store.xks_path,
        access_key_id=store.xks_access_key_id,
        region=store.region,
        secret=secret,
        ca_bundle=settings.STRONGROOM_XKS_CA_BUNDLE,
        allow_http=settings.STRONGROOM_XKS_ALLOW_HTTP,
    )
    return Client(proxy, settings.STRONGROOM_XKS_TIMEOUT_MS / 1000)


def _opened(store: KeyStore) -> Client:
    return _client(store, secrets.opened(store))


def _way(store: KeyStore) -> tuple[object, ...]:
    """What a client is made from."""
    where = store.xks_endpoint, store.xks_path, store.xks_access_key_id
    return (store.store_id, *where, bytes(store.sealed_secret))
