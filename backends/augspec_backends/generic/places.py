"""The words in which ops that are no matrices say where pixels come from (see `augspec.namespace.Places`)."""

from __future__ import annotations

from dataclasses import dataclass

from augspec.namespace import Array, Namespace
from augspec_backends.generic.projective import project, projective

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
