"""Checkpoints bind all chains, follow each other, and are kept where a rollback cannot reach."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.db import IntegrityError
from django.db.transaction import atomic, set_rollback

from audit import chain, checkpoints, heads, search, signing, trail
from audit.digests import checkpoint_digest
from audit.models import Chain, Checkpoint, Event, SigningKey
from audit.statement import Malformed, Statement, from_document, to_document
from audit.verify import verify
from tests.audit import making

pytestmark = pytest.mark.django_db(transaction=True)


def made() -> Checkpoint:
    checkpoint = checkpoints.make()
    assert checkpoint is not None
    return checkpoint


def said(checkpoint: Checkpoint) -> Statement:
    return Statement.read(bytes(checkpoint.body))


def test_a_checkpoint_states_the_heads_of_all_open_chains():
    making.record()
    making.record()
    trail.forget()
    making.record()

    statement = said(made())

    standing = [(row.id, chain.head_of(row)) for row in Chain.objects.order_by("id")]
    assert statement.heads == tuple(
        (number, head.sequence, head.digest.hex()) for number, head in standing
    )
    assert [head.sequence for _, head in standing] == [2, 1]
    assert (statement.number, statement.previous, statement.chains) == (1, "", 2)


def test_it_names_the_one_before():
    making.record()
    first = made()
    making.record()
    second = said(made())

    assert second.number == 2
    assert second.previous == checkpoint_digest(bytes(first.body)).hex()


def test_it_is_signed_with_the_key_whose_public_half_is_kept_outside(home):
    making.record()
    checkpoint = made()
    key = load_pem_public_key((home / "audit" / "public-key.pem").read_bytes())

    signing.verify(key, bytes(checkpoint.body), bytes(checkpoint.signature))
    with pytest.raises(InvalidSignature):
        signing.verify(key, bytes(checkpoint.body) + b" ", bytes(checkpoint.signature))
    assert signing.public_key_pem() == (home / "audit" / "public-key.pem").read_bytes()


def test_the_private_key_is_stored_sealed():
    making.record()
    made()
    row = SigningKey.objects.get()
    assert signing._opened(row).private_bytes_raw() not in bytes(row.sealed)


def test_none_is_made_while_nothing_moves():
    making.record()
    made()
    assert checkpoints.make() is None
    making.record()
    assert checkpoints.make() is not None


def test_the_newest_is_kept_outside_the_database(home):
    for _ in range(2):
        making.record()
        newest = made()

    copy = from_document((home / "audit" / "checkpoint").read_bytes())

    assert copy.number == 2
    assert bytes(copy.body) == bytes(newest.body)
    assert bytes(copy.signature) == bytes(newest.signature)


def test_one_that_is_rolled_back_never_gets_outside(home):
    making.record()
    with atomic():
        made()
        set_rollback(True)
    assert not (home / "audit" / "checkpoint").exists()


@pytest.mark.parametrize("damage", [None, b"nonsense", b"[]"])
def test_a_copy_is_replaced_only_by_one_that_descends_from_it(home, damage, caplog):
    making.record()
    made()
    making.record()
    made()
    copy = home / "audit" / "checkpoint"
    if damage:
        copy.write_bytes(damage)
    kept = copy.read_bytes()
    Checkpoint.objects.filter(number=2).delete()  # rolled back to an older copy
    making.record()

    checkpoints.make()

    assert copy.read_bytes() == kept
    assert "the checkpoint outside the database is not among those in it" in caplog.text


def test_many_that_make_one_at_once_make_one():
    making.record()
    made()
    making.record()
    with ThreadPoolExecutor(6) as pool:
        results = list(pool.map(making.in_thread(lambda _: checkpoints.make()), range(6)))

    assert len([each for each in results if each]) == 1
    assert Checkpoint.objects.count() == 2


def test_who_comes_second_makes_none(monkeypatch):
    making.record()

    def taken(*args: object) -> None:
        raise IntegrityError

    monkeypatch.setattr(checkpoints, "_save", taken)
    assert checkpoints.make() is None


def test_a_checkpoint_that_was_tampered_with_keeps_none_from_being_made():
    making.record()
    made()
    Checkpoint.objects.update(body=b"nonsense")
    assert said(made()).number == 2


def test_a_lost_signing_key_is_never_replaced():
    making.record()
    made()
    SigningKey.objects.all().delete()
    making.record()

    with pytest.raises(signing.SigningKeyMissing):
        checkpoints.make()
    with pytest.raises(signing.SigningKeyMissing):
        signing.public_key()


class TestWhenDue:
    """After a commit; a call never fails for it."""

    @pytest.fixture(autouse=True)
    def _looks(self, monkeypatch):
        monkeypatch.setattr(checkpoints, "_next_look", 0.0)
        return monkeypatch

    def test_the_first_record_is_followed_by_the_first_checkpoint(self):
        making.record()
        assert said(Checkpoint.objects.get()).heads[0][1] == 1

    def test_a_change_is_followed_by_one_too(self):
        with trail.transaction() as record:
            record(making.event())
        assert Checkpoint.objects.count() == 1

    def test_for_a_minute_nobody_looks_again(self, django_assert_num_queries):
        making.record()
        with django_assert_num_queries(0):
            checkpoints.make_if_due()

    @pytest.mark.parametrize(("seconds", "count"), [(30, 1), (61, 2), (-3600, 2)])
    def test_one_is_made_when_the_last_is_a_minute_old(self, monkeypatch, seconds, count):
        making.record()
        monkeypatch.setattr(checkpoints, "_next_look", 0.0)
        with time_machine.travel(datetime.now(UTC) + timedelta(seconds=seconds), tick=False):
            making.record()
        assert Checkpoint.objects.count() == count

    def test_if_none_can_be_made_the_call_is_answered_all_the_same(self, settings, caplog):
        settings.STRONGROOM_ROOT_KEY_URI = (settings.STRONGROOM_HOME / "another.key").as_uri()
        making.record()

        assert making.names() == ["Encrypt"]
        assert "could not make a checkpoint: Unavailable at " in caplog.text


class TestClosing:
    """A chain whose writer is gone is closed for good."""

    def left(self, *, indexed: bool = True) -> Chain:
        """A chain of one record, whose writer has gone."""
        making.record()
        trail.forget()
        making.let_a_while_pass()
        if indexed:
            search.catch_up()
        return Chain.objects.order_by("-id")[0]

    def test_a_chain_that_its_writer_left_is_closed_and_the_file_of_its_head_goes(self):
        row = self.left()
        statement = said(made())

        row.refresh_from_db()
        assert statement.closed == (row.id,)
        assert [head[0] for head in statement.heads] == [row.id]
        assert row.closed == 1
        assert heads.read(row.id) is None
        assert verify().is_clean

    def test_it_is_not_stated_again(self):
        self.left()
        made()
        making.record()
        assert [head[0] for head in said(made()).heads] == [2]

    def test_one_that_is_written_is_not_closed(self):
        making.record()
        making.let_a_while_pass()
        search.catch_up()
        assert said(made()).closed == ()

    def test_one_that_searches_do_not_know_all_of_is_not_closed(self):
        self.left(indexed=False)
        assert said(made()).closed == ()

    def test_one_that_does_not_end_as_its_writer_left_it_is_not_closed(self):
        row = self.left()
        chain.insert(chain.linked(row.id, chain.head_of(row), [making.event().body()])[0])
        search.catch_up()
        assert said(made()).closed == ()

    def test_one_whose_file_is_damaged_is_not_closed(self, home):
        row = self.left()
        (home / "audit" / "heads" / str(row.id)).write_bytes(b"nonsense")
        making.let_a_while_pass()
        assert said(made()).closed == ()

    def test_after_a_loss_of_power_one_may_end_after_its_file_does(self, home, monkeypatch):
        row = self.left()
        chain.insert(chain.linked(row.id, chain.head_of(row), [making.event().body()])[0])
        search.catch_up()
        monkeypatch.setattr(heads, "boot_id", lambda: "the-next-boot")
        assert said(made()).closed == (row.id,)

    @pytest.mark.parametrize("recorded", [True, False])
    def test_one_of_another_machine_is_closed_when_it_was_unused_for_long(self, recorded):
        row = self.left() if recorded else chain.begin()
        heads.remove(row.id)
        assert said(made()).closed == ()
        with time_machine.travel(datetime.now(UTC) + timedelta(hours=25)):
            assert said(made()).closed == (row.id,)

    def test_one_of_another_machine_that_searches_cannot_date_is_not_closed(self):
        row = self.left()
        heads.remove(row.id)
        Event.objects.all().delete()
        with time_machine.travel(datetime.now(UTC) + timedelta(hours=25)):
            assert said(made()).closed == ()

    def test_a_threads_chain_that_was_closed_is_not_written_again(self):
        with atomic():
            making.record()
        Chain.objects.update(closed=1)
        with atomic():
            making.record()
        assert Chain.objects.count() == 2


class TestDocuments:
    def test_a_statement_reads_as_it_was_written(self):
        statement = Statement(
            3, datetime(2024, 2, 29, tzinfo=UTC), "ab", ((1, 2, "cd"), (2, 0, "ef")), (1,), 2
        )
        assert Statement.read(statement.body()) == statement

    def test_a_document_reads_as_it_was_written(self):
        making.record()
        checkpoint = made()
        copy = from_document(to_document(checkpoint))
        assert (copy.number, copy.body) == (checkpoint.number, checkpoint.body)
        assert copy.signature == checkpoint.signature

    @pytest.mark.parametrize(
        "text", [b"", b"[]", b"{}", b'{"body":1,"signature":""}', b'{"body":"{}","signature":"00"}']
    )
    def test_anything_else_is_malformed(self, text):
        with pytest.raises(Malformed):
            from_document(text)
