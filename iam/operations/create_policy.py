"""iam:CreatePolicy."""

from collections.abc import Iterable

from iam import conditions, documents, entities, shapes, tags
from iam.models import Policy
from iam.shapes import ManagedPolicy, Tag
from service.operation import Call, Check, Operation
from service.value import value


@value
class CreatePolicyInput:
    policy_name: str
    policy_document: str
    path: str = "/"
    description: str = ""
    tags: tuple[Tag, ...] = ()


@value
class CreatePolicyOutput:
    policy: ManagedPolicy


class CreatePolicy(Operation[CreatePolicyInput, CreatePolicyOutput]):
    """Makes a managed policy, which counts for those to whom it is attached."""

    name = "iam:CreatePolicy"
    mutates = True

    def checks(self, call: Call, given: CreatePolicyInput) -> Iterable[Check]:
        resource = entities.to_be(call, Policy, given.policy_name, given.path)
        found = conditions.of_tags(given.tags)
        yield Check(self.name, resource, found)
        if given.tags:
            yield Check("iam:TagPolicy", resource, found)

    def run(self, call: Call, given: CreatePolicyInput) -> CreatePolicyOutput:
        documents.require_managed(given.policy_document)
        entities.require_room(call, Policy, given.policy_name)
        policy = Policy.objects.create(
            account_id=call.caller.account,
            name=given.policy_name,
            path=given.path,
            description=given.description,
            document=given.policy_document,
            tags=tags.added({}, given.tags),
        )
        return CreatePolicyOutput(shapes.policy_of(policy, call.caller.account))
