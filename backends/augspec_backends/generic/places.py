"""The words in which ops that are no matrices say where pixels come from (see `augspec.namespace.Places`)."""

from __future__ import annotations

from dataclasses import dataclass

from augspec.namespace import Array, Namespace
from augspec_backends.generic.displacement import displaced, rough, undisplaced
from augspec_backends.generic.projective import project, projective
from augspec_backends.generic.radial import radial, unbend
from augspec_backends.generic.stretch import stretched, unstretched

__all__ = ["PlacesOf"]


@dataclass(frozen=True)
class PlacesOf:
    """The pixels of one canvas."""

    xp: Namespace
    height: int
    width: int

    def projective(self, rows: Array) -> tuple[Array, Array]:
        """Return the sources of a homography, (B, H, W) each."""
        return projective(self.xp, rows, self.height, self.width)

    def project(self, x: Array, y: Array, matrix: Array) -> tuple[Array, Array]:
        """Return points (B, N) moved by a homography (B, 9)."""
        return project(self.xp, x, y, matrix, self.height, self.width)

    def radial(self, k: Array) -> tuple[Array, Array]:
        """Return the sources of a polynomial of the radius, (B, H, W) each; coefficients (B, 2)."""
        return radial(self.xp, k, self.height, self.width)

    def unbend(self, x: Array, y: Array, k: Array) -> tuple[Array, Array]:
        """Return points (B, N) moved by its inverse."""
        return unbend(self.xp, x, y, k, self.height, self.width)

    def stretched(self, columns: Array, rows: Array) -> tuple[Array, Array]:
        """Return the sources where equal cells show parts of other widths, (B, H, W) each; parts (B, n)."""
        xp = self.xp
        x = xp.reshape(stretched(xp, columns, self.width), (-1, 1, self.width))
        y = xp.reshape(stretched(xp, rows, self.height), (-1, self.height, 1))
        return x + y * 0, y + x * 0

    def unstretched(self, x: Array, y: Array, columns: Array, rows: Array) -> tuple[Array, Array]:
        """Return points (B, N) moved by the inverse."""
        return unstretched(self.xp, x, columns, self.width), unstretched(self.xp, y, rows, self.height)

    def rough(self, words: Array, weights: Array, gain: Array) -> Array:
        """Return a smooth random field of displacements, (B, H, W, 2)."""
        return rough(self.xp, words, weights, gain)

    def displaced(self, field: Array) -> tuple[Array, Array]:
        """Return the sources that a field displaces, (B, H, W) each."""
        return displaced(self.xp, field)

    def undisplaced(self, x: Array, y: Array, field: Array) -> tuple[Array, Array]:
        """Return points (B, N) moved by the inverse."""
        return undisplaced(self.xp, x, y, field)
