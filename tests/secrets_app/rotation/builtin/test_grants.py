"""What MySQL and MariaDB show of an account's rights, given to another."""

from contextlib import contextmanager

import pytest

from secrets_app.rotation.builtin import grants
from secrets_app.rotation.builtin.credentials import parse
from secrets_app.rotation.builtin.engines import of
from secrets_app.rotation.builtin.mysql import MysqlLogin
from secrets_app.rotation.event import StepFailed
from secrets_app.rotation.templates import Database

SHOWN = {
    "GRANT USAGE ON *.* TO `app`@`%`": ("GRANT USAGE ON *.* TO ", ""),
    "GRANT SELECT ON `a``b`.* TO 'app'@'%'": ("GRANT SELECT ON `a``b`.* TO ", ""),
    'GRANT SELECT ON "a".* TO "app"@"%"': ('GRANT SELECT ON "a".* TO ', ""),
    "GRANT INSERT ON `s`.* TO `app`@`%` WITH GRANT OPTION": (
        "GRANT INSERT ON `s`.* TO ",
        " WITH GRANT OPTION",
    ),
    "GRANT `r`@`%`,`s`@`%` TO `app`@`%` WITH ADMIN OPTION": (
        "GRANT `r`@`%`,`s`@`%` TO ",
        " WITH ADMIN OPTION",
    ),
    "REVOKE SELECT ON `mysql`.* FROM `app`@`%`": ("REVOKE SELECT ON `mysql`.* FROM ", ""),
    "SET DEFAULT ROLE `r` FOR `app`@`%`": ("SET DEFAULT ROLE `r` FOR ", ""),
    "GRANT PROXY ON ``@`` TO `app`@`%` WITH GRANT OPTION": (
        "GRANT PROXY ON ``@`` TO ",
        " WITH GRANT OPTION",
    ),
    "GRANT USAGE ON *.* TO `app`@`%` IDENTIFIED BY PASSWORD '*AB' REQUIRE ISSUER "
    "'/CN=x WITH GRANT OPTION' WITH MAX_QUERIES_PER_HOUR 5": ("GRANT USAGE ON *.* TO ", ""),
    "GRANT ALL PRIVILEGES ON *.* TO `app`@`%` REQUIRE SUBJECT 'it''s \\' x' "
    "WITH GRANT OPTION MAX_QUERIES_PER_HOUR 5": (
        "GRANT ALL PRIVILEGES ON *.* TO ",
        " WITH GRANT OPTION",
    ),
    "GRANT SELECT ON ` TO ``app``@``%```.* TO `app`@`%`": (
        "GRANT SELECT ON ` TO ``app``@``%```.* TO ",
        "",
    ),
}


@pytest.mark.parametrize("shown", SHOWN)
def test_a_right_is_told_apart_from_the_account(shown):
    assert grants.parts(shown, "app", "%") == SHOWN[shown]


def test_a_right_of_somebody_else_is_not_understood():
    with pytest.raises(StepFailed, match="not known"):
        grants.parts("GRANT USAGE ON *.* TO `other`@`%`", "app", "%")


class Scripted:
    """In place of a connection to MySQL 8, which Debian does not have: it tells what is asked."""

    def __init__(self) -> None:
        self.statements: list[tuple[str, tuple]] = []

    def get_server_info(self):
        return "8.4.3"

    @contextmanager
    def cursor(self, kind):
        yield self

    def execute(self, statement, given):
        self.statements.append((statement, given))
        self._last = statement

    def fetchall(self):
        options = {"plugin": "mysql_native_password", "ssl_type": b"ANY", "ssl_cipher": b""}
        limits = ("max_questions", "max_updates", "max_connections", "max_user_connections")
        answers = {
            "SELECT CURRENT_USER()": [{"CURRENT_USER()": "app@10.%"}],
            "SELECT * FROM mysql.user": [
                {
                    **options,
                    "x509_issuer": b"",
                    "x509_subject": b"",
                    **dict.fromkeys(limits, 0),
                    "max_questions": 9,
                }
            ],
            "SHOW GRANTS": [
                {"x": "GRANT SELECT ON `100%`.* TO `app`@`10.%`"},
                {"x": "GRANT `clerk`@`%` TO `app`@`10.%`"},
            ],
            "SELECT * FROM mysql.default_roles": [
                {
                    "HOST": "10.%",
                    "USER": "app",
                    "DEFAULT_ROLE_HOST": "%",
                    "DEFAULT_ROLE_USER": "clerk",
                }
            ],
        }
        return next((told for asked, told in answers.items() if self._last.startswith(asked)), [])


def user(name, password="the password"):
    text = '{"engine": "mysql", "host": "h", "username": "%s", "password": "%s"}'
    return parse(text % (name, password), of(Database.MYSQL), "The secret")


@pytest.fixture
def mysql():
    return Scripted()


def test_mysql_s_users_change_their_own_password(mysql):
    MysqlLogin(mysql, None, user("app")).change_password("the new")

    assert mysql.statements[-1] == ("SET PASSWORD = %s", ("the new",))


def test_another_account_s_password_stays_as_it_is(mysql):
    with pytest.raises(StepFailed, match="for another account"):
        MysqlLogin(mysql, None, user("application")).change_password("the new")

    assert len(mysql.statements) == 1


def test_mysql_s_other_user(mysql):
    """With roles and their defaults, and logging in by the same method."""
    other = user("app_clone", "new")
    MysqlLogin(mysql, None, user("boss")).pass_turn(user("app"), other, "10.%")

    account, method = ("app_clone", "10.%"), ("mysql_native_password", "new")
    limits = " ".join(
        f"MAX_{each} %s"
        for each in (
            "QUERIES_PER_HOUR",
            "UPDATES_PER_HOUR",
            "CONNECTIONS_PER_HOUR",
            "USER_CONNECTIONS",
        )
    )
    changes = [each for each in mysql.statements if not each[0].startswith(("SELECT", "SHOW"))]
    assert changes == [
        (
            "CREATE USER IF NOT EXISTS %s@%s IDENTIFIED WITH %s BY %s ACCOUNT LOCK",
            (*account, *method),
        ),
        ("GRANT SELECT ON `100%%`.* TO %s@%s", account),
        ("GRANT `clerk`@`%%` TO %s@%s", account),
        ("ALTER USER %s@%s DEFAULT ROLE %s@%s", (*account, "clerk", "%")),
        (
            f"ALTER USER %s@%s IDENTIFIED WITH %s BY %s REQUIRE SSL WITH {limits} ACCOUNT UNLOCK",
            (*account, *method, 9, 0, 0, 0),
        ),
    ]


def test_an_account_that_is_not_shown(mysql, monkeypatch):
    monkeypatch.setattr(mysql, "fetchall", list)

    with pytest.raises(StepFailed, match="does not show the user's account"):
        MysqlLogin(mysql, None, user("boss")).pass_turn(user("app"), user("app_clone"), "%")
