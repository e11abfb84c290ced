"""Regions in the console's paths."""

from django.urls.converters import StringConverter

from service.regions import served_regions


class RegionConverter(StringConverter):
    """A region that is served; any other path is not found."""

    regex = "[a-z]+(?:-[a-z]+)+-[0-9]+"

    def to_python(self, value: str) -> str:
        if value not in served_regions():
            raise ValueError(value)
        return value
