"""Reading YAML so that mistakes have a place: every scalar stays text, lines are known, a key written twice is a fault."""

from __future__ import annotations

from typing import Any

import yaml

from leads.errors import Misconfigured

Path = tuple[str | int, ...]


#: How YAML writes nothing: what programs put where a person leaves the place empty.
_NOTHING = ("", "null", "Null", "NULL", "~")


class Document:
    """``data``: mappings, lists, text and None where nothing is written; nothing guessed (``NO`` is not false, ``021`` not 17).
    ``faults``: keys given twice."""

    def __init__(self, data: Any, lines: dict[Path, int], faults: list[tuple[Path, str]]) -> None:
        self.data = data
        self.lines = lines
        self.faults = faults

    def line(self, path: Path) -> int:
        """The line (from 1) of ``path`` or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read(text: str) -> Document:
    """Raises Misconfigured when ``text`` is no YAML."""
    try:
        root = yaml.compose(text, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "file"
        problem = getattr(error, "problem", None) or "cannot be read"
        raise Misconfigured([(where, f"this is no YAML ({problem}); check indentation, colons and quotes")]) from None
    document = Document({}, {}, [])
    if root is not None:
        document.data = _value(root, (), document, frozenset())
    return document


def _value(node: yaml.Node, path: Path, document: Document, above: frozenset[int]) -> Any:
    document.lines.setdefault(path, node.start_mark.line + 1)
    if id(node) in above:
        document.faults.append((path, "this alias contains itself; write the values out"))
        return None
    above |= {id(node)}
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*path, i), document, above) for i, item in enumerate(node.value)]
    if isinstance(node, yaml.ScalarNode):
        return None if node.style is None and node.value in _NOTHING else node.value
    data: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "?"
        document.lines[(*path, key)] = key_node.start_mark.line + 1
        if key in data:
            document.faults.append(((*path, key), "written twice; the id or key must be unique, remove or rename one"))
        data[key] = _value(value_node, (*path, key), document, above)
    return data
