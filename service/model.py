"""botocore's service models: AWS's own description of every operation, and what we make of it."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from botocore.loaders import Loader
from botocore.model import OperationModel as BotocoreOperation
from botocore.model import ServiceModel, Shape

from service import constraints, redaction
from service.errors import ValidationFailed


@cache
def service(name: str) -> ServiceModel:
    """botocore's newest model of a service ("kms")."""
    return ServiceModel(Loader().load_service_model(name, "service-2"), name)


@cache
def operation(name: str) -> "OperationModel":
    """The model of an operation ("kms:Encrypt"). Raises KeyError if AWS knows none of that name."""
    service_name, _, action = name.partition(":")
    model = service(service_name)
    if action not in model.operation_names:
        raise KeyError(name)
    return OperationModel(model.operation_model(action))


class OperationModel:
    """One operation's shapes, and what follows from them, compiled once."""

    def __init__(self, model: BotocoreOperation) -> None:
        self.name: str = model.name
        self.input_shape: Shape | None = model.input_shape
        self.output_shape: Shape | None = model.output_shape
        self._check = constraints.compiled(self.input_shape) if self.input_shape else None

    def validate(self, params: Mapping[str, Any]) -> None:
        """Raise ValidationFailed, worded as AWS's, unless every constraint of the model holds.

        Members that the model does not know are ignored.
        """
        failures = self._check(params, "") if self._check else []
        if failures:
            raise ValidationFailed(constraints.message(failures))

    def recordable_input(self, params: Mapping[str, Any]) -> dict[str, Any] | None:
        """`requestParameters` of the record."""
        return redaction.recordable(self.input_shape, params)

    def recordable_output(self, answer: Mapping[str, Any] | None) -> dict[str, Any] | None:
        """`responseElements` of the record."""
        return redaction.recordable(self.output_shape, answer or {})
