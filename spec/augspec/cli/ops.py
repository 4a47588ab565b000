"""`augspec ops`: everything that a policy can say, made from the op classes and the schema."""

from __future__ import annotations

import inspect
import json
from typing import Annotated, Any

import typer

import augspec
from augspec.cli import talk
from augspec.cli.options import Format, FormatOption
from augspec.errors import nearest
from augspec.ops.base import Combinator, Macro, Op
from augspec.schema.describe import allowed

__all__ = ["ops"]

_WIDE = 58
_COMMON = ("p", "id", "interpolation", "border", "fill")


def ops(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="One op, in detail.")] = None,
    format: FormatOption = Format.text,  # noqa: A002 (the option's name)
) -> None:
    """List the ops with their fields, or show one in detail."""
    known = _known()
    if name is not None and name not in known:
        raise typer.BadParameter(f"no op {name!r}. {nearest(name, known)} All of them: augspec ops".replace("  ", " "))
    facts = [_facts(tag, known[tag]) for tag in (known if name is None else [name])]
    if format is Format.json:
        talk.json_out(facts if name is None else facts[0])
    elif name is None:
        _list(facts)
    else:
        _detail(facts[0])


def _known() -> dict[str, type[Op]]:
    """Return our ops and those of other installed packages."""
    return augspec.ops() | augspec.vendor_ops()


def _facts(tag: str, cls: type[Op]) -> dict[str, Any]:
    defs = augspec.schema(vendors=True)["$defs"]
    node = defs[tag if "." in tag else cls.__name__]
    fields = []
    for name, prop in node["properties"].items():
        if name == "op":
            continue
        entry = {
            "name": name,
            "allowed": allowed(prop),
            "brief": _brief(prop, defs),
            "description": prop.get("description", ""),
        }
        if "default" in prop:
            entry["default"] = prop["default"]
        fields.append(entry | {"required": name in node["required"]})
    return {
        "op": tag,
        "stage": cls.stage,
        "channels": None if cls.channels is None else list(cls.channels),
        "tolerance": None if issubclass(cls, (Combinator, Macro)) else cls.tolerance,  # its members have theirs
        "summary": node["description"],
        "text": inspect.getdoc(cls) or "",
        "fields": fields,
    }


def _list(facts: list[dict[str, Any]]) -> None:
    for entry in facts:
        rest = f"{entry['stage']:<10}  channels {_channels(entry):<4}  {entry['tolerance'] or ''}"
        talk.out((f"{entry['op']:<20}", "bold"), f"  {rest}".rstrip())
        for field in entry["fields"]:
            if field["name"] not in _COMMON:
                talk.out(f"    {field['name']:<16}  {field['brief']:<{_WIDE}}  ", (_state(field), "dim"))
    talk.note("All ops have p and id; warps have interpolation, border, fill. One op in detail: augspec ops rotate")
    talk.note("An op's last word is the tolerance class of float images; uint8 images are equal on every backend.")


def _brief(prop: dict[str, Any], defs: dict[str, Any]) -> str:
    """Return what a field allows in a few words."""
    if "$ref" in prop:
        meaning, _, limits = str(defs[prop["$ref"].rsplit("/", 1)[1]]["description"]).rpartition(", from ")
        return f"{limits}  ({meaning})"
    if "enum" in prop:
        options = " | ".join(prop["enum"])
        return options if len(options) <= _WIDE else f"one of {len(prop['enum'])} names"
    if "items" in prop:
        return "ops" if "$ref" in prop["items"] else "numbers"
    words: str = prop["description"] if prop.get("type") == "array" else allowed(prop)
    return words.removeprefix("a ").removeprefix("whole number from ").removesuffix(".").split(";")[0]


def _state(field: dict[str, Any]) -> str:
    if "default" in field:
        return f"default {_short(field['default'])}"
    return "required" if field["required"] else "optional"


def _detail(entry: dict[str, Any]) -> None:
    talk.out(
        (entry["op"], "bold"),
        f"  ({entry['stage']}, channels {_channels(entry)}, tolerance {entry['tolerance'] or 'of its members'})",
    )
    talk.out()
    talk.out(entry["text"])
    for field in entry["fields"]:
        talk.out()
        talk.out((field["name"], "bold"), f"  ({_state(field)})")
        if field["description"]:
            talk.out("  ", field["description"].split(" A number or a distribution: ")[0])
        talk.out(("  allowed: ", "dim"), field["allowed"])


def _channels(entry: dict[str, Any]) -> str:
    return "any" if entry["channels"] is None else ", ".join(str(count) for count in entry["channels"])


def _short(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, dict):
        return json.dumps({key: [round(v, 4) for v in ends] for key, ends in value.items()})
    return value if isinstance(value, str) else json.dumps(value)
