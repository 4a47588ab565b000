"""Says in words what the schema allows at a place of a document; errors and the command line use it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from augspec.schema import schema
from augspec.vendors import is_vendors, vendor_op

__all__ = ["allowed", "fields_at", "node_at"]

Node = dict[str, Any]


@cache
def _root() -> Node:
    return schema()


def node_at(path: Sequence[str | int], document: Any) -> Node | None:
    """Return the schema's node for a path such as ("ops", 2, "degrees"), or None where the language ends.

    Args:
        path: keys and positions from the root.
        document: the document, which tells by its `op` fields and distributions' keys which option is meant.
    """
    root = _root()
    node: Node | None = root
    here = document
    for part in path:
        node = _child(_chosen(node, here, root), part) if node is not None else None
        here = _step(here, part)
    return None if node is None else _chosen(node, here, root)


def fields_at(path: Sequence[str | int], document: Any) -> list[str]:
    """Return the fields that the object at a path may have."""
    node = node_at(path, document)
    return list(node.get("properties", ())) if node else []


def allowed(node: Node | None) -> str:
    """Return what a node allows, e.g. "a number from 0 to 1"."""
    if not node:
        return "nothing here"
    root = _root()
    if "$ref" in node:
        return allowed(_resolved(node, root))
    if "const" in node:
        return str(node["const"])
    if "enum" in node:
        return "one of " + ", ".join(str(word) for word in node["enum"])
    if "anyOf" in node:
        return _options(node)
    return _typed(node)


def _options(node: Node) -> str:
    titles = [option.get("title") for option in node["anyOf"]]
    if "constant" in titles:
        kinds = ", ".join(str(title) for title in titles if title != "constant")
        return f"{_typed(node['anyOf'][0])} ({_unit(node)}), or a distribution in that range: {kinds}"
    if len(titles) > 4:
        return 'an op, such as {"op": "rotate", "degrees": 10}'
    return ", or ".join(allowed(option) for option in node["anyOf"])


def _unit(node: Node) -> str:
    return str(node["description"]).split(", from ")[0]


def _typed(node: Node) -> str:
    kind = node.get("type")
    if kind in ("number", "integer"):
        return ("a whole number" if kind == "integer" else "a number") + _range(node)
    if kind == "string":
        example = node.get("examples", ["blur or rotate#0"])[0]
        return (
            f"a text like {example} (pattern {node['pattern']})"
            if "pattern" in node
            else (f"a text of at most {node['maxLength']} characters" if "maxLength" in node else "a text")
        )
    if kind == "boolean":
        return "true or false"
    if kind == "array":
        return _array(node)
    if _of_names(node):
        return f"an object of at most {node['maxProperties']} names, each {allowed(_of_names(node))}"
    fields = ", ".join(node.get("properties", ()))
    return f"an object with the fields {fields}" if fields else "an object"


def _range(node: Node) -> str:
    low, high = node.get("minimum"), node.get("maximum")
    if "exclusiveMinimum" in node:
        above = f" above {node['exclusiveMinimum']:g}"
        return above if high is None else f"{above}, up to {high:g}"
    if low is not None and high is not None:
        return f" from {_plain(low)} to {_plain(high)}"
    return "" if low is None else f" from {_plain(low)}"


def _plain(number: float) -> str:
    return str(number) if isinstance(number, int) else f"{number:g}"


def _array(node: Node) -> str:
    if "prefixItems" in node:
        first = node["prefixItems"][0]
        name = str(node.get("description", "")).split("]")[0] + "]" if "[" in node.get("description", "") else "[…, …]"
        return f"{name}, each {_typed(first)}"
    low, high = node.get("minItems", 0), node.get("maxItems")
    count = (
        f"{low} to {high}" if high is not None and low else f"at most {high}" if high is not None else "any number of"
    )
    inner = node.get("items", {})
    return f"an array of {count} entries, each {allowed(inner)}"


def _resolved(node: Node, root: Node) -> Node:
    return {**root["$defs"][node["$ref"].rsplit("/", 1)[1]]} if "$ref" in node else node


def _chosen(node: Node, value: Any, root: Node) -> Node:
    """Follow references, and take the option of a union that the value means."""
    node = _resolved(node, root)
    if node.get("title") == "op" and isinstance(value, dict) and is_vendors(value.get("op")):
        return _of_vendor(value["op"])
    for option in node.get("anyOf", ()):
        inner = _resolved(option, root)
        properties = inner.get("properties", {})
        if isinstance(value, dict) and "op" in properties:
            if properties["op"].get("const") == value.get("op"):
                return inner
        elif isinstance(value, dict):
            if set(inner.get("required", ())) & set(value):
                return inner
        elif isinstance(value, list) and inner.get("type") == "array":
            return inner
    return node


@cache
def _of_vendor(tag: str) -> Node:
    from augspec.schema.generate import vendor_node

    return vendor_node(vendor_op(tag))


def _child(node: Node, part: str | int) -> Node | None:
    found: Any
    if isinstance(part, int):
        prefix = node.get("prefixItems", ())
        found = prefix[part] if part < len(prefix) else node.get("items")
    else:
        found = node.get("properties", {}).get(part) or _of_names(node)
    return None if found is None else found


def _of_names(node: Node) -> Node | None:
    """Return what stands under the names of an object that may have any; None for other objects."""
    inner = node.get("additionalProperties")
    return inner if isinstance(inner, dict) else None


def _step(value: Any, part: str | int) -> Any:
    try:
        return value[part]
    except (KeyError, IndexError, TypeError):
        return None
