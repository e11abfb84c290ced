"""Every route asks for its operation, by signature and by token, and each leaves one record."""

import base64
import json
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from keys.models import KeyStore
from rest.routes import Route
from tests.iam.sts import role
from tests.keys.importing import wrapped
from tests.rest.asking import Rest, last_record, problem, records, token_of
from tests.rest.cases import OTHER_KEYS, PARAMETERS, Case, b64, make_other_keys, make_parameters
from tests.rest.secret_cases import SECRETS, make_secrets
from tests.support import people

DATA_KEY = {"key_spec": "AES_256"}
WRAPPING = {"wrapping_algorithm": "RSAES_OAEP_SHA_256", "wrapping_key_spec": "RSA_2048"}
MATERIAL = {"import_token": "IMPORT", "encrypted_key_material": "WRAPPED", "valid_to": "SOON"}
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{people.ACCOUNT}:root"},
            "Action": "kms:*",
            "Resource": "*",
        }
    ],
}
GRANT = {"grantee_principal": f"arn:aws:iam::{people.ACCOUNT}:role/a", "operations": ["Decrypt"]}
CLUSTER = "cluster-234567abcde"
STORE = {
    "custom_key_store_name": "hsm",
    "cloud_hsm_cluster_id": CLUSTER,
    "trust_anchor_certificate": "none",
    "key_store_password": "open sesame",
}
TAKING = {"role_arn": f"arn:aws:iam::{people.ACCOUNT}:role/taken", "role_session_name": "monday"}
CASES = [
    Case("GET", "whoami", None, 200, "GetCallerIdentity"),
    Case("POST", "role-sessions", TAKING, 200, "AssumeRole"),
    Case("GET", "keys", None, 200, "ListKeys"),
    Case("POST", "keys", {"description": "made"}, 201, "CreateKey"),
    Case("GET", "keys/KEY", None, 200, "DescribeKey"),
    Case("PATCH", "keys/KEY", {"description": "new"}, 204, "UpdateKeyDescription"),
    Case("POST", "keys/KEY/disable", None, 204, "DisableKey"),
    Case("POST", "keys/KEY/enable", None, 204, "EnableKey"),
    Case("PUT", "keys/KEY/rotation", {"rotation_period_in_days": 90}, 204, "EnableKeyRotation"),
    Case("GET", "keys/KEY/rotation", None, 200, "GetKeyRotationStatus"),
    Case("DELETE", "keys/KEY/rotation", None, 204, "DisableKeyRotation"),
    Case("POST", "keys/KEY/rotations", None, 200, "RotateKeyOnDemand"),
    Case("GET", "keys/KEY/rotations", None, 200, "ListKeyRotations"),
    Case("POST", "keys/EMPTY/import-parameters", WRAPPING, 200, "GetParametersForImport"),
    Case("PUT", "keys/EMPTY/imported-material", MATERIAL, 200, "ImportKeyMaterial"),
    Case("DELETE", "keys/EMPTY/imported-material", None, 200, "DeleteImportedKeyMaterial"),
    Case("POST", "keys/FAMILY/replicas", {"replica_region": "us-west-2"}, 200, "ReplicateKey"),
    Case(
        "PUT",
        "keys/FAMILY/primary-region",
        {"primary_region": "eu-west-1"},
        204,
        "UpdatePrimaryRegion",
    ),
    Case("GET", "keys/KEY/policy", None, 200, "GetKeyPolicy"),
    Case("PUT", "keys/KEY/policy", {"policy": POLICY}, 204, "PutKeyPolicy"),
    Case(
        "PATCH",
        "keys/KEY/tags",
        {"tags": [{"tag_key": "App", "tag_value": "x"}]},
        204,
        "TagResource",
    ),
    Case("GET", "keys/KEY/tags", None, 200, "ListResourceTags"),
    Case("DELETE", "keys/KEY/tags?tag_keys=App&tag_keys=B", None, 204, "UntagResource"),
    Case("GET", "keys/KEY/aliases", None, 200, "ListAliases"),
    Case("GET", "keys/KEY/last-usage", None, 200, "GetKeyLastUsage"),
    Case(
        "POST",
        "keys/KEY/grants",
        {**GRANT, "constraints": {"encryption_context_subset": {"App": "x"}}},
        200,
        "CreateGrant",
    ),
    Case("GET", "keys/KEY/grants", None, 200, "ListGrants"),
    Case("DELETE", "keys/KEY/grants/GRANT", None, 204, "RevokeGrant"),
    Case("POST", "keys/KEY/grants/LAPSING/retire", None, 204, "RetireGrant"),
    Case("POST", "grants/retire", {"grant_token": "PASS"}, 204, "RetireGrant"),
    Case(
        "GET",
        f"grants?retiring_principal={quote(f'arn:aws:iam::{people.ACCOUNT}:root', safe='')}",
        None,
        200,
        "ListRetirableGrants",
    ),
    Case("GET", "aliases", None, 200, "ListAliases"),
    Case(
        "POST", "aliases", {"alias_name": "alias/new", "target_key_id": "KEY"}, 201, "CreateAlias"
    ),
    Case("GET", "aliases/ALIAS", None, 200, "GetAlias"),
    Case("PUT", "aliases/ALIAS", {"target_key_id": "KEY"}, 204, "UpdateAlias"),
    Case("POST", "keys/KEY/encrypt", {"plaintext": b64(b"secret")}, 200, "Encrypt"),
    Case("POST", "keys/ALIAS/encrypt", {"plaintext": b64(b"secret")}, 200, "Encrypt"),
    Case("POST", "decrypt", {"ciphertext_blob": "BLOB"}, 200, "Decrypt"),
    Case(
        "POST",
        "batch/encrypt",
        {"items": [{"key_id": "KEY", "plaintext": b64(b"secret")}]},
        200,
        "BatchEncrypt",
    ),
    Case("POST", "batch/decrypt", {"items": [{"ciphertext_blob": "BLOB"}]}, 200, "BatchDecrypt"),
    Case("POST", "keys/KEY/decrypt", {"ciphertext_blob": "BLOB"}, 200, "Decrypt"),
    Case(
        "POST",
        "re-encrypt",
        {"ciphertext_blob": "BLOB", "destination_key_id": "ALIAS"},
        200,
        "ReEncrypt",
    ),
    Case("POST", "keys/KEY/generate-data-key", DATA_KEY, 200, "GenerateDataKey"),
    Case(
        "POST",
        "keys/KEY/generate-data-key-without-plaintext",
        DATA_KEY,
        200,
        "GenerateDataKeyWithoutPlaintext",
    ),
    *OTHER_KEYS,
    Case("POST", "random", {"number_of_bytes": 16}, 200, "GenerateRandom"),
    Case("POST", "keys/DYING/cancel-deletion", None, 200, "CancelKeyDeletion"),
    Case("GET", "custom-key-stores", None, 200, "DescribeCustomKeyStores"),
    Case("POST", "custom-key-stores", STORE, 201, "CreateCustomKeyStore"),
    Case(
        "PATCH",
        "custom-key-stores/STORE",
        {"new_custom_key_store_name": "renamed"},
        204,
        "UpdateCustomKeyStore",
    ),
    Case("POST", "custom-key-stores/STORE/connect", None, 204, "ConnectCustomKeyStore"),
    Case("POST", "custom-key-stores/STORE/disconnect", None, 204, "DisconnectCustomKeyStore"),
    Case("DELETE", "custom-key-stores/STORE", None, 204, "DeleteCustomKeyStore"),
    Case("GET", "audit/events", None, 200, "LookupEvents"),
    *PARAMETERS,
    *SECRETS,
    Case("GET", "tokens", None, 200, "ListServiceSpecificCredentials"),
    Case("DELETE", "aliases/ALIAS", None, 204, "DeleteAlias"),
    Case("POST", "keys/KEY/schedule-deletion", None, 200, "ScheduleKeyDeletion"),
    Case("DELETE", "tokens/TOKEN", None, 204, "DeleteServiceSpecificCredential"),
]
ONLY_SIGNED = [
    Case("POST", "user-sessions", None, 200, "GetSessionToken"),
    Case("POST", "tokens", {"credential_age_days": 1}, 201, "CreateServiceSpecificCredential"),
]


@pytest.fixture
def made(rest, administrator, key_id, settings):
    """What the words in a case stand for."""
    settings.STRONGROOM_HSM_CLUSTERS = json.dumps({CLUSTER: {"module": "/nowhere", "token": "t"}})
    store = rest.post("custom-key-stores", {**STORE, "custom_key_store_name": "first"}).json()
    # whose cluster is gone from the settings: to connect it fails, which the store tells
    KeyStore.objects.update(cluster_id="cluster-gonegonegon")
    dying = rest.post("keys").json()["key_id"]
    rest.post(f"keys/{dying}/schedule-deletion")
    rest.post("aliases", {"alias_name": "alias/a/b", "target_key_id": key_id})
    blob = rest.post(f"keys/{key_id}/encrypt", {"plaintext": b64(b"secret")}).json()
    token_of(administrator)
    role("taken", administrator.arn)
    grants = [rest.post(f"keys/{key_id}/grants", GRANT).json() for _ in range(3)]
    empty = rest.post("keys", {"origin": "EXTERNAL"}).json()["key_id"]
    parameters = rest.post(f"keys/{empty}/import-parameters", WRAPPING).json()
    public = base64.b64decode(parameters["public_key"])
    family = rest.post("keys", {"multi_region": True}).json()["key_id"]
    rest.post(f"keys/{family}/replicas", {"replica_region": "eu-west-1"})
    return {
        **make_other_keys(rest),
        **make_parameters(rest),
        **make_secrets(administrator),
        "GRANT": grants[0]["grant_id"],
        "LAPSING": grants[1]["grant_id"],
        "PASS": grants[2]["grant_token"],
        "KEY": key_id,
        "DYING": dying,
        "EMPTY": empty,
        "FAMILY": family,
        "SOON": (datetime.now(UTC) + timedelta(days=1)).isoformat(),
        "ALIAS": "alias/a/b",
        "BLOB": blob["ciphertext_blob"],
        "STORE": store["custom_key_store_id"],
        "TOKEN": administrator.api_tokens.order_by("created").last().id,
        "IMPORT": parameters["import_token"],
        "WRAPPED": b64(wrapped(public, "RSAES_OAEP_SHA_256", bytes(32))),
    }


def asked(case: Case, client: Rest, made: dict[str, str]):
    """The response to the case, and the records it left, but for what the service did for it."""
    # all at once: what a word stands for may have another in it by chance
    words = re.compile("|".join(sorted(made, key=len, reverse=True)))
    path, body = (
        words.sub(lambda word: made[word[0]], text) for text in (case.path, json.dumps(case.body))
    )
    before = len(records())
    given = None if case.body is None else body.encode()
    response = client.ask(case.asks, path, given)
    left = records()[before:]
    return response, [each for each in left if "invokedBy" not in each["userIdentity"]]


def test_a_signed_request_is_answered_and_recorded(rest, made):
    for case in [*CASES, *ONLY_SIGNED]:
        response, (record,) = asked(case, rest, made)

        assert response.status_code == case.status, (case, response.content)
        assert record["eventName"] == case.event
        assert record["requestID"] == response["X-Request-Id"]
        assert record["additionalEventData"]["door"] == "rest"
        assert "errorCode" not in record


def test_a_request_with_a_token_is_answered_and_recorded(bearer, made):
    for case in CASES:
        response, (record,) = asked(case, bearer, made)

        assert response.status_code == case.status, (case, response.content)
        assert record["eventName"] == case.event
        assert record["userIdentity"]["userName"] == "administrator"
        assert record["userIdentity"]["accessKeyId"].startswith("ACCA")


def test_who_may_not_is_refused_and_the_refusal_recorded(nobody, made):
    for case in [*CASES, *ONLY_SIGNED]:
        if case.event in ("GetCallerIdentity", "GetSessionToken"):
            continue  # everyone may ask who he is, and for a while
        if case.path.startswith("batch/"):
            continue  # each item is refused by itself: tests/keys/test_batches.py
        response, (record,) = asked(case, nobody, made)

        assert problem(response) == (403, "AccessDeniedException"), case
        assert (record["eventName"], record["errorCode"]) == (case.event, "AccessDeniedException")


def test_who_shows_nothing_is_refused_and_the_refusal_recorded(made):
    for case in [*CASES, *ONLY_SIGNED]:
        response, (record,) = asked(case, Rest(), made)

        assert problem(response) == (401, "MissingAuthenticationTokenException"), case
        assert (record["eventName"], record["userIdentity"]["type"]) == (case.event, "Unknown")


def test_no_route_is_without_a_case():
    def views(patterns):
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from views(pattern.url_patterns)
            elif isinstance(pattern, URLPattern) and hasattr(pattern.callback, "cls"):
                yield pattern.callback.cls

    routes = {
        (method.upper(), route.operation.name.partition(":")[2])
        for view in views(get_resolver("rest.urls").url_patterns)
        for method, route in vars(view).items()
        if isinstance(route, Route)
    }

    assert routes == {(case.asks, case.event) for case in CASES + ONLY_SIGNED}


# -- what the answers hold


def test_what_was_made_is_where_the_answer_says(rest):
    made = rest.post("keys", {"description": "found again"})

    found = rest.get(made["Location"])

    assert found.json() == made.json()
    assert found.json()["description"] == "found again"


def test_an_alias_is_where_the_answer_says(rest, key_id):
    alias = {"alias_name": "alias/team/app", "target_key_id": key_id}
    made = rest.post("aliases", alias)

    assert made["Location"] == "/api/v1/aliases/alias/team/app"
    assert rest.delete(made["Location"]).status_code == 204


def test_what_was_encrypted_is_decrypted_under_its_context_only(rest, key_id):
    context = {"encryption_context": {"App": "x"}}
    plain = {"plaintext": b64(b"secret")}
    blob = rest.post(f"keys/{key_id}/encrypt", {**plain, **context}).json()["ciphertext_blob"]

    told = rest.post("decrypt", {"ciphertext_blob": blob, **context})
    refused = rest.post("decrypt", {"ciphertext_blob": blob})

    assert told.json()["plaintext"] == b64(b"secret")
    assert problem(refused) == (400, "InvalidCiphertextException")
    assert "another encryption context" in json.loads(refused.content)["detail"]


def test_a_policy_is_taken_and_told_as_json(rest, key_id):
    assert rest.put(f"keys/{key_id}/policy", {"policy": POLICY}).status_code == 204

    assert rest.get(f"keys/{key_id}/policy").json() == {
        "policy": POLICY,
        "policy_name": "default",
    }


@pytest.mark.parametrize(
    "form",
    ["{key}", "arn:aws:kms:us-east-1:123456789012:key/{key}", "alias/a/b"],
)
def test_a_key_is_named_in_every_form(rest, made, form):
    named = form.format(key=made["KEY"])

    assert rest.get(f"keys/{named}").json()["key_id"] == made["KEY"]
    assert rest.post(f"keys/{named}/generate-data-key", DATA_KEY).status_code == 200


def test_a_path_may_be_percent_encoded_where_it_need_not(rest, bearer, key_id):
    arn = f"arn%3Aaws%3Akms%3Aus-east-1%3A123456789012%3Akey/{key_id}"

    assert rest.get(f"keys/{arn}").status_code == 200
    assert bearer.get(f"keys/{arn}".replace("/key/", "%2F")).status_code == 200


@pytest.mark.parametrize("size", [1, 2, 3])
def test_pages_are_walked_by_next(rest, size):
    made = {rest.post("keys").json()["key_id"] for _ in range(3)}

    seen, page = [], rest.get(f"keys?limit={size}").json()
    while page["next"]:
        seen += page["keys"]
        page = rest.get(f"keys?limit={size}&marker={quote(page['next'])}").json()
    seen += page["keys"]

    assert [key["key_id"] for key in seen] == sorted(made)


def test_every_list_is_walked_the_same_way(rest, made, administrator):
    token_of(administrator)
    tags = [{"tag_key": name, "tag_value": ""} for name in "abc"]
    rest.patch(f"keys/{made['KEY']}/tags", {"tags": tags})
    for _ in range(3):
        rest.post(f"keys/{made['KEY']}/rotations")

    for path, items in (
        ("keys", "keys"),
        ("aliases", "aliases"),
        (f"keys/{made['KEY']}/tags", "tags"),
        (f"keys/{made['KEY']}/rotations", "rotations"),
        ("tokens", "service_specific_credentials"),
        ("audit/events", "events"),
    ):
        first = rest.get(f"{path}?limit=1").json()
        second = rest.get(f"{path}?limit=1&marker={quote(first['next'])}").json()
        assert first.keys() == second.keys() == {items, "next"}
        assert first[items] != second[items]


def test_what_was_done_is_looked_up(rest, key_id):
    arn = f"arn:aws:kms:us-east-1:123456789012:key/{key_id}"
    rest.get(f"keys/{key_id}")

    (described, created) = rest.get(f"audit/events?resource_name={quote(arn, safe='')}").json()[
        "events"
    ]

    assert (described["event_name"], created["event_name"]) == ("DescribeKey", "CreateKey")
    assert described["cloud_trail_event"]["requestParameters"] == {"keyId": key_id}


def test_what_was_done_is_looked_up_by_time(rest, key_id):
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat().replace("+00:00", "Z")

    assert rest.get(f"audit/events?start_time={quote(soon)}").json()["events"] == []
    assert rest.get(f"audit/events?end_time={quote(soon)}").json()["events"] != []


def test_two_attributes_at_a_time_are_refused(rest):
    refused = rest.get("audit/events?username=a&event_name=b")

    assert problem(refused) == (400, "InvalidLookupAttributesException")


def test_a_plaintext_is_in_no_record(rest, key_id):
    rest.post(f"keys/{key_id}/encrypt", {"plaintext": b64(b"a canary")})

    told = json.dumps(records())
    assert "a canary" not in told
    assert b64(b"a canary") not in told
    assert last_record()["eventName"] == "Encrypt"
