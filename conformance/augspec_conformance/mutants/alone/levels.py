"""Faults of the last bits, too small for any comparison with a tolerance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from augspec.language.quantities import QUANTITIES
from augspec.namespace import Array
from augspec.ops.contrast import Contrast
from augspec.plan.stages import Leaf, Pointwise
from augspec_backends.generic.pixels import Pixels, State
from augspec_backends.generic.stages import STEPS, Steps
from augspec_backends.generic.stages.pixelwise import PointwiseStep
from augspec_conformance.mutants.alone.fault import alone
from augspec_conformance.mutants.faulty import Faulty

__all__ = ["MUTANTS"]

_STEPS = np.float32(2**21)


class _Truncates(PointwiseStep):
    def apply(self, on: Pixels, stage: Pointwise, state: State, params: Mapping[str, Array], at: str) -> State:
        new, old = super().apply(on, stage, state, params, at), state["image"]
        image = new["image"]
        if image.dtype != np.float32:
            return new
        return {**new, "image": np.where(image == old, image, np.floor(image * _STEPS) / _STEPS)}


class TruncatesColours(Faulty):
    """Keeps 21 bits of what a change of colours makes of floats, and cuts the rest off."""

    steps: ClassVar[Steps] = {**STEPS, Pointwise: _Truncates()}


class _ThereAndBack(PointwiseStep):
    def member(self, on: Pixels, leaf: Leaf, image: Any, params: Mapping[str, Array], at: str) -> Any:
        new = super().member(on, leaf, image, params, at)
        if not isinstance(leaf.op, Contrast) or new.dtype != np.float32:
            return new
        neutral = params[f"{at}.factor"] == QUANTITIES["factor"].quantise(1.0)
        pivot = np.float32(0.7)
        return np.where(neutral.reshape(-1, 1, 1, 1), (new - pivot) + pivot, new)


class ContrastsByOne(Faulty):
    """Takes floats apart from the pivot and adds them to it again where the factor is 1."""

    steps: ClassVar[Steps] = {**STEPS, Pointwise: _ThereAndBack()}


MUTANTS = (
    alone(
        "M142",
        "cuts colours of floats to 21 bits",
        "Means over many images are too dark by a quarter of a millionth, on one backend only.",
        TruncatesColours,
        "N2",
    ),
    alone(
        "M143",
        "rounds floats whose contrast it leaves as it is",
        "A policy that does nothing changes the last bit of each pixel, and with it every checksum.",
        ContrastsByOne,
        "N7",
    ),
)
