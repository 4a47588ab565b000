"""load: from text to a checked `Policy`, or an error that says what is wrong and where."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from augspec.errors import PolicyError, PolicyProblem, Unsupported, format_path, show
from augspec.language.limits import MAX_BYTES, MAX_DEPTH, MAX_NODES, MAX_OPS

if TYPE_CHECKING:
    from augspec.language.policy import Policy

__all__ = ["dump", "dumps", "load", "loads", "parse"]

_MOST_PROBLEMS = 50
_JSON_RULES = "JSON has no comments, no trailing commas and no single quotes."


def load(path: str | os.PathLike[str]) -> Policy:
    """Read a policy file.

    Raises:
        PolicyError: the document is wrong; every problem is listed with its path.
        OSError: the file cannot be read.
    """
    with Path(path).open("rb") as file:
        return loads(file.read(MAX_BYTES + 1))


def loads(text: str | bytes) -> Policy:
    """Read a policy from JSON text (UTF-8).

    Nothing in a document is ever imported, executed or instantiated by name.

    Raises:
        PolicyError: the document is wrong; every problem is listed with its path.
    """
    if not isinstance(text, (str, bytes, bytearray)):
        raise TypeError(f"loads() takes JSON text, got {type(text).__name__}; for plain values use augspec.parse()")
    try:
        data = text.encode() if isinstance(text, str) else bytes(text)
        if len(data) > MAX_BYTES:
            raise PolicyError.single("", f"more than {MAX_BYTES} bytes", f"documents of at most {MAX_BYTES} bytes")
        plain = data.decode("utf-8-sig")
    except (UnicodeEncodeError, UnicodeDecodeError) as error:
        raise _unreadable(f"text that is not UTF-8 ({error.reason})", "Save the file as UTF-8.") from None
    _check_nesting(data)
    try:
        document = json.loads(plain, object_pairs_hook=_pairs)
    except json.JSONDecodeError as error:
        said = error.msg.removesuffix(" at")  # json's own sentence goes on with the place
        where = f"line {error.lineno}, column {error.colno}: {said[:1].lower()}{said[1:]}"
        raise _unreadable(f"text that is not JSON ({where})", _JSON_RULES) from None
    except ValueError:  # integers past Python's digit limit
        raise PolicyError.single("", "a number of thousands of digits", "numbers of ordinary length") from None
    return parse(document, plain)


def _unreadable(value: str, fix: str) -> PolicyError:
    return PolicyError([PolicyProblem("", value, "one JSON object in UTF-8", fix)])


def parse(document: Any, text: str | None = None) -> Policy:
    """Check a document given as plain JSON values (dicts, lists, numbers, strings).

    Args:
        document: the values.
        text: the JSON text they came from, where there is one.

    Raises:
        PolicyError: the document is wrong; every problem is listed with its path.
    """
    from pydantic import ValidationError

    from augspec.language.policy import Policy, walk
    from augspec.normalize import check_policy

    if not isinstance(document, dict):
        raise PolicyError.single("", show(document, quoted=True), 'a JSON object such as {"augspec": 1, "ops": []}')
    _check_values(document)
    version = document.get("augspec")
    if type(version) is not int or version != 1:
        raise PolicyError.single(
            "augspec",
            "nothing" if "augspec" not in document else show(version, quoted=True),
            "1, the version of the language that this release reads",
            "A later version needs a later release: pip install --upgrade augspec."
            if type(version) is int and version > 1
            else 'Write "augspec": 1.',
        )
    _check_vendors(document)
    try:
        policy = Policy.model_validate_json(json.dumps(document) if text is None else text)
    except ValidationError as error:
        from augspec.problems import problems

        raise PolicyError(problems(error, document)) from None
    for name, pipeline in (("ops", policy.ops), ("eval", policy.eval or ())):
        count = len(walk(pipeline, ()))
        if count > MAX_OPS:
            raise PolicyError.single(name, f"{count} ops", f"at most {MAX_OPS} ops, members of combinators included")
    check_policy(policy)
    return policy


def dumps(policy: Policy) -> str:
    """Return the policy as indented JSON text that `loads` reads back to an equal policy.

    Raises:
        TypeError: it is no policy.
    """
    from augspec.language.policy import Policy

    if not isinstance(policy, Policy):
        raise TypeError(f"dumps() takes a Policy (from augspec.load, loads or parse), got {type(policy).__name__}")
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
                raise PolicyError.single("", f"more than {MAX_DEPTH} levels of nesting", f"at most {MAX_DEPTH} levels")
        elif byte in b"]}":
            depth -= 1


class _Repeated(dict[str, Any]):
    """An object of a document in which a field stood twice."""

    field = ""


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) == len(pairs):
        return result
    seen: set[str] = set()
    repeated = _Repeated(result)
    repeated.field = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
    return repeated


def _check_values(document: Any) -> None:
    """Refuse what JSON can write but the language has not: too much, repeated fields, null, NaN, infinity."""
    found: list[PolicyProblem] = []
    stack: list[tuple[Any, tuple[str | int, ...]]] = [(document, ())]
    nodes = 0
    while stack and len(found) < _MOST_PROBLEMS:
        value, path = stack.pop()
        nodes += 1
        if nodes > MAX_NODES:
            raise PolicyError.single("", f"more than {MAX_NODES} JSON values", f"at most {MAX_NODES}")
        if len(path) >= MAX_DEPTH and isinstance(value, (dict, list, tuple)):  # a number is no level
            raise PolicyError.single("", f"more than {MAX_DEPTH} levels of nesting", f"at most {MAX_DEPTH} levels")
        if isinstance(value, _Repeated):
            here = format_path((*path, value.field))
            found.append(PolicyProblem(here, "the same field twice", "each field once", "Remove one of the two."))
        if isinstance(value, dict):
            if not all(isinstance(key, str) and _whole(key) for key in value):
                found.append(PolicyProblem(format_path(path), "a field name that is no text", "field names of text"))
                continue
            stack.extend((child, (*path, key)) for key, child in reversed(value.items()))
        elif isinstance(value, (list, tuple)):
            stack.extend((value[i], (*path, i)) for i in reversed(range(len(value))))
        elif value is None:
            fix = "A field that has a default may be left out."
            found.append(PolicyProblem(format_path(path), "null", "a value", fix))
        elif isinstance(value, str) and not _whole(value):
            found.append(PolicyProblem(format_path(path), "half a character (a lone surrogate)", "whole characters"))
        elif isinstance(value, float) and not math.isfinite(value):
            found.append(PolicyProblem(format_path(path), f"{value}", "finite numbers"))
        elif isinstance(value, int) and abs(value) >= 2**64:
            found.append(PolicyProblem(format_path(path), show(value), "numbers below 2^64"))
    if found:
        raise PolicyError(found)


def _check_vendors(document: dict[str, Any]) -> None:
    """Refuse what is wrong with the ops of other packages: their classes are not in our union."""
    from pydantic import ValidationError

    from augspec.registry import ops
    from augspec.vendors import is_vendors, vendor_op

    found: list[PolicyProblem] = []
    stack: list[tuple[Any, tuple[str | int, ...]]] = [(document.get(name), (name,)) for name in ("eval", "ops")]
    while stack:
        members, path = stack.pop()
        for position, op in enumerate(members if isinstance(members, list) else ()):
            if not isinstance(op, dict):
                continue
            here = (*path, position)
            stack.append((op.get("ops"), (*here, "ops")))
            if not is_vendors(op.get("op")):
                continue
            try:
                vendor_op(op["op"]).model_validate_json(json.dumps(op))
            except Unsupported as error:
                may = f"one of the {len(ops())} ops that augspec.ops() lists, or of an installed package's"
                fix = f"{error.reason[:1].upper()}{error.reason[1:]}. {error.fix}".rstrip()
                found.append(PolicyProblem(format_path((*here, "op")), show(op["op"], quoted=True), may, fix))
            except ValidationError as error:
                from augspec.problems import problems

                found.extend(problems(error, document, here))
    if found:
        raise PolicyError(found)


def _whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
