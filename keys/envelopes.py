"""Envelope encryption for services that store secrets: under a data key of the key service.

The key service is called as any client calls it, on the caller's behalf: its policies,
grants and key states decide, and its records are calls of their own.

What is stored is: length of the encrypted data key (2 bytes, big-endian) ‖ the encrypted
data key ‖ the secret sealed under the key (`crypto.envelope`).
"""

from collections.abc import Mapping

from crypto import envelope
from crypto.errors import CannotOpen
from keys.operations.decrypt import Decrypt
from keys.operations.generate_data_key import GenerateDataKey
from service.call import call
from service.caller import Caller

_LENGTH = 2  # bytes that the length of the encrypted key takes


def seal(
    caller: Caller, key_id: str, context: Mapping[str, str], secret: bytes, associated: bytes
) -> bytes:
    """`secret` under a data key of its own. Raises what GenerateDataKey does.

    `caller` calls through the service that stores it. `context`: the encryption context of
    the data key; `associated`: what the secret is bound to besides.
    """
    given = {"KeyId": key_id, "KeySpec": "AES_256", "EncryptionContext": context}
    key = call(caller, GenerateDataKey, given)
    encrypted: bytes = key.ciphertext_blob
    sealed = envelope.seal(key.plaintext, secret, associated)
    return len(encrypted).to_bytes(_LENGTH, "big") + encrypted + sealed


def opened(caller: Caller, context: Mapping[str, str], blob: bytes, associated: bytes) -> bytes:
    """What `seal` was given. Raises what Decrypt does, and CannotOpen if it was altered."""
    ends = _LENGTH + int.from_bytes(blob[:_LENGTH], "big")
    if len(blob) < ends:
        raise CannotOpen("It is shorter than it says.")
    given = {"CiphertextBlob": blob[_LENGTH:ends], "EncryptionContext": context}
    key = call(caller, Decrypt, given)
    return envelope.open_sealed(key.plaintext, blob[ends:], associated)
