"""Encoding and decoding of levels at one quality per sample."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from augspec.jpeg.planes import SIDE, blocks, halved, of_blocks, rgb, widened, ycc
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
        found = self._through(blocks(xp, levels[..., 0]), ("luma",))
        return of_blocks(xp, found, height, width)[..., None]

    def colour(self, levels: Array) -> Array:
        """Return RGB levels (B, H, W, 3) encoded as luma and two chroma planes of half the sides, and decoded."""
        xp = self.xp
        _, height, width, _ = xp.shape(levels)
        y, cb, cr = ycc(xp, levels)
        planes = [blocks(xp, y), blocks(xp, halved(xp, cb)), blocks(xp, halved(xp, cr))]
        counts = [xp.shape(plane)[3] for plane in planes]
        found = self._through(xp.concat(planes, 3), ("luma", "chroma"), counts[0])
        half = -(-height // 2), -(-width // 2)
        y = of_blocks(xp, found[..., : counts[0]], height, width)
        chroma = (found[..., counts[0] : counts[0] + counts[1]], found[..., counts[0] + counts[1] :])
        cb, cr = (widened(xp, of_blocks(xp, one, *half), height, width) for one in chroma)
        return rgb(xp, y, cb, cr)

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
            return xp.stack(forward(xp, [x[:, :, i] for i in range(SIDE)], last=False), 2)

        def down(x: Array) -> Array:
            y = forward(xp, [x[:, i] for i in range(SIDE)], last=True)
            kept = [quantised(xp, y[i], steps[:, i], reciprocals[:, i]) for i in range(SIDE)]
            return xp.stack(inverse(xp, kept, last=False), 1)

        def back(x: Array) -> Array:
            samples = inverse(xp, [x[:, :, i] for i in range(SIDE)], last=True)
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
