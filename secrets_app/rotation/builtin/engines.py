"""The kinds of databases: what AWS's functions know of each, and which driver it has."""

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, cast

from secrets_app.rotation.event import StepFailed
from secrets_app.rotation.templates import Database
from service.value import value

if TYPE_CHECKING:
    from secrets_app.rotation.builtin.logins import Driver

CLONE = "_clone"


@value
class Engine:
    """What there is to know.

    names     what `engine` may be
    module    has the driver
    dbname    where none is given; a user's, or where it is kept
    longest   of a user's name, in characters, or in bytes of UTF-8
    is_of_dbname  whether the superuser has to be in the user's database
    """

    names: tuple[str, ...]
    module: str
    port: int
    dbname: str
    longest: int
    in_bytes: bool = False
    is_of_dbname: bool = False

    def driver(self) -> "Driver":
        """Loaded when it is first wanted: most processes never rotate anything."""
        module = import_module(f"secrets_app.rotation.builtin.{self.module}")
        return cast("Driver", module.DRIVER)

    def other_user(self, username: str) -> str:
        """Who takes the next turn. Raises StepFailed if the name would be too long."""
        if username.endswith(CLONE) and username != CLONE:
            return username.removesuffix(CLONE)
        other = username + CLONE
        if len(other.encode() if self.in_bytes else other) > self.longest:
            unit = "bytes" if self.in_bytes else "characters"
            raise StepFailed(
                f"The user's name is too long: with {CLONE} it takes more than {self.longest}"
                f" {unit}."
            )
        return other


_ENGINES: Mapping[Database, Engine] = {
    Database.POSTGRESQL: Engine(
        ("postgres", "aurora-postgresql"), "postgresql", 5432, "postgres", 63, True, True
    ),
    Database.REDSHIFT: Engine(("redshift",), "redshift", 5439, "dev", 127, True, True),
    Database.MYSQL: Engine(("mysql", "aurora-mysql"), "mysql", 3306, "", 32),
    Database.MARIADB: Engine(("mariadb",), "mysql", 3306, "", 80),
    Database.MONGODB: Engine(("mongo",), "mongodb", 27017, "admin", 1_000),
}


def of(database: Database) -> Engine:
    return _ENGINES[database]
