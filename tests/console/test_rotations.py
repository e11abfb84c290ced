"""Rotation in the console: how it stands, what is done about it, and what comes when."""

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from secrets_app.admin import coming
from secrets_app.admin.rotation import in_words
from secrets_app.errors import ResourceNotFound
from secrets_app.models import Secret
from secrets_app.rotation.functions import arn_of
from secrets_app.rotation.models import Rotation, RotationFunction, State, Step
from secrets_app.shapes import RotationRules
from tests.audit import making
from tests.console.browsing import HOME, SECRETS, Browser, text_of
from tests.console.test_secrets import BOUNDS, at, recorded
from tests.secrets_app.using import Secrets
from tests.support import people

pytestmark = pytest.mark.django_db
CALENDAR = f"{SECRETS}rotations/"
BUILT_IN = "SecretsManagerRDSPostgreSQLRotationSingleUser"
FUNCTION = arn_of(people.ACCOUNT, people.REGION, BUILT_IN)
PROBLEM = "The database refused the new password."


@pytest.fixture
def sm(admin) -> Secrets:
    return Secrets(admin.user)


@pytest.fixture
def rotated(sm) -> Secret:
    """A secret that is rotated every ten days, whose first rotation waits for a worker."""
    sm.create(Tags=[{"Key": "team", "Value": "blue"}])
    rules = {"AutomaticallyAfterDays": 10, "Duration": "2h"}
    sm(
        "RotateSecret",
        SecretId="db/password",
        RotationLambdaARN=FUNCTION,
        RotationRules=rules,
    )
    return Secret.objects.get()


def become(state: State, step: str = Step.SET, **columns: Any) -> Rotation:
    """The rotation, as if a worker had brought it so far."""
    ended = None if state in (State.WAITING, State.RUNNING) else timezone.now()
    columns = {"state": state, "step": step, "attempts": 1, "finished": ended, **columns}
    Rotation.objects.update(**columns)
    return Rotation.objects.get()


# -- how it stands


@pytest.mark.parametrize(
    ("state", "columns", "words"),
    [
        (State.WAITING, {}, "Waiting for a worker since"),
        (State.RUNNING, {}, "Running since"),
        (State.WAITING, {"problem": PROBLEM}, "Trying again at"),
        (State.FAILED, {"problem": PROBLEM}, "Failed since"),
        (State.FAILED, {"is_test": True}, "Test failed since"),
        (State.SUCCEEDED, {"step": ""}, "On next by"),
        (State.CANCELLED, {}, "On next by"),
    ],
)
def test_lists_and_pages_say_in_words_how_rotation_stands(admin, rotated, state, columns, words):
    become(state, **columns)

    for page in (SECRETS, at("secret"), at("rotation")):
        assert words in admin.read(page)


def test_what_is_not_rotated_is_off(admin, sm, rotated):
    become(State.SUCCEEDED, step="")
    sm.create("other")
    sm("CancelRotateSecret", SecretId="db/password")

    assert admin.read(SECRETS).count("Off") == 2
    assert "This secret was never rotated." in admin.read(at("rotation", "other"))


def test_of_what_may_not_be_described_only_is_told_what_aws_tells(admin, rotated):
    become(State.FAILED, problem=PROBLEM)
    ben = people.user("ben", "secretsmanager:ListSecrets", "secretsmanager:DescribeSecret")
    people.attach(
        ben,
        people.statement(
            "Deny",
            "secretsmanager:DescribeSecret",
            Condition={"StringEquals": {"aws:ResourceTag/team": "blue"}},
        ),
        name="limits",
    )
    browser = Browser(ben)

    assert "On next by" in browser.read(SECRETS)
    for page in (SECRETS, CALENDAR, HOME):
        told = browser.read(page)
        assert PROBLEM not in told
        assert "Failed since" not in told
    assert "It needs secretsmanager:DescribeSecret" in browser.read(at("rotation"), 403)


@pytest.mark.parametrize(
    ("state", "step", "marks"),
    [
        (State.WAITING, Step.CREATE, ["open", "open", "open", "open"]),
        (State.RUNNING, Step.SET, ["done", "now", "open", "open"]),
        (State.FAILED, Step.TEST, ["done", "done", "failed", "open"]),
        (State.CANCELLED, Step.FINISH, ["done", "done", "done", "stopped"]),
        (State.SUCCEEDED, "", ["done", "done", "done", "done"]),
    ],
)
def test_progress_is_told_step_by_step(admin, rotated, state, step, marks):
    become(state, step)

    assert [each.mark for each in admin.get(at("rotation")).context["steps"]] == marks


def test_what_is_left_behind_is_told_with_what_can_be_done_about_it(admin, sm, rotated):
    left = "and no rotation goes on with it. Go on with it… or remove AWSPENDING…"
    assert left not in admin.read(at("rotation"))

    admin.send(at("cancel"))
    told = admin.read(at("rotation"))

    assert left in told
    assert "to do" not in told
    assert "not done" in told


def test_a_test_has_one_step(admin, rotated):
    become(State.RUNNING, Step.TEST, is_test=True)

    page = admin.get(at("rotation"))
    assert [each.name for each in page.context["steps"]] == ["testSecret"]
    assert "1 of 1 at most" in text_of(page)


def test_the_page_tells_rules_function_attempts_and_what_went_wrong(admin, rotated):
    become(State.WAITING, problem=PROBLEM)

    told = admin.read(at("rotation"))
    for each in (
        *("Every 10 days, within 2 hours", BUILT_IN, "1 of 5 at most", PROBLEM, "by a call"),
        *("It is tried again at", "Cancel rotation…", "The next windows"),
    ):
        assert each in told


def test_what_went_wrong_is_on_the_page_of_the_secret_too(admin, rotated):
    become(State.WAITING, problem=PROBLEM)
    told = admin.read(at("secret"))
    assert PROBLEM in told
    assert "Try again…" in told

    become(State.SUCCEEDED, step="", problem=PROBLEM)
    assert PROBLEM not in admin.read(at("secret"))


def test_what_failed_can_be_tried_again_at_once(admin, rotated):
    become(State.WAITING)
    assert "Look again" in admin.read(at("rotation"))
    assert "Try again…" not in admin.read(at("rotation"))

    become(State.WAITING, problem=PROBLEM)
    assert "Look again" not in admin.read(at("rotation"))
    assert "Try again…" in admin.read(at("rotation"))


@pytest.mark.parametrize("step", list(Step))
def test_it_is_told_when_the_database_may_have_the_new_value(admin, rotated, step):
    become(State.FAILED, step, problem=PROBLEM)

    told = "may have taken the new value already" in admin.read(at("rotation"))
    assert told == (step in (Step.TEST, Step.FINISH))


def test_what_every_rotation_asks_in_vain_is_no_failure_of_late(admin, sm, rotated):
    """Functions see by it that the new version has no value yet."""
    for stage in ("AWSPENDING", "own"):
        with pytest.raises(ResourceNotFound):
            sm("GetSecretValue", SecretId="db/password", VersionStage=stage)

    (line,) = admin.get(HOME).context["trail"]["failures"]
    (told,) = [each for each in recorded("GetSecretValue") if each["eventID"] == line.event_id]
    assert told["requestParameters"]["versionStage"] == "own"


def test_earlier_rotations_stay_to_be_seen(admin, rotated):
    become(State.FAILED, problem=PROBLEM)
    later = timezone.now() + timedelta(seconds=1)
    Rotation.objects.create(
        secret=rotated, version_id="x", state=State.SUCCEEDED, started=later, finished=later
    )

    told = admin.read(at("rotation"))
    assert "Earlier rotations" in told
    assert PROBLEM in told


def test_a_replica_is_rotated_with_its_primary(admin, sm, rotated):
    become(State.SUCCEEDED, step="")
    regions = [{"Region": "eu-west-1"}]
    sm("ReplicateSecretToRegions", SecretId="db/password", AddReplicaRegions=regions)

    told = admin.read("/console/eu-west-1/secrets/rotation/?id=db/password")
    assert "it is rotated with its primary" in told


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ((30, None, None), "every 30 days"),
        ((1, None, "rate(1 day)"), "every day"),
        ((1, "3h", "rate(12 hours)"), "every 12 hours, within 3 hours"),
        ((7, None, "cron(0 16 ? * SAT *)"), "by cron(0 16 ? * SAT *), in UTC"),
        ((None, None, None), ""),
    ],
)
def test_rules_are_told_in_words(rules, words):
    days, duration, expression = rules

    assert in_words(RotationRules(days, duration, expression)) == words


# -- what is done about it


def test_a_secret_is_rotated_now(admin, rotated):
    become(State.SUCCEEDED, step="")
    Secret.objects.get().stages.filter(label="AWSPENDING").delete()
    form = admin.get(at("rotate")).context["form"]
    for _ in range(2):  # what is sent twice begins one rotation
        admin.send(at("rotate"), token=form["token"].value())

    assert Rotation.objects.count() == 2
    assert Rotation.objects.filter(state=State.WAITING).count() == 1
    assert "The rotation has begun." in admin.read(at("rotation"))


def test_one_that_failed_is_tried_again_with_the_version_that_it_began(admin, rotated):
    failed = become(State.FAILED, problem=PROBLEM)

    page = admin.get(at("rotate"))
    assert "This one goes on with it, and makes no other." in text_of(page)
    assert "Try again…" in admin.read(at("rotation"))
    admin.send(at("rotate"), token=page.context["form"]["token"].value())
    again = Rotation.objects.get(state=State.WAITING)
    assert again.version_id == failed.version_id


def test_one_that_runs_is_not_begun_again(admin, rotated):
    become(State.RUNNING)

    assert "A rotation is running." in admin.read(at("rotate"))


def test_what_has_no_function_cannot_be_rotated(admin, sm):
    sm.create()

    assert "No rotation function is configured" in admin.read(at("rotate"))


def test_cancelling_says_what_may_be_left_behind(admin, rotated):
    asked = admin.read(at("cancel"))
    assert "Dangerous." in asked
    assert "AWSPENDING on a version that was only begun" in asked
    admin.send(at("cancel"))

    assert Rotation.objects.get().state == State.CANCELLED
    assert Secret.objects.get().rotation_enabled is False
    assert "Rotation is off already" in admin.read(at("cancel"))


def rules(**more: str) -> dict[str, str]:
    """What the form of the configuration sends."""
    given = {"function": FUNCTION, "rule": "days", "days": "30", "hours": "", "cron": ""}
    return {**given, "duration": "", "token": str(uuid.uuid4()), **more}


@pytest.mark.parametrize(
    ("given", "days", "expression", "duration"),
    [
        ({}, 30, "", ""),
        ({"rule": "rate", "hours": "12", "duration": "3"}, 1, "rate(12 hours)", "3h"),
        ({"rule": "cron", "cron": "0 16 ? * SAT *"}, None, "cron(0 16 ? * SAT *)", ""),
    ],
)
def test_rotation_is_configured_by_days_rate_or_cron(admin, sm, given, days, expression, duration):
    sm.create()
    admin.send(at("configure"), **rules(**given), immediately="on")

    row = Secret.objects.get()
    told = (row.rotation_schedule, row.rotation_duration, row.rotation_function)
    assert told == (expression, duration, FUNCTION)
    assert row.rotation_enabled
    assert days is None or row.rotation_days == days
    form = admin.get(at("configure")).context["form"]
    for name, value in rules(**given).items():
        if name in given:
            assert str(form[name].value()) == value


def test_without_rotating_now_the_configuration_is_tested(admin, sm):
    sm.create()
    admin.send(at("configure"), **rules())

    assert Rotation.objects.get().is_test


def test_configuring_goes_on_with_what_was_left_behind_and_a_test_does_not_touch_it(admin, rotated):
    failed = become(State.FAILED, problem=PROBLEM)

    assert "A previous rotation" in text_of(admin.send(at("configure"), 400, **rules()))
    admin.send(at("configure"), **rules(), immediately="on")
    assert Rotation.objects.get(state=State.WAITING).version_id == failed.version_id


def test_rotation_can_be_left_to_people(admin, sm):
    sm.create()
    admin.send(at("configure"), **rules(rule="hand"), immediately="on")

    assert Secret.objects.get().rotation_due is None
    assert "Only when somebody says so" in admin.read(at("rotation"))


def test_the_next_dates_are_shown_before_anything_is_changed(admin, sm):
    sm.create()
    page = admin.send(
        at("configure"), 200, **rules(rule="cron", cron="0 16 ? * SAT *"), preview="1"
    )

    starts = [each.start for each in page.context["windows"]]
    assert len(starts) == 5
    assert {(each.weekday(), each.hour) for each in starts} == {(5, 16)}
    assert "Nothing is changed yet." in text_of(page)
    assert Secret.objects.get().rotation_enabled is None
    told = admin.send(at("configure"), 200, **rules(rule="hand"), preview="1")
    assert "None: it is rotated only when somebody says so." in text_of(told)


@pytest.mark.parametrize("preview", [{}, {"preview": "1"}])
@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"days": ""}, "days"),
        ({"rule": "rate"}, "hours"),
        ({"rule": "cron"}, "cron"),
        ({"rule": "cron", "cron": "5 * * * * *"}, "cron"),
        ({"rule": "rate", "hours": "4", "duration": "5"}, "duration"),
        ({"rule": "days", "days": "1001"}, "days"),
        ({"duration": "25"}, "duration"),
        ({"function": "arn:aws:lambda:us-east-1:123456789012:function:none"}, "function"),
    ],
)
def test_rules_that_are_not_sound_are_told_at_their_field(admin, sm, given, field, preview):
    sm.create()

    told = admin.send(at("configure"), 422, **rules(**given), **preview)
    assert field in told.context["form"].errors
    assert Secret.objects.get().rotation_enabled is None


def functions_for(browser: Browser) -> list[Any]:
    form = browser.get(at("configure")).context["form"]
    return list(form.fields["function"].choices)


def test_functions_to_choose_from_are_those_that_one_may_have_run(admin, sm):
    sm.create()
    now = timezone.now()
    for name in ("mine", "theirs"):
        RotationFunction.objects.create(
            account=people.ACCOUNT,
            region=people.REGION,
            name=name,
            kind="Python",
            environment=b"",
            created=now,
            changed=now,
            description="Of ours",
        )
    ben = people.user("ben", "secretsmanager:*")
    only = people.statement(
        "Allow", "lambda:InvokeFunction", resource=arn_of(people.ACCOUNT, people.REGION, "mine")
    )
    people.attach(ben, only, name="functions")

    [(kind, choices)] = functions_for(Browser(ben))
    assert (kind, [label for _, label in choices]) == ("Registered here", ["mine: Of ours"])
    kinds = [
        kind for kind, _ in admin.get(at("configure")).context["form"]["function"].field.choices
    ]
    assert kinds == ["Registered here", "Built in"]


@pytest.mark.parametrize(
    ("page", "needed", "given"),
    [
        ("rotate", "secretsmanager:RotateSecret", {"token": str(uuid.uuid4())}),
        ("rotate", "lambda:InvokeFunction", {"token": str(uuid.uuid4())}),
        ("configure", "secretsmanager:RotateSecret", rules()),
        ("configure", "lambda:InvokeFunction", rules()),
        ("cancel", "secretsmanager:CancelRotateSecret", {}),
    ],
)
def test_what_policies_do_not_allow_is_not_done(admin, rotated, page, needed, given):
    before = (Secret.objects.values().get(), Rotation.objects.values().get())
    ben = people.user("ben", "*")
    people.attach(ben, people.statement("Deny", needed) | {"Sid": "NotBen"}, name="limits")

    told = text_of(Browser(ben).send(at(page), 403, **given))
    assert f"It needs {needed}" in told
    assert f"It was refused by NotBen of {ben.arn}/limits" in told
    assert (Secret.objects.values().get(), Rotation.objects.values().get()) == before


@pytest.mark.parametrize("page", ["rotation", "rotate", "configure", "cancel"])
def test_looking_does_nothing(admin, rotated, page):
    before = (Secret.objects.values().get(), Rotation.objects.values().get())

    admin.get(at(page))
    assert (Secret.objects.values().get(), Rotation.objects.values().get()) == before
    assert recorded("GetSecretValue") == []


# -- the calendar


def planned(name: str, due: datetime, **columns: Any) -> Secret:
    given = {"account": people.ACCOUNT, "region": people.REGION, "suffix": "AbCdEf"}
    now = timezone.now()
    return Secret.objects.create(
        name=name,
        created=now,
        changed=now,
        rotation_enabled=True,
        rotation_due=due,
        next_rotation=due + timedelta(hours=1),
        **{**given, **columns},
    )


MAY = datetime(2031, 5, 1, tzinfo=UTC)


def test_a_month_shows_each_secrets_next_rotation_on_its_day(admin):
    for day in range(5):
        planned(f"first/{day}", MAY + timedelta(hours=day))
    planned("last", datetime(2031, 5, 31, 23, 59, tzinfo=UTC))
    planned("june", datetime(2031, 6, 1, tzinfo=UTC))
    planned("elsewhere", MAY, region="eu-west-1")
    planned("gone", MAY, deletion_date=MAY)

    page = admin.get(CALENDAR, month="2031-05")
    days = {each.date.day: each for week in page.context["weeks"] for each in week if each.in_month}
    assert (days[1].count, days[1].names) == (5, ("first/0", "first/1", "first/2"))
    assert "2 more on 1 May" in text_of(page)
    assert days[31].names == ("last",)
    assert sum(each.count for each in days.values()) == 6
    assert [row.name for row in page.context["rows"]] == [
        *(f"first/{day}" for day in range(5)),
        "last",
    ]
    assert "Rotations in May 2031" in text_of(page)
    assert (page.context["previous"], page.context["following"]) == (
        date(2031, 4, 1),
        date(2031, 6, 1),
    )


def test_a_day_is_shown_as_a_list_in_pages(admin):
    for number in range(70):
        planned(f"n{number:02}", MAY)
    planned("next", MAY + timedelta(days=1))

    first = admin.get(CALENDAR, day="2031-05-01")
    second = admin.get(CALENDAR, day="2031-05-01", after=first.context["after"])
    told = [row.name for page in (first, second) for row in page.context["rows"]]
    assert told == [f"n{number:02}" for number in range(70)]
    assert "On 1 May 2031" in text_of(first)


@pytest.mark.parametrize(
    "asked",
    [
        *({"month": text} for text in ("2031", "2031-13", "0000-01", "9999-12", "x")),
        *({"day": text} for text in ("2031-02-30", "x", "9999-12-31")),
    ],
)
def test_months_and_days_that_are_none_are_not_found(admin, asked):
    admin.get(CALENDAR, 404, **asked)


def test_a_place_that_is_none_begins_anew(admin):
    planned("a", MAY)

    assert len(admin.get(CALENDAR, month="2031-05", after="x").context["rows"]) == 1
    admin.get(CALENDAR, 404, month="2031-05", after="9_9")


def test_days_on_which_rotations_failed_are_marked(admin, rotated):
    become(State.FAILED, problem=PROBLEM)

    told = admin.read(CALENDAR)
    assert "1 failed" in told
    assert PROBLEM in told
    assert "Failed rotations 1" in admin.read(HOME)
    admin.send(at("rotate"), token=str(Rotation.objects.get().version_id))
    assert PROBLEM not in admin.read(CALENDAR)  # it is tried again
    assert "1 failed" in admin.read(CALENDAR)


def test_home_names_the_next_rotations(admin):
    planned("soon", MAY)

    assert "soon on 2031-05-01" in admin.read(HOME)


def test_a_calendar_without_rotations_says_where_to_go(admin):
    assert "No rotation comes in this time." in admin.read(CALENDAR)
    assert "No rotation is planned" in admin.read(HOME)


def test_the_calendar_is_for_those_who_may_list_secrets(db):
    ben = Browser(people.user("ben", "secretsmanager:DescribeSecret"))

    assert "It needs secretsmanager:ListSecrets" in ben.read(CALENDAR, 403)
    assert "It needs secretsmanager:ListSecrets" in ben.read(HOME)


def test_a_month_is_read_out_of_an_index(sm):
    caller = sm.caller()

    for plan in making.plans(lambda: coming.weeks(caller, date(2031, 5, 1))):
        assert "secrets_app_secret" not in making.walked(plan), plan


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("many", [3, 1_200])
def test_pages_ask_the_database_little_however_many_rotations(admin, sm, many):
    sm.create(Tags=[{"Key": "team", "Value": "blue"}])
    sm("RotateSecret", SecretId="db/password", RotationLambdaARN=FUNCTION)
    due = MAY + timedelta(hours=3)
    row = planned("n", due)
    columns = {each.attname: getattr(row, each.attname) for each in Secret._meta.concrete_fields}
    del columns["id"]
    Secret.objects.bulk_create(Secret(**{**columns, "name": f"n{n:04}"}) for n in range(many))
    now = timezone.now()
    Rotation.objects.bulk_create(
        Rotation(secret=each, version_id="x", state=State.FAILED, started=now, finished=now)
        for each in Secret.objects.filter(name__startswith="n")[:300]
    )

    for address in (
        *(SECRETS, HOME, CALENDAR, f"{CALENDAR}?month=2031-05", f"{CALENDAR}?day=2031-05-01"),
        *(at(page) for page in ("secret", "rotation", "rotate", "configure", "cancel")),
    ):
        with CaptureQueriesContext(connection) as asked:
            page = admin.get(address)
        statements = [query["sql"] for query in asked.captured_queries]
        assert len([each for each in statements if not each.startswith(BOUNDS)]) <= 30, address
        assert len(page.content) < 200_000
    if many > coming.MOST_COUNTED:
        assert "more than 1000" in admin.read(f"{CALENDAR}?month=2031-05")
