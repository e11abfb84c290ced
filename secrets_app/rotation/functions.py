"""From a RotationLambdaARN to the function that it names: registered here, or built in."""

import json
from collections.abc import Mapping

from crypto.errors import CannotOpen
from iam.models import Role
from sealing import vault
from secrets_app.rotation.event import StepFailed
from secrets_app.rotation.models import Kind, RotationFunction
from secrets_app.rotation.templates import TEMPLATES, Template
from service.arns import Arn
from service.regions import partition_of
from service.value import value

TYPE = "AWS::Lambda::Function"
PREFIX = "function:"
BUILT_IN_SECONDS = 30


@value
class Function:
    """A function as it is run.

    template     of a built-in one
    role         whom it acts as; None: a built-in one acts as the account's own role for that
                 (`secrets_app.rotation.service_role`), an endpoint as whoever runs it, and a
                 Python handler cannot be run
    row          where it was registered
    """

    arn: str
    account: str
    region: str
    kind: Kind
    template: Template | None = None
    role: Role | None = None
    timeout: int = BUILT_IN_SECONDS
    row: RotationFunction | None = None

    @property
    def name(self) -> str:
        return name_in(self.arn)

    @property
    def environment(self) -> Mapping[str, str]:
        """Its environment variables. Raises StepFailed if they cannot be opened."""
        return {} if self.row is None else environment_of(self.row)

    @property
    def was_given_role(self) -> bool:
        """Whether it was registered with a role: it never acts as the account's own then."""
        return self.row is not None and self.row.has_own_role

    @property
    def acting_role(self) -> Role | None:
        """As `role`. Raises StepFailed if it was given one that is gone."""
        if self.role is None and self.was_given_role:
            raise StepFailed("The function's role is gone: give it another.")
        return self.role


def find(account: str, region: str, arn: str) -> Function | None:
    """The function of the account and region that `arn` names; None if there is none."""
    name = name_in(arn)
    if not name or arn != arn_of(account, region, name):
        return None
    rows = RotationFunction.objects.select_related("role")
    row = rows.defer("code").filter(account=account, region=region, name=name).first()
    if row is not None:
        return _registered(row)
    template = TEMPLATES.get(name)
    return Function(arn, account, region, Kind.BUILT_IN, template) if template else None


def arn_of(account: str, region: str, name: str) -> str:
    return str(Arn(partition_of(region), "lambda", region, account, PREFIX + name))


def name_in(arn: str) -> str:
    """The name in a function's ARN; empty if it is none, or names a version or alias."""
    try:
        parsed = Arn.parse(arn)
    except ValueError:
        return ""
    name = parsed.resource.removeprefix(PREFIX)
    is_plain = parsed.service == "lambda" and name != parsed.resource and ":" not in name
    return name if is_plain else ""


def seal(row: RotationFunction, what: str, content: bytes) -> bytes:
    """`content` for the row's column `what`; the row's other columns are set."""
    return vault.seal(row.account, row.region, content, *_bound(row, what))


def open_sealed(row: RotationFunction, what: str) -> bytes:
    """What the row's column `what` holds. Raises as `sealing.vault`."""
    sealed = bytes(getattr(row, what) or b"")
    return vault.open_sealed(row.account, row.region, sealed, *_bound(row, what))


def environment_of(row: RotationFunction) -> Mapping[str, str]:
    """Raises StepFailed if it cannot be opened."""
    try:
        found: Mapping[str, str] = json.loads(open_sealed(row, "environment"))
    except CannotOpen:
        raise StepFailed("The function's environment cannot be opened: give it anew.") from None
    return found


def _bound(row: RotationFunction, what: str) -> tuple[str, ...]:
    """Code goes with how it is run, a key with whom it is for: nobody exchanges one of them."""
    more = {"code": (row.handler, row.python), "key": (row.url, row.key_id)}
    return "rotation:function", row.name, what, *more.get(what, ())


def _registered(row: RotationFunction) -> Function:
    return Function(
        arn_of(row.account, row.region, row.name),
        row.account,
        row.region,
        Kind(row.kind),
        TEMPLATES.get(row.template),
        row.role,
        row.timeout,
        row,
    )
