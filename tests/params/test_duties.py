"""The worker carries out what policies say: once, on the record, and told to those who listen."""

import json
import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from audit import trail
from notices import delivering
from notices.models import Delivery
from params import duties, putting
from params.models import Label, Parameter, ParameterTag, ParameterVersion
from service.errors import Unavailable
from tests.audit.making import bodies, in_thread, plans, walked
from tests.keys.using import refused
from tests.params.policies import after, before, ends, statuses
from tests.params.using import arn
from tests.support import people
from tests.support.receiver import SECRET, Receiver

pytestmark = pytest.mark.django_db(transaction=True)

SOON = timedelta(hours=2)


@pytest.fixture
def listening(settings):
    """Notices are queued."""
    settings.STRONGROOM_WEBHOOK_URLS = ["https://hooks.example/"]
    settings.STRONGROOM_WEBHOOK_SECRETS = SECRET


def put(ssm, *given, name="p", value="a canary", **params):
    return ssm.put(name, value, Tier="Advanced", Policies=json.dumps(given), **params)


def expiring(ssm, name="p", *more, **params):
    return put(ssm, ends(datetime.now(UTC) + SOON), *more, name=name, **params)


def later(**span):
    return time_machine.travel(datetime.now(UTC) + timedelta(**span))


def queued():
    """Of each notice: its detail-type and detail, in order."""
    events = [json.loads(row.body) for row in Delivery.objects.order_by("pk")]
    return [(event["detail-type"], event["detail"]) for event in events]


def described(ssm):
    return ssm("DescribeParameters").parameters


# -- Expiration


def test_an_expired_parameter_goes_with_all_that_belongs_to_it(ssm):
    expiring(ssm, "p", Tags=[{"Key": "a", "Value": "b"}])
    ssm("LabelParameterVersion", Name="p", Labels=["x"])
    ssm.put("stays")
    assert duties.delete_expired_parameters() == 0

    with later(hours=3):
        assert duties.delete_expired_parameters() == 1

    assert [row.name for row in Parameter.objects.all()] == ["stays"]
    assert not Label.objects.exists()
    assert not ParameterTag.objects.exists()
    assert ParameterVersion.objects.count() == 1


def test_an_expiration_is_recorded_as_the_services_own(ssm):
    expiring(ssm)
    with later(hours=3):
        duties.delete_expired_parameters()

    record = bodies()[-1]
    assert (record["eventName"], record["eventType"]) == ("DeleteParameter", "AwsServiceEvent")
    assert record["eventSource"] == "ssm.amazonaws.com"
    assert record["userIdentity"] == {"type": "AWSService", "invokedBy": "ssm.amazonaws.com"}
    assert [each["ARN"] for each in record["resources"]] == [arn("p")]
    assert record["recipientAccountId"] == people.ACCOUNT
    assert record["additionalEventData"] == {"door": "worker"}
    assert record["serviceEventDetails"] == {"parameterName": "p", "policyType": "Expiration"}


def test_an_expiration_is_told(ssm, listening):
    expiring(ssm)
    Delivery.objects.all().delete()
    with later(hours=3):
        duties.delete_expired_parameters()

    action, change = queued()
    assert action[0] == "Parameter Store Policy Action"
    content = json.loads(action[1].pop("policy-content"))
    assert content["Type"] == "Expiration"
    assert action[1] == {
        "parameter-name": "p",
        "parameter-type": "String",
        "policy-type": "Expiration",
        "action-status": "Success",
        "action-reason": "",
    }
    deleted = {"operation": "Delete", "name": "p", "type": "String"}
    assert change == ("Parameter Store Change", deleted)


READS = {
    "GetParameter": {"Name": "/a/p"},
    "GetParameterHistory": {"Name": "/a/p"},
    "LabelParameterVersion": {"Name": "/a/p", "Labels": ["x"]},
    "UnlabelParameterVersion": {"Name": "/a/p", "ParameterVersion": 1, "Labels": ["x"]},
    "DeleteParameter": {"Name": "/a/p"},
}


@pytest.mark.parametrize("name", READS)
def test_a_parameter_is_gone_at_the_moment_it_expires(ssm, name):
    expiring(ssm, "/a/p")
    moment = Parameter.objects.get().expires
    ssm.at(time=moment - timedelta(microseconds=1)).get("/a/p")  # and so it is remembered

    with refused("ParameterNotFound"):
        ssm.at(time=moment)(name, **READS[name])


TAGGING = {
    "ListTagsForResource": {},
    "AddTagsToResource": {"Tags": [{"Key": "a", "Value": "b"}]},
    "RemoveTagsFromResource": {"TagKeys": ["a"]},
}


@pytest.mark.parametrize("name", TAGGING)
def test_its_tags_are_gone_with_it(ssm, name):
    expiring(ssm)
    then = ssm.at(time=Parameter.objects.get().expires)

    with refused("InvalidResourceId"):
        then(name, ResourceType="Parameter", ResourceId="p", **TAGGING[name])


def test_no_list_tells_what_has_expired(ssm):
    expiring(ssm, "/a/p", Tags=[{"Key": "a", "Value": "b"}])
    ssm.put("/a/q")
    then = ssm.at(time=Parameter.objects.get(name="/a/p").expires)
    assert len(ssm("GetParametersByPath", Path="/a").parameters) == 2  # and is remembered

    assert [each.name for each in described(then)] == ["/a/q"]
    tagged = [{"Key": "tag:a"}]
    assert then("DescribeParameters", ParameterFilters=tagged).parameters == ()
    found = then("GetParametersByPath", Path="/a").parameters
    assert [each.name for each in found] == ["/a/q"]
    both = then("GetParameters", Names=["/a/p", "/a/q"])
    assert both.invalid_parameters == ("/a/p",)
    deleted = then("DeleteParameters", Names=["/a/p", "/a/q"])
    assert (deleted.deleted_parameters, deleted.invalid_parameters) == (("/a/q",), ("/a/p",))


def test_pages_are_full_though_some_have_expired(ssm):
    for number in range(6):
        expiring(ssm, f"/a/{number}")
    for number in range(3, 6):
        ssm.put(f"/a/{number}", Overwrite=True, Policies="[]")
    then = ssm.at(time=datetime.now(UTC) + timedelta(hours=3))

    page = then("DescribeParameters", MaxResults=2)
    assert [each.name for each in page.parameters] == ["/a/3", "/a/4"]
    rest = then("DescribeParameters", MaxResults=2, NextToken=page.next_token)
    assert [each.name for each in rest.parameters] == ["/a/5"]
    assert rest.next_token is None


def test_the_name_of_an_expired_parameter_is_free(ssm, listening):
    expiring(ssm)
    Delivery.objects.all().delete()
    then = ssm.at(time=Parameter.objects.get().expires)

    assert then.put("p", "new").version == 1

    assert then.get("p").value == "new"
    names = [(each["eventName"], each["eventType"]) for each in bodies()[-3:-1]]
    assert names == [("DeleteParameter", "AwsServiceEvent"), ("PutParameter", "AwsApiCall")]
    assert [detail.get("operation") for _, detail in queued()] == [None, "Delete", "Create"]
    assert duties.delete_expired_parameters() == 0


def test_to_overwrite_what_has_expired_is_to_make_it_anew(ssm):
    expiring(ssm)
    then = ssm.at(time=Parameter.objects.get().expires)

    with refused("ValidationException"):  # a new one needs a type
        then.put("p", Overwrite=True)
    assert Parameter.objects.get().version == 1


# -- the notifications


def test_an_expiration_is_told_before(ssm, listening):
    expiring(ssm, "p", before(1, "Hours"))
    Delivery.objects.all().delete()
    assert duties.notify_of_due_policies() == 0

    with later(minutes=61):
        assert duties.notify_of_due_policies() == 1
        assert duties.notify_of_due_policies() == 0

    ((kind, detail),) = queued()
    assert kind == "Parameter Store Policy Action"
    assert (detail["policy-type"], detail["parameter-name"]) == ("ExpirationNotification", "p")
    assert json.loads(detail["policy-content"]) == before(1, "Hours")
    (told,) = described(ssm)
    assert statuses(told) == ["Pending", "Finished"]
    (version,) = ssm("GetParameterHistory", Name="p").parameters
    assert statuses(version) == ["Pending", "Finished"]
    assert Parameter.objects.get().next_notice is None


def test_a_notification_is_recorded_as_the_services_own(ssm):
    put(ssm, after(1, "Hours"))
    with later(hours=2):
        duties.notify_of_due_policies()

    record = bodies()[-1]
    assert record["eventName"] == "ParameterPolicyAction"
    assert record["eventType"] == "AwsServiceEvent"
    details = {"parameterName": "p", "policyType": "NoChangeNotification"}
    assert record["serviceEventDetails"] == details


def test_what_is_due_before_it_is_given_is_told_at_once(ssm, listening):
    expiring(ssm, "p", before(30, "Days"))

    assert duties.notify_of_due_policies() == 1


def test_each_of_several_is_told_in_its_time(ssm, listening):
    put(ssm, after(1, "Hours"), after(3, "Hours"), after(2, "Hours"))
    Delivery.objects.all().delete()
    for hours, done in ((1.1, [0]), (2.1, [0, 2]), (3.1, [0, 1, 2])):
        with later(hours=hours):
            assert duties.notify_of_due_policies() == 1
        found = [
            place for place, each in enumerate(statuses(described(ssm)[0])) if each != "Pending"
        ]
        assert found == done
    assert len(queued()) == 3


def test_several_that_are_due_are_told_together(ssm, listening):
    put(ssm, after(1, "Hours"), after(2, "Hours"))
    Delivery.objects.all().delete()
    with later(hours=3):
        assert duties.notify_of_due_policies() == 1

    assert len(queued()) == 2


def test_a_change_puts_off_what_waits_for_none(ssm, listening):
    put(ssm, after(1, "Hours"))
    with later(minutes=50):
        ssm.put("p", Overwrite=True)
    with later(minutes=70):
        assert duties.notify_of_due_policies() == 0
    with later(minutes=115):
        assert duties.notify_of_due_policies() == 1


def test_after_a_change_what_waits_for_none_waits_again(ssm, listening):
    expiring(ssm, "p", after(30, "Days"), before(1, "Days"))
    put(ssm, after(1, "Hours"), name="q")
    with later(hours=1.5):
        duties.notify_of_due_policies()
        ssm.put("p", Overwrite=True)
        ssm.put("q", Overwrite=True)
        p, q = described(ssm)
    # what was said of the expiration is not said again
    assert statuses(p) == ["Pending", "Pending", "Finished"]
    assert statuses(q) == ["Pending"]


def test_what_is_told_while_a_change_is_planned_is_not_told_again(ssm, listening, monkeypatch):
    planned = putting.planned

    def planning(*args):
        plan = planned(*args)
        duties.notify_of_due_policies()
        return plan

    expiring(ssm, "p", before(1, "Days"))
    with monkeypatch.context() as patched:
        patched.setattr(putting, "planned", planning)
        ssm.put("p", Overwrite=True)

    assert duties.notify_of_due_policies() == 0
    assert statuses(described(ssm)[0]) == ["Pending", "Finished"]
    assert str(queued()).count("'policy-type': 'ExpirationNotification'") == 1


def test_nothing_is_said_before_the_end_of_what_has_ended(ssm, listening):
    expiring(ssm, "p", before(1, "Hours"))
    Delivery.objects.all().delete()
    with later(hours=3):
        assert duties.notify_of_due_policies() == 0
        assert duties.delete_expired_parameters() == 1

    assert "ExpirationNotification" not in str(queued())


def test_where_nobody_listens_nothing_is_queued(ssm):
    put(ssm, after(1, "Hours"))
    with later(hours=2):
        assert duties.notify_of_due_policies() == 1

    assert not Delivery.objects.exists()
    assert statuses(described(ssm)[0]) == ["Finished"]


# -- changes


def test_every_change_is_told_and_no_value(ssm, listening):
    ssm.put("p", "a canary", Description="what it is")
    ssm.put("p", "another canary", Overwrite=True)
    ssm("LabelParameterVersion", Name="p", Labels=["x", "1 is no label"])
    ssm("LabelParameterVersion", Name="p", Labels=["1 is no label"])
    ssm("DeleteParameter", Name="p")
    ssm.put("q", "a canary", Type="SecureString")
    ssm("DeleteParameters", Names=["q", "gone"])

    told = queued()
    assert {kind for kind, _ in told} == {"Parameter Store Change"}
    assert told[0][1] == {
        "operation": "Create",
        "name": "p",
        "type": "String",
        "description": "what it is",
    }
    operations = ["Create", "Update", "LabelParameterVersion", "Delete", "Create", "Delete"]
    assert [detail["operation"] for _, detail in told] == operations
    assert "canary" not in str(list(Delivery.objects.values_list("body", flat=True)))


def test_a_change_that_is_refused_is_not_told(ssm, listening):
    ssm.put("p")
    with refused("ParameterAlreadyExists"):
        ssm.put("p")

    assert len(queued()) == 1


def test_a_receiver_is_told(ssm, settings):
    receiver = Receiver()
    settings.STRONGROOM_WEBHOOK_URLS, settings.STRONGROOM_WEBHOOK_SECRETS = [receiver.url], SECRET
    expiring(ssm)
    with later(hours=3):
        duties.delete_expired_parameters()
    Delivery.objects.update(next_attempt=timezone.now())
    delivering.deliver_due()
    receiver.stop()

    assert [event["source"] for event in receiver.events] == ["aws.ssm"] * 3
    assert [event["resources"] for event in receiver.events] == [[arn("p")]] * 3


# -- many workers, and those that fail

DUTIES = {
    "DeleteParameter": (duties.delete_expired_parameters, lambda ssm, name: expiring(ssm, name)),
    "ParameterPolicyAction": (
        duties.notify_of_due_policies,
        lambda ssm, name: put(ssm, after(1, "Hours"), name=name),
    ),
}


@pytest.mark.parametrize("name", DUTIES)
def test_of_many_workers_one_does_each_thing(ssm, listening, name):
    duty, make = DUTIES[name]
    for number in range(6):
        make(ssm, f"p{number}")
    Delivery.objects.all().delete()
    counts, start = [], threading.Barrier(3)

    def work():
        start.wait()
        counts.append(duty())

    threads = [threading.Thread(target=in_thread(work)) for _ in range(3)]
    with later(hours=3):
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert sum(counts) == 6
    done = [record["resources"][0]["ARN"] for record in bodies() if record["eventName"] == name]
    assert len(done) == len(set(done)) == 6
    actions = [kind for kind, _ in queued() if kind == "Parameter Store Policy Action"]
    assert len(actions) == 6


@pytest.mark.parametrize("name", DUTIES)
def test_what_cannot_be_recorded_is_not_done(ssm, listening, monkeypatch, name):
    duty, make = DUTIES[name]
    make(ssm, "p")

    def rows():
        return [*Parameter.objects.values(), *ParameterVersion.objects.values("policies_done")]

    before, told = rows(), queued()

    def full(event):
        raise Unavailable

    with later(hours=3):
        with monkeypatch.context() as patched:
            patched.setattr(trail, "record", full)
            with pytest.raises(Unavailable):
                duty()
        assert rows() == before
        assert queued() == told
        assert duty() == 1
        assert rows() != before


@pytest.mark.parametrize("rows", [duties._expired, duties._notifying])
def test_looking_for_what_is_due_costs_the_same_however_many_parameters_there_are(rows):
    order = "expires" if rows is duties._expired else "next_notice"
    (plan,) = plans(lambda: list(rows(timezone.now()).order_by(order, "pk")[:100]))

    assert set(walked(plan)) <= {"Sort"}  # of what is due, at most
    assert "parameters_that_" in plan


def test_the_worker_finds_the_duties():
    assert {duty.run for duty in duties.DUTIES} == {
        duties.delete_expired_parameters,
        duties.notify_of_due_policies,
    }
