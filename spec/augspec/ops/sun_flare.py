"""The op `sun_flare`."""

from collections.abc import Mapping
from typing import Any, Literal

from augspec.language.distributions import Uniform
from augspec.language.parameters import Blend, Hole, Share, Threshold
from augspec.namespace import Array, Namespace, Noise
from augspec.veil import VeilOp

__all__ = ["SunFlare"]

_GHOSTS = ((2, 7), (1, 12), (-1, 16), (-2, 9), (-3, 5))
"""Where the reflections lie, in quarters of the way from the centre to the sun, and how many times smaller they are."""


class SunFlare(VeilOp):
    """Blend with the glare of a sun: x + (grey − x)·(glow + (1 − glow)·ghost).

    The glow is strength·(1 − (d/R)²)² at a distance d < R from the sun. On the line from it through the image's centre
    lie five reflections of a lens, discs at ½, ¼, −¼, −½ and −¾ of the way to the sun, with a radius r of R/7, R/12,
    R/16, R/9 and R/5; there, a ghost is ghosts·min(1, 4·(1 − (d/r)²)).

    Source of the idea: `RandomSunFlare` of Albumentations 2.0, whose circles are drawn one over the other, in colours.
    """

    op: Literal["sun_flare"]
    strength: Blend = Uniform(uniform=(0.6, 1.0))
    """Share of the grey in the sun's middle."""

    x: Share = Uniform(uniform=(0.0, 1.0))
    """Where the sun stands, a share of the width from the left."""

    y: Share = Uniform(uniform=(0.0, 0.4))
    """Where it stands, a share of the height from above."""

    size: Hole = Uniform(uniform=(0.3, 0.7))
    """Radius R of the glow, a share of the image's shorter side; at least two pixels."""

    ghosts: Blend = Uniform(uniform=(0.1, 0.35))
    """Share of the grey in the reflections."""

    grey: Threshold = 1.0
    """Brightness of the sun, a share of the value range."""

    def neutral(self) -> Mapping[str, float] | None:
        """Neither sun nor reflections."""
        return {"strength": 0.0, "ghosts": 0.0}

    def coarse(self, *, exact: bool) -> float:
        """Places off by 2⁻¹⁸ of R on both axes, of which a ghost's radius is a 16th or more, with a slope of 8."""
        return 2.0**-10

    def prepare(self, draw: Mapping[str, Array], arithmetic: Any, height: int, width: int) -> Mapping[str, Array]:
        """Return what places pixels and the sun in radii, and the other fields."""
        found = arithmetic.radii(draw, height, width)
        return {**found, **{name: draw[name] for name in ("strength", "ghosts", "grey")}}

    def weight(self, x: Array, y: Array, prepared: Mapping[str, Array], noise: Noise, xp: Namespace) -> Array:
        """Return the glow, and over it the reflection that a pixel lies in."""
        scale = prepared["scale"]
        places = [xp.shr(scale, 12) * one + xp.shr(xp.bitand(scale, 4095) * one + 2048, 12) for one in (x, y)]
        sun = (prepared["sun_x"], prepared["sun_y"])

        def inside(quarters: int, times: int) -> Array:
            """Return 1 − (d/r)² in 2⁻¹⁵, at least 0."""
            rest = None
            for place, toward in zip(places, sun, strict=True):
                way = xp.shr(toward, 2) * quarters + xp.shr(xp.bitand(toward, 3) * quarters + 2, 2)
                away = xp.minimum(xp.abs(place - way), (1 << 18) // times + 1)
                away = xp.minimum(xp.shr(away * times + 8, 4), 16384)
                rest = (1 << 28) - away * away if rest is None else rest - away * away
            return xp.shr(xp.maximum(rest, 0), 13)

        bright = inside(4, 1)
        glow = xp.shr(xp.shr(bright * bright + 16384, 15) * prepared["strength"] + 2048, 12)
        disc = bright * 0
        for quarters, times in _GHOSTS:
            disc = xp.maximum(disc, inside(quarters, times))
        ghost = xp.shr(xp.minimum(disc * 4, 32768) * prepared["ghosts"] + 2048, 12)
        return glow + xp.shr((32768 - glow) * ghost + 16384, 15)
