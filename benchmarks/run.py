"""`make bench`: what a call costs, beside the floor and beside moto, all in one run.

`bare/s` is what the primitive alone does in one thread, which is to say on one core.

The figures of one run compare with one another and with nothing else: the machine, its
disk and what else it does are in all of them.
"""

import argparse
import base64
import os
import shutil
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from botocore.credentials import Credentials

from benchmarks import hsm, other_keys, parameters, secret_values, servers
from benchmarks.bare import Bare, of_row
from benchmarks.client import Bodies, Client
from benchmarks.load import Figure, Load, in_turns, signed

REQUESTS = 2000
FEW, MANY = 10, 10_000
MOTOS = Credentials("testing", "testing")  # any will do


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


HEAD = "{:28}{:>9}{:>9}{:>9}{:>10}{:>10}{:>11}".format(
    "", "req/s", "p50 ms", "p99 ms", "of floor", "of moto", "bare/s"
)
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


def hsm_held(client: Client, running: ExitStack) -> dict[str, Load | Bare]:
    if not hsm.is_there:
        return {}
    name, key = "Encrypt, HSM-held", hsm.create_key(client.kms)
    bare = Bare(running.enter_context(hsm.primitive()))
    return {name: client.load("Encrypt", encrypt([key])), of_row(name): bare}


def show(figures: dict[str, Figure], floor: Figure, moto: Figure) -> None:
    """A line for each row, beside the bare primitive where one was measured with it.

    `moto`: what moto's server did of the same kind.
    """
    for name, figure in figures.items():
        if name in map(of_row, figures):
            continue
        bare = figures.get(of_row(name))
        failed = f"  {figure.errors} FAILED" if figure.errors else ""
        print(
            f"{name:28}{figure.rate:9,.0f}{figure.p50:9.1f}{figure.p99:9.1f}"
            f"{figure.rate / floor.rate:10.0%}{figure.rate / moto.rate:9.1f}x"
            f"{f'{bare.rate:11,.0f}' if bare else ''}{failed}",
            flush=True,
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=3, help="for each turn of each figure")
    parser.add_argument("--turns", type=int, default=5, help="of which the middle one counts")
    parser.add_argument("--keys", type=int, default=MANY, help="how many are many")
    parser.add_argument("--parameters", type=int, default=100_000, help="how many there are")
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
        home = folder / "home"
        client = Client(*running.enter_context(servers.strongroom(home)))
        keys = client.create_keys(FEW)
        of_secrets = secret_values.rows(client, moto, FEW)
        loads = {
            FLOOR: floor,
            MOTO: moto.load("Encrypt", encrypt(moto.create_keys(FEW))),
            **few_keys(client, keys),
            **other_keys.rows(client, FEW),
            **hsm_held(client, running),
            **of_secrets,
        }
        print(
            f"{os.cpu_count()} cores; {servers.WORKERS} workers of {servers.THREADS} threads; "
            "SQLite; every answer's record is fsync'd\n"
        )
        print(HEAD)
        few = in_turns(loads, *turns)
        show({name: few[name] for name in few if name not in of_secrets}, few[FLOOR], few[MOTO])
        beside = {name: few[name] for name in of_secrets}
        show(beside, few[FLOOR], few[secret_values.MOTO])
        kept = in_turns({FLOOR: floor, **parameters.few(client, moto)}, *turns)
        show(kept, kept[FLOOR], kept[parameters.MOTO])
        parameters.make(home, given.parameters)
        paged = in_turns({FLOOR: floor, **parameters.many(client, given.parameters)}, *turns)
        show(paged, paged[FLOOR], kept[parameters.MOTO])
        keys += client.create_keys(given.keys - FEW)
        cold = {f"… cold, {given.keys:,} keys": client.load("Encrypt", encrypt(keys)).measure(8)}
        many = in_turns({FLOOR: floor, **many_keys(client, keys)}, *turns)
        show(many | cold, many[FLOOR], few[MOTO])
    all_figures = few | kept | paged | many | cold
    return 1 if any(figure.errors for figure in all_figures.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
