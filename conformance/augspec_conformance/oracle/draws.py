"""Reading the realised numbers of one sample by their draw path (R6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np

from augspec_conformance.oracle.arrays import FloatArray, WordArray

Op: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class Draws:
    """The numbers of one sample, seen from one place of the policy.

    Attributes:
        values: Draw path to number, or to a list of numbers, in the units of the policy.
        path: Scope and op identities from the outermost to this place, such as `sample/one_of#0/rotate#0`.
        frame: Number of the image in its stack (T7).
        step: Which step of a `some_of` with replacement this is; every entry then holds one value per step
            (R8).
    """

    values: Mapping[str, Any]
    path: str = "sample"
    frame: int = 0
    step: int | None = None

    def into(self, op: Op) -> Draws:
        """Return the view from inside `op`."""
        return replace(self, path=f"{self.path}/{op['id']}")

    def at_step(self, step: int) -> Draws:
        """Return the view of one step of a choice with replacement.

        Raises:
            ValueError: Inside another such step; two levels of steps have no layout.
        """
        if self.step is not None:
            raise ValueError(f"{self.path}: a some_of with replacement inside another has no layout of draws")
        return replace(self, step=step)

    def applied(self, op: Op) -> bool:
        """Tell whether `op`, at this path, acts on this sample (C9); with no entry, p must be 0 or 1."""
        if f"{self.path}/apply" in self.values:
            return bool(self._entry("apply", 1)[0])
        p = op.get("p", 1)
        if p not in (0, 1):
            raise KeyError(f"{self.path}/apply")
        return bool(p)

    def number(self, op: Op, name: str) -> float:
        """Return the field `name` of `op`: its draw, or the policy's constant."""
        return float(self.numbers(op, name, 1)[0])

    def optional(self, op: Op, name: str) -> float | None:
        """Return the field `name` of `op`, or None where the policy leaves it out."""
        return None if op.get(name) is None else self.number(op, name)

    def numbers(self, op: Op, name: str, count: int) -> FloatArray:
        """Return `count` values of the field `name`, shape (count,): its draws, or its constant repeated."""
        if f"{self.path}/{name}" in self.values:
            return self._entry(name, count)
        constant = op[name]
        if isinstance(constant, bool) or not isinstance(constant, (int, float)):
            raise KeyError(f"{self.path}/{name}")
        return np.full(count, float(constant))

    def drawn(self, name: str, count: int = 1) -> FloatArray:
        """Return `count` drawn values that are no field of the op (a branch, an offset), shape (count,)."""
        return self._entry(name, count)

    def every(self, name: str) -> FloatArray:
        """Return all values of an entry as they stand, shape (D,), such as the branches of all steps."""
        return np.ravel(np.asarray(self.values[f"{self.path}/{name}"], dtype=np.float64))

    def words(self, name: str, count: int) -> WordArray:
        """Return `count` 32-bit words, shape (count,); those of step s > 0 stand under `name#s`."""
        entry = self.every(f"{name}#{self.step}" if self.step else name)
        return (entry.astype(np.int64) & 0xFFFFFFFF).astype(np.uint32).reshape(count)  # signed lanes are welcome

    def noise(self) -> WordArray:
        """Return the key of an image's noise, (4,) words: K2, the id's low word, and the frame's number."""
        return np.append(self.words("noise", 3), np.uint32(self.frame))

    def _entry(self, name: str, count: int) -> FloatArray:
        flat = self.every(name)
        start = 0 if self.step is None else self.step * count
        part = flat[start : start + count]
        if part.size != count or (self.step is None and flat.size != count):
            where = f"{self.path}/{name}"
            raise ValueError(f"{where}: wanted {count} values (step {self.step}), got {flat.tolist()}")
        return part
