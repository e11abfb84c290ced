"""What speaks as MongoDB does, for as much as rotation says to it.

There is no MongoDB in Debian. Its answers are those that its manual and the driver's
specifications tell: `hello`, SCRAM (RFC 5802) and the commands about users, over OP_MSG.
It shares no code with what it tests, but for BSON.

https://github.com/mongodb/specifications/blob/master/source/auth/auth.md
"""

import base64
import hashlib
import hmac
import secrets
import socket
import socketserver
import ssl
import struct
import threading
from dataclasses import dataclass, field
from typing import Any

import bson

from tests.support.certificates import Identity

OP_MSG, OP_QUERY, OP_REPLY = 2013, 2004, 1
ITERATIONS = 4096
UNAUTHORIZED, FAILED, NOT_FOUND = 13, 18, 11
_HEADER = struct.Struct("<iiii")


@dataclass
class User:
    """`password` as clients hash it: SCRAM-SHA-1 begins with MD5, SCRAM-SHA-256 with nothing."""

    password: str
    roles: list[Any] = field(default_factory=list)


class MongoDb:
    """Listens from the beginning to `stop`. `users` are by database and name.

    mechanism  DocumentDB knows SCRAM-SHA-1 alone
    commands   all that came from users, in order, without passwords
    """

    def __init__(self, identity: Identity | None = None, mechanism: str = "SCRAM-SHA-256") -> None:
        self.users: dict[tuple[str, str], User] = {}
        self.mechanism, self.commands = mechanism, list[str]()
        self.context: ssl.SSLContext | None = None
        if identity:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(identity.certificate, identity.key)
        server = self

        class Handler(_Conversation):
            mongo = server

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Failure(Exception):
    def __init__(self, code: int) -> None:
        self.code = code


class _Conversation(socketserver.BaseRequestHandler):
    """With one client, who is `who` once it has logged in."""

    mongo: MongoDb
    request: socket.socket

    def handle(self) -> None:
        self.who: tuple[str, str] | None = None
        self.scram: _Scram | None = None
        try:
            if self.mongo.context:
                self.request = self.mongo.context.wrap_socket(self.request, server_side=True)
            while True:
                self._turn()
        except OSError:
            return

    def _turn(self) -> None:
        length, number, _, kind = _HEADER.unpack(self._exactly(_HEADER.size))
        if not 0 < length < 1_000_000 or kind not in (OP_MSG, OP_QUERY):
            raise OSError
        body = self._exactly(length - _HEADER.size)
        if kind == OP_QUERY:  # the first hello, from drivers that do not know whom they talk to
            start = body.index(b"\0", 4) + 1 + 8
            told = bson.encode(self._answer(bson.decode(body[start:])))
            answer = struct.pack("<iqii", 0, 0, 0, 1) + told
            self._send(number, OP_REPLY, answer)
            return
        told = bson.encode(self._answer(bson.decode(body[5:])))
        self._send(number, OP_MSG, b"\0\0\0\0\0" + told)

    def _send(self, number: int, kind: int, body: bytes) -> None:
        self.request.sendall(_HEADER.pack(_HEADER.size + len(body), 1, number, kind) + body)

    def _exactly(self, length: int) -> bytes:
        found = b""
        while len(found) < length:
            more = self.request.recv(length - len(found))
            if not more:
                raise OSError
            found += more
        return found

    def _answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        name = next(iter(asked))
        try:
            return {**getattr(self, f"_{name}", self._unknown)(asked), "ok": 1.0}
        except _Failure as failure:
            return {"ok": 0.0, "code": failure.code, "errmsg": f"not {asked}"}

    def _unknown(self, asked: dict[str, Any]) -> dict[str, Any]:
        raise _Failure(59)

    def _hello(self, asked: dict[str, Any]) -> dict[str, Any]:
        told: dict[str, Any] = {
            "helloOk": True,
            "isWritablePrimary": True,
            "maxBsonObjectSize": 16_777_216,
            "maxMessageSizeBytes": 48_000_000,
            "maxWriteBatchSize": 100_000,
            "minWireVersion": 0,
            "maxWireVersion": 21,
            "readOnly": False,
        }
        if "saslSupportedMechs" in asked:
            told["saslSupportedMechs"] = [self.mongo.mechanism]
        spoken = asked.get("speculativeAuthenticate", {})
        if spoken.get("mechanism") == self.mongo.mechanism:
            told["speculativeAuthenticate"] = self._saslStart({**spoken, "$db": spoken["db"]})
        return told

    _ismaster = _hello

    def _saslStart(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - MongoDB's name
        if asked["mechanism"] != self.mongo.mechanism:
            raise _Failure(FAILED)
        self.scram = _Scram(self.mongo, asked["$db"])
        return {"conversationId": 1, "done": False, "payload": self.scram.first(asked["payload"])}

    def _saslContinue(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        assert self.scram
        if not asked["payload"]:
            return {"conversationId": 1, "done": True, "payload": b""}
        final = self.scram.final(asked["payload"])
        self.who = self.scram.who
        return {"conversationId": 1, "done": True, "payload": final}

    def _ping(self, asked: dict[str, Any]) -> dict[str, Any]:
        self._note(asked)
        return {}

    def _endSessions(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        return {}

    def _connectionStatus(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        self._note(asked)
        assert self.who
        users = [{"db": self.who[0], "user": self.who[1]}]
        return {"authInfo": {"authenticatedUsers": users, "authenticatedUserRoles": []}}

    def _usersInfo(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        database, name = self._note(asked)
        user = self.mongo.users.get((database, name))
        told = {"_id": f"{database}.{name}", "user": name, "db": database}
        return {"users": [{**told, "roles": user.roles}] if user else []}

    def _createUser(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        key = self._note(asked)
        self._require_superuser()
        self.mongo.users[key] = User(asked["pwd"], asked["roles"])
        return {}

    def _updateUser(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        key = self._note(asked)
        if key not in self.mongo.users:
            raise _Failure(NOT_FOUND)
        if self.who != key:
            self._require_superuser()
        self.mongo.users[key].password = asked["pwd"]
        return {}

    def _note(self, asked: dict[str, Any]) -> tuple[str, Any]:
        """Raises what a client gets who has not logged in."""
        if self.who is None:
            raise _Failure(UNAUTHORIZED)
        name = next(iter(asked))
        self.mongo.commands.append(name)
        return asked["$db"], asked[name]

    def _require_superuser(self) -> None:
        assert self.who
        if "root" not in self.mongo.users[self.who].roles:
            raise _Failure(UNAUTHORIZED)


class _Scram:
    """A server's half of RFC 5802, for one login."""

    def __init__(self, mongo: MongoDb, database: str) -> None:
        self._mongo, self._database = mongo, database
        self._hash = "sha256" if mongo.mechanism.endswith("256") else "sha1"
        self.who = ("", "")

    def first(self, payload: bytes) -> bytes:
        bare = payload.decode().removeprefix("n,,")
        fields = dict(part.split("=", 1) for part in bare.split(","))
        self.who = (self._database, fields["n"].replace("=2C", ",").replace("=3D", "="))
        self._nonce = fields["r"] + secrets.token_hex(8)
        self._salt = secrets.token_bytes(16)
        salt = base64.b64encode(self._salt).decode()
        first = f"r={self._nonce},s={salt},i={ITERATIONS}"
        self._said = f"{bare},{first}"
        return first.encode()

    def final(self, payload: bytes) -> bytes:
        bare, _, proof = payload.decode().rpartition(",p=")
        user = self._mongo.users.get(self.who)
        if user is None:
            raise _Failure(FAILED)
        salted = hashlib.pbkdf2_hmac(self._hash, self._password(user), self._salt, ITERATIONS)
        said = f"{self._said},{bare}".encode()
        client = self._hmac(salted, b"Client Key")
        signature = self._hmac(hashlib.new(self._hash, client).digest(), said)
        expected = bytes(a ^ b for a, b in zip(client, signature, strict=True))
        if base64.b64decode(proof) != expected:
            raise _Failure(FAILED)
        server = self._hmac(self._hmac(salted, b"Server Key"), said)
        return b"v=" + base64.b64encode(server)

    def _password(self, user: User) -> bytes:
        if self._hash == "sha256":
            return user.password.encode()
        digested = hashlib.md5(f"{self.who[1]}:mongo:{user.password}".encode())
        return digested.hexdigest().encode()

    def _hmac(self, key: bytes, message: bytes) -> bytes:
        return hmac.digest(key, message, self._hash)
