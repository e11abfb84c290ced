"""kms-xks-proxy:CreateProxyCredential."""

from collections.abc import Iterable

from service.operation import Call, Check, Operation
from service.value import value
from xks_proxy import proxies
from xks_proxy.proxies import Credential, Named


@value
class CreateProxyCredentialOutput:
    credential: Credential


class CreateProxyCredential(Operation[Named, CreateProxyCredentialOutput]):
    """Makes the second credential of a proxy. Its secret is told this once."""

    name = "kms-xks-proxy:CreateProxyCredential"
    mutates = True

    def checks(self, call: Call, given: Named) -> Iterable[Check]:
        yield Check(self.name, proxies.resource(call, given.prefix))

    def run(self, call: Call, given: Named) -> CreateProxyCredentialOutput:
        row = proxies.locked(call, given.prefix)
        return CreateProxyCredentialOutput(proxies.new_credential(row, call.caller.time))
