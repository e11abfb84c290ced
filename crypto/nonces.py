"""Salts and nonces: random bytes that are no secret. Keys come from the kernel, by `os.urandom`.

OpenSSL's generator, which the kernel seeds, anew in a child. It gives them without letting go
of the interpreter, which costs a server of many threads more than the bytes do.
"""

from ssl import RAND_bytes


def nonce(count: int) -> bytes:
    """`count` bytes that nobody has had before."""
    return RAND_bytes(count)
