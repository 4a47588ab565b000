"""Draws whose words are read by another map."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from augspec.plan.program import Draw

__all__ = ["remapped"]


def remapped(draws: tuple[Draw, ...], change: Callable[[Draw], Any]) -> tuple[Draw, ...]:
    """Return draws with the maps that `change` gives them."""
    return tuple(replace(draw, map=change(draw)) for draw in draws)
