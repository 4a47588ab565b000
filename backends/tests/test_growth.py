"""E2: what the planner believes of a warp's matrices holds for the matrices, and is not far off."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import augspec
from augspec.language.quantities import QUANTITIES
from augspec.ops.base import WarpOp
from augspec_backends.generic.plane import PlaneOf
from augspec_backends.numpy.namespace import NumpyNamespace

SIDE = 64
WARPS = [tag for tag, op in augspec.ops().items() if issubclass(op, WarpOp)]

# A few values of each quantity that a warp draws, away from the neutral one, on both sides of it.
VALUES = {"angle": (45.0, -45.0), "fraction": (0.25, -0.75), "tangent": (1.5, -0.5), "scale": (0.25, 6.0)}


def documents(tag: str) -> list[dict[str, Any]]:
    """Return an op with each of its parameters alone, and with all of them; what cannot stand alone is left out."""
    names = {name: VALUES[mark.quantity.name] for name, mark in augspec.ops()[tag].parameters()}
    found = [{name: value} for name, values in names.items() for value in values]
    found += [{name: values[pick] for name, values in names.items()} for pick in (0, 1)]
    return [{"op": tag, **fields} for fields in found]


def parsed(document: dict[str, Any]) -> Any:
    try:
        return augspec.loads(json.dumps({"augspec": 1, "ops": [document]})).ops[0]
    except augspec.PolicyError:
        return None


def moved(op: Any) -> Any:
    """Return the movement of an op whose parameters are constants."""
    xp = NumpyNamespace()
    draw = {
        name: np.array([QUANTITIES[mark.quantity.name].quantise(value)], np.int32)
        for name, mark, value, _ in op.draws()
    }
    return op.transform(draw, PlaneOf(xp, SIDE, SIDE, np.zeros(1, np.int32)))


def measured(op: Any) -> tuple[float, float, float]:
    """Return the row sums of the inverse and the forward matrix, and the shift in sides."""
    pair = moved(op)

    def rows(a: Any) -> float:
        return float(max(abs(a.xx) + abs(a.xy), abs(a.yx) + abs(a.yy))[0]) / 2**24

    forward = pair.forward
    return rows(pair.inverse), rows(forward), float(max(abs(forward.x0), abs(forward.y0))[0]) / 2**13 / SIDE


def matrices(op: Any) -> tuple[Any, Any]:
    """Return the inverse and the forward matrix, (2, 2) each."""
    pair = moved(op)
    return tuple(  # type: ignore[return-value]
        np.array([[a.xx[0], a.xy[0]], [a.yx[0], a.yy[0]]], np.float64) / 2**24 for a in (pair.inverse, pair.forward)
    )


@pytest.mark.parametrize("tag", WARPS)
def test_e2_growth_bounds_the_matrices_closely(tag: str) -> None:
    ops = [op for op in map(parsed, documents(tag)) if op is not None]
    assert len(ops) >= 2
    for op in ops:
        back, ahead, shift = op.growth()
        backs, aheads, shifts = measured(op)
        assert backs <= back + 1e-6, op
        assert aheads <= ahead + 1e-6, op
        assert shifts == pytest.approx(shift, abs=1e-6), op
        # Of several parameters it is a product of bounds, each reached at another angle.
        slack = 1.5 if len([value for _, _, value, _ in op.draws() if value]) <= 2 else 2
        assert back <= slack * max(1.0, backs) + 1e-6, op
        assert ahead <= slack * max(1.0, aheads) + 1e-6, op


@pytest.mark.parametrize("tag", WARPS)
def test_e2_growth_is_that_of_the_widest_draw(tag: str) -> None:
    for name, mark in augspec.ops()[tag].parameters():
        values = VALUES[mark.quantity.name]
        spread = parsed({"op": tag, name: {"choice": list(values)}})
        ends = [parsed({"op": tag, name: value}).growth() for value in values]
        assert spread.growth() == pytest.approx(tuple(max(parts) for parts in zip(*ends, strict=True)))


def compiled(*ops: dict[str, Any]) -> None:
    augspec.compile(augspec.loads(json.dumps({"augspec": 1, "ops": list(ops)})))


def test_e2_growths_of_neighbours_multiply() -> None:
    compiled(*[{"op": "scale", "factor": 1.9}] * 3)
    compiled(*[{"op": "scale", "factor": 0.55}] * 3)
    with pytest.raises(augspec.PolicyError, match=r"ops\[2\]: .*enlarge 10\.6 times, shrink 1 times"):
        compiled(*[{"op": "scale", "factor": 2.2}] * 3)
    with pytest.raises(augspec.PolicyError, match=r"ops\[2\]: .*enlarge 1 times, shrink 15\.6 times"):
        compiled(*[{"op": "scale", "factor": 0.4}] * 3)


def test_e2_shifts_grow_with_what_follows_them() -> None:
    shift, shrink = {"op": "translate", "x": 0.9}, {"op": "scale", "factor": 0.13}
    compiled(*[shift] * 26)
    with pytest.raises(augspec.PolicyError, match=r"ops\[26\]: "):
        compiled(*[shift] * 27)
    compiled(*[shift] * 3, shrink)
    with pytest.raises(augspec.PolicyError, match=r"ops\[4\]: "):
        compiled(*[shift] * 4, shrink)


@pytest.mark.parametrize("tag", WARPS)
def test_e2_stretch_bounds_the_lengths(tag: str) -> None:
    for op in (op for op in map(parsed, documents(tag)) if op is not None):
        for bound, matrix in zip(op.stretch(), matrices(op), strict=True):
            longest = float(np.linalg.norm(matrix, 2))
            assert longest <= bound + 1e-6, op
            assert bound <= 1.5 * max(1.0, longest) + 1e-6, op


def test_e2_any_number_of_rotations_is_one() -> None:
    turn = {"op": "rotate", "degrees": {"uniform": [-180, 180]}}
    compiled(*[turn] * 40)
    compiled(*[turn] * 6, {"op": "scale", "factor": 5.6}, *[turn] * 6)
    with pytest.raises(augspec.PolicyError, match=r"ops\[6\]: .*enlarge 8\.06 times"):
        compiled(*[turn] * 6, {"op": "scale", "factor": 5.7}, *[turn] * 6)
    shift = {"op": "translate", "x": 0.5}
    compiled(*[turn, shift] * 16)
    with pytest.raises(augspec.PolicyError, match=r"ops\[\d+\]: .*shift 17 sides"):
        compiled(*[turn, shift] * 40)


def test_e2_matrices_of_long_runs_stay_below_their_bound() -> None:
    """Forty random members, products of which the planner accepts: every partial row sum is below 8."""
    xp, rng = NumpyNamespace(), np.random.default_rng(5)
    count = 2000
    plane = PlaneOf(xp, SIDE, SIDE, np.zeros(count, np.int32))
    run = plane.rotation(rng.integers(0, 1 << 24, count).astype(np.int32))
    for member in range(40):
        factor = np.full(count, (1 << 16) * 56 // 10 if member == 20 else 1 << 16, np.int32)
        turn = plane.rotation(rng.integers(0, 1 << 24, count).astype(np.int32))
        run = plane.compose(run, turn, plane.scaling(factor, factor))
        for one in (run.forward, run.inverse):
            rows = np.abs(one.xx.astype(np.int64)) + np.abs(one.xy)
            assert rows.max() < 8 * 2**24
    angles = run.forward.xx.astype(np.float64) ** 2 + run.forward.yx.astype(np.float64) ** 2
    assert np.abs(np.sqrt(angles) / 2**24 - 5.6).max() < 1e-4
