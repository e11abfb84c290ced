"""Idempotency-Key: a POST that is sent again is answered as it was, and not done again.

(draft-ietf-httpapi-idempotency-key-header.) The answer is kept, sealed, in the transaction
of the change that it tells of: there is never the one without the other, whatever dies in
between. A key belongs to one principal in one region and, for a day, to one request.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import asdict, replace
from datetime import timedelta
from functools import cache
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from rest.answers import Answer
from rest.errors import IdempotencyKeyInUse, IdempotencyKeyReused
from rest.models import KeptAnswer
from rest.routes import Route
from rest.shapes import shapes_of
from sealing import vault
from service.caller import Caller
from service.constraints import is_secret
from service.errors import ValidationFailed
from service.operation import Call, Check, Operation, Unrestricted
from service.value import value
from service.wsgi import Environ

HEADER, REPLAYED = "HTTP_IDEMPOTENCY_KEY", "Idempotency-Replayed"
KEPT_FOR = timedelta(hours=24)
PURPOSE = "idempotent answer"
_FORM = re.compile(r"[\x21-\x7e]{1,255}", re.ASCII)


@value
class Once:
    """A request that is done once: its key's digest, and what tells it from other requests."""

    id: str
    fingerprint: str
    caller: Caller

    def answer(self) -> Answer | None:
        """What it was answered before. Raises IdempotencyKeyReused for another request's key."""
        row = self._row()
        if row is None:
            return None
        kept = json.loads(vault.open_sealed(*self._place, bytes(row.sealed), *self._bound))
        if not hmac.compare_digest(kept.pop("fingerprint"), self.fingerprint):
            raise IdempotencyKeyReused
        return Answer(**kept)

    def around(self, answer_of: Callable[[Any], Answer]) -> Any:
        """For the road: keeps the answer with the change. Raises IdempotencyKeyInUse.

        Changes wait for each other; one that was made in the meantime had the same key.
        """

        def changed(_: Call, run: Callable[[], Any]) -> Any:
            if self._row() is not None:
                raise IdempotencyKeyInUse
            output = run()
            self._keep(answer_of(output))
            return output

        return changed

    def _row(self) -> KeptAnswer | None:
        fresh = self.caller.time - KEPT_FOR
        return KeptAnswer.objects.filter(id=self.id, made__gt=fresh).first()

    def _keep(self, answer: Answer) -> None:
        content = json.dumps({**asdict(answer), "fingerprint": self.fingerprint}).encode()
        sealed = vault.seal(*self._place, content, *self._bound)
        made = {"made": self.caller.time, "sealed": sealed}
        KeptAnswer.objects.update_or_create(id=self.id, defaults=made)

    @property
    def _place(self) -> tuple[str, str]:
        return self.caller.account, self.caller.region

    @property
    def _bound(self) -> tuple[str, str]:
        return PURPOSE, self.id


def of(environ: Environ, route: Route, caller: Caller, body: bytes) -> Once | None:
    """What the request's key asks for, if it has one. Raises ValidationFailed.

    A key that nothing is kept for is refused: it promises what is not held.
    """
    key = environ.get(HEADER)
    if key is None:
        return None
    if not is_known_for(route):
        raise ValidationFailed("Idempotency-Key is not known for this request")
    if not _FORM.fullmatch(key):
        raise ValidationFailed("Idempotency-Key is 1 to 255 visible ASCII characters")
    who = caller.principal
    address = (environ["PATH_INFO"], environ.get("QUERY_STRING", ""))
    return Once(
        id=_digest(who.account, who.id, who.arn, caller.region, key),
        fingerprint=_digest(*address, body.decode("latin-1")),
        caller=caller,
    )


def is_known_for(route: Route) -> bool:
    """A POST that changes something, and whose answer is not secret: no secret is kept here."""
    output = shapes_of(route.operation.name)[1]
    return route.method == "post" and route.operation.mutates and not _tells_secrets(output)


@cache
def again(operation: type[Operation[Any, Any]]) -> type[Operation[Any, Any]]:
    """The operation, when it is answered as before: of the same name and with the same checks.

    Who may do it no more is not told what it did. What it was about may be gone by now.
    """

    class Again(operation):  # type: ignore[valid-type,misc]
        mutates = False

        def checks(self, call: Call, given: Any) -> Iterable[Check | Unrestricted]:
            for check in super().checks(call, given):
                yield _though_gone(check) if isinstance(check, Check) else check

    return Again


def replayed(walk: Call, _: Callable[[], Any]) -> None:
    """For the road, around an operation done `again`: nothing runs, and the record says so."""
    walk.additional["idempotencyReplayed"] = True


def _though_gone(check: Check) -> Check:
    return replace(check, resource=replace(check.resource, missing=None))


def _tells_secrets(shape: Shape | None, *above: str) -> bool:
    if shape is None or shape.name in above:
        return False
    if isinstance(shape, StructureShape):
        inner = list(shape.members.values())
    elif isinstance(shape, ListShape):
        inner = [shape.member]
    else:
        inner = [shape.value] if isinstance(shape, MapShape) else []
    return is_secret(shape) or any(_tells_secrets(each, *above, shape.name) for each in inner)


def _digest(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
