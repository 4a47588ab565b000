"""The laws that other libraries are asked, one file per family."""

from __future__ import annotations

from augspec_conformance.peers.laws import (
    batch,
    compiled,
    distributions,
    documents,
    geometry,
    purity,
    shape,
    targets,
    values,
)
from augspec_conformance.peers.peer_law import PeerLaw

__all__ = ["peer_laws"]


def peer_laws() -> tuple[PeerLaw, ...]:
    """Return every law, in the order of the page."""
    families = (purity, batch, shape, values, geometry, targets, distributions, compiled, documents)
    return tuple(law for family in families for law in family.LAWS)
