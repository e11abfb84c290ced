"""What is told of a custom key store."""

from dataclasses import field

from service.value import value


@value
class ProxyConfiguration:
    connectivity: str
    access_key_id: str = field(repr=False)
    uri_endpoint: str
    uri_path: str
    vpc_endpoint_service_name: str | None = None
    vpc_endpoint_service_owner: str | None = None
