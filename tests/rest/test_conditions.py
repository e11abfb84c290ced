"""Conditional requests: nobody overwrites what he has not seen, nor learns by guessing."""

import json
import threading

import pytest
from botocore.credentials import Credentials
from django.db import connection

from iam import access_keys, revision
from keys.models import Key
from rest.routes import Route
from rest.views import Resource
from tests.rest.asking import Rest, problem, records
from tests.support import people

pytestmark = pytest.mark.django_db(transaction=True)
OTHER = '"0000"'
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
            "Action": "kms:*",
            "Resource": "*",
        }
    ],
}
FAILED = (412, "PreconditionFailed")


@pytest.fixture
def places(rest, key_id) -> dict[str, tuple[str, dict | None]]:
    """Each address that has a tag, with a change of what is there: its method and body."""
    other = rest.post("keys").json()["key_id"]
    rest.post("aliases", {"alias_name": "alias/shop", "target_key_id": key_id})
    rest.put("parameters/app/url", {"value": "a", "type": "String"})
    rest.post("secrets", {"name": "shop", "secret_string": "x"})
    rest.put("secret-policy/shop", {"resource_policy": {**POLICY, "Statement": []}})
    secret_policy = json.loads(json.dumps(POLICY).replace("kms:*", "secretsmanager:*"))
    setting = "service-settings/ssm/parameter-store/default-parameter-tier"
    return {
        f"keys/{key_id}": ("PATCH", {"description": "changed"}),
        "aliases/alias/shop": ("PUT", {"target_key_id": other}),
        f"keys/{key_id}/policy": ("PUT", {"policy": {**POLICY, "Id": "changed"}}),
        f"keys/{key_id}/rotation": ("PUT", {"rotation_period_in_days": 200}),
        "parameters/app/url": ("PUT", {"value": "b", "overwrite": True}),
        setting: ("PUT", {"setting_value": "Advanced"}),
        "secrets/shop": ("PATCH", {"description": "changed"}),
        "secret-policy/shop": ("PUT", {"resource_policy": secret_policy}),
    }


def test_a_change_that_saw_the_last_one_is_made_and_one_that_did_not_is_refused(rest, places):
    for path, (method, body) in places.items():
        seen = rest.get(path)["ETag"]

        made = rest.ask(method, path, body, headers={"If-Match": seen})
        told = rest.get(path)
        late = rest.ask(method, path, body, headers={"If-Match": seen})

        assert made.status_code in (200, 204), (path, made.content)
        assert told["ETag"] != seen, path
        assert problem(late) == FAILED, path
        assert rest.get(path).content == told.content, path


def test_who_has_it_is_not_told_again(rest, places):
    for path in places:
        seen = rest.get(path)["ETag"]

        told = rest.get(path, headers={"If-None-Match": f"{OTHER}, W/{seen}"})
        other = rest.get(path, headers={"If-None-Match": OTHER})

        assert (told.status_code, told.content, told["ETag"]) == (304, b"", seen)
        assert "Content-Type" not in told
        assert (other.status_code, other["ETag"]) == (200, seen)


def test_a_tag_is_strong_and_stays_while_nothing_changes(rest, places):
    for path in places:
        first, second = rest.get(path), rest.get(path)
        assert first["ETag"].startswith('"')
        assert first["ETag"] == second["ETag"]


def test_what_is_told_of_a_query_has_no_tag(rest, places):
    told = rest.get("parameters/app/url?with_decryption=true")

    assert "ETag" not in told
    assert "ETag" not in rest.get("keys")


def test_a_change_is_bound_to_one_of_several_tags(rest, key_id):
    seen = rest.get(f"keys/{key_id}")["ETag"]
    headers = {"If-Match": f"{OTHER} ,{seen}"}

    assert rest.patch(f"keys/{key_id}", {"description": "x"}, headers=headers).status_code == 204


def test_a_weak_tag_changes_nothing(rest, key_id):
    headers = {"If-Match": "W/" + rest.get(f"keys/{key_id}")["ETag"]}

    assert problem(rest.patch(f"keys/{key_id}", {"description": "x"}, headers=headers)) == FAILED


def test_a_star_changes_what_is_there_and_makes_nothing(rest):
    anything, nothing = {"If-Match": "*"}, {"If-None-Match": "*"}
    value = {"value": "a", "type": "String", "overwrite": True}

    assert problem(rest.put("parameters/new", value, headers=anything)) == FAILED
    assert rest.get("parameters/new").status_code == 404
    assert rest.put("parameters/new", value, headers=nothing).status_code == 200
    assert rest.put("parameters/new", value, headers=anything).status_code == 200
    assert problem(rest.put("parameters/new", value, headers=nothing)) == FAILED
    assert rest.delete("parameters/new", headers=anything).status_code == 204


def test_both_conditions_have_to_hold(rest, key_id):
    seen = rest.get(f"keys/{key_id}")["ETag"]
    both = {"If-Match": seen, "If-None-Match": seen}

    assert problem(rest.patch(f"keys/{key_id}", {"description": "x"}, headers=both)) == FAILED


def test_a_change_that_is_bound_leaves_a_record_of_its_look_too(rest, key_id):
    seen = rest.get(f"keys/{key_id}")["ETag"]
    before = len(records())

    rest.patch(f"keys/{key_id}", {"description": "x"}, headers={"If-Match": seen})
    rest.patch(f"keys/{key_id}", {"description": "y"}, headers={"If-Match": seen})

    left = records()[before:]
    assert [(each["eventName"], each.get("errorCode")) for each in left] == [
        ("DescribeKey", None),
        ("UpdateKeyDescription", None),
        ("DescribeKey", None),
        ("UpdateKeyDescription", "PreconditionFailed"),
    ]
    assert left[0]["requestID"] == left[1]["requestID"]


def who_may(*actions: str) -> Rest:
    user = people.user("writer", *actions)
    made = access_keys.create(user.account, user)
    revision.forget()
    return Rest(Credentials(made.access_key_id, made.secret))


def test_who_may_not_read_learns_nothing_by_guessing(rest, key_id):
    seen = rest.get(f"keys/{key_id}")["ETag"]
    writer = who_may("kms:UpdateKeyDescription")

    for tag in (seen, OTHER, "*"):
        guess = writer.patch(f"keys/{key_id}", {"description": "x"}, headers={"If-Match": tag})
        assert problem(guess) == (403, "AccessDeniedException")
    assert writer.patch(f"keys/{key_id}", {"description": "x"}).status_code == 204


def test_who_may_not_change_is_refused_whatever_the_tag(rest, key_id):
    reader = who_may("kms:DescribeKey")

    refused = reader.patch(f"keys/{key_id}", {"description": "x"}, headers={"If-Match": OTHER})

    assert problem(refused) == (403, "AccessDeniedException")


@pytest.mark.parametrize("text", ["", "x", '"a', '"a" "b"', '*, "a"', '"a";', "W/", 'w/"a"'])
def test_what_is_no_list_of_tags_is_refused(rest, key_id, text):
    refused = rest.patch(f"keys/{key_id}", {"description": "x"}, headers={"If-Match": text})

    assert problem(refused) == (400, "ValidationException")


def test_a_condition_that_cannot_be_held_is_refused_and_not_ignored(rest, key_id):
    for name in ("If-Match", "If-None-Match"):
        refused = rest.post(f"keys/{key_id}/disable", headers={name: "*"})
        assert problem(refused) == (400, "ValidationException")
    assert rest.get(f"keys/{key_id}").json()["enabled"]
    assert problem(rest.get(f"keys/{key_id}", headers={"If-Match": "*"}))[0] == 400
    assert rest.get("keys", headers={"If-None-Match": "*"}).status_code == 200


def test_of_many_who_saw_the_same_one_changes_it(rest, key_id):
    seen = rest.get(f"keys/{key_id}")["ETag"]
    begin, ended = threading.Barrier(4), []

    def change(number: int) -> None:
        begin.wait()
        body = {"description": str(number)}
        made = rest.patch(f"keys/{key_id}", body, headers={"If-Match": seen})
        ended.append((made.status_code, number))
        connection.close()

    threads = [threading.Thread(target=change, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    ((_, won),) = [each for each in ended if each[0] == 204]
    assert sorted(status for status, _ in ended) == [204, 412, 412, 412]
    assert Key.objects.get(key_id=key_id).description == str(won)


def below(cls):
    for each in cls.__subclasses__():
        yield each
        yield from below(each)


def test_what_can_be_bound_is_compared_in_its_own_transaction():
    routes = [each for cls in below(Resource) for each in vars(cls).values()]
    bound = [each for each in routes if isinstance(each, Route) and each.tag]

    assert len(bound) >= 14
    for route in bound:
        assert route.operation.mutates, route.operation.name
        assert route.tag.method == "get"
        assert not route.tag.operation.mutates
