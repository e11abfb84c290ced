"""Keys from keys: NIST SP 800-108r1, counter mode, with HMAC-SHA256."""

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.kbkdf import KBKDFHMAC, CounterLocation, Mode

COUNTER_BYTES = 4
LENGTH_BYTES = 4


def derive(key: bytes, label: bytes, context: bytes = b"", length: int = 32) -> bytes:
    """`length` bytes for the purpose `label` (which holds no zero byte) and the `context`.

    The fixed input is label ‖ 0x00 ‖ context ‖ length in bits, as the standard proposes.
    """
    bits = (length * 8).to_bytes(LENGTH_BYTES, "big")
    return counter_mode(key, label + b"\0" + context + bits, length)


def counter_mode(key: bytes, fixed: bytes, length: int) -> bytes:
    """The bare function: `length` bytes from a 32-bit counter before the `fixed` input."""
    function = KBKDFHMAC(
        algorithm=SHA256(),
        mode=Mode.CounterMode,
        length=length,
        rlen=COUNTER_BYTES,
        llen=None,
        location=CounterLocation.BeforeFixed,
        label=None,
        context=None,
        fixed=fixed,
    )
    return function.derive(key)
