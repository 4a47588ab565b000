"""Parts of a policy that never do anything, or only look like a choice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from augspec.lint.finding import Note, Rule
from augspec.lint.subject import Place, Subject
from augspec.ops.base import Combinator, bounds
from augspec.ops.one_of import OneOf
from augspec.ops.some_of import SomeOf

__all__ = ["IDLE"]


def _never(subject: Subject) -> Iterator[Note]:
    for place in subject.written:
        why = _idle(place)
        if why:
            yield place.path, why


def _idle(place: Place) -> str:
    op = place.op
    if op.p == 0:
        return f"{op.tag} with p 0"
    if place.around:
        holder, position = place.around[-1]
        if isinstance(holder, OneOf) and holder.weights is not None and holder.weights[position] == 0:
            return f"{op.tag} with weight 0"
    if isinstance(op, SomeOf) and op.n == 0:
        return f"{op.tag} of 0 members"
    if isinstance(op, Combinator) and not op.ops:
        return f"{op.tag} without members"
    neutral = op.neutral() or {}
    given = {name: value for name, _, value, _ in op.draws() if name in neutral}
    if given and all(bounds(value) == (neutral[name],) * 2 for name, value in given.items()):
        return f"{op.tag} with {', '.join(f'{name} {neutral[name]:g}' for name in given)}, which changes nothing"
    return ""


def _no_choice(subject: Subject) -> Iterator[Note]:
    for place in subject.written:
        op = place.op
        if isinstance(op, OneOf) and len(op.ops) == 1:
            yield place.path, f"{op.tag} with a single member"
        elif isinstance(op, SomeOf) and not op.replace and op.n == len(op.ops):
            yield place.path, f"{op.tag} of all its {op.n} members"


def _one_value(subject: Subject) -> Iterator[Note]:
    for place in subject.written:
        for name, value in _fields(place):
            low, high = value.support()
            if low == high:
                yield f"{place.path}.{name}", f"a distribution of the single value {low:g}"


def _fields(place: Place) -> Iterator[tuple[str, Any]]:
    for name, _ in place.op.parameters():
        value = getattr(place.op, name)
        if hasattr(value, "support"):
            yield name, value


IDLE = (
    Rule("W301", "It costs reading, and looks as if it did something.", "Leave it out, or give it a value.", _never),
    Rule(
        "W302",
        "It looks like a choice and is none.",
        "Write the member by itself with its p, or a sequence.",
        _no_choice,
    ),
    Rule("W303", "A reader takes it for a range.", "Write the number.", _one_value),
)
