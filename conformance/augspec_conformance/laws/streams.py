"""K2–K4: streams. Different keys, ids and paths draw from different bits, and ops do not disturb each other.

Cells are compared by windows of `WINDOW` neighbouring draws of at least 19 bits each, not by single values, which
repeat by chance. Two of N windows are equal by chance with probability N² / 2 · 2⁻⁷⁶, at most 1e-14 for the grids here.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import numpy.typing as npt

import augspec
from augspec.normalize import normalized_dict
from augspec_conformance.cases.catalogue import cases_of, grid
from augspec_conformance.cases.policies import document
from augspec_conformance.law import Case, Law, Tier, require, require_equal, stable_seed
from augspec_conformance.subject import Subject

__all__ = ["LAWS", "WIDE"]

WINDOW = 4
"""Draws that are compared together."""

_AXES = ("translate_x", "translate_y", "shear_x", "shear_y")
_RANGES = {name: {"uniform": [0.0, 0.25]} for name in _AXES}
WIDE = document({"op": "affine", "id": "first", **_RANGES}, {"op": "affine", "id": "second", "fill": 0.5, **_RANGES})
"""Two ops of four equal ranges: whatever shares bits shows up as equal columns."""

_VECTORS = document(
    *({"op": "random_resized_crop", "id": name, "size": [9, 8], "area": {"uniform": [0.2, 0.7]}} for name in "ab")
)
"""Two ops that draw ten attempts from one stream each."""

_WORDS = document({"op": "gaussian_noise", "std": 0.1})
"""A draw that shows 64 bits of its stream."""

_NOISES = document(*({"op": "gaussian_noise", "id": name, "std": 0.1} for name in "ab"))
"""Two ops whose keys for pixels must differ from each other's, under every key and id."""

_IDS = (*range(40), 2**31, 2**32 - 1, 2**32, 2**32 + 1, 2**40, 2**48 - 1)

Rows = npt.NDArray[Any]


def _values(subject: Subject, policy: dict[str, Any], key: augspec.Key, ids: Any) -> dict[str, Rows]:
    drawn = subject.augmenter(policy).draw(key, ids).numpy()
    return {path: np.asarray(drawn[path]) for path in sorted(drawn)}


def _bits(subject: Subject, key: augspec.Key, ids: Any) -> Rows:
    """Return the eight draws of `WIDE`, (B, 8)."""
    return np.stack(list(_values(subject, WIDE, key, ids).values()), 1)


def _unique_rows(rows: Rows, what: str) -> None:
    _, first, count = np.unique(rows, axis=0, return_index=True, return_counts=True)
    twice = first[count > 1]
    require(
        len(twice) == 0,
        f"{what} share their draws",
        where=tuple(int(i) for i in twice[:3]),
        expected="all different",
        got=f"{len(rows) - len(first)} repetitions",
    )


def _windows(values: Rows, axis: int, width: int = WINDOW) -> Rows:
    """Return all runs of `width` neighbours along an axis, as rows."""
    return np.lib.stride_tricks.sliding_window_view(values, width, axis).reshape(-1, width)


def _keys_differ(subject: Subject, case: Case) -> None:
    seeds = [*range(48), *(1 << bit for bit in range(6, 64)), 2**64 - 1, 2**64 - 2]
    keys = [augspec.Key(seed) for seed in seeds]
    keys += [augspec.Key(0, epoch) for epoch in (1, 2, 255, 65536, 2**31, 2**32 - 1)]
    keys += [augspec.Key(0, 0, view) for view in (1, 2, 255, 65535)] + [augspec.Key(0, 1, 1)]
    rows = np.concatenate([_bits(subject, key, [case.key % 1000]) for key in keys])
    _unique_rows(rows, "keys (seeds, epochs and views)")
    many = [augspec.Key(stable_seed("K2", case.key, number)) for number in range(case.context["keys"])]
    words = [next(iter(_values(subject, _WORDS, key, [5]).values()))[:, :2] for key in many]
    _unique_rows(np.concatenate(words), f"some of {len(many)} keys (64 bits of each, equal by chance once in 1e12)")
    images = []
    for key in keys[:: len(keys) // 16]:
        one = case.with_(key=key.seed, epoch=key.epoch, view=key.of_view)
        images.append(subject.call(one)["image"].reshape(-1))
    _unique_rows(np.stack(images), "the results of keys")


def _k2_cases(tier: Tier) -> tuple[Case, ...]:
    return grid("K2", tier, names=("mix:train",), context={"keys": 4096 if tier == "full" else 1024})


def _streams_differ(subject: Subject, case: Case) -> None:
    first = case.key % 1000
    keys = [augspec.Key(seed) for seed in range(first, first + 40)]
    cells = np.stack([_bits(subject, key, _IDS) for key in keys])  # (40 keys, 46 ids, 8 paths)
    rows = cells.reshape(-1, cells.shape[-1])
    beside = [augspec.Key(first, epoch) for epoch in range(1, 9)] + [
        augspec.Key(first, 0, view) for view in range(1, 9)
    ]
    more = [_bits(subject, key, _IDS) for key in beside]
    _unique_rows(np.concatenate([rows, *more]), "cells of the grid key × id (seeds, and epochs and views of one)")
    _unique_rows(rows.T, "parameters (op × field)")
    half = rows.shape[1] // 2
    _unique_rows(np.concatenate([rows[:, :half], rows[:, half:]]), "ops of one kind")
    # One pool for all paths: what one path draws for a sample, no path draws for another one or under another key.
    _unique_rows(_windows(cells[:, :40], 1), "single paths, at neighbouring ids,")
    _unique_rows(_windows(cells, 0), "single paths, at neighbouring keys,")
    drawn = [_values(subject, _VECTORS, key, _IDS) for key in keys]
    areas = np.concatenate([value for paths in drawn for path, value in paths.items() if path.endswith("/area")])
    _unique_rows(_windows(areas, 1), "attempts of single cells key × id × path")
    words = [value for key in keys for value in _values(subject, _NOISES, key, _IDS).values()]
    _unique_rows(np.concatenate(words), "fields of noise on the grid key × id × op (64 bits and the id)")


def _draws(subject: Subject, case: Case, ops: list[Any]) -> dict[str, Rows]:
    policy = {**case.policy, "ops": ops}
    return _values(subject, policy, subject.key(case), list(range(64)))


def _prefix(subject: Subject, case: Case) -> None:
    ops = normalized_dict(augspec.loads(json.dumps(case.policy)))["ops"]
    before = _draws(subject, case, case.policy["ops"])
    longer = [{"op": "vertical_flip", "id": "front", "p": 0.4}, *ops, {"op": "saturation", "factor": 0.5}]
    variants = {"adding other ops": _draws(subject, case, longer)}
    variants["another order of ops with ids"] = _draws(subject, case, ops[::-1])
    for reason, after in variants.items():
        for path, value in before.items():
            require_equal(after[path], value, f"{reason} changed the draw {path}")
    for number, op in enumerate(ops):
        changed = _draws(subject, case, [*ops[:number], {**op, "p": 0.45}, *ops[number + 1 :]])
        own = f"sample/{op['id']}/"
        for path, value in before.items():
            if not path.startswith(own):
                require_equal(changed[path], value, f"another p of {op['id']} changed the draw {path}")


LAWS = (
    Law(
        "K2",
        "keys matter",
        ("R4", "R5"),
        "Different seeds, epochs and views give different draws and results; every bit of them counts.",
        _keys_differ,
        _k2_cases,
        scope="backend",
    ),
    Law(
        "K3",
        "streams are apart",
        ("R5", "R6"),
        "All draws on the grid key × id × op × field are distinct streams.",
        _streams_differ,
        cases_of("K3", names=("mix:train",)),
        scope="backend",
    ),
    Law(
        "K4",
        "prefix stability",
        ("R6", "R8"),
        "Adding ops, changing others or reordering them moves no draw of an op.",
        _prefix,
        lambda tier: grid(
            "K4", tier, names=("mix:choice", "mix:steps", "mix:nested", "mix:colour", "mix:train", "op:rotate")
        ),
        scope="backend",
    ),
)
