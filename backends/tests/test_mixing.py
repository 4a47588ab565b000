"""T5: policies that mix samples of a batch, as callers meet them: what they take, what they refuse, labels out."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import augspec
from augspec.errors import SampleError
from augspec.mixing import WHOLE
from augspec_backends.generic.mixing import MixArithmetic
from augspec_backends.numpy.namespace import NumpyNamespace

RNG = np.random.default_rng(5)
IMAGES = RNG.integers(0, 256, (5, 12, 9, 3)).astype(np.uint8)
LABELS = np.arange(5)
BATCH = {"image": IMAGES, "label": LABELS}
IDS = [3, 2**40 + 1, 7, 1, 9]


def compiled(op: dict[str, Any], classes: int | None = 6, **options: Any) -> Any:
    targets = {} if classes is None else {"targets": {"label": {"classes": classes}}}
    return augspec.compile(augspec.loads(json.dumps({"augspec": 1, "ops": [op], **targets})), "numpy", **options)


def test_mixup_is_its_formula() -> None:
    augment = compiled({"op": "mixup", "alpha": 0.4})
    out, draws = augment(7, BATCH, IDS), augment.draw(7, IDS)
    weight = draws["sample/mixup#0/lambda"].astype(np.int64)[:, None, None, None]
    own = IMAGES.astype(np.int64) * 256
    mixed = (own * weight + own[draws["batch/mixup#0/partner"]] * (WHOLE - weight) + 2**14) >> 15
    np.testing.assert_array_equal(out["image"], (mixed + 128) >> 8)
    share = (weight[:, 0, 0, 0] / WHOLE).astype(np.float32)
    np.testing.assert_array_equal(out["label"][np.arange(5), LABELS], share)
    np.testing.assert_array_equal(out["label"].sum(1), np.ones(5, np.float32))


@pytest.mark.parametrize("op", [{"op": "mixup"}, {"op": "cutmix", "scope": "batch"}, {"op": "cutmix", "p": 0.5}])
def test_draws_replay_to_the_same_bytes(op: dict[str, Any]) -> None:
    augment = compiled(op)
    out = augment(7, BATCH, IDS)
    again = augment.apply(augspec.Draws.from_json(augment.draw(7, IDS).to_json()), BATCH)
    for name, value in out.items():
        np.testing.assert_array_equal(again[name], value)


def test_a_scope_of_the_batch_shares_the_weight_whatever_the_order() -> None:
    augment = compiled({"op": "mixup", "scope": "batch"})
    first = augment.draw(7, IDS)["batch/mixup#0/lambda"]
    assert len(set(first.tolist())) == 1
    np.testing.assert_array_equal(augment.draw(7, IDS[::-1])["batch/mixup#0/lambda"], first)
    assert augment.draw(8, IDS)["batch/mixup#0/lambda"][0] != first[0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"image": IMAGES[0]}, r"image: expected a batch, rank 4 \(NHWC\), because cutmix mixes samples of a batch"),
        ({"label": None}, "sample: expected an entry 'label' or 'mask', which cutmix#0 changes"),
        ({"label": LABELS + 2}, r"label: expected class ids from 0 to 5 \(targets\.label\.classes\), got 6 at index 4"),
        ({"label": LABELS - 1}, "label: expected class ids from 0 to 5 .*, got -1 at index 0"),
        ({"label": LABELS[:4]}, r"label: expected class ids \(5,\), or soft labels \(5, 6\) float32"),
        ({"label": np.zeros((5, 5), np.float32)}, r"soft labels \(5, 6\) float32, got float32 of shape \(5, 5\)"),
        ({"label": np.zeros((5, 6))}, r"soft labels \(5, 6\) float32, got float64"),
        ({"label": [0, 1, 2, 3, 4]}, "label: expected an array of the backend 'numpy', got list"),
        ({"boxes": np.zeros((5, 1, 4), np.float32)}, "boxes: expected no boxes, because cutmix"),
        ({"keypoints": np.zeros((5, 1, 2), np.float32)}, "keypoints: expected no keypoints, because cutmix"),
    ],
)
def test_what_cannot_be_mixed_is_refused_with_the_reason(change: dict[str, Any], message: str) -> None:
    sample = {name: value for name, value in {**BATCH, **change}.items() if value is not None}
    with pytest.raises(SampleError, match=message):
        compiled({"op": "cutmix"})(7, sample, IDS)


def test_masks_are_pasted_and_never_blended() -> None:
    mask = np.arange(5 * 12 * 9).reshape(5, 12, 9).astype(np.int32)
    out = compiled({"op": "cutmix"}, None)(7, {"image": IMAGES, "mask": mask}, IDS)
    assert (out["mask"] != mask).any()
    with pytest.raises(SampleError, match="mask: expected no mask, because mixup"):
        compiled({"op": "mixup"})(7, {**BATCH, "mask": mask}, IDS)


def test_class_ids_need_to_know_how_many_there_are() -> None:
    with pytest.raises(SampleError, match="do not say how many classes"):
        compiled({"op": "mixup"}, None)(7, BATCH, IDS)
    soft = np.full((5, 4), 0.25, np.float32)
    assert compiled({"op": "mixup"}, None)(7, {**BATCH, "label": soft}, IDS)["label"].shape == (5, 4)


def test_labels_are_left_alone_where_nothing_is_mixed() -> None:
    assert compiled({"op": "invert"})(7, BATCH, IDS)["label"] is LABELS
    evaluated = compiled({"op": "mixup"})(None, {"image": IMAGES[0], "label": 3}, training=False)
    assert evaluated["label"] == 3
    np.testing.assert_array_equal(evaluated["image"], IMAGES[0])


@pytest.mark.parametrize("count", [0, 1])
def test_few_samples_are_mixed_with_themselves(count: int) -> None:
    out = compiled({"op": "mixup"})(7, {name: value[:count] for name, value in BATCH.items()}, IDS[:count])
    np.testing.assert_array_equal(out["image"], IMAGES[:count])
    np.testing.assert_array_equal(out["label"], np.eye(6, dtype=np.float32)[:count])


def test_output_spec_knows_soft_labels() -> None:
    spec = compiled({"op": "cutmix"}).output_spec(BATCH)
    assert (spec["label"].shape, spec["label"].dtype) == ((5, 6), "float32")
    assert spec["image"].shape == IMAGES.shape


@pytest.mark.parametrize("whole", [1, 3, 108, 65536, 2**26 - 1, 2**26])
def test_e2_portions_are_rounded_half_up_without_overflow(whole: int) -> None:
    class Arithmetic(MixArithmetic):
        xp = NumpyNamespace()

    parts = np.unique(
        np.concatenate([np.arange(min(whole, 500) + 1), whole - np.arange(min(whole, 500)), [whole // 2]])
    )
    found = Arithmetic().portion(parts.astype(np.int32), whole)
    assert found.dtype == np.int32
    np.testing.assert_array_equal(found, (2 * parts.astype(np.int64) * 2**15 + whole) // (2 * whole))
