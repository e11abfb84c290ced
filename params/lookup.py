"""From what a request names to the parameter, loaded once for each revision."""

from collections.abc import Mapping
from dataclasses import replace

from django.db.models import F

from params import conditions, sharing
from params.errors import ParameterNotFound, ParameterVersionNotFound
from params.models import Label, Parameter, ParameterVersion
from params.names import Name
from service.caller import Caller
from service.later import Later
from service.operation import Call
from service.resource import Resource
from service.value import value

TYPE = "AWS::SSM::Parameter"
MOST_DIGITS = 19  # of what a database counts versions with
MOST_REMEMBERED = 4_000  # parameters, each with a value of up to 8 KB


@value
class Named:
    """What a request named: the resource to ask for, and the current version if there is one."""

    name: Name
    resource: Resource
    version: ParameterVersion | None

    @property
    def row(self) -> Parameter | None:
        return self.version.parameter if self.version else None

    @property
    def found(self) -> Parameter:
        """The parameter. Raises ParameterNotFound."""
        if self.version is None:
            raise ParameterNotFound
        return self.version.parameter


@value
class _Loaded:
    version: ParameterVersion
    resource: Resource


def named(call: Call, name: Name) -> Named:
    """The parameter that `name` names; its resource says so where it is not there."""
    return call.once(("parameter", name), lambda: _named(call, name))


def not_missing(call: Call, name: Name) -> Resource:
    """The resource to ask for where it is no error that nothing has the name."""
    return replace(named(call, name).resource, missing=None)


def selected(caller: Caller, named: Named) -> ParameterVersion:
    """The version that the name selects: the current one, or by its number or label.

    Raises ParameterNotFound and ParameterVersionNotFound.
    """
    row, current = named.found, named.version
    selector = named.name.selector.removeprefix(":")
    if current is None or not named.name.selector or selector == str(current.number):
        assert current is not None  # noqa: S101 - `found` raises where there is none
        return current
    version = caller.snapshot.get(
        ("parameter version", row.pk, selector), lambda: _selected(row, selector), MOST_REMEMBERED
    )
    if version is None and ":" in selector:
        raise ParameterNotFound
    if version is None:
        raise version_not_found(named.name, selector)
    return version


def version_not_found(name: Name, selector: str | int) -> ParameterVersionNotFound:
    what = "version" if isinstance(selector, int) or selector.isdigit() else "label"
    return ParameterVersionNotFound(
        f"Systems Manager could not find {what} {selector} of {name.text}. Verify the {what} and "
        "try again."
    )


def locked(caller: Caller, name: Name) -> Parameter | None:
    """The parameter's row, which nobody else changes before this call's transaction ends."""
    row = locked_row(name)
    return None if row is None or row.has_expired(caller.time) else row


def locked_row(name: Name) -> Parameter | None:
    """As `locked`, be it that the parameter has expired."""
    rows = Parameter.objects.select_for_update()
    return rows.filter(account=name.account, region=name.region, path_name=name.path).first()


def _named(call: Call, name: Name) -> Named:
    key = ("parameter", name.account, name.region, name.path)
    found = call.caller.snapshot.get(key, lambda: _load(name), MOST_REMEMBERED)
    if found is None or found.version.parameter.has_expired(call.caller.time):
        return Named(name, _missing(name), None)
    resource = found.resource
    if call.operation not in sharing.SHARED:
        # it shares what can be shared: else one that denies everything could never be undone
        resource = replace(resource, policy=None)
    return Named(name, resource, found.version)


def _load(name: Name) -> _Loaded | None:
    """One query; another if the parameter may be shared; and for tags, if a policy asks."""
    version = (
        ParameterVersion.objects.select_related("parameter")
        .filter(
            parameter__account=name.account,
            parameter__region=name.region,
            parameter__path_name=name.path,
            number=F("parameter__version"),
        )
        .first()
    )
    return _Loaded(version, resource_of(version.parameter)) if version else None


def _selected(row: Parameter, selector: str) -> ParameterVersion | None:
    if selector.isascii() and selector.isdigit():
        number = int(selector) if len(selector) < MOST_DIGITS else 0
    else:
        labels = Label.objects.filter(parameter=row, label=selector)
        number = labels.values_list("version", flat=True).first() or 0
    rows = ParameterVersion.objects.select_related("parameter")
    return rows.filter(parameter=row, number=number).first()


def resource_of(row: Parameter) -> Resource:
    tags: Mapping[str, str] = Later(lambda: dict(row.tags.values_list("name", "value")))
    of_tags = Later(lambda: conditions.of_parameter(tags))
    policy = sharing.policy_of(row)
    return Resource(row.arn, row.account, TYPE, policy, tags=tags, conditions=of_tags)


def _missing(name: Name) -> Resource:
    return Resource(name.arn, name.account, TYPE, missing=ParameterNotFound())
