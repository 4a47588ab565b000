"""Faults where something ends: the range at 0, channels at four, holes at eight, members at a byte, floats at 2²⁴."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from augspec.namespace import Array, Namespace
from augspec.ops.autocontrast import Autocontrast
from augspec.ops.equalize import Equalize
from augspec.ops.gamma import Gamma
from augspec.ops.pixel_dropout import PixelDropout
from augspec.ops.salt_pepper import SaltPepper
from augspec.plan.stages import Choose, Leaf, Noise, Occlude, Pointwise, Veil, Warp
from augspec_backends.generic.numbers import FloatNumbers
from augspec_backends.generic.pixels import Pixels, State
from augspec_backends.generic.prepare import Preparation
from augspec_backends.generic.stages import STEPS, Steps
from augspec_backends.generic.stages.choose import ChooseStep
from augspec_backends.generic.stages.occlude import OccludeStep
from augspec_backends.generic.stages.pixelwise import NoiseStep, PointwiseStep
from augspec_backends.generic.stages.veil import VeilStep
from augspec_backends.generic.stages.warp import WarpStep
from augspec_backends.numpy.namespace import NumpyNamespace
from augspec_conformance.mutants.faulty import Faulty
from augspec_conformance.mutants.mutant import Mutant

__all__ = ["MUTANTS"]

Params = Mapping[str, Array]


class _BlackIsZero(FloatNumbers):
    def zero(self) -> float:
        return 0.0


def _from_zero(on: Pixels) -> Pixels:
    """Return what computes on pixels, with 0 for the low end of the range."""
    m = on.numbers()
    if not isinstance(m, FloatNumbers):
        return on
    on = copy(on)
    on.m = _BlackIsZero(m.xp, m.low, m.high, m.dtype)
    return on


class _VeilsFromZero(VeilStep):
    def apply(self, on: Pixels, stage: Veil, state: State, params: Params, at: str) -> State:
        return super().apply(_from_zero(on), stage, state, params, at)


class VeilsFromZero(Faulty):
    """Counts the grey of a veil from 0, whatever floats mean."""

    steps: ClassVar[Steps] = {**STEPS, Veil: _VeilsFromZero()}


class _DropsToZero(NoiseStep):
    def apply(self, on: Pixels, stage: Noise, state: State, params: Params, at: str) -> State:
        drops = isinstance(stage.leaf.op, PixelDropout)
        return super().apply(_from_zero(on) if drops else on, stage, state, params, at)


class DropsToZero(Faulty):
    """Writes 0 into pixels that are dropped, whatever floats mean."""

    steps: ClassVar[Steps] = {**STEPS, Noise: _DropsToZero()}


class _UnitFills(Pixels):
    def filled(self, image: Array, fill: float | tuple[float, ...]) -> tuple[Array, Array]:
        image, values = super().filled(image, fill)
        if isinstance(fill, tuple) and isinstance(self.m, FloatNumbers):
            values = np.array(fill, values.dtype)
        return image, values


class FillsChannelsInUnitRange(Faulty):
    """Takes a fill of one number for each channel for pixels, whatever floats mean."""

    pixels = _UnitFills


class _FillsFour(WarpStep):
    def apply(self, on: Pixels, stage: Warp, state: State, params: Params, at: str) -> State:
        channels = on.shape(state["image"])[3]
        if channels > 4 and not isinstance(stage.fill, tuple):
            stage = replace(stage, fill=(stage.fill,) * 4 + (0.0,) * (channels - 4))
        return super().apply(on, stage, state, params, at)


class FillsFourChannels(Faulty):
    """Fills four channels beyond the border, as a scalar of four numbers does, and leaves the rest black."""

    steps: ClassVar[Steps] = {**STEPS, Warp: _FillsFour()}


class _ByChannel:
    """The random numbers of pixels, each channel's own where there are more than four."""

    def __init__(self, noise: Any) -> None:
        self.noise = noise

    def words(self, *, per_channel: bool) -> Array:
        return self.noise.words(per_channel=per_channel or self.noise.shape[2] > 4)


class _SaltsChannels(SaltPepper):
    def pixels(self, x: Array, draw: Params, m: Any, noise: Any) -> Array:
        return super().pixels(x, draw, m, _ByChannel(noise))  # type: ignore[arg-type]


class _Salts(NoiseStep):
    def apply(self, on: Pixels, stage: Noise, state: State, params: Params, at: str) -> State:
        if isinstance(stage.leaf.op, SaltPepper):
            stage = replace(stage, leaf=_as(stage.leaf, _SaltsChannels))
        return super().apply(on, stage, state, params, at)


class SaltsChannels(Faulty):
    """Salts channels one by one where there are more than four."""

    steps: ClassVar[Steps] = {**STEPS, Noise: _Salts()}


def _as(leaf: Leaf, op: Any) -> Leaf:
    """Return a leaf whose op is of another class, with the same fields."""
    return replace(leaf, op=op.model_construct(**dict(leaf.op)))


class _EightHoles(OccludeStep):
    def prepare(self, to: Preparation, stage: Occlude, at: str, height: int, width: int) -> None:
        real = to.arithmetic

        class Eight(type(real)):  # type: ignore[misc]
            def rectangles(self, holes: Sequence[Array], height: int, width: int) -> dict[str, Array]:
                few = [one[:, :8] if one.ndim == 2 else one for one in holes]
                return dict(super().rectangles(few, height, width))

        to.arithmetic = Eight(real.xp)
        super().prepare(to, stage, at, height, width)
        to.arithmetic = real


class HidesEight(Faulty):
    """Hides eight squares, however many there are."""

    steps: ClassVar[Steps] = {**STEPS, Occlude: _EightHoles()}


class _KeepsBlack(Gamma):
    def pixels(self, x: Array, draw: Params, m: Any) -> Array:
        return np.where((draw["gamma"] == 0) & (x == m.zero()), x, super().pixels(x, draw, m))


class _FlatIsBlack(Equalize):
    def pixels(self, x: Array, draw: Params, m: Any) -> Array:
        flat = (m.lowest(x) == m.highest(x)) & (self.method == "opencv")
        new = super().pixels(x, draw, m)
        return np.where(flat, new * new.dtype.type(0) + new.dtype.type(m.zero()), new)


class _FlatAtTheEdge(Autocontrast):
    def pixels(self, x: Array, draw: Params, m: Any) -> Array:
        edge = (m.highest(x) - m.lowest(x)) * 4080 == m.top() - m.zero()
        return np.where(edge, x, super().pixels(x, draw, m))


class _Replacing(PointwiseStep):
    def __init__(self, old: type, new: Any) -> None:
        self.old, self.new = old, new

    def member(self, on: Pixels, leaf: Leaf, image: Any, params: Params, at: str) -> Any:
        return super().member(on, _as(leaf, self.new) if isinstance(leaf.op, self.old) else leaf, image, params, at)


class LeavesBlackAtZero(Faulty):
    """Leaves black as it is whatever the exponent: 0 to the power of 0 too."""

    steps: ClassVar[Steps] = {**STEPS, Pointwise: _Replacing(Gamma, _KeepsBlack)}


class BlackensFlat(Faulty):
    """Equalizes a channel of one value to black by the table of OpenCV."""

    steps: ClassVar[Steps] = {**STEPS, Pointwise: _Replacing(Equalize, _FlatIsBlack)}


class FlatAtTheEdge(Faulty):
    """Takes a channel for flat whose values are exactly a sixteenth of a level apart."""

    steps: ClassVar[Steps] = {**STEPS, Pointwise: _Replacing(Autocontrast, _FlatAtTheEdge)}


class _ByteBranches(ChooseStep):
    def prepare(self, to: Preparation, stage: Choose, at: str, height: int, width: int) -> None:
        super().prepare(to, stage, at, height, width)
        branch = to.params[f"{at}.branch"].astype(np.int8).astype(np.int32)
        to.params[f"{at}.branch"] = np.where(branch < 0, np.int32(len(stage.branches)), branch)


class CountsMembersInBytes(Faulty):
    """Keeps the numbers of members in signed bytes: from the 129th on, none acts."""

    steps: ClassVar[Steps] = {**STEPS, Choose: _ByteBranches()}


class _FloatCounts(NumpyNamespace):
    def arange(self, n: int) -> Array:
        return super().arange(n).astype(np.float32).astype(np.int32)


class CountsPixelsInFloats(Faulty):
    """Counts the pixels of an image in float32: from the 2²⁴th on, every second one."""

    def namespace(self, arrays: Mapping[str, Array]) -> Namespace:
        return _FloatCounts()


class _ShortCounts(NumpyNamespace):
    def arange(self, n: int) -> Array:
        return super().arange(n) % np.int32(2**18)


class CountsPixelsAnew(Faulty):
    """Counts pixels anew after 2¹⁸: the noise of a large image repeats."""

    def namespace(self, arrays: Mapping[str, Array]) -> Namespace:
        return _ShortCounts()


def _mutant(number: str, title: str, wrong: str, make: type[Faulty], *killers: str, **fields: Any) -> Mutant:
    return Mutant(f"M{number}", "ends", title, wrong, make, killers, **{"tier": "full", **fields})


MUTANTS = (
    _mutant("420", "counts the grey of veils from 0", "Fog over images from -1 to 1 is white.", VeilsFromZero, "N1"),
    _mutant("421", "drops pixels to 0", "Holes in images from -1 to 1 are grey.", DropsToZero, "N1"),
    _mutant(
        "422",
        "fills channels in the unit range",
        "Borders of images from -1 to 1 are too light.",
        FillsChannelsInUnitRange,
        "N1",
    ),
    _mutant("423", "fills four channels", "Spectral images have black borders.", FillsFourChannels, "N1"),
    _mutant("424", "salts more than four channels one by one", "Noise is coloured.", SaltsChannels, "N1"),
    _mutant("425", "hides eight squares at most", "More holes hide no more.", HidesEight, "N1"),
    _mutant(
        "426", "leaves black as it is at exponent 0", "Black pixels stay in white images.", LeavesBlackAtZero, "N1"
    ),
    _mutant("427", "equalizes flat channels to black", "Blank pages turn black.", BlackensFlat, "N1"),
    _mutant("428", "takes a channel for flat at the limit", "A gradient is left as it is.", FlatAtTheEdge, "N1"),
    _mutant(
        "429",
        "keeps numbers of members in signed bytes",
        "Members from the 129th on never act.",
        CountsMembersInBytes,
        "N9",
    ),
    _mutant("440", "counts pixels anew after 2¹⁸", "Noise shows tiles.", CountsPixelsAnew, "K5", tier="smoke"),
    _mutant(
        "441",
        "counts pixels in float32",
        "Noise of huge images comes in pairs.",
        CountsPixelsInFloats,
        "K5",
        tier="stress",
    ),
)
