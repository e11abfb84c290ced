"""A parameter's page: everything about it that its operator may know, but for the value."""

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from console.happened import happened
from console.pages import Answer, Page
from console.refusals import Refused, refusal_of
from params import filters, names, policies
from params.admin.browse import crumbs
from params.errors import ParameterNotFound
from params.models import Tier
from params.on_tags import PARAMETER
from params.operations.describe_parameters import DescribeParameters, ParameterMetadata
from params.operations.get_parameter_history import GetParameterHistory, ParameterHistory
from params.operations.get_resource_policies import GetResourcePolicies
from params.operations.list_tags_for_resource import ListTagsForResource
from service.value import value

_WORDS: Mapping[str, str] = {
    policies.EXPIRATION: "It expires and is deleted",
    policies.EXPIRATION_NOTIFICATION: "Webhooks are told that it will expire",
    policies.NO_CHANGE_NOTIFICATION: "Webhooks are told if there was no new version",
}


@value
class Labelled:
    label: str
    version: int


@value
class PolicyLine:
    """A parameter policy in words, when it is due, and as it was given."""

    says: str
    due: datetime
    status: str
    text: str


class OneParameter(Page):
    """A page about one parameter, by its name; it is described before anything else."""

    section = "parameters"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.name = request.GET.get("name", "")
        if not self.name:
            raise Http404

    @property
    def title(self) -> str:  # type: ignore[override]
        return f"Parameter {self.name}"

    def describe(self) -> ParameterMetadata:
        named = {"Key": filters.NAME, "Option": filters.EQUALS, "Values": [self.name]}
        found = self.ask(DescribeParameters, {"ParameterFilters": [named]}).parameters
        if not found:
            raise Refused(refusal_of(ParameterNotFound()))
        told: ParameterMetadata = found[0]
        return told

    def address(self, page: str = "parameter", **more: Any) -> str:
        """Of one of the pages about this parameter."""
        return reverse(f"admin:{page}", args=[self.region], query={"name": self.name, **more})

    @cached_property
    def versions(self) -> Answer:
        """Those that are kept, the newest first; their values are as they are stored."""
        found: list[ParameterHistory] = []
        asked: dict[str, Any] = {"Name": self.name}
        while True:
            answer = self.try_to_ask(GetParameterHistory, asked)
            if answer.refusal is not None:
                return answer
            found += answer.output.parameters
            if answer.output.next_token is None:
                return Answer(found[::-1])
            asked["NextToken"] = answer.output.next_token


class ParameterPage(OneParameter):
    template = "console/params/parameter.html"

    def get(self, request: HttpRequest, region: str) -> HttpResponse:
        told = self.describe()
        resource = {"ResourceType": PARAMETER, "ResourceId": self.name}
        return self.show(
            parameter=told,
            crumbs=crumbs(names.path_of(told.name)),
            tags=self.try_to_ask(ListTagsForResource, resource),
            versions=self.versions,
            labels=self._labels(),
            policies=policy_lines(told),
            sharing=self._sharing(told),
            **happened(self, told.arn),
        )

    def _labels(self) -> list[Labelled]:
        versions = self.versions.output or []
        return [Labelled(label, each.version) for each in versions for label in each.labels]

    def _sharing(self, told: ParameterMetadata) -> Answer | None:
        """None of one that cannot be shared."""
        if told.tier != Tier.ADVANCED:
            return None
        return self.try_to_ask(GetResourcePolicies, {"ResourceArn": told.arn})


def policy_lines(told: ParameterMetadata) -> list[PolicyLine]:
    found = policies.read(f"[{','.join(each.policy_text for each in told.policies)}]")
    due = {place: at for at, place in policies.notices(found, told.last_modified_date, 0)}
    return [
        PolicyLine(
            _WORDS[policy.type], policy.at or due[place], given.policy_status, given.policy_text
        )
        for place, (policy, given) in enumerate(zip(found, told.policies, strict=True))
    ]
