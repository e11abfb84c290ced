"""What every page of the console is: a view that asks operations and shows what they answer."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.views.generic import View

from console.arrival import caller_of
from console.models import Operator
from console.refusals import Refusal, Refused, refusal_of
from service.call import call
from service.caller import Caller
from service.constraints import has_nul
from service.errors import ServiceError, ValidationFailed
from service.ids import uuid4
from service.operation import Operation
from service.value import value


@value
class Answer:
    """What a call answered, or why it did not: a part of a page that may be missing."""

    output: Any = None
    refusal: Refusal | None = None


class Page(View):
    """A page of one region. `section` is the slug of the section it belongs to, or "home".

    `template` and `title` are the page's own; a page that is refused shows why instead.
    """

    http_method_names = ["get", "head"]
    section: ClassVar[str] = ""
    template: ClassVar[str]
    title: str
    region: str

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.region = kwargs["region"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            if any(has_nul(each) for _, each in request.GET.lists()):
                # no database takes it for a text, and some pages look by what an address says
                raise Refused(refusal_of(ValidationFailed("An address has no character NUL.")))
            return super().dispatch(request, *args, **kwargs)
        except Refused as refused:
            return self.show(
                template="console/refused.html",
                status=refused.refusal.status,
                refusal=refused.refusal,
            )

    @cached_property
    def caller(self) -> Caller:
        operator = self.request.user
        if not isinstance(operator, Operator):  # admin_view lets no others pass
            raise TypeError("a page was asked for by no operator")
        return caller_of(self.request, operator, self.region)

    @property
    def asked(self) -> str:
        """What was searched for, without the place in it: for links to other pages of the same."""
        query = self.request.GET.copy()
        query.pop("after", None)
        return query.urlencode()

    def ask(self, operation: type[Operation[Any, Any]], params: Mapping[str, Any]) -> Any:
        """One call down the road, AWS-shaped; raises Refused, which is shown as the page."""
        answer = self.try_to_ask(operation, params)
        if answer.refusal is not None:
            raise Refused(answer.refusal)
        return answer.output

    def try_to_ask(self, operation: type[Operation[Any, Any]], params: Mapping[str, Any]) -> Answer:
        caller = replace(self.caller, request_id=uuid4())
        try:
            return Answer(call(caller, operation, params))
        except ServiceError as error:
            return Answer(refusal=refusal_of(error))

    def show(
        self, *, template: str | None = None, status: int = 200, **context: Any
    ) -> HttpResponse:
        shared = {
            **admin.site.each_context(self.request),
            "title": self.title,
            "section": self.section,
            "region": self.region,
            "account": self.caller.account,
            "failed": status >= 400,
        }
        return TemplateResponse(
            self.request, template or self.template, {**shared, **context}, status=status
        )
