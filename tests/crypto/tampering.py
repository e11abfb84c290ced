"""Ways to alter bytes. Every one of them has to be noticed."""

from collections.abc import Iterator


def altered(data: bytes) -> Iterator[bytes]:
    """`data` with each byte flipped in turn, cut short at each place, and lengthened."""
    for place in range(len(data)):
        yield data[:place] + bytes([data[place] ^ 0x01]) + data[place + 1 :]
        yield data[:place] + bytes([data[place] ^ 0x80]) + data[place + 1 :]
        yield data[:place]
    yield data + b"\0"
    yield b"\0" + data
