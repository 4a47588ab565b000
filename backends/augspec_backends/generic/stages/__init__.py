"""One file per kind of stage; `STEPS` is where a new kind is entered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from augspec.plan.stages import (
    Chains,
    Choose,
    Degrade,
    Filter,
    Mix,
    Move,
    Noise,
    Occlude,
    Pointwise,
    Remap,
    Resample,
    Stage,
    Tile,
    Type,
    Veil,
    Warp,
)
from augspec_backends.generic.stages.chains import ChainsStep
from augspec_backends.generic.stages.change_type import TypeStep
from augspec_backends.generic.stages.choose import ChooseStep
from augspec_backends.generic.stages.degrade import DegradeStep
from augspec_backends.generic.stages.mix import MixStep
from augspec_backends.generic.stages.move import MoveStep
from augspec_backends.generic.stages.occlude import OccludeStep
from augspec_backends.generic.stages.pixelwise import FilterStep, NoiseStep, PointwiseStep
from augspec_backends.generic.stages.remap import RemapStep
from augspec_backends.generic.stages.resample import ResampleStep
from augspec_backends.generic.stages.step import Step
from augspec_backends.generic.stages.tile import TileStep
from augspec_backends.generic.stages.veil import VeilStep
from augspec_backends.generic.stages.warp import WarpStep

__all__ = ["STEPS", "Steps", "output_size"]

Steps = Mapping[type[Any], Step]

STEPS: Steps = {
    Chains: ChainsStep(),
    Choose: ChooseStep(),
    Degrade: DegradeStep(),
    Filter: FilterStep(),
    Mix: MixStep(),
    Move: MoveStep(),
    Noise: NoiseStep(),
    Occlude: OccludeStep(),
    Pointwise: PointwiseStep(),
    Remap: RemapStep(),
    Resample: ResampleStep(),
    Tile: TileStep(),
    Type: TypeStep(),
    Veil: VeilStep(),
    Warp: WarpStep(),
}
"""How each kind of stage is prepared and applied."""


def output_size(stages: tuple[Stage, ...], height: int, width: int) -> tuple[int, int]:
    """Return the static size after some stages; raises `SampleError` where an op does not fit."""
    for stage in stages:
        height, width = STEPS[type(stage)].size(stage, height, width, output_size)
    return height, width
