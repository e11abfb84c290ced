"""The operations of CloudTrail."""

from typing import Any

from audit.operations.lookup_events import LookupEvents
from service.operation import Operation

OPERATIONS: tuple[type[Operation[Any, Any]], ...] = (LookupEvents,)
