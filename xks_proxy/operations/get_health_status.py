"""kms-xks-proxy:GetHealthStatus."""

from collections.abc import Iterable

from service.errors import InternalFailure
from service.operation import Call, Check, Operation, Unrestricted
from service.value import value
from xks_proxy import credentials

VENDOR, MODEL = "Strongroom", "Strongroom 0.1.0"


@value
class HealthRequestMetadata:
    kms_request_id: str
    kms_operation: str


@value
class GetHealthStatusInput:
    request_metadata: HealthRequestMetadata


@value
class Ekm:
    id: str
    model: str
    health_status: str


@value
class GetHealthStatusOutput:
    xks_proxy_fleet_size: int
    xks_proxy_vendor: str
    xks_proxy_model: str
    ekm_vendor: str
    ekm_fleet_details: tuple[Ekm, ...]


class GetHealthStatus(Operation[GetHealthStatusInput, GetHealthStatusOutput]):
    """Tells that keys can be used. Before, the database and the root key have shown it."""

    name = "kms-xks-proxy:GetHealthStatus"

    def checks(self, call: Call, given: GetHealthStatusInput) -> Iterable[Check | Unrestricted]:
        yield Unrestricted("the specification wants it answered to everyone with a credential")

    def run(self, call: Call, given: GetHealthStatusInput) -> GetHealthStatusOutput:
        # asks the database for something sealed, and opens it, as for a key that is not in use
        if credentials.opened(call.caller.access_key_id) is None:
            raise InternalFailure
        ekm = Ekm("strongroom", MODEL, "ACTIVE")
        return GetHealthStatusOutput(1, VENDOR, MODEL, VENDOR, (ekm,))
