"""Importers of elastic fields: as strong and as smooth as theirs, by what a ramp shows; and what stands last."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

import augspec
from augspec.importing import Imported, albumentations, keras, kornia, torchvision
from augspec_conformance.distances.libraries import ALBUMENTATIONS, KORNIA, TORCHVISION
from augspec_conformance.distances.pair import Missing

SIDE, MARGIN, MANY = 96, 24, 60
# A ramp along the rows: its value is where a pixel comes from.
RAMP = np.repeat(np.repeat((np.arange(SIDE, dtype=np.float32) / SIDE)[None, :, None], SIDE, 0), 3, -1)


@pytest.fixture(autouse=True)
def _quiet() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # other libraries' own
        yield


def load(library: Any) -> Any:
    try:
        return library.load()
    except Missing as missing:
        pytest.skip(str(missing))


def statistics(images: np.ndarray, lag: int) -> tuple[float, float]:
    """Return the deviation of displacements in pixels, and that of their differences `lag` pixels apart."""
    inner = slice(MARGIN, SIDE - MARGIN)
    moved = ((images - RAMP)[..., 0] * SIDE)[:, inner, inner]
    return float(moved.std()), float((moved[:, lag:] - moved[:, :-lag]).std())


def compare(found: Imported, theirs: np.ndarray, lag: int) -> None:
    assert [row.status for row in found.rows] == ["approximate"]
    (op,) = found.policy.to_dict()["ops"]
    many = np.repeat(RAMP[None], MANY, 0)
    ours = statistics(np.asarray(augspec.compile(found.policy)(3, many)), lag)
    expected = statistics(theirs, lag)
    # Two samples of MANY fields, with some 60 places in each that move by themselves: 3 % for both, at most 10 %.
    assert ours == pytest.approx(expected, rel=0.1)
    assert ours[0] == pytest.approx(op["alpha"], rel=0.1)


def test_albumentations_moves_as_far_and_as_smoothly() -> None:
    A = load(ALBUMENTATIONS)
    pipeline = A.Compose([A.ElasticTransform(alpha=50, sigma=5, noise_distribution="uniform", border_mode=1, p=1)])
    pipeline.set_random_seed(5)
    theirs = np.stack([pipeline(image=RAMP)["image"] for _ in range(MANY)])
    compare(albumentations(pipeline.to_dict()), theirs, lag=5)


def test_torchvision_moves_as_far_and_as_smoothly() -> None:
    load(TORCHVISION)
    import torch
    from torchvision.transforms import v2

    torch.manual_seed(5)
    transform = v2.ElasticTransform(alpha=60.0, sigma=4.0)
    image = torch.from_numpy(RAMP.transpose(2, 0, 1).copy())
    theirs = np.stack([transform(image).numpy().transpose(1, 2, 0) for _ in range(MANY)])
    compare(torchvision(transform), theirs, lag=4)
    for other, reason in (
        ({"alpha": [3.0, 4.0]}, "alpha for each axis"),
        ({"sigma": 0.0}, "not smoothed"),
        ({"sigma": 20.0}, "1 to 15"),
        ({"alpha": 500.0}, "0 to 6"),
    ):
        (row,) = torchvision(v2.ElasticTransform(**other)).rows
        assert (row.status, reason in row.reason) == ("unsupported", True), row


def test_fields_that_follow_the_images_size_are_told() -> None:
    A = load(ALBUMENTATIONS)
    steps = [
        A.ElasticTransform(alpha=70, sigma=5, noise_distribution="gaussian", p=1),
        A.ElasticTransform(alpha=70, sigma=5, noise_distribution="uniform", same_dxdy=True, p=1),
        A.ElasticTransform(alpha=70, sigma=5, noise_distribution="uniform", approximate=True, p=1),
        A.ElasticTransform(alpha=70, sigma=50, noise_distribution="uniform", p=1),
        A.ElasticTransform(alpha=15, sigma=1, noise_distribution="uniform", p=1),  # it would fold
        *(getattr(A, f"Random{name}")(p=1) for name in ("Fog", "Rain", "Snow", "Shadow", "SunFlare")),
        A.Mosaic(p=1),
    ]
    found = albumentations(A.Compose(steps).to_dict())
    assert [row.status for row in found.rows] == ["unsupported"] * len(steps)
    assert all(len(row.reason) > 20 for row in found.rows)
    assert found.policy.ops == ()
    layer = {"class_name": "RandomElasticTransform", "config": {"factor": 1.0, "scale": 0.5}}
    assert [row.status for row in keras(layer).rows] == ["unsupported"]
    load(KORNIA)
    from kornia import augmentation

    for one in [getattr(augmentation, f"Random{name}")() for name in ("ElasticTransform", "Mosaic", "Rain", "Snow")]:
        (row,) = kornia(one).rows
        assert row.status == "unsupported"
        assert row.reason != "no op is known to stand for it"


def test_albumentations_to_float_is_an_op_where_it_ends() -> None:
    A = load(ALBUMENTATIONS)
    image = np.arange(SIDE * 3, dtype=np.uint8).reshape(8, 12, 3)
    for last in (A.ToFloat(p=1), A.ToFloat(max_value=255, p=1)):
        pipeline = A.Compose([A.HorizontalFlip(p=1), last, A.NoOp(p=1)])
        found = albumentations(pipeline.to_dict())
        assert found.exact
        ours = augspec.compile(found.policy)(0, image)
        assert ours.dtype == np.float32
        np.testing.assert_allclose(ours, pipeline(image=image)["image"], rtol=0, atol=6e-8)  # one step of float32
    before = albumentations(A.Compose([A.ToFloat(p=1), A.HorizontalFlip(p=1), A.FromFloat(p=1)]).to_dict())
    assert [row.ops for row in before.rows] == [(), ("horizontal_flip",), ()]
    assert albumentations(A.Compose([A.ToFloat(max_value=1000, p=1)]).to_dict()).rows[0].status == "unsupported"
