"""What a request that makes or changes a custom key store brings."""

from dataclasses import field

from service.value import value


@value
class ProxyCredential:
    access_key_id: str = field(repr=False)
    raw_secret_access_key: str = field(repr=False)


@value
class NewStore:
    custom_key_store_name: str
    cloud_hsm_cluster_id: str | None = None
    trust_anchor_certificate: str | None = None
    key_store_password: str | None = field(default=None, repr=False)
    custom_key_store_type: str = "AWS_CLOUDHSM"
    xks_proxy_uri_endpoint: str | None = None
    xks_proxy_uri_path: str | None = None
    xks_proxy_vpc_endpoint_service_name: str | None = None
    xks_proxy_vpc_endpoint_service_owner: str | None = None
    xks_proxy_authentication_credential: ProxyCredential | None = None
    xks_proxy_connectivity: str | None = None


@value
class StoreChanges:
    custom_key_store_id: str
    new_custom_key_store_name: str | None = None
    key_store_password: str | None = field(default=None, repr=False)
    cloud_hsm_cluster_id: str | None = None
    xks_proxy_uri_endpoint: str | None = None
    xks_proxy_uri_path: str | None = None
    xks_proxy_vpc_endpoint_service_name: str | None = None
    xks_proxy_vpc_endpoint_service_owner: str | None = None
    xks_proxy_authentication_credential: ProxyCredential | None = None
    xks_proxy_connectivity: str | None = None
