"""What the user that is made may do: the same as the one it was made after."""

import pytest

from secrets_app.rotation.builtin import mysql
from secrets_app.rotation.builtin.mysql import MysqlLogin
from secrets_app.rotation.builtin.postgresql import PostgresLogin
from secrets_app.rotation.event import StepFailed
from secrets_app.rotation.models import State, Step
from tests.secrets_app.rotation.builtin.rotating import Rotating

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only]


def shown(mariadb, name, host="127.%"):
    """SHOW GRANTS, without the account's own name and password."""
    rows = [row[0] for row in mariadb.run("SHOW GRANTS FOR %s@%s", name, host)]
    quoted = name.replace("`", "``")
    return {row.replace(f"`{quoted}`", "USER").partition(" IDENTIFIED ")[0] for row in rows}


def options(mariadb, name):
    columns = (
        "ssl_type, ssl_cipher, x509_issuer, x509_subject, max_questions, max_updates,"
        " max_connections, max_user_connections, max_statement_time, default_role"
    )
    return mariadb.run(f"SELECT {columns} FROM mysql.user WHERE User = %s", name)


def test_mariadb_s_rights_are_copied(sm, mariadb):
    rotated = Rotating(sm, mariadb, "MultiUser")
    name = rotated.name
    for role in ("clerk", "auditor"):
        mariadb.run(f"CREATE ROLE IF NOT EXISTS {role}")
        mariadb.run(f"GRANT {role} TO boss@'%%' WITH ADMIN OPTION")
    mariadb.run("GRANT SELECT ON mysql.help_topic TO clerk")
    mariadb.run("GRANT clerk TO %s@'127.%%'", name)
    mariadb.run("GRANT auditor TO %s@'127.%%' WITH ADMIN OPTION", name)
    mariadb.run("SET DEFAULT ROLE clerk FOR %s@'127.%%'", name)
    mariadb.run("CREATE DATABASE IF NOT EXISTS `a TO ``b``@``%%``%%s`")
    mariadb.run("GRANT ALL ON `a TO ``b``@``%%``%%s`.* TO %s@'127.%%' WITH GRANT OPTION", name)
    mariadb.run("GRANT SELECT (id) ON shop.orders TO %s@'127.%%'", name)
    limits = "MAX_QUERIES_PER_HOUR 1000 MAX_USER_CONNECTIONS 7 MAX_STATEMENT_TIME 2.5"
    mariadb.run(f"ALTER USER %s@'127.%%' REQUIRE SSL WITH {limits}", name)

    rotated.steps(Step.CREATE, Step.SET, Step.TEST)

    assert len(shown(mariadb, name)) == 6
    assert shown(mariadb, rotated.other) == shown(mariadb, name)
    assert options(mariadb, rotated.other) == options(mariadb, name)


@pytest.mark.parametrize(
    "needed", ["NONE", "X509", "ISSUER '/CN=a' AND SUBJECT '/CN=b %s'", "CIPHER 'x'"]
)
def test_what_mariadb_s_connections_need_is_copied(sm, mariadb, needed):
    name = mariadb.new_user("x")
    mariadb.run(f"ALTER USER %s@'127.%%' REQUIRE {needed.replace('%', '%%')}", name)
    mariadb.run("CREATE USER %s@'127.%%' IDENTIFIED BY 'x'", f"{name}_clone")
    rotated = Rotating(sm, mariadb, "MultiUser")
    current, pending = rotated.credentials(name), rotated.credentials(f"{name}_clone")

    with rotated.superuser(mysql.DRIVER) as login:
        login.pass_turn(current, pending, "127.%")

    assert options(mariadb, f"{name}_clone") == options(mariadb, name)


def test_a_mariadb_user_is_locked_until_it_is_whole(sm, mariadb, monkeypatch):
    rotated = Rotating(sm, mariadb, "MultiUser", dbname=None)
    rotated.steps(Step.CREATE)

    def die(*given):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(MysqlLogin, "_copy_rights", die)
        with pytest.raises(SystemExit):
            rotated.steps(Step.SET)
    with pytest.raises(StepFailed, match="refused the login"):
        rotated.steps(Step.TEST)

    rotated.steps(*Step)
    assert rotated.works()


def test_a_mariadb_user_of_another_host_is_left_alone(sm, mariadb):
    rotated = Rotating(sm, mariadb, "SingleUser")
    mariadb.run("CREATE USER %s@'10.%%' IDENTIFIED BY 'other'", rotated.name)
    before = mariadb.run("SHOW GRANTS FOR %s@'10.%%'", rotated.name)

    assert rotated.rotate().state == State.SUCCEEDED

    assert mariadb.run("SHOW GRANTS FOR %s@'10.%%'", rotated.name) == before


def test_postgresql_s_user_is_a_member_of_the_other(sm, postgres):
    rotated = Rotating(sm, postgres, "MultiUser")
    rotated.rotate()

    postgres.run("CREATE TABLE IF NOT EXISTS later (id integer)")
    name = rotated.name.replace('"', '""')
    postgres.run(f'GRANT SELECT ON later TO "{name}"')

    clone = rotated.other.replace("'", "''")
    assert postgres.run(f"SELECT has_table_privilege('{clone}', 'later', 'SELECT')") == [(True,)]


@pytest.mark.parametrize("method", ["scram-sha-256", "md5"])
def test_postgresql_s_passwords_are_kept_as_it_is_configured(sm, postgres, method):
    postgres.run(f"ALTER SYSTEM SET password_encryption = '{method}'", "SELECT pg_reload_conf()")
    rotated = Rotating(sm, postgres, "SingleUser")

    assert rotated.rotate().state == State.SUCCEEDED

    name = rotated.name.replace("'", "''")
    [[kept]] = postgres.run(f"SELECT rolpassword FROM pg_authid WHERE rolname = '{name}'")
    assert kept.startswith("SCRAM-SHA-256$" if method == "scram-sha-256" else "md5")
    postgres.run("ALTER SYSTEM RESET password_encryption", "SELECT pg_reload_conf()")


@pytest.mark.parametrize("method", ["settle", "grant_all"])
def test_a_turn_that_postgresql_breaks_off_leaves_nothing(sm, postgres, monkeypatch, method):
    rotated = Rotating(sm, postgres, "MultiUser")
    rotated.steps(Step.CREATE)
    with monkeypatch.context() as patch:
        patch.setattr(PostgresLogin, method, lambda self, *given: self.run("SELECT 1/0"))
        with pytest.raises(StepFailed, match="error 22012"):
            rotated.steps(Step.SET)
    assert not rotated.works("AWSPENDING")

    rotated.steps(*Step)
    assert rotated.works()


def test_an_owner_s_objects_do_not_stand_in_for_postgresql_s_own(sm, postgres):
    """The superuser comes into a database whose search path somebody else may have set."""
    rotated = Rotating(sm, postgres, "MultiUser")
    postgres.run(
        "CREATE SCHEMA evil",
        "CREATE VIEW evil.pg_roles AS SELECT 1/0 AS rolname",
        "ALTER DATABASE shop SET search_path = evil, pg_catalog",
    )
    try:
        assert rotated.rotate().problem == ""
    finally:
        postgres.run("ALTER DATABASE shop RESET search_path", "DROP SCHEMA evil CASCADE")


@pytest.mark.parametrize("strategy", ["SingleUser", "MultiUser"])
def test_redshift(sm, redshift, strategy):
    rotated = Rotating(sm, redshift, strategy)
    for _ in range(3):
        assert rotated.rotate().problem == ""
        assert rotated.works()

    rotated.steps(*Step, *Step)

    assert rotated.works()
    name = rotated.value()["username"].replace("'", "''")
    [[kept]] = redshift.run(f"SELECT rolpassword FROM pg_authid WHERE rolname = '{name}'")
    assert kept.startswith("md5")


def test_redshift_s_rights_are_copied(sm, redshift):
    rotated = Rotating(sm, redshift, "MultiUser")
    quoted = rotated.name.replace('"', '""')
    redshift.run(
        'CREATE SCHEMA IF NOT EXISTS "a b"',
        'CREATE TABLE IF NOT EXISTS "a b"."c.d" (id integer)',
        'CREATE OR REPLACE VIEW "a b".seen AS SELECT 1 AS one',
        f'GRANT USAGE, CREATE ON SCHEMA "a b" TO "{quoted}"',
        f'GRANT SELECT, DELETE ON "a b"."c.d" TO "{quoted}"',
        f'GRANT SELECT ON "a b".seen TO "{quoted}"',
        f'GRANT CREATE ON DATABASE shop TO "{quoted}"',
        "DROP GROUP IF EXISTS readers",
        f'CREATE GROUP readers USER "{quoted}"',
    )
    rotated.rotate()

    def may(name):
        literal = name.replace("'", "''")
        questions = (
            *(
                f"has_table_privilege('{literal}', '\"a b\".\"c.d\"', '{right}')"
                for right in RIGHTS
            ),
            f"has_table_privilege('{literal}', '\"a b\".seen', 'SELECT')",
            f"has_schema_privilege('{literal}', 'a b', 'CREATE')",
            f"has_schema_privilege('{literal}', 'public', 'CREATE')",
            f"has_database_privilege('{literal}', 'shop', 'CREATE')",
            f"pg_has_role('{literal}', 'readers', 'MEMBER')",
        )
        return redshift.run(f"SELECT {', '.join(questions)}")[0]

    assert may(rotated.other) == may(rotated.name)
    assert may(rotated.other) == (True, False, False, True, True, True, False, True, True)
    assert rotated.works()


RIGHTS = "SELECT", "INSERT", "UPDATE", "DELETE"
