"""Faults of flags that come with a sample: boxes that are not valid, keypoints that are not visible."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from augspec.language.policy import Policy
from augspec.namespace import Array
from augspec.ops.base import ResampleOp
from augspec.plan.stages import Resample
from augspec_backends.generic.augmenter import Augmenter
from augspec_backends.generic.pixels import Pixels, State
from augspec_backends.generic.stages import STEPS, Steps
from augspec_backends.generic.stages.resample import ResampleStep
from augspec_conformance.mutants.faulty import Faulty, Run
from augspec_conformance.mutants.mutant import Mutant

__all__ = ["MUTANTS"]


class _AllSeen(ResampleStep):
    def _seen(self, on: Pixels, op: ResampleOp, state: State, own: dict[str, Array]) -> dict[str, Array]:
        return super()._seen(on, op, {name: x for name, x in state.items() if name != "boxes_valid"}, own)


class AllDecide(Faulty):
    """Lets boxes decide about a crop that were given as not valid."""

    steps: ClassVar[Steps] = {**STEPS, Resample: _AllSeen()}


class _FirstFlags(Faulty):
    """Takes the flags of a stack's first frame for those of all."""

    stacks: bool = False
    flag: str = ""

    def compile(self, policy: Policy, **options: Any) -> Augmenter:
        own = type(self)()
        own.stacks = bool(options.get("frames"))
        return super(_FirstFlags, own).compile(policy, **options)

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        flags = sample.get(self.flag) if isinstance(sample, Mapping) else None
        if self.stacks and isinstance(flags, np.ndarray):
            sample = {**sample, self.flag: np.broadcast_to(flags[..., :1, :], flags.shape).copy()}
        return run(key, sample, index)


class FirstVisible(_FirstFlags):
    """Asks the first frame of a stack which keypoints are visible."""

    flag = "keypoints_visible"


class FirstValid(_FirstFlags):
    """Asks the first frame of a stack which boxes are valid."""

    flag = "boxes_valid"


MUTANTS = (
    Mutant(
        "M301",
        "flags",
        "lets boxes decide about a crop that are not valid",
        "Padding chooses what is seen of the picture.",
        AllDecide,
        ("F5",),
        tier="full",
    ),
    Mutant(
        "M304",
        "flags",
        "takes keypoints for visible as those of the first frame are",
        "A hand that comes into sight later is never learned.",
        FirstVisible,
        ("F11",),
        tier="full",
    ),
    Mutant(
        "M305",
        "flags",
        "takes boxes for valid as those of the first frame are",
        "Padding becomes objects when the first frame is full.",
        FirstValid,
        ("F11",),
        tier="full",
    ),
)
