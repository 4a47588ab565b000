"""Faults of values: rounding, ranges, numbers that are none."""

from __future__ import annotations

from typing import Any

import numpy as np

from augspec.namespace import Array, Namespace
from augspec_backends.generic.numbers import FixedNumbers, FloatNumbers
from augspec_backends.generic.pipeline import Runner
from augspec_conformance.mutants.faulty import Faulty, Values
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


class _CoarseFloats(FloatNumbers):
    def clamp(self, x: Array) -> Array:
        step = x.dtype.type(self.span / 2**17)
        return super().clamp(np.round(x / step) * step) if x.dtype.kind == "f" else super().clamp(x)


class RoundsFloats(Faulty):
    """Rounds float pixels to multiples of 2⁻¹⁷ of the range."""

    floats = _CoarseFloats


class CoarsePlaces(Faulty):
    """Rounds the shift of a warp to multiples of 2⁻¹¹ pixel, down."""

    def prepared(self, values: Values) -> Values:
        mask = np.array([-1, -1, -4, -1, -1, -4], np.int32)
        return {name: array & mask if name.endswith(".matrix") else array for name, array in values.items()}


class CoarseWeights(Faulty):
    """Rounds the weights of filters and resampling to multiples of 2⁻¹²."""

    def prepared(self, values: Values) -> Values:
        def coarse(name: str, weights: Array) -> Array:
            new = weights >> 3 << 3
            if name.endswith(".weights"):  # symmetric: each but the first counts twice
                new[..., 0] = 32768 - 2 * new[..., 1:].sum(-1, dtype=np.int32)
            else:
                most = np.expand_dims(new.argmax(-1), -1)
                np.put_along_axis(
                    new, most, np.take_along_axis(new, most, -1) + 32768 - new.sum(-1, dtype=np.int32)[..., None], -1
                )
            return new

        return {name: coarse(name, array) if name.endswith("weights") else array for name, array in values.items()}


class TruncatesHalves(Faulty):
    """Truncates float16 results instead of rounding them."""

    def finished(self, runner: Runner, xp: Namespace, state: Values) -> Values:
        image = state["image"]
        if runner.signature.dtype != "float16" or image.dtype != np.float32:
            return state
        near = image.astype(np.float16)
        down = np.where(np.abs(near.astype(np.float32)) > np.abs(image), np.nextafter(near, np.float16(0)), near)
        return {**state, "image": down.astype(np.float32)}


class CoarsePoints(Faulty):
    """Rounds boxes and keypoints to multiples of 1/2048 pixel."""

    def finished(self, runner: Runner, xp: Namespace, state: Values) -> Values:
        names = [name for name in ("boxes", "keypoints") if name in state]
        return {**state, **{name: np.floor(state[name] * np.float32(2048)) / np.float32(2048) for name in names}}


class StrayPixels(Faulty):
    """Takes one mask pixel in 200 from two columns on."""

    def finished(self, runner: Runner, xp: Namespace, state: Values) -> Values:
        if "mask" not in state:
            return state
        mask = state["mask"]
        stray = (np.arange(mask.size) % 200 == 199).reshape(mask.shape)
        return {**state, "mask": np.where(stray, np.roll(mask, 2, 2), mask)}


MUTANTS = (
    Mutant(
        "M37",
        "values",
        "truncates instead of rounding",
        "Images darken with every pass.",
        Truncates,
        ("N1",),
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
    Mutant(
        "M71",
        "values",
        "rounds float pixels to multiples of 2⁻¹⁷",
        "Floats have the precision of a 17-bit camera.",
        RoundsFloats,
        ("N1",),
    ),
    Mutant(
        "M71b",
        "values",
        "rounds the shifts of warps to multiples of 2⁻¹¹ pixel",
        "Results differ from other backends in the fourth digit.",
        CoarsePlaces,
        ("N1",),
    ),
    Mutant(
        "M71c",
        "values",
        "rounds the weights of filters and resampling to multiples of 2⁻¹²",
        "Results differ from other backends in the fourth digit.",
        CoarseWeights,
        ("N1",),
    ),
    Mutant(
        "M71d",
        "values",
        "truncates float16 results",
        "Half precision loses one more bit, always downwards.",
        TruncatesHalves,
        ("N2", "N3"),
    ),
    Mutant(
        "M71e",
        "values",
        "rounds points to multiples of 1/2048 pixel",
        "Boxes drift by a little at every op.",
        CoarsePoints,
        ("N1",),
    ),
    Mutant(
        "M71f",
        "values",
        "takes one mask pixel in 200 from elsewhere",
        "Masks are grainy.",
        StrayPixels,
        ("N1", "F1"),
    ),
)
