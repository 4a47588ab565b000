"""Values: what does nothing, what stays, what undoes itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from augspec_conformance.law import require
from augspec_conformance.peers.laws.shape import near
from augspec_conformance.peers.peer import Peer, Transform
from augspec_conformance.peers.peer_law import PeerLaw, claimed
from augspec_conformance.peers.probes import ask, sample

__all__ = ["LAWS", "applied"]

_SMALL = 2e-4
"""Of the value range, for float images: some roundings of float32, and conversions between colour spaces."""

_CENTRE = 0.02
"""Pixels: half a pixel is the usual fault."""

_SPREAD = 0.15
"""Relative: kernels are cut off at three sigma or so, and sampled at whole pixels."""


def applied(peer: Peer, before: npt.NDArray[Any], after: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Return which samples were changed: by more than the roundings of a way there and back between colour spaces."""
    if before.shape != after.shape:
        return np.ones(len(before), np.bool_)
    low, high = peer.ranges[before.dtype.name]
    bound = 0.0 if before.dtype.kind in "iu" and after.dtype.kind in "iu" else 1e-3 * (high - low)
    distance = np.abs(after.astype(np.float64) - before.astype(np.float64))
    return np.asarray((distance > bound).reshape(len(before), -1).any(1))


def _bound(peer: Peer, dtype: str) -> float:
    """Return how far values may be apart where equality is meant: levels that float32 can tell apart are exact."""
    low, high = peer.ranges[dtype]
    exact = np.dtype(dtype).kind in "iu" and high < 2**24
    return 0.0 if exact else _SMALL * (high - low)


def _neutral(peer: Peer, transform: Transform) -> None:
    for dtype in transform.dtypes:
        given = sample(peer, transform, dtype=dtype)
        out = ask(peer, transform, given, seed="N7")
        for name, value in given.items():
            bound = _bound(peer, dtype) if name == "image" else 1e-3
            require(out[name].shape == value.shape, f"{name}: shapes", expected=value.shape, got=out[name].shape)
            near(out[name], value, bound, f"neutral parameters, {dtype}: {name}")


def _constant(peer: Peer, transform: Transform) -> None:
    """Ask for a constant image; where `options["level"]` is told, a share of the range, of that value."""
    for dtype in transform.dtypes:
        given = sample(peer, transform, "constant", dtype=dtype)
        if "level" in transform.options:
            low, high = peer.ranges[dtype]
            given["image"] = np.full_like(given["image"], low + transform.options["level"] * (high - low))
        out = ask(peer, transform, given, seed="N10")["image"]
        expected = np.broadcast_to(given["image"][:, :1, :1], out.shape)
        low, high = peer.ranges[dtype]
        # Some transforms answer integers with floats, which are not rounded.
        bound = _SMALL * (high - low) if out.dtype.kind == "f" else _bound(peer, dtype)
        near(out, expected, bound, f"a constant image, {dtype}")


def _grey(peer: Peer, transform: Transform) -> None:
    for dtype in transform.dtypes:
        given = sample(peer, transform, "noise", dtype=dtype)
        given["image"] = np.repeat(given["image"][..., :1], 3, axis=-1)
        out = ask(peer, transform, given, seed="N11")["image"]
        near(out, given["image"], _bound(peer, dtype), f"an image of greys, {dtype}")


def _twice(peer: Peer, transform: Transform) -> None:
    for dtype in transform.dtypes:
        given = sample(peer, transform, dtype=dtype)
        out = ask(peer, transform, ask(peer, transform, given, seed="N12"), seed="N12")
        for name, value in given.items():
            bound = _bound(peer, dtype) if name == "image" else 1e-3
            near(out[name], value, bound, f"done twice, {dtype}: {name}")


def _always(peer: Peer, transform: Transform) -> None:
    given = sample(peer, transform)
    for number in range(24):
        out = ask(peer, transform, given, seed=("N9", number))["image"]
        same = np.flatnonzero(~applied(peer, given["image"], out)).tolist()
        if transform.probability == 1.0:
            require(not same, f"seed {number}: not applied to the samples {same}", expected="always", got="not always")
        else:
            require(len(same) == len(out), f"seed {number}: applied", expected="never", got="applied")


def _certain(peer: Peer, transform: Transform) -> str:
    del peer
    return "" if transform.probability in (0.0, 1.0) else "no probability of 0 or 1 is declared"


def _spread(peer: Peer, transform: Transform) -> None:
    """Blur one bright pixel: where its light is on average, and how far from there."""
    sigma = float(transform.options["sigma"])
    side = 2 * int(4 * sigma) + 9
    low, high = peer.ranges["float32"]
    picture = np.full((1, side, side, 3), low, np.float32)
    picture[:, side // 2, side // 2] = high
    out = ask(peer, transform, {"image": picture}, seed="N13")["image"][0, ..., 0].astype(np.float64) - low
    weight = out / out.sum()
    rows, columns = np.indices(weight.shape)
    centre = [float((axis * weight).sum()) for axis in (rows, columns)]
    middle = [float(side // 2)] * 2
    near(np.array(centre), np.array(middle), _CENTRE, "the centre of a blurred pixel, in pixels")
    found = float(np.sqrt((weight * (rows - centre[0]) ** 2).sum()))
    require(
        abs(found - sigma) <= _SPREAD * sigma,
        "the standard deviation of a blurred pixel, in pixels",
        expected=sigma,
        got=round(found, 3),
    )


def _blurs(peer: Peer, transform: Transform) -> str:
    del peer
    return "" if "sigma" in transform.options else "it blurs by no one sigma"


LAWS = (
    PeerLaw("N7", "neutral is identity", "At neutral parameters the sample comes back.", _neutral, claimed("neutral")),
    PeerLaw("N9", "certain gates", "Probability 1 always applies, probability 0 never.", _always, _certain),
    PeerLaw("N10", "constants stay", "A constant image stays as it is.", _constant, claimed("constant")),
    PeerLaw("N11", "greys stay", "An image of greys has no saturation and no hue to change.", _grey, claimed("grey")),
    PeerLaw(
        "N13",
        "blurs",
        "A Gaussian blur spreads a pixel by its sigma, and leaves its centre where it is.",
        _spread,
        _blurs,
    ),
    PeerLaw("N12", "twice", "What is its own inverse, done twice, changes nothing.", _twice, claimed("twice")),
)
