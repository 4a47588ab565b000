"""Sizes: what every op is given, from the images' size on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from augspec.check.places import pipelines
from augspec.check.problem import Problem
from augspec.check.setting import Setting
from augspec.errors import SampleError
from augspec.language.limits import MAX_SIDE
from augspec.ops.base import Combinator, Macro, Op
from augspec.ops.one_of import OneOf

if TYPE_CHECKING:
    from augspec.language.policy import Policy

__all__ = ["problems", "settled"]

Size = tuple[int, int]

_PROBES = ((480, 640), (640, 480), (512, 512), (1000, 999), (MAX_SIDE, MAX_SIDE), (96, 96))


def problems(policy: Policy, setting: Setting) -> list[Problem]:
    """Return the sizes that ops do not accept."""
    if setting.shape is None:
        return []
    found = _shape(setting)
    if found:
        return found
    for name, ops in pipelines(policy):
        _follow(ops, name, setting.size, found)
    return found


def _shape(setting: Setting) -> list[Problem]:
    shape, size = setting.shape or (), setting.size
    text = "×".join(map(str, shape))
    if size is None:
        form, what = setting.single, "stack" if setting.frames else "image"
        stacks = len(shape) == 5 and not setting.frames
        fix = "For batches of stacks, say so: `--frames`, or frames=True." if stacks else ""
        return [Problem("shape", text, f"{form} for one {what}, N{form} for a batch, or height×width alone", fix)]
    if min(shape[setting.batched :]) < 1:
        return [Problem("shape", text, f"at least {'one frame, ' if setting.frames else ''}one pixel and one channel")]
    if max(size) > MAX_SIDE:
        return [
            Problem("shape", text, f"sides of at most {MAX_SIDE} pixels", f"It is read in the layout {setting.layout}.")
        ]
    return []


def _follow(ops: tuple[Op, ...], place: str, size: Size | None, found: list[Problem]) -> Size | None:
    """Return the size after the ops; None where a problem hides it."""
    for position, op in enumerate(ops):
        size = _after(op, f"{place}[{position}]", size, found)
    return size


def _after(op: Op, where: str, size: Size | None, found: list[Problem]) -> Size | None:
    if isinstance(op, Macro):
        inside: list[Problem] = []
        after = _after(op.expansion(), where, size, inside)
        found += [replace(one, path=where) for one in inside]
        return after
    if isinstance(op, Combinator):
        if not isinstance(op, OneOf):  # the members of any other choice keep the size
            return _follow(op.ops, f"{where}.ops", size, found)
        ends = [_after(member, f"{where}.ops[{n}]", size, found) for n, member in enumerate(op.ops)]
        return next((end for end in ends if end is not None), None)
    if size is None:
        return settled(op)
    try:
        return op.output_size(*size)
    except SampleError as error:
        found.append(Problem(where, error.got, error.expected, error.fix))
        return settled(op)


def settled(op: Op) -> Size | None:
    """Return the size that an op always gives, if it does not depend on what it gets."""
    ends = set()
    for probe in _PROBES:
        try:
            ends.add(op.output_size(*probe))
        except SampleError:
            continue
    return ends.pop() if len(ends) == 1 else None
