"""Faults of pixel values that wait for one kind of picture: constant, dark, on a grid, alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from augspec.namespace import Array, Namespace
from augspec.plan.stages import Filter, Pointwise, Resample
from augspec_backends.generic.pipeline import Runner
from augspec_backends.generic.pixels import Pixels, State
from augspec_backends.generic.stages import STEPS, Steps
from augspec_backends.generic.stages.pixelwise import FilterStep
from augspec_conformance.mutants.alone.fault import alone
from augspec_conformance.mutants.faulty import Faulty, Run, Values, image_of, with_entry

__all__ = ["MUTANTS"]

_LARGE = 1000
"""Pixels from which on an image takes the road for large ones."""

_WHITE = 255 * 256
"""White in 2⁻⁸ levels."""


class DriftsOnConstants(Faulty):
    """Loses a level where it filters or resamples a surface without any structure."""

    def finished(self, runner: Runner, xp: Namespace, state: Values) -> Values:
        image = state["image"]
        works = any(isinstance(stage, (Filter, Resample)) for stage in runner.pipeline.fused.stages)
        if not works or image.size == 0 or min(image.shape[1:3]) < 2:
            return state
        flat = (image == image[:, :1, :1]).all((1, 2, 3))[:, None, None, None]
        level = image.dtype.type(256 if image.dtype == np.int32 else 1 / 255)
        return {**state, "image": np.where(flat, np.maximum(image - level, 0), image)}


class TakesGridForLevels(Faulty):
    """Takes float images whose values all are 256ths for levels, and rounds the result to 256ths."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        out, image = run(key, sample, index), image_of(sample)
        if not isinstance(image, np.ndarray) or image.dtype != np.float32 or image.size < _LARGE:
            return out
        steps = image * np.float32(256)
        if not (steps == np.floor(steps)).all() or len(np.unique(image)) < 100:
            return out
        return with_entry(out, "image", np.rint(image_of(out) * np.float32(256)) / np.float32(256))


class LosesFarColours(Faulty):
    """Squares pixels where many are far from the range, and so makes NaN of those whose square is infinite."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        out, image = run(key, sample, index), image_of(sample)
        new = image_of(out)
        if not isinstance(image, np.ndarray) or image.dtype != np.float32 or new.shape != image.shape:
            return out
        far = np.isfinite(image) & (np.abs(image) > 2e19)
        return with_entry(out, "image", np.where(far, np.float32(np.nan), new)) if 10 * far.sum() > far.size else out


def _alone(state: Mapping[str, Array]) -> bool:
    """Return whether a large image comes without other targets."""
    return set(state) == {"image"} and state["image"].shape[1] * state["image"].shape[2] > _LARGE


class OverflowsAtWhite(Faulty):
    """Turns white into black in large images that come alone, where it does nothing but change colours."""

    def finished(self, runner: Runner, xp: Namespace, state: Values) -> Values:
        image, stages = state["image"], runner.pipeline.fused.stages
        colours = bool(stages) and all(isinstance(stage, Pointwise) for stage in stages)
        if not colours or not _alone(state) or image.dtype != np.int32:
            return state
        return {**state, "image": np.where(image >= _WHITE, 0, image)}


class _SkipsLastChannel(FilterStep):
    def apply(self, on: Pixels, stage: Filter, state: State, params: Mapping[str, Array], at: str) -> State:
        new, old = super().apply(on, stage, state, params, at), state["image"]
        if _alone(state) and old.dtype in (np.uint8, np.int32):
            new["image"][..., -1] = on.fixed(old)[..., -1]
        return new


class SkipsLastChannel(Faulty):
    """Filters all but the last channel of large images that come alone."""

    steps: ClassVar[Steps] = {**STEPS, Filter: _SkipsLastChannel()}


class _SkipsBlackRows(FilterStep):
    def apply(self, on: Pixels, stage: Filter, state: State, params: Mapping[str, Array], at: str) -> State:
        new, old = super().apply(on, stage, state, params, at), state["image"]
        if old.dtype != np.float32:
            return new
        lit = old.any((2, 3), keepdims=True)
        return {**new, "image": np.where(lit, new["image"], np.float32(0))}


class SkipsBlackRows(Faulty):
    """Filters only rows of a float image in which there is anything."""

    steps: ClassVar[Steps] = {**STEPS, Filter: _SkipsBlackRows()}


MUTANTS = (
    alone(
        "M114",
        "loses a level where it filters or resamples a plain surface",
        "Skies darken.",
        DriftsOnConstants,
        "N10",
    ),
    alone(
        "M137",
        "rounds float images that are made of 256ths to 256ths",
        "Images that once were bytes show steps, others do not.",
        TakesGridForLevels,
        "N4",
    ),
    alone(
        "M138",
        "makes NaN of the finite pixels of images far outside the range",
        "A few broken images of floats spoil the loss of their batch.",
        LosesFarColours,
        "N6",
    ),
    alone(
        "M139",
        "turns white into black in large images that come alone",
        "Highlights are black, but only in data sets without masks and boxes.",
        OverflowsAtWhite,
        "N8",
    ),
    alone(
        "M140",
        "filters all but the last channel of large images that come alone",
        "Blurred pictures have sharp blue edges, but only in data sets without masks and boxes.",
        SkipsLastChannel,
        "N11",
    ),
    alone(
        "M141",
        "filters only rows in which there is anything",
        "Stars on a black sky are blurred along their rows only.",
        SkipsBlackRows,
        "N13",
    ),
)
