"""The op `fog`."""

from collections.abc import Mapping
from typing import Any, Literal

from augspec.language.distributions import Uniform
from augspec.language.parameters import Blend, Share, Threshold
from augspec.namespace import Array, Namespace, Noise
from augspec.veil import VeilOp

__all__ = ["Fog"]


class Fog(VeilOp):
    """Blend with a grey, here more, there less: x + (grey − x)·density·(1 − patchiness·(1 − F)).

    F goes from 0 to 1 over the image: six layers of smooth noise, the first with cells of half the longer side, each
    further one with cells half as large and `roughness` times as strong, stretched so that its lowest pixel is 0 and
    its highest 1. A layer is uniform noise at the corners of its cells, between them a quadratic B-spline.

    Source of the idea: the fog of D. Hendrycks and T. Dietterich, Benchmarking neural network robustness to common
    corruptions, ICLR 2019, a plasma fractal that decays by 1.4 to 2 (roughness 0.7 to 0.5) per layer.
    """

    op: Literal["fog"]
    density: Blend = Uniform(uniform=(0.3, 0.8))
    """Share of the grey where the fog is thickest."""

    patchiness: Blend = Uniform(uniform=(0.3, 0.7))
    """Which part of the fog is missing where it is thinnest: 0 is an even haze."""

    roughness: Share = Uniform(uniform=(0.4, 0.7))
    """How strong each finer layer is, beside the one before: 0 is one soft cloud."""

    grey: Threshold = Uniform(uniform=(0.8, 1.0))
    """The fog's own brightness, a share of the value range."""

    def noisy(self) -> bool:
        """Return True."""
        return True

    def neutral(self) -> Mapping[str, float] | None:
        """A density of 0 changes nothing."""
        return {"density": 0.0}

    def coarse(self, *, exact: bool) -> float:
        """The strength of layers and the noise between cells, stretched."""
        return 2.0**-10

    def prepare(self, draw: Mapping[str, Array], arithmetic: Any, height: int, width: int) -> Mapping[str, Array]:
        """Return the strength of the layers, and the other fields."""
        return {**draw, "layers": arithmetic.layers(draw["roughness"], 6)}

    def weight(self, x: Array, y: Array, prepared: Mapping[str, Array], noise: Noise, xp: Namespace) -> Array:
        """Return density·(1 − patchiness·(1 − F))."""
        less = prepared["patchiness"] * (32768 - noise.clouds(prepared["layers"]))  # at most 2²⁷
        return xp.shr(prepared["density"] * (32768 - xp.shr(less + 2048, 12)) + 2048, 12)
