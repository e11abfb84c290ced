"""Aliases: other names for keys."""

import threading

import pytest

from keys.models import Alias, Key
from keys.operations.get_alias import GetAlias
from keys.operations.list_aliases import AliasListEntry
from kms_project.operations import OPERATIONS
from service.call import call
from service.errors import ServiceError
from tests.audit.making import in_thread
from tests.keys.using import NOWHERE, Kms, alias_arn, arn, refused
from tests.support import people

pytestmark = pytest.mark.django_db

PREFIX = (
    'Alias must start with the prefix "alias/". Please see '
    "https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html"
)


@pytest.fixture
def alias(kms, key) -> str:
    """An alias of `key`."""
    kms("CreateAlias", AliasName="alias/a", TargetKeyId=key)
    return "alias/a"


def _target(kms: Kms, alias: str) -> str:
    metadata = kms("DescribeKey", KeyId=alias).key_metadata
    return str(metadata.key_id)


def test_an_alias_stands_for_its_key_until_it_is_moved_or_deleted(kms, key, alias):
    other = kms.create()
    assert _target(kms, alias) == key

    kms("UpdateAlias", AliasName=alias, TargetKeyId=other.arn)
    assert _target(kms, alias) == other.key_id

    kms("DeleteAlias", AliasName=alias)
    with refused("NotFoundException"):
        _target(kms, alias)
    kms("CreateAlias", AliasName=alias, TargetKeyId=key)
    assert _target(kms, alias) == key


def test_moving_an_alias_to_its_own_key_is_allowed(kms, key, alias):
    kms("UpdateAlias", AliasName=alias, TargetKeyId=key)

    assert _target(kms, alias) == key


MAC = {"KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC"}
RSA_TO_ENCRYPT = {"KeySpec": "RSA_2048", "KeyUsage": "ENCRYPT_DECRYPT"}
RSA_TO_SIGN = {"KeySpec": "RSA_2048", "KeyUsage": "SIGN_VERIFY"}
CURVE_TO_SIGN = {"KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY"}


@pytest.mark.parametrize(
    ("before", "after"),
    [({}, MAC), ({}, RSA_TO_ENCRYPT), (RSA_TO_ENCRYPT, RSA_TO_SIGN), (CURVE_TO_SIGN, MAC)],
)
def test_an_alias_is_not_moved_to_a_key_of_another_kind(kms, before, after):
    key = kms.create(**before).key_id
    kms("CreateAlias", AliasName="alias/a", TargetKeyId=key)

    with refused("ValidationException"):
        kms("UpdateAlias", AliasName="alias/a", TargetKeyId=kms.create(**after).key_id)

    assert _target(kms, "alias/a") == key


def test_an_alias_may_be_moved_to_a_key_of_another_length_or_curve(kms):
    key, other = kms.create(**CURVE_TO_SIGN).key_id, kms.create(**RSA_TO_SIGN).key_id
    kms("CreateAlias", AliasName="alias/a", TargetKeyId=key)

    kms("UpdateAlias", AliasName="alias/a", TargetKeyId=other)

    assert _target(kms, "alias/a") == other


def test_an_alias_is_made_once(kms, key, alias):
    with refused(
        "AlreadyExistsException",
        f"An alias with the name {alias_arn(alias)} already exists",
    ):
        kms("CreateAlias", AliasName=alias, TargetKeyId=key)


def test_each_region_has_its_own_aliases(kms, key, alias):
    abroad = kms.at(region="eu-west-1")
    other = abroad.create().key_id
    abroad("CreateAlias", AliasName=alias, TargetKeyId=other)

    assert (_target(kms, alias), _target(abroad, alias)) == (key, other)


@pytest.mark.parametrize("operation", ["CreateAlias", "UpdateAlias", "DeleteAlias"])
@pytest.mark.parametrize(
    ("name", "code", "message"),
    [
        ("wrongprefix/a", "ValidationException", PREFIX),
        ("alias/aws/s3", "NotAuthorizedException", ""),
        (
            "alias/my:alias",
            "ValidationException",
            "alias/my:alias contains invalid characters for an alias",
        ),
        ("alias/", "InvalidAliasNameException", "alias/ is not a valid alias name"),
    ],
)
def test_names_that_aliases_cannot_have(kms, key, operation, name, code, message):
    target = {} if operation == "DeleteAlias" else {"TargetKeyId": key}
    with refused(code, message):
        kms(operation, AliasName=name, **target)


@pytest.mark.parametrize("name", ["alias/my-alias_/", "alias/my_alias-/", "alias/0"])
def test_names_that_aliases_can_have(kms, key, name):
    kms("CreateAlias", AliasName=name, TargetKeyId=key)

    assert _target(kms, name) == key


@pytest.mark.parametrize("operation", ["CreateAlias", "UpdateAlias"])
@pytest.mark.parametrize("target", ["alias/a", alias_arn("alias/a")])
def test_an_alias_does_not_stand_for_an_alias(kms, alias, operation, target):
    with refused("ValidationException", "Aliases must refer to keys. Not aliases"):
        kms(operation, AliasName="alias/b", TargetKeyId=target)


@pytest.mark.parametrize("operation", ["CreateAlias", "UpdateAlias"])
def test_an_alias_needs_a_key(kms, alias, operation):
    name = "alias/new" if operation == "CreateAlias" else alias
    with refused("NotFoundException", f"Key '{arn(NOWHERE)}' does not exist"):
        kms(operation, AliasName=name, TargetKeyId=NOWHERE)


def test_an_alias_that_is_not_there_is_neither_moved_nor_deleted(kms, key):
    message = f"Alias {alias_arn('alias/none')} is not found."
    with refused("NotFoundException", message):
        kms("UpdateAlias", AliasName="alias/none", TargetKeyId=key)
    with refused("NotFoundException", message):
        kms("DeleteAlias", AliasName="alias/none")


def test_a_key_has_at_most_fifty_aliases(kms, key, alias):
    row = Key.objects.get(key_id=key)
    Alias.objects.bulk_create(
        Alias(
            account=row.account,
            region=row.region,
            name=f"alias/n{number}",
            key=row,
            created=row.created,
            updated=row.created,
        )
        for number in range(49)
    )
    other = kms.create().key_id
    kms("CreateAlias", AliasName="alias/others", TargetKeyId=other)

    with refused("LimitExceededException"):
        kms("CreateAlias", AliasName="alias/more", TargetKeyId=key)
    with refused("LimitExceededException"):
        kms("UpdateAlias", AliasName="alias/others", TargetKeyId=key)
    kms("UpdateAlias", AliasName=alias, TargetKeyId=key)


def test_an_alias_leaves_a_key_that_is_pending_deletion(kms, key, alias):
    other = kms.create().key_id
    kms("ScheduleKeyDeletion", KeyId=key)

    kms("UpdateAlias", AliasName=alias, TargetKeyId=other)

    assert _target(kms, alias) == other


@pytest.mark.parametrize("operation", ["CreateAlias", "UpdateAlias", "DeleteAlias"])
@pytest.mark.parametrize("only", ["alias", "key"])
def test_alias_and_key_are_both_asked_for(kms, key, alias, operation, only):
    half = people.user("half")
    kind = "arn:aws:kms:*:*:alias/*" if only == "alias" else "arn:aws:kms:*:*:key/*"
    people.attach(half, people.statement("Allow", "kms:*", resource=kind))
    target = {} if operation == "DeleteAlias" else {"TargetKeyId": key}
    name = "alias/new" if operation == "CreateAlias" else alias

    with refused("AccessDeniedException"):
        Kms(half)(operation, AliasName=name, **target)
    kms(operation, AliasName=name, **target)


def test_moving_an_alias_asks_for_both_keys(kms, key, alias):
    other = kms.create()
    half = people.user("half")
    for number, resource in enumerate((alias_arn("alias/*"), other.arn)):
        statement = people.statement("Allow", "kms:UpdateAlias", resource=resource)
        people.attach(half, statement, name=str(number))

    with refused("AccessDeniedException"):
        Kms(half)("UpdateAlias", AliasName=alias, TargetKeyId=other.key_id)


@pytest.mark.parametrize("operation", ["UpdateAlias", "DeleteAlias"])
def test_an_alias_that_was_moved_meanwhile_stays_where_it_is(
    kms, key, alias, operation, monkeypatch
):
    """What the caller was allowed for another key does not count for this one."""
    other = kms.create().key_id
    row = Alias.objects.get(name=alias)
    target = {} if operation == "DeleteAlias" else {"TargetKeyId": key}
    step = OPERATIONS[f"kms:{operation}"]
    run = step.run

    def late(self, call, given):
        Alias.objects.filter(pk=row.pk).update(key=Key.objects.get(key_id=other))
        return run(self, call, given)

    monkeypatch.setattr(step, "run", late)
    with refused("KMSInternalException"):
        kms(operation, AliasName=alias, **target)


@pytest.mark.parametrize("operation", ["UpdateAlias", "DeleteAlias"])
def test_an_alias_that_was_deleted_meanwhile_is_not_found(kms, key, alias, operation, monkeypatch):
    target = {} if operation == "DeleteAlias" else {"TargetKeyId": key}
    step = OPERATIONS[f"kms:{operation}"]
    run = step.run

    def late(self, call, given):
        Alias.objects.filter(name=alias).delete()
        return run(self, call, given)

    monkeypatch.setattr(step, "run", late)
    with refused("NotFoundException"):
        kms(operation, AliasName=alias, **target)


@pytest.mark.django_db(transaction=True)
def test_of_many_who_make_one_alias_one_succeeds(kms, key):
    answers: list[str] = []
    start = threading.Barrier(6)

    def attempt() -> None:
        start.wait()
        try:
            kms("CreateAlias", AliasName="alias/contended", TargetKeyId=key)
            answers.append("made")
        except ServiceError as error:
            answers.append(error.code)

    threads = [threading.Thread(target=in_thread(attempt)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == ["AlreadyExistsException"] * 5 + ["made"]
    assert Alias.objects.filter(name="alias/contended").count() == 1


# -- one alias, which only our own GetAlias tells


def told(kms: Kms, name: str) -> AliasListEntry:
    alias: AliasListEntry = call(kms.caller(), GetAlias, {"AliasName": name}).alias
    return alias


def test_one_alias_is_told_as_the_list_tells_it(kms, alias):
    listed = {each.alias_name: each for each in kms("ListAliases").aliases}

    assert told(kms, alias) == listed[alias]
    assert told(kms, "alias/aws/ssm") == listed["alias/aws/ssm"]


def test_an_alias_that_is_not_there_is_told_to_who_may_list_them(kms, alias):
    nobody = Kms(people.user("nobody"))

    with refused("NotFoundException", f"Alias {alias_arn('alias/b')} is not found."):
        told(kms, "alias/b")
    with refused("NotFoundException"):
        told(kms.at(region="eu-west-1"), alias)
    for name in (alias, "alias/b"):
        with refused("AccessDeniedException"):
            told(nobody, name)


def test_who_may_list_aliases_may_be_told_one(alias):
    assert told(Kms(people.user("lister", "kms:ListAliases")), alias).alias_name == alias


@pytest.mark.parametrize("name", ["a", "alias/", "alias/a b", "alias/" + "a" * 251])
def test_what_is_no_aliass_name_is_refused(kms, name):
    with refused("ValidationException"):
        told(kms, name)
