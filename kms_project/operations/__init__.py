"""The one index of every operation. The doors find an operation here and nowhere else.

Each service's are listed in a module.
"""

from typing import Any

from kms_project.operations import identities, keys, parameters, secrets, trail
from service.operation import Operation

OPERATIONS: dict[str, type[Operation[Any, Any]]] = {
    operation.name: operation
    for service in (trail, identities, keys, parameters, secrets)
    for operation in service.OPERATIONS
}
