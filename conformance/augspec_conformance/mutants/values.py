"""Faults of values: rounding, ranges, numbers that are none."""

from __future__ import annotations

from typing import Any

import numpy as np

from augspec.namespace import Array, Namespace
from augspec_backends.generic.numbers import FixedNumbers, FloatNumbers
from augspec_backends.generic.pipeline import Runner
from augspec_conformance.mutants.faulty import Faulty, Run, Values, image_of, with_entry
from augspec_conformance.mutants.mutant import Mutant

__all__ = ["MUTANTS"]


class Truncates(Faulty):
    """Truncates levels instead of rounding them."""

    def finished(self, runner: Runner, xp: Namespace, state: Values) -> Values:
        image = state["image"]
        return {**state, "image": np.maximum(image - np.int32(128), 0)} if image.dtype == np.int32 else state


class _RoundsEarly(FixedNumbers):
    def clamp(self, x: Array) -> Array:
        return (super().clamp(x) + 128 >> 8 << 8).clip(0, 65280)


class RoundsEveryOp(Faulty):
    """Rounds to levels after every op."""

    exact = _RoundsEarly


class _RoundsDown(FixedNumbers):
    def times(self, difference: Array, factor: Array) -> Array:
        return difference * factor >> 12


class RoundsProductsDown(Faulty):
    """Rounds products down: one step of 1/256 level."""

    exact = _RoundsDown


class _NoClampFloats(FloatNumbers):
    def clamp(self, x: Array) -> Array:
        return x


class NeverClampsFloats(Faulty):
    """Lets floats leave the value range."""

    floats = _NoClampFloats


class _EqualGrey(FixedNumbers):
    def grey(self, x: Array) -> Array:
        return x.sum(-1, keepdims=True, dtype=np.int32) // 3 if x.shape[-1] == 3 else x


class EqualGrey(Faulty):
    """Takes the plain mean of the channels for grey."""

    exact = _EqualGrey


class _BlueFirst(FixedNumbers):
    def grey(self, x: Array) -> Array:
        return super().grey(x[..., ::-1])


class BlueFirst(Faulty):
    """Takes RGB for BGR."""

    exact = _BlueFirst


class ReplacesNaN(Faulty):
    """Replaces NaN and infinity by numbers."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        image = image_of(sample)
        if isinstance(image, np.ndarray) and image.dtype in (np.float32, np.float64):
            sample = with_entry(sample, "image", np.nan_to_num(image))
        return run(key, sample, index)


class SpreadsNaN(Faulty):
    """Lets one NaN reach the whole image."""

    def result(self, out: Any, sample: Any) -> Any:
        image = image_of(out)
        if image.dtype not in (np.float32, np.float64):
            return out
        axes = tuple(range(image.ndim - 3, image.ndim))
        return with_entry(out, "image", image + 0 * image.sum(axes, keepdims=True, dtype=image.dtype))


class TouchesUnchanged(Faulty):
    """Adds half a level and takes it away again, even where nothing was applied."""

    def finished(self, runner: Runner, xp: Namespace, state: Values) -> Values:
        image = state["image"]
        if image.dtype != np.float32:
            return state
        full, half = np.float32(255), np.float32(0.5)
        return {**state, "image": (image * full + half) / full - half / full}


class IgnoresRange(Faulty):
    """Takes floats as [0, 1] whatever the declared range is."""

    def compile(self, policy: Any, **options: Any) -> Any:
        return super().compile(policy, **{**options, "value_range": (0.0, 1.0)})


MUTANTS = (
    Mutant(
        "M37",
        "values",
        "truncates instead of rounding",
        "Images darken with every pass.",
        Truncates,
        ("N1", "S9"),
    ),
    Mutant(
        "M37b",
        "values",
        "rounds to levels after every op",
        "Banding; results differ from other backends.",
        RoundsEveryOp,
        ("N1",),
    ),
    Mutant(
        "M37c",
        "values",
        "rounds products down",
        "Results differ from other backends in a few pixels.",
        RoundsProductsDown,
        ("N1",),
    ),
    Mutant(
        "M36b",
        "values",
        "lets floats leave the value range",
        "Values above 1 reach the model.",
        NeverClampsFloats,
        ("S8",),
    ),
    Mutant(
        "M37d",
        "values",
        "takes the plain mean of the channels for grey",
        "Colours fade to another grey than elsewhere.",
        EqualGrey,
        ("N1", "N11"),
    ),
    Mutant(
        "M37e",
        "values",
        "takes RGB for BGR",
        "Red is treated as blue.",
        BlueFirst,
        ("N1", "N11"),
    ),
    Mutant(
        "M67",
        "values",
        "replaces NaN and infinity by numbers",
        "Broken data looks whole.",
        ReplacesNaN,
        ("N5",),
    ),
    Mutant(
        "M67b",
        "values",
        "lets one NaN reach the whole image",
        "One dead pixel costs the sample.",
        SpreadsNaN,
        ("N5",),
    ),
    Mutant(
        "M67c",
        "values",
        "changes floats where nothing was applied",
        "Clean samples are not clean.",
        TouchesUnchanged,
        ("N7", "N9"),
    ),
    Mutant(
        "M67d",
        "values",
        "ignores the declared value range",
        "Images of 0 to 255 turn black or white.",
        IgnoresRange,
        ("N1",),
        tier="full",
    ),
)
