"""kms-xks-proxy:DeleteProxy."""

from collections.abc import Iterable

from service.operation import Call, Check, Operation
from xks_proxy import proxies
from xks_proxy.proxies import Named, Nothing


class DeleteProxy(Operation[Named, Nothing]):
    """Deletes a proxy with its credentials. The keys stay."""

    name = "kms-xks-proxy:DeleteProxy"
    mutates = True

    def checks(self, call: Call, given: Named) -> Iterable[Check]:
        yield Check(self.name, proxies.resource(call, given.prefix))

    def run(self, call: Call, given: Named) -> Nothing:
        proxies.locked(call, given.prefix).delete()
        return Nothing()
