"""What a kind of target is to a backend: which arrays it takes, how they enter the state, and how they leave it."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from augspec.language.policy import Targets
from augspec.namespace import Array, Namespace
from augspec_backends.generic.options import Options
from augspec_backends.generic.signature import Leaf, Signature

__all__ = ["Passage", "Shape", "Target"]

Shape = tuple[int | None, ...]
State = dict[str, Array]


@dataclass(frozen=True)
class Passage:
    """The way of arrays into the canonical state, in which all images of all samples are rows, and out of it.

    Attributes:
        xp: the namespace.
        signature: of the sample.
        options: how its arrays are written.
        settings: what the policy says of targets.
        size: (height, width) of the canvas that they leave.
    """

    xp: Namespace
    signature: Signature
    options: Options
    settings: Targets
    size: tuple[int, int]

    def rows(self, x: Array) -> Array:
        """Return an array with one row for each image: (B, T, …), (B, …), (T, …) or (…) to (B · T, …)."""
        sig = self.signature
        if sig.batched and sig.frames is not None:
            batch, frames, *tail = self.xp.shape(x)
            return self.xp.reshape(x, (-1 if sig.batch is None else batch * frames, *tail))
        return x if sig.lead else x[None, ...]

    def lead(self, x: Array) -> Array:
        """Return rows (B · T, …) in the caller's form; the inverse of `rows`."""
        sig = self.signature
        if sig.batched and sig.frames is not None:
            return self._parted(x, sig.frames)
        return x if sig.lead else x[0, ...]

    def each(self, x: Array) -> Array:
        """Return what belongs to samples, (B, …), once for each of their images, (B · T, …)."""
        frames = self.signature.frames
        return x if frames is None else repeated(self.xp, x, frames)

    def once(self, x: Array) -> Array:
        """Return what is equal for all images of a sample, (B · T, …), once for each, (B, …); inverse of `each`."""
        frames = self.signature.frames
        if frames is None:
            return x
        return self._parted(x, frames)[:, 0, ...]

    def channels_last(self, x: Array) -> Array:
        """Return rows in the declared layout with channels last."""
        return x if self.options.layout == "NHWC" else self.xp.transpose(x, (0, 2, 3, 1))

    def declared(self, x: Array) -> Array:
        """Return rows with channels last in the declared layout."""
        return x if self.options.layout == "NHWC" else self.xp.transpose(x, (0, 3, 1, 2))

    def _parted(self, x: Array, frames: int) -> Array:
        """Return rows (B · T, …) as (B, T, …); a number that nobody knows follows from the others."""
        rows, *tail = self.xp.shape(x)
        return self.xp.reshape(x, (-1 if self.signature.batch is None else rows // frames, frames, *tail))


def repeated(xp: Namespace, x: Array, times: int) -> Array:
    """Return every row (B, …) so many times, one after the other, (B · times, …)."""
    tail = tuple(xp.shape(x)[1:])
    if math.prod(tail) == 0:
        return xp.concat([x] * times, 0)  # no numbers at all: any order is right
    return xp.reshape(xp.stack([x] * times, 1), (-1, *tail))


@dataclass(frozen=True)
class Target(ABC):
    """One kind of target; subclasses hold no more than what a policy says of it.

    Attributes:
        name: of the sample's entry.
        flag: name of the entry that a call adds: which rows are still valid; empty where there is none.
        words: what ops call it that need it.
        barred: what ops call it that refuse it.
    """

    name: str
    flag: str = ""
    words: tuple[str, ...] = ()
    barred: tuple[str, ...] = ()
    pixels: ClassVar[bool] = False
    """Whether it has one value, or several, for each pixel."""

    layouts: ClassVar[bool] = False
    """Whether it may have channels, which stand where the layout says."""

    @abstractmethod
    def check(self, shape: Shape, dtype: str, sig: Signature, options: Options, settings: Targets) -> None:
        """Refuse what is no such target of a sample.

        Raises:
            SampleError: another shape or dtype than the image, the options and the policy ask for.
        """

    def check_beside(self, arrays: Mapping[str, tuple[Shape, str]]) -> None:  # noqa: B027 (most kinds ask nothing)
        """Refuse what does not go with the other targets of a sample, given the shapes and dtypes of all.

        Raises:
            SampleError: with what it has to have in common with which.
        """

    def check_values(self, values: np.ndarray, options: Options, settings: Targets) -> None:  # noqa: B027 (most kinds ask nothing)
        """Refuse values that mean nothing, where they can be looked at.

        Raises:
            SampleError: with the value and its place.
        """

    @abstractmethod
    def enter(self, go: Passage, arrays: Mapping[str, Array]) -> State:
        """Return the entries of the canonical state (see `augspec_backends.generic.pixels`)."""

    @abstractmethod
    def leave(self, go: Passage, state: State, start: State, arrays: Mapping[str, Array]) -> dict[str, Array]:
        """Return the entries of the result in the caller's own form.

        Args:
            go: the way.
            state: the state at its end.
            start: the state at its begin.
            arrays: what the caller gave.
        """

    def channels(self, sig: Signature) -> bool:
        """Return whether arrays have a channel axis where the layout says."""
        return False

    @abstractmethod
    def spec(self, shape: Shape, dtype: str, sig: Signature, options: Options, runner: Any) -> dict[str, Leaf]:
        """Return shapes and dtypes of what `leave` gives, from those of what came."""
