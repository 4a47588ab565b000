"""What a document declares about its parameters: distributions, ends and grids, read from its JSON alone."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from statistics import NormalDist
from typing import Any

import numpy as np

import augspec
from augspec.language.quantities import QUANTITIES

__all__ = ["atoms", "cdf_of", "ends", "human", "parameters", "step", "step_of"]

Floats = np.ndarray


def cdf_of(distribution: dict[str, Any]) -> Callable[[Floats], Floats]:
    """Return P(X ≤ x) of a continuous distribution as the document writes it."""
    kind, value = next(iter(distribution.items()))
    if kind == "uniform":
        low, high = value
        return lambda x: np.clip((x - low) / (high - low), 0, 1)
    if kind == "log_uniform":
        low, high = value
        return lambda x: np.clip(np.log(np.maximum(x, low * 1e-3) / low) / math.log(high / low), 0, 1)
    if kind == "normal":
        normal = NormalDist(value["mean"], value["std"])
        first, last = normal.cdf(value["low"]), normal.cdf(value["high"])
        return lambda x: np.clip((np.array([normal.cdf(float(v)) for v in x]) - first) / (last - first), 0, 1)
    a, b = value
    turn = np.linspace(0, math.pi / 2, 100_001)  # x = sin²: finite where the density is not
    at, density = np.sin(turn) ** 2, np.sin(turn) ** (2 * a - 1) * np.cos(turn) ** (2 * b - 1)
    total = np.concatenate([[0.0], np.cumsum((density[1:] + density[:-1]) / 2)])
    return lambda x: np.interp(x, at, total / total[-1])


def parameters(policy: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (path, distribution) of every drawn parameter of top-level ops."""
    for op in policy["ops"]:
        for name, value in op.items():
            if isinstance(value, dict):
                yield f"sample/{op['op']}#0/{name}", value


def human(drawn: augspec.Draws, path: str) -> Floats:
    """Return the draws of a path in the document's unit."""
    quantity = QUANTITIES[drawn.quantities[path]]
    steps = np.asarray(drawn[path]).reshape(-1).astype(np.float64) / quantity.unit
    return np.asarray(quantity.unmapped(steps))  # type: ignore[arg-type]


def step(drawn: augspec.Draws, path: str, distribution: dict[str, Any]) -> float:
    """Return the widest step of a drawn parameter's grid in the document's unit, from the document alone."""
    return step_of(drawn.quantities[path], distribution)


def step_of(name: str, distribution: dict[str, Any]) -> float:
    """Return the widest step of the grid of a parameter of a quantity, in the document's unit.

    R13 and R14: a step of the quantity, or coarser by a power of two where the range holds 2¹⁹ of these or a value is
    above 2²⁴ of them.
    """
    quantity = QUANTITIES[name]
    low, high = (quantity.mapped(end) for end in ends(distribution))
    width = max(1 / quantity.unit, (high - low) / 2**18, max(abs(low), abs(high)) / 2**23)
    return float(abs(quantity.unmapped(high + width) - quantity.unmapped(high)))


def ends(distribution: dict[str, Any]) -> tuple[float, float]:
    """Return the smallest and the largest value of a distribution, as the document writes them."""
    kind, value = next(iter(distribution.items()))
    if kind == "normal":
        return float(value["low"]), float(value["high"])
    if kind == "beta":
        return 0.0, 1.0
    if kind == "choice":
        values = value["values"] if isinstance(value, dict) else value
        return float(min(values)), float(max(values))
    return float(value[0]), float(value[1])


def atoms(distribution: dict[str, Any]) -> tuple[list[float], list[float]]:
    """Return the values of a discrete distribution, and the share of each."""
    kind, value = next(iter(distribution.items()))
    if kind == "integers":
        values = [float(v) for v in range(value[0], value[1] + 1)]
        return values, [1 / len(values)] * len(values)
    values = [float(v) for v in (value["values"] if isinstance(value, dict) else value)]
    weights = (value.get("weights") if isinstance(value, dict) else None) or [1.0] * len(values)
    return values, [weight / sum(weights) for weight in weights]
