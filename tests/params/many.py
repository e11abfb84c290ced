"""Many parameters at once, written past the road: for tests of how lists go with their number."""

from datetime import UTC, datetime

from params.models import Label, Parameter, ParameterTag, ParameterVersion, Tier, Type
from params.names import parent_of
from tests.support import people

TYPES = (Type.STRING, Type.STRING, Type.STRING_LIST, Type.SECURE_STRING)


def make(paths: int, each: int, account: str = people.ACCOUNT, region: str = people.REGION) -> None:
    """`each` parameters in each of `/p0000/q`, `/p0001/q`, …

    Every fourth is a SecureString, under one of two keys; every tenth has a label, a tag,
    the Advanced tier, and the data type of an image.
    """
    names = [f"/p{path:04}/q/n{number:03}" for path in range(paths) for number in range(each)]
    Parameter.objects.bulk_create(
        [_row(name, number, account, region) for number, name in enumerate(names)], batch_size=2000
    )
    ids = dict(
        Parameter.objects.filter(account=account, region=region).values_list("path_name", "id")
    )
    ParameterVersion.objects.bulk_create(
        [
            ParameterVersion(parameter_id=ids[name], number=1, value=b"x", **_described(number))
            for number, name in enumerate(names)
        ],
        batch_size=2000,
    )
    for number in range(0, len(names), 10):
        name = names[number]
        scope = {"account": account, "region": region, "path_name": name}
        of = {**scope, "parameter_id": ids[name]}
        Label.objects.create(**of, label="prod", version=1)
        ParameterTag.objects.create(**of, name="team", value="blue")


def _row(name: str, number: int, account: str, region: str) -> Parameter:
    return Parameter(
        account=account,
        region=region,
        name=name,
        path_name=name,
        parent=parent_of(name),
        version=1,
        created=datetime.now(UTC),
        **_described(number),
    )


def _described(number: int) -> dict[str, object]:
    kind = TYPES[number % len(TYPES)]
    return {
        "type": kind,
        "tier": Tier.STANDARD if number % 10 else Tier.ADVANCED,
        "key_id": f"alias/{number % 8}" if kind == Type.SECURE_STRING else "",
        "data_type": "text" if number % 10 else "aws:ec2:image",
        "modified": datetime.now(UTC),
    }
