"""What every backend must do in every mode: equal bytes and draws, layouts, dtypes, edge sizes (C1, C2, E1, T1–T6)."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import augspec
from augspec_conformance.adapters import Adapter, load_adapter

MODES = [
    ("numpy", "eager"),
    ("host", "compiled"),
    ("torch", "eager"),
    ("jax", "eager"),
    ("jax", "compiled"),
    ("tensorflow", "eager"),
    ("tensorflow", "graph"),
    ("tensorflow", "compiled"),
]
POLICY = augspec.loads(
    json.dumps(
        {
            "augspec": 1,
            "ops": [
                {"op": "horizontal_flip"},
                {"op": "affine", "degrees": {"uniform": [-20, 35]}, "scale": {"log_uniform": [0.7, 1.3]}, "fill": 0.4},
                {"op": "saturation", "factor": {"uniform": [0.3, 1.6]}, "p": 0.7},
                {
                    "op": "one_of",
                    "weights": [1, 2],
                    "ops": [
                        {"op": "contrast", "factor": {"uniform": [0.5, 1.4]}},
                        {"op": "gaussian_blur", "sigma": {"normal": {"mean": 1, "std": 0.3, "low": 0.4, "high": 1.6}}},
                    ],
                },
            ],
        }
    )
)
IDS = [3, 2**31 + 5, 2**40 + 1, 7, 0]


PLAIN = {"host": "compiled"}
"""The mode of a backend that has none called eager."""


def _adapter(backend: str) -> Adapter:
    return load_adapter("numpy" if backend == "host" else backend)


def _sample() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(7)
    return {
        "image": rng.integers(0, 256, (5, 19, 14, 3), dtype=np.uint8),
        "mask": rng.integers(0, 9, (5, 19, 14)).astype(np.int32),
        "boxes": np.tile(np.float32([[1, 2, 9, 15], [0, 0, 14, 19]]), (5, 1, 1)),
        "keypoints": rng.uniform(0, 14, (5, 3, 2)).astype(np.float32),
    }


def _run(backend: str, mode: str, sample: dict[str, np.ndarray], **options: Any) -> dict[str, np.ndarray]:
    adapter = _adapter(backend)
    native = {name: adapter.to_native(array, str(array.dtype)) for name, array in sample.items()}
    augment = augspec.compile(POLICY, backend=backend, mode=mode, **options)
    out = augment(augspec.Key(2**60 + 3).fold(2), native, IDS[: len(sample["image"])])
    return {name: adapter.to_numpy(array) for name, array in out.items()}


@pytest.mark.parametrize(("backend", "mode"), MODES)
def test_e1_all_targets_equal_the_reference(backend: str, mode: str) -> None:
    expected = _run("numpy", "eager", _sample())

    got = _run(backend, mode, _sample(), layout="NHWC")

    for name in ("image", "mask", "boxes_valid", "keypoints_visible"):
        np.testing.assert_array_equal(expected[name], got[name], err_msg=name)
    for name in ("boxes", "keypoints"):
        np.testing.assert_allclose(got[name], expected[name], atol=1e-4, err_msg=name)


@pytest.mark.parametrize(("backend", "mode"), MODES)
def test_t1_channels_first_is_the_transpose(backend: str, mode: str) -> None:
    sample = {"image": _sample()["image"]}
    expected = _run("numpy", "eager", sample)["image"]

    first = {"image": np.ascontiguousarray(sample["image"].transpose(0, 3, 1, 2))}
    got = _run(backend, mode, first, layout="NCHW")["image"]

    np.testing.assert_array_equal(expected, got.transpose(0, 2, 3, 1))


@pytest.mark.parametrize(("backend", "mode"), [*MODES, ("torch", "compiled")])
def test_t2_masks_of_wide_unsigned_numbers_move(backend: str, mode: str) -> None:
    adapter = _adapter(backend)
    ops = [{"op": "horizontal_flip"}, {"op": "brightness_scale", "factor": 2}, {"op": "vertical_flip", "p": 1.0}]
    policy = augspec.loads(json.dumps({"augspec": 1, "ops": ops}))
    image = np.zeros((2, 4, 5, 3), np.uint8)
    mask = np.arange(65496, 65536, dtype=np.uint16).reshape(2, 4, 5)
    augment = augspec.compile(policy, backend=backend, mode=mode, layout="NHWC")

    sample = {"image": adapter.to_native(image, "uint8"), "mask": adapter.to_native(mask, "uint16")}
    got = augment(5, sample)["mask"]

    assert adapter.dtype_name(got) == "uint16"
    np.testing.assert_array_equal(adapter.to_numpy(got), [mask[0, ::-1, ::-1], mask[1, ::-1]])


@pytest.mark.parametrize("backend", ["numpy", "torch", "host", "jax", "tensorflow"])
@pytest.mark.parametrize("shape", [(0, 9, 8, 3), (1, 1, 1, 3), (2, 1, 7, 3), (2, 7, 1, 3)])
def test_c12_edge_sizes(backend: str, shape: tuple[int, ...]) -> None:
    sample = {"image": np.full(shape, 200, np.uint8)}

    got = _run(backend, PLAIN.get(backend, "eager"), sample, layout="NHWC")["image"]

    assert got.shape == shape
    np.testing.assert_array_equal(_run("numpy", "eager", sample)["image"], got)


@pytest.mark.parametrize("backend", ["numpy", "torch", "host", "jax", "tensorflow"])
@pytest.mark.parametrize(("dtype", "tolerance"), [("float32", 1e-5), ("float16", 2e-3), ("bfloat16", 1e-2)])
def test_c2_floats_come_back_in_their_dtype(backend: str, dtype: str, tolerance: float) -> None:
    adapter = _adapter(backend)
    image = (_sample()["image"] / 255).astype(np.float32)
    augment = augspec.compile(POLICY, backend=backend, mode=PLAIN.get(backend, "eager"), layout="NHWC")

    out = augment(1, adapter.to_native(image, dtype))

    assert adapter.dtype_name(out) == dtype
    expected = augspec.compile(POLICY)(1, image.astype(np.float64))
    # Rounding the input to few bits moves it by half a unit in the last place before anything is computed.
    np.testing.assert_allclose(adapter.to_numpy(out).astype(np.float64), expected, atol=tolerance)


@pytest.mark.parametrize("backend", ["torch", "host", "jax", "tensorflow"])
def test_draws_travel_between_backends(backend: str) -> None:
    adapter = _adapter(backend)
    here = augspec.compile(POLICY)
    there = augspec.compile(POLICY, backend=backend, layout="NHWC", mode=PLAIN.get(backend, "eager"))
    image = _sample()["image"]

    draws = augspec.Draws.from_json(there.draw(9, IDS).to_json())

    assert draws == here.draw(9, IDS)
    expected = here(9, image, IDS)
    np.testing.assert_array_equal(here.apply(draws, image), expected)
    native = adapter.to_native(image, "uint8")
    np.testing.assert_array_equal(adapter.to_numpy(there.apply(here.draw(9, IDS), native)), expected)


@pytest.mark.parametrize(
    ("backend", "module"),
    [("torch", "torch"), ("host", "llvmlite"), ("jax", "jax"), ("tensorflow", "tensorflow")],
)
def test_a_missing_framework_gives_the_install_line(backend: str, module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    for name in [name for name in sys.modules if name.startswith(f"augspec_backends.{backend}")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, module, None)

    with pytest.raises(augspec.BackendUnavailable, match=rf'pip install "augspec\[{backend}\]"'):
        augspec.compile(POLICY, backend=backend)


@pytest.mark.parametrize("backend", ["numpy", "torch", "host", "jax", "tensorflow"])
def test_bad_input_is_refused_before_any_work(backend: str) -> None:
    adapter = _adapter(backend)

    def native(array: np.ndarray) -> Any:
        return adapter.to_native(array, str(array.dtype))

    augment = augspec.compile(POLICY, backend=backend, layout="NHWC")
    good = _sample()
    image = good["image"]
    bad: list[tuple[Any, Any, str]] = [
        ({"image": native(image.astype(np.int32))}, None, "image: expected a dtype"),
        ({"image": native(image[0, 0])}, None, "image: expected rank 3"),
        ({"image": native(image), "mask": native(good["mask"][:, :5])}, None, "mask: expected the image's batch"),
        ({"image": native(image), "boxes": native(good["boxes"][..., :3])}, None, "boxes: expected shape"),
        ({"image": native(image), "boxes": native(good["boxes"] * np.float32(np.nan))}, None, "boxes: expected finite"),
        ({"image": native(image), "boxes": native(good["boxes"][..., [2, 1, 0, 3]])}, None, "boxes: expected xyxy"),
        ({"image": native(image), "masks": native(good["mask"])}, None, "Call it 'mask'"),
        ({"image": native(image)}, [1, 2], "index: expected one id per sample"),
        ({"image": native(image)}, [1, 2, 3, 4, -5], "index: expected ids from 0"),
        ("photo.jpg", None, "image: expected an array"),
    ]
    for sample, index, message in bad:
        with pytest.raises(augspec.SampleError, match=message):
            augment(1, sample, index)
    for key in (-1, 2**64, 1.5, True, None, "seed"):
        with pytest.raises(augspec.SampleError, match="key"):
            augment(key, native(image))
    with pytest.raises(augspec.Unsupported, match="saturation needs 3 channels"):
        augment(1, native(np.ascontiguousarray(image[..., :1])))
    with pytest.raises(augspec.Unsupported, match="knows auto"):
        augspec.compile(POLICY, backend=backend, mode="turbo")


@pytest.mark.parametrize(("backend", "mode"), MODES)
@pytest.mark.parametrize(
    "op",
    [
        {"op": "hue", "turns": 0.2},
        {"op": "saturation", "factor": 1.5, "space": "hsv"},
        {"op": "median_blur"},
        {"op": "autocontrast"},
        {"op": "equalize"},
        {"op": "clahe", "clip": 2, "tiles": [2, 2]},
    ],
    ids=lambda op: op["op"],
)
def test_c13_a_nan_of_any_channel_is_as_far_spread_as_in_the_reference(
    backend: str, mode: str, op: dict[str, Any]
) -> None:
    image = np.random.default_rng(7).random((3, 7, 9, 3)).astype(np.float32)
    for channel in range(3):  # one in each sample: neither order nor place of a comparison may swallow it
        image[channel, 3, 4, channel] = np.nan
    policy = augspec.loads(json.dumps({"augspec": 1, "ops": [op]}))
    expected = augspec.compile(policy)(1, image)
    adapter = _adapter(backend)
    augment = augspec.compile(policy, backend=backend, mode=mode, layout="NHWC")
    got = adapter.to_numpy(augment(1, adapter.to_native(image, "float32")))
    assert 0 < np.isnan(expected).mean() < 1
    np.testing.assert_array_equal(np.isnan(got), np.isnan(expected))
