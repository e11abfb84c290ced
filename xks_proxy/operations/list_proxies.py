"""kms-xks-proxy:ListProxies."""

from collections.abc import Iterable

from service.operation import Call, Check, Operation
from service.value import value
from xks_proxy import proxies
from xks_proxy.proxies import Proxy


@value
class ListProxiesInput:
    """Nothing."""


@value
class ListProxiesOutput:
    proxies: tuple[Proxy, ...]


class ListProxies(Operation[ListProxiesInput, ListProxiesOutput]):
    """The account's proxies in the region; no secrets."""

    name = "kms-xks-proxy:ListProxies"

    def checks(self, call: Call, given: ListProxiesInput) -> Iterable[Check]:
        yield Check(self.name)

    def run(self, call: Call, given: ListProxiesInput) -> ListProxiesOutput:
        return ListProxiesOutput(tuple(proxies.told(row) for row in proxies.all_of(call)))
