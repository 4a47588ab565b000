"""Documents and honesty: what is documented runs, and what was written down comes back."""

from __future__ import annotations

from typing import Any

from augspec_conformance.law import require, stable_seed
from augspec_conformance.peers.laws.purity import require_same
from augspec_conformance.peers.peer import Peer, Transform
from augspec_conformance.peers.peer_law import PeerLaw
from augspec_conformance.peers.probes import ask, sample

__all__ = ["LAWS"]


def _runs(peer: Peer, transform: Transform) -> None:
    for dtype in transform.dtypes:
        try:
            ask(peer, transform, sample(peer, transform, dtype=dtype), seed="J6")
        except Exception as error:
            text = " ".join(str(error).split())
            require(False, f"documented input ({dtype}) ends in {type(error).__name__}: {text[:160]}")


def _round_trip(peer: Peer, transform: Transform) -> None:
    rebuild: Any = getattr(peer, "rebuilt")  # noqa: B009 (only peers that write themselves down have it)
    given = sample(peer, transform)
    seed = stable_seed("J1", transform.name) % 2**31
    native = peer.native(transform, given)
    first = peer.arrays(transform, peer.start(transform, seed=seed)(native))
    again = peer.arrays(transform, rebuild(transform, seed=seed)(peer.native(transform, given)))
    require_same(again, first, "the object made from its own configuration gives")


def _written(peer: Peer, transform: Transform) -> str:
    del transform
    return "" if hasattr(peer, "rebuilt") else "it writes no configuration"


LAWS = (
    PeerLaw("J6", "honesty", "What is documented runs.", _runs),
    PeerLaw(
        "J1",
        "round trip",
        "An object made from another's written configuration, seed included, gives the same results.",
        _round_trip,
        _written,
    ),
)
