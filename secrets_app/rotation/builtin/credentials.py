"""The JSON of a database's secret.

https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html
"""

import json
from collections.abc import Mapping
from dataclasses import field, replace
from enum import Enum
from typing import Any

from secrets_app.rotation.builtin import network
from secrets_app.rotation.builtin.engines import Engine
from secrets_app.rotation.builtin.errors import Unfit
from service.value import value

MOST_PORT = 65_535


class Tls(Enum):
    """What a secret's `ssl` wants: true, false, anything else or nothing."""

    REQUIRED = "true"
    OFF = "false"
    PREFERRED = ""


@value
class Credentials:
    """Who logs in, where. `document` is the whole JSON, `master` the ARN in `masterarn`."""

    engine: str
    host: str = field(repr=False)
    port: int
    dbname: str = field(repr=False)
    tls: Tls
    username: str = field(repr=False)
    password: str = field(repr=False)
    master: str
    document: Mapping[str, Any] = field(repr=False)

    def is_at(self, other: "Credentials") -> bool:
        """Whether both are of one server. The engines are, as the function takes one's alone."""
        return (self.host.lower(), self.port) == (other.host.lower(), other.port)

    def with_password(self, password: str) -> "Credentials":
        return replace(self, password=password)

    def in_database(self, dbname: str) -> "Credentials":
        return replace(self, dbname=dbname)

    def with_members(self, **members: str) -> str:
        """The JSON with other members, the rest as it was."""
        return json.dumps({**self.document, **members}, ensure_ascii=False)


def parse(text: str | None, engine: Engine, what: str) -> Credentials:
    """`what` says whose secret it is. Raises Unfit, which tells nothing of the values."""
    document = _object(text, what)
    reader = _Reader(document, what)
    named = reader.text("engine")
    if named not in engine.names:
        raise Unfit(f"{what} must have one of these as engine: {', '.join(engine.names)}.")
    host = reader.text("host")
    if not network.is_host(host):
        raise Unfit(f"{what} has a host that is neither a name nor an address.")
    return Credentials(
        engine=named,
        host=host,
        port=reader.port(engine.port),
        dbname=reader.optional("dbname") or engine.dbname,
        tls=_tls(document.get("ssl")),
        username=reader.text("username"),
        password=reader.text("password"),
        master=reader.optional("masterarn"),
        document=document,
    )


class _Reader:
    def __init__(self, document: Mapping[str, Any], what: str) -> None:
        self._document, self._what = document, what

    def text(self, name: str) -> str:
        if name not in self._document:
            raise Unfit(f"{self._what} has no {name} in its JSON.")
        found = self._document[name]
        if not isinstance(found, str) or not found or "\0" in found:
            raise Unfit(f"{self._what} has a {name} in its JSON that is no text, or empty.")
        return found

    def optional(self, name: str) -> str:
        """Empty where it is absent, null or empty."""
        return self.text(name) if self._document.get(name) not in (None, "") else ""

    def port(self, default: int) -> int:
        """A number, or one as text, as AWS's functions take it."""
        try:
            port = int(self._document.get("port") or default)
        except (TypeError, ValueError):
            port = 0
        if not 0 < port <= MOST_PORT:
            raise Unfit(f"{self._what} has a port in its JSON that is none.")
        return port


def _object(text: str | None, what: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text or "")
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Unfit(f"{what} is not a JSON object.")
    return found


def _tls(told: object) -> Tls:
    """A truth value, or its name in any case; everything else is as if it were not there."""
    named = str(told).lower() if isinstance(told, bool | str) else ""
    return {"true": Tls.REQUIRED, "false": Tls.OFF}.get(named, Tls.PREFERRED)
