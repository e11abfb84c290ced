"""From a browser's request to the Caller who walks the road."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.http import HttpRequest

from iam import revision
from iam.principals import user_principal
from service.caller import Caller, Principal
from service.ids import uuid4
from service.peer import peer

if TYPE_CHECKING:
    from console.models import Operator

SIGN_IN_REGION = "us-east-1"  # where AWS records signing in
MOST_AGENT = 1024


def caller_of(request: HttpRequest, operator: "Operator", region: str) -> Caller:
    """The operator's IAM user, calling through the console."""
    return caller(request, user_principal(operator.user), region)


def caller(request: HttpRequest, principal: Principal, region: str) -> Caller:
    address, secure = peer(request.META)
    return Caller(
        principal=principal,
        region=region,
        snapshot=revision.current(),
        time=datetime.now(UTC),
        request_id=uuid4(),
        source_ip=address,
        user_agent=request.headers.get("User-Agent", "")[:MOST_AGENT],
        door="console",
        secure_transport=secure,
    )
