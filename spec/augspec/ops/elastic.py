"""The op `elastic`."""

import math
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from augspec.language.parameters import Displacement, Smoothness
from augspec.namespace import Array, Noise, Places
from augspec.ops.base import RemapOp, bounds

__all__ = ["Elastic"]

_STEEPEST = 0.4


class Elastic(RemapOp):
    """Move every place by a smooth random field, as if the picture were printed on rubber.

    The pixel at p shows the picture at p + d(p). Each of the two components of d is uniform noise, 16 bits for each
    pixel, smoothed along both axes with a Gaussian of `sigma` pixels (radius ⌈3·σ_max⌉, mirror border) and scaled to a
    standard deviation of `alpha` pixels. That is so away from the border; mirrored noise agrees with itself, so that
    the deviation grows up to √2 times as large at an edge and to twice in a corner. `alpha` is at most 0.4 · `sigma`
    for everything that can be drawn: there one place in 1500 folds, at `sigma` / 4 next to none.

    Points follow by the inverse, by 16 steps towards q + d(q) = p with d linear between pixel centres: at `alpha` =
    `sigma` / 4 they end within 0.001 pixel in 99 % of places, at 0.4 · `sigma` within 0.03 in 95 %, and near folds they
    may miss by pixels. The hull of a box also takes 7 points in of each of its sides, which become curves.

    Source: P. Simard, D. Steinkraus, J. Platt, Best practices for convolutional neural networks applied to visual
    document analysis, 2003. There and elsewhere alpha multiplies the noise after its smoothing, which leaves little of
    it: uniform noise in ±1, smoothed by σ and multiplied by a, deviates by 0.163 · a / σ pixels (so ElasticTransform of
    Albumentations 2.0 with uniform noise; that of torchvision 0.28 by half as much).
    """

    between: ClassVar[int] = 7

    op: Literal["elastic"]
    alpha: Displacement
    """Standard deviation of each component of the displacement: 0 to 6 pixels, at most 0.4 · `sigma`."""

    sigma: Smoothness
    """Of the Gaussian that smoothes the field: 1 to 15 pixels; places √2 · σ apart still move much alike."""

    @model_validator(mode="after")
    def _unfolded(self) -> "Elastic":
        if bounds(self.alpha)[1] > _STEEPEST * bounds(self.sigma)[0] + 1e-9:
            raise PydanticCustomError(
                "fields",
                "`alpha` whose highest value is at most 0.4 times the lowest of `sigma` (the picture would fold)",
            )
        return self

    def noisy(self) -> bool:
        """Return True: the field is drawn."""
        return True

    def neutral(self) -> Mapping[str, float]:
        """Without a deviation nothing moves."""
        return {"alpha": 0.0}

    def prepare(self, draw: Mapping[str, Array], arithmetic: Any, height: int, width: int) -> Mapping[str, Array]:
        """Return the Gaussian, and by what the smoothed noise is multiplied."""
        alpha = draw["alpha"]
        weights = arithmetic.gaussian(draw["sigma"], math.ceil(3 * bounds(self.sigma)[1]))
        return {"changed": alpha != 0, "weights": weights, "gain": arithmetic.displacement_gain(weights, alpha)}

    def field(self, prepared: Mapping[str, Array], places: Places, noise: Noise) -> Mapping[str, Array]:
        """Return the displacements."""
        words = noise.words(per_channel=False)
        return {"displacement": places.rough(words, prepared["weights"], prepared["gain"])}

    def sources(self, prepared: Mapping[str, Array], places: Places) -> tuple[Array, Array]:
        """Return the displaced places."""
        return places.displaced(prepared["displacement"])

    def move(self, x: Array, y: Array, prepared: Mapping[str, Array], places: Places) -> tuple[Array, Array]:
        """Return the places that are displaced to the points."""
        return places.undisplaced(x, y, prepared["displacement"])
