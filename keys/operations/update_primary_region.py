"""kms:UpdatePrimaryRegion."""

from collections.abc import Iterable
from dataclasses import replace

from keys import families, lookup, replication
from keys.errors import UnsupportedOperation
from keys.lookup import Named
from keys.models import Key
from keys.on_keys import OwnKeyOperation, check, locked
from keys.shapes import Nothing
from service.operation import Call, Check
from service.value import value


@value
class UpdatePrimaryRegionInput:
    key_id: str
    primary_region: str


class UpdatePrimaryRegion(OwnKeyOperation[UpdatePrimaryRegionInput, Nothing]):
    """Makes the replica in another region the primary, and the primary its replica."""

    name = "kms:UpdatePrimaryRegion"
    mutates = True

    def checks(self, call: Call, given: UpdatePrimaryRegionInput) -> Iterable[Check]:
        found = {"kms:PrimaryRegion": given.primary_region}
        yield check(call, self.name, self.named(call, given), found)
        _require_replica_elsewhere(self.key(call, given).row, given.primary_region)
        asked = check(call, self.name, self._to_be(call, given), found)
        yield replace(asked, region=given.primary_region)

    def run(self, call: Call, given: UpdatePrimaryRegionInput) -> Nothing:
        key = self.locked_key(call, given)
        to_be = locked(call, self._to_be(call, given).found, self.name)
        family = Key.objects.filter(account=key.account, key_id=key.key_id)
        family.update(primary_region=to_be.region)
        params = {"KeyId": given.key_id, "PrimaryRegion": given.primary_region}
        replication.record(call, self.name, to_be, params)
        return Nothing()

    def _to_be(self, call: Call, given: UpdatePrimaryRegionInput) -> Named:
        return lookup.elsewhere(call, self.named(call, given).name, given.primary_region)


def _require_replica_elsewhere(key: Key, region: str) -> None:
    families.require_primary(key)
    if region == key.region:
        raise UnsupportedOperation(f"{key.arn} is the primary key already.")
