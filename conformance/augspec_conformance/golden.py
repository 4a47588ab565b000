"""Known answers for the random bits (R1–R13), and the formulas in plain Python integers."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

__all__ = [
    "CHAIN",
    "LOW_BITS",
    "MAPS",
    "NESTED",
    "NESTED_MAPS",
    "POLICY",
    "SEED",
    "THREEFRY",
    "ranks",
    "threefry",
    "thresholds",
    "word",
]

Pair = tuple[int, int]

THREEFRY: tuple[tuple[Pair, Pair, Pair], ...] = (
    ((0, 0), (0, 0), (0x6B200159, 0x99BA4EFE)),
    ((0xFFFFFFFF, 0xFFFFFFFF), (0xFFFFFFFF, 0xFFFFFFFF), (0x1CB996FC, 0xBB002BE7)),
    ((0x13198A2E, 0x03707344), (0x243F6A88, 0x85A308D3), (0xC4923A9C, 0x483DF7A0)),
)
"""(key, counter, output): Random123's known answers for threefry2x32-20."""

SEED = 0x0123456789ABCDEF


@dataclass(frozen=True)
class Row:
    """One line of the golden table of R3 to R5."""

    path: str
    stream: Pair
    epoch: int
    view: int
    id: int
    words: tuple[int, int, int, int]


_ANGLE = ("ops/rotate#0/angle", (0xB8769969, 0x187A71AC))
CHAIN = (
    Row(*_ANGLE, 0, 0, 0, (0xF36CE11A, 0x131292D9, 0x5B0FBB97, 0xBB96F448)),
    Row(*_ANGLE, 0, 0, 1, (0x7676B1A3, 0xA3B0189E, 0x1A9C080A, 0x790C22E7)),
    Row(*_ANGLE, 1, 0, 0, (0x3D38DB0B, 0x8193F53F, 0x2825088E, 0x15B71893)),
    Row(*_ANGLE, 0, 1, 0, (0x38CAFF81, 0x51B6B24D, 0x5026E49C, 0x5BAF9B86)),
    Row(*_ANGLE, 3, 2, 0x0123456789AB, (0x0FD545DA, 0xF2262BD7, 0x6D21B427, 0xB70D1C25)),
    Row("ops/rotate#0/apply", (0x74581B8B, 0x88797B7D), 0, 0, 0, (0x30869569, 0x8BF4D888, 0xC1AE14E7, 0xD65A486D)),
)

_MASK = 0xFFFFFFFF


def threefry(key: Pair, counter: Pair) -> Pair:
    """Return Threefry-2x32 with 20 rounds (R1), in plain integers."""
    keys = (*key, key[0] ^ key[1] ^ 0x1BD11BDA)
    x, y = (counter[0] + keys[0]) & _MASK, (counter[1] + keys[1]) & _MASK
    for turn in range(20):
        x = (x + y) & _MASK
        bits = (13, 15, 26, 6, 17, 29, 16, 24)[turn % 8]
        y = (((y << bits) | (y >> (32 - bits))) & _MASK) ^ x
        if turn % 4 == 3:
            group = turn // 4 + 1
            x, y = (x + keys[group % 3]) & _MASK, (y + keys[(group + 1) % 3] + group) & _MASK
    return x, y


def word(path: str, seed: int, epoch: int, view: int, id: int, d: int) -> int:  # noqa: A002 (the rule's word)
    """Return the word number d of a stream (R3–R5)."""
    digest = hashlib.sha256(b"augspec.rng.v1\0" + path.encode()).digest()
    name = int.from_bytes(digest[:4], "big"), int.from_bytes(digest[4:8], "big")
    k1 = threefry((seed >> 32, seed & _MASK), name)
    k2 = threefry(k1, (epoch, view << 16 | id >> 32))
    return threefry(k2, (id & _MASK, d >> 1))[d & 1]


POLICY: dict[str, Any] = {
    "augspec": 1,
    "ops": [
        {"op": "horizontal_flip", "p": 0.3},
        {"op": "rotate", "degrees": {"uniform": [-10, 25]}},
        {"op": "scale", "factor": {"uniform": [0.75, 1.5]}},
        {"op": "brightness_scale", "factor": {"integers": [1, 5]}},
        {"op": "contrast", "factor": {"choice": {"values": [0.5, 1.5, 2.0], "weights": [1, 2, 5]}}},
        {"op": "one_of", "weights": [3, 1], "ops": [{"op": "vertical_flip", "p": 1.0}, {"op": "grayscale"}]},
    ],
}
"""One parameter of each kind whose map is a short formula."""


def _uniform(low: float, high: float, unit: int) -> Callable[[int], int]:
    """R13 with the quantity's own grid as the finest one."""
    shift = 0
    while True:
        first, last = (math.floor(end * unit / 2**shift + 0.5) for end in (low, high))
        if last - first < 2**19 and max(abs(first), abs(last)) <= 2**24:
            return lambda w: (first + ((w >> 8) * (last - first) >> 24)) << shift
        shift += 1


def _categorical(weights: list[float], values: list[int]) -> Callable[[int], int]:
    """R11: cumulative thresholds on 24 bits."""
    total = sum(weights)
    ends = [math.floor(sum(weights[: i + 1]) / total * 2**24 + 0.5) for i in range(len(weights) - 1)]
    return lambda w: values[sum((w >> 8) >= end for end in ends)]


def _nested(ops: list[dict[str, Any]], *ids: str) -> list[dict[str, Any]]:
    """Return ops as the members of a choice of this id, that one as the only member of the next."""
    for name in ids:
        ops = [{"op": "one_of", "id": name, "ops": ops}]
    return ops


_LONG = tuple(f"branch_{'of_a_branch_' * 4}{level}" for level in range(3))
NESTED: dict[str, Any] = {
    "augspec": 1,
    "ops": _nested([{"op": "rotate", "degrees": {"uniform": [-10, 25]}}, {"op": "scale", "factor": 2.0}], *_LONG),
}
"""A policy whose paths are alike for more than 128 characters."""

MAPS: dict[str, Callable[[int], int]] = {
    "sample/horizontal_flip#0/apply": lambda w: int((w >> 8) < math.floor(0.3 * 2**24 + 0.5)),
    "sample/rotate#0/degrees": _uniform(-10 / 360, 25 / 360, 1 << 24),
    "sample/scale#0/factor": _uniform(0.75, 1.5, 1 << 16),
    "sample/brightness_scale#0/factor": lambda w: (1 + (w * 5 >> 32)) * 4096,
    "sample/contrast#0/factor": _categorical([1, 2, 5], [2048, 6144, 8192]),
    "sample/one_of#0/branch": _categorical([3, 1], [0, 1]),
}
"""From a word to the draw's integer, by path of `POLICY`."""

NESTED_MAPS: dict[str, Callable[[int], int]] = {
    f"sample/{'/'.join(_LONG[::-1])}/branch": _categorical([1, 1], [0, 1]),
    f"sample/{'/'.join(_LONG[::-1])}/rotate#0/degrees": _uniform(-10 / 360, 25 / 360, 1 << 24),
}
"""The same of `NESTED`."""


def ranks(words: list[int]) -> list[int]:
    """Return the rank of each word by its 31 high bits, ties by position (R12)."""
    order = sorted(range(len(words)), key=lambda i: (words[i] >> 1, i))
    return [order.index(i) for i in range(len(words))]


LOW_BITS: tuple[tuple[str, dict[str, Any], tuple[int, ...], int, Callable[[list[int]], Any]], ...] = (
    (
        "sample/box_blur#0/radius",
        {"op": "box_blur", "radius": {"integers": [0, 14]}},
        (1673863, 2176874, 5914326, 9348978, 11868615, 12333191, 15783515, 16434614, 20621571, 20685616),
        1,
        lambda words: words[0] * 15 >> 32,
    ),
    (
        "sample/channel_shuffle#0/order",
        {"op": "channel_shuffle"},
        (118540, 119992, 152007, 692238, 840951, 1549339),
        16,
        ranks,
    ),
)
"""Path, op, ids, how many words each draws, and the map: under the key (`SEED`, epoch 3, view 2), the ids whose draws
are others where the 24 high bits of words are all that counts (R11, R12). One id in millions is one."""


def thresholds(word: Callable[[str], int]) -> Iterator[tuple[str, dict[str, Any], int]]:
    """Yield policies whose thresholds are the draw itself and the one after it (R10, R11): path, policy, draw.

    Args:
        word: from a path to the word number 0 that one sample draws.
    """
    for path, make, below, above in (
        ("sample/horizontal_flip#0/apply", _gate, 1, 0),
        ("sample/one_of#0/branch", _branch, 0, 1),
        ("sample/contrast#0/factor", _factor, 2048, 6144),
    ):
        k = word(path) >> 8
        for threshold, expected in ((k, above), (k + 1, below)):
            if 0 < threshold < 2**24:
                yield path, {"augspec": 1, "ops": [make(threshold)]}, expected


def _gate(threshold: int) -> dict[str, Any]:
    return {"op": "horizontal_flip", "p": threshold / 2**24}


def _branch(threshold: int) -> dict[str, Any]:
    members = [{"op": "vertical_flip", "p": 1.0}, {"op": "grayscale"}]
    return {"op": "one_of", "weights": [threshold / 2**24, 1 - threshold / 2**24], "ops": members}


def _factor(threshold: int) -> dict[str, Any]:
    weights = [threshold / 2**24, 1 - threshold / 2**24]
    return {"op": "contrast", "factor": {"choice": {"values": [0.5, 1.5], "weights": weights}}}
