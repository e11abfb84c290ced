"""Into the outbox: a notice is written in the transaction of the change that it tells of.

So what is rolled back is never told, and what is committed is, be it after a kill. The
worker delivers (`notices.delivering`).
"""

import json
from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from typing import Any

from django.db import connection

from notices import configured
from notices.models import Delivery
from service.ids import uuid4
from service.value import value


@value
class Notice:
    """Something that happened, as EventBridge tells it.

    source       "aws.ssm"
    detail_type  "Parameter Store Change"
    resources    the ARNs of what it happened to
    detail       what else is told of it; never a secret
    """

    source: str
    detail_type: str
    account: str
    region: str
    time: datetime
    resources: tuple[str, ...]
    detail: Mapping[str, Any] = field(repr=False)


def put(notice: Notice) -> None:
    """Have it told to every URL in the settings, once the transaction commits."""
    urls = configured.urls()
    if not urls:
        return
    if not connection.in_atomic_block:
        raise RuntimeError("a notice was to be written outside of the change that it tells of")
    notice_id = uuid4()
    body = json.dumps(_event(notice, notice_id), separators=(",", ":"))
    Delivery.objects.bulk_create(
        Delivery(
            notice_id=notice_id,
            account=notice.account,
            region=notice.region,
            detail_type=notice.detail_type,
            url=url,
            body=body,
            created=notice.time,
            next_attempt=notice.time,
        )
        for url in urls
    )


def _event(notice: Notice, notice_id: str) -> dict[str, Any]:
    """https://docs.aws.amazon.com/eventbridge/latest/ref/overview-event-structure.html"""
    return {
        "version": "0",
        "id": notice_id,
        "detail-type": notice.detail_type,
        "source": notice.source,
        "account": notice.account,
        "time": notice.time.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": notice.region,
        "resources": list(notice.resources),
        "detail": dict(notice.detail),
    }
