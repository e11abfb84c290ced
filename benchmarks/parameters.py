"""Rows of Parameter Store: one parameter at a time, and pages of few and of very many.

The few are in one region and the many in another, of one server, so that they are measured
side by side. The many are written past the road, by this module as a program of its own.
"""

import os
import subprocess
import sys
from pathlib import Path

import django
from django.db.transaction import atomic

from benchmarks.client import Bodies, Client
from benchmarks.load import Load
from benchmarks.servers import PROJECT

MOTO = "moto: GetParameter"
EACH = 100  # parameters in a path; the few are one path of them
FEW_REGION, MANY_REGION = "us-east-2", "us-west-2"
NAMES = 10
PAGES = 200


def few(client: Client, moto: Client) -> dict[str, Load]:
    """GetParameter beside moto's, of both kinds: the key service decrypts a SecureString."""
    for kind in ("String", "SecureString"):
        for number in range(NAMES):
            given = {"Name": f"/bench/{kind}/{number}", "Value": f"value {number}", "Type": kind}
            for store in (client, moto):
                store.ssm.put_parameter(**given)
    return {
        MOTO: moto.load("GetParameter", _names("String"), service="ssm"),
        "GetParameter, String": client.load("GetParameter", _names("String"), service="ssm"),
        "GetParameter, SecureString": client.load(
            "GetParameter", _names("SecureString"), service="ssm"
        ),
    }


def many(client: Client, count: int) -> dict[str, Load]:
    """A page of a path, and a page of what a filter finds, of few parameters and of `count`."""
    found = {}
    for region, there in ((FEW_REGION, EACH), (MANY_REGION, count)):
        scope = {"service": "ssm", "region": region}
        paths = max(there // EACH, 1)
        found[f"a path's page, of {there:,}"] = client.load(
            "GetParametersByPath", _paths(paths), **scope
        )
        found[f"a filter's page, of {there:,}"] = client.load(
            "DescribeParameters", _filters(), **scope
        )
    return found


def make(home: Path, count: int) -> None:
    """Write the few and the many into the database of a running server."""
    environment = {**os.environ, "STRONGROOM_HOME": str(home)}
    command = [sys.executable, "-m", "benchmarks.parameters", str(count)]
    subprocess.run(command, cwd=PROJECT, env=environment, check=True)


def _names(kind: str) -> Bodies:
    for number in range(NAMES):
        yield {"Name": f"/bench/{kind}/{number}", "WithDecryption": True}


def _paths(count: int) -> Bodies:
    for number in range(PAGES):
        yield {"Path": f"/p{number * 7 % count:04}/q", "MaxResults": 10}


def _filters() -> Bodies:
    for key, text in (
        ("Type", "SecureString"),
        ("Tier", "Advanced"),
        ("KeyId", "alias/3"),
        ("tag:team", "blue"),
    ):
        yield {"ParameterFilters": [{"Key": key, "Values": [text]}], "MaxResults": 10}


def _write(count: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kms_project.settings")
    django.setup()
    from iam import revision  # models: only now
    from tests.params import many

    with atomic():
        revision.move_on()
        many.make(1, EACH, region=FEW_REGION)
        many.make(max(count // EACH, 1), EACH, region=MANY_REGION)


if __name__ == "__main__":
    _write(int(sys.argv[1]))
