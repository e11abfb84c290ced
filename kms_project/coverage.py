"""What of AWS's API is built, as a page: `manage.py api_coverage` prints docs/coverage.md."""

from collections.abc import Iterator, Sequence

from keys.specs import SPECS
from kms_project.operations import OPERATIONS
from service import model

SERVICES = {
    "kms": "Key Management Service",
    "ssm": "Parameter Store",
    "secretsmanager": "Secrets Manager",
    "cloudtrail": "CloudTrail",
    "iam": "IAM",
    "sts": "STS",
}
WHOLE = frozenset({"kms", "ssm", "secretsmanager"})  # of the others, what belongs to these
# Parameter Store is a part of Systems Manager: these of its model's operations
PARAMETERS = (
    *("AddTagsToResource", "DeleteParameter", "DeleteParameters", "DeleteResourcePolicy"),
    *("DescribeParameters", "GetParameter", "GetParameterHistory", "GetParameters"),
    *("GetParametersByPath", "GetResourcePolicies", "GetServiceSetting", "LabelParameterVersion"),
    *("ListTagsForResource", "PutParameter", "PutResourcePolicy", "RemoveTagsFromResource"),
    *("ResetServiceSetting", "UnlabelParameterVersion", "UpdateServiceSetting"),
)

_HEAD = """\
# What is built of AWS's API

This page is generated (`manage.py api_coverage > docs/coverage.md`), and a test holds it
against the index of operations and against botocore's models. An operation that is not
built answers UnknownOperationException (InvalidAction from IAM and STS), and leaves a record
like any other call.
"""


def document() -> str:
    """The page, in Markdown."""
    parts = [_HEAD, *map(_service, SERVICES), _key_specs()]
    return "\n".join(parts)


def _service(name: str) -> str:
    known = model.service(name)
    actions = PARAMETERS if name == "ssm" else known.operation_names
    built = [action for action in actions if f"{name}:{action}" in OPERATIONS]
    said = f"{len(built)} of {len(actions)} operations of the model of {known.api_version}"
    if name == "ssm":
        said += " that are about parameters"
    rows = actions if name in WHOLE else built
    return "\n".join([f"## {SERVICES[name]}", "", f"{said}.", "", *_operation_rows(name, rows), ""])


def _operation_rows(service: str, actions: Sequence[str]) -> Iterator[str]:
    yield "| operation | state |"
    yield "|---|---|"
    for action in actions:
        built = f"{service}:{action}" in OPERATIONS
        yield f"| {action} | {'built' if built else 'not built'} |"


def _key_specs() -> str:
    names = model.service("kms").shape_for("KeySpec").enum
    lines = ["## Key specs", "", "| KeySpec | KeyUsage: algorithms |", "|---|---|"]
    return "\n".join([*lines, *(f"| {name} | {_usages(name)} |" for name in names), ""])


def _usages(spec: str) -> str:
    if spec not in SPECS:
        return "refused: UnsupportedOperationException"
    usages = SPECS[spec].algorithms.items()
    return "; ".join(f"{usage}: {', '.join(algorithms)}" for usage, algorithms in usages)
