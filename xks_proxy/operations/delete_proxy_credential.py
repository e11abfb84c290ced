"""kms-xks-proxy:DeleteProxyCredential."""

from collections.abc import Iterable

from service.operation import Call, Check, Operation
from service.value import value
from xks_proxy import proxies
from xks_proxy.proxies import Nothing


@value
class DeleteProxyCredentialInput:
    prefix: str
    access_key_id: str


class DeleteProxyCredential(Operation[DeleteProxyCredentialInput, Nothing]):
    """Makes a credential useless, at once."""

    name = "kms-xks-proxy:DeleteProxyCredential"
    mutates = True

    def checks(self, call: Call, given: DeleteProxyCredentialInput) -> Iterable[Check]:
        yield Check(self.name, proxies.resource(call, given.prefix))

    def run(self, call: Call, given: DeleteProxyCredentialInput) -> Nothing:
        row = proxies.locked(call, given.prefix)
        proxies.delete_credential(row, given.access_key_id)
        return Nothing()
