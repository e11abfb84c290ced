"""Proxies and their credentials: made, exchanged, deleted; by the command, too."""

import io
import json
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from botocore.credentials import Credentials
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from iam import revision
from service.call import call
from tests.keys.using import refused
from tests.rest.asking import last_record, records
from tests.support import people
from tests.xks_proxy.asking import Kms, error
from tests.xks_proxy.conftest import kms_of
from xks_proxy import proxies
from xks_proxy.models import Credential, Proxy
from xks_proxy.operations.create_proxy import CreateProxy
from xks_proxy.operations.create_proxy_credential import CreateProxyCredential
from xks_proxy.operations.delete_proxy import DeleteProxy
from xks_proxy.operations.delete_proxy_credential import DeleteProxyCredential
from xks_proxy.operations.list_proxies import ListProxies

REFUSED = (401, "AuthenticationFailedException")


def ask(operation, who=None, region=people.REGION, /, **params):
    return call(people.caller_of(who or people.root(), region), operation, params)


def new_credential(made):
    return ask(CreateProxyCredential, Prefix=made.proxy.prefix).credential


def delete_credential(made, credential):
    given = {"Prefix": made.proxy.prefix, "AccessKeyId": credential.access_key_id}
    ask(DeleteProxyCredential, **given)


def test_a_proxy_is_made_with_what_kms_wants_to_know(made, holder):
    assert re.fullmatch(r"[0-9a-f-]{36}", made.proxy.prefix)
    assert made.proxy.uri_path == f"/{made.proxy.prefix}/kms/xks/v1"
    assert made.proxy.principal_arn == holder.arn
    assert made.proxy.access_key_ids == (made.credential.access_key_id,)
    assert re.fullmatch(r"[A-Z2-7]{20,30}", made.credential.access_key_id)
    assert re.fullmatch(r"[A-Za-z0-9/+=]{43,64}", made.credential.raw_secret_access_key)


def test_a_secret_is_told_once_and_recorded_and_stored_nowhere(made):
    secret = made.credential.raw_secret_access_key

    assert secret not in repr(made)
    assert secret not in json.dumps(records())
    told = last_record()["responseElements"]
    assert told["credential"]["accessKeyId"] == made.credential.access_key_id
    assert told["proxy"]["prefix"] == made.proxy.prefix
    assert secret.encode() not in bytes(Credential.objects.get().sealed_secret)
    assert secret not in str(ask(ListProxies))


def test_a_proxy_may_act_as_a_role(own, key):
    people.role("holder", "kms:*")
    made = ask(CreateProxy, RoleName="holder")

    kms = kms_of(made.proxy.uri_path, made.credential)
    assert kms.encrypt(key).status_code == 200
    assert last_record()["userIdentity"]["type"] == "Role"
    assert made.proxy.principal_arn.endswith(":role/holder")


@pytest.mark.parametrize("names", [{}, {"UserName": "holder", "RoleName": "holder"}])
def test_a_proxy_acts_as_one_principal(made, names):
    with refused("ValidationException"):
        ask(CreateProxy, **names)
    with pytest.raises(IntegrityError), transaction.atomic():
        Proxy.objects.update(user=None)


@pytest.mark.parametrize("names", [{"UserName": "nobody"}, {"RoleName": "nobody"}])
def test_a_proxy_for_nobody_is_not_made(made, names):
    with refused("NoSuchEntityException"):
        ask(CreateProxy, **names)


def test_a_prefix_may_be_chosen_once(made, holder):
    assert ask(CreateProxy, UserName="holder", Prefix="acme").proxy.uri_path == "/acme/kms/xks/v1"

    with refused("AlreadyExistsException", "The prefix acme is taken."):
        ask(CreateProxy, UserName="holder", Prefix="acme")


@pytest.mark.parametrize("prefix", ["a/b", "a.b", "x" * 65, "é"])
def test_a_prefix_fits_into_a_path(made, prefix):
    with refused("ValidationException"):
        ask(CreateProxy, UserName="holder", Prefix=prefix)


@pytest.mark.parametrize("prefix", ["api", "console", "kms"])
def test_a_prefix_may_be_the_name_of_another_door(own, holder, prefix):
    made = ask(CreateProxy, UserName="holder", Prefix=prefix)

    assert kms_of(made.proxy.uri_path, made.credential).health().status_code == 200


# -- exchanging credentials


def test_two_credentials_are_good_at_the_same_time_and_then_one(made, kms, key):
    second = new_credential(made)
    other = kms_of(made.proxy.uri_path, second)

    assert kms.encrypt(key).status_code == other.encrypt(key).status_code == 200
    delete_credential(made, made.credential)
    assert error(kms.encrypt(key)) == REFUSED
    assert other.encrypt(key).status_code == 200

    third = new_credential(made)
    assert kms_of(made.proxy.uri_path, third).encrypt(key).status_code == 200


def test_a_third_credential_is_refused(made):
    new_credential(made)

    with refused("LimitExceededException"):
        new_credential(made)
    assert Credential.objects.count() == 2


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
def test_of_many_who_make_a_second_credential_one_succeeds(made):
    together = threading.Barrier(4)

    def attempt(_):
        together.wait()
        try:
            new_credential(made)
        except Exception as failure:
            return type(failure).__name__
        finally:
            connection.close()
        return "made"

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(attempt, range(4)))
    assert outcomes == ["LimitExceeded"] * 3 + ["made"]


def test_a_credential_in_another_row_opens_nothing(made, kms):
    """It is sealed for its proxy and its id."""
    second = new_credential(made)
    sealed = Credential.objects.get(id=made.credential.access_key_id).sealed_secret
    Credential.objects.filter(id=second.access_key_id).update(sealed_secret=sealed)
    revision.forget()
    forged = second.access_key_id, made.credential.raw_secret_access_key

    response = Kms(made.proxy.uri_path, Credentials(*forged)).health()
    assert error(response) == (500, "InternalException")


# -- an end


def test_a_deleted_proxy_is_gone_at_once_and_its_keys_stay(made, kms, key, own):
    assert kms.encrypt(key).status_code == 200
    ask(DeleteProxy, Prefix=made.proxy.prefix)

    assert error(kms.encrypt(key)) == REFUSED
    assert not Credential.objects.exists()
    assert own.state(key) == "Enabled"


@pytest.mark.parametrize(
    ("operation", "params"),
    [
        (DeleteProxy, {}),
        (CreateProxyCredential, {}),
        (DeleteProxyCredential, {"AccessKeyId": "XKSAAAAAAAAAAAAAAAAA"}),
    ],
)
def test_what_is_not_there_cannot_be_changed(made, operation, params):
    with refused("NoSuchEntityException", "There is no proxy elsewhere."):
        ask(operation, Prefix="elsewhere", **params)
    with refused("NoSuchEntityException"):
        root = people.root(people.OTHER_ACCOUNT)
        ask(operation, root, Prefix=made.proxy.prefix, **params)
    with refused("NoSuchEntityException"):
        ask(operation, None, "eu-west-1", Prefix=made.proxy.prefix, **params)


def test_a_credential_of_another_proxy_is_not_deleted(made, holder):
    other = ask(CreateProxy, UserName="holder")

    with refused("NoSuchEntityException"):
        delete_credential(made, other.credential)


def test_a_proxy_that_goes_in_between_is_gone(made, monkeypatch):
    resource = proxies.resource

    def and_gone(*given):
        found = resource(*given)
        Proxy.objects.all().delete()
        return found

    monkeypatch.setattr(proxies, "resource", and_gone)
    with refused("NoSuchEntityException"):
        new_credential(made)


# -- who may


@pytest.mark.parametrize(
    ("operation", "params"),
    [
        (CreateProxy, {"UserName": "holder"}),
        (ListProxies, {}),
        (DeleteProxy, {"Prefix": "x"}),
        (CreateProxyCredential, {"Prefix": "x"}),
        (DeleteProxyCredential, {"Prefix": "x", "AccessKeyId": "XKSAAAAAAAAAAAAAAAAA"}),
    ],
)
def test_who_may_not_manage_proxies_is_refused(made, operation, params):
    with refused("AccessDeniedException"):
        ask(operation, people.user("nobody", "kms:*"), **params)


def test_to_give_a_principals_power_away_asks_for_the_right_to_pass_it(made):
    maker = people.user("maker", "kms-xks-proxy:*")

    with refused("AccessDeniedException"):
        ask(CreateProxy, maker, UserName="holder")
    people.attach(maker, people.statement("Allow", "iam:PassRole"), name="and pass")
    revision.forget()
    assert ask(CreateProxy, maker, UserName="holder").proxy


# -- manage.py xks_proxy


def run(*words):
    out = io.StringIO()
    call_command("xks_proxy", *words, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def configured(text):
    told = json.loads(text)
    credential = told["XksProxyAuthenticationCredential"]
    names = {
        "access_key_id": credential["AccessKeyId"],
        "raw_secret_access_key": credential["RawSecretAccessKey"],
    }
    return kms_of(told["XksProxyUriPath"], SimpleNamespace(**names))


def test_the_command_makes_a_proxy_that_works_and_prints_its_configuration(holder, key):
    kms = configured(run("create", "--user", "holder", "--prefix", "acme"))

    assert kms.path == "/acme/kms/xks/v1"
    assert kms.encrypt(key).status_code == 200
    created = [each for each in records() if each["eventName"] == "CreateProxy"]
    assert [each["userIdentity"]["type"] for each in created] == ["Root"]
    assert kms.credentials.secret_key not in json.dumps(records())


def test_the_command_lists_exchanges_and_deletes(holder, key):
    first = configured(run("create", "--user", "holder", "--prefix", "acme"))
    second = configured(run("new-credential", "acme"))
    ids = [first.credentials.access_key, second.credentials.access_key]
    assert run("list") == f"acme  {holder.arn}  {','.join(ids)}\n"

    assert run("delete-credential", "acme", ids[0]) == f"{ids[0]} is deleted\n"
    assert error(first.health()) == REFUSED
    assert second.health().status_code == 200
    run("delete-credential", "acme", ids[1])
    assert run("list") == f"acme  {holder.arn}  -\n"

    assert run("delete", "acme") == "acme is deleted\n"
    assert run("list") == ""


@pytest.mark.parametrize(
    "words",
    [
        ("create", "--user", "nobody"),
        ("create", "--role", "nobody"),
        ("delete", "elsewhere"),
        ("new-credential", "elsewhere"),
        ("delete-credential", "elsewhere", "XKSAAAAAAAAAAAAAAAAA"),
        ("delete-credential", "elsewhere", "short"),
        ("--account", "210987654321", "create", "--user", "holder"),
    ],
)
def test_the_command_says_what_was_refused(holder, words):
    with pytest.raises(CommandError, match=r"(NoSuchEntity|Validation)Exception: "):
        run(*words)
