"""The integer arithmetic in which ops turn draws into weights, windows and tables, once per sample."""

from __future__ import annotations

from dataclasses import dataclass

from augspec.namespace import Namespace
from augspec_backends.generic.filters import FilterArithmetic
from augspec_backends.generic.resample import CropArithmetic

__all__ = ["Arithmetic"]


@dataclass(frozen=True)
class Arithmetic(FilterArithmetic, CropArithmetic):
    """All of it, over one namespace."""

    xp: Namespace
