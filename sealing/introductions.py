"""From a root key that is known to one that is not: along what root keys tell of each other."""

from collections.abc import Collection

from crypto.envelope import associated
from crypto.root_key import RootKey
from sealing.models import Introduction


def sealed(by: RootKey, root_key_id: str, uri: str) -> bytes:
    """What `by` tells of another root key, as it is stored. Raises RootKeyUnavailable."""
    return by.wrap(uri.encode(), _bound(by.id, root_key_id))


def told(by: RootKey, row: Introduction) -> str:
    """The URI that `by` tells in `row`. Raises CannotOpen, RootKeyUnavailable."""
    return by.unwrap(bytes(row.sealed_uri), _bound(row.by, row.root_key_id)).decode()


def path(known: Collection[str], wanted: str) -> list[Introduction]:
    """The fewest introductions that lead from a known root key to the wanted one; [] if none do."""
    rows = list(Introduction.objects.order_by("id"))
    ways: dict[str, list[Introduction]] = {root_key_id: [] for root_key_id in known}
    reached = list(ways)
    for here in reached:  # which grows meanwhile
        for row in rows:
            if row.by == here and row.root_key_id not in ways:
                ways[row.root_key_id] = [*ways[here], row]
                reached.append(row.root_key_id)
    return ways.get(wanted, [])


def uri_of(root_key_id: str) -> str:
    """Where the root key is said to be, for operators to read only; "" if nothing says it."""
    rows = Introduction.objects.filter(root_key_id=root_key_id).order_by("-id")
    return rows.values_list("uri", flat=True).first() or ""


def _bound(by: str, root_key_id: str) -> bytes:
    return associated("root key introduction", by, root_key_id)
