"""All that a result follows from, as one mapping: a sample, and with it a key and ids, or draws."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from augspec.namespace import Array, Namespace
from augspec_backends.generic.pipeline import Runner

__all__ = ["IMAGE", "KEY", "Given", "computed", "with_draws", "with_keys"]

KEY = "key"
"""The one input that all samples share."""

_LOW, _HIGH = "id low", "id high"
_SAMPLE, _DRAW = "sample ", "draw "
IMAGE = f"{_SAMPLE}image"

Given = Mapping[str, Any]
"""Arrays, or what stands for them, by name. Every kind has its own prefix: a mask may be called "key"."""


def with_keys(keys: tuple[Any, Any, Any], arrays: Given) -> dict[str, Any]:
    """Return a sample with the key (4,) and the words of its ids (B,), all int32; without high words they are 0."""
    key, low, high = keys
    return {**_prefixed(_SAMPLE, arrays), KEY: key, _LOW: low, _HIGH: low * 0 if high is None else high}


def with_draws(draws: Given, zeros: Any, arrays: Given) -> dict[str, Any]:
    """Return a sample with draws by path, int32 (B,) or (B, n), and zeros, int32 (B,)."""
    return {**_prefixed(_SAMPLE, arrays), **_prefixed(_DRAW, draws), _LOW: zeros}


def computed(runner: Runner, xp: Namespace, given: Given) -> dict[str, Array]:
    """Return the results, in the words of the namespace whose arrays are given."""
    arrays = _named(_SAMPLE, given)
    if KEY in given:
        return runner.everything(xp, given[KEY], given[_LOW], given[_HIGH], arrays)
    return runner.pixels(xp, runner.prepare(xp, _named(_DRAW, given), given[_LOW] * 0), arrays)


def _prefixed(kind: str, arrays: Given) -> dict[str, Any]:
    return {f"{kind}{name}": x for name, x in arrays.items()}


def _named(kind: str, given: Given) -> dict[str, Any]:
    return {name.removeprefix(kind): x for name, x in given.items() if name.startswith(kind)}
