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
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.credentials import Credentials

from benchmarks import servers
from benchmarks.load import Figure, drive, signed

REQUESTS = 2000
FEW, MANY = 10, 10_000
Bodies = Iterator[dict[str, Any]]


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

    def measure(self, action: str, bodies: Bodies, seconds: int, *, cold: bool = False) -> Figure:
        lines = signed(self.url, self.credentials, action, bodies)
        return drive(self.url, lines, seconds, cold=cold)


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


def measure_strongroom(client: Client, seconds: int, many: int) -> Iterator[tuple[str, Figure]]:
    keys = client.create_keys(FEW)
    stories: list[tuple[str, Callable[[], Bodies]]] = [
        ("Encrypt", lambda: encrypt(keys)),
        ("Decrypt", lambda: decrypt(client, keys)),
        ("GenerateDataKey", lambda: generate_data_key(keys)),
        ("DescribeKey", lambda: describe_key(keys)),
    ]
    for action, bodies in stories:
        yield f"{action}, {FEW} keys", client.measure(action, bodies(), seconds)
    keys += client.create_keys(many - FEW)
    yield f"… cold, {many:,} keys", client.measure("Encrypt", encrypt(keys), seconds, cold=True)
    yield f"Encrypt, {many:,} keys", client.measure("Encrypt", encrypt(keys), seconds)
    yield (
        f"Encrypt, {FEW} of {many:,} keys",
        client.measure("Encrypt", encrypt(keys[:FEW]), seconds),
    )


def row(name: str, figure: Figure, floor: Figure, moto: Figure) -> str:
    failed = f"  {figure.errors} FAILED" if figure.errors else ""
    return (
        f"{name:28}{figure.rate:9,.0f}{figure.p50:9.1f}{figure.p99:9.1f}"
        f"{figure.rate / floor.rate:10.0%}{figure.rate / moto.rate:9.1f}x{failed}"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=8, help="for each figure")
    parser.add_argument("--keys", type=int, default=MANY, help="how many are many")
    given = parser.parse_args()
    if not shutil.which("wrk"):
        sys.exit("make bench drives the servers with wrk: apt-get install wrk")
    with tempfile.TemporaryDirectory(prefix="strongroom-bench-") as name:
        folder = Path(name)
        with servers.floor(folder) as url:
            floor = drive(url, signed(url, Credentials("a", "b"), "None", [{}]), given.seconds)
        with servers.moto(folder) as url:
            client = Client(url, Credentials("testing", "testing"))
            moto = client.measure("Encrypt", encrypt(client.create_keys(FEW)), given.seconds)
        with servers.strongroom(folder / "home") as (url, credentials):
            client = Client(url, credentials)
            figures = list(measure_strongroom(client, given.seconds, given.keys))
    print(
        f"{os.cpu_count()} cores; {servers.WORKERS} workers of {servers.THREADS} threads; SQLite; "
        f"every answer's record is fsync'd\n"
    )
    print(f"{'':28}{'req/s':>9}{'p50 ms':>9}{'p99 ms':>9}{'of floor':>10}{'of moto':>10}")
    print(row("floor: an empty Django view", floor, floor, moto))
    print(row("moto: Encrypt", moto, floor, moto))
    for name, figure in figures:
        print(row(name, figure, floor, moto))
    return 1 if any(figure.errors for _, figure in figures) else 0


if __name__ == "__main__":
    sys.exit(main())
