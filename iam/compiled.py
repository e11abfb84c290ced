"""Stored policies, compiled: the same text once, in memory that no text can exceed."""

from threading import Lock

from iam.policy.document import Policy, PolicyKind

MOST_BYTES = 64 * 2**20  # in each process
BYTES_OF_LETTER = 6
BYTES_OF_SIGN = {",": 640, ":": 320, "*": 128, "$": 128}


def weight(document: str) -> int:
    """Bytes that no compiled policy of this text exceeds.

    There is a comma or colon before each member, list entry and part of an ARN.
    """
    signs = sum(document.count(sign) * size for sign, size in BYTES_OF_SIGN.items())
    return 1000 + BYTES_OF_LETTER * len(document) + signs


class CompiledPolicies:
    """Two generations: once the younger is half of all, it grows old, and the older goes.

    So what was used since the last change stays. A hit in the younger takes no lock.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._half = most_bytes // 2
        self._lock = Lock()
        self._young: dict[tuple[str, str], Policy] = {}
        self._old: dict[tuple[str, str], Policy] = {}
        self._young_bytes = 0

    def get(self, document: str, kind: PolicyKind) -> Policy:
        """Raises MalformedPolicyDocument."""
        key = (document, kind.name)
        found = self._young.get(key)
        if found is None:
            found = self._old.get(key) or Policy.parse(document, kind)
            self._keep(key, found)
        return found

    def _keep(self, key: tuple[str, str], policy: Policy) -> None:
        heavy = weight(key[0])
        if heavy > self._half:
            return
        with self._lock:
            if key in self._young:  # another thread was faster
                return
            if self._young_bytes + heavy > self._half:
                self._old, self._young, self._young_bytes = self._young, {}, 0
            self._young[key] = policy
            self._young_bytes += heavy


policies = CompiledPolicies()
