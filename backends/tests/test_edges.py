"""What is easily lost at the edges: given flags, untouched points, empty batches, names, draws and ids of others."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import augspec
from augspec.errors import BackendUnavailable, PolicyError, SampleError, Unsupported
from augspec.plan.stages import Leaf
from augspec_backends.generic.prepare import Preparation
from augspec_backends.generic.targets import outputs
from augspec_backends.numpy.backend import Backend
from augspec_backends.numpy.namespace import NumpyNamespace

IMAGE = np.random.default_rng(0).integers(0, 256, (8, 8, 3), np.uint8)
BOXES = np.random.default_rng(1).random((1, 4, 4)) * 3


def compiled(
    *ops: dict[str, Any], backend: str = "numpy", targets: Any = None, evaluation: Any = None, **options: Any
) -> Any:
    document = {
        "augspec": 1,
        "ops": list(ops),
        "targets": targets or {},
        **({} if evaluation is None else {"eval": evaluation}),
    }
    return augspec.compile(augspec.loads(json.dumps(document)), backend, **options)


def native(backend: str, array: np.ndarray) -> Any:
    if backend == "torch":
        import torch

        return torch.from_numpy(array.copy())
    return array


@pytest.mark.parametrize("form", ["xyxy", "xywh", "cxcywh", "yxyx"])
@pytest.mark.parametrize("ops", [(), ({"op": "grayscale"},), ({"op": "rotate", "degrees": 9, "p": 0.0},)], ids=str)
def test_points_that_nothing_moved_come_back_as_they_were(form: str, ops: Any) -> None:
    boxes = np.concatenate([BOXES[..., :2], BOXES[..., :2] + 1], -1)  # ordered in every format
    augment = compiled(*ops, box_format=form, keypoint_format="index")
    out = augment(1, {"image": IMAGE[None], "boxes": boxes, "keypoints": boxes[..., :2]})
    np.testing.assert_array_equal(out["boxes"], boxes)
    np.testing.assert_array_equal(out["keypoints"], boxes[..., :2])
    assert not np.shares_memory(out["boxes"], boxes)


def test_named_keypoints_have_a_row_for_each_name() -> None:
    augment = compiled(targets={"keypoints": {"names": ["nose", "chin"]}})
    points = np.ones((3, 2), np.float32)
    assert augment(1, {"image": IMAGE, "keypoints": points[:2]})["keypoints"].shape == (2, 2)
    with pytest.raises(SampleError, match=r"keypoints: expected 2 rows, one for each of targets\.keypoints\.names"):
        augment(1, {"image": IMAGE, "keypoints": points})


def test_given_flags_stay_false_and_follow_their_rows() -> None:
    augment = compiled(
        {"op": "horizontal_flip", "p": 1.0}, targets={"keypoints": {"swap_pairs": [[0, 1]]}}, box_format="xywh"
    )
    sample = {
        "image": IMAGE,
        "boxes": np.array([[1, 1, 3, 3], [2, 2, 5, 5]], np.float32),
        "boxes_valid": np.array([True, False]),
        "keypoints": np.array([[1, 1], [3, 3]], np.float32),
        "keypoints_visible": np.array([False, True]),
    }
    out = augment(1, sample)
    assert out["boxes_valid"].tolist() == [True, False]
    assert out["keypoints_visible"].tolist() == [True, False]
    with pytest.raises(SampleError, match="boxes_valid: expected booleans of shape"):
        augment(1, {**sample, "boxes_valid": np.ones(3, bool)})


@pytest.mark.parametrize("backend", ["numpy", "torch"])
def test_an_empty_batch_has_the_size_of_a_choice_that_resizes(backend: str) -> None:
    members = [{"op": "resize", "size": [5, 6]}, {"op": "center_crop", "size": [5, 6]}]
    augment = compiled({"op": "one_of", "ops": members}, backend=backend, evaluation=[], layout="NHWC")
    assert tuple(augment(1, native(backend, np.zeros((0, 8, 8, 3), np.uint8))).shape) == (0, 5, 6, 3)


def test_each_step_of_a_choice_has_entries_of_its_own() -> None:
    (op,) = augspec.normalize(augspec.parse({"augspec": 1, "ops": [{"op": "pca_lighting", "std": 0.1}]})).ops
    axes, std = np.arange(18, dtype=np.int32).reshape(2, 9), np.arange(6, dtype=np.int32).reshape(2, 3)
    draws = {"sample/a/axes": axes, "sample/a/std": std}
    to = Preparation(NumpyNamespace(), draws, np.zeros(2, np.int32), domain="fixed", points=False, mask=False)
    for step in range(3):
        found = to.parameters(Leaf(op, "sample/a", step))
        np.testing.assert_array_equal(found["axes"], axes[:, 3 * step : 3 * step + 3])
        np.testing.assert_array_equal(found["std"], std[:, step])


def test_ops_beside_each_other_have_parameters_of_their_own() -> None:
    both = compiled({"op": "brightness_shift", "delta": 0.2}, {"op": "brightness_shift", "delta": -0.4})
    out = both(1, np.full((2, 2, 3), 102, np.uint8))
    assert (out == 51).all()


def test_a_place_outside_of_a_map_has_the_fill_of_its_channel() -> None:
    lens = {"op": "lens", "k1": 1.0, "interpolation": "nearest"}
    for fill, corner in (([0.2, 0.4, 0.6], [51, 102, 153]), (0.4, [102, 102, 102])):
        out = compiled({**lens, "fill": fill})(1, IMAGE)
        assert out[[0, 0, -1, -1], [0, -1, 0, -1]].tolist() == [corner] * 4


def test_floats_are_normalized_in_their_own_numbers() -> None:
    mean, std = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
    image = np.random.default_rng(2).random((8, 8, 3)).astype(np.float32)
    out = compiled({"op": "normalize", "mean": mean.tolist(), "std": std.tolist()})(1, image)
    np.testing.assert_array_equal(out, image * (1 / std).astype(np.float32) + (-mean / std).astype(np.float32))


def test_moves_in_a_choice_take_every_dtype() -> None:
    augment = compiled({"op": "one_of", "ops": [{"op": "horizontal_flip"}, {"op": "vertical_flip"}]})
    wide = IMAGE.astype(np.int32) * 1000
    out = augment(1, wide)
    assert any(np.array_equal(out, turned) for turned in (wide, wide[::-1], wide[:, ::-1]))


def test_a_flip_beside_an_idle_bicubic_warp_keeps_values_outside_of_the_range() -> None:
    image = np.random.default_rng(2).random((6, 7, 3)).astype(np.float32) * 3 - 1
    augment = compiled(
        {"op": "horizontal_flip", "p": 1.0},
        {"op": "rotate", "degrees": {"uniform": [1, 2]}, "interpolation": "bicubic", "p": 0.0},
    )
    np.testing.assert_array_equal(augment(1, image), image[:, ::-1])


def test_a_gated_warp_counts_as_the_identity_in_the_bound() -> None:
    ops = [
        {"op": "affine", "scale": 5.6, "p": 0.5},
        {"op": "scale", "factor": 0.125},
        {"op": "scale", "factor": 0.26},
    ]
    with pytest.raises(PolicyError, match=r"ops\[2\]: .*shrink 30\.8 times"):
        compiled(*ops)
    compiled({**ops[0], "p": 1.0}, *ops[1:])


@pytest.mark.parametrize("fill", [-1, 300, 0.5])
def test_a_fill_that_the_mask_cannot_hold_is_refused(fill: float) -> None:
    augment = compiled({"op": "rotate", "degrees": 9}, targets={"mask": {"fill": fill}})
    with pytest.raises(SampleError, match="mask: expected a dtype that holds"):
        augment(1, {"image": IMAGE, "mask": IMAGE[..., 0]})
    assert augment(1, {"image": IMAGE, "mask": IMAGE[..., 0].astype(np.float32)})["mask"].dtype == np.float32


@pytest.mark.parametrize("name", ["Mask", "masks", "bboxes", "box", "keypoint", "segmentation_mask", "images"])
def test_an_array_named_nearly_like_a_target_is_refused(name: str) -> None:
    with pytest.raises(SampleError, match="Call it"):
        compiled()(1, {"image": IMAGE, name: IMAGE[..., 0]})


@pytest.mark.parametrize("backend", ["numpy", "torch"])
@pytest.mark.parametrize("far", [1e20, -3e38, 1e300])
def test_points_whose_areas_leave_float32_are_refused(far: float, backend: str) -> None:
    augment = compiled({"op": "rotate", "degrees": 9}, backend=backend, layout="NHWC")
    image = native(backend, IMAGE)
    for name, point in (("boxes", [[-abs(far), 0, 1, 1]]), ("keypoints", [[0, far]])):
        with pytest.raises(SampleError, match=rf"{name}: expected numbers from -1e\+09 to 1e\+09"):
            augment(1, {"image": image, name: native(backend, np.array(point))})


def test_draws_of_somebody_else_are_refused() -> None:
    augment = compiled({"op": "rotate", "degrees": {"uniform": [5, 9]}})
    draws, images = augment.draw(1, [1, 2]), np.stack([IMAGE, IMAGE])
    path = next(iter(draws))

    def like(array: Any, quantity: str = "angle") -> augspec.Draws:
        return augspec.Draws({path: array}, {path: quantity}, 2)

    good = draws[path]
    for wrong, said in (
        ({path: good}, "got dict"),
        (like(good.astype(np.int64)), "got int64"),
        (like(good[:1]), r"of shape \(1,\)"),
        (like(good, "scale"), "got scale"),
        (like(np.full_like(good, 2**31 - 1)), "in steps from"),
    ):
        with pytest.raises(SampleError, match=said):
            augment.apply(wrong, images)


def test_draws_of_another_policy_name_only_the_paths_that_differ() -> None:
    augment = compiled({"op": "rotate", "degrees": {"uniform": [5, 9]}, "p": 0.5})
    draws = augment.draw(1, [1])
    apply, degrees = "sample/rotate#0/apply", "sample/rotate#0/degrees"
    other = augspec.Draws({apply: draws[apply], "sample/a": draws[degrees]}, {apply: "flag", "sample/a": "angle"}, 1)
    with pytest.raises(SampleError, match=f"differing paths sample/a, {degrees}\\.$"):
        augment.apply(other, IMAGE[None])


@pytest.mark.parametrize("steps", ["[2147483648]", "[1.7]", "[99999999999999999999999]", "[true]", '["1"]'])
def test_draws_are_read_as_whole_numbers_of_32_bits(steps: str) -> None:
    text = f'{{"augspec_draws": 1, "batch": 1, "draws": {{"a": {{"quantity": "angle", "steps": {steps}}}}}}}'
    with pytest.raises(SampleError, match="the text that"):
        augspec.Draws.from_json(text)
    with pytest.raises(SampleError, match="the text that"):
        augspec.Draws.from_json("[" * 100_000)


@pytest.mark.parametrize(
    "ids",
    [None, 1.5, [1.5], ["a", 1], (1, "a"), np.array([1.5], object), [None, 1], [[1], [1, 2]], [2**70], [-1], [2**48]],
    ids=repr,
)
def test_ids_that_are_none_are_refused(ids: Any) -> None:
    with pytest.raises(SampleError, match="index: expected"):
        compiled({"op": "horizontal_flip"}).draw(1, ids)


@pytest.mark.parametrize(
    "op",
    [
        {"op": "random_resized_crop", "size": [4, 4]},
        {"op": "gaussian_noise", "std": 0.1},
        {"op": "some_of", "n": 1, "ops": [{"op": "horizontal_flip"}, {"op": "grayscale"}]},
        {"op": "some_of", "n": 0, "replace": True, "ops": [{"op": "horizontal_flip"}]},
    ],
    ids=["crop", "noise", "members", "no_steps"],
)
@pytest.mark.parametrize("ids", [[], [3], [3, 2**40]], ids=len)
def test_draws_of_any_number_of_samples_are_replayed_from_their_text(op: Any, ids: list[int]) -> None:
    augment = compiled(op, evaluation=[])
    images = np.stack([IMAGE] * len(ids)) if ids else np.zeros((0, 8, 8, 3), np.uint8)
    draws = augment.draw(1, ids)

    read = augspec.Draws.from_json(draws.to_json())

    assert read == draws
    assert {path: array.shape for path, array in read.items()} == {path: a.shape for path, a in draws.items()}
    np.testing.assert_array_equal(augment.apply(read, images), augment(1, images, ids))


def test_ids_may_be_texts_in_an_array_and_single() -> None:
    augment = compiled({"op": "rotate", "degrees": {"uniform": [5, 9]}})
    assert augment.draw(1, np.array(["a", "b"])) == augment.draw(1, ["a", "b"])
    assert augment.draw(1, "a").batch == augment.draw(1, np.array(3)).batch == 1


@pytest.mark.parametrize("name", [3, "os:nope", "os:getcwd", "nump"])
def test_what_is_no_backend_is_refused(name: Any) -> None:
    with pytest.raises(BackendUnavailable):
        augspec.get_backend(name)


def test_results_inside_the_users_torch_compile_own_their_memory() -> None:
    import torch

    for layout, shape in (("NCHW", (2, 3, 6, 7)), ("NCHW", (3, 6, 7)), ("NHWC", (6, 7, 3))):
        augment = compiled(backend="torch", layout=layout)
        image = torch.arange(126 * (2 if len(shape) == 4 else 1), dtype=torch.int32).reshape(shape).to(torch.uint8)
        kept = image.clone()
        run = torch.compile(lambda x, a=augment: a(None, x, training=False), fullgraph=True, backend="aot_eager")
        run(image).add_(1)
        assert torch.equal(image, kept), (layout, shape)


def test_tensorflow_refuses_ids_of_another_number_in_graphs() -> None:
    import tensorflow as tf

    augment = compiled({"op": "horizontal_flip"}, backend="tensorflow")
    run = tf.function(lambda x, i: augment(1, x, index=i), autograph=False)
    for ids in (tf.constant([7]), tf.constant(7), tf.constant([1, 2, 3])):
        with pytest.raises(SampleError, match="index: expected one whole number per sample"):
            run(tf.zeros((4, 8, 8, 3), tf.uint8), ids)


def test_errors_keep_their_class_in_what_autograph_converts() -> None:
    import tensorflow as tf

    augment = compiled({"op": "rotate", "degrees": {"uniform": [5, 9]}}, backend="tensorflow")
    calls = {
        "key: expected": lambda x: augment(-1, x),
        "Call it 'mask'": lambda x: augment(1, {"image": x, "masks": x}),
        "draws: expected": lambda x: augment.apply(augment.draw(1, [1, 2]), x),
    }
    for said, call in calls.items():
        with pytest.raises(SampleError, match=said):
            tf.function(call)(IMAGE)
        with pytest.raises(SampleError, match=said):
            tf.data.Dataset.from_tensors(IMAGE).map(call)


def test_jax_refuses_integers_that_it_would_cut_off() -> None:
    augment = compiled({"op": "horizontal_flip"}, backend="jax")
    with pytest.raises(SampleError, match="at most 32 bits"):
        augment(1, {"image": IMAGE, "mask": np.full((8, 8), 2**40 + 5, np.int64)})


def test_a_fill_that_a_named_mask_cannot_hold_is_refused_by_its_own_name() -> None:
    augment = compiled({"op": "rotate", "degrees": 9}, targets={"masks": {"depth": {"fill": -1}}})
    with pytest.raises(SampleError, match=r"depth: expected a dtype that holds targets\.masks\.depth\.fill = -1"):
        augment(1, {"image": IMAGE, "depth": IMAGE[..., 0]})


def test_masks_of_instances_have_a_dtype_of_masks() -> None:
    masks = np.zeros((2, 8, 8), np.complex64)
    with pytest.raises(SampleError, match=r"instance_masks: expected a dtype of .* got dtype complex64"):
        compiled({"op": "horizontal_flip"})(1, {"image": IMAGE, "instance_masks": masks})


@pytest.mark.parametrize(("pairs", "rows"), [([[0, 3]], 4), ([[2, 1], [0, 3]], 4), ([[3, 0]], 4), ([], 0)])
def test_pairs_of_keypoints_name_rows_that_there_are(pairs: list[list[int]], rows: int) -> None:
    augment = compiled({"op": "horizontal_flip"}, targets={"keypoints": {"swap_pairs": pairs}})
    points = np.ones((5, 2), np.float32)
    assert augment(1, {"image": IMAGE, "keypoints": points[:rows]})["keypoints"].shape == (rows, 2)
    if rows:
        with pytest.raises(SampleError, match=r"at least 4 rows, because .* names row 3"):
            augment(1, {"image": IMAGE, "keypoints": points[: rows - 1]})


@pytest.mark.parametrize("frames", [1, 0, None, "true"])
def test_whether_samples_are_stacks_is_true_or_false(frames: Any) -> None:
    with pytest.raises(Unsupported, match="true or false"):
        compiled(frames=frames)


def test_a_layout_that_a_backend_does_not_claim_is_refused() -> None:
    class OneLayout(Backend):
        capabilities = replace(Backend.capabilities, layouts=("NHWC",))

    policy = augspec.loads('{"augspec": 1, "ops": []}')
    assert OneLayout().compile(policy, layout="NHWC").options.layout == "NHWC"
    with pytest.raises(Unsupported, match=r"layout='NCHW'.*the backend 'numpy' knows NHWC"):
        OneLayout().compile(policy, layout="NCHW")


def test_results_are_named_before_they_are_there() -> None:
    given = {"image": IMAGE, "mask": IMAGE[..., 0], "boxes": np.ones((2, 4)), "keypoints": np.ones((3, 2))}
    augment = compiled({"op": "grayscale"})
    for names in (("image",), ("image", "boxes"), ("image", "mask", "boxes", "keypoints")):
        sample = {name: given[name] for name in names}
        moved = augment.takes(sample)
        assert moved == names
        assert outputs(augment.policy.targets, moved) == tuple(augment(1, sample))
    flagged = ("image", "boxes", "keypoints", "keypoints_visible")
    assert augment.takes(flagged) == flagged
    assert outputs(augment.policy.targets, flagged) == (*flagged, "boxes_valid")


@pytest.mark.parametrize("flat", [[4, 1, 4, 7], [1, 4, 7, 4], [4, 4, 4, 4]])
def test_a_box_without_area_decides_about_no_crop(flat: list[float]) -> None:
    augment = compiled({"op": "iou_crop", "size": [8, 8], "min_iou": [0.0]}, evaluation=[])
    batch = {"image": np.stack([IMAGE] * 8), "boxes": np.tile(np.array(flat, np.float32), (8, 1, 1))}
    np.testing.assert_array_equal(augment(1, batch)["image"], batch["image"])  # the whole image, again and again
    wide = {**batch, "boxes": np.tile(np.array([[3, 3, 5, 5]], np.float32), (8, 1, 1))}
    assert (augment(1, wide)["image"] != batch["image"]).any()


def test_t7_stacks_have_at_least_one_image_and_at_most_two_thousand_million_numbers() -> None:
    augment = compiled(frames=True)

    def stack(*shape: int) -> Any:
        return np.broadcast_to(np.uint8(0), shape)

    assert augment.output_spec(stack(32, 8192, 8192, 1)).shape == (32, 8192, 8192, 1)
    for shape in ((33, 8192, 8192, 1), (32, 8192, 8192, 2)):
        with pytest.raises(SampleError, match="stacks of at most 2147483648 numbers"):
            augment.output_spec(stack(*shape))
    with pytest.raises(SampleError, match="at least one frame"):
        augment(1, stack(0, 8, 8, 3))


def test_t7_stacks_may_have_no_boxes() -> None:
    sample = {"image": np.stack([IMAGE] * 6).reshape(2, 3, 8, 8, 3), "boxes": np.zeros((2, 3, 0, 4), np.float32)}
    out = compiled({"op": "horizontal_flip"}, frames=True)(1, sample)
    assert (out["boxes"].shape, out["boxes_valid"].shape) == ((2, 3, 0, 4), (2, 3, 0))


def test_r16_two_frames_of_a_stack_have_noise_of_their_own() -> None:
    stack = np.stack([IMAGE, IMAGE])
    noise = {"op": "gaussian_noise", "std": 0.1}
    first, second = compiled(noise, frames=True)(1, stack)
    assert (first != second).any()
    first, second = compiled(noise, frames=True, targets={"frames": {"noise": "shared"}})(1, stack)
    np.testing.assert_array_equal(first, second)
