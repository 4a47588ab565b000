"""Targets together: image, mask, boxes and keypoints of a sample move alike."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from augspec_conformance.law import require
from augspec_conformance.peers.peer import Peer, Transform
from augspec_conformance.peers.peer_law import NothingTested, PeerLaw
from augspec_conformance.peers.probes import LARGE, ask, sample
from augspec_conformance.tolerances import LIT, RENDERED

__all__ = ["LAWS"]

_EXACT = 0.02
"""Pixels, where pixels are moved exactly."""

_SURE = 0.02
"""Share of the value range from its ends, within which a bilinear sample is surely all inside or all outside."""

_STRAY = 0.01
"""Share of pixels that may disagree where image and mask are resampled differently: ties of nearest on edges."""

_CASES = 6


def _takes(target: str) -> Callable[[Peer, Transform], str]:
    def needs(peer: Peer, transform: Transform) -> str:
        del peer
        if "mixes" in transform.claims:
            return "mixing samples is what it is for"
        return "" if target in transform.targets else f"it takes no {target}"

    return needs


def _boxes(peer: Peer, transform: Transform) -> str:
    if "recolours" in transform.claims and "mask" not in transform.targets:
        return "it changes colours as well, and no mask shows where the rectangle went"
    return _takes("boxes")(peer, transform)


def _shows(peer: Peer, transform: Transform) -> str:
    if "recolours" in transform.claims:
        return "it changes colours as well, so an image does not show where its parts went"
    return _takes("mask")(peer, transform)


def _unit(peer: Peer, image: npt.NDArray[np.generic]) -> npt.NDArray[np.float64]:
    low, high = peer.ranges[image.dtype.name]
    return (image.astype(np.float64) - low) / (high - low)


def _mask_follows(peer: Peer, transform: Transform) -> None:
    for number in range(_CASES):
        given = sample(peer, transform, "boxes", shape=LARGE, seed=30 + number)
        out = ask(peer, transform, given, seed=("F1", number))
        unit, mask = _unit(peer, out["image"])[..., 0], out["mask"][..., 0]
        inside, outside = unit > 1 - _SURE, unit < _SURE
        wrong = (inside & (mask != 1)) | (outside & (mask != 0))
        share = float(wrong.mean())
        bound = 0.0 if "moves" in transform.claims else _STRAY
        require(
            share <= bound,
            f"seed {number}: {int(wrong.sum())} pixels disagree with the mask about the painted rectangle",
            expected=f"at most {bound:.0%}",
            got=f"{share:.1%} of all pixels",
        )


def _mask_values(peer: Peer, transform: Transform) -> None:
    """Look for new labels; `options["ids"]` is added to the given ones."""
    given = sample(peer, transform)
    given["mask"] += transform.options.get("ids", 0)
    allowed = {0, *np.unique(given["mask"]).tolist()}
    for number in range(_CASES):
        out = ask(peer, transform, given, seed=("F2", number))["mask"]
        new = sorted(set(np.unique(out).tolist()) - allowed)
        require(not new, f"seed {number}: values that the mask did not have", expected="old ones or 0", got=new[:4])


def _painted(peer: Peer, transform: Transform) -> None:
    """Look for the rectangle in the image; in the mask, where the transform changes colours as well."""
    recoloured = "recolours" in transform.claims
    exact = "moves" in transform.claims
    seen = 0
    for number in range(_CASES):
        given = sample(peer, transform, "boxes", shape=LARGE, seed=60 + number)
        out = ask(peer, transform, given, seed=("F4", number))
        unit = out["mask"][..., 0].astype(np.float64) if recoloured else _unit(peer, out["image"])[..., 0]
        height, width = unit.shape[1:]
        for index in range(len(unit)):
            rows, columns = np.nonzero(unit[index] > LIT)
            if len(rows) < 6 or np.isnan(out["boxes"][index][0]).any():
                continue  # nearly nothing is left to see, or the library dropped the box
            painted = np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1], np.float64)
            box = np.clip(out["boxes"][index][0].astype(np.float64), 0, [width, height, width, height])
            distance = float(np.abs(box - painted).max())
            seen += 1
            require(
                distance <= (_EXACT if exact else RENDERED),
                f"seed {number}, sample {index}: the box is {distance:.2f} pixels from the rectangle painted in it",
                expected=painted.tolist(),
                got=[round(v, 2) for v in box.tolist()],
            )
    if not seen:
        raise NothingTested("no painted rectangle stayed on the canvas")


def _keypoints(peer: Peer, transform: Transform) -> None:
    """A bright pixel and the keypoint at its index move to the same place."""
    exact = "moves" in transform.claims
    seen = 0
    for number in range(_CASES):
        given = sample(peer, transform, shape=LARGE, seed=80 + number)
        low, high = peer.ranges[given["image"].dtype.name]
        picture = np.full_like(given["image"], low)
        for index, points in enumerate(given["keypoints"]):
            x, y = (int(v) for v in points[0])
            picture[index, max(y - 1, 0) : y + 2, max(x - 1, 0) : x + 2] = low + (high - low) / 2
            picture[index, y, x] = high
        out = ask(peer, transform, {**given, "image": picture}, seed=("F6", number))
        unit = _unit(peer, out["image"])[..., 0]
        height, width = unit.shape[1:]
        for index, points in enumerate(out["keypoints"]):
            at_x, at_y = (float(v) for v in points[0])
            if not (3 <= at_x < width - 3 and 3 <= at_y < height - 3):
                continue
            weight = unit[index]
            total = weight.sum()
            if total < 1:
                continue
            rows, columns = np.indices(weight.shape)
            centre = np.array([(columns * weight).sum() / total, (rows * weight).sum() / total])
            distance = float(np.abs(centre - [at_x, at_y]).max())
            seen += 1
            require(
                distance <= (_EXACT if exact else 0.35),
                f"seed {number}, sample {index}: the keypoint is {distance:.2f} pixels from the pixel it marks",
                expected=[round(float(v), 2) for v in centre],
                got=[round(at_x, 2), round(at_y, 2)],
            )
    if not seen:
        raise NothingTested("no keypoint stayed on the canvas")


LAWS = (
    PeerLaw("F1", "one plan for all targets", "Image and mask of a sample move alike.", _mask_follows, _shows),
    PeerLaw("F2", "masks", "Masks hold only old values and the fill.", _mask_values, _takes("mask")),
    PeerLaw("F4", "painted boxes", "A painted rectangle and its box move to the same place.", _painted, _boxes),
    PeerLaw("F6", "keypoints", "A pixel and its keypoint move to the same place.", _keypoints, _takes("keypoints")),
)
