"""Turns pydantic's errors into our own words: the place, what stands there, what may, and the fix."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from augspec.errors import PolicyProblem, format_path, nearest, show
from augspec.language.distributions import distribution_kinds
from augspec.registry import ops
from augspec.schema.describe import allowed, fields_at, node_at

__all__ = ["problems"]

Path = list[str | int]

_OWN_WORDS = ("domain", "range", "weights", "fields", "n", "whole")
"""Errors that our models raise: their message already says what is allowed."""

_MOST = 50


def problems(error: ValidationError, document: Any, at: tuple[str | int, ...] = ()) -> list[PolicyProblem]:
    """Return everything that is wrong with a document, or with what stands at a place of it, in its order."""
    entries: list[Any] = [{**entry, "loc": (*at, *entry["loc"])} for entry in error.errors(include_url=False)]
    # An array whose entries failed is also "too short" to pydantic: say it once.
    failed = {entry["loc"][:end] for entry in entries for end in range(len(entry["loc"]))}
    entries = [entry for entry in entries if entry["type"] != "too_short" or entry["loc"] not in failed][:_MOST]
    found: dict[tuple[str, str], PolicyProblem] = {}
    for entry in entries:
        problem = _problem(entry, document)
        found.setdefault((problem.path, problem.value), problem)
    return list(found.values())


def _problem(entry: Any, document: Any) -> PolicyProblem:
    kind = entry["type"]
    path = _path_in_document(entry["loc"], document, absent=kind == "missing")
    where = format_path(path)
    given = entry.get("input")
    value = show(given, quoted=True)
    if kind == "op":
        return _op(path, given)
    if kind == "extra_forbidden":
        fields = fields_at(path[:-1], document)
        name = str(path[-1])
        kinds = [key for key in distribution_kinds() if key in fields]
        if kinds and name in distribution_kinds():
            given_too = f"the distribution {name!r} beside {kinds[0]!r}"
            return PolicyProblem(where, given_too, "one distribution", f"Leave {name!r} or {kinds[0]!r} out.")
        return PolicyProblem(
            where, f"the unknown field {name!r}", f"the fields {', '.join(fields)}", nearest(name, fields)
        )
    if kind in ("n", "weights") and isinstance(given, dict):
        return PolicyProblem(format_path([*path, kind]), show(given.get(kind), quoted=True), entry["msg"])
    if kind in _OWN_WORDS:
        return PolicyProblem(where, value, entry["msg"], _whole_hint(given) if kind == "whole" else "")
    if entry["loc"][-1:] == ("[key]",):
        return PolicyProblem(where, f"the name {value}", "names of 1 to 200 characters")
    node = node_at(path, document)
    may = allowed(node) if node else entry["msg"].removeprefix("Input should be ")
    if kind == "missing":
        return PolicyProblem(where, "nothing", may, "It is required.")
    if kind == "too_long":
        value = f"{entry['ctx']['actual_length']} entries" if isinstance(given, list) else value
    return PolicyProblem(where, value, may, _hint(given, node or {}))


def _op(path: Path, given: Any) -> PolicyProblem:
    names = ops()
    tag = given.get("op") if isinstance(given, dict) else None
    if isinstance(given, dict) and "op" in given:
        return PolicyProblem(
            format_path([*path, "op"]),
            show(tag, quoted=True),
            f"one of the {len(names)} ops that augspec.ops() lists",
            nearest(str(tag), names),
        )
    hint = ""
    if isinstance(given, str) and given in names:
        hint = f'Write {{"op": "{given}"}}.'
    elif isinstance(given, dict):
        key = next((key for key, value in given.items() if isinstance(value, str) and value in names), None)
        key = key or next((key for key in given if key in names), None)
        word = given[key] if key is not None and key not in names else key
        hint = f'Write "op": "{word}".' if word else 'The field "op" is missing.'
    return PolicyProblem(
        format_path(path), show(given, quoted=True), 'an op, such as {"op": "rotate", "degrees": 10}', hint
    )


def _hint(given: Any, node: dict[str, Any]) -> str:
    if "enum" in node:
        return nearest(str(given), [str(word) for word in node["enum"]])
    if isinstance(given, int) and str(node.get("description", "")).startswith("[height, width]"):
        return f"Write [{given}, {given}]."
    titles = [option.get("title") for option in node.get("anyOf", ())]
    if "constant" in titles:
        return _number_hint(given, "uniform" if "uniform" in titles else "integers")
    return ""


def _whole_hint(given: Any) -> str:
    """Say how a range of whole numbers is written; of one between others nobody knows which ones are meant."""
    return _range_hint(given["uniform"], "integers") if isinstance(given, dict) and "uniform" in given else ""


def _range_hint(ends: list[Any], kind: str) -> str:
    if kind == "integers" and not all(isinstance(end, (int, float)) and float(end).is_integer() for end in ends):
        return ""
    return f'A range is written {{"{kind}": {show(ends, quoted=True)}}}.'


def _number_hint(given: Any, ranges: str) -> str:
    kinds = distribution_kinds()
    if isinstance(given, dict) and set(given) & {"min", "max", "low", "high", "from", "to"} and len(given) == 2:
        given = list(given.values())
    if isinstance(given, list) and len(given) == 2:
        return _range_hint(given, ranges)
    if isinstance(given, list):
        return f'A choice is written {{"choice": {show(given, quoted=True)}}}.'
    if isinstance(given, dict) and given:
        return nearest(str(next(iter(given))), kinds)
    if isinstance(given, str):
        try:
            float(given)
        except ValueError:
            return ""
        return "Write the number without quotes."
    return ""


def _path_in_document(location: Sequence[str | int], document: Any, *, absent: bool) -> Path:
    """Drop the parts of pydantic's location that name union members instead of document keys."""
    path: Path = []
    here: Any = document
    kinds = distribution_kinds()
    for step, part in enumerate(location):
        at_value = bool(path) and location[step - 1] == path[-1] and isinstance(here, dict)
        if at_value and (part == here.get("op") if isinstance(path[-1], int) else part in kinds and part in here):
            continue  # the tag of a union's member, not the field of that name
        inside = (isinstance(here, dict) and part in here) or (
            isinstance(here, list) and isinstance(part, int) and 0 <= part < len(here)
        )
        if inside:
            here = here[part]
            path.append(part)
        elif absent and step == len(location) - 1:
            path.append(part)
    return path
