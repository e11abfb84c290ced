"""Signatures as the Standard Webhooks specification has them.

Signed is `id.timestamp.body`, with HMAC-SHA256. While a secret is exchanged there are
several, each makes a signature, and a receiver takes the post if one of them is right.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import hmac
from collections.abc import Sequence


def headers(secrets: Sequence[bytes], notice_id: str, time: int, body: bytes) -> dict[str, str]:
    """The headers of a post that is made at `time`, in seconds since 1970."""
    signed = f"{notice_id}.{time}.".encode() + body
    return {
        "webhook-id": notice_id,
        "webhook-timestamp": str(time),
        "webhook-signature": " ".join(_signature(secret, signed) for secret in secrets),
    }


def _signature(secret: bytes, signed: bytes) -> str:
    return "v1," + base64.b64encode(hmac.digest(secret, signed, "sha256")).decode()
