"""load: from text to a checked `Policy`, or an error that says what is wrong and where."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from augspec.errors import PolicyError, PolicyProblem, format_path, nearest, show
from augspec.language.distributions import distribution_kinds
from augspec.language.limits import MAX_BYTES, MAX_DEPTH, MAX_NODES, MAX_OPS
from augspec.language.policy import Policy, walk
from augspec.normalize import check_policy
from augspec.registry import ops

__all__ = ["dump", "dumps", "load", "loads", "parse"]


def load(path: str | os.PathLike[str]) -> Policy:
    """Read a policy file.

    Raises:
        PolicyError: the document is wrong; every problem is listed with its path.
        OSError: the file cannot be read.
    """
    return loads(Path(path).read_bytes())


def loads(text: str | bytes) -> Policy:
    """Read a policy from JSON text (UTF-8).

    Nothing in a document is ever imported, executed or instantiated by name.

    Raises:
        PolicyError: the document is wrong; every problem is listed with its path.
    """
    data = text.encode() if isinstance(text, str) else bytes(text)
    if len(data) > MAX_BYTES:
        raise PolicyError.single("", f"{len(data)} bytes", f"documents of at most {MAX_BYTES} bytes")
    _check_nesting(data)
    try:
        document = json.loads(data, object_pairs_hook=_unique, parse_constant=_no_constant)
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise PolicyError.single("", f"text that is not JSON ({error})", "one JSON object in UTF-8") from None
    except ValueError as error:  # integers past Python's digit limit
        raise PolicyError.single("", str(error), "numbers of ordinary length") from None
    return parse(document, data)


def parse(document: Any, data: bytes | None = None) -> Policy:
    """Check a document given as plain JSON values (dicts, lists, numbers, strings)."""
    if not isinstance(document, dict):
        raise PolicyError.single("", document, "a JSON object such as {\"augspec\": 1, \"ops\": []}")
    _check_size(document)
    version = document.get("augspec")
    if version != 1 or isinstance(version, bool):
        raise PolicyError.single(
            "augspec",
            "nothing" if version is None else version,
            "1, the version of the language that this release reads",
            "Add \"augspec\": 1." if version is None else "A newer version needs a newer augspec.",
        )
    try:
        policy = Policy.model_validate_json(data if data is not None else json.dumps(document))
    except ValidationError as error:
        raise PolicyError(_problems(error, document)) from None
    count = len(walk(policy.ops, ())) + len(walk(policy.eval or (), ()))
    if count > MAX_OPS:
        raise PolicyError.single("ops", f"{count} ops", f"at most {MAX_OPS} ops in one policy")
    check_policy(policy)
    return policy


def dumps(policy: Policy) -> str:
    """Return the policy as indented JSON text that `loads` reads back to an equal policy."""
    return json.dumps(policy.to_dict(), indent=2, ensure_ascii=False) + "\n"


def dump(policy: Policy, path: str | os.PathLike[str]) -> None:
    """Write the policy to a file."""
    Path(path).write_text(dumps(policy), encoding="utf-8")


def _check_nesting(data: bytes) -> None:
    """Refuse deep documents before the recursive parser sees them."""
    depth, quoted, escaped = 0, False, False
    for byte in data:
        if quoted:
            if escaped:
                escaped = False
            elif byte == 0x5C:
                escaped = True
            elif byte == 0x22:
                quoted = False
        elif byte == 0x22:
            quoted = True
        elif byte in b"[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise PolicyError.single("", f"nesting deeper than {MAX_DEPTH}", f"at most {MAX_DEPTH} levels")
        elif byte in b"]}":
            depth -= 1


def _check_size(document: Any) -> None:
    stack, nodes = [(document, 1)], 0
    while stack:
        value, depth = stack.pop()
        nodes += 1
        if nodes > MAX_NODES:
            raise PolicyError.single("", f"more than {MAX_NODES} JSON values", f"at most {MAX_NODES}")
        if depth > MAX_DEPTH:
            raise PolicyError.single("", f"nesting deeper than {MAX_DEPTH}", f"at most {MAX_DEPTH} levels")
        if isinstance(value, dict):
            stack.extend((child, depth + 1) for child in value.values())
        elif isinstance(value, (list, tuple)):
            stack.extend((child, depth + 1) for child in value)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise PolicyError.single(twice, "the same field twice in one object", "each field once")
    return result


def _no_constant(name: str) -> Any:
    raise PolicyError.single("", name, "finite numbers")


def _problems(error: ValidationError, document: Any) -> list[PolicyProblem]:
    entries = error.errors()
    if len(entries) > 1:  # an array whose entries failed is also "too short" to pydantic: say it once
        entries = [entry for entry in entries if entry["type"] != "too_short"] or entries
    return [_problem(entry, document) for entry in entries]


def _problem(entry: Any, document: Any) -> PolicyProblem:
    """Turn one of pydantic's errors into our own words."""
    kind, context = entry["type"], entry.get("ctx", {})
    path, owner = _path_in_document(entry["loc"], document, absent=kind == "missing")
    where = format_path(path)
    value = show(entry.get("input"))
    if kind == "op":
        given = entry["input"].get("op") if isinstance(entry.get("input"), dict) else None
        if given is None:
            return PolicyProblem(where, value, 'an op, such as {"op": "rotate", "degrees": 10}')
        names = ", ".join(ops())
        return PolicyProblem(format_path([*path, "op"]), show(given), f"one of {names}", nearest(str(given), ops()))
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        kinds = distribution_kinds()
        keys = list(entry["input"]) if isinstance(entry.get("input"), dict) else []
        hint = nearest(keys[0], kinds) if keys else ""
        return PolicyProblem(where, value, f"a number, or a distribution: {', '.join(kinds)}", hint)
    if kind == "extra_forbidden":
        fields = _fields_of(owner)
        allowed = f"only these fields: {', '.join(fields)}" if fields else "no such field"
        return PolicyProblem(where, f"the unknown field {str(path[-1])!r}", allowed, nearest(str(path[-1]), fields))
    if kind == "missing":
        return PolicyProblem(where, "nothing", "this field is required")
    return PolicyProblem(where, value, _allowed(kind, context, entry["msg"]))


def _allowed(kind: str, context: dict[str, Any], message: str) -> str:
    texts = {
        "greater_than": "numbers above {gt}",
        "greater_than_equal": "numbers from {ge}",
        "less_than": "numbers below {lt}",
        "less_than_equal": "numbers up to {le}",
        "finite_number": "finite numbers",
        "float_type": "a number",
        "int_type": "a whole number",
        "int_from_float": "a whole number",
        "bool_type": "true or false",
        "string_type": "a text",
        "tuple_type": "an array",
        "literal_error": "{expected}",
        "too_short": "at least {min_length} entries",
        "too_long": "at most {max_length} entries",
        "string_pattern_mismatch": "text like blur or rotate#0 (pattern {pattern})",
    }
    return texts[kind].format(**context) if kind in texts else message[:1].lower() + message[1:]


def _path_in_document(
    location: Sequence[str | int], document: Any, *, absent: bool
) -> tuple[list[str | int], Any]:
    """Drop the parts of pydantic's location that name union members instead of document keys."""
    path: list[str | int] = []
    here: Any = document
    owner: Any = document
    for step, part in enumerate(location):
        inside = (isinstance(here, dict) and part in here) or (
            isinstance(here, list) and isinstance(part, int) and 0 <= part < len(here)
        )
        if inside:
            owner, here = here, here[part]
            path.append(part)
        elif absent and step == len(location) - 1:
            path.append(part)
    return path, owner


def _fields_of(owner: Any) -> list[str]:
    if isinstance(owner, dict) and owner.get("op") in ops():
        return list(ops()[owner["op"]].model_fields)
    if isinstance(owner, dict) and "augspec" in owner:
        return [field.alias or name for name, field in Policy.model_fields.items()]
    kinds = distribution_kinds()
    return [key for key in owner if key in kinds] if isinstance(owner, dict) else []
