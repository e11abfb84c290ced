"""Amazon Redshift, which speaks PostgreSQL's protocol, and its language as of version 8.

It has no SCRAM. Of the methods that it has, libpq and what is built on it know MD5 alone, so
that is what passwords are set as.

https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_USER.html
"""

from collections.abc import Sequence
from typing import LiteralString

from psycopg import sql

from secrets_app.rotation.builtin.postgresql import PostgresDriver, PostgresLogin

_DATABASES: LiteralString = (
    "SELECT datname FROM pg_database WHERE has_database_privilege({}, datname, {})"
)
_SCHEMAS: LiteralString = (
    "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'"
    " AND has_schema_privilege({}, nspname, {})"
)
_TABLES: LiteralString = (
    "SELECT schema, name FROM (SELECT schemaname AS schema, tablename AS name FROM pg_tables"
    " UNION ALL SELECT schemaname, viewname FROM pg_views) AS found"
    " WHERE schema !~ '^pg_' AND schema <> 'information_schema'"
    " AND has_table_privilege({}, quote_ident(schema) || '.' || quote_ident(name), {})"
)
_GROUPS: LiteralString = (
    "SELECT groname FROM pg_group, pg_user WHERE usename = {} AND usesysid = ANY(grolist)"
)
_RIGHTS: Sequence[tuple[LiteralString, LiteralString, Sequence[LiteralString]]] = (
    ("DATABASE", _DATABASES, ("CREATE", "TEMPORARY")),
    ("SCHEMA", _SCHEMAS, ("CREATE", "USAGE")),
    ("TABLE", _TABLES, ("SELECT", "INSERT", "UPDATE", "DELETE", "REFERENCES")),
)


class RedshiftLogin(PostgresLogin):
    def encryption(self) -> str:
        return "md5"

    def grant_all(self, user: str, other: str) -> None:
        """What `user` may do now, and its groups: no user is a member of another there."""
        for [group] in self.run(_GROUPS, sql.Literal(user)):
            self.run("ALTER GROUP {} ADD USER {}", sql.Identifier(group), sql.Identifier(other))
        for kind, query, rights in _RIGHTS:
            for right in rights:
                self._grant(kind, query, right, user, other)

    def _grant(
        self,
        kind: LiteralString,
        query: LiteralString,
        right: LiteralString,
        user: str,
        other: str,
    ) -> None:
        found = self.run(query, sql.Literal(user), sql.Literal(right))
        names = sql.SQL(", ").join(sql.Identifier(*row) for row in found)
        if found:
            grant = sql.SQL(right), sql.SQL(kind), names, sql.Identifier(other)
            self.run("GRANT {} ON {} {} TO {}", *grant)


class RedshiftDriver(PostgresDriver):
    login = RedshiftLogin


DRIVER = RedshiftDriver()
