"""Distributions: what a document may say instead of a constant number.

Each knows its support, its CDF and its quantile function in float64, independently of how it is drawn; the
statistical laws of the conformance suite read these. All arrays are float64 of any shape.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Annotated, Any, TypeAlias

import numpy as np
import numpy.typing as npt
from pydantic import Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from augspec.language.beta import beta_cdf, beta_quantile
from augspec.language.limits import MAX_CHOICES
from augspec.language.model import Model

__all__ = [
    "Beta",
    "Choice",
    "Integers",
    "LogUniform",
    "Normal",
    "Number",
    "Uniform",
    "distribution_kinds",
]

Floats: TypeAlias = npt.NDArray[np.float64]
Pair = Annotated[tuple[float, float], Field(description="[low, high]")]


def _ordered(low: float, high: float, what: str = "low < high") -> None:
    if not low < high:
        raise PydanticCustomError("range", "two numbers with {what}", {"what": what})


class Uniform(Model):
    """Uniform on [low, high)."""

    uniform: Pair

    @model_validator(mode="after")
    def _check(self) -> Uniform:
        _ordered(*self.uniform)
        return self

    def support(self) -> tuple[float, float]:
        """Return the ends of the support."""
        return self.uniform

    def cdf(self, x: Floats) -> Floats:
        """Return P(X ≤ x)."""
        low, high = self.uniform
        return np.clip((x - low) / (high - low), 0.0, 1.0)

    def quantile(self, u: Floats) -> Floats:
        """Return the value below which a share `u` of the draws lies."""
        low, high = self.uniform
        return low + u * (high - low)


class LogUniform(Model):
    """Uniform in the logarithm, on [low, high) with 0 < low."""

    log_uniform: Pair

    @model_validator(mode="after")
    def _check(self) -> LogUniform:
        low, high = self.log_uniform
        if not low > 0:
            raise PydanticCustomError("range", "two numbers with {what}", {"what": "0 < low < high"})
        _ordered(low, high, "0 < low < high")
        return self

    def support(self) -> tuple[float, float]:
        """Return the ends of the support."""
        return self.log_uniform

    def cdf(self, x: Floats) -> Floats:
        """Return P(X ≤ x)."""
        low, high = self.log_uniform
        return np.clip(np.log(np.maximum(x, low) / low) / math.log(high / low), 0.0, 1.0)

    def quantile(self, u: Floats) -> Floats:
        """Return the value below which a share `u` of the draws lies."""
        low, high = self.log_uniform
        return low * np.exp(u * math.log(high / low))


class NormalParameters(Model):
    """Mean, standard deviation and the bounds between which the normal is truncated."""

    mean: float
    std: Annotated[float, Field(gt=0)]
    low: float
    high: float


class Normal(Model):
    """Normal, truncated to [low, high] (bounds are required: every parameter has a finite domain)."""

    normal: NormalParameters

    @model_validator(mode="after")
    def _check(self) -> Normal:
        n = self.normal
        _ordered(n.low, n.high)
        dist = NormalDist(n.mean, n.std)
        if dist.cdf(n.high) - dist.cdf(n.low) < 1e-3:
            raise PydanticCustomError(
                "range",
                "bounds that hold at least 0.1 % of the normal's mass (move low and high nearer to the mean)",
            )
        return self

    def support(self) -> tuple[float, float]:
        """Return the ends of the support."""
        return self.normal.low, self.normal.high

    def _mass(self) -> tuple[NormalDist, float, float]:
        n = self.normal
        dist = NormalDist(n.mean, n.std)
        return dist, dist.cdf(n.low), dist.cdf(n.high)

    def cdf(self, x: Floats) -> Floats:
        """Return P(X ≤ x)."""
        dist, low, high = self._mass()
        flat = np.array([(dist.cdf(float(v)) - low) / (high - low) for v in np.ravel(x)], np.float64)
        return np.clip(flat, 0.0, 1.0).reshape(np.shape(x))

    def quantile(self, u: Floats) -> Floats:
        """Return the value below which a share `u` of the draws lies."""
        dist, low, high = self._mass()
        ends = 1e-300, 1 - 2**-53
        shares = [min(max(low + float(v) * (high - low), ends[0]), ends[1]) for v in np.ravel(u)]
        flat = np.array([dist.inv_cdf(share) for share in shares], np.float64)
        return np.clip(flat, self.normal.low, self.normal.high).reshape(np.shape(u))


class Beta(Model):
    """Beta(a, b) on [0, 1]."""

    beta: Annotated[tuple[Annotated[float, Field(ge=0.05, le=50)], Annotated[float, Field(ge=0.05, le=50)]], Field()]

    def support(self) -> tuple[float, float]:
        """Return the ends of the support."""
        return 0.0, 1.0

    def cdf(self, x: Floats) -> Floats:
        """Return P(X ≤ x)."""
        return beta_cdf(np.asarray(x, np.float64), *self.beta)

    def quantile(self, u: Floats) -> Floats:
        """Return the value below which a share `u` of the draws lies."""
        return beta_quantile(np.asarray(u, np.float64), *self.beta)


class Integers(Model):
    """A whole number, every one from low to high equally often, both ends included."""

    integers: Annotated[tuple[int, int], Field(description="[low, high], both included")]

    @model_validator(mode="after")
    def _check(self) -> Integers:
        low, high = self.integers
        if not low <= high or high - low >= 32767:
            raise PydanticCustomError("range", "two whole numbers with low ≤ high < low + 32767")
        return self

    def support(self) -> tuple[float, float]:
        """Return the ends of the support."""
        low, high = self.integers
        return float(low), float(high)

    def atoms(self) -> tuple[Floats, Floats]:
        """Return the possible values and their probabilities, each (n,)."""
        low, high = self.integers
        values = np.arange(low, high + 1, dtype=np.float64)
        return values, np.full(len(values), 1.0 / len(values))

    def cdf(self, x: Floats) -> Floats:
        """Return P(X ≤ x)."""
        low, high = self.integers
        return np.clip((np.floor(x) - low + 1) / (high - low + 1), 0.0, 1.0)


class ChoiceParameters(Model):
    """Values and, optionally, their relative weights."""

    values: Annotated[tuple[float, ...], Field(min_length=1, max_length=MAX_CHOICES)]
    weights: Annotated[tuple[Annotated[float, Field(ge=0, le=1e6)], ...], Field(max_length=MAX_CHOICES)] | None = None

    @model_validator(mode="after")
    def _check(self) -> ChoiceParameters:
        if self.weights is not None and (len(self.weights) != len(self.values) or sum(self.weights) <= 0):
            raise PydanticCustomError(
                "weights", "as many weights as values ({n}), not all of them zero", {"n": len(self.values)}
            )
        return self


class Choice(Model):
    """One of a list of values, by weight (equal weights when none are given)."""

    choice: Annotated[
        Annotated[ChoiceParameters, Tag("object")]
        | Annotated[tuple[float, ...], Field(min_length=1, max_length=MAX_CHOICES), Tag("list")],
        Discriminator(lambda value: "object" if isinstance(value, (dict, ChoiceParameters)) else "list"),
    ]

    def atoms(self) -> tuple[Floats, Floats]:
        """Return the possible values and their probabilities, each (n,)."""
        if isinstance(self.choice, tuple):
            values, weights = self.choice, None
        else:
            values, weights = self.choice.values, self.choice.weights
        share = np.ones(len(values)) if weights is None else np.asarray(weights, np.float64)
        return np.asarray(values, np.float64), share / share.sum()

    def support(self) -> tuple[float, float]:
        """Return the ends of the support."""
        values = self.atoms()[0]
        return float(values.min()), float(values.max())

    def cdf(self, x: Floats) -> Floats:
        """Return P(X ≤ x)."""
        values, share = self.atoms()
        return np.asarray((np.asarray(x)[..., None] >= values) @ share)


_KINDS = (Beta, Choice, Integers, LogUniform, Normal, Uniform)
_KEYS = {next(iter(kind.model_fields)): kind for kind in _KINDS}


def distribution_kinds() -> dict[str, type[Model]]:
    """Return all distributions by their key in a document."""
    return dict(_KEYS)


def _kind(value: Any) -> str | None:
    if isinstance(value, dict):
        return next((key for key in value if key in _KEYS), None)
    return next(iter(type(value).model_fields)) if isinstance(value, _KINDS) else "number"


Number = Annotated[
    Annotated[float, Tag("number")]
    | Annotated[Beta, Tag("beta")]
    | Annotated[Choice, Tag("choice")]
    | Annotated[Integers, Tag("integers")]
    | Annotated[LogUniform, Tag("log_uniform")]
    | Annotated[Normal, Tag("normal")]
    | Annotated[Uniform, Tag("uniform")],
    Discriminator(_kind),
]
"""What a parameter may be in a document: a constant, or a distribution told by its one key."""
