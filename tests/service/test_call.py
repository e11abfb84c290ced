"""The road: decide, run, record, answer; for every ending exactly one record."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import orjson
import pytest
from django.db import connection

from audit import events, trail
from audit.models import Record
from iam import revision
from iam.models import Account
from service import call as road
from service.call import call, part, refuse
from service.errors import AccessDenied, ServiceError, Unavailable, UnknownOperation
from service.operation import Call, Check, Operation, Unrestricted
from service.resource import Granted, Resource
from tests.support import people

pytestmark = pytest.mark.django_db(transaction=True)

ARN = "arn:aws:kms:us-east-1:123456789012:key/1"
MADE = "555566667777"


@dataclass(frozen=True, slots=True)
class Given:
    description: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    description: str


class Missing(ServiceError):
    code = "NotFoundException"


class Reads(Operation[Given, Answer]):
    name = "kms:CreateKey"

    def checks(self, call: Call, given: Given) -> Iterable[Check | Unrestricted]:
        yield Check("kms:CreateKey", Resource("*", type="", account=""))

    def run(self, call: Call, given: Given) -> Answer:
        return Answer(given.description)


class Changes(Reads):
    mutates = True

    def run(self, call: Call, given: Given) -> Answer:
        Account.objects.create(id=MADE)
        if given.description == "fail":
            raise Missing("no such thing")
        if given.description == "break":
            raise ValueError("the secret is Xyzzy")
        return Answer(given.description)


class Asks(Changes):
    """Asks somebody before its transaction begins, and notes how that went on."""

    noted: list[str]

    @contextmanager
    def prepared(self, call: Call, given: Given) -> Iterator[None]:
        if given.description == "nobody there":
            raise Missing("nobody there")
        self.noted.append("open" if connection.in_atomic_block else "asked")
        try:
            yield
        except ServiceError as error:
            self.noted.append(error.code)
            raise
        self.noted.append("done")


class Unchecked(Reads):
    def checks(self, call: Call, given: Given) -> Iterable[Check]:
        return ()


class OpenToAll(Reads):
    def checks(self, call: Call, given: Given) -> Iterable[Unrestricted]:
        yield Unrestricted("everybody may")


class NotThere(Reads):
    def checks(self, call: Call, given: Given) -> Iterable[Check]:
        yield Check("kms:DescribeKey", Resource(ARN, people.ACCOUNT, missing=Missing("not there")))


@pytest.fixture
def records(monkeypatch) -> list[dict[str, Any]]:
    """The records that were made durable, in order."""
    seen: list[dict[str, Any]] = []
    record = trail.record

    def listen(event: events.Event) -> None:
        record(event)
        seen.append(event.as_dict())

    monkeypatch.setattr(trail, "record", listen)
    return seen


def administrator(**fields):
    return people.caller_of(people.user("admin", "*"), **fields)


def test_a_call_that_changes_nothing_is_answered_and_recorded(records):
    assert call(administrator(), Reads, {"Description": "d"}) == Answer("d")

    (record,) = records
    assert record["eventName"] == "CreateKey"
    assert record["requestParameters"] == {"description": "d"}
    assert record["readOnly"] is True
    assert "errorCode" not in record


def test_a_refusal_is_recorded_and_nothing_runs(records):
    stranger = people.caller_of(people.user("stranger"))

    with pytest.raises(AccessDenied):
        call(stranger, Changes, {})

    assert [record["errorCode"] for record in records] == ["AccessDeniedException"]
    assert not Account.objects.filter(id=MADE).exists()


def test_a_change_and_the_revisions_move_commit_together():
    caller = administrator()
    before = revision.current().revision

    call(caller, Changes, {})

    assert Account.objects.filter(id=MADE).exists()
    assert revision.current().revision == before + 1


@pytest.mark.parametrize(
    ("description", "code"), [("fail", "NotFoundException"), ("break", "InternalFailure")]
)
def test_a_failed_change_is_rolled_back_and_then_recorded(records, description, code):
    with pytest.raises(ServiceError) as raised:
        call(administrator(), Changes, {"Description": description})

    assert raised.value.code == code
    assert [record["errorCode"] for record in records] == [code]
    assert not Account.objects.filter(id=MADE).exists()


@pytest.mark.parametrize(
    ("description", "noted"),
    [
        ("d", ["asked", "done"]),
        ("fail", ["asked", "NotFoundException"]),
        ("nobody there", []),
    ],
)
def test_others_are_asked_before_the_transaction_and_learn_how_it_ended(
    records, monkeypatch, description, noted
):
    monkeypatch.setattr(Asks, "noted", [], raising=False)
    with suppress(Missing):
        call(administrator(), Asks, {"Description": description})

    assert Asks.noted == noted
    assert len(records) == 1
    assert Account.objects.filter(id=MADE).exists() == (description == "d")


def test_nobody_is_asked_for_a_caller_who_may_not(monkeypatch):
    monkeypatch.setattr(Asks, "noted", [], raising=False)
    with pytest.raises(AccessDenied):
        call(people.caller_of(people.user("stranger")), Asks, {})

    assert not Asks.noted


def test_what_went_wrong_inside_is_told_to_nobody(records, caplog):
    with pytest.raises(ServiceError) as raised:
        call(administrator(), Changes, {"Description": "break"})

    assert "Xyzzy" not in f"{raised.value}{records}{caplog.text}"
    assert "ValueError" in caplog.text
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__


def test_an_operation_that_checks_nothing_is_refused():
    with pytest.raises(ServiceError) as raised:
        call(administrator(), Unchecked, {})

    assert raised.value.code == "InternalFailure"


def test_an_operation_without_checks_cannot_exist():
    class Careless(Operation[Given, Answer]):
        name = "kms:CreateKey"

        def run(self, call: Call, given: Given) -> Answer:
            return Answer("")

    with pytest.raises(TypeError):
        Careless()


def test_what_is_open_to_all_needs_no_policy():
    assert call(people.caller_of(people.user("stranger")), OpenToAll, {}) == Answer("")


def test_only_who_may_touch_a_name_learns_that_nothing_is_there():
    with pytest.raises(Missing):
        call(administrator(), NotThere, {})
    with pytest.raises(AccessDenied):
        call(people.caller_of(people.user("stranger")), NotThere, {})


def test_an_invalid_request_is_recorded_with_what_it_asked(records):
    with pytest.raises(ServiceError) as raised:
        call(administrator(), Reads, {"KeySpec": "ROT13"})

    assert raised.value.code == "ValidationException"
    assert records[0]["requestParameters"] == {"keySpec": "ROT13"}


def test_a_call_that_cannot_be_recorded_fails(monkeypatch):
    def full(event: events.Event) -> None:
        raise Unavailable

    monkeypatch.setattr(trail, "record", full)

    with pytest.raises(Unavailable):
        call(administrator(), Reads, {})


def test_a_change_whose_outcome_nobody_knows_is_not_called_undone(monkeypatch):
    def lost() -> None:
        raise Unavailable

    undone: list[bool] = []
    monkeypatch.setattr(trail, "transaction", lost)
    monkeypatch.setattr(revision, "undone", lambda: undone.append(True))

    with pytest.raises(Unavailable):
        call(administrator(), Changes, {})

    assert not undone


def test_a_request_that_never_became_a_call_is_recorded(records):
    refuse(administrator(), "kms:Frobnicate", UnknownOperation())

    assert records[0]["eventName"] == "Frobnicate"
    assert records[0]["errorCode"] == "UnknownOperationException"


def test_a_change_has_a_memory_of_its_own(monkeypatch):
    caller = administrator()
    seen = []
    monkeypatch.setattr(
        Changes, "run", lambda self, call, given: seen.append(call.caller) or Answer("")
    )

    road.call(caller, Changes, {})

    assert seen[0].snapshot is not caller.snapshot
    assert seen[0].principal == caller.principal


def test_a_permission_that_was_revoked_while_the_call_waited_is_gone(records, monkeypatch):
    """Decided once more when nothing can come in between."""
    user = people.user("alice", "*")
    caller = people.caller_of(user)
    transaction = trail.transaction

    def late():
        user.inline.all().delete()
        revision.move_on()
        return transaction()

    monkeypatch.setattr(trail, "transaction", late)

    with pytest.raises(AccessDenied):
        call(caller, Changes, {})

    assert [record["errorCode"] for record in records] == ["AccessDeniedException"]
    assert not Account.objects.filter(id=MADE).exists()


def test_the_record_may_say_more_than_the_answer(records, monkeypatch):
    def run(self, call, given):
        call.recorded["keyId"] = ARN
        call.additional["grantId"] = "7"
        return Answer("d")

    monkeypatch.setattr(Changes, "run", run)

    assert call(administrator(), Changes, {}) == Answer("d")

    assert records[0]["responseElements"] == {"keyId": ARN}
    assert records[0]["additionalEventData"] == {"door": "aws", "grantId": "7"}


def test_the_record_names_the_grant_that_allowed_a_call(records, monkeypatch):
    resource = Resource(ARN, people.ACCOUNT, grant=lambda caller, check: Granted("7"))
    monkeypatch.setattr(
        Reads, "checks", lambda self, call, given: [Check("kms:DescribeKey", resource)]
    )

    call(people.caller_of(people.user("grantee")), Reads, {})

    assert records[0]["additionalEventData"] == {"door": "aws", "grants": ["7"]}


def test_what_comes_after_a_call_comes_after_its_record_and_knows_it(records, monkeypatch):
    seen = []

    def run(self, call, given):
        call.afterwards.append(lambda event_id: seen.append((event_id, len(records))))
        if given.description:
            raise Missing
        return Answer("")

    monkeypatch.setattr(Reads, "run", run)
    call(administrator(), Reads, {})
    with pytest.raises(Missing):
        call(people.caller_of(people.root()), Reads, {"Description": "fail"})

    ((event_id, recorded),) = seen
    (row,) = Record.objects.filter(id=Record.objects.order_by("id").first().id)
    assert (orjson.loads(bytes(row.body))["eventID"], recorded) == (event_id, 1)


def test_an_operation_may_share_what_others_have_too():
    class Shared:
        """Something that several operations have in common."""

    class Mixed(Shared, Operation[Given, Answer]):
        name = "kms:CreateKey"

    assert Mixed.Input is Given


# -- what a door does around it


def test_a_door_works_within_the_transaction_after_everything_was_allowed(records):
    seen, caller = [], administrator()

    def around(walk, run):
        seen.append((connection.in_atomic_block, walk.operation))
        return run()

    assert call(caller, Changes, {"Description": "d"}, around) == Answer("d")
    assert call(caller, Reads, {}, around) == Answer("")
    with pytest.raises(AccessDenied):
        call(people.caller_of(people.user("stranger")), Changes, {}, around)

    assert seen == [(True, "kms:CreateKey"), (False, "kms:CreateKey")]


def test_what_a_door_refuses_within_the_transaction_is_undone(records):
    def around(walk, run):
        run()
        raise Missing("too late")

    with pytest.raises(Missing):
        call(administrator(), Changes, {}, around)

    assert not Account.objects.filter(id=MADE).exists()
    assert [each.get("errorCode") for each in records] == ["NotFoundException"]


# -- parts of a call


class ReadsMany(Reads):
    """Reads of one key for each word of its description."""

    of: type[Operation[Any, Any]] = Reads

    def run(self, call: Call, given: Given) -> Answer:
        parts = [part(call, self.of, {"Description": each}) for each in given.description.split()]
        call.recorded["parts"] = [each.error.code if each.error else "" for each in parts]
        return Answer(" ".join("-" if each.error else each.output.description for each in parts))


class ReadsSome(Reads):
    def checks(self, call: Call, given: Given) -> Iterable[Check]:
        action = "kms:Decrypt" if given.description == "b" else "kms:CreateKey"
        yield Check(action, Resource(f"{ARN}{given.description}", people.ACCOUNT, "AWS::KMS::Key"))

    def run(self, call: Call, given: Given) -> Answer:
        if given.description == "break":
            raise ValueError("the secret is Xyzzy")
        call.afterwards.append(lambda _: NOTED.append(given.description))
        return Answer(given.description)


NOTED: list[str] = []


def test_parts_are_decided_each_and_recorded_once(records, monkeypatch):
    NOTED.clear()
    monkeypatch.setattr(ReadsMany, "of", ReadsSome)
    caller = people.caller_of(people.user("creator", "kms:CreateKey"))

    answer = call(caller, ReadsMany, {"Description": "a b break c"})

    assert answer == Answer("a - - c")
    (record,) = records
    refusals = ["", "AccessDeniedException", "InternalFailure", ""]
    assert record["responseElements"] == {"parts": refusals}
    named = [each["ARN"].removeprefix(ARN) for each in record["resources"]]
    assert named == ["a", "b", "break", "c"]
    assert NOTED == ["a", "c"]


def test_a_part_changes_nothing(records, monkeypatch):
    monkeypatch.setattr(ReadsMany, "of", Changes)

    assert call(administrator(), ReadsMany, {"Description": "a"}) == Answer("-")
    assert not Account.objects.filter(id=MADE).exists()
