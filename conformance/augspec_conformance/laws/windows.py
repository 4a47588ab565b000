"""R11: the joint law of a random crop's window, against a simulation of the specification's sentence."""

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
from augspec_conformance.tolerances import DRAWS, TABLE

__all__ = ["LAWS"]

_SIZE = (12, 20)
_AREA, _RATIO = (0.5, 1.0), (0.5, 3.0)
_SIMULATED = 400_000
"""Windows of the simulation; its own error is a fifth of the test's."""


@cache
def _simulated() -> dict[str, Any]:
    """Return windows drawn as the sentence says, by NumPy's own generator: `random_resized_crop` in the list of ops."""
    rng = np.random.Generator(np.random.Philox(key=[11, 0]))
    height, width = _SIZE
    shape = (_SIMULATED, 10)
    area = rng.uniform(_AREA[0], _AREA[1], shape) * height * width
    ratio = np.exp(rng.uniform(math.log(_RATIO[0]), math.log(_RATIO[1]), shape))
    w, h = np.floor(np.sqrt(area * ratio) + 0.5), np.floor(np.sqrt(area / ratio) + 0.5)
    fits = (w > 0) & (w <= width) & (h > 0) & (h <= height)
    first = fits.argmax(1)[:, None]
    w, h = (np.take_along_axis(side, first, 1)[:, 0] for side in (w, h))
    top, left = np.floor(rng.random(_SIMULATED) * (height - h + 1)), np.floor(rng.random(_SIMULATED) * (width - w + 1))
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
    """Two keypoints at the corners of the canvas tell which window became the result."""
    n, (height, width) = case.context.get("n", DRAWS), _SIZE
    image = np.zeros((n, height, width, 1), np.uint8)
    corners = np.broadcast_to(np.array([[0, 0], [width, height]], np.float32), (n, 2, 2)).copy()
    points = subject.call(case, {"image": image, "keypoints": corners}, ids=range(n))["keypoints"].astype(np.float64)
    size = np.array(case.policy["ops"][0]["size"][::-1])
    sides = np.array([width, height]) * size / (points[:, 1] - points[:, 0])
    start = -points[:, 0] * sides / size
    window = _quantities(*(np.rint(x) for x in (start[:, 1], start[:, 0], sides[:, 1], sides[:, 0])))
    most = statistic.cdf_envelope(n) + statistic.cdf_envelope(_SIMULATED) + TABLE
    for name, expected in _simulated().items():
        distance = statistic.cdf_distance(window[name], _cdf_of(expected), 1e-9)
        require(
            within(distance, most),
            f"the distribution of the crops' {name}",
            expected=f"a distance of at most {most:.4f} from the sentence's",
            got=distance,
        )


def _cdf_of(sample: Any) -> Callable[[Any], Any]:
    values, counts = np.unique(sample, return_counts=True)
    below = np.concatenate([[0.0], np.cumsum(counts) / len(sample)])
    return lambda x: below[np.searchsorted(values, x, side="right")]


def _cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    op = {
        "op": "random_resized_crop",
        "size": [8, 16],
        "area": {"uniform": [_AREA[0], _AREA[1]]},
        "ratio": {"log_uniform": list(_RATIO)},
    }
    return (Case(name="windows", policy=document(op), key=31, targets=("image", "keypoints")),)


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
