"""Derived keys: one for each key, label, context and length."""

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.kbkdf import KBKDFHMAC, CounterLocation, Mode

from crypto.kdf import derive

KEY = bytes(range(32))


def test_the_fixed_input_is_composed_as_the_standard_proposes():
    expected = KBKDFHMAC(
        algorithm=SHA256(),
        mode=Mode.CounterMode,
        length=80,
        rlen=4,
        llen=4,
        location=CounterLocation.BeforeFixed,
        label=b"label",
        context=b"context",
        fixed=None,
    ).derive(KEY)

    assert derive(KEY, b"label", b"context", 80) == expected


def test_every_part_counts():
    derived = {
        derive(KEY, b"label", b"context")[:16],
        derive(bytes(32), b"label", b"context")[:16],
        derive(KEY, b"other", b"context")[:16],
        derive(KEY, b"label", b"other")[:16],
        derive(KEY, b"label")[:16],
        derive(KEY, b"labelcontext")[:16],
        derive(KEY, b"label", b"context", 16),
    }

    assert len(derived) == 7
