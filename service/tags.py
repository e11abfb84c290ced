"""What every service asks of the keys of tags; each has errors of its own for it."""

from collections.abc import Collection


def are_reserved(keys: Collection[str]) -> bool:
    """Whether one of the keys is AWS's."""
    return any(key.lower().startswith("aws:") for key in keys)


def are_alike(keys: Collection[str]) -> bool:
    """Whether two of the keys differ in case only, if at all.

    AWS lets such keys stand side by side, but conditions on tags do not tell cases apart:
    with team=blue and TEAM=red, who may only tag team=red would have set team=blue.
    """
    return len({key.lower() for key in keys}) < len(keys)
