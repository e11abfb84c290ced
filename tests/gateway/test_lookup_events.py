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


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"MaxResults": 51}, "ValidationException"),
        ({"NextToken": "nonsense"}, "InvalidNextTokenException"),
        ({"EventCategory": "other"}, "ValidationException"),
        ({"StartTime": 2, "EndTime": 1}, "InvalidTimeRangeException"),
        (attribute("ReadOnly", "maybe"), "InvalidLookupAttributesException"),
        (attribute("EventName", "a\x01b"), "InvalidLookupAttributesException"),
        (
            {"LookupAttributes": attribute("EventName", "a")["LookupAttributes"] * 2},
            "InvalidLookupAttributesException",
        ),
    ],
)
def test_what_cannot_be_looked_up_says_so(lookup, given, code):
    status, answer = lookup(**given)

    assert (status, answer["__type"]) == (400, code)


def test_a_token_goes_on_with_what_was_asked_for_and_nothing_else(knock, lookup):
    for _ in range(3):
        knock.json("TrentService.GenerateRandom", {"NumberOfBytes": 8})
    token = lookup(**attribute("EventName", "GenerateRandom"), MaxResults=1)[1]["NextToken"]

    answer = lookup(**attribute("EventName", "ListKeys"), NextToken=token)[1]

    assert answer["__type"] == "InvalidNextTokenException"


def test_there_are_no_insights(lookup):
    assert lookup(EventCategory="insight") == (200, {"Events": []})


def test_reads_and_changes_are_told_apart(knock, lookup):
    knock.json("TrentService.CreateKey")
    knock.json("TrentService.ListKeys")

    names = [event["EventName"] for event in lookup(**attribute("ReadOnly", "false"))[1]["Events"]]

    assert names == ["CreateKey"]
