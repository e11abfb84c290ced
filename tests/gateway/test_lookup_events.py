"""cloudtrail:LookupEvents through the AWS door: what was done is found."""

import json

import pytest

TARGET = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents"


@pytest.fixture
def lookup(knock):
    def ask(**params):
        return knock.json(TARGET, params, service="cloudtrail")

    return ask


def attribute(key, value):
    return {"LookupAttributes": [{"AttributeKey": key, "AttributeValue": value}]}


def test_a_call_is_found_by_its_name_and_its_source(knock, lookup):
    knock.json("TrentService.GenerateRandom", {"NumberOfBytes": 8})
    knock.json("TrentService.ListKeys")

    for given in (
        attribute("EventName", "GenerateRandom"),
        {**attribute("EventSource", "kms.amazonaws.com"), "MaxResults": 2},
    ):
        status, answer = lookup(**given)
        assert status == 200
        assert "GenerateRandom" in [event["EventName"] for event in answer["Events"]]


def test_a_found_event_holds_the_whole_record(knock, lookup):
    key_id = knock.json("TrentService.CreateKey", {"Description": "d"})[1]["KeyMetadata"]["Arn"]

    (event,) = lookup(**attribute("ResourceName", key_id))[1]["Events"]

    assert event["Username"] == "administrator"
    assert event["ReadOnly"] == "false"
    assert event["Resources"] == [{"ResourceType": "AWS::KMS::Key", "ResourceName": key_id}]
    record = json.loads(event["CloudTrailEvent"])
    assert record["requestParameters"] == {"description": "d"}
    assert record["responseElements"]["keyMetadata"]["arn"] == key_id


def test_the_pages_are_walked_without_a_gap(knock, lookup):
    for _ in range(5):
        knock.json("TrentService.GenerateRandom", {"NumberOfBytes": 8})
    given = {**attribute("EventName", "GenerateRandom"), "MaxResults": 2}
    seen, token = [], None
    while True:
        answer = lookup(**given, **({"NextToken": token} if token else {}))[1]
        seen += [event["EventId"] for event in answer["Events"]]
        token = answer.get("NextToken")
        if token is None:
            break

    assert len(seen) == len(set(seen)) == 5


def test_another_region_has_a_trail_of_its_own(knock, lookup):
    knock.json("TrentService.GenerateRandom", {"NumberOfBytes": 8}, region="eu-west-1")

    assert lookup(**attribute("EventName", "GenerateRandom"))[1]["Events"] == []


def test_who_may_not_look_is_refused(nobody):
    status, answer = nobody.json(TARGET, {}, service="cloudtrail")

    assert (status, answer["__type"]) == (400, "AccessDeniedException")
