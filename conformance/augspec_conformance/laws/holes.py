"""R17: what ops hide, read from pixels, against a simulation of the sentences about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from augspec_conformance import statistic
from augspec_conformance.cases.policies import document
from augspec_conformance.law import Case, Law, Tier, require
from augspec_conformance.laws.windows import cdf_of_sample
from augspec_conformance.subject import Subject
from augspec_conformance.tolerances import DRAWS, SIMULATED, TABLE

__all__ = ["LAWS"]

Array = Any
Json = dict[str, Any]
Generator = np.random.Generator

_SIZE = (12, 20)


@dataclass(frozen=True)
class _Sentence:
    """An op, what is said about it, and how that is read.

    Attributes:
        op: its document.
        simulated: returns quantities by name, (SIMULATED,) each, drawn as the op's own words say.
        read: returns the same ones from what is hidden, (B, H, W) bool.
    """

    op: Json
    simulated: Callable[[Json, Generator], dict[str, Array]]
    read: Callable[[Array], dict[str, Array]]


def _squares(op: Json, rng: Generator) -> dict[str, Array]:
    """`cutout`: squares about a centre that is any pixel, cut off at the border; or wholly inside."""
    height, width = _SIZE
    low, high = op["size"]["uniform"]
    side = np.floor(rng.uniform(low, high, SIMULATED) * min(_SIZE) + 0.5)
    if op.get("inside"):
        top, left = (np.floor(rng.random(SIMULATED) * (n - side + 1)) for n in _SIZE)
    else:
        top, left = (rng.integers(0, n, SIMULATED) - side // 2 for n in _SIZE)
    bottom, right = np.minimum(top + side, height), np.minimum(left + side, width)
    return _quantities(np.maximum(top, 0), np.maximum(left, 0), bottom, right)


def _rectangles(op: Json, rng: Generator) -> dict[str, Array]:
    """`random_erasing`: the first of ten candidates that fits, at any place inside; nothing if none does."""
    height, width = _SIZE
    shape = (SIMULATED, 10)
    area = _between(rng, op["area"]["uniform"], shape) * height * width
    ratio = np.exp(_between(rng, np.log(op["ratio"]["log_uniform"]), shape))
    w, h = np.floor(np.sqrt(area * ratio) + 0.5), np.floor(np.sqrt(area / ratio) + 0.5)
    fits = (w > 0) & (w <= width) & (h > 0) & (h <= height)
    first = fits.argmax(1)[:, None]
    w, h = (np.where(fits.any(1), np.take_along_axis(side, first, 1)[:, 0], 0) for side in (w, h))
    top, left = np.floor(rng.random(SIMULATED) * (height - h + 1)), np.floor(rng.random(SIMULATED) * (width - w + 1))
    top, left = np.where(h > 0, top, 0), np.where(w > 0, left, 0)
    return _quantities(top, left, top + h, left + w)


def _grids(op: Json, rng: Generator) -> dict[str, Array]:
    """`grid_mask`: the first part of every cell of a shifted grid, turned counter-clockwise about the centre."""
    parts = [_grid(op, rng, 10_000) for _ in range(SIMULATED // 10_000)]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _grid(op: Json, rng: Generator, count: int) -> dict[str, Array]:
    height, width = _SIZE
    cell, ratio, degrees = (_between(rng, op[name]["uniform"], (count, 1, 1)) for name in ("cell", "ratio", "degrees"))
    cell = cell * min(_SIZE)
    x, y = np.arange(width)[None, None] + 0.5 - width / 2, np.arange(height)[None, :, None] + 0.5 - height / 2
    turned = (x + 1j * y) * np.exp(1j * np.radians(degrees))  # y points down: this is back again
    offsets = rng.random((2, count, 1, 1)) * cell
    return _pattern(
        ((turned.real + offsets[0]) % cell < ratio * cell) & ((turned.imag + offsets[1]) % cell < ratio * cell)
    )


def _between(rng: Generator, ends: Any, shape: tuple[int, ...]) -> Array:
    low, high = ends
    return rng.uniform(low, high, shape)


def _quantities(top: Array, left: Array, bottom: Array, right: Array) -> dict[str, Array]:
    high, wide = bottom - top, right - left
    return {
        "top": top,
        "left": left,
        "bottom": bottom,
        "right": right,
        "height": high,
        "width": wide,
        "area": high * wide,
        "width less height": wide - high,
        "middle": (top + bottom) * 64 + left + right,
    }


def _rectangle(hidden: Array) -> dict[str, Array]:
    """Return the edges of what is hidden, 0 where nothing is; it must be one rectangle."""
    rows, columns = hidden.any(2), hidden.any(1)
    some = rows.any(1)
    top, left = rows.argmax(1), columns.argmax(1)
    bottom = np.where(some, hidden.shape[1] - rows[:, ::-1].argmax(1), 0)
    right = np.where(some, hidden.shape[2] - columns[:, ::-1].argmax(1), 0)
    full = (bottom - top) * (right - left) == hidden.sum((1, 2))
    where = int(np.argmin(full))
    require(
        bool(full.all()),
        "what is hidden is a rectangle",
        where=where,
        expected="as many pixels as between its edges",
        got=int(hidden[where].sum()),
    )
    return _quantities(top, left, bottom, right)


def _pattern(hidden: Array) -> dict[str, Array]:
    """Return numbers of pixels and of changes between neighbours: sides, places and turns show in these."""
    changes = {
        "right": hidden[:, :, 1:] != hidden[:, :, :-1],
        "down": hidden[:, 1:] != hidden[:, :-1],
        "falling": hidden[:, 1:, 1:] != hidden[:, :-1, :-1],
        "rising": hidden[:, 1:, :-1] != hidden[:, :-1, 1:],
    }
    count = {name: change.sum((1, 2)) for name, change in changes.items()}
    return {
        "pixels": hidden.sum((1, 2)),
        "pixels of the first quarter": hidden[:, : _SIZE[0] // 2, : _SIZE[1] // 2].sum((1, 2)),
        "first hidden pixel": hidden.reshape(len(hidden), -1).argmax(1),
        "changes to the right": count["right"],
        "changes down": count["down"],
        "changes down less those to the right": count["down"] - count["right"],
        "changes along falling diagonals less rising ones": count["falling"] - count["rising"],
    }


_SENTENCES = {
    "squares": _Sentence({"op": "cutout", "size": {"uniform": [0.2, 0.9]}}, _squares, _rectangle),
    "squares inside": _Sentence(
        {"op": "cutout", "size": {"uniform": [0.2, 0.9]}, "inside": True}, _squares, _rectangle
    ),
    "rectangles": _Sentence(
        {"op": "random_erasing", "area": {"uniform": [0.2, 0.9]}, "ratio": {"log_uniform": [0.4, 4.0]}},
        _rectangles,
        _rectangle,
    ),
    "grids": _Sentence(
        {
            "op": "grid_mask",
            "cell": {"uniform": [0.4, 0.7]},
            "ratio": {"uniform": [0.4, 0.8]},
            "degrees": {"uniform": [-5, 40]},
        },
        _grids,
        _pattern,
    ),
    "small squares inside": _Sentence(
        {"op": "cutout", "size": {"uniform": [0.1, 0.3]}, "inside": True}, _squares, _rectangle
    ),
    "small rectangles": _Sentence(
        {"op": "random_erasing", "area": {"uniform": [0.01, 0.06]}, "ratio": {"log_uniform": [0.4, 4.0]}},
        _rectangles,
        _rectangle,
    ),
}


@cache
def _simulated(name: str) -> dict[str, Array]:
    """Return what the sentences say, drawn by NumPy's own generator."""
    sentence = _SENTENCES[name]
    rng = np.random.Generator(np.random.Philox(key=[17, list(_SENTENCES).index(name)]))
    return sentence.simulated(sentence.op, rng)


def _holes(subject: Subject, case: Case) -> None:
    """White images: what is black is hidden."""
    n, name = DRAWS, case.context["sentence"]
    image = np.full((n, *_SIZE, 1), 255, np.uint8)
    hidden = subject.call(case, {"image": image}, ids=range(n))["image"][..., 0] == 0
    slack = statistic.cdf_envelope(SIMULATED) + TABLE
    most = statistic.cdf_envelope(n) + slack
    seen = _SENTENCES[name].read(hidden)
    for what, expected in _simulated(name).items():
        distance = statistic.cdf_distance(seen[what].astype(np.float64), cdf_of_sample(expected), 1e-9)
        require(
            statistic.cdf_holds(distance, n, slack=slack),
            f"the distribution of what is hidden: {what}",
            expected=f"a distance of at most {most:.4f} from the sentence's",
            got=distance,
        )


def _cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    return tuple(
        Case(name=name, policy=document(sentence.op), key=17, signature="large-u8", context={"sentence": name})
        for name, sentence in _SENTENCES.items()
    )


LAWS = (
    Law(
        "R17",
        "holes in pixels",
        ("C12", "R11", "R13"),
        "Sides, places and turns of what ops hide, read from pixels, are distributed as is said about them.",
        _holes,
        _cases,
        scope="backend",
    ),
)
