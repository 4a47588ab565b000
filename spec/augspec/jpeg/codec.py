"""Encoding and decoding of levels at one quality per sample."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from augspec.jpeg import planes
from augspec.jpeg.planes import SIDE
from augspec.jpeg.transform import forward, inverse, quantised
from augspec.namespace import Array, Namespace

__all__ = ["Codec"]


@dataclass(frozen=True)
class Codec:
    """What JPEG does to levels, given the tables of `quantisation`.

    Attributes:
        xp: the namespace.
        tables: `luma`, `chroma` and their reciprocals, (B, 64) int32.
    """

    xp: Namespace
    tables: Mapping[str, Array]

    def grey(self, levels: Array) -> Array:
        """Return levels (B, H, W, 1) encoded as one plane, and decoded."""
        xp = self.xp
        _, height, width, _ = xp.shape(levels)
        found = self._through(self.blocks(levels[..., 0]), ("luma",))
        return planes.of_blocks(xp, found, height, width)[..., None]

    def colour(self, levels: Array) -> Array:
        """Return RGB levels (B, H, W, 3) encoded as luma and two chroma planes of half the sides, and decoded."""
        xp = self.xp
        _, height, width, _ = xp.shape(levels)
        y, cb, cr = planes.ycc(xp, levels)
        each = [self.blocks(y), self.blocks(self.halved(cb)), self.blocks(self.halved(cr))]
        first, second, _ = (xp.shape(one)[3] for one in each)
        found = self._through(xp.concat(each, 3), ("luma", "chroma"), first)
        y = planes.of_blocks(xp, found[..., :first], height, width)
        half = -(-height // 2), -(-width // 2)
        chroma = (found[..., first : first + second], found[..., first + second :])
        cb, cr = (self.widened(planes.of_blocks(xp, one, *half), height, width) for one in chroma)
        return planes.rgb(xp, y, cb, cr)

    def blocks(self, plane: Array) -> Array:
        """Return the 8 × 8 blocks of a plane (B, H, W), (B, 8, 8, n)."""
        return planes.blocks(self.xp, plane)

    def halved(self, plane: Array) -> Array:
        """Return a plane (B, H, W) at half the sides."""
        return planes.halved(self.xp, plane)

    def widened(self, plane: Array, height: int, width: int) -> Array:
        """Return a plane of half the sides as (B, height, width)."""
        return planes.widened(self.xp, plane, height, width)

    def quantised(self, y: Array, steps: Array, reciprocals: Array) -> Array:
        """Return coefficients, times 8, as whole multiples of their steps."""
        return quantised(self.xp, y, steps, reciprocals)

    def _through(self, levels: Array, names: tuple[str, ...], first: int = 0) -> Array:
        """Return blocks (B, 8, 8, n) transformed, quantised and transformed back, clamped to levels.

        Args:
            levels: (B, 8, 8, n).
            names: whose tables they take; with two names, the first one's for the first blocks.
            first: how many blocks these are.
        """
        xp = self.xp
        n = xp.shape(levels)[3]
        steps, reciprocals = self._tables(names, "", first, n), self._tables(names, "_reciprocal", first, n)

        def across(x: Array) -> Array:
            return xp.stack(forward(xp, [x[:, :, i, ...] for i in range(SIDE)], last=False), 2)

        def down(x: Array) -> Array:
            y = forward(xp, [x[:, i, ...] for i in range(SIDE)], last=True)
            kept = [self.quantised(y[i], steps[:, i, ...], reciprocals[:, i, ...]) for i in range(SIDE)]
            return xp.stack(inverse(xp, kept, last=False), 1)

        def back(x: Array) -> Array:
            samples = inverse(xp, [x[:, :, i, ...] for i in range(SIDE)], last=True)
            return xp.clip(xp.stack(samples, 2) + 128, 0, 255)

        found = self._once(lambda: levels - 128, n)
        for step in (across, down, back):
            found = self._once(partial(step, found), n)
        return found

    def _tables(self, names: tuple[str, ...], suffix: str, first: int, n: int) -> Array:
        """Return a table for each block, (B, 8, 8, 1) or (B, 8, 8, n)."""
        xp = self.xp
        one, *others = (xp.reshape(self.tables[f"{name}{suffix}"], (-1, SIDE, SIDE, 1)) for name in names)
        if not others:
            return one
        return xp.where(xp.reshape(xp.arange(n), (1, 1, 1, n)) < first, one, others[0])

    def _once(self, f: Callable[[], Array], n: int) -> Array:
        """Return blocks that are computed once: each of them is read eight times."""
        return self.xp.materialise(f, self.tables["luma"], (SIDE, SIDE, n), "int32")
