"""Rows of secrets: GetSecretValue, beside moto's."""

import json

from benchmarks.client import Bodies, Client
from benchmarks.load import Load

REQUESTS = 200
MOTO = "moto: GetSecretValue"


def rows(client: Client, moto: Client, count: int) -> dict[str, Load]:
    """Loads on `count` secrets of each server."""
    name = f"GetSecretValue, {count} secrets"
    return {MOTO: _load(moto, count), name: _load(client, count)}


def _load(client: Client, count: int) -> Load:
    for number in range(count):
        value = json.dumps({"username": "app", "password": f"password {number}"})
        client.secrets.create_secret(Name=f"bench/{number}", SecretString=value)
    return client.load("GetSecretValue", _reading(count), service="secretsmanager")


def _reading(count: int) -> Bodies:
    for number in range(REQUESTS):
        yield {"SecretId": f"bench/{number % count}"}
