"""The oracle's `mosaic` on numbers that one can see."""

import numpy as np

from augspec_conformance.oracle import run

OP = {
    "op": "mosaic",
    "id": "mosaic#0",
    "p": 1.0,
    "scope": "sample",
    "x": 0.5,
    "y": 0.5,
    "scale": 1.0,
    "interpolation": "bilinear",
    "antialias": True,
    "fill": 0.25,
}
POLICY = {"targets": {"label": {"classes": 4}, "boxes": {"min_visibility": 0.5}, "keypoints": {"swap_pairs": [[0, 1]]}}}


def _samples():
    """Images of 2 rows and 4 columns, whose pixels are ten times the sample and their number."""
    images = [(10 * k + np.arange(8.0)).reshape(2, 4, 1) for k in range(4)]
    return [
        {
            "image": image / 100,
            "mask": image[..., 0].astype(np.int32),
            "boxes": np.array([[0.0, 0, 2, 1], [2, 0, 4, 2]]),
            "keypoints": np.array([[0.5, 0.5], [3.5, 1.5]]),
            "label": np.array(k),
        }
        for k, image in enumerate(images)
    ]


def _run(op, values=None, before=(), gates=((), (), (), ())):
    own, *others = [(dict(gate), sample) for gate, sample in zip(gates, _samples(), strict=True)]
    policy = {**POLICY, "ops": [*before, {**OP, **op}]}
    return run(policy, {**own[0], **(values or {})}, own[1], partners=others)


def test_corners_meet_at_the_point():
    out = _run({})
    assert out["mask"].tolist() == [[6, 7, 14, 15], [22, 23, 30, 31]]
    np.testing.assert_allclose(out["image"][..., 0] * 100, out["mask"])
    np.testing.assert_allclose(out["label"], 0.25)
    # Own rows 1 and columns 2, 3 are seen at the upper left: the second box keeps half, the first one nothing.
    assert out["boxes"][:2].tolist() == [[0, 0, 0, 0], [0, 0, 2, 1]]
    assert out["boxes_valid"].tolist() == [False, True] + [False, False] * 1 + [False, True, True, False]
    assert out["keypoints"][:4].tolist() == [[-1.5, -0.5], [1.5, 0.5], [2.5, -0.5], [5.5, 0.5]]
    assert out["keypoints_visible"].tolist() == [False, True, False, False, False, False, True, False]


def test_free_parts_show_the_fill_and_have_no_weight():
    out = _run({"scale": 0.5, "x": 0.75})
    assert (out["image"][:, 0] == 0.25).all()
    assert (out["mask"][:, 0] == 0).all()
    assert out["image"].shape == (2, 4, 1)
    np.testing.assert_allclose(out["label"], [2 / 6, 1 / 6, 2 / 6, 1 / 6])
    assert out["boxes"][2:4].tolist() == [[3, 0, 4, 0.5], [4, 0, 4, 1]]


def test_a_closed_gate_leaves_a_sample_alone():
    out = _run({"p": 0.5}, {"sample/mosaic#0/apply": 0})
    assert out["mask"].tolist() == [[0, 1, 2, 3], [4, 5, 6, 7]]
    assert out["label"].tolist() == [1, 0, 0, 0]
    assert out["boxes_valid"].tolist() == [True, True] + [False] * 6
    assert out["keypoints_visible"].tolist() == [True, True] + [False] * 6


def test_each_sample_is_mirrored_by_itself_before_they_meet():
    flip = {"op": "horizontal_flip", "id": "horizontal_flip#0", "p": 0.5}
    gates = [{"sample/horizontal_flip#0/apply": k} for k in (1, 0, 0, 0)]
    out = _run({"x": 1.0, "y": 1.0}, before=(flip,), gates=gates)
    assert out["mask"].tolist() == [[3, 2, 1, 0], [7, 6, 5, 4]]
    assert out["keypoints"][:4].tolist() == [[0.5, 1.5], [3.5, 0.5], [4.5, 0.5], [7.5, 1.5]]


def test_a_part_of_a_box_is_seen_from_a_1024th_of_a_pixel_on():
    own, *others = _samples()
    own["boxes"] = np.array([[0.0, 0, 2 + 2**-10, 2], [0, 0, 2 + 2**-11, 2]])
    policy = {**POLICY, "targets": {}, "ops": [{**OP, "y": 1.0}]}  # its right half is seen, at the left
    out = run(policy, {}, own, partners=[({}, other) for other in others])
    assert out["boxes"][:2].tolist() == [[0, 0, 2**-10, 2], [0, 0, 2**-11, 2]]
    assert out["boxes_valid"][:2].tolist() == [True, False]
