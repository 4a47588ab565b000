"""Shapes, dtypes, layouts and value ranges."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from augspec_conformance.law import LawViolation, require
from augspec_conformance.peers.peer import Peer, Transform
from augspec_conformance.peers.peer_law import PeerLaw, claimed
from augspec_conformance.peers.probes import ask, image, sample

__all__ = ["LAWS", "near"]

_LEVELS = 1.0
"""Integers are rounded once and floats are not: up to one level, with what float32 adds."""

_ROUNDING = 1e-4
"""Of the value range: what another order of float32 operations may change."""


def _structure(peer: Peer, transform: Transform) -> None:
    given = sample(peer, transform)
    result = ask(peer, transform, given, seed="S1")
    require(list(result) == list(given), "targets differ", expected=list(given), got=list(result))
    batch, *_, channels = given["image"].shape
    out = result["image"].shape
    require((out[0], out[-1]) == (batch, channels), "batch or channels", expected=(batch, channels), got=out)
    size = transform.options.get("size")
    if size is not None:
        require(out[1:3] == size, "the documented size", expected=size, got=out[1:3])
    if "mask" in result:
        expected = (*out[:3], given["mask"].shape[-1])
        require(result["mask"].shape == expected, "the mask's shape", expected=expected, got=result["mask"].shape)
    if "box_labels" in result:
        labels, boxes = result["box_labels"].shape, result["boxes"].shape
        require(labels == boxes[:2], "labels of boxes", expected=boxes[:2], got=labels)


def _layouts(peer: Peer, transform: Transform) -> None:
    given = sample(peer, transform)
    last, first = (ask(peer, transform, given, seed="S5", layout=layout) for layout in ("NHWC", "NCHW"))
    low, high = peer.ranges[given["image"].dtype.name]
    for name, value in last.items():
        require(first[name].shape == value.shape, f"{name}: shapes", expected=value.shape, got=first[name].shape)
        near(first[name], value, _ROUNDING * (high - low), f"channels first and channels last: {name}")


def near(got: npt.NDArray[Any], expected: npt.NDArray[Any], bound: float, reason: str) -> None:
    """Demand equality within `bound`; NaN is far from everything."""
    distance = np.abs(got.astype(np.float64) - expected.astype(np.float64))
    distance = np.where(np.isnan(distance), np.inf, distance)
    if distance.size and distance.max() > bound:
        where = tuple(int(i) for i in np.unravel_index(np.argmax(distance), distance.shape))
        count = int((distance > bound).sum())
        raise LawViolation(
            f"{reason}: {count} of {distance.size} elements differ, at most by {distance.max():g}",
            where=where,
            expected=float(expected[where]),
            got=float(got[where]),
        )


def _two_layouts(peer: Peer, transform: Transform) -> str:
    if len(peer.layouts) < 2 and not transform.options.get("layouts"):
        return "it documents one layout"
    return "" if "fixed" in transform.claims else "its parameters are drawn"


def _ranges(peer: Peer, transform: Transform) -> None:
    for dtype in transform.dtypes:
        low, high = peer.ranges[dtype]
        for probe in ("extremes", "noise", "ramp"):
            for seed in range(1 if "fixed" in transform.claims else 4):
                given = sample(peer, transform, probe, dtype=dtype)
                out = ask(peer, transform, given, seed=("S8", seed))["image"].astype(np.float64)
                require(bool(np.isfinite(out).all()), f"{probe} {dtype}: values that are not finite")
                slack = _ROUNDING * (high - low)
                lowest, highest = float(out.min()), float(out.max())
                inside = low - slack <= lowest and highest <= high + slack
                require(
                    inside, f"{probe} {dtype}: outside of the value range", expected=(low, high), got=(lowest, highest)
                )


def _dtypes(peer: Peer, transform: Transform) -> None:
    for probe in ("coord", "noise"):
        levels = image(peer, probe, dtype="uint8")
        low, high = peer.ranges["float32"]
        floats = (low + levels / 255.0 * (high - low)).astype(np.float32)
        rest = {name: value for name, value in sample(peer, transform).items() if name != "image"}
        integer = ask(peer, transform, {"image": levels, **rest}, seed="S9")["image"].astype(np.float64)
        real = ask(peer, transform, {"image": floats, **rest}, seed="S9")["image"].astype(np.float64)
        real = (real - low) / (high - low) * 255
        near(integer, real, _LEVELS + 0.01, f"{probe} as uint8 and as float32, in levels")


def _twins(peer: Peer, transform: Transform) -> None:
    """Ask the same transform for another range: `options["twin"]` is it, made for [0, 1] or `options["twin_range"]`."""
    twin = transform.options["twin"]
    low, high = transform.options.get("twin_range", (0.0, 1.0))
    for probe in ("coord", "noise"):
        levels = image(peer, probe, dtype="uint8").astype(np.float32)
        given = ask(peer, transform, {"image": levels}, seed="S9")["image"].astype(np.float64)
        scaled = {"image": (low + levels / 255 * (high - low)).astype(np.float32)}
        unit = ask(peer, twin, scaled, seed="S9")["image"].astype(np.float64)
        unit = (unit - low) / (high - low) * 255
        near(unit, given, _LEVELS + 0.01, f"{probe} in the range ({low:g}, {high:g}) and in (0, 255), in levels")


def _both_ranges(peer: Peer, transform: Transform) -> str:
    del peer
    return "" if "twin" in transform.options else "it documents one value range"


def _both_dtypes(peer: Peer, transform: Transform) -> str:
    if not {"uint8", "float32"} <= set(transform.dtypes):
        return "it documents one kind of dtype"
    return claimed("fixed", "dtypes")(peer, transform)


LAWS = (
    PeerLaw("S1", "shapes", "Targets, batch and channels stay; a mask keeps to its image's new size.", _structure),
    PeerLaw("S5", "layouts", "Channels first gives the transpose of what channels last gives.", _layouts, _two_layouts),
    PeerLaw(
        "S8",
        "ranges",
        "Results of images in the value range are finite and stay in it; integers never wrap.",
        _ranges,
        claimed("range"),
    ),
    PeerLaw(
        "S9",
        "dtypes agree",
        "The same picture as uint8 and as float32 gives the same picture, within one level.",
        _dtypes,
        _both_dtypes,
    ),
    PeerLaw(
        "N3",
        "value ranges agree",
        "The same picture in each documented value range gives the same picture, within one level.",
        _twins,
        _both_ranges,
    ),
)
