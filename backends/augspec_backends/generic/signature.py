"""The static facts of a sample: shapes and dtypes, which alone decide what is compiled."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Leaf", "Signature"]

Shape = tuple[int | None, ...]


@dataclass(frozen=True)
class Leaf:
    """Shape and dtype of one array, for `output_spec`; None is a side that only the values decide."""

    shape: Shape
    dtype: str


@dataclass(frozen=True)
class Signature:
    """The static facts of a sample.

    Attributes:
        batched: whether the arrays have a batch axis.
        batch: B; 1 for a single sample; None where a graph does not know it.
        frames: T, the number of images of a sample that is a stack; None where a sample is one image.
        height: H.
        width: W.
        channels: C.
        dtype: the image's dtype.
        domain: "fixed" (uint8), "float", or "move" (nothing but exact moves, any dtype).
        leaves: (target, shape, dtype) of every array that moves, image first, and of their flags.
        bare: whether the sample is the image itself, not a dict.
    """

    batched: bool
    batch: int | None
    frames: int | None
    height: int
    width: int
    channels: int
    dtype: str
    domain: str
    leaves: tuple[tuple[str, tuple[int, ...], str], ...]
    bare: bool

    @property
    def lead(self) -> Shape:
        """Return the axes before those of one image: (B, T), (B,), (T,) or ()."""
        return (*((self.batch,) if self.batched else ()), *(() if self.frames is None else (self.frames,)))

    def has(self, target: str) -> bool:
        """Return whether a target is present."""
        return any(name == target for name, _, _ in self.leaves)

    def shape_of(self, target: str) -> tuple[int, ...]:
        """Return the shape of a target that is present."""
        return next(shape for name, shape, _ in self.leaves if name == target)

    def dtype_of(self, target: str) -> str:
        """Return the dtype of a target that is present."""
        return next(dtype for name, _, dtype in self.leaves if name == target)
