"""The databases that rotation is tested with, each as its superuser and its clients see it."""

import json
import secrets
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pymysql
import pytest
from psycopg import sql

from tests.support import daemons, mariadb, postgresql
from tests.support.certificates import Authority

MASTER, MASTER_PASSWORD = "boss", "the superuser's pässword %s '\"\\"


class Server(ABC):
    """A running server. `name` begins the name of AWS's functions for it."""

    name: str
    engine: str
    sleep: str
    dbname = "shop"
    host = "127.0.0.1"

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port

    def function(self, strategy: str) -> str:
        name = f"SecretsManager{self.name}Rotation{strategy}"
        return f"arn:aws:lambda:us-east-1:123456789012:function:{name}"

    def secret(self, username: str, password: str, **more: Any) -> str:
        """The JSON of a user's secret; a member that is None is left out."""
        given = {
            "engine": self.engine,
            "host": self.host,
            "port": self.port,
            "username": username,
            "password": password,
            "dbname": self.dbname,
            **more,
        }
        return json.dumps({name: told for name, told in given.items() if told is not None})

    def new_user(self, password: str) -> str:
        """One that may read and write the table `orders`, by a name that needs quoting."""
        name = f"u{secrets.token_hex(3)} '`\"%s"
        self.make_user(name, password)
        return name

    @abstractmethod
    def make_user(self, name: str, password: str) -> None: ...

    @abstractmethod
    def drop_user(self, name: str) -> None: ...

    @abstractmethod
    def set_password(self, name: str, password: str) -> None: ...

    @abstractmethod
    def can_work(self, name: str, password: str) -> bool:
        """Whether a client gets in and can read and write the table. Raises for anything else."""

    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")


class Postgres(Server):
    name, engine, sleep = "RDSPostgreSQL", "postgres", "pg_sleep(20)"

    def run(self, *statements: sql.Composable | str) -> list[Any]:
        """As superuser, in the database."""
        where: dict[str, Any] = {"host": str(self.folder), "port": self.port, "user": "strongroom"}
        with psycopg.connect(**where, dbname=self._there(), autocommit=True) as connection:
            for each in statements:
                cursor = connection.execute(each)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []

    def _there(self) -> str:
        return self.dbname

    def prepare(self) -> None:
        master = sql.SQL("CREATE USER boss SUPERUSER PASSWORD {}").format(MASTER_PASSWORD)
        self.dbname = "postgres"
        self.run(master, "CREATE DATABASE shop")
        for each in ("plain", "secure", "trusting"):
            self.run(f"CREATE DATABASE {each}")
        self.dbname = "shop"
        self.run("CREATE TABLE orders (id integer)", "REVOKE ALL ON SCHEMA public FROM public")

    def make_user(self, name: str, password: str) -> None:
        user = sql.Identifier(name)
        self.run(
            sql.SQL("CREATE USER {} PASSWORD {}").format(user, password),
            sql.SQL("GRANT SELECT, INSERT ON public.orders TO {}").format(user),
            sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(user),
        )

    def drop_user(self, name: str) -> None:
        user = sql.Identifier(name)
        self.run(*(sql.SQL(f"{what} {{}}").format(user) for what in ("DROP OWNED BY", "DROP USER")))

    def set_password(self, name: str, password: str) -> None:
        self.run(sql.SQL("ALTER USER {} PASSWORD {}").format(sql.Identifier(name), password))

    def can_work(self, name: str, password: str) -> bool:
        where: dict[str, Any] = {"host": self.host, "port": self.port, "dbname": self.dbname}
        try:
            with psycopg.connect(**where, user=name, password=password) as connection:
                connection.execute("INSERT INTO public.orders VALUES (1)")
                connection.execute("SELECT count(*) FROM public.orders")
                connection.rollback()
        except psycopg.OperationalError:
            return False
        return True


class Redshift(Postgres):
    """PostgreSQL stands for it: it speaks the protocol, and takes the statements."""

    name, engine = "Redshift", "redshift"


class MariaDb(Server):
    name, engine, sleep = "RDSMariaDB", "mariadb", "SLEEP(20)"

    def run(self, statement: str, *given: Any) -> list[Any]:
        with closing(mariadb.connected(self.folder)) as connection, connection.cursor() as cursor:
            cursor.execute(statement, given)
            return list(cursor.fetchall())

    def prepare(self) -> None:
        self.run("CREATE DATABASE shop")
        self.run("CREATE TABLE shop.orders (id integer)")
        self.run(
            "GRANT ALL ON *.* TO boss@'%%' IDENTIFIED BY %s WITH GRANT OPTION", MASTER_PASSWORD
        )

    def make_user(self, name: str, password: str) -> None:
        self.run("CREATE USER %s@'127.%%' IDENTIFIED BY %s", name, password)
        self.run("GRANT SELECT, INSERT ON shop.orders TO %s@'127.%%'", name)

    def drop_user(self, name: str) -> None:
        self.run("DROP USER %s@'127.%%'", name)

    def set_password(self, name: str, password: str) -> None:
        self.run("SET PASSWORD FOR %s@'127.%%' = PASSWORD(%s)", name, password)

    def can_work(self, name: str, password: str) -> bool:
        where: dict[str, Any] = {"host": self.host, "port": self.port, "database": self.dbname}
        given: Any = password.encode()
        try:
            with closing(pymysql.connect(**where, user=name, password=given)) as connection:
                with connection.cursor() as cursor:
                    cursor.execute("INSERT INTO orders VALUES (1)")
                    cursor.execute("SELECT count(*) FROM orders")
                connection.rollback()
        except pymysql.OperationalError as error:
            if error.args[0] not in (1044, 1045, 4151):
                raise
            return False
        return True


@contextmanager
def postgres(authority: Authority) -> Iterator[Postgres]:
    """The database `plain` is to be had without TLS only, and `secure` with it.

    `trusting` asks for no password.
    """
    programs = postgresql.newest_programs()
    if programs is None:
        pytest.skip("Debian's postgresql is not installed")
    identity = authority.identity("postgres")
    daemons.give(identity.key)
    identity.key.chmod(0o600)
    access = "\n".join(
        (
            "hostssl plain all 127.0.0.1/32 reject",
            "hostnossl secure all 127.0.0.1/32 reject",
            "host trusting all 127.0.0.1/32 trust",
            "host all all 127.0.0.1/32 md5",
        )
    )
    tls = "ssl=on", f"ssl_cert_file={identity.certificate}", f"ssl_key_file={identity.key}"
    with postgresql.started(programs, access, *tls, "log_statement=all") as place:
        server = Postgres(*place)
        server.prepare()
        yield server


@contextmanager
def maria(authority: Authority) -> Iterator[MariaDb]:
    if not mariadb.is_there:
        pytest.skip("Debian's mariadb-server is not installed")
    identity = authority.identity("mariadb")
    daemons.give(identity.key)
    tls = f"--ssl-cert={identity.certificate}", f"--ssl-key={identity.key}"
    with mariadb.started(*tls, f"--ssl-ca={authority.certificate}") as place:
        server = MariaDb(*place)
        server.prepare()
        yield server
