"""secretsmanager:UntagResource."""

from secrets_app import conditions, lookup, on_tags
from secrets_app.conditions import Conditions
from secrets_app.models import Secret
from secrets_app.on_secrets import SecretChange
from secrets_app.shapes import Nothing
from service.operation import Call
from service.value import value


@value
class UntagResourceInput:
    secret_id: str
    tag_keys: tuple[str, ...]


class UntagResource(SecretChange[UntagResourceInput, Nothing]):
    """Takes tags off a secret; what it has not got is no error."""

    name = "secretsmanager:UntagResource"

    def conditions(self, given: UntagResourceInput) -> Conditions:
        return conditions.of_tag_keys(given.tag_keys)

    def change(self, call: Call, given: UntagResourceInput, row: Secret) -> Nothing:
        have = lookup.read_tags(row)
        left = {name: told for name, told in have.items() if name not in given.tag_keys}
        check = next(iter(super().checks(call, given)))
        on_tags.write(call.caller, check, row, left)
        return Nothing()
