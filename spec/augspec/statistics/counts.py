"""Which op acts on which sample, and with which parameters: read from draws alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from augspec.language.policy import Policy
from augspec.language.quantities import Quantity
from augspec.normalize import named, normalize
from augspec.ops.base import Combinator, TypeOp
from augspec.plan.build import build
from augspec.plan.place import place
from augspec.plan.stages import Chains, Choose, Leaf, Stage, leaves
from augspec.statistics.result import OpRate, ParameterSummary, Summary

__all__ = ["acting", "counted"]

Flags = npt.NDArray[np.bool_]
Drawn = Mapping[str, npt.NDArray[Any]]

_NO_NUMBERS = ("rank", "words", "flag", "index")
"""Quantities that are no parameters in people's units."""


def counted(policy: Policy, samples: int, seed: int) -> tuple[tuple[OpRate, ...], tuple[ParameterSummary, ...], float]:
    """Return rates, parameters and the share of samples that nothing changes."""
    import augspec

    ops, written = normalize(policy).ops, named(policy.ops)
    drawn = dict(augspec.compile(policy).draw(seed, np.arange(samples)).numpy().items())
    applied: dict[str, Flags] = {}
    changed: dict[str, Flags] = {}
    numbers: dict[str, list[npt.NDArray[Any]]] = defaultdict(list)
    kinds: dict[str, Quantity] = {}
    leaf_of: dict[str, Leaf] = {}
    none = np.zeros(samples, bool)
    for leaf, flags in acting(build(ops).stages, drawn, ~none):
        leaf_of[leaf.path] = leaf
        applied[leaf.path] = applied.get(leaf.path, none) | flags
        changed[leaf.path] = changed.get(leaf.path, none) | (flags & _changes(leaf, drawn, samples))
        for path, quantity, steps in _parameters(leaf, drawn):
            if quantity.name not in _NO_NUMBERS:
                kinds[path] = quantity
                numbers[path].append(_human(quantity, steps[flags].ravel()))
    real = [flags for path, flags in changed.items() if not isinstance(leaf_of[path].op, (TypeOp, Combinator))]
    identity = float((~np.any(real, axis=0)).mean()) if real else 1.0
    rates = tuple(
        OpRate(
            path,
            place(path, written, "ops"),
            leaf_of[path].op.tag,
            float(applied[path].mean()),
            float(changed[path].mean()),
        )
        for path in applied
    )
    found = tuple(
        ParameterSummary(path, kinds[path].name, Summary.of(np.concatenate(parts))) for path, parts in numbers.items()
    )
    return rates, found, identity


def acting(stages: tuple[Stage, ...], drawn: Drawn, flags: Flags) -> Iterator[tuple[Leaf, Flags]]:
    """Yield every leaf of a plan, at every step at which it stands, with the samples to which it is applied."""
    for stage in stages:
        if isinstance(stage, Choose):
            s = stage.selector
            on = flags if s.gate is None else flags & (_entry(drawn[s.gate], s.gate_entry) >= s.least)
            for number, branch in enumerate(stage.branches):
                taken = on if s.branch is None else on & (_entry(drawn[s.branch], s.branch_entry) == number)
                yield from acting(branch, drawn, taken)
            continue
        if isinstance(stage, Chains):
            yield stage.leaf, flags
            seen = flags & _changes(stage.leaf, drawn, len(flags))
            for chain in stage.chains:
                yield from acting(chain, drawn, seen)
            continue
        for leaf in leaves((stage,)):
            yield leaf, flags if leaf.gate is None else flags & (_entry(drawn[leaf.gate], leaf.step) == 1)


def _entry(array: npt.NDArray[Any], entry: int | None) -> npt.NDArray[Any]:
    return array if array.ndim == 1 else array[:, entry or 0]


def _parameters(leaf: Leaf, drawn: Drawn) -> Iterator[tuple[str, Quantity, npt.NDArray[Any]]]:
    """Yield (path, quantity, steps (B, entries)) of what a leaf draws, at its step."""
    for name, mark, _, count in leaf.op.draws():
        path = f"{leaf.path}/{name}"
        if path in drawn:
            first = (leaf.step or 0) * count
            array = drawn[path].reshape(len(drawn[path]), -1)
            yield path, mark.quantity, array[:, first : first + count]


def _changes(leaf: Leaf, drawn: Drawn, samples: int) -> Flags:
    """Return for which samples an applied leaf changes anything, (B,)."""
    never = leaf.op.changes == "never"
    neutral = None if leaf.op.resizes else leaf.op.neutral()
    if never or neutral is None:
        return np.full(samples, not never)
    found = np.zeros(samples, bool)
    own = {path.rpartition("/")[2]: steps for path, _, steps in _parameters(leaf, drawn)}
    for name, mark, value, _ in leaf.op.draws():
        if name in neutral:
            rest = mark.quantity.quantise(neutral[name])
            steps = own[name] if name in own else np.full((samples, 1), mark.quantity.quantise(value))
            found |= (steps != rest).any(axis=1)
    return found


def _human(quantity: Quantity, steps: npt.NDArray[Any]) -> npt.NDArray[Any]:
    values, where = np.unique(steps, return_inverse=True)
    return np.array([quantity.human(int(value)) for value in values], np.float64)[where.ravel()]
