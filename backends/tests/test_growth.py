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


def measured(op: Any) -> tuple[float, float, float]:
    """Return the row sums of the inverse and the forward matrix, and the shift in sides."""
    xp = NumpyNamespace()
    draw = {
        name: np.array([QUANTITIES[mark.quantity.name].quantise(value)], np.int32)
        for name, mark, value, _ in op.draws()
    }
    pair = op.transform(draw, PlaneOf(xp, SIDE, SIDE, np.zeros(1, np.int32)))

    def rows(a: Any) -> float:
        return float(max(abs(a.xx) + abs(a.xy), abs(a.yx) + abs(a.yy))[0]) / 2**24

    forward = pair.forward
    return rows(pair.inverse), rows(forward), float(max(abs(forward.x0), abs(forward.y0))[0]) / 2**13 / SIDE


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
    with pytest.raises(augspec.PolicyError, match=r"ops\[2\]: .*enlarge 10\.6 times or shrink 1 times"):
        compiled(*[{"op": "scale", "factor": 2.2}] * 3)
    with pytest.raises(augspec.PolicyError, match=r"ops\[2\]: .*enlarge 1 times or shrink 15\.6 times"):
        compiled(*[{"op": "scale", "factor": 0.4}] * 3)


def test_e2_shifts_grow_with_what_follows_them() -> None:
    shift, shrink = {"op": "translate", "x": 0.9}, {"op": "scale", "factor": 0.13}
    compiled(*[shift] * 26)
    with pytest.raises(augspec.PolicyError, match=r"ops\[26\]: "):
        compiled(*[shift] * 27)
    compiled(*[shift] * 3, shrink)
    with pytest.raises(augspec.PolicyError, match=r"ops\[4\]: "):
        compiled(*[shift] * 4, shrink)
