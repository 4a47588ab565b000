"""R11: the joint law of a random crop's window, read from pixels, against a simulation of the sentence about it."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from augspec_conformance import statistic
from augspec_conformance.cases.policies import document
from augspec_conformance.headroom import within
from augspec_conformance.law import Case, Law, Tier, require
from augspec_conformance.subject import Subject
from augspec_conformance.tolerances import DRAWS, SIMULATED, TABLE, WHOLE

__all__ = ["LAWS", "cdf_of_sample"]

_SIZE = (12, 20)
_AREA, _RATIO = (0.5, 1.0), (0.5, 3.0)


@cache
def _simulated() -> dict[str, Any]:
    """Return windows drawn as the sentence says, by NumPy's own generator: `random_resized_crop` in the list of ops."""
    rng = np.random.Generator(np.random.Philox(key=[11, 0]))
    height, width = _SIZE
    shape = (SIMULATED, 10)
    area = rng.uniform(_AREA[0], _AREA[1], shape) * height * width
    ratio = np.exp(rng.uniform(math.log(_RATIO[0]), math.log(_RATIO[1]), shape))
    w, h = np.floor(np.sqrt(area * ratio) + 0.5), np.floor(np.sqrt(area / ratio) + 0.5)
    fits = (w > 0) & (w <= width) & (h > 0) & (h <= height)
    first = fits.argmax(1)[:, None]
    w, h = (np.take_along_axis(side, first, 1)[:, 0] for side in (w, h))
    top, left = np.floor(rng.random(SIMULATED) * (height - h + 1)), np.floor(rng.random(SIMULATED) * (width - w + 1))
    lost = ~fits.any(1)
    # The central crop, clipped to the ratio range, which holds this canvas.
    w[lost], h[lost], top[lost], left[lost] = width, height, 0, 0
    return _quantities(top, left, h, w)


def _quantities(top: Any, left: Any, height: Any, width: Any) -> dict[str, Any]:
    return {
        "height": height,
        "width": width,
        "area": height * width,
        "ratio": width / height,
        "top": top,
        "left": left,
        "bottom": top + height,
        "right": left + width,
    }


def _windows(subject: Subject, case: Case) -> None:
    """Two pixels of a ramp tell which window became the result: enlarging a ramp is a ramp, but for its ends."""
    n, (height, width) = case.context.get("n", DRAWS), _SIZE
    rows, columns = np.indices(_SIZE, np.float32)
    ramp = np.stack([(columns + 0.5) / 32, (rows + 0.5) / 32], -1)
    image = np.broadcast_to(ramp, (n, height, width, 2)).copy()
    out = subject.call(case, {"image": image}, ids=range(n))["image"].astype(np.float64) * 32
    h, w = out.shape[1:3]
    first, last = (out[:, h // 4, w // 4], out[:, h - 1 - h // 4, w - 1 - w // 4])  # away from the window's ends
    apart = np.array([w - 1 - 2 * (w // 4), h - 1 - 2 * (h // 4)])
    sides = (last - first) / apart * np.array([w, h])
    start = first - (np.array([w // 4, h // 4]) + 0.5) * sides / np.array([w, h])
    window = _quantities(*(np.rint(x) for x in (start[:, 1], start[:, 0], sides[:, 1], sides[:, 0])))
    whole = [start[:, 1], start[:, 0], sides[:, 1], sides[:, 0]]
    off = max(float(np.abs(x - np.rint(x)).max()) for x in whole)
    require(within(off, WHOLE), "windows of whole pixels", expected=f"within {WHOLE} of them", got=off)
    slack = statistic.cdf_envelope(SIMULATED) + TABLE
    most = statistic.cdf_envelope(n) + slack
    for name, expected in _simulated().items():
        distance = statistic.cdf_distance(window[name], cdf_of_sample(expected), 1e-9)
        require(
            statistic.cdf_holds(distance, n, slack=slack),
            f"the distribution of the crops' {name}",
            expected=f"a distance of at most {most:.4f} from the sentence's",
            got=distance,
        )


def cdf_of_sample(sample: Any) -> Callable[[Any], Any]:
    """Return the share of a sample that is at most x."""
    values, counts = np.unique(sample, return_counts=True)
    below = np.concatenate([[0.0], np.cumsum(counts) / len(sample)])
    return lambda x: below[np.searchsorted(values, x, side="right")]


def _cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    op = {
        "op": "random_resized_crop",
        "size": [13, 22],  # never smaller than the window: there, resizing a ramp is a ramp
        "area": {"uniform": [_AREA[0], _AREA[1]]},
        "ratio": {"log_uniform": list(_RATIO)},
    }
    return (Case(name="windows", policy=document(op), key=31, signature="large-f32"),)


LAWS = (
    Law(
        "R11",
        "windows of crops",
        ("C12", "R13", "R14"),
        "Areas, ratios and places of random crops are distributed as ten candidates, the first that fits, and else "
        "a central crop say.",
        _windows,
        _cases,
        scope="backend",
    ),
)
