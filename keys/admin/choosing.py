"""Keys to choose from, in forms of what is encrypted under one."""

from console.pages import Page
from keys.operations.list_aliases import ListAliases

SUGGESTED = 100


def aliases(page: Page) -> list[str]:
    """As far as the operator may list them; any other key may be typed."""
    output = page.try_to_ask(ListAliases, {"Limit": SUGGESTED}).output
    return [each.alias_name for each in output.aliases] if output else []
