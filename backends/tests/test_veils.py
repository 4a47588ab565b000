"""What lies over images: near the ideal on every size, up to the largest."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import augspec
from augspec.normalize import normalized_dict
from augspec_conformance.oracle import run

SIZES = [(1, 1), (1, 9), (37, 50), (300, 200), (8, 8192), (8192, 8)]

EXTREMES: list[dict[str, Any]] = [
    {"op": "shadow", "darkness": 1.0, "size": 2.0, "softness": 0.0},
    {"op": "shadow", "darkness": 1.0, "size": 0.0625, "softness": 0.0},
    {"op": "shadow", "darkness": 1.0, "size": 2.0, "softness": 1.0},
    {"op": "fog", "density": 1.0, "patchiness": 1.0, "roughness": 0.0, "grey": 1.0},
    {"op": "fog", "density": 1.0, "patchiness": 1.0, "roughness": 1.0, "grey": 0.0},
    {"op": "sun_flare", "strength": 1.0, "ghosts": 1.0, "size": 0.0},
    {"op": "sun_flare", "strength": 1.0, "ghosts": 1.0, "size": 1.0, "x": 1.0, "y": 0.0},
    {"op": "rain", "amount": 1.0, "width": 0.0, "length": 0.0, "degrees": {"uniform": [-3600, 3600]}, "opacity": 1.0},
    {"op": "rain", "amount": 1.0, "width": 0.01, "length": 1.0, "degrees": 10.0, "opacity": 1.0},
    {"op": "snow", "amount": 1.0, "size": 0.0, "degrees": {"uniform": [-3600, 3600]}, "opacity": 1.0},
    {"op": "snow", "amount": 1.0, "size": 0.2, "length": 1.0, "degrees": -50.0, "opacity": 1.0},
]


@pytest.mark.parametrize(("height", "width"), SIZES)
@pytest.mark.parametrize("op", EXTREMES, ids=lambda op: "-".join(str(value) for value in op.values()))
def test_the_ends_of_every_range_stay_near_the_ideal(op: dict[str, Any], height: int, width: int) -> None:
    count = 40 if height * width < 5000 else 3
    policy = augspec.loads(json.dumps({"augspec": 1, "ops": [op]}))
    augment = augspec.compile(policy, backend="numpy")
    image = np.random.default_rng(height).integers(0, 256, (count, height, width, 1), np.uint8)
    drawn, out = augment.draw(11, index=range(count)).human(), augment(11, image)
    floats = augment(11, (image / 255).astype(np.float32))
    document = normalized_dict(policy)
    for i in range(count):
        numbers = {path: value[i] for path, value in drawn.items()}
        ideal = run(document, numbers, {"image": image[i] / 255.0})["image"]
        assert np.abs(out[i] - ideal * 255).max() < 0.75
        assert np.abs(floats[i] - ideal).max() < 1e-3
