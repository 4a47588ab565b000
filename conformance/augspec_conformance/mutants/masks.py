"""Faults of samples with several masks."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from typing import Any, ClassVar

import numpy as np

from augspec.language.policy import Policy
from augspec.namespace import Array
from augspec.plan.stages import Tile, Warp
from augspec_backends.generic.augmenter import Augmenter
from augspec_backends.generic.pixels import Pixels, State
from augspec_backends.generic.stages import STEPS, Steps
from augspec_backends.generic.stages.step import Params
from augspec_backends.generic.stages.tile import TileStep
from augspec_backends.generic.stages.warp import WarpStep
from augspec_backends.generic.warp import positions, sample_nearest
from augspec_conformance.mutants.faulty import Faulty, Run
from augspec_conformance.mutants.mutant import Mutant

__all__ = ["MUTANTS"]


class _OneFill(Pixels):
    def outside(self, state: State, name: str) -> Array:
        return np.array([self.targets.mask.fill]).astype(state[name].dtype)


class FillsAllAlike(Faulty):
    """Fills every mask with `targets.mask.fill`."""

    pixels = _OneFill


class _Named(Faulty):
    """Knows the names of its policy's masks."""

    names: tuple[str, ...] = ()

    def compile(self, policy: Policy, **options: Any) -> Augmenter:
        own = type(self)()
        own.names = tuple(policy.targets.masks)
        return super(_Named, own).compile(policy, **options)


class LeavesNamedMasks(_Named):
    """Passes the last of the named masks through, where it keeps its shape."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        out = run(key, sample, index)
        if not isinstance(out, Mapping) or not self.names or self.names[-1] not in out:
            return out
        last = self.names[-1]
        return {**out, last: sample[last].copy()} if sample[last].shape == out[last].shape else out


class NamedMasksAreBytes(_Named):
    """Takes named masks through 8 bits."""

    def result(self, out: Any, sample: Any) -> Any:
        if not isinstance(out, Mapping):
            return out
        return {
            n: x.astype(np.int32).astype(np.uint8).astype(x.dtype) if n in self.names else x for n, x in out.items()
        }


class _PlainFill(TileStep):
    def apply(self, on: Pixels, stage: Tile, state: State, params: Params, at: str) -> State:
        plain = copy(on)
        plain.fills = dict.fromkeys(on.fills, on.targets.mask.fill)
        return super().apply(plain, stage, state, params, at)


class FillsTilesAlike(Faulty):
    """Fills all masks with `targets.mask.fill` where the tiles of a mosaic leave the canvas free."""

    steps: ClassVar[Steps] = {**STEPS, Tile: _PlainFill()}


class _Blended(WarpStep):
    def apply(self, on: Pixels, stage: Warp, state: State, params: Params, at: str) -> State:
        new = super().apply(on, stage, state, params, at)
        _, height, width, _ = on.shape(state["image"])
        sx, sy = positions(on.xp, params[f"{at}.matrix"], height, width)
        for name in on.masks(state) if stage.border == "constant" else ():
            if state[name].dtype.kind == "f":
                nearest = sample_nearest(on.xp, state[name], sx, sy, "edge", on.outside(state, name))
                lost = ~np.isfinite(nearest) & np.isfinite(new[name])
                new[name] = np.where(lost, new[name].dtype.type(np.nan), new[name])
        return new


class BlendsFills(Faulty):
    """Shows outside of a mask its nearest value times 0 plus the fill: what is not finite there is NaN."""

    steps: ClassVar[Steps] = {**STEPS, Warp: _Blended()}


MUTANTS = (
    Mutant(
        "M255",
        "masks",
        "fills every mask with the value of the plain one",
        "Depth 0 stands where nothing is known.",
        FillsAllAlike,
        ("F13",),
    ),
    Mutant(
        "M256",
        "masks",
        "leaves the last of several masks as it came",
        "One label map belongs to another picture.",
        LeavesNamedMasks,
        ("F13",),
    ),
    Mutant(
        "M257",
        "masks",
        "takes named masks through 8 bits",
        "Depth in metres has whole steps.",
        NamedMasksAreBytes,
        ("F13",),
    ),
    Mutant(
        "M300",
        "masks",
        "fills the free canvas of a mosaic with the value of the plain mask",
        "Depth 0 stands between the tiles, where nothing is known.",
        FillsTilesAlike,
        ("F13",),
        tier="full",
    ),
    Mutant(
        "M312",
        "masks",
        "gives NaN outside where a float mask ends in an infinity",
        "A sky at infinite depth spreads over the border.",
        BlendsFills,
        ("F2",),
        tier="full",
    ),
)
