"""Makes the JSON Schema from the models: pydantic's own, made shorter and kinder to people in an editor.

Three things change. A parameter says its unit and its range, inside every distribution too. `null` goes: the
language has no such value. Titles are the words of the document, descriptions the first paragraphs of
docstrings.
"""

from __future__ import annotations

import copy
import inspect
import json
from typing import Any

from augspec.language.policy import SCHEMA_URL, Policy
from augspec.language.quantities import QUANTITIES, Quantity
from augspec.ops.base import Op
from augspec.registry import ops
from augspec.schema import SHIPPED
from augspec.vendors import PATTERN

__all__ = ["generate", "main", "vendor_node"]

Node = dict[str, Any]

_DISTRIBUTIONS = ("Uniform", "LogUniform", "Normal", "Integers", "Choice", "Beta")
_WHOLE = ("Integers", "Choice")
_UNTITLED = ("NormalParameters", "ChoiceParameters")
_LAST = ("p", "id")
_VENDORS: Node = {
    "title": "vendor.op",
    "description": "An op of another package, which must be installed; its vendor stands before the dot.",
    "type": "object",
    "properties": {"op": {"type": "string", "pattern": PATTERN}},
    "required": ["op"],
}


def generate() -> Node:
    """Return the schema of the models as they are now."""
    raw = Policy.model_json_schema(by_alias=True)
    defs = raw.pop("$defs")
    _without_null(raw)
    _without_null(defs)
    numbers = {name: _number(QUANTITIES[name], defs) for name in _used_quantities()}
    named = {cls.__name__: _op(cls, defs[cls.__name__]) for cls in ops().values()}
    named["Op"] = {
        "title": "op",
        "description": "One step of the policy, told by its field `op`.",
        "anyOf": [*({"$ref": f"#/$defs/{cls.__name__}"} for cls in ops().values()), _VENDORS],
    }
    targets = {name: _plain(node) for name, node in defs.items() if name.endswith(("Target", "Targets"))}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_URL,
        "title": "augspec policy",
        "description": _paragraph(Policy),
        **_policy(raw),
        "$defs": {
            **dict(sorted(named.items())),
            **dict(sorted(numbers.items())),
            **dict(sorted(targets.items())),
        },
    }


def vendor_node(cls: type[Op]) -> Node:
    """Return the definition of another package's op; its references are to definitions of the shipped schema."""
    raw = cls.model_json_schema(by_alias=True)
    _without_null(raw)
    return _op(cls, raw)


def text() -> str:
    """Return the schema as the text of the shipped file."""
    return json.dumps(generate(), indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    """Write the shipped file."""
    SHIPPED.write_text(text(), encoding="utf-8")


def _policy(raw: Node) -> Node:
    node = _plain(raw)
    for name in ("ops", "eval"):
        node["properties"][name]["items"] = {"$ref": "#/$defs/Op"}
    node.pop("title")
    node.pop("description")
    return {
        **node,
        # A pipeline that changes the size in training must say what evaluation does.
        "if": {
            "properties": {
                "ops": {
                    "contains": {
                        "properties": {"op": {"enum": [tag for tag, cls in ops().items() if cls.resizes]}},
                        "required": ["op"],
                    }
                }
            }
        },
        "then": {"required": ["eval"]},
    }


def _op(cls: type[Op], raw: Node) -> Node:
    marks = {name: mark.quantity for name, mark in cls.parameters()}
    raw = _plain(raw)
    properties = raw["properties"]
    for name, quantity in marks.items():
        old = properties[name]
        note = f"{old['description']} " if "description" in old else ""
        new = {
            "description": f"{note}A number or a distribution: {unit_and_range(quantity)}.",
            "$ref": _ref(quantity),
        }
        properties[name] = {**new, **({"default": old["default"]} if "default" in old else {})}
    if "ops" in properties:
        properties["ops"]["items"] = {"$ref": "#/$defs/Op"}
    order = [
        "op",
        *(name for name in cls.__annotations__ if name in properties and name not in ("op", *_LAST)),
    ]
    order += [name for name in properties if name not in order and name not in _LAST] + list(_LAST)
    properties["op"] = {"const": properties["op"]["const"], "description": _paragraph(cls)}
    return {
        "title": properties["op"]["const"],
        "description": _paragraph(cls),
        **{key: value for key, value in raw.items() if key not in ("title", "description", "properties", "required")},
        "properties": {name: properties[name] for name in order},
        "required": [name for name in order if name in raw["required"]],
    }


def _number(quantity: Quantity, defs: Node) -> Node:
    """Return what a parameter of a quantity may be: a constant in its domain, or a distribution on it."""
    limits = {"minimum": _short(quantity.low), "maximum": _short(quantity.high)}
    if quantity.whole:
        limits["type"] = "integer"
    options: list[Node] = [{"type": "number", **limits, "title": "constant"}]
    for name in _WHOLE if quantity.whole else _DISTRIBUTIONS:
        if name == "Beta" and not (quantity.low <= 0 and quantity.high >= 1):
            continue
        node = copy.deepcopy(defs[name])
        key = next(iter(node["properties"]))
        inner = node["properties"][key]
        if name == "Choice":
            inner = {"anyOf": [_inline(option, defs) for option in inner["oneOf"]]}
            inner["anyOf"][0]["properties"]["values"]["items"].update(limits)
            inner["anyOf"][1]["items"].update(limits)
        elif name == "Normal":
            inner = _inline(inner, defs)
            for end in ("low", "high"):
                inner["properties"][end].update(limits)
        elif name != "Beta":
            for entry in inner["prefixItems"]:
                entry.update(limits)
                if name == "LogUniform" and quantity.low <= 0:
                    entry.pop("minimum")
                    entry["exclusiveMinimum"] = 0
        node["properties"][key] = _plain(inner)
        options.append({**_plain(node), "title": key})
    return {"title": quantity.name, "description": unit_and_range(quantity), "anyOf": options}


def _inline(node: Node, defs: Node) -> Node:
    found: Node = _plain(copy.deepcopy(defs[node["$ref"].rsplit("/", 1)[1]] if "$ref" in node else node))
    return found


def unit_and_range(quantity: Quantity) -> str:
    """Return e.g. "degrees, counter-clockwise, from -3600 to 3600"."""
    return f"{quantity.meaning}, from {quantity.low:g} to {quantity.high:g}"


def _used_quantities() -> list[str]:
    return sorted({mark.quantity.name for cls in ops().values() for _, mark in cls.parameters()})


def _ref(quantity: Quantity) -> str:
    return f"#/$defs/{quantity.name}"


def _plain(node: Any) -> Any:
    """Drop titles that pydantic makes up from names, ".0" of whole numbers, and line breaks in paragraphs."""
    if isinstance(node, list):
        return [_plain(entry) for entry in node]
    if not isinstance(node, dict):
        return _short(node)
    if "oneOf" in node and "properties" not in node:  # the options exclude each other; editors explain anyOf better
        node = {"anyOf": node["oneOf"], **{key: value for key, value in node.items() if key != "oneOf"}}
    made_up = (
        "type" in node or "anyOf" in node or "oneOf" in node or "const" in node or "enum" in node or "$ref" in node
    )
    result = {key: _plain(value) for key, value in node.items() if not (key == "title" and made_up)}
    if isinstance(result.get("description"), str):
        result["description"] = " ".join(result["description"].split("\n\n")[0].split())
    if "properties" in node and node.get("title", "NormalParameters") not in _UNTITLED:
        result = {"title": node["title"], **result}
    return result


def _without_null(node: Any) -> None:
    if isinstance(node, list):
        for entry in node:
            _without_null(entry)
    if not isinstance(node, dict):
        return
    if "default" in node and node["default"] is None:
        del node["default"]
    if {"type": "null"} in (options := node.get("anyOf", [])):
        rest = [option for option in options if option != {"type": "null"}]
        del node["anyOf"]
        node.update({**rest[0], **node} if len(rest) == 1 else {"anyOf": rest})
    node.pop("discriminator", None)
    for value in node.values():
        _without_null(value)


def _short(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 else value


def _paragraph(cls: type) -> str:
    return " ".join((inspect.getdoc(cls) or "").split("\n\n")[0].split())


if __name__ == "__main__":
    main()
