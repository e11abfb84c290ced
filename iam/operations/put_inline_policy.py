"""iam:PutUserPolicy, iam:PutGroupPolicy and iam:PutRolePolicy."""

from typing import Protocol, TypeVar

from iam import conditions, documents
from iam.conditions import Conditions
from iam.models import InlinePolicy
from iam.on_entities import EntityOperation, OfEntity, OfGroup, OfRole, OfUser
from iam.shapes import Nothing
from service.operation import Call
from service.value import value


class PutPolicyInput(OfEntity, Protocol):
    @property
    def policy_name(self) -> str: ...
    @property
    def policy_document(self) -> str: ...


@value
class PutUserPolicyInput(OfUser):
    policy_name: str
    policy_document: str


@value
class PutGroupPolicyInput(OfGroup):
    policy_name: str
    policy_document: str


@value
class PutRolePolicyInput(OfRole):
    policy_name: str
    policy_document: str


I = TypeVar("I", bound=PutPolicyInput)  # noqa: E741 - as in service.operation


class PutInlinePolicy(EntityOperation[I, Nothing]):
    """Gives a user, group or role a policy of its own, in place of the one of that name."""

    mutates = True

    def conditions(self, call: Call, given: I) -> Conditions:
        return conditions.of_bounded(given.named(call).row)

    def run(self, call: Call, given: I) -> Nothing:
        owner = self.changeable(call, given)
        documents.require_inline(owner, given.policy_name, given.policy_document)
        InlinePolicy.objects.update_or_create(
            **{owner.arn_type: owner},
            name=given.policy_name,
            defaults={"document": given.policy_document},
        )
        return Nothing()


class PutUserPolicy(PutInlinePolicy[PutUserPolicyInput]):
    name = "iam:PutUserPolicy"


class PutGroupPolicy(PutInlinePolicy[PutGroupPolicyInput]):
    name = "iam:PutGroupPolicy"


class PutRolePolicy(PutInlinePolicy[PutRolePolicyInput]):
    name = "iam:PutRolePolicy"
