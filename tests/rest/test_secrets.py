"""Secrets over REST: how they are named, and what the answers hold."""

from urllib.parse import quote

from tests.rest.asking import problem


def make(rest, name="app/db", **more):
    return rest.post("secrets", {"name": name, "secret_string": "s3cret", **more})


def test_a_name_may_have_slashes(rest):
    made = make(rest)

    assert made["Location"] == "/api/v1/secrets/app/db"
    arn = made.json()["arn"]
    for called in ("app/db", arn, arn[:-7]):
        assert rest.get(f"secrets/{called}").json()["arn"] == arn
        assert rest.get(f"secret-values/{called}").json()["secret_string"] == "s3cret"


def test_a_token_is_drawn_for_who_gives_none(rest):
    first = make(rest).json()["version_id"]
    second = rest.put("secret-values/app/db", {"secret_string": "2"}).json()["version_id"]
    given = {"secret_string": "3", "client_request_token": "t" * 32}
    third = rest.put("secret-values/app/db", given).json()["version_id"]

    assert len({first, second, third}) == 3
    assert third == "t" * 32


def test_bytes_are_base64_and_policies_are_objects(rest):
    rest.post("secrets", {"name": "key", "secret_binary": "AAE="})
    statement = {"Effect": "Deny", "Action": "*", "Principal": "*", "Resource": "x"}
    policy = {"Version": "2012-10-17", "Statement": [{**statement, "Resource": "*"}]}
    policy["Statement"][0]["Condition"] = {"Bool": {"aws:SecureTransport": "true"}}
    rest.put("secret-policy/key", {"resource_policy": policy})

    assert rest.get("secret-policy/key").json()["resource_policy"] == policy
    assert rest.get("secret-values/key").json()["secret_binary"] == "AAE="


def test_a_list_goes_on(rest):
    for number in range(3):
        make(rest, f"n{number}")

    first = rest.get("secrets?limit=2").json()
    rest_of_it = rest.get(f"secrets?limit=2&marker={quote(first['next'])}").json()

    found = [each["name"] for page in (first, rest_of_it) for each in page["secret_list"]]
    assert found == ["n0", "n1", "n2"]
    assert rest_of_it["next"] is None


def test_what_is_not_there_and_what_is_there_already(rest):
    make(rest)

    assert problem(rest.get("secrets/gone")) == (404, "ResourceNotFoundException")
    assert problem(make(rest)) == (409, "ResourceExistsException")
