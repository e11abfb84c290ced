"""A client for one server: boto3's, and the signed requests that wrk is to send."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
from botocore.config import Config
from botocore.credentials import Credentials

from benchmarks.load import Load, signed

Bodies = Iterator[dict[str, Any]]


class Client:
    """`kms`, `ssm` and `secrets` are boto3's."""

    def __init__(self, url: str, credentials: Credentials) -> None:
        self.url, self.credentials = url, credentials
        self.kms, self.ssm = self._client("kms"), self._client("ssm")
        self.secrets = self._client("secretsmanager")

    def _client(self, service: str) -> Any:
        return boto3.client(
            service,
            "us-east-1",
            endpoint_url=self.url,
            aws_access_key_id=self.credentials.access_key,
            aws_secret_access_key=self.credentials.secret_key,
            config=Config(max_pool_connections=16),
        )

    def create_keys(self, count: int, **kind: str) -> list[str]:
        def create(_: int) -> str:
            made: str = self.kms.create_key(**kind)["KeyMetadata"]["KeyId"]
            return made

        with ThreadPoolExecutor(16) as pool:
            return list(pool.map(create, range(count)))

    def load(self, action: str, bodies: Bodies, **scope: str) -> Load:
        """`scope`: the service and the region to sign for, where they are others."""
        return Load(self.url, signed(self.url, self.credentials, action, bodies, **scope))
