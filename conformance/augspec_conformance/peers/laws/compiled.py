"""Modes: what is documented to run compiled gives there what it gives eagerly."""

from __future__ import annotations

from typing import Any

from augspec_conformance.law import require, stable_seed
from augspec_conformance.peers.laws.purity import require_same
from augspec_conformance.peers.laws.shape import near
from augspec_conformance.peers.peer import Peer, Transform
from augspec_conformance.peers.peer_law import PeerLaw, claimed
from augspec_conformance.peers.probes import ask, sample

__all__ = ["LAWS"]

_ROUNDING = 2e-3
"""Of the value range: compilers fuse and reorder float32 operations."""


def _modes_agree(peer: Peer, transform: Transform) -> None:
    given = sample(peer, transform, "ramp")
    low, high = peer.ranges[given["image"].dtype.name]
    eager = ask(peer, transform, given, seed="C1", mode=peer.modes[0])
    for mode in peer.modes[1:]:
        other = ask(peer, transform, given, seed="C1", mode=mode)
        for name, value in eager.items():
            got = other[name]
            require(got.shape == value.shape, f"{mode}, {name}: shapes differ", expected=value.shape, got=got.shape)
            bound = _ROUNDING * (high - low) if name == "image" else 1e-2
            near(got, value, bound, f"{mode} and {peer.modes[0]}: {name}")


def _more_than_one(peer: Peer, transform: Transform) -> str:
    return claimed("compiled")(peer, transform) if len(peer.modes) > 1 else "it documents one mode"


def _copies(peer: Peer, transform: Transform) -> None:
    copied: Any = getattr(peer, "pickled")  # noqa: B009 (only peers whose objects go to other processes have it)
    given = sample(peer, transform)
    seed = stable_seed("C11", transform.name) % 2**31
    first = peer.arrays(transform, peer.start(transform, seed=seed)(peer.native(transform, given)))
    again = peer.arrays(transform, copied(transform, seed=seed)(peer.native(transform, given)))
    require_same(again, first, "the pickled object gives")


def _goes_to_processes(peer: Peer, transform: Transform) -> str:
    if "own" in transform.claims:
        return "it is a class of this suite"
    return "" if hasattr(peer, "pickled") else "its objects are not sent to other processes"


LAWS = (
    PeerLaw("C1", "modes agree", "Every documented mode gives what eager mode gives.", _modes_agree, _more_than_one),
    PeerLaw(
        "C11",
        "pickles",
        "An object that was pickled, as loaders do for their workers, gives the same results.",
        _copies,
        _goes_to_processes,
    ),
)
