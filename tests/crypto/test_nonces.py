"""Salts and nonces: never twice the same, not in a child either."""

import multiprocessing

from crypto.nonces import nonce


def test_no_two_are_the_same():
    assert len({nonce(12) for _ in range(10_000)}) == 10_000


def test_they_have_as_many_bytes_as_were_asked_for():
    assert [len(nonce(count)) for count in (12, 16)] == [12, 16]


def test_a_child_draws_others_than_its_parent_and_its_siblings():
    nonce(16)  # the generator is at work before the children are made
    context = multiprocessing.get_context("fork")
    with context.Pool(4, maxtasksperchild=1) as pool:
        drawn = pool.map(nonce, [16] * 8, chunksize=1)

    assert len({*drawn, nonce(16)}) == 9
