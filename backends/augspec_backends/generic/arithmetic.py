"""The integer arithmetic in which ops turn draws into weights, windows and tables, once per sample."""

from __future__ import annotations

from dataclasses import dataclass

from augspec.namespace import Array, Namespace
from augspec.random.maps import share
from augspec_backends.generic.blocks import BlockArithmetic
from augspec_backends.generic.clouds import CloudArithmetic
from augspec_backends.generic.curves import CurveArithmetic
from augspec_backends.generic.displacement import DisplacementArithmetic
from augspec_backends.generic.filters import FilterArithmetic
from augspec_backends.generic.flecks import FleckArithmetic
from augspec_backends.generic.holes import HoleArithmetic
from augspec_backends.generic.hull import HullArithmetic
from augspec_backends.generic.mixing import MixArithmetic
from augspec_backends.generic.overlap import OverlapArithmetic
from augspec_backends.generic.plane import multiply
from augspec_backends.generic.projective import ProjectiveArithmetic
from augspec_backends.generic.resample import CropArithmetic
from augspec_backends.generic.taps import TapArithmetic

__all__ = ["Arithmetic"]


@dataclass(frozen=True)
class Arithmetic(
    BlockArithmetic,
    CropArithmetic,
    CloudArithmetic,
    CurveArithmetic,
    DisplacementArithmetic,
    FilterArithmetic,
    FleckArithmetic,
    HoleArithmetic,
    HullArithmetic,
    MixArithmetic,
    OverlapArithmetic,
    ProjectiveArithmetic,
    TapArithmetic,
):
    """All of it, over one namespace."""

    xp: Namespace

    def place(self, position: Array, room: Array | int) -> Array:
        """Return ⌊position · (room + 1)⌋ of a position in 2⁻²⁴: every whole number 0 … room, room < 2¹⁹."""
        return share(self.xp, position, room + 1)

    def multiply(self, a: Array, b: Array) -> Array:
        """Return a·b of numbers in 2⁻²⁴, rounded half-up."""
        return multiply(self.xp, a, b)
