"""Service models in botocore's form, and what we make of them.

AWS's own description of every operation; and, for services that AWS has none of, the one
that an app gives in `APP/service_models/SERVICE/VERSION/service-2.json`.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from botocore.loaders import Loader
from botocore.model import OperationModel as BotocoreOperation
from botocore.model import ServiceModel, Shape
from django.apps import apps

from service import constraints, redaction
from service.errors import ValidationFailed


@cache
def service(name: str) -> ServiceModel:
    """The newest model of a service ("kms")."""
    own = [Path(app.path, "service_models") for app in apps.get_app_configs()]
    loader = Loader(extra_search_paths=[str(path) for path in own if path.is_dir()])
    return ServiceModel(loader.load_service_model(name, "service-2"), name)


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
