"""Distributions: declared probabilities, independence of samples, signs that are equally likely."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from augspec_conformance.law import require, stable_seed
from augspec_conformance.peers.laws.shape import near
from augspec_conformance.peers.laws.values import applied
from augspec_conformance.peers.peer import Peer, Transform
from augspec_conformance.peers.peer_law import NothingTested, PeerLaw, claimed
from augspec_conformance.peers.probes import TINY, ask, sample
from augspec_conformance.statistic import cells_hold, share_holds, share_interval

__all__ = ["CALLS", "LAWS"]

_SLACK = 0.02
"""Of a factor: what clipping and rounding may do to a measured one."""

CALLS = 240
"""Calls of one object: a share of ½ is told from one that is off by 0.25."""


@lru_cache(maxsize=4)
def _observed(peer: Peer, transform: Transform) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.float64]]:
    """Call one seeded object many times; return what was applied, and its side, both (calls, batch)."""
    call = peer.start(transform, seed=stable_seed("R1", transform.name) % 2**31)
    given = sample(peer, transform, shape=transform.options.get("shape", TINY), targets=())
    gates, sides = [], []
    for _ in range(CALLS):
        out = peer.arrays(transform, call(peer.native(transform, given)))["image"]
        gates.append(applied(peer, given["image"], out))
        sides.append(
            [transform.side(a, b) if transform.side else 0.0 for a, b in zip(given["image"], out, strict=True)]
        )
    return np.array(gates), np.array(sides)


def _gates(peer: Peer, transform: Transform) -> None:
    p = transform.probability
    assert p is not None
    count = int(_observed(peer, transform)[0][:, 0].sum())
    low, high = share_interval(CALLS, p)
    require(
        share_holds(count, CALLS, p),
        f"applied {count} times in {CALLS} calls, declared probability {p}",
        expected=f"a share of {low:.2f} to {high:.2f}",
        got=f"{count / CALLS:.2f}",
    )


def _gated(peer: Peer, transform: Transform) -> str:
    del peer
    return "" if transform.probability not in (None, 0.0, 1.0) else "no probability between 0 and 1 is declared"


def _independent(peer: Peer, transform: Transform) -> None:
    p = transform.probability
    assert p is not None
    first, second = _pairs(peer, transform)
    counts = [int(((first == a) & (second == b)).sum()) for a in (False, True) for b in (False, True)]
    shares = [(1 - p) ** 2, (1 - p) * p, p * (1 - p), p * p]
    cell = cells_hold(counts, shares)
    require(
        cell is None,
        "two gates that should be independent are not: (neither, second, first, both)",
        expected=[round(CALLS * share) for share in shares],
        got=counts,
    )


def _pairs(peer: Peer, transform: Transform) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Return two gates per call: of two ops (`options["both"]` tells them apart), else of two samples of a batch."""
    both: Any = transform.options.get("both")
    if both is None:
        gates = _observed(peer, transform)[0]
        return gates[:, 0], gates[:, 1]
    call = peer.start(transform, seed=stable_seed("R5", transform.name) % 2**31)
    given = sample(peer, transform, shape=TINY, targets=())
    found = np.array(
        [
            both(given["image"][0], peer.arrays(transform, call(peer.native(transform, given)))["image"][0])
            for _ in range(CALLS)
        ]
    )
    return found[:, 0], found[:, 1]


def _gated_batch(peer: Peer, transform: Transform) -> str:
    if "both" not in transform.options and not transform.batch:
        return "it takes single samples only"
    if "shared" in transform.claims:
        return "one draw for the whole batch is documented"
    return _gated(peer, transform)


def _both_sides(peer: Peer, transform: Transform) -> None:
    gates, sides = _observed(peer, transform)
    chosen = sides[:, 0][gates[:, 0]]
    chosen = chosen[chosen != 0]
    if len(chosen) < 60:
        raise NothingTested(f"applied {len(chosen)} times only")
    positive = int((chosen > 0).sum())
    require(
        share_holds(positive, len(chosen), 0.5),
        "draws of one sign only, or mostly, although both are declared equally likely",
        expected=f"about {len(chosen) // 2} of {len(chosen)}",
        got=positive,
    )


def _symmetric(peer: Peer, transform: Transform) -> str:
    del peer
    return "" if transform.side is not None else "no distribution about neutral is declared"


def _bounds(peer: Peer, transform: Transform) -> None:
    """Hold what `options["measure"]` sees of a parameter, from before and after, against `options["bounds"]`."""
    if "bounds" not in transform.options:
        _fixed(peer, transform)
        return
    measure: Any = transform.options["measure"]
    low, high = transform.options["bounds"]
    given = sample(peer, transform, "ramp")
    for number in range(8):
        out = ask(peer, transform, given, seed=("R4", number))["image"]
        for before, after in zip(given["image"], out, strict=True):
            found = float(measure(before, after))
            inside = low - _SLACK <= found <= high + _SLACK
            require(inside, f"seed {number}: the parameter", expected=(low, high), got=round(found, 3))


def _bounded(peer: Peer, transform: Transform) -> str:
    return "" if "bounds" in transform.options else claimed("fixed")(peer, transform)


def _fixed(peer: Peer, transform: Transform) -> None:
    given = sample(peer, transform)
    low, high = peer.ranges[given["image"].dtype.name]
    first, *others = (ask(peer, transform, given, seed=("R4", number))["image"] for number in range(4))
    for number, other in enumerate(others, 1):
        require(other.shape == first.shape, "shapes differ", expected=first.shape, got=other.shape)
        near(other, first, 1e-4 * (high - low), f"no choice is left by the parameters, but seeds 0 and {number}")


def _seeds_matter(peer: Peer, transform: Transform) -> None:
    given = sample(peer, transform)
    first = ask(peer, transform, given, seed=("K2", 0))["image"]
    for number in range(1, 24):
        other = ask(peer, transform, given, seed=("K2", number))["image"]
        if other.shape != first.shape or not np.array_equal(other, first):
            return
    require(False, "24 seeds give one and the same result", expected="several", got="one")


def _variety(peer: Peer, transform: Transform) -> None:
    given = sample(peer, transform, targets=())
    given["image"][1] = given["image"][0]
    for number in range(24):
        out = ask(peer, transform, given, seed=("B8", number))["image"]
        if not np.array_equal(out[0], out[1]):
            return
    require(False, "two equal samples of a batch came out equal with each of 24 seeds", expected="own draws per sample")


LAWS = (
    PeerLaw(
        "K2",
        "seeds matter",
        "What is drawn at random differs between seeds.",
        _seeds_matter,
        claimed("random"),
    ),
    PeerLaw(
        "R4",
        "bounds",
        "Parameters stay in their documented bounds; one given as one value is that value, whatever the seed.",
        _bounds,
        _bounded,
    ),
    PeerLaw(
        "B8",
        "variety",
        "Where parameters are documented to be drawn per image, two samples of a batch get their own.",
        _variety,
        claimed("per-sample"),
    ),
    PeerLaw("R1", "gates", "An op with probability p is applied to a share p of the samples.", _gates, _gated),
    PeerLaw(
        "R5",
        "independence",
        "Whether one op, or one sample of a batch, is applied says nothing about another.",
        _independent,
        _gated_batch,
    ),
    PeerLaw(
        "R9",
        "gate and magnitude",
        "A parameter declared alike to both sides of neutral goes to both, among the samples it is applied to.",
        _both_sides,
        _symmetric,
    ),
)
