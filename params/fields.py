"""What a migration knows by this place."""

from service.columns import Ordered

__all__ = ["Ordered"]
