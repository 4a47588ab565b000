"""The integer arithmetic in which ops turn draws into weights, windows and tables, once per sample."""

from __future__ import annotations

from dataclasses import dataclass

from augspec.namespace import Array, Namespace
from augspec_backends.generic.curves import CurveArithmetic
from augspec_backends.generic.filters import FilterArithmetic
from augspec_backends.generic.plane import multiply
from augspec_backends.generic.resample import CropArithmetic

__all__ = ["Arithmetic"]


@dataclass(frozen=True)
class Arithmetic(CropArithmetic, CurveArithmetic, FilterArithmetic):
    """All of it, over one namespace."""

    xp: Namespace

    def multiply(self, a: Array, b: Array) -> Array:
        """Return a·b of numbers in 2⁻²⁴, rounded half-up."""
        return multiply(self.xp, a, b)
