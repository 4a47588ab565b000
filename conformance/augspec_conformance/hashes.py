"""One SHA-256 per policy, for every installed backend and mode: `python -m augspec_conformance.hashes`.

The images are made by a formula (a small hash of position and sample), so that anybody can make them again; the digest
is over the uint8 output of 8 samples of 96×128×3 with seed 2026, epoch 3 and ids 0 … 7.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from typing import Any

import numpy as np

import augspec
from augspec_conformance.adapters import adapter_of

__all__ = ["POLICIES", "digests", "images", "main"]


def _uniform(low: float, high: float) -> dict[str, list[float]]:
    return {"uniform": [low, high]}


POLICIES: dict[str, list[dict[str, Any]]] = {
    "flips": [{"op": "horizontal_flip"}, {"op": "vertical_flip", "p": 0.3}],
    "affine": [
        {"op": "affine", "degrees": _uniform(-30, 10), "scale": _uniform(0.7, 1.4), "shear_x": _uniform(-0.2, 0.1)}
    ],
    "bicubic": [{"op": "rotate", "degrees": _uniform(-90, 45), "interpolation": "bicubic", "border": "mirror"}],
    "crop": [{"op": "random_resized_crop", "size": [64, 64]}, {"op": "horizontal_flip"}],
    "colour": [
        {"op": "brightness_scale", "factor": _uniform(0.6, 1.3)},
        {"op": "contrast", "factor": _uniform(0.6, 1.5)},
        {"op": "saturation", "factor": _uniform(0.2, 1.8)},
        {"op": "brightness_shift", "delta": _uniform(-0.1, 0.2), "p": 0.5},
        {"op": "grayscale", "p": 0.2},
    ],
    "blur_noise": [
        {"op": "gaussian_blur", "sigma": _uniform(0.1, 2.0), "p": 0.7},
        {"op": "gaussian_noise", "std": _uniform(0.0, 0.1)},
    ],
    "mixed": [
        {"op": "horizontal_flip"},
        {"op": "rotate", "degrees": _uniform(-15, 20)},
        {"op": "scale", "factor": _uniform(0.8, 1.2), "p": 0.7},
        {
            "op": "one_of",
            "weights": [2, 1, 1],
            "ops": [
                {"op": "brightness_scale", "factor": _uniform(0.8, 1.2)},
                {"op": "gaussian_blur", "sigma": _uniform(0.1, 2.0)},
                {"op": "contrast", "factor": _uniform(0.5, 1.5), "pivot": "channel_mean"},
            ],
        },
        {
            "op": "some_of",
            "n": 2,
            "ops": [
                {"op": "translate", "x": _uniform(-0.2, 0.1)},
                {"op": "saturation", "factor": _uniform(0.0, 2.0)},
                {"op": "shear", "y": _uniform(0.0, 0.2)},
            ],
        },
    ],
}


def images() -> np.ndarray:
    """Return the test batch, (8, 96, 128, 3) uint8: smooth colours with fine texture, every sample different."""
    n, y, x, c = np.meshgrid(np.arange(8), np.arange(96), np.arange(128), np.arange(3), indexing="ij")
    texture = (x * 73856093 ^ y * 19349663 ^ n * 83492791 ^ c * 2654435) >> 7 & 63
    return ((2 * x + y * (c + 1) + 31 * n + texture) % 256).astype(np.uint8)


def digests(backend: str, mode: str) -> dict[str, str]:
    """Return the SHA-256 of every policy's output on one backend and mode, in hexadecimal."""
    adapter = adapter_of(augspec.get_backend(backend))
    found = {}
    for name, ops in POLICIES.items():
        policy = augspec.loads(json.dumps({"augspec": 1, "ops": ops, "eval": []}))
        augment = augspec.compile(policy, backend=backend, layout="NHWC", mode=mode)
        out = augment(augspec.Key(2026).fold(3), adapter.to_native(images(), "uint8"), index=list(range(8)))
        found[name] = hashlib.sha256(np.ascontiguousarray(adapter.to_numpy(out)).tobytes()).hexdigest()
    return found


def main(arguments: list[str] | None = None) -> int:
    """Print the table; exit 1 if any two backends or modes differ."""
    parser = argparse.ArgumentParser(description="SHA-256 of uint8 outputs per policy, backend and mode.")
    parser.add_argument("--backend", action="append", help="only this backend (may be repeated)")
    given = parser.parse_args(arguments)
    rows: list[tuple[str, dict[str, str]]] = []
    # torch is imported before TensorFlow: the other order can crash the process.
    for backend in given.backend or ("numpy", "host", "torch", "jax", "tensorflow"):
        try:
            modes = augspec.get_backend(backend).capabilities.modes
        except augspec.BackendUnavailable as error:
            print(f"{backend}: not installed ({error.install})", file=sys.stderr)
            continue
        for mode in modes:
            rows.append((f"{backend} {mode}", digests(backend, mode)))
            print(f"{backend} {mode}: done", file=sys.stderr)
    names = list(POLICIES)
    print("| backend, mode | " + " | ".join(names) + " |")
    print("|---" * (len(names) + 1) + "|")
    for label, row in rows:
        print(f"| {label} | " + " | ".join(f"`{row[name][:8]}`" for name in names) + " |")
    equal = all(row == rows[0][1] for _, row in rows)
    print(f"\n{len(rows)} backends and modes, {'all equal' if equal else 'NOT equal'}")
    return 0 if equal else 1


if __name__ == "__main__":
    sys.exit(main())
