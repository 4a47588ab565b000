"""Batches: samples do not see each other."""

from __future__ import annotations

import numpy as np

from augspec_conformance.law import require, require_equal
from augspec_conformance.peers.peer import Arrays, Peer, Transform
from augspec_conformance.peers.peer_law import PeerLaw
from augspec_conformance.peers.probes import SHAPE, ask, sample

__all__ = ["LAWS"]


def _apart(peer: Peer, transform: Transform) -> str:
    if "mixes" in transform.claims:
        return "mixing samples is what it is for"
    return _batched(peer, transform)


def _batched(peer: Peer, transform: Transform) -> str:
    del peer
    return "" if transform.batch else "it takes single samples only"


def _batched_and_fixed(peer: Peer, transform: Transform) -> str:
    if "fixed" not in transform.claims:
        return "its parameters are drawn"
    return _batched(peer, transform)


def _part(given: Arrays, chosen: slice) -> Arrays:
    return {name: value[chosen] for name, value in given.items()}


def _singles(peer: Peer, transform: Transform) -> None:
    given = sample(peer, transform)
    whole = ask(peer, transform, given, seed="B1")
    for index in range(SHAPE[0]):
        alone = ask(peer, transform, _part(given, slice(index, index + 1)), seed="B1")
        for name, value in alone.items():
            got, expected = value[0], whole[name][index]
            require(got.shape == expected.shape, f"{name}: shapes differ", expected=expected.shape, got=got.shape)
            if np.allclose(got, expected, rtol=1e-4, atol=1e-4 * _span(peer, transform), equal_nan=True):
                continue
            require_equal(got, expected, f"sample {index} alone, and in a batch of {SHAPE[0]}: {name}")


def _span(peer: Peer, transform: Transform) -> float:
    low, high = peer.ranges[transform.dtypes[0]]
    return high - low


def _no_cross_talk(peer: Peer, transform: Transform) -> None:
    given = sample(peer, transform)
    changed = {name: value.copy() for name, value in given.items()}
    other = sample(peer, transform, "extremes", seed=99)
    for name in given:
        changed[name][1] = other[name][1]
    plain, touched = (ask(peer, transform, one, seed="B6") for one in (given, changed))
    for name, value in plain.items():
        for index in (0, 2, 3):
            reason = f"sample {index} after sample 1 was exchanged: {name}"
            require_equal(touched[name][index], value[index], reason)


def _nothing(peer: Peer, transform: Transform) -> None:
    images = sample(peer, transform, targets=())
    one = ask(peer, transform, images, seed="B5")
    given = _part(images, slice(0, 0))
    none = ask(peer, transform, given, seed="B5")
    for name, value in one.items():
        expected = (0, *value.shape[1:])
        require(none[name].shape == expected, f"{name} of no samples", expected=expected, got=none[name].shape)


LAWS = (
    PeerLaw(
        "B1",
        "alone as in a batch",
        "With fixed parameters a sample gives alone what it gives inside of a batch.",
        _singles,
        _batched_and_fixed,
    ),
    PeerLaw("B5", "nothing", "A batch of no samples gives no results, of the right shapes.", _nothing, _batched),
    PeerLaw("B6", "no cross-talk", "What one sample holds changes no other sample.", _no_cross_talk, _apart),
)
