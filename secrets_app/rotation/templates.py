"""The names of AWS's own rotation functions, each of which is built in here.

https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_available-rotation-templates.html
"""

from collections.abc import Mapping
from enum import StrEnum

from service.value import value


class Database(StrEnum):
    POSTGRESQL = "RDSPostgreSQL"
    MYSQL = "RDSMySQL"
    MARIADB = "RDSMariaDB"
    REDSHIFT = "Redshift"
    MONGODB = "MongoDB"


class Strategy(StrEnum):
    """A single user's password changes, or two users take turns."""

    SINGLE_USER = "SingleUser"
    MULTI_USER = "MultiUser"


@value
class Template:
    database: Database
    strategy: Strategy

    @property
    def name(self) -> str:
        return f"SecretsManager{self.database}Rotation{self.strategy}"


TEMPLATES: Mapping[str, Template] = {
    template.name: template
    for template in (Template(database, way) for database in Database for way in Strategy)
}
