"""Geometry: declared inverses undo."""

from __future__ import annotations

from typing import Any

import numpy as np

from augspec_conformance.law import stable_seed
from augspec_conformance.peers.laws.shape import near
from augspec_conformance.peers.peer import Peer, Transform
from augspec_conformance.peers.peer_law import PeerLaw, claimed
from augspec_conformance.peers.probes import sample

__all__ = ["LAWS"]

_EXACT = 1e-3
"""Of the value range: for inverses of what only moves or recolours pixels."""

_RESAMPLED = 0.12
"""Of the value range: two bilinear resamplings of a soft ramp, in the middle of the image."""


def _inverse(peer: Peer, transform: Transform) -> None:
    """Ask the transform for its own inverse: `options["undo"]` takes a seed and says there and back again."""
    undo: Any = transform.options["undo"]
    for number in range(6):
        given = sample(peer, transform, "ramp", targets=())
        native = peer.native(transform, given)
        back = peer.arrays(transform, undo(transform, native, stable_seed("G7", number) % 2**31))["image"]
        low, high = peer.ranges[given["image"].dtype.name]
        bound = (high - low) * (_EXACT if "moves" in transform.claims else _RESAMPLED)
        _, height, width, _ = given["image"].shape
        middle = np.s_[:, height // 2 - 2 : height // 2 + 2, width // 2 - 2 : width // 2 + 2]
        whole = np.s_[:]
        part = whole if "moves" in transform.claims else middle
        near(back[part], given["image"][part], bound, f"forward and back with seed {number}")


LAWS = (PeerLaw("G7", "inverses", "What the library offers as inverse undoes it.", _inverse, claimed("inverse")),)
