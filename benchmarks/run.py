"""`make bench`: what a call costs, beside the floor and beside moto, all in one run.

The figures of one run compare with one another and with nothing else: the machine, its
disk and what else it does are in all of them.
"""

import argparse
import base64
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.credentials import Credentials

from benchmarks import hsm, servers
from benchmarks.load import Figure, Load, in_turns, signed

REQUESTS = 2000
FEW, MANY = 10, 10_000
Bodies = Iterator[dict[str, Any]]
MOTOS = Credentials("testing", "testing")  # any will do


class Client:
    """boto3's client for one server, and the signed requests that wrk is to send to it."""

    def __init__(self, url: str, credentials: Credentials) -> None:
        self.url, self.credentials = url, credentials
        self.kms = boto3.client(
            "kms",
            "us-east-1",
            endpoint_url=url,
            aws_access_key_id=credentials.access_key,
            aws_secret_access_key=credentials.secret_key,
            config=Config(max_pool_connections=16),
        )

    def create_keys(self, count: int) -> list[str]:
        with ThreadPoolExecutor(16) as pool:
            made = pool.map(lambda _: self.kms.create_key()["KeyMetadata"]["KeyId"], range(count))
            return list(made)

    def load(self, action: str, bodies: Bodies) -> Load:
        return Load(self.url, signed(self.url, self.credentials, action, bodies))


def encrypt(keys: list[str]) -> Bodies:
    for number in range(max(REQUESTS, len(keys))):
        plaintext = base64.b64encode(f"plaintext {number}".encode()).decode()
        yield {"KeyId": keys[number % len(keys)], "Plaintext": plaintext}


def decrypt(client: Client, keys: list[str]) -> Bodies:
    for number in range(REQUESTS // 10):
        blob = client.kms.encrypt(KeyId=keys[number % len(keys)], Plaintext=f"p{number}".encode())
        yield {"CiphertextBlob": base64.b64encode(blob["CiphertextBlob"]).decode()}


def generate_data_key(keys: list[str]) -> Bodies:
    for number in range(REQUESTS):
        yield {"KeyId": keys[number % len(keys)], "KeySpec": "AES_256"}


def describe_key(keys: list[str]) -> Bodies:
    for number in range(REQUESTS):
        yield {"KeyId": keys[number % len(keys)]}


FLOOR, MOTO = "floor: an empty Django view", "moto: Encrypt"


def few_keys(client: Client, keys: list[str]) -> dict[str, Load]:
    return {
        f"Encrypt, {FEW} keys": client.load("Encrypt", encrypt(keys)),
        f"Decrypt, {FEW} keys": client.load("Decrypt", decrypt(client, keys)),
        f"GenerateDataKey, {FEW} keys": client.load("GenerateDataKey", generate_data_key(keys)),
        f"DescribeKey, {FEW} keys": client.load("DescribeKey", describe_key(keys)),
    }


def many_keys(client: Client, keys: list[str]) -> dict[str, Load]:
    return {
        f"Encrypt, {FEW} of {len(keys):,} keys": client.load("Encrypt", encrypt(keys[:FEW])),
        f"Encrypt, {len(keys):,} keys": client.load("Encrypt", encrypt(keys)),
    }


def hsm_held(client: Client) -> dict[str, Load]:
    if not hsm.is_there:
        return {}
    key = hsm.create_key(client.kms)
    return {"Encrypt, HSM-held": client.load("Encrypt", encrypt([key]))}


def show(figures: dict[str, Figure], floor: Figure, moto: Figure) -> None:
    for name, figure in figures.items():
        failed = f"  {figure.errors} FAILED" if figure.errors else ""
        print(
            f"{name:28}{figure.rate:9,.0f}{figure.p50:9.1f}{figure.p99:9.1f}"
            f"{figure.rate / floor.rate:10.0%}{figure.rate / moto.rate:9.1f}x{failed}",
            flush=True,
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=3, help="for each turn of each figure")
    parser.add_argument("--turns", type=int, default=5, help="of which the middle one counts")
    parser.add_argument("--keys", type=int, default=MANY, help="how many are many")
    given = parser.parse_args()
    if not shutil.which("wrk"):
        sys.exit("make bench drives the servers with wrk: apt-get install wrk")
    turns = given.turns, given.seconds
    with ExitStack() as running:
        folder = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="strongroom-")))
        if hsm.is_there:
            hsm.prepare(folder)
        floor_url = running.enter_context(servers.floor(folder))
        floor = Load(floor_url, signed(floor_url, Credentials("a", "b"), "None", [{}]))
        moto = Client(running.enter_context(servers.moto(folder)), MOTOS)
        client = Client(*running.enter_context(servers.strongroom(folder / "home")))
        keys = client.create_keys(FEW)
        loads = {
            FLOOR: floor,
            MOTO: moto.load("Encrypt", encrypt(moto.create_keys(FEW))),
            **few_keys(client, keys),
            **hsm_held(client),
        }
        print(
            f"{os.cpu_count()} cores; {servers.WORKERS} workers of {servers.THREADS} threads; "
            "SQLite; every answer's record is fsync'd\n"
        )
        print(f"{'':28}{'req/s':>9}{'p50 ms':>9}{'p99 ms':>9}{'of floor':>10}{'of moto':>10}")
        few = in_turns(loads, *turns)
        show(few, few[FLOOR], few[MOTO])
        if hsm.is_there:
            print(
                f"{'… the token alone, 1 thread':28}{hsm.bare_rate(given.seconds):9,.0f}",
                flush=True,
            )
        keys += client.create_keys(given.keys - FEW)
        cold = {f"… cold, {given.keys:,} keys": client.load("Encrypt", encrypt(keys)).measure(8)}
        many = in_turns({FLOOR: floor, **many_keys(client, keys)}, *turns)
        show(many | cold, many[FLOOR], few[MOTO])
    return 1 if any(figure.errors for figure in (few | many | cold).values()) else 0


if __name__ == "__main__":
    sys.exit(main())
