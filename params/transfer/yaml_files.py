"""A tree as YAML: a mapping of parameters by their full names.

Only what such a file needs is taken: mappings, lists and texts. A plain 5432, yes or
2026-01-01 is the text as it is written. Tags that make objects, aliases and merges are not.
"""

import re
from collections.abc import Iterator, Sequence

import yaml

from params.transfer.entries import Entry, FileProblem, from_members, members_of

_TAG = "tag:yaml.org,2002:"
_PLAIN = frozenset(_TAG + name for name in ("str", "int", "float", "bool", "timestamp"))
_WIDEST = 1_000_000  # letters of a line: none is folded
_EASY = re.compile(r"[^\x00-\x1f\x7f-\xa0\u2028\u2029\ufeff]*")
_LINES = re.compile(rf"(?![ \n])(?:{_EASY.pattern}\n)+(?:{_EASY.pattern})")
_INVALID = "not valid YAML here; a text with special signs in it must be in quotes"


class _Loader(yaml.SafeLoader):
    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise FileProblem(
                mark.line + 1,
                "aliases are not taken; a text that begins with * must be in quotes",
            )
        found: yaml.Node | None = super().compose_node(parent, index)
        return found


class _Dumper(yaml.SafeDumper):
    pass


def _represented(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    """Lines as lines; what YAML might take for the end of one, or swallow, is escaped."""
    style = None if _EASY.fullmatch(text) else "|" if _LINES.fullmatch(text) else '"'
    return dumper.represent_scalar(_TAG + "str", text, style=style)


_Dumper.add_representer(str, _represented)


def write(entries: Sequence[Entry]) -> str:
    tree = {entry.name: members_of(entry) for entry in entries}
    return str(yaml.dump(tree, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=_WIDEST))


def read(text: str) -> Iterator[Entry]:
    """The entries in the order of the file, each with its line. Raises FileProblem."""
    for name, line, node in _pairs(_composed(text)):
        given = {key: _value(each) for key, each in _unique(node).items()}
        yield from_members(name, line, given)


def _composed(text: str) -> yaml.Node:
    try:
        node = yaml.compose(text, _Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise FileProblem(mark.line + 1 if mark else 1, _INVALID) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise FileProblem(line, "not valid YAML: a sign that must be escaped") from None
    except RecursionError:
        raise FileProblem(1, "too much within each other") from None
    if node is None:
        raise FileProblem(1, "the file is empty; a tree without parameters is {}")
    return node


def _pairs(node: yaml.Node) -> Iterator[tuple[str, int, yaml.Node]]:
    """The members of a mapping, by their keys, with their lines."""
    if not isinstance(node, yaml.MappingNode) or node.tag != _TAG + "map":
        raise FileProblem(_line(node), "expecting members, each with its name and a colon")
    for key, value in node.value:
        yield _text(key), _line(key), value


def _unique(node: yaml.Node) -> dict[str, yaml.Node]:
    found: dict[str, yaml.Node] = {}
    for key, line, value in _pairs(node):
        if key in found:
            raise FileProblem(line, "two members of one name")
        found[key] = value
    return found


def _value(node: yaml.Node) -> object:
    if isinstance(node, yaml.SequenceNode) and node.tag == _TAG + "seq":
        return [_text(each) for each in node.value]
    if isinstance(node, yaml.MappingNode):
        return {key: _text(each) for key, each in _unique(node).items()}
    return _text(node)


def _text(node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode) or node.tag not in _PLAIN:
        raise FileProblem(_line(node), "expecting a text; nothing, or what stands for it, is none")
    return str(node.value)


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
