"""Whatever is done to the trail is found, and the first record that it was done to is named."""

import dataclasses
import shutil
from pathlib import Path
from typing import Any

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.db.transaction import atomic

from audit import chain, checkpoints, heads, outside, search, signing, trail
from audit.digests import record_digest
from audit.models import Chain, Checkpoint, Record, SigningKey
from audit.places import Head, record_id
from audit.statement import Statement, to_document
from audit.verify import Kind, UnknownCheckpoint, report, verify, walking
from tests.audit import making

pytestmark = pytest.mark.django_db(transaction=True)

Named = tuple[Kind, int | None, int | None]


@pytest.fixture(autouse=True)
def _trail() -> None:
    """Chain 1: six records, left. Chain 2: four, being written. Two checkpoints hold 5 and 3."""
    for _ in range(3):
        making.record()
    checkpoints.make()
    for _ in range(3):
        making.record()
    trail.forget()
    for _ in range(3):
        making.record()
    Record.objects.filter(id=record_id(1, 6)).delete()  # as if the checkpoint came before it
    checkpoints.make()
    _append_to(1)
    making.record()
    _settle(1)


def _append_to(number: int, count: int = 1) -> None:
    row = Chain.objects.get(id=number)
    for _ in range(count):
        chain.insert(chain.linked(number, chain.head_of(row), [making.event().body()])[0])


def _settle(number: int) -> None:
    """The file of a chain's head, as its writer would leave it."""
    heads.remove(number)
    heads.HeadFile(number, chain.head_of(Chain.objects.get(id=number)), exact=True).let_go()


def found() -> list[Named]:
    return [(each.kind, each.chain, each.sequence) for each in verify().findings]


def row(number: int, place: int) -> Record:
    return Record.objects.get(id=record_id(number, place))


def replace(number: int, place: int, **columns: bytes) -> None:
    Record.objects.filter(id=record_id(number, place)).update(**columns)


def shift(number: int, places: range, by: int) -> None:
    """Move records, the last first if they move up."""
    for place in places if by < 0 else reversed(places):
        Record.objects.filter(id=record_id(number, place)).update(id=record_id(number, place + by))


def relink(number: int, start: int) -> None:
    """Compute the digests anew from `start` on, as a forger would."""
    digest = bytes(row(number, start - 1).digest)
    for record in Record.objects.filter(
        id__gte=record_id(number, start), id__lt=record_id(number + 1, 0)
    ).order_by("id"):
        digest = record_digest(digest, bytes(record.body))
        Record.objects.filter(id=record.id).update(digest=digest)


def replace_statement(checkpoint: Checkpoint, **members: Any) -> bytes:
    return dataclasses.replace(Statement.read(bytes(checkpoint.body)), **members).body()


def test_nothing_is_found_where_nothing_was_done():
    verified = verify()
    assert verified.is_clean
    assert verified.notes == []
    assert (verified.chains, verified.records, verified.checkpoints) == (2, 10, 2)


class TestRecords:
    def test_one_that_was_changed(self):
        replace(1, 3, body=making.event("kms:Decrypt").body())

        (finding,) = verify().findings

        assert (finding.kind, finding.chain, finding.sequence) == (Kind.CHANGED, 1, 3)
        assert finding.event_id == orjson.loads(bytes(row(1, 3).body))["eventID"]
        assert finding.text.startswith("chain 1, record 3 was changed")

    def test_one_whose_digest_was_changed(self):
        replace(1, 3, digest=b"\0" * 32)
        assert found() == [(Kind.CHANGED, 1, 3)]

    def test_one_that_is_not_json_any_more(self):
        replace(1, 3, body=b"\xff")
        assert found() == [(Kind.CHANGED, 1, 3)]

    def test_one_that_was_removed(self):
        row(1, 3).delete()
        (finding,) = verify().findings
        assert (finding.kind, finding.chain, finding.sequence) == (Kind.REMOVED, 1, 3)
        assert finding.text == "chain 1, record 3 was removed"

    def test_several_that_were_removed(self):
        Record.objects.filter(id__range=(record_id(1, 2), record_id(1, 4))).delete()
        assert [each.text for each in verify().findings] == ["chain 1, record 2 to 4 were removed"]

    def test_the_first_one_removed(self):
        row(2, 1).delete()
        assert found() == [(Kind.REMOVED, 2, 1)]

    def test_one_that_was_removed_and_the_gap_closed(self):
        row(1, 3).delete()
        shift(1, range(4, 7), by=-1)
        assert found() == [(Kind.CHANGED, 1, 3)]

    def test_two_that_were_swapped(self):
        three, four = row(1, 3), row(1, 4)
        replace(1, 3, body=four.body, digest=four.digest)
        replace(1, 4, body=three.body, digest=three.digest)
        assert found() == [(Kind.REORDERED, 1, 3)]

    def test_two_whose_contents_were_swapped(self):
        three, four = row(1, 3), row(1, 4)
        replace(1, 3, body=four.body)
        replace(1, 4, body=three.body)
        assert found() == [(Kind.REORDERED, 1, 3)]

    def test_one_that_was_inserted(self):
        shift(1, range(3, 7), by=1)
        Record.objects.create(id=record_id(1, 3), body=making.event().body(), digest=b"\0" * 32)
        assert found() == [(Kind.INSERTED, 1, 3)]

    def test_one_that_was_inserted_before_the_first(self):
        Record.objects.create(id=record_id(1, 0), body=b"{}", digest=b"\0" * 32)
        assert found() == [(Kind.INSERTED, 1, 0)]

    def test_one_that_was_changed_with_all_that_follow(self):
        replace(1, 2, body=making.event("kms:Decrypt").body())
        relink(1, 2)
        assert found() == [(Kind.CHANGED, 1, 3)]  # which the first checkpoint knows

    def test_one_after_the_last_checkpoint_that_was_changed_with_all_that_follow(self):
        replace(2, 4, body=making.event("kms:Decrypt").body())
        relink(2, 4)
        assert found() == [(Kind.CHANGED, 2, 4)]

    def test_a_tail_that_was_cut_off(self):
        Record.objects.filter(id__range=(record_id(1, 4), record_id(1, 6))).delete()
        (finding,) = verify().findings
        assert (finding.kind, finding.chain, finding.sequence) == (Kind.REMOVED, 1, 4)
        assert "checkpoint 2 knows 5 records" in finding.text

    def test_a_tail_that_no_checkpoint_knows_yet(self):
        row(2, 4).delete()
        (finding,) = verify().findings
        assert (finding.kind, finding.chain, finding.sequence) == (Kind.REMOVED, 2, 4)
        assert "4 had been written" in finding.text

    def test_a_whole_chains_records(self):
        Record.objects.filter(id__lt=record_id(2, 0)).delete()
        assert found() == [(Kind.REMOVED, 1, 1)]

    @pytest.mark.parametrize("number", [1, 2])
    def test_a_tail_that_was_forged(self, number):
        length = {1: 6, 2: 4}[number]
        _append_to(number, 2)
        assert found() == [(Kind.INSERTED, number, length + 1)]

    def test_each_chain_is_told_of(self):
        replace(1, 3, body=b"{}")
        replace(2, 1, body=b"{}")
        assert found() == [(Kind.CHANGED, 1, 3), (Kind.CHANGED, 2, 1)]


class TestChains:
    def test_one_that_was_removed(self):
        Record.objects.filter(id__lt=record_id(2, 0)).delete()
        Chain.objects.filter(id=1).delete()
        assert found() == [(Kind.REMOVED, 1, None)]

    def test_several_that_were_removed(self):
        Chain.objects.filter(id=2).update(id=4)
        Record.objects.filter(id__gte=record_id(2, 0)).delete()
        first, *_ = verify().findings
        assert first.text == "chain 2 to 3 were removed, with all that was recorded there"

    def test_the_last_one(self):
        Record.objects.filter(id__gte=record_id(2, 0)).delete()
        Chain.objects.filter(id=2).delete()
        assert found() == [(Kind.REMOVED, 2, None)]

    def test_all_of_them(self):
        Record.objects.all().delete()
        Chain.objects.all().delete()
        assert found()[0] == (Kind.REMOVED, 1, None)

    def test_one_that_no_checkpoint_knows_yet(self):
        trail.forget()
        making.record()
        Record.objects.filter(id__gte=record_id(3, 0)).delete()
        Chain.objects.filter(id=3).delete()
        assert found() == [(Kind.REMOVED, 3, None)]

    @pytest.mark.parametrize("number", [0, 7])
    def test_one_that_was_made_up(self, number):
        Record.objects.create(id=record_id(number, 5), body=b"{}", digest=b"\0" * 32)
        assert found() == [(Kind.INSERTED, number, 5)]

    def test_the_last_that_there_can_be(self):
        Record.objects.create(id=(1 << 63) - 1, body=b"{}", digest=b"\0" * 32)
        assert [each.kind for each in verify().findings] == [Kind.INSERTED]

    def test_the_beginning_of_one(self):
        Chain.objects.filter(id=1).update(first=b"\0" * 32)
        assert found() == [(Kind.CHANGED, 1, 1)]

    def test_the_beginning_of_one_without_records(self):
        empty = chain.begin()
        heads.HeadFile(empty.id, Head(0, bytes(empty.first)), exact=True)
        checkpoints.make()
        assert verify().is_clean
        Chain.objects.filter(id=empty.id).update(first=b"\0" * 32)
        assert found() == [(Kind.CHANGED, empty.id, 0)]
        Checkpoint.objects.filter(number=3).delete()
        outside.directory().joinpath("checkpoint").unlink()
        assert found() == [(Kind.CHANGED, empty.id, 0)]


class TestClosedChains:
    @pytest.fixture(autouse=True)
    def _closed(self) -> None:
        search.catch_up()
        making.let_a_while_pass()
        checkpoints.make()
        assert Chain.objects.get(id=1).closed == 3

    def test_nothing_follows_in_one(self):
        assert verify().is_clean
        _append_to(1)
        assert found() == [(Kind.INSERTED, 1, 7)]

    @pytest.mark.parametrize("number", [None, 1, 9])
    def test_one_is_closed_by_the_checkpoint_that_says_so(self, number):
        Chain.objects.filter(id=1).update(closed=number)
        assert found() == [(Kind.CHANGED, 1, None)]

    def test_one_that_is_written_is_not_closed(self):
        Chain.objects.filter(id=2).update(closed=3)
        assert found() == [(Kind.CHANGED, 2, None)]

    def test_the_checkpoint_that_closed_one_may_not_be_readable(self):
        Checkpoint.objects.filter(number=3).update(body=b"nonsense")
        assert (Kind.CHANGED, 1, None) in found()


class TestCheckpoints:
    def test_one_that_was_changed(self):
        other = replace_statement(Checkpoint.objects.get(number=1), chains=0)
        Checkpoint.objects.filter(number=1).update(body=other)
        (finding,) = verify().findings
        assert finding.text == "checkpoint 1 was changed: its signature is not valid"

    def test_one_that_was_removed(self):
        Checkpoint.objects.filter(number=1).delete()
        assert [each.text for each in verify().findings] == ["checkpoint 1 was removed"]

    def test_several_that_were_removed(self):
        making.record()
        checkpoints.make()
        Checkpoint.objects.filter(number__lt=3).delete()
        assert [each.text for each in verify().findings] == ["checkpoints 1 to 2 were removed"]

    def test_the_last_one(self):
        Checkpoint.objects.filter(number=2).delete()
        (finding,) = verify().findings
        assert finding.text.startswith("checkpoint 2, which ")
        assert "older copy" in finding.text

    def test_all_of_them(self):
        Checkpoint.objects.all().delete()
        assert [each.kind for each in verify().findings] == [Kind.REMOVED]

    def test_one_that_bears_anothers_number(self):
        one = Checkpoint.objects.get(number=1)
        Checkpoint.objects.filter(number=2).update(body=one.body, signature=one.signature)
        assert verify().findings[0].text.startswith("checkpoint 2 was changed")

    def test_one_that_was_replaced_by_another_that_is_signed(self):
        """Only who has the root key can do that; the links between checkpoints tell it."""
        other = replace_statement(Checkpoint.objects.get(number=1), chains=0)
        Checkpoint.objects.filter(number=1).update(body=other, signature=signing.sign(other))
        (finding,) = verify().findings
        assert "checkpoint 2 was made after another one" in finding.text


class TestTheSigningKey:
    def test_one_that_was_removed(self):
        SigningKey.objects.all().delete()
        (finding,) = verify().findings
        assert finding.kind is Kind.REMOVED
        assert "SigningKeyMissing" in finding.text

    def test_one_that_was_replaced_by_anothers(self):
        SigningKey.objects.update(sealed=signing._sealed_new_key())
        texts = [each.text for each in verify().findings]
        assert "checkpoint 1 was changed: its signature is not valid" in texts
        assert any(text.startswith("the signing key was changed") for text in texts)

    def test_one_that_is_gone_with_its_copy(self):
        SigningKey.objects.all().delete()
        signing.exported().unlink()
        assert [each.kind for each in verify().findings] == [Kind.REMOVED]

    @pytest.mark.parametrize("copy", [b"", b"garbage", b"-----BEGIN PUBLIC KEY-----"])
    def test_one_whose_copy_is_none(self, copy):
        SigningKey.objects.all().delete()
        signing.exported().write_bytes(copy)
        assert [each.kind for each in verify().findings] == [Kind.REMOVED, Kind.CHANGED]

    def test_one_whose_copy_is_of_another_kind(self):
        SigningKey.objects.all().delete()
        other = generate_private_key(65537, 1024).public_key()
        pem = other.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        signing.exported().write_bytes(pem)
        assert [each.kind for each in verify().findings] == [Kind.REMOVED, Kind.CHANGED]


class TestCopiesOutside:
    def test_a_database_that_was_replaced_by_an_older_copy(self):
        before = {model: list(model.objects.values()) for model in (Chain, Record, Checkpoint)}
        for _ in range(2):
            making.record()
        checkpoints.make()
        for model, rows in before.items():
            model.objects.all().delete()
            model.objects.bulk_create(model(**columns) for columns in rows)

        texts = [each.text for each in verify().findings]

        assert texts[0].startswith("checkpoint 3, which ")
        assert texts[1].startswith("chain 2, record 5 and what followed were removed")

    def test_a_checkpoints_copy_that_was_changed(self):
        checkpoints.kept_outside().write_bytes(b"{}")
        assert "it is not a checkpoint" in verify().findings[0].text

    def test_a_checkpoints_copy_that_is_not_signed(self):
        newest = Checkpoint.objects.get(number=2)
        newest.signature = b"\0" * 64
        checkpoints.kept_outside().write_bytes(to_document(newest))
        assert "its signature is not valid" in verify().findings[0].text

    def test_a_copy_that_was_kept_elsewhere(self):
        older = to_document(Checkpoint.objects.get(number=1))
        assert verify(against=older).is_clean
        making.record()
        newer = to_document(checkpoints.make() or Checkpoint())
        Checkpoint.objects.filter(number=3).delete()
        checkpoints.kept_outside().unlink()
        (finding,) = verify(against=newer).findings
        assert finding.text.startswith("checkpoint 3, which the copy given holds, was removed")

    def test_missing_copies_are_noted(self):
        checkpoints.kept_outside().unlink()
        signing.exported().unlink()
        verified = verify()
        assert verified.is_clean
        assert len(verified.notes) == 2

    def test_a_damaged_file_of_a_head(self):
        outside.directory("heads").joinpath("1").write_bytes(b"nonsense")
        assert found() == [(Kind.CHANGED, 1, None)]

    def test_after_a_loss_of_power_a_file_may_be_behind(self, monkeypatch):
        _append_to(1)
        monkeypatch.setattr(heads, "boot_id", lambda: "the-next-boot")
        verified = verify()
        assert verified.is_clean
        assert verified.notes[0].startswith("Chain 1 goes on after record 6")

    def test_a_file_that_goes_while_it_is_read_is_no_finding(self, monkeypatch):
        monkeypatch.setattr(heads, "read", lambda number: None)
        assert verify().is_clean

    def test_between_the_heads_of_a_commit_that_was_cut_short_either_is_right(self):
        one = chain.head_of(Chain.objects.get(id=1))
        heads.remove(1)
        file = heads.HeadFile(1, one, exact=True)
        file.write(one, Head(9, b"x" * 32))
        assert verify().is_clean
        file.write(Head(5, bytes(row(1, 5).digest)), one)
        assert verify().is_clean

    @pytest.mark.parametrize("exact", [True, False])
    def test_part_of_a_commit_that_was_cut_short_is_more_than_its_process_left(self, exact):
        """A group is committed as a whole; what a guest wrote may have been undone in part."""
        heads.remove(1)
        file = heads.HeadFile(1, Head(0, b""), exact=exact)
        file.write(Head(5, bytes(row(1, 5).digest)), Head(9, b"x" * 32))
        assert found() == ([(Kind.CHANGED, 1, 7)] if exact else [])


class TestFromACheckpointOn:
    def test_what_it_vouches_for_is_not_read_again(self):
        replace(1, 2, body=b"{}")
        verified = verify(since=1)
        assert verified.is_clean
        assert (verified.records, verified.checkpoints) == (3 + 4, 2)

    def test_what_came_after_is(self):
        replace(1, 4, body=b"{}")
        assert [(each.chain, each.sequence) for each in verify(since=1).findings] == [(1, 4)]

    def test_chains_that_were_closed_before_are_not_read_again(self):
        search.catch_up()
        making.let_a_while_pass()
        checkpoints.make()
        making.record()
        checkpoints.make()
        assert verify(since=4).records == 0

    @pytest.mark.parametrize("number", [0, 9])
    def test_it_has_to_be_there(self, number):
        with pytest.raises(UnknownCheckpoint):
            verify(since=number)

    def test_it_has_to_be_signed(self):
        Checkpoint.objects.filter(number=1).update(signature=b"\0" * 64)
        with pytest.raises(UnknownCheckpoint):
            verify(since=1)


class TestWithoutCheckpoints:
    @pytest.fixture(autouse=True)
    def _none(self, home: Path) -> None:
        for model in (Checkpoint, SigningKey, Record, Chain):
            model.objects.all().delete()
        shutil.rmtree(home / "audit")
        trail.forget()

    def test_an_empty_trail_is_clean(self):
        assert verify().is_clean
        assert not SigningKey.objects.exists()

    def test_records_are_verified(self):
        making.record()
        making.record()
        assert verify().is_clean
        replace(1, 1, body=b"{}")
        assert found() == [(Kind.CHANGED, 1, 1)]

    def test_there_is_none_to_begin_at(self):
        with pytest.raises(UnknownCheckpoint):
            verify(since=1)


def test_findings_are_bounded(monkeypatch):
    monkeypatch.setattr(report, "MOST_FINDINGS", 1)
    replace(1, 3, body=b"{}")
    replace(2, 1, body=b"{}")
    verified = verify()
    assert len(verified.findings) == 1
    assert verified.notes == ["There may be more: looking for it ended here."]


def test_tables_are_read_a_few_rows_at_a_time(monkeypatch):
    monkeypatch.setattr(walking, "ROWS", 2)
    assert [each.id for each in walking.in_order(Record.objects.all())] == sorted(
        Record.objects.values_list("id", flat=True)
    )
    assert verify().is_clean


def test_it_may_be_verified_while_it_is_written(monkeypatch):
    """Between any two reads of the verification a record is written."""
    read = heads.read

    def meanwhile(number: int) -> heads.Bounds | None:
        making.record()
        with atomic():
            making.record()
        return read(number)

    monkeypatch.setattr(heads, "read", meanwhile)
    assert verify().is_clean
