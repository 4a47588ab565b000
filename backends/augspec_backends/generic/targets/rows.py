"""What boxes and keypoints have in common: rows of float numbers, and which of them are still valid."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from functools import reduce

import numpy as np

from augspec.errors import SampleError
from augspec.formats import FLOATS
from augspec.language.policy import Targets
from augspec.namespace import Array
from augspec_backends.generic.options import Options
from augspec_backends.generic.signature import Signature
from augspec_backends.generic.targets.target import Passage, Shape, Target

__all__ = ["Rows", "as_given", "check_flag"]

_FARTHEST = 1e9
"""Farthest coordinate of a box or keypoint: areas of much farther ones leave float32."""


@dataclass(frozen=True)
class Rows(Target):
    """A target (N, columns) of floats."""

    @abstractmethod
    def columns(self, options: Options) -> int:
        """Return how many numbers a row has."""

    def check(self, shape: Shape, dtype: str, sig: Signature, options: Options, settings: Targets) -> None:
        lead, size = sig.lead, self.columns(options)
        if len(shape) != 2 + len(lead) or shape[-1] != size or shape[:-2] != lead:
            axes = [*("B" if sig.batched else ""), *("T" if sig.frames is not None else ""), "N", str(size)]
            known = [f"{axis} = {side}" for axis, side in zip(axes, lead, strict=False)]
            wanted = f"shape ({', '.join(axes)})" + (f" with {' and '.join(known)}" if known else "")
            raise SampleError(self.name, wanted, f"shape {shape}")
        if shape[-2] is None:
            raise SampleError(
                self.name, f"a static number of {self.name} (pad them, and give their flags)", f"shape {shape}"
            )
        if dtype not in FLOATS:
            raise SampleError(self.name, f"a dtype of {', '.join(FLOATS)}", f"dtype {dtype}")

    def check_values(self, values: np.ndarray, options: Options, settings: Targets) -> None:
        array = np.asarray(values, dtype=np.float64)
        if not np.isfinite(array).all():
            where = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
            raise SampleError(self.name, "finite numbers", f"{array[where]} at index {where}")
        if (np.abs(array) > _FARTHEST).any():
            where = tuple(int(i) for i in np.argwhere(np.abs(array) > _FARTHEST)[0])
            raise SampleError(
                self.name, f"numbers from {-_FARTHEST:g} to {_FARTHEST:g}", f"{array[where]:g} at index {where}"
            )


def check_flag(target: Target, shape: Shape, dtype: str, of: Shape) -> None:
    """Refuse flags that are not one boolean for each row of a target of a shape."""
    if shape != of[:-1] or dtype != "bool":
        raise SampleError(
            target.flag, f"booleans of shape {of[:-1]}, one for each of {target.name}", f"{dtype} {shape}"
        )


def as_given(go: Passage, new: Array, end: Array, start: Array, given: Array) -> Array:
    """Return rows that nothing moved exactly as they came, whatever their format and dtype (C11).

    What came from other samples follows a sample's own rows.
    """
    xp, given = go.xp, go.rows(given)
    if end is start:
        return given
    count, rest = xp.shape(start)[1], new
    new, end = new[:, :count, ...], end[:, :count, ...]
    same = reduce(xp.logical_and, (a == b for a, b in zip(xp.unstack(end), xp.unstack(start), strict=True)))
    own = xp.where(same[..., None], given, new)
    return own if xp.shape(rest)[1] == count else xp.concat([own, rest[:, count:, ...]], 1)
