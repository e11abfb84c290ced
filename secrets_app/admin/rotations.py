"""How rotation stands with secrets: in words, and only of those the caller may describe.

AWS tells less than this: DescribeSecret says when a secret was rotated last and will be next,
not that a rotation goes on, or failed. Who may describe a secret is told that too.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from iam.authorize import decision_for
from secrets_app import conditions, describing, lookup
from secrets_app.describing import Description
from secrets_app.models import Secret
from secrets_app.rotation.models import Rotation, State
from service.arns import Arn
from service.caller import Caller
from service.operation import Check
from service.resource import Resource
from service.value import value

MOST_FAILING = 100
OF_LATE = timedelta(days=90)


@value
class RotationState:
    """`kind`: the badge's; `joined`: the word between it and the time."""

    word: str
    kind: str = "idle"
    joined: str = ""
    at: datetime | None = None


@value
class Listed:
    """A secret of a list, as ListSecrets tells of it, and how its rotation stands."""

    told: Description
    rotation: RotationState


def state_of(told: Description, last: Rotation | None) -> RotationState:
    """`last`: the last rotation, or test of one, that the caller may know of."""
    if last is not None and last.finished is None:
        return _going_on(last)
    if not told.rotation_enabled:
        return RotationState("Off")
    if last is not None and last.state == State.FAILED:
        word = "Test failed" if last.is_test else "Failed"
        return RotationState(word, "bad", "since", last.finished)
    if told.next_rotation_date is None:
        return RotationState("On", "good")
    return RotationState("On", "good", "next by", told.next_rotation_date)


def _going_on(last: Rotation) -> RotationState:
    if last.state == State.RUNNING:
        return RotationState("Running", "idle", "since", last.started)
    if tries_again(last):
        return RotationState("Trying again", "bad", "at", last.next_attempt)
    return RotationState("Waiting for a worker", "idle", "since", last.started)


def tries_again(last: Rotation) -> bool:
    """Whether an attempt failed, and the next has not begun."""
    return last.state == State.WAITING and bool(last.problem)


def problem_of(told: Description, last: Rotation | None) -> str:
    """What went wrong last, where that is how it stands; empty if nothing did."""
    return last.problem if last and state_of(told, last).kind == "bad" else ""


def last_of(told: Description) -> Rotation | None:
    """The last rotation of a secret that was described to the caller."""
    arn = Arn.parse(told.arn)
    rows = Rotation.objects.filter(
        secret__account=arn.account, secret__region=arn.region, secret__name=told.name
    )
    return rows.order_by("-started", "-pk").first()


def failing(caller: Caller) -> list[Rotation]:
    """Failures of late after which nothing was tried, the latest first, each of another secret.

    MOST_FAILING of them at most, of secrets that the caller may describe.
    """
    later = Rotation.objects.filter(secret=OuterRef("secret"), pk__gt=OuterRef("pk"))
    rows = _failed(caller).filter(finished__gte=caller.time - OF_LATE).exclude(Exists(later))
    return _known(caller, rows.filter(secret__rotation_enabled=True)[:MOST_FAILING])


def failed_between(caller: Caller, start: datetime, end: datetime) -> list[Rotation]:
    """Failures from `start` until before `end`, as `failing`, whatever came after."""
    rows = _failed(caller).filter(finished__gte=start, finished__lt=end)
    return _known(caller, rows[:MOST_FAILING])


def _failed(caller: Caller) -> QuerySet[Rotation]:
    mine = {"secret__account": caller.account, "secret__region": caller.region}
    rows = Rotation.objects.filter(state=State.FAILED, is_test=False, **mine)
    return rows.select_related("secret").order_by("-finished", "-pk")


def _known(caller: Caller, rows: Iterable[Rotation]) -> list[Rotation]:
    found = list(rows)
    secrets = {each.secret_id: each.secret for each in found}
    known = {row.pk for row in may_describe(caller, secrets.values())}
    return [each for each in found if each.secret_id in known]


def listed(caller: Caller, told: Sequence[Description]) -> list[Listed]:
    """Four queries, however many secrets."""
    last = _last_of_many(caller, [each.name for each in told])
    return [Listed(each, state_of(each, last.get(each.name))) for each in told]


def may_describe(caller: Caller, rows: Iterable[Secret]) -> list[Secret]:
    """Those of the rows that the caller may describe. One query, for their tags."""
    rows = list(rows)
    tags = describing.tags_of(rows)
    return [row for row in rows if _may_describe(caller, row, tags.get(row.pk, {}))]


def _last_of_many(caller: Caller, names: Sequence[str]) -> Mapping[str, Rotation]:
    """By the names of secrets of the caller's account and region."""
    latest = Rotation.objects.filter(secret=OuterRef("pk")).order_by("-started", "-pk")
    rows = Secret.objects.filter(
        account=caller.account,
        region=caller.region,
        name__in=names,
        rotation_enabled__isnull=False,
    ).annotate(last=Subquery(latest.values("pk")[:1]))
    wanted = dict(rows.values_list("pk", "last"))
    known = [wanted[row.pk] for row in may_describe(caller, rows)]
    found = Rotation.objects.filter(pk__in=known).select_related("secret")
    return {each.secret.name: each for each in found}


def _may_describe(caller: Caller, row: Secret, tags: Mapping[str, str]) -> bool:
    resource = Resource(
        row.arn,
        row.account,
        lookup.TYPE,
        policy=row.policy or None,
        tags=tags,
        conditions=conditions.of_secret(row, tags),
    )
    named = conditions.given(SecretId=row.arn)
    check = Check("secretsmanager:DescribeSecret", resource, named)
    return decision_for(caller, check).allowed
