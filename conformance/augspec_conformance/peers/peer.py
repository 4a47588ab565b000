"""What a peer is: another library's transforms with what it says about them, and a road into it and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

__all__ = ["Arrays", "Call", "Peer", "Transform"]

Arrays = dict[str, npt.NDArray[Any]]
"""A batch for the laws: `image` (B, H, W, C); and where a transform takes them `mask` (B, H, W, 1) of integers, `boxes`
(B, N, 4) as xyxy in pixels, `box_labels` (B, N) and `keypoints` (B, N, 2) as xy in pixels."""

Call = Callable[[Any], Any]
"""A transform that has been seeded: it takes and returns what `Peer.native` makes; each call is its next draw."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Transform:
    """One transform of a library, as its users write it, with what its documentation says of it.

    Attributes:
        name: the library's own expression, as the page prints it.
        build: makes it; what the arguments are is the library file's own business.
        claims: words that laws ask for, each backed by the library's documentation or by what the op is: "fixed" (no
            randomness is left), "random" (seeds matter), "moves" (pixels are moved exactly), "range" (stays in the
            value range), "neutral" (these parameters do nothing), "constant" (a constant image stays), "grey" (a grey
            image stays), "twice" (twice is nothing), "dtypes" (integers and floats are to agree), "compiled" (compiling
            is documented), "inverse" (there is one), "per-sample" and "shared" (how draws are shared in a batch),
            "active" and "idle" (in evaluation), "mixes" (samples are mixed), "recolours" (moves and recolours), "own"
            (a class of this suite).
        probability: the declared probability of being applied to a sample; None if none is declared.
        targets: what is moved along with the image.
        dtypes: dtypes of images that the library documents.
        side: for "symmetric": which side of neutral a sample was moved to, from it before and after (negative or
            positive; 0 where nothing was done).
        batch: whether one call takes a batch of samples.
        options: what the library file needs to know beside.
    """

    name: str
    build: Callable[..., Any] = field(repr=False)
    claims: frozenset[str] = frozenset()
    probability: float | None = None
    targets: tuple[str, ...] = ()
    dtypes: tuple[str, ...] = ("float32",)
    side: Callable[[npt.NDArray[Any], npt.NDArray[Any]], float] | None = field(default=None, repr=False)
    batch: bool = True
    options: Mapping[str, Any] = field(default_factory=dict)


class Peer(Protocol):
    """Another library on one of its engines: a column of the report card.

    Attributes:
        name: the column's title.
        library: name of its file here, and of the file with its verdicts.
        packages: distributions whose versions decide what is seen, the library's own first.
        modes: "eager", and what else the library documents ("compiled", "tf.data"); the first is the one in which laws
            ask, hundreds of calls included.
        layouts: layouts that it documents.
        generators: generators that it documents as the source of its randomness, besides its own seeds and keys.
        ranges: the value range of float images, and of integer ones.
        silent: laws that it does not claim as a whole, with the reason in its documentation's words.
    """

    name: str
    library: str
    packages: tuple[str, ...]
    modes: tuple[str, ...]
    layouts: tuple[str, ...]
    generators: tuple[str, ...]
    ranges: Mapping[str, tuple[float, float]]
    silent: Mapping[str, str]

    def __hash__(self) -> int:
        """Return a number of its own: results are kept by peer."""
        ...

    def missing(self) -> str:
        """Return what is not installed; empty if the peer can be asked."""
        ...

    def transforms(self) -> tuple[Transform, ...]:
        """Return what is asked."""
        ...

    def start(self, transform: Transform, *, seed: int, mode: str = "", layout: str = "NHWC") -> Call:
        """Return the transform, newly made and seeded."""
        ...

    def native(self, transform: Transform, sample: Arrays, *, layout: str = "NHWC") -> Any:
        """Return the sample as the library takes it, in memory of its own."""
        ...

    def arrays(self, transform: Transform, native: Any, *, layout: str = "NHWC") -> Arrays:
        """Return what the library gave (or was given) as arrays for the laws."""
        ...


def first_dtype(transform: Transform) -> np.dtype[Any]:
    """Return the dtype in which a transform is asked where any would do."""
    return np.dtype(transform.dtypes[0])
