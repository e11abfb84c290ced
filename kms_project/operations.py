"""The one index of every operation. The doors find an operation here and nowhere else."""

from typing import Any

from iam.operations.get_caller_identity import GetCallerIdentity
from service.operation import Operation

OPERATIONS: dict[str, type[Operation[Any, Any]]] = {
    operation.name: operation for operation in (GetCallerIdentity,)
}
